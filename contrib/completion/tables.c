/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Prints what the plugins' own tables hold, for programs that make completion and documents of it: a line a row, its first word
 * says of what kind, fields separated by tabs, line ends in them as "\n".
 *
 *   option   PLUGIN LETTER NAME TAKES(0 no, 1 a value, 2 perhaps one) ARGUMENT CHOICES STATE(1: takes a state) REPEATABLE HELP
 *   finding  PLUGIN ID STATES MEANING REMEDY REFERENCE
 *   profile  NAME      root, ca, family, endpoint  ALIAS, of the profile scp
 */
#include "check/autoupdate/check.h"
#include "check/diagnosis/session.h"
#include "check/intermediates/check.h"
#include "check/revocation/check.h"
#include "check/roots/check.h"
#include "check/status/check.h"
#include "plugin/option_common.h"

#include <stdio.h>

static const struct scp_check *const CHECKS[] = { &scp_diagnosis_check,  &scp_autoupdate_check, &scp_intermediates_check,
                                                  &scp_revocation_check, &scp_roots_check,      &scp_status_check };

static void field(const char *text)
{
    (void)putchar('\t');
    for (; text != NULL && *text != '\0'; text++) {
        if (*text == '\n')
            (void)fputs("\\n", stdout);
        else
            (void)putchar(*text);
    }
}

static void number(unsigned n)
{
    (void)printf("\t%u", n);
}

static void put_option(const char *plugin, const struct scp_option *o)
{
    char letter[2] = { (char)o->letter, '\0' };

    (void)fputs("option", stdout);
    field(plugin);
    field(letter);
    field(o->name);
    number((unsigned)scp_option_takes(o));
    field(o->argument);
    field(o->choices);
    number(o->type == SCP_OPTION_STATE);
    number(o->type == SCP_OPTION_LIST || o->type == SCP_OPTION_SEVERITY || o->type == SCP_OPTION_COUNT);
    field(o->help);
    (void)putchar('\n');
}

static void put_finding(const char *plugin, const struct scp_catalogue_entry *e)
{
    (void)fputs("finding", stdout);
    field(plugin);
    field(e->id);
    field(e->states);
    field(e->meaning);
    field(e->remedy);
    field(e->reference);
    (void)putchar('\n');
}

static void put_check(const struct scp_about *about)
{
    struct scp_option_list all;

    scp_option_flatten(about, &all);
    for (size_t i = 0; i < all.n; i++)
        put_option(about->name, &all.v[i]);
    for (size_t t = 0; about->catalogue[t] != NULL; t++) {
        for (const struct scp_catalogue_entry *e = about->catalogue[t]; e->id != NULL; e++)
            put_finding(about->name, e);
    }
}

static void put_profile(const struct scp_profile *p)
{
    for (const struct scp_profile_builtin *b = scp_profile_builtins; b->name != NULL; b++)
        (void)printf("profile\t%s\n", b->name);
    for (size_t i = 0; i < p->roots; i++)
        (void)printf("root\t%s\n", p->root[i].alias);
    for (size_t i = 0; i < p->cas; i++)
        (void)printf("ca\t%s\n", p->ca[i].alias);
    for (size_t i = 0; i < p->families; i++)
        (void)printf("family\t%s\n", p->family[i].alias);
    for (size_t i = 0; i < p->endpoints; i++)
        (void)printf("endpoint\t%s\n", p->endpoint[i].id);
}

int main(void)
{
    struct scp_profile profile = { 0 };
    struct scp_err err = SCP_ERR_INIT;

    for (size_t i = 0; i < sizeof CHECKS / sizeof CHECKS[0]; i++)
        put_check(&CHECKS[i]->about);
    if (scp_source_profile("scp", &profile, &err) != 0) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    put_profile(&profile);
    scp_profile_free(&profile);
    return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}

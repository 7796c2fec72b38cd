/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/option_common.h"
#include "plugin/wrap.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* What people read about a plugin; nothing here is wider than a terminal of 80 columns. */
enum {
    WIDTH = 79,
    HELP_COLUMN = 30,
    EXPLAIN_COLUMN = 9,
    USAGE_LINES = 18, /* of the synopsis; with the reason and the last line well below 23 */
    WORD_MAX = 256
};

/* "  -w, --warning=RANGE" */
static size_t option_head(const struct scp_option *o, char out[WORD_MAX])
{
    char letter[8] = "    ";
    int n;

    if (o->letter != 0)
        (void)snprintf(letter, sizeof letter, "-%c, ", o->letter);
    if (scp_option_takes(o) == required_argument)
        n = snprintf(out, WORD_MAX, "  %s--%s=%s", letter, o->name, o->argument);
    else if (scp_option_takes(o) == optional_argument)
        n = snprintf(out, WORD_MAX, "  %s--%s[=%s]", letter, o->name, o->argument);
    else
        n = snprintf(out, WORD_MAX, "  %s--%s", letter, o->name);
    return n < 0 ? 0 : (size_t)n;
}

static void option_help(const struct scp_option *o, struct scp_buf *out)
{
    char head[WORD_MAX];
    size_t n;

    if (o == NULL)
        return;
    n = option_head(o, head);
    (void)scp_buf_str(out, head);
    if (n + 2 > HELP_COLUMN) {
        (void)scp_buf_chr(out, '\n');
        n = 0;
    }
    scp_wrap_blanks(out, HELP_COLUMN - n);
    scp_wrap(out, o->help, WIDTH, HELP_COLUMN, HELP_COLUMN);
    (void)scp_buf_chr(out, '\n');
}

static void paragraph(struct scp_buf *out, const char *text, size_t indent)
{
    scp_wrap_blanks(out, indent);
    scp_wrap(out, text, WIDTH, indent, indent);
    (void)scp_buf_chr(out, '\n');
}

/* Lines as they stand, moved in. */
static void lines(struct scp_buf *out, const char *text, size_t indent)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");

        if (n > 0)
            scp_wrap_blanks(out, indent);
        (void)scp_buf_add(out, text, n);
        (void)scp_buf_chr(out, '\n');
        text += n;
        text += *text == '\n';
    }
}

static bool is_first(const struct scp_about *about, const char *name)
{
    for (size_t i = 0; i < SCP_OPTION_FIRST && about->first[i] != NULL; i++) {
        if (strcmp(about->first[i], name) == 0)
            return true;
    }
    return false;
}

/* Those that matter first, in the order in which the check names them, then the others, each group under its heading. */
static void groups_help(const struct scp_about *about, const struct scp_option_list *all, struct scp_buf *out)
{
    static const char *const HEADING[SCP_GROUPS] = { [SCP_GROUP_SOURCE] = "Sources",
                                                     [SCP_GROUP_JUDGED] = "What is judged",
                                                     [SCP_GROUP_LIMITS] = "Limits",
                                                     [SCP_GROUP_NETWORK] = "Network",
                                                     [SCP_GROUP_OUTPUT] = "Output" };

    (void)scp_buf_str(out, "\nThe options that matter first:\n");
    for (size_t i = 0; i < SCP_OPTION_FIRST && about->first[i] != NULL; i++)
        option_help(scp_option_in(all, about->first[i], strlen(about->first[i])), out);
    for (int g = SCP_GROUP_SOURCE; g < SCP_GROUPS; g++) {
        const char *heading = HEADING[g];

        for (size_t i = 0; i < all->n; i++) {
            if ((int)all->v[i].group != g || is_first(about, all->v[i].name))
                continue;
            if (heading != NULL)
                (void)scp_buf_printf(out, "\n%s:\n", heading);
            heading = NULL;
            option_help(&all->v[i], out);
        }
    }
}

void scp_option_help(const struct scp_about *about, struct scp_buf *out)
{
    struct scp_option_list all;

    (void)scp_buf_printf(out, "Usage: %s [OPTION]...\n", about->name);
    paragraph(out, about->purpose, 0);
    if (about->description != NULL && about->description[0] != '\0') {
        (void)scp_buf_chr(out, '\n');
        paragraph(out, about->description, 0);
    }
    scp_option_flatten(about, &all);
    groups_help(about, &all, out);
    if (about->examples != NULL && about->examples[0] != '\0') {
        (void)scp_buf_str(out, "\nExamples:\n");
        lines(out, about->examples, 2);
    }
    (void)scp_buf_str(out, "\nExit states:\n"
                           "  0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN (also for bad usage, --help and\n"
                           "  --version)\n");
}

/* "[-w RANGE]" or "[--max-age=DURATION]" */
static size_t option_word(const struct scp_option *o, char out[WORD_MAX])
{
    const char *argument = o->argument != NULL ? o->argument : "";
    int takes = scp_option_takes(o);
    int n;

    if (o->letter != 0 && takes != optional_argument)
        n = snprintf(out, WORD_MAX, "[-%c%s%s]", o->letter, takes == no_argument ? "" : " ", argument);
    else if (takes == optional_argument)
        n = snprintf(out, WORD_MAX, "[--%s[=%s]]", o->name, argument);
    else
        n = snprintf(out, WORD_MAX, "[--%s%s%s]", o->name, takes == no_argument ? "" : "=", argument);
    return n < 0 ? 0 : (size_t)n;
}

/* Adds one word of the synopsis; false when the lines are used up. */
static bool usage_word(struct scp_buf *out, const char *word, size_t *column, size_t *line)
{
    size_t n = strlen(word);

    if (*column + 1 + n > WIDTH) {
        if (++*line >= USAGE_LINES)
            return false;
        (void)scp_buf_str(out, "\n      ");
        *column = 6;
    }
    (void)scp_buf_printf(out, " %s", word);
    *column += 1 + n;
    return true;
}

void scp_option_usage(const struct scp_about *about, struct scp_buf *out)
{
    struct scp_option_list all;
    char word[WORD_MAX];
    size_t start = out->n, line = 0, column;
    bool room = true;

    (void)scp_buf_printf(out, "Usage: %s", about->name);
    column = out->n - start;
    scp_option_flatten(about, &all);
    for (size_t i = 0; room && i < all.n; i++) {
        (void)option_word(&all.v[i], word);
        room = usage_word(out, word, &column, &line);
    }
    if (!room)
        (void)scp_buf_str(out, "\n       [...]");
    (void)scp_buf_printf(out, "\nSee %s --help\n", about->name);
}

static void advice(struct scp_buf *out, const char *word, const char *text)
{
    size_t n = strlen(word);

    if (text == NULL || text[0] == '\0')
        return;
    (void)scp_buf_printf(out, "  %s", word);
    scp_wrap_blanks(out, EXPLAIN_COLUMN - 2 - n);
    scp_wrap(out, text, WIDTH, EXPLAIN_COLUMN, EXPLAIN_COLUMN);
    (void)scp_buf_chr(out, '\n');
}

static void explain(const struct scp_catalogue_entry *e, struct scp_buf *out)
{
    (void)scp_buf_chr(out, '\n');
    (void)scp_buf_printf(out, "%s (%s)\n", e->id, e->states);
    paragraph(out, e->meaning, 2);
    advice(out, "fix:", e->remedy);
    advice(out, "see:", e->reference);
}

/* An id, or the words in front of it: "roots" stands for "roots.missing" and its like. */
static bool asked_for(const char *id, const char *asked)
{
    size_t n = strlen(asked);

    return n == 0 || (strncmp(id, asked, n) == 0 && (id[n] == '\0' || id[n] == '.'));
}

void scp_option_findings(const struct scp_about *about, struct scp_buf *out)
{
    (void)scp_buf_str(out, "The findings of this plugin are:\n");
    for (size_t t = 0; about->catalogue[t] != NULL; t++) {
        for (const struct scp_catalogue_entry *e = about->catalogue[t]; e->id != NULL; e++)
            (void)scp_buf_printf(out, "  %s\n", e->id);
    }
}

bool scp_option_explain(const struct scp_about *about, const char *id, struct scp_buf *out)
{
    size_t start = out->n;
    bool found = id[0] == '\0';

    (void)scp_buf_printf(out, "%s - %s\n", about->name, about->purpose);
    if (found && about->description != NULL && about->description[0] != '\0') {
        (void)scp_buf_chr(out, '\n');
        paragraph(out, about->description, 0);
    }
    for (size_t t = 0; about->catalogue[t] != NULL; t++) {
        for (const struct scp_catalogue_entry *e = about->catalogue[t]; e->id != NULL; e++) {
            if (!asked_for(e->id, id))
                continue;
            found = true;
            explain(e, out);
        }
    }
    if (!found)
        scp_buf_truncate(out, start);
    return found;
}

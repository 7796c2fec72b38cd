/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/result.h"
#include "tests/tap/tap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct scp_catalogue_entry one[] = { { "roots.missing", "CRITICAL", "A root is missing.", "import it\nthen restart",
                                                    "RFC 5280", 0 },
                                                  { "roots.note", "OK", "A note.", NULL, NULL, 0 },
                                                  { .id = NULL } };
static const struct scp_catalogue_entry two[] = { { "source.stale", "WARNING", "Old.", "export it again", NULL, 0 },
                                                  { .id = NULL } };
static const struct scp_catalogue_entry *const tables[] = { one, two, NULL };

static struct scp_result *fresh(void)
{
    struct scp_result *r = scp_result_new(tables);

    if (r == NULL)
        tap_bail("out of memory");
    return r;
}

static void catalogue(void)
{
    tap_is_text("Old.", scp_catalogue_find(tables, "source.stale")->meaning, "found in the second table");
    tap_ok(scp_catalogue_find(tables, "source") == NULL, "no prefixes");
    tap_ok(scp_catalogue_find(NULL, "source.stale") == NULL, "no tables");
}

static void building(void)
{
    struct scp_result *r = fresh();
    size_t i;

    tap_is_int(SCP_UNKNOWN, scp_result_state(r), "no finding is UNKNOWN");
    (void)scp_result_add(r, SCP_OK, "roots.missing", "g2", "all there");
    tap_is_int(SCP_OK, scp_result_state(r), "OK");
    tap_is_text("", r->finding[0].remedy, "what is well needs no remedy");
    i = scp_result_add(r, SCP_CRITICAL, "roots.missing", "g2", "%s of %d", "one", 2);
    tap_is_int(1, (long long)i, "the index");
    tap_is_text("one of 2", r->finding[1].text, "the text is formatted");
    tap_is_text("import it\nthen restart", r->finding[1].remedy, "the catalogue's remedy");
    tap_is_text("RFC 5280", r->finding[1].reference, "the catalogue's reference");
    tap_is_int(SCP_CRITICAL, scp_result_state(r), "CRITICAL");
    scp_result_remedy(r, i, "%s\nagain", "a\nb");
    tap_is_text("a b\nagain", r->finding[1].remedy, "an argument's line end makes no step");
    scp_result_remedy(r, i, "%s\nagain", "a");
    tap_is_text("a\nagain", r->finding[1].remedy, "ours do");
    scp_result_reference(r, i, "here");
    tap_is_text("here", r->finding[1].reference, "another reference");
    scp_result_remedy(r, 99, "nobody");
    (void)scp_result_add(r, SCP_UNKNOWN, "not.listed", NULL, "x");
    tap_is_text("", r->finding[2].remedy, "no entry, no remedy");
    tap_is_text("", r->finding[2].subject, "no subject");
    tap_is_int(SCP_CRITICAL, scp_result_state(r), "UNKNOWN is not worse");
    tap_ok(!r->broken, "all went well");
    scp_result_free(r);
    scp_result_free(NULL);
}

static void nothing_to_build_on(void)
{
    struct scp_perfdata p = { .label = "a", .unit = "" };

    tap_ok(scp_result_add(NULL, SCP_OK, "a", "", "x") == (size_t)-1, "a result that is none takes nothing");
    scp_result_remedy(NULL, 0, "x");
    scp_result_summary(NULL, "x");
    scp_result_perfdata(NULL, &p);
    scp_result_part(NULL, "a", scp_result_new(NULL));
    scp_result_facts(NULL, NULL);
    scp_result_override(NULL, NULL, 0);
    tap_is_int(SCP_UNKNOWN, scp_result_state(NULL), "and is UNKNOWN");
}

static void parts(void)
{
    struct scp_result *r = fresh(), *a = fresh(), *b = fresh();

    (void)scp_result_add(a, SCP_OK, "a.one", "", "1");
    (void)scp_result_add(a, SCP_WARNING, "a.two", "", "2");
    (void)scp_result_add(b, SCP_UNKNOWN, "b.one", "", "3");
    scp_result_part(r, "a", a);
    (void)scp_result_add(r, SCP_OK, "own", "", "0");
    scp_result_part(r, "b", b);
    tap_is_int(4, (long long)scp_result_count(r), "four findings");
    tap_is_text("own", scp_result_finding(r, 0)->id, "its own first");
    tap_is_text("a.one", scp_result_finding(r, 1)->id, "then the first part's");
    tap_is_text("a.two", scp_result_finding(r, 2)->id, "in order");
    tap_is_text("b.one", scp_result_finding(r, 3)->id, "then the second's");
    tap_ok(scp_result_finding(r, 4) == NULL, "and no more");
    tap_is_int(SCP_WARNING, scp_result_state(r), "the worst of all");
    b->broken = true;
    tap_is_int(SCP_UNKNOWN, scp_result_state(r), "a broken part breaks the whole");
    scp_result_free(r);
}

static void breaks(const char *what, void (*build)(struct scp_result *r))
{
    struct scp_result *r = fresh();

    (void)scp_result_add(r, SCP_OK, "a", "", "fine");
    build(r);
    tap_is_int(SCP_UNKNOWN, scp_result_state(r), "%s", what);
    scp_result_free(r);
}

static void add(struct scp_result *r, const char *label, const char *unit, double v)
{
    struct scp_perfdata p = { .value = v, .unit = unit };

    memcpy(p.label, label, strlen(label) + 1);
    scp_result_perfdata(r, &p);
}

static void bad_label(struct scp_result *r)
{
    add(r, "A b", "", 1);
}

static void bad_unit(struct scp_result *r)
{
    add(r, "a", "ms", 1);
}

static void twice(struct scp_result *r)
{
    add(r, "a", "", 1);
    add(r, "a", "", 2);
}

static void too_many(struct scp_result *r)
{
    for (int i = 0; i <= SCP_RESULT_FINDINGS_MAX; i++)
        (void)scp_result_add(r, SCP_OK, "a", "", "x");
}

static void too_deep(struct scp_result *r)
{
    struct scp_result *inner = fresh();

    for (int i = 0; i < SCP_RESULT_DEPTH_MAX; i++) {
        struct scp_result *outer = fresh();

        scp_result_part(outer, "p", inner);
        inner = outer;
    }
    scp_result_part(r, "p", inner);
}

static void no_part(struct scp_result *r)
{
    scp_result_part(r, "p", NULL);
}

static void bad_part_name(struct scp_result *r)
{
    scp_result_part(r, "P p", fresh());
}

static void out_of_memory(struct scp_result *r)
{
    scp_result_break(r);
}

static void no_facts(struct scp_result *r)
{
    scp_result_facts(r, NULL);
}

static void values(void)
{
    struct scp_result *r = fresh();
    struct scp_perfdata p = { .label = "m", .unit = "", .value = 1, .has_min = true, .has_max = true };

    add(r, "nan", "", (double)NAN);
    add(r, "inf", "s", (double)INFINITY);
    add(r, "huge", "s", 1e300);
    tap_is_int(0, (long long)r->perfdatas, "what could not be told is left out");
    p.min = -(double)INFINITY;
    p.max = 5;
    scp_result_perfdata(r, &p);
    tap_ok(r->perfdatas == 1 && !r->perfdata[0].has_min && r->perfdata[0].has_max, "an endless minimum is none");
    tap_ok(!r->broken, "none of that breaks the result");
    scp_result_free(r);
}

static void severities_parse(void)
{
    static const struct {
        const char *text, *id, *subject;
        int state; /* -1: refused */
    } table[] = {
        { "roots.missing=ok", "roots.missing", "", 0 },
        { "roots.missing/g2=WARNING", "roots.missing", "g2", 1 },
        { "roots.*=unknown", "roots.*", "", 3 },
        { "*=2", "*", "", 2 },
        { "roots.missing/digicert-*=ok", "roots.missing", "digicert-*", 0 },
        { "roots.missing/a=b/c=ok", "roots.missing", "a=b/c", 0 },
        { "", NULL, NULL, -1 },
        { "roots.missing", NULL, NULL, -1 },
        { "=ok", NULL, NULL, -1 },
        { "/g2=ok", NULL, NULL, -1 },
        { "roots.missing/=ok", NULL, NULL, -1 },
        { "roots.missing=", NULL, NULL, -1 },
        { "roots.missing=fine", NULL, NULL, -1 },
        { "roots.*x=ok", NULL, NULL, -1 },
        { "roots.missing/*x=ok", NULL, NULL, -1 },
        { "Roots=ok", NULL, NULL, -1 },
        { "roots missing=ok", NULL, NULL, -1 },
    };
    char text[400];

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct scp_severity s;
        int seen = scp_severity_parse(table[i].text, &s, NULL) == 0 ? (int)s.state : -1;

        if (!tap_is_int(table[i].state, seen, "severity '%s'", table[i].text) || seen < 0)
            continue;
        tap_is_text(table[i].id, s.id, "its id");
        tap_is_text(table[i].subject, s.subject, "its subject");
    }
    memset(text, 'a', sizeof text);
    memcpy(text + 300, "=ok", 4);
    tap_is_int(-1, scp_severity_parse(text, &(struct scp_severity){ .state = SCP_OK }, NULL), "an endless id");
}

static enum scp_state overridden(const char *const *rules, size_t n, const char *id, const char *subject)
{
    struct scp_result *r = fresh(), *part = fresh();
    struct scp_severity v[4];
    enum scp_state s;

    for (size_t i = 0; i < n; i++) {
        if (scp_severity_parse(rules[i], &v[i], NULL) != 0)
            tap_bail("'%s'", rules[i]);
    }
    (void)scp_result_add(part, SCP_CRITICAL, id, subject, "x");
    scp_result_part(r, "part", part);
    scp_result_override(r, v, n);
    s = scp_result_state(r);
    scp_result_free(r);
    return s;
}

static void severities_apply(void)
{
    static const struct {
        const char *rules[3];
        size_t n;
        const char *id, *subject;
        enum scp_state state;
    } table[] = {
        { { "a.b=ok" }, 1, "a.b", "", SCP_OK },
        { { "a.b=ok" }, 1, "a.b", "s", SCP_OK },
        { { "a.b=ok" }, 1, "a.bc", "", SCP_CRITICAL },
        { { "a.b*=ok" }, 1, "a.bc", "", SCP_OK },
        { { "a.*=warning" }, 1, "a.b", "", SCP_WARNING },
        { { "a.*=warning" }, 1, "ab", "", SCP_CRITICAL },
        { { "*=unknown" }, 1, "a.b", "x", SCP_UNKNOWN },
        { { "a.b/s=ok" }, 1, "a.b", "s", SCP_OK },
        { { "a.b/s=ok" }, 1, "a.b", "t", SCP_CRITICAL },
        { { "a.b/s=ok" }, 1, "a.b", "", SCP_CRITICAL },
        { { "a.b/*=ok" }, 1, "a.b", "", SCP_OK },
        { { "a.b/s*=ok" }, 1, "a.b", "st", SCP_OK },
        { { "a.b/s*=ok" }, 1, "a.b", "ts", SCP_CRITICAL },
        { { "a.b=ok", "a.*=warning" }, 2, "a.b", "", SCP_WARNING },
        { { "a.*=warning", "a.b=ok" }, 2, "a.b", "", SCP_OK },
        { { "a.*=warning", "a.b=ok", "c=unknown" }, 3, "a.b", "", SCP_OK },
    };
    struct scp_severity up = { .id = "roots.missing", .state = SCP_WARNING };
    struct scp_result *r = fresh();

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        tap_is_int(table[i].state, overridden(table[i].rules, table[i].n, table[i].id, table[i].subject),
                   "%zu rules, the last %s, on %s/%s", table[i].n, table[i].rules[table[i].n - 1], table[i].id, table[i].subject);
    (void)scp_result_add(r, SCP_OK, "roots.missing", "", "x");
    scp_result_override(r, &up, 1);
    tap_is_text("import it\nthen restart", r->finding[0].remedy, "what was raised says how to mend it");
    scp_result_free(r);
}

/* What a finding is evidence for comes from its row, and changes by itself; the main number is marked. */
static void evidence(void)
{
    static const struct scp_catalogue_entry rows[] = {
        { "roots.missing", "CRITICAL", "x", "x", NULL, SCP_STEP_CERTIFICATE | SCP_SAYS_ROOT_ABSENT },
        { "roots.note", "OK", "x", NULL, NULL, SCP_SAYS_CHAIN },
        { .id = NULL },
    };
    static const struct scp_catalogue_entry *const list[] = { rows, NULL };
    struct scp_perfdata p = { .label = "missing", .unit = "" };
    struct scp_result *r = scp_result_new(list), *part = scp_result_new(list);

    (void)scp_result_add(r, SCP_OK, "roots.note", "", "x");
    (void)scp_result_add(r, SCP_CRITICAL, "roots.unknown", "", "x");
    (void)scp_result_add(part, SCP_CRITICAL, "roots.missing", "", "x");
    tap_is_int(SCP_SAYS_CHAIN, (long long)r->finding[0].evidence, "a remark says something, too");
    tap_is_text("", r->finding[0].remedy, "but has nothing to mend");
    tap_is_int(0, (long long)r->finding[1].evidence, "what is in no catalogue is no evidence");
    scp_result_step(r, 1, SCP_STEP_NETWORK);
    scp_result_step(r, 0, SCP_STEP_NETWORK);
    scp_result_step(r, 9, SCP_STEP_NETWORK);
    scp_result_step(NULL, 0, SCP_STEP_NETWORK);
    tap_is_int(0, (long long)r->finding[1].evidence, "nor does it become one");
    tap_is_int(SCP_SAYS_CHAIN, (long long)r->finding[0].evidence, "nor a remark");
    scp_result_step(part, 0, SCP_STEP_NOWHERE);
    tap_is_int(SCP_STEP_NOWHERE | SCP_SAYS_ROOT_ABSENT, (long long)part->finding[0].evidence, "another step, and it says the same");
    scp_result_step(part, 0, SCP_STEP_NONE);
    tap_is_int(SCP_SAYS_ROOT_ABSENT, (long long)part->finding[0].evidence, "no evidence any more");
    scp_result_perfdata(part, &p);
    scp_result_main_value(part, "other");
    tap_ok(!part->perfdata[0].main, "another label is not the main number");
    scp_result_main_value(part, "missing");
    tap_ok(part->perfdata[0].main, "this one is");
    scp_result_part(r, "part", part);
    tap_ok(scp_result_find(r, SCP_CRITICAL, SCP_SAYS_ROOT_ABSENT) == &part->finding[0], "found in a part, by what it says");
    tap_ok(scp_result_find(r, SCP_CRITICAL, 0) == &r->finding[1], "the first one of a state");
    tap_ok(scp_result_find(r, SCP_OK, SCP_SAYS_ROOT_ABSENT) == NULL, "not in another state");
    tap_ok(scp_result_find(r, SCP_UNKNOWN, 0) == NULL && scp_result_find(NULL, SCP_OK, 0) == NULL, "nothing, in nothing");
    scp_result_free(r);
}

int main(void)
{
    evidence();
    catalogue();
    building();
    nothing_to_build_on();
    parts();
    breaks("a label of other characters", bad_label);
    breaks("another unit", bad_unit);
    breaks("a label given twice", twice);
    breaks("too many findings", too_many);
    breaks("parts nested too deeply", too_deep);
    breaks("a part that is none", no_part);
    breaks("a part's name of other characters", bad_part_name);
    breaks("memory that ran out elsewhere", out_of_memory);
    breaks("facts that there was no memory for", no_facts);
    values();
    severities_parse();
    severities_apply();
    return tap_done();
}

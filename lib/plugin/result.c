/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/result.h"

#include "base/array.h"
#include "base/num.h"
#include "base/say.h"
#include "base/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A single text is cut here: nobody reads more, and nothing from outside may use up the memory. */
enum { TEXT_MAX = 64 << 10 };

/* Larger numbers could not be printed exactly without an exponent. */
#define VALUE_MAX 1e15

static char *copy(const char *s)
{
    return scp_text_copy(s, TEXT_MAX);
}

/* A sentence in memory of its own; `steps`: its line ends are ours alone. */
static char *format(bool steps, const char *fmt, va_list ap) SCP_PRINTF(2, 0);

static char *format(bool steps, const char *fmt, va_list ap)
{
    size_t n = scp_say_vformat(NULL, 0, steps, fmt, ap);
    char *p;

    n = n > TEXT_MAX ? TEXT_MAX : n;
    p = malloc(n + 1);
    if (p != NULL)
        (void)scp_say_vformat(p, n + 1, steps, fmt, ap);
    return p;
}

/* A text that is ours as a whole. */
static char *ours(const char *s)
{
    size_t n = scp_say(NULL, 0, SCP_OURS, s) + 1;
    char *p = malloc(n);

    if (p != NULL)
        (void)scp_say(p, n, SCP_OURS, s);
    return p;
}

/* Replaces an owned text; NULL (out of memory) breaks the result and keeps the old one. */
static void replace(struct scp_result *r, char **field, char *text)
{
    if (text == NULL) {
        r->broken = true;
        return;
    }
    free(*field);
    *field = text;
}

struct scp_result *scp_result_new(const struct scp_catalogue_entry *const *catalogue)
{
    struct scp_result *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->catalogue = catalogue;
    r->name = copy("");
    r->summary = copy("");
    r->facts = copy("");
    if (r->name == NULL || r->summary == NULL || r->facts == NULL) {
        scp_result_free(r);
        return NULL;
    }
    return r;
}

static void free_finding(struct scp_finding *f)
{
    free(f->id);
    free(f->subject);
    free(f->text);
    free(f->brief);
    free(f->remedy);
    free(f->reference);
}

void scp_result_free(struct scp_result *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->findings; i++)
        free_finding(&r->finding[i]);
    for (size_t i = 0; i < r->parts; i++)
        scp_result_free(r->part[i]);
    for (size_t i = 0; i < r->exhibits; i++)
        scp_exhibit_free(r->exhibit[i]);
    free(r->exhibit);
    free(r->finding);
    free(r->perfdata);
    free(r->part);
    free(r->name);
    free(r->summary);
    free(r->facts);
    free(r);
}

void scp_result_break(struct scp_result *r)
{
    if (r != NULL)
        r->broken = true;
}

static const char *or_empty(const char *s)
{
    return s != NULL ? s : "";
}

static bool fill(struct scp_finding *f, const struct scp_catalogue_entry *e, const char *id, const char *subject)
{
    f->evidence = e != NULL ? e->evidence : 0;
    if (f->state == SCP_OK)
        e = NULL; /* nothing is to be mended */
    f->id = copy(id);
    f->subject = copy(or_empty(subject));
    f->brief = copy("");
    f->remedy = ours(e != NULL ? or_empty(e->remedy) : "");
    f->reference = ours(e != NULL ? or_empty(e->reference) : "");
    return f->id != NULL && f->subject != NULL && f->text != NULL && f->brief != NULL && f->remedy != NULL && f->reference != NULL;
}

size_t scp_result_add(struct scp_result *r, enum scp_state state, const char *id, const char *subject, const char *fmt, ...)
{
    struct scp_finding f = { .state = state };
    struct scp_finding *v;
    va_list ap;

    if (r == NULL)
        return (size_t)-1;
    v = scp_array_room(r->finding, r->findings, sizeof *v, SCP_RESULT_FINDINGS_MAX, "findings", NULL);
    if (v == NULL) {
        r->broken = true;
        return (size_t)-1;
    }
    r->finding = v;
    va_start(ap, fmt);
    f.text = format(false, fmt, ap);
    va_end(ap);
    if (!fill(&f, scp_catalogue_find(r->catalogue, id), id, subject)) {
        free_finding(&f);
        r->broken = true;
        return (size_t)-1;
    }
    v[r->findings] = f;
    return r->findings++;
}

void scp_result_remedy(struct scp_result *r, size_t finding, const char *fmt, ...)
{
    va_list ap;

    if (r == NULL || finding >= r->findings)
        return;
    va_start(ap, fmt);
    replace(r, &r->finding[finding].remedy, format(true, fmt, ap));
    va_end(ap);
}

void scp_result_brief(struct scp_result *r, size_t finding, const char *fmt, ...)
{
    va_list ap;

    if (r == NULL || finding >= r->findings)
        return;
    va_start(ap, fmt);
    replace(r, &r->finding[finding].brief, format(false, fmt, ap));
    va_end(ap);
}

void scp_result_reference(struct scp_result *r, size_t finding, const char *reference)
{
    if (r != NULL && finding < r->findings)
        replace(r, &r->finding[finding].reference, ours(or_empty(reference)));
}

void scp_result_step(struct scp_result *r, size_t finding, enum scp_evidence step)
{
    struct scp_finding *f = r != NULL && finding < r->findings ? &r->finding[finding] : NULL;

    if (f != NULL && (f->evidence & SCP_STEPS) != 0)
        f->evidence = (f->evidence & ~(unsigned)SCP_STEPS) | step;
}

void scp_result_summary(struct scp_result *r, const char *fmt, ...)
{
    va_list ap;

    if (r == NULL)
        return;
    va_start(ap, fmt);
    replace(r, &r->summary, format(false, fmt, ap));
    va_end(ap);
}

static bool unit_valid(const char *unit)
{
    static const char *const units[] = { "", "s", "%", "B", "c" };

    for (size_t i = 0; unit != NULL && i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i]) == 0)
            return true;
    }
    return false;
}

/* The value of that label; NULL. */
static struct scp_perfdata *labelled(const struct scp_result *r, const char *label)
{
    for (size_t i = 0; i < r->perfdatas; i++) {
        if (strcmp(r->perfdata[i].label, label) == 0)
            return &r->perfdata[i];
    }
    return NULL;
}

static bool printable(double v)
{
    return scp_num_is_finite(v) && fabs(v) < VALUE_MAX;
}

void scp_result_perfdata(struct scp_result *r, const struct scp_perfdata *p)
{
    struct scp_perfdata *v;

    if (r == NULL || !printable(p->value)) /* could not be told: left out */
        return;
    if (!scp_perfdata_label_valid(p->label) || !unit_valid(p->unit) || labelled(r, p->label) != NULL) {
        r->broken = true;
        return;
    }
    v = scp_array_room(r->perfdata, r->perfdatas, sizeof *v, SCP_RESULT_PERFDATA_MAX, "values", NULL);
    if (v == NULL) {
        r->broken = true;
        return;
    }
    r->perfdata = v;
    v += r->perfdatas++;
    *v = *p;
    v->has_min = p->has_min && printable(p->min);
    v->has_max = p->has_max && printable(p->max);
}

void scp_result_main_value(struct scp_result *r, const char *label)
{
    struct scp_perfdata *p = r != NULL ? labelled(r, label) : NULL;

    if (p != NULL)
        p->main = true;
}

static size_t depth(const struct scp_result *r)
{
    size_t deepest = 0;

    for (size_t i = 0; i < r->parts; i++) {
        size_t d = depth(r->part[i]);

        deepest = d > deepest ? d : deepest;
    }
    return deepest + 1;
}

static size_t count_perfdata(const struct scp_result *r)
{
    size_t n = r->perfdatas;

    for (size_t i = 0; i < r->parts; i++)
        n += count_perfdata(r->part[i]);
    return n;
}

/* The maxima hold for the whole tree. */
static bool part_fits(const struct scp_result *r, const struct scp_result *part)
{
    return depth(part) < SCP_RESULT_DEPTH_MAX && scp_result_count(part) <= SCP_RESULT_FINDINGS_MAX - scp_result_count(r) &&
           count_perfdata(part) <= SCP_RESULT_PERFDATA_MAX - count_perfdata(r);
}

void scp_result_number(struct scp_result *r, const char *label, size_t value, const char *critical, size_t most)
{
    struct scp_perfdata p = { .value = (double)value, .unit = "", .has_min = true, .has_max = most > 0, .max = (double)most };

    (void)snprintf(p.label, sizeof p.label, "%s", label);
    p.has_critical = critical != NULL && scp_range_parse(critical, false, &p.critical, NULL) == 0;
    scp_result_perfdata(r, &p);
}

void scp_result_seconds(struct scp_result *r, const char *label, double seconds, const struct scp_range *warning,
                        const struct scp_range *critical)
{
    struct scp_perfdata p = {
        .value = seconds, .unit = "s", .has_warning = true, .has_critical = true, .warning = *warning, .critical = *critical
    };

    (void)snprintf(p.label, sizeof p.label, "%s", label);
    scp_result_perfdata(r, &p);
}

void scp_result_part(struct scp_result *r, const char *name, struct scp_result *part)
{
    struct scp_result **v = NULL;
    char *own = NULL;

    if (r == NULL || part == NULL || r == part || scp_result_count(r) > SCP_RESULT_FINDINGS_MAX ||
        count_perfdata(r) > SCP_RESULT_PERFDATA_MAX || !part_fits(r, part) || !scp_perfdata_label_valid(name))
        goto broken;
    v = scp_array_room(r->part, r->parts, sizeof *v, SCP_RESULT_FINDINGS_MAX, "parts", NULL);
    if (v == NULL)
        goto broken;
    r->part = v;
    own = copy(name);
    if (own == NULL)
        goto broken;
    free(part->name);
    part->name = own;
    v[r->parts++] = part;
    return;
broken:
    if (r != NULL)
        r->broken = true;
    if (part != r)
        scp_result_free(part);
}

void scp_result_told(struct scp_result *r, const struct scp_finding *finding)
{
    for (size_t i = 0; i < r->findings; i++) {
        if (&r->finding[i] == finding)
            r->finding[i].told = true;
    }
    for (size_t i = 0; i < r->parts; i++)
        scp_result_told(r->part[i], finding);
}

void scp_result_exhibit(struct scp_result *r, struct scp_exhibit *e)
{
    struct scp_exhibit **more;

    if (e == NULL || e->broken) {
        r->broken = true;
        scp_exhibit_free(e);
        return;
    }
    more = scp_array_room(r->exhibit, r->exhibits, sizeof *more, SCP_RESULT_EXHIBITS_MAX, "tables", NULL);
    if (more == NULL) {
        r->broken = true;
        scp_exhibit_free(e);
        return;
    }
    r->exhibit = more;
    r->exhibit[r->exhibits++] = e;
}

void scp_result_facts(struct scp_result *r, char *json)
{
    if (r == NULL)
        free(json);
    else
        replace(r, &r->facts, json);
}

bool scp_result_broken(const struct scp_result *r)
{
    bool broken = r->broken;

    for (size_t i = 0; i < r->parts; i++)
        broken = broken || scp_result_broken(r->part[i]);
    return broken;
}

enum scp_state scp_result_state(const struct scp_result *r)
{
    enum scp_state s = SCP_OK;
    const struct scp_finding *f;
    size_t n = 0;

    for (; r != NULL && (f = scp_result_finding(r, n)) != NULL; n++)
        s = scp_state_worse(s, f->state);
    return n == 0 || scp_result_broken(r) ? SCP_UNKNOWN : s;
}

const struct scp_finding *scp_result_finding(const struct scp_result *r, size_t n)
{
    if (n < r->findings)
        return &r->finding[n];
    n -= r->findings;
    for (size_t i = 0; i < r->parts; i++) {
        size_t count = scp_result_count(r->part[i]);

        if (n < count)
            return scp_result_finding(r->part[i], n);
        n -= count;
    }
    return NULL;
}

const struct scp_finding *scp_result_find(const struct scp_result *r, enum scp_state state, unsigned says)
{
    const struct scp_finding *f;

    for (size_t i = 0; r != NULL && (f = scp_result_finding(r, i)) != NULL; i++) {
        if (f->state == state && (says == 0 || (f->evidence & says) != 0))
            return f;
    }
    return NULL;
}

size_t scp_result_count(const struct scp_result *r)
{
    size_t n = r->findings;

    for (size_t i = 0; i < r->parts; i++)
        n += scp_result_count(r->part[i]);
    return n;
}

/* A pattern: any text, with a '*' at the end only. */
static int parse_pattern(const char *what, const char *s, size_t n, char *out, size_t room, struct scp_err *err)
{
    const char *star = memchr(s, '*', n);

    if (n == 0)
        return scp_err_set(err, SCP_ERR_USAGE, "the %s is empty", what);
    if (n >= room)
        return scp_err_set(err, SCP_ERR_USAGE, "the %s is longer than %zu bytes", what, room - 1);
    if (star != NULL && (size_t)(star - s) != n - 1)
        return scp_err_set(err, SCP_ERR_USAGE, "'*' may only stand at the end of the %s", what);
    memcpy(out, s, n);
    out[n] = '\0';
    return 0;
}

static bool id_valid(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool letter = s[i] >= 'a' && s[i] <= 'z';
        bool digit = s[i] >= '0' && s[i] <= '9';

        if (!letter && !digit && s[i] != '.' && s[i] != '-' && s[i] != '_' && s[i] != '*')
            return false;
    }
    return true;
}

int scp_severity_parse(const char *s, struct scp_severity *out, struct scp_err *err)
{
    struct scp_severity rule = { .state = SCP_OK };
    const char *equals = strrchr(s, '=');
    const char *slash;
    size_t n, id;

    if (equals == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not ID[/SUBJECT]=STATE", s);
    n = (size_t)(equals - s);
    slash = memchr(s, '/', n);
    id = slash != NULL ? (size_t)(slash - s) : n;
    if (!id_valid(s, id))
        return scp_err_set(err, SCP_ERR_USAGE, "'%s': an id consists of a-z, 0-9, '.', '-' and '_'", s);
    if (parse_pattern("id", s, id, rule.id, sizeof rule.id, err) != 0 ||
        (slash != NULL && parse_pattern("subject", slash + 1, n - id - 1, rule.subject, sizeof rule.subject, err) != 0))
        return scp_err_prefix(err, "'%s'", s);
    if (!scp_state_parse(equals + 1, &rule.state))
        return scp_err_set(err, SCP_ERR_USAGE, "'%s': '%s' is not one of ok, warning, critical, unknown", s, equals + 1);
    *out = rule;
    return 0;
}

static bool matches(const char *pattern, const char *text)
{
    size_t n = strlen(pattern);

    if (n > 0 && pattern[n - 1] == '*')
        return strncmp(pattern, text, n - 1) == 0;
    return strcmp(pattern, text) == 0;
}

static void set_state(struct scp_result *r, struct scp_finding *f, enum scp_state state)
{
    const struct scp_catalogue_entry *e = scp_catalogue_find(r->catalogue, f->id);

    f->state = state;
    if (state == SCP_OK || e == NULL)
        return;
    /* What was a note has now to be mended: say how. */
    if (f->remedy[0] == '\0')
        replace(r, &f->remedy, ours(or_empty(e->remedy)));
    if (f->reference[0] == '\0')
        replace(r, &f->reference, ours(or_empty(e->reference)));
}

/* What could not be determined is never OK: where nothing was judged, its reason stays UNKNOWN. */
static void override_finding(struct scp_result *r, struct scp_finding *f, bool judged, const struct scp_severity *rules, size_t n)
{
    for (size_t i = n; i-- > 0;) {
        bool subject = rules[i].subject[0] == '\0' || matches(rules[i].subject, f->subject);

        if (subject && matches(rules[i].id, f->id)) {
            if (judged || f->state != SCP_UNKNOWN || rules[i].state != SCP_OK)
                set_state(r, f, rules[i].state);
            return;
        }
    }
}

void scp_result_override(struct scp_result *r, const struct scp_severity *rules, size_t n)
{
    bool judged = false;

    if (r == NULL)
        return;
    for (size_t i = 0; i < scp_result_count(r) && !judged; i++)
        judged = (scp_result_finding(r, i)->evidence & SCP_SAYS_OF_SOURCE) == 0;
    for (size_t i = 0; i < r->findings; i++)
        override_finding(r, &r->finding[i], judged, rules, n);
    /* Each part by itself: what is known of one says nothing of another. */
    for (size_t i = 0; i < r->parts; i++)
        scp_result_override(r->part[i], rules, n);
}

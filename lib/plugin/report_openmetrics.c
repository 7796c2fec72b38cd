/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_common.h"

#include "base/num.h"
#include "base/utc.h"

#include <stdlib.h>
#include <string.h>

/*
 * OpenMetrics 1.0 text exposition, for a textfile collector.  A family's
 * name appears once; a value whose name is taken already is left out, because one
 * clash would make readers refuse the whole text.
 */
enum { SEEN_MAX = 4 << 20, LABELS_MAX = 4096, NAME_MAX_BYTES = SCP_REPORT_LABEL_MAX + 128 };

struct metrics {
    struct scp_buf *out;
    struct scp_buf seen;   /* "\nname\nname\n" */
    struct scp_buf name;   /* of the family being made */
    struct scp_buf labels; /* {plugin="…",source="…"} */
    const char *plugin;
};

static void add_name(struct scp_buf *out, const char *s)
{
    for (; *s != '\0'; s++) {
        bool letter = (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
        bool digit = *s >= '0' && *s <= '9';

        (void)scp_buf_chr(out, letter || digit ? *s : '_');
    }
}

/* What stands between the quotes of a label's value; also right for HELP. */
static void add_escaped(struct scp_buf *out, const char *s)
{
    struct scp_buf clean;

    scp_buf_init(&clean, LABELS_MAX);
    scp_report_text(&clean, s, SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
    for (size_t i = 0; i < clean.n; i++) {
        if (clean.p[i] == '\\' || clean.p[i] == '"')
            (void)scp_buf_chr(out, '\\');
        (void)scp_buf_chr(out, clean.p[i]);
    }
    out->failed = out->failed || clean.failed;
    scp_buf_free(&clean);
}

static void add_label(struct scp_buf *out, const char *name, const char *value)
{
    (void)scp_buf_printf(out, "%s%s=\"", out->n > 0 ? "," : "", name);
    add_escaped(out, value);
    (void)scp_buf_chr(out, '"');
}

/* Takes the family's name followed by suffix; false when it is taken. */
static bool is_free(struct metrics *k, const char *suffix)
{
    struct scp_buf key;
    bool taken;

    scp_buf_init(&key, NAME_MAX_BYTES + 16);
    (void)scp_buf_printf(&key, "\n%s%s\n", scp_buf_text(&k->name), suffix);
    taken = key.failed || strstr(scp_buf_text(&k->seen), scp_buf_text(&key)) != NULL;
    if (key.starved)
        scp_buf_starve(k->out);
    scp_buf_free(&key);
    return !taken;
}

static bool take(struct metrics *k, bool counter)
{
    if (!is_free(k, "") || (counter && (!is_free(k, "_total") || !is_free(k, "_created"))))
        return false;
    (void)scp_buf_printf(&k->seen, "%s\n", scp_buf_text(&k->name));
    if (counter) {
        (void)scp_buf_printf(&k->seen, "%s_total\n", scp_buf_text(&k->name));
        (void)scp_buf_printf(&k->seen, "%s_created\n", scp_buf_text(&k->name));
    }
    return true;
}

/* "scp_roots_<label>" */
static void begin_name(struct metrics *k, const char *label)
{
    const char *plugin = strncmp(k->plugin, "check_", 6) == 0 ? k->plugin + 6 : k->plugin;

    scp_buf_truncate(&k->name, 0);
    if (strncmp(plugin, "scp", 3) != 0)
        (void)scp_buf_str(&k->name, "scp_");
    add_name(&k->name, plugin);
    (void)scp_buf_chr(&k->name, '_');
    add_name(&k->name, label);
}

static void end_name(struct metrics *k, const char *suffix)
{
    size_t n = strlen(suffix);

    if (k->name.n < n || strcmp(k->name.p + k->name.n - n, suffix) != 0)
        (void)scp_buf_str(&k->name, suffix);
}

static void head(struct metrics *k, const char *type, const char *unit, const char *help)
{
    const char *name = scp_buf_text(&k->name);

    (void)scp_buf_printf(k->out, "# TYPE %s %s\n", name, type);
    if (unit[0] != '\0')
        (void)scp_buf_printf(k->out, "# UNIT %s %s\n", name, unit);
    (void)scp_buf_printf(k->out, "# HELP %s ", name);
    add_escaped(k->out, help);
    (void)scp_buf_chr(k->out, '\n');
}

static void sample(struct metrics *k, const char *suffix, double v)
{
    char value[SCP_NUM_TEXT];

    scp_num_format(v, value);
    (void)scp_buf_printf(k->out, "%s%s{%s} %s\n", scp_buf_text(&k->name), suffix, scp_buf_text(&k->labels), value);
}

static void gauge(struct metrics *k, const char *label, const char *unit, const char *help, double v)
{
    begin_name(k, label);
    if (unit[0] != '\0') {
        char suffix[16] = "_";

        strncat(suffix, unit, sizeof suffix - 2);
        end_name(k, suffix);
    }
    if (!take(k, false))
        return;
    head(k, "gauge", unit, help);
    sample(k, "", v);
}

static void counter(struct metrics *k, const char *label, const char *help, double v)
{
    begin_name(k, label);
    if (k->name.n > 6 && strcmp(k->name.p + k->name.n - 6, "_total") == 0)
        scp_buf_truncate(&k->name, k->name.n - 6);
    if (!take(k, true))
        return;
    head(k, "counter", "", help);
    sample(k, "_total", v);
}

static void add_value(void *context, const char *label, const struct scp_perfdata *p)
{
    static const struct {
        char unit;
        const char *name;
        double scale;
    } UNITS[] = { { 's', "seconds", 1 }, { 'B', "bytes", 1 }, { '%', "ratio", 100 }, { '\0', "", 1 } };
    struct metrics *k = context;
    struct scp_buf help;
    size_t i = 0;

    scp_buf_init(&help, LABELS_MAX);
    (void)scp_buf_printf(&help, "Performance value %s of %s.", label, k->plugin);
    k->out->failed = k->out->failed || help.failed;
    while (UNITS[i].unit != p->unit[0] && UNITS[i].unit != '\0')
        i++;
    if (p->unit[0] == 'c' && p->value >= 0)
        counter(k, label, scp_buf_text(&help), p->value);
    else
        gauge(k, label, UNITS[i].name, scp_buf_text(&help), p->value / UNITS[i].scale);
    scp_buf_free(&help);
}

/* One sample: equal labels may stand once only, so equal findings are told by the worst of them. */
struct state_sample {
    char *labels;
    enum scp_state state;
};

static int by_labels(const void *a, const void *b)
{
    return strcmp(((const struct state_sample *)a)->labels, ((const struct state_sample *)b)->labels);
}

static char *finding_labels(const struct metrics *k, const struct scp_finding *f)
{
    struct scp_buf b;
    char *labels;

    scp_buf_init(&b, LABELS_MAX);
    add_label(&b, "plugin", k->plugin);
    add_label(&b, "id", f->id);
    add_label(&b, "subject", f->subject);
    labels = scp_buf_steal(&b);
    scp_buf_free(&b);
    return labels;
}

static void add_samples(struct metrics *k, struct state_sample *v, size_t n)
{
    qsort(v, n, sizeof *v, by_labels);
    for (size_t i = 0; i < n;) {
        enum scp_state state = v[i].state;
        size_t same = i + 1;

        while (same < n && strcmp(v[i].labels, v[same].labels) == 0)
            state = scp_state_worse(state, v[same++].state);
        (void)scp_buf_printf(k->out, "%s{%s} %d\n", scp_buf_text(&k->name), v[i].labels, (int)state);
        i = same;
    }
}

static void add_findings(struct metrics *k, const struct scp_report_view *view)
{
    struct state_sample *v;
    size_t n = 0;

    if (view->n == 0)
        return;
    scp_buf_truncate(&k->name, 0);
    (void)scp_buf_str(&k->name, "scp_finding_state");
    head(k, "gauge", "", "State of a finding: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.");
    v = calloc(view->n, sizeof *v);
    for (size_t i = 0; v != NULL && i < view->n; i++) {
        v[n].labels = finding_labels(k, view->v[i]);
        v[n].state = view->v[i]->state;
        if (v[n].labels == NULL)
            break;
        n++;
    }
    if (n == view->n)
        add_samples(k, v, n);
    else
        k->out->failed = true;
    while (n > 0)
        free(v[--n].labels);
    free(v);
}

static void add_times(struct metrics *k, const struct scp_report *m)
{
    if (m->at != SCP_UTC_UNKNOWN)
        gauge(k, "at_timestamp", "seconds", "The time that was judged.", (double)m->at);
    if (m->source_kind != NULL && m->source_taken != SCP_UTC_UNKNOWN)
        gauge(k, "source_timestamp", "seconds", "When the source was taken.", (double)m->source_taken);
}

static void source_label(struct metrics *k, const struct scp_report *m)
{
    struct scp_buf source;

    if (m->source_location == NULL)
        return;
    scp_buf_init(&source, SEEN_MAX);
    if (m->source_kind != NULL)
        (void)scp_buf_printf(&source, "%s:", m->source_kind);
    (void)scp_buf_str(&source, m->source_location);
    if (m->with != NULL)
        (void)scp_buf_printf(&source, " with %s", m->with);
    add_label(&k->labels, "source", scp_buf_text(&source));
    k->labels.failed = k->labels.failed || source.failed;
    scp_buf_free(&source);
}

void scp_report_openmetrics(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    struct metrics k = { .out = out, .plugin = m->plugin };
    struct scp_report_view view;

    scp_report_view(r, &view, out);
    scp_buf_init(&k.seen, SEEN_MAX);
    scp_buf_init(&k.name, NAME_MAX_BYTES);
    scp_buf_init(&k.labels, LABELS_MAX);
    add_label(&k.labels, "plugin", m->plugin);
    source_label(&k, m);
    (void)scp_buf_str(&k.seen, "\nscp_finding_state\n"); /* comes last, is taken from the start */
    gauge(&k, "state", "", "State of the check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.", (double)view.state);
    add_times(&k, m);
    scp_report_values(r, add_value, &k);
    add_findings(&k, &view);
    (void)scp_buf_str(out, "# EOF\n");
    out->failed = out->failed || k.seen.failed || k.name.failed || k.labels.failed;
    scp_buf_free(&k.seen);
    scp_buf_free(&k.name);
    scp_buf_free(&k.labels);
    scp_report_view_free(&view);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_common.h"

#include "base/array.h"
#include "base/num.h"
#include "base/utc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * OpenMetrics 1.0 text exposition, for a textfile collector.  Files of several servers and plugins lie in one folder: a family's
 * HELP is one text in all of them, and `plugin` and `source` keep their samples apart.  Within a text equal labels stand once.
 */
enum { LABELS_MAX = 8192, SAMPLES_MAX = SCP_RESULT_FINDINGS_MAX + SCP_RESULT_PERFDATA_MAX, REMEDY_MAX = SCP_REPORT_STEP_MAX };

/* Samples whose labels agree up to `key` are one: the one of the highest rank. */
struct sample {
    char *labels;
    size_t key;
    double value;
    int rank;
};

struct metrics {
    const struct scp_report *m;
    const struct scp_result *r;
    const struct scp_report_view *view;
    const struct family *family;
    struct scp_buf *out;
    struct sample *v; /* of the family */
    size_t n;
};

/* A performance value with the text of the family's last label; "*_ttl" is any that ends so, and the text is what stands for "*".
 */
struct origin {
    const char *perfdata, *text;
};

enum { LABELS = 6, ORIGINS = 3, ANY_MAX = sizeof((struct scp_perfdata *)0)->label };

struct family {
    const char *name, *help;
    const char *label[LABELS];       /* beside plugin and source */
    void (*fill)(struct metrics *k); /* from the report; NULL: `value` of the performance values `from` */
    double (*value)(const struct metrics *k, const struct scp_perfdata *p);
    struct origin from[ORIGINS];
};

/* --- Labels --- */

static void add_escaped(struct scp_buf *out, const struct scp_buf *clean)
{
    for (size_t i = 0; i < clean->n; i++) {
        if (clean->p[i] == '\\' || clean->p[i] == '"')
            (void)scp_buf_chr(out, '\\');
        (void)scp_buf_chr(out, clean->p[i]);
    }
    if (clean->starved)
        scp_buf_starve(out);
    out->failed = out->failed || clean->failed;
}

static void add_label(struct scp_buf *out, const char *name, const char *value)
{
    struct scp_buf clean;

    scp_buf_init(&clean, LABELS_MAX);
    scp_report_text(&clean, value != NULL ? value : "", SCP_REPORT_FIELD_MAX, SCP_REPORT_TERMINAL);
    (void)scp_buf_printf(out, "%s%s=\"", out->n > 0 ? "," : "", name);
    add_escaped(out, &clean);
    (void)scp_buf_chr(out, '"');
    scp_buf_free(&clean);
}

/* Sentences, each on a line: as many whole ones as have room. */
static void add_sentences(struct scp_buf *out, const char *name, const char *lines)
{
    size_t room = REMEDY_MAX;

    (void)scp_buf_printf(out, ",%s=\"", name);
    for (bool first = true; *lines != '\0'; first = false) {
        size_t n = strcspn(lines, "\n");
        struct scp_buf clean;

        scp_buf_init(&clean, LABELS_MAX);
        scp_report_said(&clean, lines, n, REMEDY_MAX, SCP_REPORT_TERMINAL);
        room = clean.n < room ? room - clean.n : 0;
        if (first || room > 0) {
            (void)scp_buf_str(out, first ? "" : "\\n");
            add_escaped(out, &clean);
        }
        scp_buf_free(&clean);
        if (room == 0)
            break;
        lines += n + (lines[n] == '\n');
    }
    (void)scp_buf_chr(out, '"');
}

/* --- Samples --- */

static void begin(const struct metrics *k, struct scp_buf *labels)
{
    scp_buf_init(labels, LABELS_MAX);
    add_label(labels, "plugin", k->m->plugin);
    add_label(labels, "source", k->m->source_label);
}

static void add_sample(struct metrics *k, struct scp_buf *labels, const struct sample *s)
{
    struct sample *v = scp_array_room(k->v, k->n, sizeof *v, SAMPLES_MAX, "samples", NULL);
    char *text = scp_buf_steal(labels);

    k->v = v != NULL ? v : k->v;
    if (v == NULL || text == NULL) {
        if (v == NULL || labels->starved)
            scp_buf_starve(k->out);
        k->out->failed = true;
        free(text);
    } else {
        v[k->n] = *s;
        v[k->n++].labels = text;
    }
    scp_buf_free(labels);
}

/* With the texts of the family's labels. */
static void add(struct metrics *k, const char *const *text, double value)
{
    struct scp_buf labels;

    begin(k, &labels);
    for (size_t i = 0; i < LABELS && k->family->label[i] != NULL; i++)
        add_label(&labels, k->family->label[i], text[i]);
    add_sample(k, &labels, &(struct sample){ .key = labels.n, .value = value });
}

static int by_key(const struct sample *a, const struct sample *b)
{
    int order = memcmp(a->labels, b->labels, a->key < b->key ? a->key : b->key);

    return order != 0 ? order : (a->key > b->key) - (a->key < b->key);
}

static int by_labels(const void *a, const void *b)
{
    int order = by_key(a, b);

    return order != 0 ? order : ((const struct sample *)b)->rank - ((const struct sample *)a)->rank;
}

/* --- From the report --- */

static void info(struct metrics *k)
{
    const struct scp_report *m = k->m;

    add(k, (const char *[]){ m->version, m->profile_name, m->profile_as_of, m->source_kind, m->server, m->vantage }, 1);
}

static void state(struct metrics *k)
{
    add(k, NULL, (double)k->view->state);
}

static void judged(struct metrics *k)
{
    if (k->m->at != SCP_UTC_UNKNOWN)
        add(k, NULL, (double)k->m->at);
}

static void taken(struct metrics *k)
{
    if (k->m->source_kind != NULL && k->m->source_taken != SCP_UTC_UNKNOWN)
        add(k, NULL, (double)k->m->source_taken);
}

/* Equal findings are told by the worst of them. */
static int rank_of(enum scp_state s)
{
    int rank = 0;

    for (int other = SCP_OK; other <= SCP_UNKNOWN; other++)
        rank += scp_state_worse(s, (enum scp_state)other) == s;
    return rank;
}

static void add_finding(struct metrics *k, const struct scp_finding *f, bool mended)
{
    struct sample s = { .value = mended ? 1 : (double)f->state, .rank = rank_of(f->state) };
    struct scp_buf labels;

    begin(k, &labels);
    add_label(&labels, k->family->label[0], f->id);
    add_label(&labels, k->family->label[1], f->subject);
    s.key = labels.n;
    if (mended) {
        add_sentences(&labels, k->family->label[2], f->remedy);
        add_sentences(&labels, k->family->label[3], f->reference);
    }
    add_sample(k, &labels, &s);
}

static void findings(struct metrics *k)
{
    for (size_t i = 0; i < k->view->n; i++)
        add_finding(k, k->view->v[i], false);
}

static void remedies(struct metrics *k)
{
    for (size_t i = 0; i < k->view->n; i++) {
        if (k->view->v[i]->state != SCP_OK)
            add_finding(k, k->view->v[i], true);
    }
}

/* --- From performance values --- */

static double as_it_is(const struct metrics *k, const struct scp_perfdata *p)
{
    (void)k;
    return p->value;
}

/* How many there may be at most. */
static double most(const struct metrics *k, const struct scp_perfdata *p)
{
    (void)k;
    return p->max;
}

static double at_end(const struct metrics *k, const struct scp_perfdata *p)
{
    return (double)k->m->at + p->value;
}

static double at_start(const struct metrics *k, const struct scp_perfdata *p)
{
    return (double)k->m->at - p->value;
}

/*
 * All families, in their order.  doc/metrics.md is made from these lines (tests/tools/metrics-page); a performance value that is in
 * none of them is left out, and tests/style/metrics.t holds that there is none.
 */
static const struct family FAMILIES[] = {
    { .name = "scp_info",
      .help = "Always 1: which version judged what by which profile.",
      .label = { "version", "profile", "profile_date", "kind", "server", "vantage" },
      .fill = info },
    { .name = "scp_check_state", .help = "State of the check: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.", .fill = state },
    { .name = "scp_check_timestamp_seconds", .help = "As of when it was judged.", .fill = judged },
    { .name = "scp_source_timestamp_seconds", .help = "When the source was taken.", .fill = taken },
    { .name = "scp_finding_state",
      .help = "State of a finding: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
      .label = { "id", "subject" },
      .fill = findings },
    { .name = "scp_finding_info",
      .help = "Always 1: what to do about a finding that is not OK, and which document says so.",
      .label = { "id", "subject", "remedy", "reference" },
      .fill = remedies },
    { .name = "scp_causes",
      .help = "Causes of the support article that are present.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "causes" } } },
    { .name = "scp_certificates_required",
      .help = "Roots, or targets of a path, that are required.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "required" } } },
    { .name = "scp_certificates_missing",
      .help = "Required roots that are missing and that Windows cannot fetch, or required targets without a good path.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "missing" } } },
    { .name = "scp_certificates_on_demand",
      .help = "Required roots that are missing and that Windows can fetch.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "on_demand" } } },
    { .name = "scp_certificates_recommended_missing",
      .help = "Recommended roots that are missing.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "recommended_missing" } } },
    { .name = "scp_certificates_disallowed",
      .help = "Certificates of the profile that a Disallowed store holds.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "disallowed" } } },
    { .name = "scp_certificates_stored",
      .help = "Certificates in all members of Root.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "store_certs" } } },
    { .name = "scp_certificate_expiry_timestamp_seconds",
      .help = "When the first required root expires, or the first of the longest-lived paths ends.",
      .label = { "part" },
      .value = at_end,
      .from = { { .perfdata = "expiry" } } },
    { .name = "scp_paths",
      .help = "Good paths that were found.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "paths" } } },
    { .name = "scp_update_enabled",
      .help = "Whether the update of trusted roots is on: 1 or 0.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "enabled" } } },
    { .name = "scp_update_sync_timestamp_seconds",
      .help = "When Windows synchronised the list last.",
      .label = { "part", "list" },
      .value = at_start,
      .from = { { "sync_age", "trusted" }, { "disallowed_age", "disallowed" } } },
    { .name = "scp_trust_list_timestamp_seconds",
      .help = "From when the trust list is: the one given, else the cached list of trusted roots.",
      .label = { "part" },
      .value = at_start,
      .from = { { .perfdata = "ctl_age" } } },
    { .name = "scp_trust_list_entries",
      .help = "Entries of that trust list.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "ctl_entries" } } },
    { .name = "scp_mirror_certificates_missing",
      .help = "Listed roots that the mirror does not hold, or holds damaged.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "mirror_missing" } } },
    { .name = "scp_endpoints",
      .help = "Endpoints that count.",
      .label = { "part", "legacy" },
      .value = most,
      .from = { { "endpoints_ok", "false" }, { "legacy_ok", "true" } } },
    { .name = "scp_endpoints_valid",
      .help = "Endpoints among them that answered with something valid.",
      .label = { "part", "legacy" },
      .value = as_it_is,
      .from = { { "endpoints_ok", "false" }, { "legacy_ok", "true" } } },
    { .name = "scp_endpoints_response_seconds",
      .help = "How long the slowest answer took.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "time" } } },
    { .name = "scp_endpoints_expiry_timestamp_seconds",
      .help = "When the first CRL or OCSP answer expires, legacy ones apart.",
      .label = { "part" },
      .value = at_end,
      .from = { { .perfdata = "ttl_min" } } },
    { .name = "scp_endpoint_response_seconds",
      .help = "How long the endpoint took to answer.",
      .label = { "part", "endpoint" },
      .value = as_it_is,
      .from = { { .perfdata = "*_time" } } },
    { .name = "scp_endpoint_expiry_timestamp_seconds",
      .help = "When what the endpoint serves expires.",
      .label = { "part", "endpoint" },
      .value = at_end,
      .from = { { .perfdata = "*_ttl" } } },
    { .name = "scp_symptoms",
      .help = "Events within the time that is looked at, in logs and status messages.",
      .label = { "part", "symptom" },
      .value = as_it_is,
      .from = { { "chain_errors", "chain_errors" }, { "msg_9605", "9605" }, { "msg_9607", "9607" } } },
    { .name = "scp_symptom_timestamp_seconds",
      .help = "When the last event of any kind was.",
      .label = { "part" },
      .value = at_start,
      .from = { { .perfdata = "last_error_age" } } },
    { .name = "scp_success_timestamp_seconds",
      .help = "When the logs tell of a success last.",
      .label = { "part" },
      .value = at_start,
      .from = { { .perfdata = "last_success_age" } } },
    { .name = "scp_service_names",
      .help = "Names of the service that were asked for their certificate.",
      .label = { "part" },
      .value = most,
      .from = { { .perfdata = "answered" } } },
    { .name = "scp_service_names_answered",
      .help = "Names of the service that sent one.",
      .label = { "part" },
      .value = as_it_is,
      .from = { { .perfdata = "answered" } } },
};

/* Puts what stands for the "*" of the pattern into any. */
static bool matches(const char *pattern, const char *label, char any[ANY_MAX])
{
    size_t n = strlen(label), end = strlen(pattern) - 1;

    if (pattern[0] != '*')
        return strcmp(pattern, label) == 0;
    if (n <= end || strcmp(label + n - end, pattern + 1) != 0)
        return false;
    (void)snprintf(any, ANY_MAX, "%.*s", (int)(n - end), label);
    return true;
}

/* The origin of which a performance value of that label is; NULL. */
static const struct origin *origin_of(const struct family *f, const char *label, char any[ANY_MAX])
{
    for (size_t i = 0; i < ORIGINS && f->from[i].perfdata != NULL; i++) {
        if (matches(f->from[i].perfdata, label, any))
            return &f->from[i];
    }
    return NULL;
}

/* "roots" of check_scp_roots; in the diagnosis, the part's name stands before the value's own label. */
static void part_of(const struct metrics *k, const char *label, const struct scp_perfdata *p, char part[SCP_REPORT_LABEL_MAX])
{
    static const char PLUGIN[] = "check_scp_";
    size_t before = strlen(label) - strlen(p->label);
    const char *plugin = k->m->plugin;

    if (before > 0)
        (void)snprintf(part, SCP_REPORT_LABEL_MAX, "%.*s", (int)before - 1, label);
    else if (strncmp(plugin, PLUGIN, strlen(PLUGIN)) == 0)
        (void)snprintf(part, SCP_REPORT_LABEL_MAX, "%s", plugin + strlen(PLUGIN));
    else
        (void)snprintf(part, SCP_REPORT_LABEL_MAX, "diagnosis");
}

static void add_value(void *context, const char *label, const struct scp_perfdata *p)
{
    struct metrics *k = context;
    char part[SCP_REPORT_LABEL_MAX], any[ANY_MAX];
    const struct origin *from = origin_of(k->family, p->label, any);

    if (from == NULL || (k->family->value == most && !p->has_max))
        return;
    part_of(k, label, p, part);
    add(k, (const char *[]){ part, from->text != NULL ? from->text : any }, k->family->value(k, p));
}

/* --- Text --- */

static void put_head(const struct metrics *k)
{
    static const char UNIT[] = "_seconds";
    const char *name = k->family->name;
    size_t n = strlen(name), m = strlen(UNIT);

    (void)scp_buf_printf(k->out, "# TYPE %s gauge\n", name);
    if (n > m && strcmp(name + n - m, UNIT) == 0)
        (void)scp_buf_printf(k->out, "# UNIT %s %s\n", name, UNIT + 1);
    (void)scp_buf_printf(k->out, "# HELP %s %s\n", name, k->family->help);
}

static void put_samples(const struct metrics *k)
{
    char value[SCP_NUM_TEXT];

    for (size_t i = 0; i < k->n; i++) {
        if (i > 0 && by_key(&k->v[i - 1], &k->v[i]) == 0)
            continue;
        scp_num_format(k->v[i].value, value);
        (void)scp_buf_printf(k->out, "%s{%s} %s\n", k->family->name, k->v[i].labels, value);
    }
}

static void put_family(struct metrics *k)
{
    k->v = NULL;
    k->n = 0;
    if (k->family->fill != NULL)
        k->family->fill(k);
    else
        scp_report_values(k->r, add_value, k);
    if (k->n > 0) {
        qsort(k->v, k->n, sizeof *k->v, by_labels);
        put_head(k);
        put_samples(k);
    }
    while (k->n > 0)
        free(k->v[--k->n].labels);
    free(k->v);
}

void scp_report_openmetrics(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    struct scp_report_view view;
    struct metrics k = { .m = m, .r = r, .view = &view, .out = out };

    scp_report_view(r, &view, out);
    for (size_t i = 0; i < sizeof FAMILIES / sizeof FAMILIES[0]; i++) {
        k.family = &FAMILIES[i];
        put_family(&k);
    }
    (void)scp_buf_str(out, "# EOF\n");
    scp_report_view_free(&view);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/report_common.h"

#include "base/json.h"
#include "base/utc.h"

#include <string.h>

enum { SCHEMA = 1 };

static void add_summary(struct scp_json *j, const struct scp_report_view *view)
{
    struct scp_buf text;

    scp_buf_init(&text, SCP_REPORT_JSON_MAX);
    (void)scp_buf_str(&text, view->summary);
    if (view->more > 0)
        (void)scp_buf_printf(&text, ", %zu more", view->more);
    scp_json_text(j, "summary", scp_buf_text(&text));
    j->out->failed = j->out->failed || text.failed;
    scp_buf_free(&text);
}

/* "from mon01" is a phrase for people; the value is the place. */
static const char *place(const char *vantage)
{
    if (vantage != NULL && strncmp(vantage, "from ", 5) == 0)
        return vantage + 5;
    return vantage;
}

/* The same for programs. */
static void add_vantage(struct scp_json *j, const struct scp_report *m)
{
    bool proxy = m->vantage_proxy != NULL && m->vantage_proxy[0] != '\0';

    scp_json_text(j, "vantage", place(m->vantage));
    if (m->vantage_host == NULL) {
        scp_json_null(j, "vantage_detail");
        return;
    }
    scp_json_open(j, "vantage_detail", '{');
    scp_json_text(j, "host", m->vantage_host);
    scp_json_text(j, "at", m->vantage_server ? "server" : "here");
    scp_json_text(j, "through", proxy ? "proxy" : "direct");
    scp_json_text(j, "proxy", proxy ? m->vantage_proxy : NULL);
    scp_json_close(j, '}');
}

static void add_context(struct scp_json *j, const struct scp_report *m)
{
    double age = 0;

    scp_json_time(j, "at", m->at);
    scp_json_text(j, "server", scp_report_is_blank(m->server) ? NULL : m->server);
    add_vantage(j, m);
    scp_json_open(j, "source", '{');
    scp_json_text(j, "kind", m->source_kind != NULL ? m->source_kind : "none");
    scp_json_text(j, "location", m->source_location);
    if (m->with != NULL)
        scp_json_text(j, "with", m->with);
    scp_json_time(j, "taken", m->source_kind != NULL ? m->source_taken : SCP_UTC_UNKNOWN);
    if (m->source_kind != NULL && scp_report_age(m, &age))
        scp_json_number(j, "age", age);
    else
        scp_json_null(j, "age");
    scp_json_close(j, '}');
    if (m->profile_name == NULL) {
        scp_json_null(j, "profile");
        return;
    }
    scp_json_open(j, "profile", '{');
    scp_json_text(j, "name", m->profile_name);
    scp_json_text(j, "as_of", m->profile_as_of);
    scp_json_close(j, '}');
}

static void add_finding(struct scp_json *j, const struct scp_finding *f)
{
    scp_json_open(j, NULL, '{');
    scp_json_text(j, "id", f->id);
    scp_json_text(j, "state", scp_state_name(f->state));
    scp_json_text(j, "subject", f->subject);
    scp_json_text(j, "text", f->text);
    scp_json_text(j, "remedy", f->remedy);
    scp_json_text(j, "reference", f->reference);
    scp_json_close(j, '}');
}

static void add_range(struct scp_json *j, const char *key, bool has, const struct scp_range *r)
{
    char text[SCP_RANGE_TEXT] = "";

    if (has)
        scp_range_format(r, text);
    scp_json_text(j, key, has ? text : NULL);
}

static void add_number(struct scp_json *j, const char *key, bool has, double v)
{
    if (has)
        scp_json_number(j, key, v);
    else
        scp_json_null(j, key);
}

static void add_value(void *context, const char *label, const struct scp_perfdata *p)
{
    struct scp_json *j = context;

    scp_json_open(j, NULL, '{');
    scp_json_text(j, "label", label);
    scp_json_number(j, "value", p->value);
    scp_json_text(j, "unit", p->unit);
    add_range(j, "warning", p->has_warning, &p->warning);
    add_range(j, "critical", p->has_critical, &p->critical);
    add_number(j, "min", p->has_min, p->min);
    add_number(j, "max", p->has_max, p->max);
    scp_json_close(j, '}');
}

static void add_facts(struct scp_json *j, const struct scp_report *m, const struct scp_result *r)
{
    if (m->verbosity == 0)
        return;
    scp_json_raw(j, "facts", r != NULL && r->facts[0] != '\0' ? r->facts : "{}");
}

void scp_report_json(const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    struct scp_report_view view;
    struct scp_json j;

    scp_report_view(r, &view, out);
    scp_json_init(&j, out, m->pretty);
    scp_json_open(&j, NULL, '{');
    scp_json_integer(&j, "schema", SCHEMA);
    scp_json_text(&j, "plugin", m->plugin);
    scp_json_text(&j, "version", m->version);
    scp_json_text(&j, "state", scp_state_name(view.state));
    scp_json_integer(&j, "exit_code", (int64_t)view.state);
    add_summary(&j, &view);
    add_context(&j, m);
    scp_json_open(&j, "findings", '[');
    for (size_t i = 0; i < view.n; i++)
        add_finding(&j, view.v[i]);
    scp_json_close(&j, ']');
    scp_json_open(&j, "perfdata", '[');
    scp_report_values(r, add_value, &j);
    scp_json_close(&j, ']');
    add_facts(&j, m, r);
    scp_json_close(&j, '}');
    (void)scp_buf_chr(out, '\n');
    scp_report_view_free(&view);
}

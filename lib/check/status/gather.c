/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "base/array.h"
#include "base/file.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Symptoms --- */

static bool newest(const struct scp_symptom_fact *s, int64_t at)
{
    return s->last == SCP_UTC_UNKNOWN || at >= s->last;
}

struct scp_status_part *scp_status_new_part(struct scp_status_facts *f, enum scp_status_kind kind, const char *name,
                                            struct scp_err *err)
{
    struct scp_status_part *p = scp_array_room(f->part, f->parts, sizeof *p, SCP_STATUS_PARTS_MAX, "logs and exports", err);

    if (p == NULL) {
        if (f->parts == SCP_STATUS_PARTS_MAX)
            err->code = SCP_ERR_USAGE;
        return NULL;
    }
    if (f->parts == 0) {
        for (size_t i = 0; i < SCP_SYMPTOMS; i++)
            f->symptom[i].last = SCP_UTC_UNKNOWN;
        for (size_t i = 0; i < SCP_EXCHANGES; i++)
            f->exchange[i] = (struct scp_exchange_fact){ .reached = SCP_UTC_UNKNOWN, .last_success = SCP_UTC_UNKNOWN };
    }
    f->part = p;
    p += f->parts++;
    *p = (struct scp_status_part){ .kind = kind, .name = name, .modified = SCP_UTC_UNKNOWN };
    return p;
}

void scp_status_free(struct scp_status_facts *f)
{
    free(f->part);
    free(f->told);
    memset(f, 0, sizeof *f);
}

/* What cannot be read is a part with a reason; only memory that ran out ends it. */
static int finish(struct scp_status_part *p, int rc, const struct scp_err *why, struct scp_err *err)
{
    p->read = rc == 0;
    if (rc == 0)
        return 0;
    memcpy(p->reason, why->message, sizeof p->reason);
    return why->code != SCP_ERR_MEMORY ? 0 : scp_err_set(err, why->code, SCP_SAID, why->message);
}

/* --- Logs --- */

struct log_reading {
    struct scp_status_facts *f;
    struct scp_status_part *part;
    struct scp_log_reader *reader;
};

static void note_component(struct scp_status_part *p, const struct scp_cmtrace_entry *e, const struct scp_log_reading *r)
{
    p->of_scp = p->of_scp || r->of_scp;
    p->signs = p->signs || r->signs;
    if (r->exchange < SCP_EXCHANGES)
        p->exchange[r->exchange] = true;
    if (!r->of_scp && (strlen(p->component) != e->component_n || memcmp(p->component, e->component, e->component_n) != 0))
        (void)snprintf(p->component, sizeof p->component, "%.*s",
                       e->component_n < sizeof p->component ? (int)e->component_n : (int)sizeof p->component - 1, e->component);
}

static void note_success(struct scp_status_facts *f, const struct scp_cmtrace_entry *e, const struct scp_log_reading *r)
{
    struct scp_exchange_fact *x = &f->exchange[r->exchange];

    /* A success that is yet to come proves a wrong clock, and nothing else. */
    if (e->at != SCP_UTC_UNKNOWN && e->at <= f->now + SCP_UTC_SKEW && e->at > x->last_success)
        x->last_success = e->at;
}

static int count_told(const struct log_reading *l, struct scp_log_reading *r, const struct scp_cmtrace_entry *e,
                      struct scp_err *err)
{
    struct scp_status_facts *f = l->f;
    struct scp_status_seen *told;

    if (r->message.at == SCP_UTC_UNKNOWN)
        r->message.at = e->at;
    if (!scp_status_count_message(f, &r->message))
        return 0;
    l->part->told++;
    told = scp_array_room(f->told, f->told_n, sizeof *told, SCP_STATUS_TOLD_MAX, "status messages in the logs", err);
    if (told == NULL)
        return -1;
    f->told = told;
    told[f->told_n++] = (struct scp_status_seen){ r->message.id, r->message.at };
    return 0;
}

static void count_symptom(struct scp_status_facts *f, const struct scp_cmtrace_entry *e, const struct scp_log_reading *r)
{
    struct scp_symptom_fact *s = &f->symptom[r->symptom];

    if (e->at == SCP_UTC_UNKNOWN) {
        s->timeless++;
        (void)snprintf(s->time, sizeof s->time, "%s",
                       e->unfinished ? "the entry was never finished" : "no time, or an impossible time zone");
        return;
    }
    if (e->at < f->since)
        return;
    s->count++;
    s->reasons[r->reason]++;
    if (r->symptom == SCP_SYMPTOM_TLS)
        s->refusals[r->refusal]++;
    if (newest(s, e->at)) {
        s->last = e->at;
        s->http_status = r->http_status;
        (void)snprintf(s->sample, sizeof s->sample, "%.*s", e->n < sizeof s->sample ? (int)e->n : (int)sizeof s->sample - 1,
                       e->text);
    }
}

static int on_entry(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err)
{
    const struct log_reading *l = ctx;
    struct scp_log_reading r;

    scp_log_read_entry(l->reader, e, &r);
    note_component(l->part, e, &r);
    if (r.success)
        note_success(l->f, e, &r);
    if (l->f->wants_hosts && r.of_scp)
        scp_status_note_hosts(l->f, e->text, e->n);
    if (r.is_message)
        return count_told(l, &r, e, err);
    if (r.symptom != SCP_SYMPTOMS)
        count_symptom(l->f, e, &r);
    return 0;
}

/* Several logs of one component are taken together: the one that reaches back furthest. */
static void note_reach(struct scp_status_facts *f, const struct scp_status_part *p)
{
    for (size_t i = 0; i < SCP_EXCHANGES; i++) {
        struct scp_exchange_fact *x = &f->exchange[i];

        if (!p->exchange[i])
            continue;
        x->seen = true;
        if (p->log.begins != SCP_UTC_UNKNOWN && (x->reached == SCP_UTC_UNKNOWN || p->log.begins < x->reached))
            x->reached = p->log.begins;
    }
}

int scp_status_gather_log(const char *path, const struct scp_deadline *deadline, struct scp_status_facts *f, struct scp_err *err)
{
    struct log_reading reading = { f, scp_status_new_part(f, SCP_STATUS_LOG, path, err), NULL };
    const struct scp_cmtrace_sink sink = { &reading, on_entry };
    struct scp_status_part *p = reading.part;
    struct scp_err why = SCP_ERR_INIT;
    int rc;

    if (p == NULL || (reading.reader = scp_log_reader_new(err)) == NULL)
        return -1;
    rc = scp_log_read(path, f->logs_since < f->since ? f->logs_since : f->since, deadline, &sink, &p->log, &why);
    scp_log_reader_free(reading.reader);
    note_reach(f, p);
    return finish(p, rc, &why, err);
}

/* --- Status messages --- */

/* Is it of another machine than the registry?  Its name may be a NetBIOS name, of 15 characters, and follow backslashes. */
static bool is_strangers(const struct scp_status_facts *f, const struct scp_statusmsg *m)
{
    enum { NETBIOS = 15 };
    const char *machine = m->machine + strspn(m->machine, "\\");
    size_t mine = strcspn(f->server, "."), its = strcspn(machine, ".");

    mine = mine < NETBIOS ? mine : NETBIOS;
    its = its < NETBIOS ? its : NETBIOS;
    return mine > 0 && its > 0 && !scp_text_caseeq(f->server, mine, machine, its);
}

/* true: counted. */
bool scp_status_count_message(struct scp_status_facts *f, const struct scp_statusmsg *m)
{
    struct scp_symptom_fact *s = NULL;

    for (size_t i = SCP_SYMPTOM_UPLOAD_FAILED; i < SCP_SYMPTOMS; i++) {
        if (scp_symptoms[i].message == m->id)
            s = &f->symptom[i];
    }
    if (s == NULL || m->information)
        return false;
    if (m->at == SCP_UTC_UNKNOWN) {
        s->timeless++;
        memcpy(s->time, m->time, sizeof s->time);
        return false;
    }
    if (m->at < f->since)
        return false;
    if (is_strangers(f, m)) {
        f->strangers++;
        (void)snprintf(f->stranger, sizeof f->stranger, "%s", m->machine);
        return false;
    }
    s->count++;
    if (newest(s, m->at)) {
        s->last = m->at;
        (void)snprintf(s->sample, sizeof s->sample, "%.100s%s%.100s", m->component,
                       m->component[0] != '\0' && m->machine[0] != '\0' ? " on " : "", m->machine);
    }
    return true;
}

bool scp_status_was_told(struct scp_status_facts *f, const struct scp_statusmsg *m)
{
    for (size_t i = 0; i < f->told_n; i++) {
        struct scp_status_seen *t = &f->told[i];

        if (t->id == m->id && m->at != SCP_UTC_UNKNOWN && t->at != SCP_UTC_UNKNOWN && m->at - t->at <= 1 && t->at - m->at <= 1) {
            t->id = 0;
            return true;
        }
    }
    return false;
}

static int on_message(void *ctx, const struct scp_statusmsg *m, struct scp_err *err)
{
    (void)err;
    if (!scp_status_was_told(ctx, m))
        (void)scp_status_count_message(ctx, m);
    return 0;
}

static int read_export(const char *path, struct scp_status_facts *f, struct scp_status_part *p, struct scp_err *err)
{
    const struct scp_statusmsg_sink sink = { f, on_message, NULL };
    struct scp_buf text;
    struct scp_file file;
    int rc;

    if (scp_file_open(path, &file, err) != 0)
        return -1;
    p->modified = file.modified;
    scp_file_close(&file);
    scp_buf_init(&text, SCP_STATUSMSG_BYTES_MAX);
    rc = scp_file_slurp(path, &text, err);
    if (rc == 0 && scp_statusmsg_parse(scp_buf_text(&text), text.n, &sink, &p->messages, err) != 0)
        rc = scp_err_prefix(err, "%s", path);
    scp_buf_free(&text);
    return rc;
}

int scp_status_gather_export(const char *path, struct scp_status_facts *f, struct scp_err *err)
{
    struct scp_status_part *p = scp_status_new_part(f, SCP_STATUS_EXPORT, path, err);
    struct scp_err why = SCP_ERR_INIT;

    return p != NULL ? finish(p, read_export(path, f, p, &why), &why, err) : -1;
}

void scp_status_gather_environment(const struct scp_registry *r, struct scp_status_facts *f)
{
    f->has_environment = true;
    scp_egress_gather(r, &f->egress);
    scp_environment_read(r, &f->environment);
    scp_site_read(r, &f->site);
}

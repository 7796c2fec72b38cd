/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status.h"

#include "base/file.h"
#include "base/say.h"
#include "base/utc.h"

#include <stdio.h>
#include <string.h>

/* --- Symptoms --- */

static const unsigned NUMBERS[SCP_SYMPTOMS] = {
    [SCP_SYMPTOM_UPLOAD_FAILED] = 9605, [SCP_SYMPTOM_UPLOAD_EXCEPTION] = 9607, [SCP_SYMPTOM_ENDPOINT_WARNING] = 11411,
    [SCP_SYMPTOM_ENDPOINT_ERROR] = 11412, [SCP_SYMPTOM_ENDPOINT_REQUIRED] = 11488,
};

unsigned scp_symptom_message(enum scp_symptom s)
{
    return NUMBERS[s];
}

static bool contains(const char *p, size_t n, const char *what)
{
    size_t length = strlen(what);
    const char *end = p + n;

    while ((size_t)(end - p) >= length) {
        const char *at = memchr(p, what[0], (size_t)(end - p) - length + 1);

        if (at == NULL)
            return false;
        if (memcmp(at, what, length) == 0)
            return true;
        p = at + 1;
    }
    return false;
}

/* The words are English in every language of the product. */
enum scp_symptom scp_symptom_of_text(const char *p, size_t n)
{
    if (contains(p, n, "Failed to check and load service signing certificate")) {
        if (contains(p, n, "Fail to build chain"))
            return SCP_SYMPTOM_CHAIN;
        return contains(p, n, "Mismatch certificate subject name") ? SCP_SYMPTOM_NAME : SCP_SYMPTOM_SIGNING;
    }
    if (contains(p, n, "The remote certificate is invalid according to the validation procedure") ||
        contains(p, n, "Could not establish trust relationship for the SSL/TLS secure channel"))
        return SCP_SYMPTOM_TLS;
    return SCP_SYMPTOMS;
}

static bool newest(const struct scp_symptom_fact *s, int64_t at)
{
    return s->last == SCP_UTC_UNKNOWN || at >= s->last;
}

struct scp_status_part *scp_status_new_part(struct scp_status_facts *f, enum scp_status_kind kind, const char *name)
{
    struct scp_status_part *p;

    if (f->parts == SCP_STATUS_PARTS_MAX)
        return NULL;
    if (f->parts == 0) {
        for (size_t i = 0; i < SCP_SYMPTOMS; i++)
            f->symptom[i].last = SCP_UTC_UNKNOWN;
    }
    p = &f->part[f->parts++];
    *p = (struct scp_status_part){ .kind = kind, .name = name, .modified = SCP_UTC_UNKNOWN };
    return p;
}

static void fail(struct scp_status_part *p, const struct scp_err *why)
{
    p->read = false;
    memcpy(p->reason, why->message, sizeof p->reason);
}

/* --- Logs --- */

static int on_entry(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err)
{
    struct scp_status_facts *f = ctx;
    enum scp_symptom kind = scp_symptom_of_text(e->text, e->n);
    struct scp_symptom_fact *s;

    (void)err;
    if (kind == SCP_SYMPTOMS)
        return 0;
    s = &f->symptom[kind];
    if (e->at == SCP_UTC_UNKNOWN) {
        s->timeless++;
        (void)snprintf(s->time, sizeof s->time, "%s",
                       e->unfinished ? "the entry was never finished" : "no time, or an impossible time zone");
        return 0;
    }
    if (e->at < f->since)
        return 0;
    s->count++;
    if (newest(s, e->at)) {
        s->last = e->at;
        (void)snprintf(s->sample, sizeof s->sample, "%.*s", e->n < sizeof s->sample ? (int)e->n : (int)sizeof s->sample - 1,
                       e->text);
    }
    return 0;
}

int scp_status_gather_log(const char *path, const struct scp_deadline *deadline, struct scp_status_facts *f, struct scp_err *err)
{
    const struct scp_cmtrace_sink sink = { f, on_entry };
    struct scp_status_part *p = scp_status_new_part(f, SCP_STATUS_LOG, path);
    struct scp_err why = SCP_ERR_INIT;

    if (p == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "more than %d logs and exports", SCP_STATUS_PARTS_MAX);
    p->read = scp_log_read(path, f->since, deadline, &sink, &p->log, &why) == 0;
    if (p->read)
        return 0;
    fail(p, &why);
    if (why.code != SCP_ERR_MEMORY)
        return 0;
    return scp_err_set(err, why.code, SCP_SAID, why.message);
}

/* --- Status messages --- */

void scp_status_count_message(struct scp_status_facts *f, const struct scp_statusmsg *m)
{
    struct scp_symptom_fact *s = NULL;

    for (size_t i = SCP_SYMPTOM_UPLOAD_FAILED; i < SCP_SYMPTOMS; i++) {
        if (NUMBERS[i] == m->id)
            s = &f->symptom[i];
    }
    if (s == NULL)
        return;
    if (m->at == SCP_UTC_UNKNOWN) {
        s->timeless++;
        memcpy(s->time, m->time, sizeof s->time);
        return;
    }
    if (m->at < f->since)
        return;
    s->count++;
    if (newest(s, m->at)) {
        s->last = m->at;
        (void)snprintf(s->sample, sizeof s->sample, "%.100s%s%.100s", m->component,
                       m->component[0] != '\0' && m->machine[0] != '\0' ? " on " : "", m->machine);
    }
}

static int on_message(void *ctx, const struct scp_statusmsg *m, struct scp_err *err)
{
    (void)err;
    scp_status_count_message(ctx, m);
    return 0;
}

static int read_export(const char *path, struct scp_status_facts *f, struct scp_status_part *p, struct scp_err *err)
{
    const struct scp_statusmsg_sink sink = { f, on_message };
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
    struct scp_status_part *p = scp_status_new_part(f, SCP_STATUS_EXPORT, path);
    struct scp_err why = SCP_ERR_INIT;

    if (p == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "more than %d logs and exports", SCP_STATUS_PARTS_MAX);
    p->read = read_export(path, f, p, &why) == 0;
    if (p->read)
        return 0;
    fail(p, &why);
    if (why.code != SCP_ERR_MEMORY)
        return 0;
    return scp_err_set(err, why.code, SCP_SAID, why.message);
}

void scp_status_gather_environment(const struct scp_registry *r, struct scp_status_facts *f)
{
    f->has_environment = true;
    scp_way_out_gather(r, &f->way_out);
    scp_environment_read(r, &f->environment);
}

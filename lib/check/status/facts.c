/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "base/json.h"
#include "base/utc.h"

static void put_log(struct scp_json *j, const struct scp_status_part *p)
{
    scp_json_integer(j, "entries", (int64_t)p->log.text.entries);
    scp_json_integer(j, "files", (int64_t)p->log.files);
    scp_json_integer(j, "bytes", (int64_t)p->log.bytes);
    scp_json_time(j, "oldest", p->log.oldest);
    scp_json_time(j, "newest", p->log.newest);
    scp_json_time(j, "ends", p->log.ends);
    scp_json_time(j, "begins", p->log.begins);
    scp_json_bool(j, "reached", p->log.reached);
    scp_json_bool(j, "changed", p->log.changed);
}

static void put_part(struct scp_json *j, const struct scp_status_part *p)
{
    static const char *const KINDS[] = { "log", "export", "adminservice" };

    scp_json_open(j, NULL, '{');
    scp_json_text(j, "kind", KINDS[p->kind]);
    scp_json_text(j, "name", p->name);
    scp_json_bool(j, "read", p->read);
    if (p->read && p->kind == SCP_STATUS_LOG)
        put_log(j, p);
    else if (p->read)
        scp_json_integer(j, "messages", (int64_t)p->messages.messages);
    scp_json_close(j, '}');
}

static void put_symptoms(struct scp_json *j, const struct scp_status_facts *f)
{
    scp_json_open(j, "symptoms", '{');
    for (size_t i = 0; i < SCP_SYMPTOMS; i++) {
        scp_json_open(j, scp_symptoms[i].key, '{');
        scp_json_integer(j, "count", (int64_t)f->symptom[i].count);
        scp_json_time(j, "last", f->symptom[i].count > 0 ? f->symptom[i].last : SCP_UTC_UNKNOWN);
        scp_json_integer(j, "timeless", (int64_t)f->symptom[i].timeless);
        scp_json_close(j, '}');
    }
    scp_json_close(j, '}');
}

static void put_exchanges(struct scp_json *j, const struct scp_status_facts *f)
{
    static const char *const KEYS[SCP_EXCHANGES] = { "uploader", "downloader" };

    scp_json_open(j, "exchanges", '{');
    for (size_t i = 0; i < SCP_EXCHANGES; i++) {
        scp_json_open(j, KEYS[i], '{');
        scp_json_bool(j, "seen", f->exchange[i].seen);
        scp_json_time(j, "reached", f->exchange[i].seen ? f->exchange[i].reached : SCP_UTC_UNKNOWN);
        scp_json_time(j, "last_success", f->exchange[i].seen ? f->exchange[i].last_success : SCP_UTC_UNKNOWN);
        scp_json_close(j, '}');
    }
    scp_json_close(j, '}');
}

static void put_proxy(struct scp_json *j, const struct scp_proxy *p)
{
    static const char *const KINDS[] = { "unknown", "direct", "named", "script" };

    scp_json_open(j, "proxy", '{');
    scp_json_text(j, "kind", KINDS[p->kind]);
    scp_json_text(j, "origin", scp_proxy_origin_name(p->origin));
    scp_json_text(j, "server", p->server);
    scp_json_text(j, "bypass", p->bypass);
    scp_json_text(j, "script", p->script);
    scp_json_bool(j, "auto_detect", p->auto_detect);
    scp_json_close(j, '}');
}

static void put_site(struct scp_json *j, const struct scp_site *s)
{
    static const char *const ROLES[] = { "alone", "active", "passive", "neither", NULL };

    scp_json_open(j, "site", '{');
    scp_json_text(j, "version", s->version[0] != '\0' ? s->version : NULL);
    scp_json_time(j, "last_synced", s->last_synced);
    scp_json_text(j, "role", ROLES[s->role]);
    scp_json_close(j, '}');
}

void scp_status_facts_put(struct scp_json *j, const struct scp_status_facts *f)
{
    scp_json_time(j, "since", f->since);
    scp_json_open(j, "parts", '[');
    for (size_t i = 0; i < f->parts; i++)
        put_part(j, &f->part[i]);
    scp_json_close(j, ']');
    put_symptoms(j, f);
    put_exchanges(j, f);
    if (f->has_environment) {
        put_proxy(j, &f->egress.system);
        put_site(j, &f->site);
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/check.h"

#include "base/json.h"
#include "base/num.h"

static void put_hash(struct scp_json *j, const char *key, const uint8_t sha1[SCP_SHA1_LEN])
{
    char hex[2 * SCP_SHA1_LEN + 1];

    scp_num_to_hex(sha1, SCP_SHA1_LEN, hex);
    scp_json_text(j, key, hex);
}

static void put_path(struct scp_json *j, const char *target, const struct scp_path_answer *a, const struct scp_path *p,
                     bool fetched)
{
    char time[SCP_UTC_TEXT];

    scp_json_open(j, NULL, '{');
    scp_json_text(j, "target", target);
    scp_json_bool(j, "ok", p->fault == SCP_PATH_GOOD);
    scp_json_open(j, "certificates", '[');
    for (size_t i = 0; i < p->n; i++)
        put_hash(j, NULL, scp_path_cert(a, p, i)->sha1);
    scp_json_close(j, ']');
    if (p->fault == SCP_PATH_GOOD) {
        scp_json_null(j, "error");
        scp_json_text(j, "not_after", scp_utc_format(p->not_after, time));
    } else {
        scp_json_text(j, "error", p->message[0] != '\0' ? p->message : scp_path_fault_name(p->fault));
        scp_json_null(j, "not_after");
        scp_json_text(j, "fault", scp_path_fault_name(p->fault));
        put_hash(j, "at", scp_path_cert(a, p, p->at)->sha1);
    }
    scp_json_bool(j, "fetched", fetched);
    scp_json_close(j, '}');
}

static void put_answer(struct scp_json *j, const char *target, const struct scp_path_answer *a, bool fetched)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < a->kepts; i++)
        put_path(j, target, a, &a->kept[i], fetched);
    /* Where no path was whole, the one that came nearest. */
    if (a->kepts == 0 && a->good == 0 && a->miss.path.n > 0)
        put_path(j, target, a, &a->miss.path, fetched);
}

static void put_fetches(struct scp_json *j, const struct scp_intermediates_target *t)
{
    for (size_t i = 0; i < t->fetches; i++) {
        const struct scp_intermediates_fetch *x = &t->fetch[i];

        scp_json_open(j, NULL, '{');
        scp_json_text(j, "target", t->id);
        scp_json_text(j, "wanted", x->wanted);
        scp_json_text(j, "url", x->url);
        scp_json_text(j, "outcome", scp_http_outcome_name(x->outcome));
        scp_json_bool(j, "right", x->right);
        scp_json_text(j, "message", x->message);
        scp_json_close(j, '}');
    }
}

static void put_sent(struct scp_json *j, const struct scp_intermediates_server *s)
{
    char name[128];

    scp_json_open(j, "sent", '[');
    for (size_t i = 0; i < s->chain.n; i++) {
        struct scp_err err = SCP_ERR_INIT;
        uint8_t sha1[SCP_SHA1_LEN] = { 0 };
        struct scp_outline o;

        scp_json_open(j, NULL, '{');
        if (scp_certificate_sha1(s->chain.v[i].der, s->chain.v[i].len, sha1, &err) != 0 && err.code == SCP_ERR_MEMORY)
            scp_buf_starve(j->out);
        put_hash(j, "sha1", sha1);
        if (scp_outline_read(s->chain.v[i].der, s->chain.v[i].len, &o))
            scp_json_text(j, "subject", scp_outline_short_name(&o.subject, name, sizeof name));
        else
            scp_json_null(j, "subject");
        scp_json_close(j, '}');
    }
    scp_json_close(j, ']');
}

static void put_servers(struct scp_json *j, const struct scp_intermediates_facts *f)
{
    scp_json_open(j, "hosts", '[');
    for (size_t i = 0; i < f->servers; i++) {
        const struct scp_intermediates_server *s = &f->server[i];

        scp_json_open(j, NULL, '{');
        scp_json_text(j, "host", s->host);
        scp_json_integer(j, "port", s->port);
        scp_json_text(j, "endpoint", s->service != NULL ? s->service->id : NULL);
        scp_json_text(j, "outcome", scp_http_outcome_name(s->outcome));
        scp_json_text(j, "message", s->message);
        scp_json_bool(j, "inspected", s->inspected);
        put_sent(j, s);
        scp_json_close(j, '}');
    }
    scp_json_close(j, ']');
}

void scp_intermediates_facts_put(struct scp_json *j, const struct scp_intermediates_facts *f)
{
    scp_json_open(j, "paths", '[');
    for (size_t i = 0; i < f->n; i++) {
        for (size_t k = 0; k < f->v[i].n; k++) {
            put_answer(j, f->v[i].id, f->v[i].v[k].path, false);
            put_answer(j, f->v[i].id, f->v[i].v[k].fetched, true);
        }
    }
    scp_json_close(j, ']');
    scp_json_open(j, "fetched", '[');
    for (size_t i = 0; i < f->n; i++)
        put_fetches(j, &f->v[i]);
    scp_json_close(j, ']');
    if (!f->service && f->servers == 1)
        put_sent(j, &f->server[0]);
    else if (f->service)
        put_servers(j, f);
}

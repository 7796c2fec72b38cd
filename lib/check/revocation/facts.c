/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"

#include "base/json.h"
#include "base/num.h"
#include "base/utc.h"

#include <stdio.h>
#include <string.h>

/* What could not be told is in no class. */
static const char *class_of(const struct scp_revocation_fact *f, const struct scp_revocation_limits *limits)
{
    if (f->judgement.unknown)
        return NULL;
    return scp_reason_name(f->judgement.reason == SCP_REASON_OK && f->seconds > limits->slow ? SCP_REASON_SLOW
                                                                                             : f->judgement.reason);
}

static void put_endpoint(struct scp_json *j, const struct scp_revocation_fact *f, const struct scp_revocation_limits *limits)
{
    const struct scp_judgement *judged = &f->judgement;
    const char *serial_status = scp_serial_status_name(judged->serial_status);

    scp_json_open(j, NULL, '{');
    scp_json_text(j, "id", f->endpoint->id);
    scp_json_text(j, "url", f->endpoint->url);
    scp_json_text(j, "kind", scp_endpoint_kind_name(f->endpoint->kind));
    scp_json_text(j, "group", f->endpoint->group);
    scp_json_text(j, "class", class_of(f, limits));
    if (f->status > 0)
        scp_json_integer(j, "http_status", f->status);
    else
        scp_json_null(j, "http_status");
    scp_json_integer(j, "bytes", (int64_t)f->bytes);
    if (f->seconds >= 0.0)
        scp_json_number(j, "time", f->seconds);
    else
        scp_json_null(j, "time");
    scp_json_time(j, "this_update", judged->this_update);
    scp_json_time(j, "next_update", judged->next_update);
    scp_json_text(j, "serial_status", serial_status[0] != '\0' ? serial_status : NULL);
    scp_json_text(j, "message", judged->message);
    scp_json_close(j, '}');
}

void scp_revocation_facts_put(struct scp_json *j, const struct scp_revocation_facts *f, const struct scp_revocation_limits *limits)
{
    scp_json_open(j, "endpoints", '[');
    for (size_t i = 0; i < f->n; i++)
        put_endpoint(j, &f->v[i], limits);
    scp_json_close(j, ']');
}

/* --- The table for people --- */

/* What the findings about this endpoint come to. */
static enum scp_state state_of(const struct scp_result *r, const char *id)
{
    enum scp_state state = SCP_OK;

    for (size_t i = 0; i < r->findings; i++) {
        if (strcmp(r->finding[i].subject, id) == 0)
            state = scp_state_worse(state, r->finding[i].state);
    }
    return state;
}

/* "34 ms", "2.1 s"; "" for what was not asked over the network. */
static void format_seconds(double seconds, char *out, size_t size)
{
    char number[SCP_NUM_TEXT];

    if (seconds < 0.0) {
        out[0] = '\0';
        return;
    }
    scp_num_format(seconds < 1.0 ? scp_num_round(seconds * 1000.0) : scp_num_round(seconds * 10.0) / 10.0, number);
    (void)snprintf(out, size, "%s %s", number, seconds < 1.0 ? "ms" : "s");
}

/* How long it is still good, of what is believed. */
static void format_left(const struct scp_judgement *j, int64_t now, char *out, size_t size)
{
    char span[SCP_UTC_TEXT];

    out[0] = '\0';
    if (j->next_update == SCP_UTC_UNKNOWN || (!scp_judgement_good(j) && j->reason != SCP_REASON_EXPIRED))
        return;
    scp_utc_span((double)(j->next_update - now), span);
    (void)snprintf(out, size, j->next_update < now ? "%s ago" : "in %s", span);
}

static void add_row(struct scp_exhibit *e, const struct scp_revocation_fact *f, int64_t now, const struct scp_result *judged)
{
    const struct scp_judgement *j = &f->judgement;
    enum scp_state state = state_of(judged, f->endpoint->id);
    enum scp_mark mark = scp_mark_of(state);
    char left[SCP_UTC_TEXT + 8], seconds[SCP_NUM_TEXT + 3];
    const char *cell[] = { f->endpoint->host,
                           scp_endpoint_kind_name(f->endpoint->kind),
                           j->message[0] != '\0' ? j->message : "valid",
                           left,
                           seconds,
                           f->endpoint->id,
                           scp_level_name(f->endpoint->level),
                           f->endpoint->url };

    if (state == SCP_OK && !scp_judgement_good(j)) /* a note: fails, and need not work */
        mark = SCP_MARK_NONE;
    format_left(j, now, left, sizeof left);
    format_seconds(f->seconds, seconds, sizeof seconds);
    scp_exhibit_add(e, mark, cell);
}

void scp_revocation_table(const struct scp_revocation_facts *f, int64_t now, const struct scp_result *judged, struct scp_result *r)
{
    static const char *const HEADING[] = { "Host", "Kind", "Answer", "Expires", "Time", "Endpoint", "Level", "URL" };
    struct scp_exhibit *e = scp_exhibit_new(SCP_EXHIBIT_TABLE, "Endpoints", HEADING, sizeof HEADING / sizeof HEADING[0]);

    for (size_t i = 0; e != NULL && i < f->n; i++)
        add_row(e, &f->v[i], now, judged);
    scp_result_exhibit(r, e);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/internal.h"

#include "base/say.h"
#include "base/utc.h"
#include "check/source/source.h"

#include <stdio.h>
#include <string.h>

enum { HOUR = 3600 };

const struct scp_status_limits scp_status_limits_default = {
    .warning = { .end = 0 },
    .critical = { .end = 3 },
    .max_age = 26.0 * HOUR,
    /* Usage data goes up once a week; the downloader looks for updates once a day. */
    .success_within = { [SCP_EXCHANGE_UPLOADER] = 8 * 24.0 * HOUR, [SCP_EXCHANGE_DOWNLOADER] = 50.0 * HOUR },
};

const struct scp_symptom_kind scp_symptoms[SCP_SYMPTOMS] = {
    [SCP_SYMPTOM_CHAIN] = { 0, "chain_errors", "log.chain-error", "service signing certificate: Fail to build chain",
                            SCP_CRITICAL },
    [SCP_SYMPTOM_NAME] = { 0, "name_mismatches", "log.name-mismatch",
                           "service signing certificate: Mismatch certificate subject name", SCP_CRITICAL },
    [SCP_SYMPTOM_SIGNING] = { 0, "signing_errors", "log.signing-certificate", "service signing certificate refused", SCP_CRITICAL },
    [SCP_SYMPTOM_TLS] = { 0, "tls_errors", "log.certificate", "certificate refused", SCP_CRITICAL },
    [SCP_SYMPTOM_UPLOAD] = { 0, "failed_uploads", "log.upload-failed", "upload failed", SCP_CRITICAL },
    [SCP_SYMPTOM_DOWNLOAD] = { 0, "failed_downloads", "log.download-failed", "download failed", SCP_CRITICAL },
    [SCP_SYMPTOM_OTHER] = { 0, "other_errors", "log.error", "error that is not understood here", SCP_UNKNOWN },
    [SCP_SYMPTOM_UPLOAD_FAILED] = { 9605, "msg_9605", "messages.upload-failed", "status message 9605, upload failed",
                                    SCP_CRITICAL },
    [SCP_SYMPTOM_UPLOAD_EXCEPTION] = { 9607, "msg_9607", "messages.upload-exception",
                                       "status message 9607, exception during upload", SCP_CRITICAL },
    [SCP_SYMPTOM_ENDPOINT_WARNING] = { 11411, "msg_11411", "messages.endpoint-warning",
                                       "status message 11411, endpoint check with a warning", SCP_WARNING },
    [SCP_SYMPTOM_ENDPOINT_ERROR] = { 11412, "msg_11412", "messages.endpoint-error", "status message 11412, endpoint not reached",
                                     SCP_CRITICAL },
    [SCP_SYMPTOM_ENDPOINT_REQUIRED] = { 11488, "msg_11488", "messages.required-endpoint",
                                        "status message 11488, required endpoint not reached", SCP_CRITICAL },
};

static bool of_log(enum scp_symptom s)
{
    return scp_symptoms[s].message == 0;
}

/* --- Symptoms --- */

static enum scp_state state_of(enum scp_symptom kind, size_t count, const struct scp_status_limits *limits)
{
    if (scp_range_alerts(&limits->critical, (double)count) && scp_symptoms[kind].worst == SCP_CRITICAL)
        return SCP_CRITICAL;
    if (scp_range_alerts(&limits->warning, (double)count) || scp_range_alerts(&limits->critical, (double)count))
        return scp_symptoms[kind].worst == SCP_UNKNOWN ? SCP_UNKNOWN : SCP_WARNING;
    return SCP_OK;
}

/* Did everything that exchanges come through after that? */
static bool all_came_through(const struct scp_status_facts *f, int64_t since)
{
    size_t seen = 0;

    for (size_t x = 0; x < SCP_EXCHANGES; x++) {
        if (f->exchange[x].seen && f->exchange[x].last_success <= since)
            return false;
        seen += f->exchange[x].seen;
    }
    return seen > 0;
}

/* What failed, and came through afterwards, is over. */
static bool is_over(const struct scp_status_facts *f, enum scp_symptom kind)
{
    enum scp_exchange x = kind == SCP_SYMPTOM_DOWNLOAD ? SCP_EXCHANGE_DOWNLOADER : SCP_EXCHANGE_UPLOADER;

    if (kind == SCP_SYMPTOM_OTHER)
        return all_came_through(f, f->symptom[kind].last);
    return (kind == SCP_SYMPTOM_UPLOAD || kind == SCP_SYMPTOM_DOWNLOAD) && f->exchange[x].seen &&
           f->exchange[x].last_success > f->symptom[kind].last;
}

static const char *what_of(enum scp_symptom kind, const struct scp_symptom_fact *s)
{
    return kind == SCP_SYMPTOM_TLS && s->reasons[SCP_NET_CHANNEL] == s->count
               ? "no secure channel (a certificate, or no TLS version that both know)"
               : scp_symptoms[kind].what;
}

/* " (HTTP 403)", or " (HTTP 403 12 times, timed out 1 time)" where there are several. */
static void reasons_of(const struct scp_symptom_fact *s, char *out, size_t size)
{
    size_t n = 0;

    out[0] = '\0';
    if (s->reasons[SCP_NET_CERTIFICATE] + s->reasons[SCP_NET_CHANNEL] > 0 &&
        (s->reasons[SCP_NET_CERTIFICATE] == s->count || s->reasons[SCP_NET_CHANNEL] == s->count))
        return;
    for (int c = SCP_NET_CERTIFICATE; c < SCP_NET_CLASSES; c++) {
        char status[16] = "", times[32] = "";
        int put;

        if (s->reasons[c] == 0 || n >= size)
            continue;
        if (c == SCP_NET_HTTP && s->http_status > 0)
            (void)snprintf(status, sizeof status, " %d", s->http_status);
        if (s->reasons[c] != s->count)
            (void)snprintf(times, sizeof times, " %zu time%s", s->reasons[c], s->reasons[c] == 1 ? "" : "s");
        put =
            snprintf(out + n, size - n, "%s%s%s%s", n == 0 ? " (" : ", ", scp_net_class_name((enum scp_net_class)c), status, times);
        n += put > 0 ? (size_t)put : 0;
    }
    if (n > 0 && n + 1 < size)
        (void)snprintf(out + n, size - n, ")");
}

/* A step for each reason that was found. */
static void say_remedies(const struct scp_symptom_fact *s, size_t finding, struct scp_result *r)
{
    char text[4096] = "";
    size_t n = 0;

    for (int why = 0; why < SCP_NET_REFUSALS; why++) {
        int put;

        if (s->refusals[why] == 0 || n >= sizeof text)
            continue;
        put = snprintf(text + n, sizeof text - n, "%s%s", n == 0 ? "" : "\n", scp_status_refusal_remedy((enum scp_net_refusal)why));
        n += put > 0 ? (size_t)put : 0;
    }
    if (n > 0)
        scp_result_remedy(r, finding, SCP_SAID, text);
}

static void evaluate_count(const struct scp_status_facts *f, enum scp_symptom kind, const struct scp_status_limits *limits,
                           int64_t now, struct scp_result *r)
{
    const struct scp_symptom_fact *s = &f->symptom[kind];
    enum scp_state state = state_of(kind, s->count, limits);
    char age[SCP_UTC_TEXT], span[SCP_UTC_TEXT], reasons[240], often[400];
    bool over = is_over(f, kind);
    size_t finding;

    scp_utc_span((double)(now - s->last), age);
    scp_utc_span((double)(now - f->since), span);
    reasons_of(s, reasons, sizeof reasons);
    (void)scp_say(often, sizeof often, "%zu time%s in %s%s, last %s %s%s", s->count, s->count == 1 ? "" : "s", span, reasons, age,
                  s->last > now ? "in the future" : "ago", over ? ", a success since" : "");
    if (over && state != SCP_OK)
        state = kind == SCP_SYMPTOM_OTHER ? SCP_OK : SCP_WARNING;
    finding = scp_result_add(r, state, scp_symptoms[kind].id, "", "%s: " SCP_SAID "%s%s", what_of(kind, s), often,
                             s->sample[0] != '\0' ? ": " : "", s->sample);
    scp_result_brief(r, finding, SCP_SAID, often);
    if (state != SCP_OK)
        say_remedies(s, finding, r);
}

static void evaluate_symptom(const struct scp_status_facts *f, enum scp_symptom kind, const struct scp_status_limits *limits,
                             int64_t now, struct scp_result *r)
{
    const struct scp_symptom_fact *s = &f->symptom[kind];

    if (s->count > 0)
        evaluate_count(f, kind, limits, now, r);
    if (s->timeless > 0)
        (void)scp_result_add(r, SCP_UNKNOWN, of_log(kind) ? "log.time-unknown" : "messages.time-unknown", scp_symptoms[kind].id,
                             "%s: %zu time%s, but when could not be told (%s)", scp_symptoms[kind].what, s->timeless,
                             s->timeless == 1 ? "" : "s", s->time);
}

/* --- What a part tells --- */

/* Does a log reach back to that time? */
static bool reaches(const struct scp_log_facts *l, int64_t at)
{
    return l->begins != SCP_UTC_UNKNOWN && l->begins < at;
}

static bool is_bounded(const struct scp_log_facts *l, int64_t since)
{
    return l->bounded && !reaches(l, since);
}

static bool is_stale(int64_t at, double max_age, int64_t now)
{
    return at != SCP_UTC_UNKNOWN && (double)(now - at) > max_age;
}

/* When it was written last, in its own order: entries of a clock that was ahead for a while may be newer. */
static int64_t end_of(const struct scp_log_facts *l)
{
    return l->ends != SCP_UTC_UNKNOWN ? l->ends : l->newest;
}

static bool is_whole_log(const struct scp_status_part *p, int64_t since, double max_age, int64_t now)
{
    const struct scp_log_facts *l = &p->log;

    return p->of_scp && !is_bounded(l, since) && l->text.nuls == 0 && l->newest != SCP_UTC_UNKNOWN &&
           end_of(l) <= now + SCP_UTC_SKEW && !is_stale(end_of(l), max_age, now);
}

static bool is_whole_export(const struct scp_status_part *p, double max_age, int64_t now)
{
    return !p->messages.truncated && !p->messages.more && p->messages.malformed == 0 && !p->messages.empty &&
           !is_stale(p->modified, max_age, now);
}

/* Does it tell all about the time looked at, as far as it goes back? */
static bool is_whole(const struct scp_status_part *p, int64_t since, double max_age, int64_t now)
{
    if (!p->read)
        return false;
    return p->kind == SCP_STATUS_LOG      ? is_whole_log(p, since, max_age, now)
           : p->kind == SCP_STATUS_EXPORT ? is_whole_export(p, max_age, now)
                                          : !p->incomplete;
}

enum scp_presence scp_status_presence(const struct scp_status_facts *f, enum scp_symptom kind, double max_age, int64_t now)
{
    bool shown = false;

    if (f->symptom[kind].count > 0)
        return SCP_PRESENT;
    if (f->symptom[kind].timeless > 0 || (!of_log(kind) && f->strangers > 0))
        return SCP_COULD_NOT_TELL;
    for (size_t i = 0; i < f->parts; i++) {
        const struct scp_status_part *p = &f->part[i];

        if ((p->kind == SCP_STATUS_LOG) != of_log(kind))
            continue;
        if (!is_whole(p, f->since, max_age, now))
            return SCP_COULD_NOT_TELL;
        shown = shown || kind != SCP_SYMPTOM_CHAIN || p->signs;
    }
    return shown ? SCP_ABSENT : SCP_COULD_NOT_TELL;
}

/* --- Logs --- */

static void evaluate_log_times(const struct scp_status_part *p, const struct scp_status_limits *limits, int64_t now,
                               struct scp_result *r)
{
    int64_t end = end_of(&p->log);
    char age[SCP_UTC_TEXT], ahead[SCP_UTC_TEXT], limit[SCP_UTC_TEXT];

    if (p->log.newest == SCP_UTC_UNKNOWN)
        return;
    scp_utc_span((double)(now - end), age);
    scp_utc_span((double)(now - p->log.newest), ahead);
    scp_utc_span(limits->max_age, limit);
    if (end > now + SCP_UTC_SKEW)
        (void)scp_result_add(r, SCP_WARNING, "log.future", p->name, "%s: the last entry lies %s in the future", p->name, age);
    else if (p->log.newest > now + SCP_UTC_SKEW)
        (void)scp_result_add(r, SCP_OK, "log.future", p->name,
                             "%s: entries lie up to %s in the future, but the last one is %s old: the clock was wrong", p->name,
                             ahead, age);
    if (is_stale(end, limits->max_age, now))
        (void)scp_result_add(r, scp_source_remark(r), "log.stale", p->name, "%s: the last entry is %s old (limit %s)", p->name, age,
                             limit);
}

static void evaluate_log(const struct scp_status_part *p, const struct scp_status_limits *limits, int64_t since, int64_t now,
                         struct scp_result *r)
{
    const struct scp_log_facts *l = &p->log;
    char oldest[SCP_UTC_TEXT] = "";

    if (!p->read) {
        (void)scp_result_add(r, SCP_UNKNOWN, "log.unreadable", p->name, SCP_SAID, p->reason);
        return;
    }
    if (l->text.entries == 0) {
        (void)scp_result_add(r, SCP_UNKNOWN, "log.not-a-log", p->name, "%s: %s", p->name,
                             l->bytes == 0 ? "empty, and no older file beside it"
                                           : "no entry of a Configuration Manager log in it");
        return;
    }
    if (!p->of_scp)
        (void)scp_result_add(r, SCP_UNKNOWN, "log.other-component", p->name,
                             "%s: a log of %s, which is no component of the service connection point", p->name, p->component);
    if (l->text.nuls > 0)
        (void)scp_result_add(r, scp_source_remark(r), "log.damaged", p->name, "%s: %zu NUL bytes", p->name, l->text.nuls);
    scp_utc_format(l->begins, oldest);
    if (l->text.timeless == l->text.entries)
        (void)scp_result_add(r, SCP_UNKNOWN, "log.time-unknown", p->name, "%s: none of %zu entries has a usable time", p->name,
                             l->text.entries);
    else if (is_bounded(l, since))
        (void)scp_result_add(r, SCP_UNKNOWN, "log.bounded", p->name, "%s: read back to %s only", p->name, oldest);
    evaluate_log_times(p, limits, now, r);
}

static bool is_short(const struct scp_status_part *p, int64_t since)
{
    return p->kind == SCP_STATUS_LOG && p->read && !p->log.bounded && p->log.text.timeless < p->log.text.entries &&
           !p->log.reached && !reaches(&p->log, since);
}

/* --- Success --- */

static size_t failures(const struct scp_status_facts *f, enum scp_exchange x)
{
    size_t own = x == SCP_EXCHANGE_DOWNLOADER ? f->symptom[SCP_SYMPTOM_DOWNLOAD].count
                                              : f->symptom[SCP_SYMPTOM_UPLOAD].count + f->symptom[SCP_SYMPTOM_UPLOAD_FAILED].count +
                                                    f->symptom[SCP_SYMPTOM_UPLOAD_EXCEPTION].count;

    return own + f->symptom[SCP_SYMPTOM_TLS].count + f->symptom[SCP_SYMPTOM_CHAIN].count;
}

bool scp_status_is_passive(const struct scp_status_facts *f)
{
    return f->has_environment && f->site.role == SCP_SITE_PASSIVE;
}

/* All its logs end too long ago to tell of what came since. */
static bool is_behind(const struct scp_status_facts *f, enum scp_exchange x, double max_age, int64_t now)
{
    for (size_t i = 0; i < f->parts; i++) {
        if (f->part[i].kind == SCP_STATUS_LOG && f->part[i].exchange[x] && !is_stale(end_of(&f->part[i].log), max_age, now))
            return false;
    }
    return true;
}

/* What the uploader says when something went out is not documented: its silence counts where it failed, or where a success was
 * asked for. */
static void evaluate_success(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now,
                             struct scp_result *r)
{
    static const char *const NAMES[SCP_EXCHANGES] = { "SMS_DMP_UPLOADER", "SMS_DMP_DOWNLOADER" };

    for (enum scp_exchange i = 0; i < SCP_EXCHANGES; i++) {
        const struct scp_exchange_fact *x = &f->exchange[i];
        double within = limits->success_within[i];
        char span[SCP_UTC_TEXT], reached[SCP_UTC_TEXT];

        if (!x->seen || within <= 0 || (x->last_success != SCP_UTC_UNKNOWN && (double)(now - x->last_success) <= within))
            continue;
        if (within < 96.0 * HOUR)
            (void)snprintf(span, sizeof span, "%.0f h", within / HOUR);
        else
            scp_utc_span(within, span);
        scp_utc_format(x->reached, reached);
        if (scp_status_is_passive(f))
            (void)scp_result_add(r, SCP_OK, "log.no-success", NAMES[i],
                                 "%s: no success within %s, as this server is the passive one", NAMES[i], span);
        else if (is_behind(f, i, limits->max_age, now))
            (void)scp_result_add(r, SCP_OK, "log.no-success", NAMES[i], "%s: no success within %s, of which the log lacks the end",
                                 NAMES[i], span);
        else if (x->reached == SCP_UTC_UNKNOWN || (double)(now - x->reached) < within)
            (void)scp_result_add(r, SCP_OK, "log.no-success", NAMES[i],
                                 "%s: no success seen; the log reaches back only to %s, not over %s", NAMES[i], reached, span);
        else if (i == SCP_EXCHANGE_DOWNLOADER || limits->success_asked || failures(f, SCP_EXCHANGE_UPLOADER) > 0)
            (void)scp_result_add(r, SCP_WARNING, "log.no-success", NAMES[i], "%s: no success within %s", NAMES[i], span);
        else
            (void)scp_result_add(r, SCP_OK, "log.no-success", NAMES[i], "%s: neither a success nor a failure within %s", NAMES[i],
                                 span);
    }
}

/* --- Status messages --- */

static void evaluate_export(const struct scp_status_part *p, const struct scp_status_limits *limits, int64_t now,
                            struct scp_result *r)
{
    char age[SCP_UTC_TEXT], limit[SCP_UTC_TEXT];

    if (!p->read) {
        (void)scp_result_add(r, SCP_UNKNOWN, "messages.unreadable", p->name, SCP_SAID, p->reason);
        return;
    }
    if (p->messages.truncated)
        (void)scp_result_add(r, SCP_UNKNOWN, "messages.truncated", p->name, "%s ends too early, after %zu messages", p->name,
                             p->messages.messages);
    else if (p->messages.more)
        (void)scp_result_add(r, SCP_UNKNOWN, "messages.truncated", p->name,
                             "%s is one page of several: the answer goes on at its @odata.nextLink, after %zu messages", p->name,
                             p->messages.messages);
    if (p->messages.malformed > 0)
        (void)scp_result_add(r, scp_source_remark(r), "messages.malformed", p->name, "%s: %zu of %zu rows have no message number",
                             p->name, p->messages.malformed, p->messages.malformed + p->messages.messages);
    if (is_stale(p->modified, limits->max_age, now)) {
        scp_utc_span((double)(now - p->modified), age);
        scp_utc_span(limits->max_age, limit);
        (void)scp_result_add(r, scp_source_remark(r), "messages.stale", p->name, "%s is %s old (limit %s)", p->name, age, limit);
    }
}

static void evaluate_service(const struct scp_status_part *p, struct scp_result *r)
{
    char span[SCP_UTC_TEXT];

    if (p->has_clock_skew && (p->clock_skew > SCP_UTC_SKEW || p->clock_skew < -SCP_UTC_SKEW)) {
        scp_utc_span(p->clock_skew, span);
        (void)scp_result_add(r, SCP_WARNING, "environment.clock", "adminservice",
                             "this machine's clock is %s %s the AdminService's", span, p->clock_skew > 0 ? "ahead of" : "behind");
    }
    if (!p->read)
        (void)scp_result_add(r, SCP_UNKNOWN, "adminservice.failed", "", "AdminService: %s", p->reason);
    else if (p->incomplete)
        (void)scp_result_add(r, SCP_UNKNOWN, "adminservice.incomplete", "", "AdminService: %zu messages read, then: %s",
                             p->messages.messages, p->reason);
}

/* --- All --- */

struct tally {
    bool logs, logs_whole, messages, messages_whole;
    bool told; /* status messages in a log */
};

static void evaluate_parts(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now, struct tally *t,
                           struct scp_result *r)
{
    t->logs_whole = t->messages_whole = true;
    if (f->more_hosts)
        (void)scp_result_add(r, SCP_UNKNOWN, "log.hosts", "",
                             "the logs name more than %d hosts of microsoft.com: the others are not asked", SCP_STATUS_HOSTS_MAX);
    for (size_t i = 0; i < f->parts; i++) {
        const struct scp_status_part *p = &f->part[i];
        bool whole = is_whole(p, f->since, limits->max_age, now);

        if (p->kind == SCP_STATUS_LOG) {
            evaluate_log(p, limits, f->since, now, r);
            t->logs = true;
            t->logs_whole = t->logs_whole && whole;
            t->told = t->told || p->told > 0;
            continue;
        }
        if (p->kind == SCP_STATUS_EXPORT)
            evaluate_export(p, limits, now, r);
        else
            evaluate_service(p, r);
        t->messages = true;
        t->messages_whole = t->messages_whole && whole;
    }
    t->messages_whole = t->messages_whole && f->strangers == 0;
    if (f->strangers > 0)
        (void)scp_result_add(r, SCP_UNKNOWN, "messages.other-server", "",
                             "%zu status message%s of uploads or endpoints %s of %s, and the registry is %s's: not counted",
                             f->strangers, f->strangers == 1 ? "" : "s", f->strangers == 1 ? "is" : "are", f->stranger, f->server);
}

/* "within 24 h", or "since …" where a log does not reach back so far. */
static void period_of(const struct scp_status_facts *f, int64_t now, char *out, size_t size)
{
    int64_t since = f->since;
    char text[SCP_UTC_TEXT];

    for (size_t i = 0; i < f->parts; i++) {
        if (is_short(&f->part[i], f->since) && f->part[i].log.begins > since)
            since = f->part[i].log.begins;
    }
    if (since == f->since)
        scp_utc_span((double)(now - since), text);
    else
        scp_utc_format(since, text);
    (void)snprintf(out, size, "%s %s", since == f->since ? "within" : "since", text);
}

static void evaluate_clean(const struct scp_status_facts *f, const struct tally *t, int64_t now, struct scp_result *r)
{
    size_t logs = 0, messages = 0;
    char span[SCP_UTC_TEXT], period[64];

    for (size_t i = 0; i < SCP_SYMPTOMS; i++) {
        size_t *sum = of_log((enum scp_symptom)i) ? &logs : &messages;

        *sum += f->symptom[i].count + f->symptom[i].timeless;
    }
    scp_utc_span((double)(now - f->since), span);
    period_of(f, now, period, sizeof period);
    if (t->logs && t->logs_whole && logs == 0 && !t->told)
        (void)scp_result_add(r, SCP_OK, "log.clean", "",
                             "no certificate error, failed upload or download, or status message of one in the log %s", period);
    if (t->messages && t->messages_whole && messages == 0)
        (void)scp_result_add(r, SCP_OK, "messages.clean", "", "no status message of failed uploads or endpoints within %s", span);
}

/* What is no finding against anybody comes behind what was found. */
static void evaluate_remarks(const struct scp_status_facts *f, struct scp_result *r)
{
    for (size_t i = 0; i < f->parts; i++) {
        const struct scp_status_part *p = &f->part[i];
        char begins[SCP_UTC_TEXT];

        scp_utc_format(p->log.begins, begins);
        if (is_short(p, f->since))
            (void)scp_result_add(r, SCP_OK, "log.short", p->name, "%s: the log reaches back only to %s", p->name, begins);
        if (p->kind == SCP_STATUS_EXPORT && p->read && p->messages.empty)
            (void)scp_result_add(r, SCP_OK, "messages.empty", p->name,
                                 "%s: no message, or no answer: a query that failed leaves the same empty export", p->name);
    }
}

/* A count of which some may be missing is shown when it is not 0: that many there are at least. */
static void put_count(const struct scp_status_facts *f, enum scp_symptom kind, bool whole, const struct scp_status_limits *limits,
                      struct scp_result *r)
{
    struct scp_perfdata p = { .value = (double)f->symptom[kind].count,
                              .unit = "",
                              .has_warning = true,
                              .has_critical = true,
                              .warning = limits->warning,
                              .critical = limits->critical,
                              .has_min = true };

    if ((!whole || f->symptom[kind].timeless > 0) && f->symptom[kind].count == 0)
        return;
    (void)snprintf(p.label, sizeof p.label, "%s", scp_symptoms[kind].key);
    scp_result_perfdata(r, &p);
}

static void put_age(const char *label, int64_t at, int64_t now, struct scp_result *r)
{
    struct scp_perfdata age = { .unit = "s", .has_min = true };

    if (at == SCP_UTC_UNKNOWN)
        return;
    (void)snprintf(age.label, sizeof age.label, "%s", label);
    age.value = now > at ? (double)(now - at) : 0;
    scp_result_perfdata(r, &age);
}

static void put_perfdata(const struct scp_status_facts *f, const struct tally *t, const struct scp_status_limits *limits,
                         int64_t now, struct scp_result *r)
{
    int64_t last = SCP_UTC_UNKNOWN, success = SCP_UTC_UNKNOWN;

    if (t->logs)
        put_count(f, SCP_SYMPTOM_CHAIN, t->logs_whole, limits, r);
    if (t->messages || t->told) {
        put_count(f, SCP_SYMPTOM_UPLOAD_FAILED, t->messages && t->messages_whole, limits, r);
        put_count(f, SCP_SYMPTOM_UPLOAD_EXCEPTION, t->messages && t->messages_whole, limits, r);
    }
    for (size_t i = 0; i < SCP_SYMPTOMS; i++) {
        if (f->symptom[i].count > 0 && f->symptom[i].last > last)
            last = f->symptom[i].last;
    }
    for (size_t i = 0; i < SCP_EXCHANGES && t->logs; i++) {
        if (f->exchange[i].seen && f->exchange[i].last_success > success)
            success = f->exchange[i].last_success;
    }
    put_age("last_error_age", last, now, r);
    put_age("last_success_age", success, now, r);
    scp_result_main_value(r, "chain_errors");
}

void scp_status_evaluate(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now,
                         struct scp_result *r)
{
    struct tally t = { false, false, false, false, false };

    if (limits->offline) {
        (void)scp_result_add(r, SCP_OK, "status.offline", "", "offline mode: symptoms and endpoints do not apply");
        return;
    }
    for (size_t i = 0; i < SCP_SYMPTOMS && f->parts > 0; i++)
        evaluate_symptom(f, (enum scp_symptom)i, limits, now, r);
    evaluate_parts(f, limits, now, &t, r);
    evaluate_clean(f, &t, now, r);
    if (f->parts > 0)
        evaluate_success(f, limits, now, r);
    evaluate_remarks(f, r);
    if (f->has_environment) {
        scp_status_site(f, limits, now, r);
        scp_status_environment(f, f->parts == 0 && !limits->beside, now, r);
    }
    put_perfdata(f, &t, limits, now, r);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/reason.h"

#include "base/say.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *scp_reason_name(enum scp_reason r)
{
    static const char *const NAMES[SCP_REASONS] = {
        [SCP_REASON_OK] = "ok",
        [SCP_REASON_DNS] = "dns",
        [SCP_REASON_CONNECT] = "connect",
        [SCP_REASON_PROXY] = "proxy",
        [SCP_REASON_PROXY_AUTH] = "proxy-auth",
        [SCP_REASON_TLS] = "tls",
        [SCP_REASON_INTERCEPTED] = "intercepted",
        [SCP_REASON_HTTP] = "http",
        [SCP_REASON_TYPE] = "type",
        [SCP_REASON_TRUNCATED] = "truncated",
        [SCP_REASON_TOO_LARGE] = "too-large",
        [SCP_REASON_PARSE] = "parse",
        [SCP_REASON_SIGNATURE] = "signature",
        [SCP_REASON_ISSUER] = "issuer",
        [SCP_REASON_NOT_YET_VALID] = "not-yet-valid",
        [SCP_REASON_EXPIRED] = "expired",
        [SCP_REASON_OCSP_STATUS] = "ocsp-status",
        [SCP_REASON_REVOKED] = "revoked",
        [SCP_REASON_SLOW] = "slow",
        [SCP_REASON_TIMEOUT] = "timeout",
    };

    return (unsigned)r < SCP_REASONS ? NAMES[r] : "unknown";
}

const char *scp_serial_status_name(enum scp_serial_status s)
{
    switch (s) {
    case SCP_SERIAL_NOT_ASKED: return "";
    case SCP_SERIAL_GOOD: return "good";
    case SCP_SERIAL_REVOKED: return "revoked";
    case SCP_SERIAL_UNKNOWN: break;
    }
    return "unknown";
}

void scp_judgement_init(struct scp_judgement *j)
{
    memset(j, 0, sizeof *j);
    j->this_update = SCP_UTC_UNKNOWN;
    j->next_update = SCP_UTC_UNKNOWN;
}

void scp_judgement_fail(struct scp_judgement *j, enum scp_reason reason, const char *fmt, ...)
{
    va_list args;

    j->reason = reason;
    va_start(args, fmt);
    (void)scp_say_vformat(j->message, sizeof j->message, false, fmt, args);
    va_end(args);
}

void scp_judgement_unknown(struct scp_judgement *j, enum scp_reason reason, const char *fmt, ...)
{
    va_list args;

    j->reason = reason;
    j->unknown = true;
    va_start(args, fmt);
    (void)scp_say_vformat(j->message, sizeof j->message, false, fmt, args);
    va_end(args);
}

void scp_judgement_err(struct scp_judgement *j, const struct scp_err *err)
{
    j->starved = err->code == SCP_ERR_MEMORY;
    scp_judgement_unknown(j, SCP_REASON_PARSE, SCP_SAID, err->message);
}

void scp_judgement_note(struct scp_judgement *j, enum scp_state state, const char *id, const char *fmt, ...)
{
    struct scp_note *note;
    va_list args;

    if (j->notes == SCP_JUDGEMENT_NOTES_MAX) {
        /* What fails anyway stays what it is; what would be good is not known to be. */
        if (scp_judgement_good(j))
            scp_judgement_unknown(j, SCP_REASON_OK, "more than %d remarks about it", SCP_JUDGEMENT_NOTES_MAX);
        return;
    }
    note = &j->note[j->notes++];
    note->state = state;
    note->id = id;
    va_start(args, fmt);
    (void)scp_say_vformat(note->text, sizeof note->text, false, fmt, args);
    va_end(args);
}

bool scp_judgement_good(const struct scp_judgement *j)
{
    return j->reason == SCP_REASON_OK && !j->unknown;
}

int64_t scp_freshness_default(int64_t this_update, int64_t next_update)
{
    int64_t tenth;

    if (this_update == SCP_UTC_UNKNOWN || next_update == SCP_UTC_UNKNOWN || next_update <= this_update)
        return 0;
    tenth = (next_update - this_update) / 10;
    return tenth < SCP_FRESHNESS_WARNING_MAX ? tenth : SCP_FRESHNESS_WARNING_MAX;
}

enum scp_state scp_freshness_state(const struct scp_freshness *limits, int64_t this_update, int64_t next_update, int64_t now)
{
    double left;

    if (next_update == SCP_UTC_UNKNOWN)
        return SCP_OK;
    left = (double)(next_update - now);
    if (limits != NULL && limits->has_critical && scp_range_alerts(&limits->critical, left))
        return SCP_CRITICAL;
    if (limits != NULL && limits->has_warning)
        return scp_range_alerts(&limits->warning, left) ? SCP_WARNING : SCP_OK;
    return left < (double)scp_freshness_default(this_update, next_update) ? SCP_WARNING : SCP_OK;
}

void scp_freshness_note(struct scp_judgement *j, const struct scp_freshness *limits, int64_t now, const char *id)
{
    enum scp_state state = scp_freshness_state(limits, j->this_update, j->next_update, now);
    char left[SCP_UTC_TEXT], at[SCP_UTC_TEXT];

    if (state == SCP_OK)
        return;
    scp_utc_span((double)(j->next_update - now), left);
    scp_utc_format(j->next_update, at);
    scp_judgement_note(j, state, id, "expires in %s (%s) and has not been renewed", left, at);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/reason.h"

#include "base/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define ROW(name, proof, way, replies)                                                                                             \
    {                                                                                                                              \
        name, "revocation." name, SCP_PROOF_##proof, way, replies                                                                  \
    }

const struct scp_reason_class *scp_reason_class(enum scp_reason r)
{
    static const struct scp_reason_class CLASS[SCP_REASONS] = {
        [SCP_REASON_OK] = { "ok", "revocation.valid", SCP_PROOF_OBJECT, false, false },
        [SCP_REASON_DNS] = ROW("dns", NONE, true, false),
        [SCP_REASON_CONNECT] = ROW("connect", NONE, true, false),
        [SCP_REASON_PROXY] = ROW("proxy", NONE, true, false),
        [SCP_REASON_PROXY_AUTH] = ROW("proxy-auth", NONE, true, false),
        [SCP_REASON_TLS] = ROW("tls", NONE, true, false),
        [SCP_REASON_INTERCEPTED] = ROW("intercepted", STATUS, true, true),
        [SCP_REASON_HTTP] = ROW("http", STATUS, true, true),
        [SCP_REASON_TYPE] = ROW("type", STATUS, true, true),
        [SCP_REASON_TRUNCATED] = ROW("truncated", STATUS, true, true),
        [SCP_REASON_TOO_LARGE] = ROW("too-large", STATUS, true, true),
        [SCP_REASON_PARSE] = ROW("parse", STATUS, false, true),
        [SCP_REASON_SIGNATURE] = ROW("signature", OBJECT, false, false),
        [SCP_REASON_ISSUER] = ROW("issuer", OBJECT, false, false),
        [SCP_REASON_NOT_YET_VALID] = ROW("not-yet-valid", OBJECT, false, false),
        [SCP_REASON_EXPIRED] = ROW("expired", OBJECT, false, false),
        [SCP_REASON_OCSP_STATUS] = ROW("ocsp-status", OBJECT, false, false),
        [SCP_REASON_REVOKED] = ROW("revoked", OBJECT, false, false),
        [SCP_REASON_SLOW] = ROW("slow", OBJECT, false, false),
        [SCP_REASON_TIMEOUT] = ROW("timeout", STATUS, true, false),
    };
    static const struct scp_reason_class UNKNOWN = { "unknown", "revocation.undetermined", SCP_PROOF_NONE, false, false };

    return (unsigned)r < SCP_REASONS ? &CLASS[r] : &UNKNOWN;
}

const char *scp_reason_name(enum scp_reason r)
{
    return scp_reason_class(r)->name;
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

void scp_judgement_note(struct scp_judgement *j, enum scp_note_weight weight, const char *id, const char *fmt, ...)
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
    note->weight = weight;
    note->id = id;
    va_start(args, fmt);
    (void)scp_say_vformat(note->text, sizeof note->text, false, fmt, args);
    va_end(args);
}

bool scp_judgement_good(const struct scp_judgement *j)
{
    return j->reason == SCP_REASON_OK && !j->unknown;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "judge/reason.h"
#include "tap.h"

#include <string.h>

/* As the manual has them, in its order. */
static const char *const NAMES[] = {
    "ok",        "dns",   "connect",   "proxy",  "proxy-auth",    "tls",     "intercepted", "http",    "type", "truncated",
    "too-large", "parse", "signature", "issuer", "not-yet-valid", "expired", "ocsp-status", "revoked", "slow", "timeout",
};

static void test_names(void)
{
    tap_is_int(SCP_REASONS, sizeof NAMES / sizeof NAMES[0], "every reason has a name");
    for (unsigned i = 0; i < SCP_REASONS; i++)
        tap_is_text(NAMES[i], scp_reason_name((enum scp_reason)i), "reason %u", i);
    for (unsigned i = 1; i < SCP_REASONS; i++)
        tap_is_text(NAMES[i], scp_reason_class((enum scp_reason)i)->finding + strlen("revocation."), "its finding");
    tap_is_text("", scp_serial_status_name(SCP_SERIAL_NOT_ASKED), "nothing asked");
    tap_is_text("good", scp_serial_status_name(SCP_SERIAL_GOOD), "good");
    tap_is_text("revoked", scp_serial_status_name(SCP_SERIAL_REVOKED), "revoked");
    tap_is_text("unknown", scp_serial_status_name(SCP_SERIAL_UNKNOWN), "unknown");
}

static void test_judgement(void)
{
    struct scp_judgement j;
    char longer[2 * SCP_JUDGEMENT_MESSAGE];

    scp_judgement_init(&j);
    tap_ok(scp_judgement_good(&j) && j.this_update == SCP_UTC_UNKNOWN && j.next_update == SCP_UTC_UNKNOWN && j.notes == 0,
           "to begin with");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    scp_judgement_fail(&j, SCP_REASON_PARSE, "%s", longer);
    tap_ok(!scp_judgement_good(&j) && !j.unknown, "failed");
    tap_is_int(SCP_JUDGEMENT_MESSAGE - 1, (long long)strlen(j.message), "a long message is cut");
    scp_judgement_init(&j);
    for (int i = 0; i < SCP_JUDGEMENT_NOTES_MAX; i++)
        scp_judgement_note(&j, SCP_NOTE_REMARK, "a.b", "remark %d", i);
    tap_ok(scp_judgement_good(&j) && j.notes == SCP_JUDGEMENT_NOTES_MAX, "as many remarks as there may be");
    scp_judgement_note(&j, SCP_NOTE_WARNING, "a.b", "one more");
    tap_ok(j.unknown && j.reason == SCP_REASON_OK && !scp_judgement_good(&j), "one more that is not kept makes it unknown");
    tap_is_text("more than 8 remarks about it", j.message, "and is told");
    scp_judgement_init(&j);
    scp_judgement_unknown(&j, SCP_REASON_OK, "x");
    tap_ok(!scp_judgement_good(&j), "unknown is not good, whatever the reason");
    scp_judgement_err(&j, &(struct scp_err){ SCP_ERR_SYSTEM, "no" });
    tap_ok(j.unknown && !j.starved && strcmp(j.message, "no") == 0, "an error is unknown");
    scp_judgement_err(&j, &(struct scp_err){ SCP_ERR_MEMORY, "out of memory" });
    tap_ok(j.unknown && j.starved, "one of memory is no finding at all");
    for (int i = 0; i < SCP_JUDGEMENT_NOTES_MAX + 3; i++)
        scp_judgement_note(&j, SCP_NOTE_WARNING, "x.y", "%s", longer);
    tap_is_int(SCP_JUDGEMENT_NOTES_MAX, (long long)j.notes, "notes are bounded");
}

int main(void)
{
    test_names();
    test_judgement();
    return tap_done();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What properties take from a root, for each purpose; the stricter of two, and the earliest of several dates. */
#include "base/utc.h"
#include "tap.h"
#include "windows/restriction.h"

#include <string.h>

static const int64_t NONE = SCP_UTC_UNKNOWN;
static const uint8_t SERVER[] = { 0x30, 0x0A, 0x06, 0x08, 0x2B, 6, 1, 5, 5, 7, 3, 1 };
static const uint8_t CODE[] = { 0x30, 0x0A, 0x06, 0x08, 0x2B, 6, 1, 5, 5, 7, 3, 3 };
static const uint8_t ANY[] = { 0x30, 0x06, 0x06, 0x04, 0x55, 0x1D, 0x25, 0x00 };
static const uint8_t EARLY[] = { 0x00, 0x80, 0x3E, 0xD5, 0xDE, 0xB1, 0x9D, 0x01 }; /* 1970-01-01, second 0 */
static const uint8_t LATE[] = { 0x80, 0x16, 0xD7, 0xD5, 0xDE, 0xB1, 0x9D, 0x01 };  /* second 1 */

#define PROPERTY(number, bytes)                                                                                                    \
    {                                                                                                                              \
        .id = number, .encoding = 1, .p = bytes, .n = sizeof bytes                                                                 \
    }
#define LIFTED(number)                                                                                                             \
    {                                                                                                                              \
        .id = number, .encoding = 1, .p = EARLY, .n = 0                                                                            \
    }
#define SHORT(number)                                                                                                              \
    {                                                                                                                              \
        .id = number, .encoding = 1, .p = EARLY, .n = 7                                                                            \
    }

static const struct {
    const char *name;
    struct scp_certprop prop[2];
    size_t props;
    enum scp_purpose purpose;
    struct scp_restriction r;
} ROWS[] = {
    { "nothing", { { 0 } }, 0, SCP_PURPOSE_SERVER_AUTH, { .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "allowed for servers",
      { PROPERTY(9, SERVER) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "allowed for servers, asked for code",
      { PROPERTY(9, SERVER) },
      1,
      SCP_PURPOSE_CODE_SIGNING,
      { .purpose_denied = true, .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "allowed for code",
      { PROPERTY(9, CODE) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .purpose_denied = true, .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "allowed for code, asked for code",
      { PROPERTY(9, CODE) },
      1,
      SCP_PURPOSE_CODE_SIGNING,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "allowed for code, any purpose asked",
      { PROPERTY(9, CODE) },
      1,
      SCP_PURPOSE_ANY,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "allowed for any",
      { PROPERTY(9, ANY) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "denied for servers",
      { PROPERTY(122, SERVER) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .purpose_denied = true, .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "denied for servers, asked for code",
      { PROPERTY(122, SERVER) },
      1,
      SCP_PURPOSE_CODE_SIGNING,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "denied for any",
      { PROPERTY(122, ANY) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .purpose_denied = true, .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "denied for servers, any purpose asked",
      { PROPERTY(122, SERVER) },
      1,
      SCP_PURPOSE_ANY,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN } },
    { "no list of purposes",
      { PROPERTY(9, EARLY) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN,
        .issued_before = INT64_MIN,
        .unreadable = true,
        .unreadable_what = "property 9 is not a list of purposes" } },
    { "no list of denied purposes",
      { PROPERTY(122, EARLY) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN,
        .issued_before = INT64_MIN,
        .unreadable = true,
        .unreadable_what = "property 122 is not a list of purposes" } },
    { "both are none: the first is told",
      { PROPERTY(9, EARLY), PROPERTY(122, EARLY) },
      2,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN,
        .issued_before = INT64_MIN,
        .unreadable = true,
        .unreadable_what = "property 9 is not a list of purposes" } },
    { "disabled", { PROPERTY(104, LATE) }, 1, SCP_PURPOSE_SERVER_AUTH, { .disabled_from = 1, .issued_before = INT64_MIN } },
    { "disabled twice, the earlier one first",
      { PROPERTY(104, EARLY), PROPERTY(104, LATE) },
      2,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = 0, .issued_before = INT64_MIN } },
    { "disabled twice, the earlier one last",
      { PROPERTY(104, LATE), PROPERTY(104, EARLY) },
      2,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = 0, .issued_before = INT64_MIN } },
    { "disabled, and another behind the end",
      { PROPERTY(104, LATE), PROPERTY(104, EARLY) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = 1, .issued_before = INT64_MIN } },
    { "disabled at no time",
      { SHORT(104) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN,
        .issued_before = INT64_MIN,
        .unreadable = true,
        .unreadable_what = "property 104 is not a time" } },
    { "disabled, and lifted",
      { PROPERTY(104, LATE), LIFTED(104) },
      2,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN, .withdrawn = true, .disabled_withdrawn = true } },
    { "limited", { PROPERTY(126, LATE) }, 1, SCP_PURPOSE_SERVER_AUTH, { .disabled_from = INT64_MIN, .issued_before = 1 } },
    { "limited for servers",
      { PROPERTY(126, LATE), PROPERTY(127, SERVER) },
      2,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN, .issued_before = 1 } },
    { "limited for code",
      { PROPERTY(126, LATE), PROPERTY(127, CODE) },
      2,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN, .harmless_limit = true } },
    { "limited for code, any purpose asked",
      { PROPERTY(126, LATE), PROPERTY(127, CODE) },
      2,
      SCP_PURPOSE_ANY,
      { .disabled_from = INT64_MIN, .issued_before = 1 } },
    { "limited, and lifted",
      { LIFTED(126) },
      1,
      SCP_PURPOSE_SERVER_AUTH,
      { .disabled_from = INT64_MIN, .issued_before = INT64_MIN, .withdrawn = true, .limit_withdrawn = true } },
};

static void is_restriction(const struct scp_restriction *wanted, const struct scp_restriction *seen, const char *name)
{
    tap_ok(wanted->purpose_denied == seen->purpose_denied, "%s: %s", name, wanted->purpose_denied ? "denied" : "not denied");
    tap_is_int(wanted->disabled_from, seen->disabled_from, "%s: disabled", name);
    tap_is_int(wanted->issued_before, seen->issued_before, "%s: limited", name);
    tap_ok(wanted->withdrawn == seen->withdrawn && wanted->disabled_withdrawn == seen->disabled_withdrawn &&
               wanted->limit_withdrawn == seen->limit_withdrawn,
           "%s: what was lifted", name);
    tap_ok(wanted->harmless_limit == seen->harmless_limit, "%s: a limit that does not matter", name);
    tap_ok(wanted->unreadable == seen->unreadable, "%s: readable", name);
    tap_is_text(wanted->unreadable_what, seen->unreadable_what, "%s: what is not", name);
}

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct scp_certprop prop[2];
        const struct scp_certblob blob = { .prop = prop, .props = ROWS[i].props };
        struct scp_restriction seen;

        memcpy(prop, ROWS[i].prop, sizeof prop);
        scp_restriction_read(&blob, ROWS[i].purpose, &seen);
        is_restriction(&ROWS[i].r, &seen, ROWS[i].name);
    }
}

/* Whichever of the two says it. */
static void test_merge(void)
{
    static const struct scp_restriction EMPTY = SCP_RESTRICTION_NONE;
    static const struct scp_restriction FULL = { .purpose_denied = true,
                                                 .disabled_from = 5,
                                                 .issued_before = 6,
                                                 .withdrawn = true,
                                                 .harmless_limit = true,
                                                 .unreadable = true,
                                                 .unreadable_what = "why" };
    static const struct scp_restriction OTHER = {
        .disabled_from = 4, .issued_before = 7, .unreadable = true, .unreadable_what = "else"
    };
    struct scp_restriction a = EMPTY;

    scp_restriction_merge(&a, &EMPTY);
    is_restriction(&EMPTY, &a, "nothing and nothing");
    scp_restriction_merge(&a, &FULL);
    is_restriction(&FULL, &a, "nothing and all");
    scp_restriction_merge(&a, &EMPTY);
    is_restriction(&FULL, &a, "all and nothing");
    scp_restriction_merge(&a, &OTHER);
    tap_ok(a.disabled_from == 4 && a.issued_before == 6, "of two dates the earlier one");
    tap_is_text("why", a.unreadable_what, "the first is told");
}

static void test_list(void)
{
    struct scp_restriction a = { .disabled_from = 5, .issued_before = 6 };
    const struct scp_restriction disabled_lifted = { .disabled_from = NONE, .issued_before = NONE, .disabled_withdrawn = true };
    const struct scp_restriction limit_lifted = { .disabled_from = NONE, .issued_before = NONE, .limit_withdrawn = true };

    scp_restriction_add_list(&a, &disabled_lifted);
    tap_ok(a.disabled_from == NONE && a.issued_before == 6, "the list lifts what disables");
    a.disabled_from = 5;
    scp_restriction_add_list(&a, &limit_lifted);
    tap_ok(a.disabled_from == 5 && a.issued_before == NONE, "the list lifts a limit");
}

int main(void)
{
    test_rows();
    test_merge();
    test_list();
    return tap_done();
}

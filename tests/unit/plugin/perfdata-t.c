/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/perfdata.h"
#include "tests/tap/tap.h"

#include <string.h>

static struct scp_perfdata make(const char *label, double value, const char *unit)
{
    struct scp_perfdata p = { .value = value, .unit = unit };

    memcpy(p.label, label, strlen(label) + 1);
    return p;
}

static void is(const char *wanted, const struct scp_perfdata *p, const char *what)
{
    struct scp_buf out;

    scp_buf_init(&out, 1000);
    scp_perfdata_format(p, &out);
    tap_is_text(wanted, scp_buf_text(&out), "%s", what);
    scp_buf_free(&out);
}

static void formats(void)
{
    struct scp_perfdata p = make("missing", 1, "");

    is("missing=1", &p, "a value alone");
    p.has_critical = true;
    p.critical.end = 0;
    is("missing=1;;0", &p, "a missing warning range keeps its place");
    p.has_min = p.has_max = true;
    p.max = 1;
    is("missing=1;;0;0;1", &p, "minimum and maximum");
    p.has_critical = p.has_min = false;
    is("missing=1;;;;1", &p, "a maximum alone");
    p = make("sync_age", 32400, "s");
    p.has_warning = p.has_critical = p.has_min = true;
    p.warning.end = 1296000;
    p.critical.end = 3024000;
    is("sync_age=32400s;1296000;3024000;0", &p, "seconds with ranges");
    p = make("enabled", 0, "");
    p.has_critical = true;
    p.critical.start = 1;
    p.critical.end_infinite = true;
    is("enabled=0;;1:", &p, "a range with an open end");
    p = make("time", 0.4125, "s");
    is("time=0.4125s", &p, "decimals with a point");
    p = make("big", 123456789012.0, "B");
    is("big=123456789012B", &p, "large numbers without an exponent");
    p = make("tiny", 0.0000001, "%");
    is("tiny=0%", &p, "small numbers without an exponent");
    p = make("expiry", -86400, "s");
    is("expiry=-86400s", &p, "negative values");
}

static void labels(void)
{
    static const char *const good[] = { "a", "missing", "g2_expiry", "crl-3.ttl", "a1" };
    static const char *const bad[] = { "",    "A",   "1a",       "_a",  "a b",   "a=b", "a'b", "a::b",
                                       "a|b", "a;b", "\xC3\xA4", "a\n", "a\xC3", ".a",  "-a" };
    char longest[80];

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        tap_ok(scp_perfdata_label_valid(good[i]), "'%s' is a label", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        tap_ok(!scp_perfdata_label_valid(bad[i]), "'%s' is none", bad[i]);
    memset(longest, 'a', sizeof longest);
    longest[64] = '\0';
    tap_ok(!scp_perfdata_label_valid(longest), "64 characters are too many");
    longest[63] = '\0';
    tap_ok(scp_perfdata_label_valid(longest), "63 are not");
}

int main(void)
{
    formats();
    labels();
    return tap_done();
}

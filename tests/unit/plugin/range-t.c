/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/range.h"
#include "base/num.h"
#include "tests/tap/tap.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The guidelines' table and its edges: the values that alert and those that do not. */
static void verdicts(void)
{
    static const struct {
        const char *range;
        double value;
        bool alerts;
    } table[] = {
        { "10", -0.001, true },     { "10", 0, false },     { "10", 10, false },      { "10", 10.001, true },
        { "10:", 9.999, true },     { "10:", 10, false },   { "10:", 1e12, false },   { "10:", -1, true },
        { "~:10", 10.001, true },   { "~:10", 10, false },  { "~:10", -1e12, false }, { "10:20", 9.9, true },
        { "10:20", 10, false },     { "10:20", 20, false }, { "10:20", 20.1, true },  { "@10:20", 9.9, false },
        { "@10:20", 10, true },     { "@10:20", 15, true }, { "@10:20", 20, true },   { "@10:20", 20.1, false },
        { "@10", 0, true },         { "@10", 10, true },    { "@10", 11, false },     { "@10", -1, false },
        { "@10:", 10, true },       { "@10:", 9, false },   { "@~:10", -5, true },    { "@~:10", 11, false },
        { "~:", 1e14, false },      { "~:", -1e14, false }, { "@~:", 0, true },       { "0", 0, false },
        { "0", 0.5, true },         { "0:", -1, true },     { "5:5", 5, false },      { "5:5", 5.1, true },
        { "-10:-5", -7, false },    { "-10:-5", -4, true }, { "-10:", -11, true },    { "0.5:1.5", 1.5, false },
        { "0.5:1.5", 0.4, true },   { "010", 9, false },    { "010", 11, true },      { "010:", 9, true },
        { "0010:0020", 10, false }, { "-0:10", 0, false },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct scp_range r;
        int parsed = scp_range_parse(table[i].range, false, &r, NULL);

        if (tap_ok(parsed == 0, "'%s' is a range", table[i].range))
            tap_is_int(table[i].alerts, scp_range_alerts(&r, table[i].value), "'%s' and %g", table[i].range, table[i].value);
    }
}

static void not_a_number(void)
{
    static const char *const ranges[] = { "10", "@10", "~:", "@~:" };

    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        struct scp_range r;

        (void)scp_range_parse(ranges[i], false, &r, NULL);
        tap_ok(scp_range_alerts(&r, (double)NAN), "not a number is never good: '%s'", ranges[i]);
    }
}

static void refused(void)
{
    static const char *const plain[] = { "",
                                         "@",
                                         ":",
                                         ":10",
                                         "~",
                                         "~10",
                                         "10:~",
                                         "10x",
                                         "x10",
                                         "20:10",
                                         "@20:10",
                                         "nan",
                                         "inf",
                                         "-inf",
                                         "1e3",
                                         " 10",
                                         "10 ",
                                         "+10",
                                         "0x10",
                                         "10,5",
                                         "1.",
                                         ".5",
                                         "--1",
                                         "-",
                                         "1:2:3",
                                         "10::",
                                         "~:~",
                                         "@@10",
                                         "10@",
                                         "1h",
                                         "1 :2",
                                         "1: 2",
                                         "10\n",
                                         "-5",
                                         "~:1e9",
                                         "1'000",
                                         "9999999999999999",
                                         "-1:-2" };
    static const char *const durations[] = { "1w", "1hh", "h", "d:", "1h30m", "10x", "1 h", "2d:1h", "-1d", "999999999999999d:",
                                             "1H" };
    struct scp_range r = { .start = 42 };
    struct scp_err err = SCP_ERR_INIT;

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++)
        tap_is_int(-1, scp_range_parse(plain[i], false, &r, NULL), "'%s' is refused", plain[i]);
    for (size_t i = 0; i < sizeof durations / sizeof durations[0]; i++)
        tap_is_int(-1, scp_range_parse(durations[i], true, &r, NULL), "'%s' is refused as times", durations[i]);
    tap_is_double(42, r.start, "a refused range changes nothing");
    (void)scp_range_parse("10x", false, &r, &err);
    tap_is_int(SCP_ERR_USAGE, err.code, "it is the user's mistake");
    tap_has_text("'10x' is not a range", err.message, "the reason names the text");
}

static void canonical(void)
{
    static const struct {
        const char *given, *printed;
        bool durations;
    } table[] = {
        { "10", "10", false },
        { "0:10", "10", false },
        { "10:", "10:", false },
        { "~:10", "~:10", false },
        { "10:20", "10:20", false },
        { "@10:20", "@10:20", false },
        { "@10", "@10", false },
        { "@0:10", "@10", false },
        { "0:", "0:", false },
        { "~:", "~:", false },
        { "010", "10", false },
        { "1.50", "1.5", false },
        { "-0:5", "5", false },
        { "30d:", "2592000:", true },
        { "12h", "43200", true },
        { "1m:1h", "60:3600", true },
        { "90", "90", true },
        { "-1d:1d", "-86400:86400", true },
        { "1.5h:", "5400:", true },
        { "@~:10s", "@~:10", true },
        { "-1m:", "-60:", true },
        { "0.000001:", "0.000001:", false },
        { "999999999999999:", "999999999999999:", false },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        char text[SCP_RANGE_TEXT] = "refused";
        struct scp_range r;

        if (scp_range_parse(table[i].given, table[i].durations, &r, NULL) == 0)
            scp_range_format(&r, text);
        tap_is_text(table[i].printed, text, "'%s' in its canonical form", table[i].given);
    }
}

static double random_end(uint64_t *seed)
{
    double v = (double)(tap_random(seed) % 2000000000U) / 1000.0;

    return tap_random(seed) % 3 == 0 ? -v : v;
}

static bool same(const struct scp_range *a, const struct scp_range *b)
{
    return a->inside == b->inside && a->start_infinite == b->start_infinite && a->end_infinite == b->end_infinite &&
           (a->start_infinite || fabs(a->start - b->start) < 1e-6) && (a->end_infinite || fabs(a->end - b->end) < 1e-6);
}

static void round_trip(void)
{
    uint64_t seed = 1;
    int wrong = 0;

    for (int i = 0; i < 20000; i++) {
        struct scp_range r = { .start = random_end(&seed), .end = random_end(&seed) }, back;
        char text[SCP_RANGE_TEXT], again[SCP_RANGE_TEXT];

        if (r.start > r.end) {
            double swap = r.start;

            r.start = r.end;
            r.end = swap;
        }
        if (tap_random(&seed) % 4 == 0)
            r.start = r.end >= 0 ? 0 : r.start;
        r.start_infinite = tap_random(&seed) % 4 == 0;
        r.end_infinite = tap_random(&seed) % 4 == 0;
        r.inside = tap_random(&seed) % 4 == 0;
        scp_range_format(&r, text);
        if (scp_range_parse(text, false, &back, NULL) != 0 || !same(&r, &back)) {
            if (wrong++ < 5)
                tap_diag("%s does not come back", text);
            continue;
        }
        scp_range_format(&back, again);
        wrong += strcmp(text, again) != 0;
    }
    tap_is_int(0, wrong, "20000 random ranges come back from their text");
}

/* Texts of the grammar's own characters: accepted or not, but what is accepted prints and parses to itself. */
static void soup(void)
{
    static const char characters[] = "0123456789.:~@-smhd e+x";
    uint64_t seed = 2;
    int wrong = 0, accepted = 0;

    for (int i = 0; i < 200000; i++) {
        char text[16], printed[SCP_RANGE_TEXT];
        size_t n = tap_random(&seed) % (sizeof text - 1);
        struct scp_range r, back;

        for (size_t k = 0; k < n; k++)
            text[k] = characters[tap_random(&seed) % (sizeof characters - 1)];
        text[n] = '\0';
        if (scp_range_parse(text, i % 2 == 0, &r, NULL) != 0)
            continue;
        accepted++;
        scp_range_format(&r, printed);
        if (strpbrk(text, " e+x") != NULL || scp_range_parse(printed, false, &back, NULL) != 0 || !same(&r, &back)) {
            if (wrong++ < 5)
                tap_diag("'%s' -> '%s'", text, printed);
        }
    }
    tap_ok(accepted > 1000, "some of the random texts are ranges (%d)", accepted);
    tap_is_int(0, wrong, "and all of those print and parse to the same");
}

int main(void)
{
    verdicts();
    not_a_number();
    refused();
    canonical();
    round_trip();
    soup();
    return tap_done();
}

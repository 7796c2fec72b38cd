/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "codec/text/cmtrace.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEW(message, time, date)                                                                                                   \
    "<![LOG[" message "]LOG]!><time=\"" time "\" date=\"" date                                                                     \
    "\" component=\"SMS_X\" context=\"\" type=\"3\" thread=\"12\" file=\"\">\r\n"
#define OLD(message, moment) message "  $$<SMS_DMP_UPLOADER><" moment "><thread=1234 (0x4D2)>\r\n"

enum { MANY = 64 };

struct seen {
    struct {
        char text[300];
        size_t n;
        char component[40];
        int64_t at;
        bool cut, unfinished, no_bias;
    } v[MANY];
    size_t n;
    size_t stop_after;
};

static int on_entry(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err)
{
    struct seen *s = ctx;

    if (s->stop_after > 0 && s->n + 1 >= s->stop_after)
        return scp_err_set(err, SCP_ERR_LIMIT, "enough");
    if (s->n < MANY) {
        (void)snprintf(s->v[s->n].text, sizeof s->v[0].text, "%.*s", e->n > 299 ? 299 : (int)e->n, e->text);
        (void)snprintf(s->v[s->n].component, sizeof s->v[0].component, "%.*s", (int)e->component_n, e->component);
        s->v[s->n].n = e->n;
        s->v[s->n].at = e->at;
        s->v[s->n].cut = e->cut;
        s->v[s->n].unfinished = e->unfinished;
        s->v[s->n].no_bias = e->no_bias;
    }
    s->n++;
    return 0;
}

/* In pieces of that size. */
static void read_bytes(const void *p, size_t n, size_t piece, enum scp_cmtrace_encoding encoding, bool midway, struct seen *s,
                       struct scp_cmtrace_facts *facts)
{
    const struct scp_cmtrace_sink sink = { s, on_entry };
    struct scp_cmtrace *t = scp_cmtrace_new(&sink, encoding, midway);
    const char *bytes = p;

    if (t == NULL)
        tap_bail("no memory");
    *s = (struct seen){ .n = 0 };
    for (size_t i = 0; i < n; i += piece)
        (void)scp_cmtrace_feed(t, bytes + i, n - i < piece ? n - i : piece, NULL);
    (void)scp_cmtrace_finish(t, facts, NULL);
    scp_cmtrace_free(t);
}

static void read_text(const char *text, struct seen *s, struct scp_cmtrace_facts *facts)
{
    read_bytes(text, strlen(text), strlen(text) + 1, SCP_CMTRACE_BYTES, false, s, facts);
}

static int64_t utc(const char *text)
{
    int64_t at = 0;

    if (scp_utc_parse(text, &at, NULL) != 0)
        tap_bail("%s", text);
    return at;
}

static void test_times(void)
{
    static const struct {
        const char *time, *date, *utc;
        bool no_bias;
    } CASES[] = {
        { "10:02:03.456+000", "11-23-2026", "2026-11-23T10:02:03Z", false },
        { "10:02:03.456+300", "11-23-2026", "2026-11-23T15:02:03Z", false }, /* New York */
        { "10:02:03.456-540", "11-23-2026", "2026-11-23T01:02:03Z", false }, /* Tokyo */
        { "01:02:03.456-540", "11-23-2026", "2026-11-22T16:02:03Z", false },
        { "10:02:03.456-60", "3-1-2024", "2024-03-01T09:02:03Z", false },
        { "10:02:03.4567890-345", "11-23-2026", "2026-11-23T04:17:03Z", false }, /* Kathmandu */
        { "10:02:03+480", "11-23-2026", "2026-11-23T18:02:03Z", false },
        { "10:02:03.456+840", "11-23-2026", "2026-11-24T00:02:03Z", false },
        { "10:02:03.456", "11-23-2026", "2026-11-23T10:02:03Z", true },
        { "10:02:03.456+841", "11-23-2026", NULL, false },
        { "10:02:03.456-9999", "11-23-2026", NULL, false },
        { "24:02:03.456+000", "11-23-2026", NULL, false },
        { "10:60:03.456+000", "11-23-2026", NULL, false },
        { "10:02:03.456+000", "13-23-2026", NULL, false },
        { "10:02:03.456+000", "02-30-2026", NULL, false },
        { "10:02:03.456+000", "11-23-26", NULL, false },
        { "", "", NULL, false },
        { "10:02:03.456+", "11-23-2026", NULL, false },
        { "10:02:03.+000", "11-23-2026", NULL, false },
        { "10:02:03.456+000x", "11-23-2026", NULL, false },
    };
    struct scp_cmtrace_facts facts;
    struct seen s;
    char text[400];

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t wanted = CASES[i].utc != NULL ? utc(CASES[i].utc) : SCP_UTC_UNKNOWN;

        (void)snprintf(text, sizeof text, "<![LOG[m]LOG]!><time=\"%s\" date=\"%s\" component=\"c\" type=\"1\" thread=\"1\">\n",
                       CASES[i].time, CASES[i].date);
        read_text(text, &s, &facts);
        tap_is_int(wanted, s.v[0].at, "first style: %s %s", CASES[i].date, CASES[i].time);
        tap_ok(s.n == 1 && s.v[0].no_bias == (CASES[i].no_bias && CASES[i].utc != NULL) + (CASES[i].utc == NULL && s.v[0].no_bias),
               "its time zone");
        tap_is_int(CASES[i].utc == NULL, (long long)facts.timeless, "without a time or with");
        (void)snprintf(text, sizeof text, "m  $$<C><%s %s><thread=12 (0xC)>\n", CASES[i].date, CASES[i].time);
        read_text(text, &s, &facts);
        tap_ok(s.n == 1 && s.v[0].at == wanted, "second style");
    }
}

static const char LOG[] = NEW("first", "10:00:00.000+000", "11-23-2026") OLD("second", "11-23-2026 10:00:01.000+000")
    NEW("third\r\n   at line two()\r\n\r\nline four", "10:00:02.000+000", "11-23-2026")
        OLD("~fourth\r\nover lines", "11-23-2026 10:00:03.000+000") NEW("", "10:00:04.000+000", "11-23-2026")
            OLD("price $$<5> and ]LOG]!> inside", "11-23-2026 10:00:05.000+000")
                NEW("$$<X><11-23-2026 10:00:00.000+000><thread=1> inside", "10:00:06.000+000",
                    "11-23-2026") "one blank $$<C><11-23-2026 10:00:07.000+000><thread=1 (0x1)>\n" NEW("gr\xC3\xBC\xC3\x9F"
                                                                                                       "e \xFC",
                                                                                                       "10:00:08.000+000",
                                                                                                       "11-23-2026");

static const char *const TEXTS[] = {
    "first",
    "second",
    "third\r\n   at line two()\r\n\r\nline four",
    "fourth\r\nover lines",
    "",
    "price $$<5> and ]LOG]!> inside",
    "$$<X><11-23-2026 10:00:00.000+000><thread=1> inside",
    "one blank",
    ("gr\xC3\xBC\xC3\x9F"
     "e \xFC"),
};

static void is_log(const struct seen *s, const char *how)
{
    size_t good = 0;

    for (size_t i = 0; i < s->n && i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        good += strcmp(s->v[i].text, TEXTS[i]) == 0 && s->v[i].at == utc("2026-11-23T10:00:00Z") + (int64_t)i;
    if (!tap_ok(s->n == sizeof TEXTS / sizeof TEXTS[0] && good == s->n, "%s", how)) {
        for (size_t i = 0; i < s->n && i < MANY; i++)
            tap_diag("%zu: %lld '%s'", i, (long long)s->v[i].at, s->v[i].text);
    }
}

/* Its type makes it an error, wherever that stands; the second style has none. */
static int count_errors(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err)
{
    size_t *errors = ctx;

    (void)err;
    *errors += e->error;
    return 0;
}

static void test_types(void)
{
#define OF_TYPE(attributes) "<![LOG[x]LOG]!><time=\"10:00:00.000+000\" date=\"11-23-2026\" " attributes ">\r\n"
    static const char TEXT[] = OF_TYPE("component=\"C\" context=\"\" type=\"1\" thread=\"1\" file=\"type=3\"")
        OF_TYPE("component=\"C\" context=\"\" type=\"3\" thread=\"1\" file=\"\"")
            OF_TYPE("component=\"C\" context=\"c\" type=\"3\"") OF_TYPE("type=\"3\" component=\"C\"")
                OF_TYPE("component=\"C\" context=\"\" type=\"33\"") OF_TYPE("component=\"C\" context=\"\" type=\"2\"")
                    OF_TYPE("component=\"C\" context=\"\"") OLD("type=\"3\"", "11-23-2026 10:00:00.000+000");
    size_t errors = 0;
    const struct scp_cmtrace_sink sink = { &errors, count_errors };
    struct scp_cmtrace *t = scp_cmtrace_new(&sink, SCP_CMTRACE_BYTES, false);
    struct scp_cmtrace_facts facts;

    if (t == NULL || scp_cmtrace_feed(t, TEXT, sizeof TEXT - 1, NULL) != 0 || scp_cmtrace_finish(t, &facts, NULL) != 0)
        tap_bail("no memory");
    scp_cmtrace_free(t);
    tap_ok(facts.entries == 8 && facts.timeless == 0, "entries of several types");
    tap_is_int(3, (long long)errors, "of which these are errors");
}

static void test_styles(void)
{
    struct scp_cmtrace_facts facts;
    struct seen s;

    read_text(LOG, &s, &facts);
    is_log(&s, "both styles, several lines, marks inside messages");
    tap_is_text("SMS_X", s.v[0].component, "component, first style");
    tap_is_text("SMS_DMP_UPLOADER", s.v[1].component, "component, second style");
    tap_ok(facts.strays == 0 && facts.timeless == 0 && !facts.pending && facts.nuls == 0, "nothing left over");
    for (size_t piece = 1; piece < 80; piece++) {
        read_bytes(LOG, sizeof LOG - 1, piece, SCP_CMTRACE_BYTES, false, &s, &facts);
        is_log(&s, "in pieces");
    }
}

static void test_utf16(void)
{
    static uint8_t wide[2 * sizeof LOG + 64];
    struct scp_cmtrace_facts facts;
    struct seen s;
    size_t n = 0, skip = 0;

    wide[n++] = 0xFF;
    wide[n++] = 0xFE;
    for (const char *p = LOG; *p != '\0'; p++) {
        if ((*p & 0x80) != 0)
            continue;
        wide[n++] = (uint8_t)*p;
        wide[n++] = 0;
    }
    tap_is_int(SCP_CMTRACE_UTF16LE, scp_cmtrace_detect(wide, n, &skip), "UTF-16 by its mark");
    tap_is_int(2, (long long)skip, "which is passed over");
    tap_is_int(SCP_CMTRACE_UTF16LE, scp_cmtrace_detect(wide + 2, n - 2, &skip), "and without");
    tap_is_int(SCP_CMTRACE_BYTES, scp_cmtrace_detect((const uint8_t *)"\xEF\xBB\xBF<!", 5, &skip), "UTF-8");
    tap_is_int(3, (long long)skip, "its mark is passed over");
    for (size_t piece = 1; piece < 40; piece++) {
        read_bytes(wide + 2, n - 2, piece, SCP_CMTRACE_UTF16LE, false, &s, &facts);
        if (!tap_ok(s.n == 9 && strcmp(s.v[2].text, TEXTS[2]) == 0 && facts.strays == 0, "UTF-16 in pieces of %zu", piece))
            break;
    }
    {
        static const uint8_t PAIR[] = { '<', 0,   '!', 0,    '[',  0,    'L',  0,    'O',  0,   'G',
                                        0,   '[', 0,   0x3D, 0xD8, 0x00, 0xDE, 0x3D, 0xD8, 'x', 0 };

        read_bytes(PAIR, sizeof PAIR, 3, SCP_CMTRACE_UTF16LE, false, &s, &facts);
        tap_ok(facts.pending && s.n == 0, "a surrogate pair, and half of one");
    }
}

static void test_trouble(void)
{
    struct scp_cmtrace_facts facts;
    struct seen s;
    char *big = malloc(3 << 20);
    size_t n;

    if (big == NULL)
        tap_bail("no memory");
    read_text("", &s, &facts);
    tap_ok(s.n == 0 && !facts.pending, "nothing");
    read_text("hello\nworld\n", &s, &facts);
    tap_ok(s.n == 0 && facts.pending, "plain text is no log");
    read_text("stray\n" NEW("x", "10:00:00.000+000", "11-23-2026"), &s, &facts);
    tap_ok(s.n == 1 && facts.strays == 1, "a stray line before an entry");
    read_text("<![LOG[Fail to build\n" NEW("x", "10:00:00.000+000", "11-23-2026"), &s, &facts);
    tap_ok(s.n == 2 && s.v[0].unfinished && s.v[0].at == SCP_UTC_UNKNOWN && strcmp(s.v[1].text, "x") == 0,
           "an entry that never ended");
    for (size_t piece = 1; piece < 30; piece++) {
        static const char TEXT[] = "stray\n<![LOG[a\n<![LOG[b\n" NEW("x", "10:00:00.000+000", "11-23-2026");

        read_bytes(TEXT, sizeof TEXT - 1, piece, SCP_CMTRACE_BYTES, false, &s, &facts);
        if (!tap_ok(s.n == 3 && facts.strays == 1 && s.v[1].unfinished && strcmp(s.v[1].text, "b") == 0 && !s.v[2].unfinished,
                    "the same in pieces of %zu", piece))
            break;
    }
    read_bytes(LOG + 20, sizeof LOG - 21, 50, SCP_CMTRACE_BYTES, true, &s, &facts);
    tap_ok(s.n == 8 && strcmp(s.v[0].text, "second") == 0, "begun in the middle of a line");
    for (size_t cut = sizeof LOG - 2; strncmp(LOG + cut, "<![LOG[", 7) != 0; cut--) {
        read_bytes(LOG, cut, 4096, SCP_CMTRACE_BYTES, false, &s, &facts);
        if (!tap_ok((s.n == 8 && facts.pending) || (s.n == 9 && strcmp(s.v[8].text, TEXTS[8]) == 0 && s.v[8].at != SCP_UTC_UNKNOWN),
                    "cut after %zu bytes", cut))
            break;
    }
    memset(big, 'x', 3 << 20);
    memcpy(big, "<![LOG[begin ", 13);
    n = (3 << 20) - 200;
    n += (size_t)snprintf(big + n, 200,
                          "end]LOG]!><time=\"10:00:00.000+000\" date=\"11-23-2026\" component=\"c\" type=\"2\" thread=\"1\">\n");
    read_bytes(big, n, 65536, SCP_CMTRACE_BYTES, false, &s, &facts);
    tap_ok(s.n == 1 && s.v[0].cut && s.v[0].at == utc("2026-11-23T10:00:00Z") && s.v[0].n <= SCP_CMTRACE_TEXT_MAX &&
               strncmp(s.v[0].text, "begin ", 6) == 0,
           "a line of 3 MiB: its beginning and its time");
    memset(big, '\0', 1 << 20);
    read_bytes(big, 1 << 20, 4096, SCP_CMTRACE_BYTES, false, &s, &facts);
    tap_ok(s.n == 0 && facts.nuls == 1 << 20, "NUL bytes are counted");
    {
        uint64_t seed = 42;

        for (size_t i = 0; i < 1 << 20; i++)
            big[i] = (char)tap_random(&seed);
        read_bytes(big, 1 << 20, 1000, SCP_CMTRACE_BYTES, false, &s, &facts);
        tap_is_int(0, (long long)s.n, "noise");
        read_bytes(big, 1 << 20, 1001, SCP_CMTRACE_UTF16LE, true, &s, &facts);
        tap_is_int(0, (long long)s.n, "noise in UTF-16");
    }
    {
        struct seen stopped = { .stop_after = 2 };
        const struct scp_cmtrace_sink sink = { &stopped, on_entry };
        struct scp_cmtrace *t = scp_cmtrace_new(&sink, SCP_CMTRACE_BYTES, false);

        tap_is_int(-1, scp_cmtrace_feed(t, LOG, sizeof LOG - 1, NULL), "the sink's stop");
        scp_cmtrace_free(t);
    }
    free(big);
}

int main(void)
{
    test_times();
    test_styles();
    test_types();
    test_utf16();
    test_trouble();
    return tap_done();
}

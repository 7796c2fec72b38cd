/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "codec/text/json_reader.h"
#include "codec/text/statusmsg.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

struct seen {
    struct scp_statusmsg v[16];
    char next[SCP_STATUSMSG_LINK_MAX];
    size_t n;
};

static int on_message(void *ctx, const struct scp_statusmsg *m, struct scp_err *err)
{
    struct seen *s = ctx;

    (void)err;
    if (s->n < 16)
        s->v[s->n] = *m;
    s->n++;
    return 0;
}

static int parse(const char *p, size_t n, struct seen *s, struct scp_statusmsg_facts *f, struct scp_err *err)
{
    const struct scp_statusmsg_sink sink = { s, on_message, s->next };

    s->n = 0;
    return scp_statusmsg_parse(p, n, &sink, f, err);
}

static void test_times(void)
{
    static const struct {
        const char *text, *utc;
    } CASES[] = {
        { "2026-11-23T01:02:03Z", "2026-11-23T01:02:03Z" },
        { "2026-11-23T01:02:03", "2026-11-23T01:02:03Z" },
        { "2026-11-23 01:02:03", "2026-11-23T01:02:03Z" },
        { "2026-11-23T01:02:03.1234567Z", "2026-11-23T01:02:03Z" },
        { "2026-11-23T10:02:03+09:00", "2026-11-23T01:02:03Z" },
        { "2026-11-22T20:02:03-05:00", "2026-11-23T01:02:03Z" },
        { "20261123010203.000000+000", "2026-11-23T01:02:03Z" },
        { "20261123010203.000000+***", "2026-11-23T01:02:03Z" },
        { "20261123100203.000000+540", "2026-11-23T01:02:03Z" },
        { "20261122200203.000000-300", "2026-11-23T01:02:03Z" },
        { "/Date(1795395723000)/", "2026-11-23T01:02:03Z" },
        { "/Date(1795395723000+0900)/", "2026-11-23T01:02:03Z" },
        { " 2026-11-23T01:02:03Z ", "2026-11-23T01:02:03Z" },
        { "11/23/2026 1:02:03 AM", NULL },
        { "23.11.2026 01:02:03", NULL },
        { "", NULL },
        { "yesterday", NULL },
        { "2026-13-23T01:02:03Z", NULL },
        { "2026-11-23T01:02:03X", NULL },
        { "2026-11-23", NULL },
        { "20261123010203", NULL },
        { "20261123010203.000000", NULL },
        { "/Date(-5)/", NULL },
        { "/Date()/", NULL },
        { "/Date(99999999999999999999)/", NULL },
        { "2026-11-23T25:02:03Z", NULL },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int64_t wanted = SCP_UTC_UNKNOWN;

        if (CASES[i].utc != NULL && scp_utc_parse(CASES[i].utc, &wanted, NULL) != 0)
            tap_bail("%s", CASES[i].utc);
        tap_is_int(wanted, scp_statusmsg_time(CASES[i].text, strlen(CASES[i].text)), "'%s'", CASES[i].text);
    }
}

static void test_csv(void)
{
    static const struct {
        const char *name, *text;
        int rc;
        size_t messages, malformed;
        bool truncated;
    } CASES[] = {
        { "plain", "MessageID,Time\n9605,2026-11-23T01:02:03Z\n9607,2026-11-23T01:02:03Z\n", 0, 2, 0, false },
        { "as PowerShell writes it",
          "#TYPE Selected.X\r\n\"MessageID\",\"Component\",\"Time\"\r\n\"9605\",\"SMS, \"\"DMP\"\"\",\"2026-11-23T01:02:03Z\"\r\n",
          0, 1, 0, false },
        { "semicolons", "Time;MessageID;X\n2026-11-23T01:02:03Z;9605;a,b\n", 0, 1, 0, false },
        { "tabs", "Time\tMessageID\n2026-11-23T01:02:03Z\t9605\n", 0, 1, 0, false },
        { "other case", "messageid,TIME\n9605,x\n", 0, 1, 0, false },
        { "line ends in quotes", "MessageID,Text,Time\n9605,\"a\nb\r\nc\",2026-11-23T01:02:03Z\n", 0, 1, 0, false },
        { "header alone", "MessageID,Time\n", 0, 0, 0, false },
        { "header without a line end", "MessageID,Time", 0, 0, 0, false },
        { "empty lines", "MessageID,Time\n\n9605,x\n\n\n", 0, 1, 0, false },
        { "no number", "MessageID,Time\nabc,x\n,y\n99999,z\n9605,x\n", 0, 1, 3, false },
        { "a row too short", "MessageID,A,Time\n9605\n9607,x,y\n", 0, 1, 1, false },
        { "a row too long", "MessageID,Time\n9605,x,y,z\n9605,x\n", 0, 1, 1, false },
        { "cut in a row", "MessageID,Time\n9605,x\n96", 0, 1, 0, true },
        { "cut in quotes", "\"MessageID\",\"Time\"\n\"9605\",\"x\"\n\"9605\",\"2026-", 0, 1, 0, true },
        { "cut behind quotes", "\"MessageID\",\"Time\"\n\"9605\",\"x\"\n\"9605\",\"y\"", 0, 2, 0, false },
        { "cut in a number", "Time,MessageID\nx,9605\ny,960", 0, 1, 0, true },
        { "empty", "", 0, 0, 0, false },
        { "blank", " \n\t\n", 0, 0, 0, false },
        { "no such columns", "A,B\n1,2\n", -1, 0, 0, false },
        { "text", "hello world\n", -1, 0, 0, false },
        { "a page", "<!DOCTYPE html><html>", -1, 0, 0, false },
    };
    struct scp_statusmsg_facts f;
    struct scp_err err = SCP_ERR_INIT;
    struct seen s;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        tap_is_int(CASES[i].rc, parse(CASES[i].text, strlen(CASES[i].text), &s, &f, &err), "CSV: %s", CASES[i].name);
        if (CASES[i].rc != 0)
            continue;
        tap_is_int((long long)CASES[i].messages, (long long)f.messages, "messages");
        tap_is_int((long long)CASES[i].malformed, (long long)f.malformed, "malformed");
        tap_is_int(CASES[i].truncated, f.truncated, "truncated");
        tap_is_int((long long)f.messages, (long long)s.n, "delivered");
    }
    (void)parse(CASES[1].text, strlen(CASES[1].text), &s, &f, NULL);
    tap_is_text("SMS, \"DMP\"", s.v[0].component, "quotes within quotes");
    tap_is_int(9605, s.v[0].id, "its number");
    {
        uint8_t wide[200] = { 0xFF, 0xFE };
        size_t n = 2;

        for (const char *p = CASES[0].text; *p != '\0'; p++) {
            wide[n++] = (uint8_t)*p;
            wide[n++] = 0;
        }
        tap_is_int(0, parse((const char *)wide, n, &s, &f, NULL), "UTF-16");
        tap_is_int(2, (long long)s.n, "all of it");
    }
    tap_is_int(-1, parse("MessageID,Time\n9605,\0\n", 22, &s, &f, NULL), "a NUL byte");
    tap_is_int(0, parse("\xEF\xBB\xBFMessageID,Time\n9605,x\n", 25, &s, &f, NULL), "a byte order mark");
}

static const char JSON[] = "{\"@odata.context\": \"https://x/$metadata\", \"value\": [ {\"MessageID\": 9605, \"Time\": "
                           "\"2026-11-23T01:02:03Z\", \"Severity\": -1073741824, "
                           "\"Component\": \"SMS_DMP_UPLOADER\", \"Nested\": {\"MessageID\": 1, \"a\": [1, 2, {}]}}, "
                           "{\"messageId\": \"9607\", \"Time\": \"x\\u00fcy\\\"\"} ], "
                           "\"@odata.nextLink\": \"https:\\/\\/x\\/next?$skip=1\"}";

static void test_json(void)
{
    static const struct {
        const char *name, *text;
        int rc;
        size_t messages, malformed;
        bool truncated;
    } CASES[] = {
        { "the AdminService's", JSON, 0, 2, 0, false },
        { "a list alone", "[{\"MessageID\":9605,\"Time\":\"\\/Date(1795395723000)\\/\"}]", 0, 1, 0, false },
        { "an empty list", "{\"value\":[]}", 0, 0, 0, false },
        { "odd members", "[1,\"x\",null,[],{\"MessageID\":9605}]", 0, 1, 4, false },
        { "no number", "[{\"Time\":\"x\"},{\"MessageID\":9.5},{\"MessageID\":-1},{\"MessageID\":99999}]", 0, 0, 4, false },
        { "no list", "{\"a\":1}", -1, 0, 0, false },
        { "a list that is none", "{\"value\":5}", -1, 0, 0, false },
        { "a word", "{x}", -1, 0, 0, false },
        { "two documents", "[][]", -1, 0, 0, false },
        { "a trailing comma", "[{\"MessageID\":9605},]", -1, 0, 0, false },
        { "an error", "{\"error\":{\"code\":\"\",\"message\":\"no\"}}", -1, 0, 0, false },
    };
    struct scp_statusmsg_facts f;
    struct scp_err err = SCP_ERR_INIT;
    struct seen s;
    char deep[300];

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        tap_is_int(CASES[i].rc, parse(CASES[i].text, strlen(CASES[i].text), &s, &f, &err), "JSON: %s", CASES[i].name);
        if (CASES[i].rc != 0)
            continue;
        tap_is_int((long long)CASES[i].messages, (long long)f.messages, "messages");
        tap_is_int((long long)CASES[i].malformed, (long long)f.malformed, "malformed");
        tap_is_int(CASES[i].truncated, f.truncated, "truncated");
    }
    (void)parse(JSON, sizeof JSON - 1, &s, &f, NULL);
    tap_is_text("https://x/next?$skip=1", s.next, "the next page");
    tap_is_text("x\xC3\xBCy\"", s.v[1].time, "escapes");
    tap_is_int(9605, s.v[0].id, "nested members do not count");
    /* Cut anywhere: never a sound list, never more than there was. */
    for (size_t n = 1; n < sizeof JSON - 1; n++) {
        int rc = parse(JSON, n, &s, &f, NULL);

        if (!tap_ok((rc == 0 && f.truncated && s.n <= 2) || rc != 0, "cut after %zu bytes", n))
            break;
    }
    memset(deep, '[', sizeof deep);
    tap_is_int(-1, parse(deep, sizeof deep, &s, &f, &err), "300 levels");
    tap_has_text("levels deep", err.message, "are too many");
}

static void test_reader(void)
{
    static const char *const BAD[] = { "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\n\"",    "01",       "-",     "1.", "1e",
                                       "tru", "truth",   "[1 2]",       "{\"a\" 1}", "{\"a\":}", "{1:2}", "]",  "" };
    static const char *const GOOD[] = {
        "\"\"", "0", "-0.5e+10", "true", "false", "null", "[]", "{}", "{\"a\":[1,2,{\"b\":null}]}", " [ 1 , 2 ] "
    };
    struct scp_json_reader r;
    enum scp_json_token token;
    char text[32];

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        int rc = 0;

        scp_json_reader_init(&r, BAD[i], strlen(BAD[i]));
        do {
            rc = scp_json_reader_next(&r, &token, NULL);
        } while (rc == 0 && token != SCP_JSON_END);
        tap_is_int(-1, rc, "not JSON: %zu", i);
    }
    for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
        int rc;

        scp_json_reader_init(&r, GOOD[i], strlen(GOOD[i]));
        rc = scp_json_reader_next(&r, &token, NULL);
        if (rc == 0)
            rc = scp_json_reader_skip(&r, token, NULL);
        if (rc == 0)
            rc = scp_json_reader_next(&r, &token, NULL);
        tap_ok(rc == 0 && token == SCP_JSON_END, "JSON: %s", GOOD[i]);
    }
    scp_json_reader_init(&r, "\"\\ud83d\\ude00 \\ud83d \\t\"", 24);
    (void)scp_json_reader_next(&r, &token, NULL);
    scp_json_reader_text(&r, text, sizeof text);
    tap_is_text("\xF0\x9F\x98\x80 \xEF\xBF\xBD \t", text, "surrogates");
}

/* Lines as components write them into their logs. */
static void test_lines(void)
{
#define DATE "GMTDATE=Tue Nov 24 09:00:00.000 2026"
#define REST " LEV=M SOURCE=\"SMS Server\" COMP=\"SMS_DMP_UPLOADER\" SYS=CM01.example SITE=PS1 PID=1 TID=2 " DATE " ISTR0=\"x\""
    static const struct {
        const char *line, *component, *machine;
        unsigned id; /* 0: no status message */
        bool information, timeless;
    } CASES[] = {
        { "STATMSG: ID=9605 SEV=E" REST, "SMS_DMP_UPLOADER", "CM01.example", 9605, false, false },
        { "~ STATMSG: ID=9605 SEV=I" REST, "SMS_DMP_UPLOADER", "CM01.example", 9605, true, false },
        { "STATMSG: ID=9607 SEV=E COMP=SMS_X SYS=\"A B\" GMTDATE=Tue Nov 24 09:00:00.000", "SMS_X", "A B", 9607, false, true },
        { "STATMSG: ID=9607 SEV=E GMTDATE=Tue Foo 24 09:00:00.000 2026", "", "", 9607, false, true },
        { "STATMSG: ID=9607 SEV=E GMTDATE=Tue Nov 31 09:00:00.000 2026", "", "", 9607, false, true },
        { "STATMSG: ID=9607", "", "", 9607, false, true },
        { "STATMSG: ID=9607 COMP=\"never ended", "never ended", "", 9607, false, true },
        { "STATMSG: ID=65536 SEV=E" REST, NULL, NULL, 0, false, false },
        { "STATMSG: ID=x SEV=E" REST, NULL, NULL, 0, false, false },
        { "STATMSG: ID= SEV=E" REST, NULL, NULL, 0, false, false },
        { "STATMSG: GID=9605", NULL, NULL, 0, false, false },
        { "STATMSG:", NULL, NULL, 0, false, false },
        { "A STATMSG: ID=9605", NULL, NULL, 0, false, false },
        { "", NULL, NULL, 0, false, false },
    };
    struct scp_statusmsg m;
    char text[SCP_UTC_TEXT];

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        bool is = scp_statusmsg_of_line(CASES[i].line, strlen(CASES[i].line), &m);

        tap_ok(is == (CASES[i].id != 0), "'%s' is%s one", CASES[i].line, is ? "" : " not");
        if (!is || CASES[i].id == 0)
            continue;
        scp_utc_format(m.at, text);
        tap_is_int((long long)CASES[i].id, (long long)m.id, "its number");
        tap_is_text(CASES[i].component, m.component, "its component");
        tap_is_text(CASES[i].machine, m.machine, "its machine");
        tap_ok(m.information == CASES[i].information, "its severity");
        if (CASES[i].timeless)
            tap_ok(m.at == SCP_UTC_UNKNOWN, "no usable time");
        else
            tap_is_text("2026-11-24T09:00:00Z", text, "its time");
    }
    for (size_t n = 0; n < strlen(CASES[0].line); n++)
        (void)scp_statusmsg_of_line(CASES[0].line, n, &m);
    tap_ok(!scp_statusmsg_of_line(CASES[0].line, sizeof "STATMSG: ID=" - 1, &m), "a line that is cut before its number is none");
}

int main(void)
{
    test_lines();
    test_times();
    test_csv();
    test_json();
    test_reader();
    return tap_done();
}

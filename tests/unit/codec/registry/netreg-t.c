/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/registry/netreg.h"
#include "codec/registry/regtext.h"
#include "tap.h"

#include <stdio.h>
#include <string.h>

struct seen {
    struct {
        char name[40];
        uint32_t type;
        uint8_t data[64];
        size_t len;
    } v[16];
    size_t n;
};

static int on_value(void *ctx, const char *name, size_t n, uint32_t type, const uint8_t *data, size_t len, struct scp_err *err)
{
    struct seen *s = ctx;

    (void)err;
    (void)snprintf(s->v[s->n].name, sizeof s->v[0].name, "%.*s", (int)n, name);
    s->v[s->n].type = type;
    s->v[s->n].len = len;
    memcpy(s->v[s->n].data, data, len > 64 ? 64 : len);
    s->n++;
    return 0;
}

/* As net 4.17 prints it. */
static const char PRINTED[] = "Keyname   = Sub\nModtime   = Thu, 01 Jan 1970 00:00:00 UTC\n\n"
                              "Valuename  = CurrentBuild\nType       = REG_SZ\nValue      = \"20348\"\n\n"
                              "Valuename  = Dw\nType       = REG_DWORD\nValue      = 305419896\n\n"
                              "Valuename  = Big\nType       = REG_DWORD\nValue      = 4294967295\n\n"
                              "Valuename  = Multi\nType       = REG_MULTI_SZ\nValue[000] = \"multi\"\nValue[001] = \"one\"\n\n"
                              "Valuename  = Odd\nType       = REG_SZ\nValue      = \"a\"\nValuename = x\"\n\n"
                              "Valuename  = Uml\nType       = REG_SZ\nValue      = \"gr\xC3\xBCn\"\n\n"
                              "Valuename  = Bin\nType       = REG_BINARY\nValue      = 2 bytes\n\n"
                              "Valuename  = \nType       = REG_SZ\nValue      = \"\"\n\n"
                              "Valuename  = Q\nType       = REG_QWORD\nValue      = <unprintable>\n\n";

static void test_enumerate(void)
{
    struct seen s = { .n = 0 };
    const struct scp_netreg_sink sink = { &s, on_value };

    tap_is_int(0, scp_netreg_enumerate(PRINTED, sizeof PRINTED - 1, &sink, NULL), "what net prints");
    tap_is_int(9, (long long)s.n, "values");
    tap_is_text("CurrentBuild", s.v[0].name, "a name");
    tap_is_bytes("2\0"
                 "0\0"
                 "3\0"
                 "4\0"
                 "8\0\0\0",
                 12, s.v[0].data, s.v[0].len, "text as the registry has it");
    tap_is_bytes("\x78\x56\x34\x12", 4, s.v[1].data, s.v[1].len, "a number");
    tap_is_bytes("\xFF\xFF\xFF\xFF", 4, s.v[2].data, s.v[2].len, "the largest");
    tap_ok(s.v[3].type == SCP_REG_MULTI_SZ && s.v[3].len == 0, "a list is there, without its content");
    tap_is_bytes("a\0\"\0\n\0V\0a\0l\0u\0e\0n\0a\0m\0e\0 \0=\0 \0x\0\0\0", 34, s.v[4].data, s.v[4].len, "text over two lines");
    tap_is_bytes("g\0r\0\xFC\0n\0\0\0", 10, s.v[5].data, s.v[5].len, "letters");
    tap_ok(s.v[6].type == SCP_REG_BINARY && s.v[6].len == 0, "bytes are there, without their content");
    tap_ok(s.v[7].name[0] == '\0' && s.v[7].len == 2, "the default value, empty");
    tap_is_int(SCP_REG_QWORD, s.v[8].type, "a long number");
    s.n = 0;
    tap_is_int(0, scp_netreg_enumerate("", 0, &sink, NULL), "nothing: a key without values");
}

static void test_cuts(void)
{
    struct scp_err err = SCP_ERR_INIT;
    size_t sound = 0;

    for (size_t n = 1; n < sizeof PRINTED - 1; n++) {
        struct seen s = { .n = 0 };
        const struct scp_netreg_sink sink = { &s, on_value };

        if (scp_netreg_enumerate(PRINTED, n, &sink, &err) == 0)
            sound++;
        else if (s.n > 9)
            tap_ok(0, "too many values");
    }
    /* Whole lines between values, and lines of a list, cannot be told from an end: net's exit code tells. */
    tap_ok(sound < 40, "cut anywhere it is refused, but for %zu places", sound);
}

static void test_others(void)
{
    static const char *const BAD[] = { "hello\n",
                                       "Valuename  = x\n",
                                       "Valuename  = x\nType       = REG_SZ\nValue      = \"a\n\n",
                                       "Valuename  = x\nNo\n\n",
                                       "Valuename  = x\nType       = REG_SZ\nRubbish\n\n",
                                       "<html>\n" };
    struct seen s = { .n = 0 };
    const struct scp_netreg_sink sink = { &s, on_value };
    static const char VALUE[] = "Type       = REG_SZ\nValue      = \"20348\"\n";

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++)
        tap_is_int(-1, scp_netreg_enumerate(BAD[i], strlen(BAD[i]), &sink, NULL), "refused: %zu", i);
    s.n = 0;
    tap_is_int(0, scp_netreg_getvalue(VALUE, sizeof VALUE - 1, "CurrentBuild", &sink, NULL), "one value");
    tap_ok(s.n == 1 && strcmp(s.v[0].name, "CurrentBuild") == 0 && s.v[0].len == 12, "by the name it was asked for");
    tap_is_int(-1, scp_netreg_getvalue("", 0, "x", &sink, NULL), "no value is no answer");
    tap_is_int(-1, scp_netreg_getvalue(VALUE, 30, "x", &sink, NULL), "nor is half of one");
}

int main(void)
{
    test_enumerate();
    test_cuts();
    test_others();
    return tap_done();
}

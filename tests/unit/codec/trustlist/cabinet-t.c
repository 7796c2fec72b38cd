/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Cabinets written here byte by byte (MS-CAB), good ones and every kind of bad one.  MSZIP data are deflate blocks without
 * compression, and one of runs for the bombs.
 */
#include "codec/trustlist/cabinet.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NONE = 0, MSZIP = 1, QUANTUM = 2, LZX = 0x1503, BLOCK = 32768, ROOM = 1 << 20 };

struct out {
    uint8_t *p;
    size_t n;
};

static void put(struct out *o, const void *p, size_t n)
{
    if (n > ROOM - o->n)
        tap_bail("a cabinet larger than this test makes");
    memcpy(o->p + o->n, p, n);
    o->n += n;
}

static void put_number(struct out *o, uint32_t v, unsigned bytes)
{
    uint8_t b[4];

    for (unsigned i = 0; i < 4; i++)
        b[i] = (uint8_t)(v >> 8 * i);
    put(o, b, bytes);
}

/* MS-CAB section 3.1: the XOR of the little-endian words; the last, short one in the other order. */
static uint32_t checksum(const uint8_t *p, size_t n, uint32_t seed)
{
    uint32_t sum = seed, rest = 0;
    size_t i;

    for (i = 0; i + 4 <= n; i += 4)
        sum ^= (uint32_t)p[i] | (uint32_t)p[i + 1] << 8 | (uint32_t)p[i + 2] << 16 | (uint32_t)p[i + 3] << 24;
    for (; i < n; i++)
        rest = rest << 8 | p[i];
    return sum ^ rest;
}

struct member {
    const char *name;
    size_t length; /* as announced */
};

struct recipe {
    const struct member *member;
    size_t members;
    unsigned compression;
    const uint8_t *data; /* what the folder unpacks to */
    size_t data_n;
    const uint8_t *packed; /* one block as it stands, instead */
    size_t packed_n;
    size_t packed_length; /* what that block unpacks to */
    unsigned flags;
    uint32_t length_off; /* added to the announced length */
    const char *trailing;
};

static void put_block(struct out *o, const struct recipe *r, const uint8_t *p, size_t n)
{
    struct out b = { malloc(ROOM), 0 };
    uint8_t head[4];
    size_t length = r->packed != NULL ? r->packed_length : n;

    if (b.p == NULL)
        tap_bail("out of memory");
    if (r->packed != NULL) {
        put(&b, r->packed, r->packed_n);
    } else if (r->compression == MSZIP) {
        put(&b, "CK\x01", 3);
        put_number(&b, (uint32_t)n, 2);
        put_number(&b, ~(uint32_t)n, 2);
        put(&b, p, n);
    } else {
        put(&b, p, n);
    }
    head[0] = (uint8_t)b.n;
    head[1] = (uint8_t)(b.n >> 8);
    head[2] = (uint8_t)length;
    head[3] = (uint8_t)(length >> 8);
    put_number(o, checksum(head, 4, checksum(b.p, b.n, 0)), 4);
    put(o, head, 4);
    put(o, b.p, b.n);
    free(b.p);
}

static void patch(struct out *o, size_t at, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        o->p[at + i] = (uint8_t)(v >> 8 * i);
}

static struct out cabinet(const struct recipe *r)
{
    struct out o = { malloc(ROOM), 0 };
    size_t blocks = r->packed != NULL ? 1 : (r->data_n + BLOCK - 1) / BLOCK, offset = 0;

    if (o.p == NULL)
        tap_bail("out of memory");
    put(&o, "MSCF\0\0\0\0????\0\0\0\0", 16);
    put_number(&o, 36 + 8, 4);              /* coffFiles */
    put(&o, "\0\0\0\0\x03\x01\x01\x00", 8); /* reserved, 1.3, one folder */
    put_number(&o, (uint32_t)r->members, 2);
    put_number(&o, r->flags, 2);
    put(&o, "\0\0\0\0", 4); /* set, number in it */
    put(&o, "????", 4);     /* coffCabStart */
    put_number(&o, (uint32_t)blocks, 2);
    put_number(&o, r->compression, 2);
    for (size_t i = 0; i < r->members; i++) {
        put_number(&o, (uint32_t)r->member[i].length, 4);
        put_number(&o, (uint32_t)offset, 4);
        put(&o, "\0\0\x21\x50\0\0\x20\0", 8); /* folder 0, a date, a time, attributes */
        put(&o, r->member[i].name, strlen(r->member[i].name) + 1);
        offset += r->member[i].length;
    }
    patch(&o, 36, (uint32_t)o.n);
    for (size_t i = 0; i < blocks; i++) {
        size_t n = r->data_n - i * BLOCK;

        put_block(&o, r, r->data != NULL ? r->data + i * BLOCK : NULL, n < BLOCK ? n : BLOCK);
    }
    patch(&o, 8, (uint32_t)o.n + r->length_off);
    if (r->trailing != NULL)
        put(&o, r->trailing, strlen(r->trailing));
    return o;
}

/* Some bytes that repeat nowhere near. */
static uint8_t *content(size_t n)
{
    uint8_t *p = malloc(n > 0 ? n : 1);
    uint64_t state = 7;

    if (p == NULL)
        tap_bail("out of memory");
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)tap_random(&state);
    return p;
}

static void rejects(const struct recipe *r, const char *member, enum scp_err_code code, const char *reason, const char *name)
{
    struct out o = cabinet(r);
    struct scp_buf out;
    struct scp_err err = SCP_ERR_INIT;

    scp_buf_init(&out, SCP_CABINET_MEMBER_MAX);
    tap_is_int(-1, scp_cabinet_extract(o.p, o.n, member, &out, &err), "refused: %s", name);
    tap_is_int(code, err.code, "its kind: %s", err.message);
    tap_has_text(reason, err.message, "its reason");
    tap_ok(out.n == 0, "nothing of it is handed out");
    scp_buf_free(&out);
    free(o.p);
}

static void accepts(const struct recipe *r, const char *member, const uint8_t *p, size_t n, const char *name)
{
    struct out o = cabinet(r);
    struct scp_buf out;
    struct scp_err err = SCP_ERR_INIT;

    scp_buf_init(&out, SCP_CABINET_MEMBER_MAX);
    (void)scp_buf_str(&out, "in front");
    tap_is_int(0, scp_cabinet_extract(o.p, o.n, member, &out, &err), "%s %s", name, err.message);
    tap_ok(out.n == 8 + n && memcmp(out.p + 8, p, n) == 0, "its bytes, behind what was there");
    scp_buf_free(&out);
    free(o.p);
}

static void test_good(const uint8_t *p)
{
    const struct member one[] = { { "authroot.stl", 100000 } }, many[] = { { "readme.txt", 5 }, { "Other.STL", 1000 } };
    struct recipe r = { .member = one, .members = 1, .compression = NONE, .data = p, .data_n = 100000 };

    accepts(&r, NULL, p, 100000, "stored, four blocks");
    r.compression = MSZIP;
    accepts(&r, NULL, p, 100000, "MSZIP, four blocks");
    accepts(&r, "AUTHROOT.stl", p, 100000, "by its name, in another case");
    r = (struct recipe){ .member = many, .members = 2, .compression = MSZIP, .data = p, .data_n = 1005 };
    accepts(&r, NULL, p + 5, 1000, "the one that is a list");
    accepts(&r, "readme.txt", p, 5, "the one asked for");
}

static void test_bad_outline(const uint8_t *p)
{
    const struct member one[] = { { "authroot.stl", 1000 } }, two[] = { { "a.stl", 10 }, { "b.stl", 10 } };
    struct member many[SCP_CABINET_MEMBERS_MAX + 1];
    struct recipe good = { .member = one, .members = 1, .compression = MSZIP, .data = p, .data_n = 1000 }, r = good;

    rejects(&good, "disallowedcert.stl", SCP_ERR_FORMAT, "no disallowedcert.stl", "another member than asked for");
    r.trailing = "x";
    rejects(&r, NULL, SCP_ERR_FORMAT, "bytes", "a byte behind the cabinet");
    r = good;
    r.length_off = 1;
    rejects(&r, NULL, SCP_ERR_TRUNCATED, "bytes", "a byte announced that is not there");
    r = (struct recipe){ .member = two, .members = 2, .compression = MSZIP, .data = p, .data_n = 20 };
    rejects(&r, NULL, SCP_ERR_FORMAT, "two members", "two lists");
    for (size_t i = 0; i < SCP_CABINET_MEMBERS_MAX + 1; i++)
        many[i] = (struct member){ "x.txt", 1 };
    r = (struct recipe){ .member = many, .members = SCP_CABINET_MEMBERS_MAX + 1, .compression = MSZIP, .data = p, .data_n = 100 };
    rejects(&r, NULL, SCP_ERR_LIMIT, "more than 16 members", "too many members");
    r = good;
    r.members = 1;
    r.flags = 1;
    rejects(&r, NULL, SCP_ERR_FORMAT, "", "a part of several, whose neighbour's name is missing");
    r = good;
    r.compression = LZX;
    rejects(&r, NULL, SCP_ERR_UNSUPPORTED, "LZX", "LZX");
    r.compression = QUANTUM;
    rejects(&r, NULL, SCP_ERR_UNSUPPORTED, "Quantum", "Quantum");
    r.compression = 4;
    rejects(&r, NULL, SCP_ERR_UNSUPPORTED, "unknown", "an unknown compression");
}

static void test_names(const uint8_t *p)
{
    static const char *const BAD[] = { "../authroot.stl", "..\\authroot.stl", "/etc/authroot.stl",
                                       "C:authroot.stl",  "a\nb.stl",         "..",
                                       "\x1B[2J.stl" };

    for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
        struct member one[] = { { BAD[i], 10 }, { "authroot.stl", 10 } };
        struct recipe r = { .member = one, .members = 2, .compression = MSZIP, .data = p, .data_n = 20 };
        char name[40];

        (void)snprintf(name, sizeof name, "member name %zu that is a path or worse", i);
        rejects(&r, "authroot.stl", SCP_ERR_FORMAT, "member 1", name);
    }
}

/* Deflate, fixed code (RFC 1951 section 3.2.6): one 'A', then copies of 258 bytes at distance 1, 35-fold. */
static size_t bomb(uint8_t *p, size_t copies)
{
    unsigned bit = 0;
    size_t n = 2;

    memcpy(p, "CK", 2);
    p[n] = 0;
#define BIT(v)                                                                                                                     \
    do {                                                                                                                           \
        p[n] = (uint8_t)(p[n] | (unsigned)(v) << bit);                                                                             \
        if (++bit == 8) {                                                                                                          \
            bit = 0;                                                                                                               \
            p[++n] = 0;                                                                                                            \
        }                                                                                                                          \
    } while (0)
    BIT(1);
    BIT(1);
    BIT(0); /* the last block, fixed code */
    for (int i = 7; i >= 0; i--)
        BIT((0x30 + 'A') >> i & 1);
    for (size_t c = 0; c < copies; c++) {
        for (int i = 7; i >= 0; i--)
            BIT(0xC5 >> i & 1); /* length code 285: 258 bytes */
        for (int i = 0; i < 5; i++)
            BIT(0); /* distance 1 */
    }
    for (int i = 0; i < 7; i++)
        BIT(0); /* the end */
#undef BIT
    return n + 1;
}

static void test_bombs(const uint8_t *p)
{
    const struct member huge[] = { { "authroot.stl", SCP_CABINET_MEMBER_MAX + 1 } }, dense[] = { { "authroot.stl", 30000 } },
                        small[] = { { "authroot.stl", 10 } };
    struct recipe r = { .member = huge, .members = 1, .compression = MSZIP, .data = p, .data_n = 1000 };
    uint8_t packed[2048];
    uint8_t expanded[1 + 20 * 258];

    rejects(&r, NULL, SCP_ERR_LIMIT, "more than is read", "4 MiB and one byte announced");
    r.packed = packed;
    r.packed_n = bomb(packed, 20);
    r.packed_length = sizeof expanded;
    r.member = (const struct member[]){ { "authroot.stl", sizeof expanded } };
    memset(expanded, 'A', sizeof expanded);
    accepts(&r, NULL, expanded, sizeof expanded, "the runs of this test are good deflate");
    r.packed_n = bomb(packed, 116);
    r.packed_length = 1 + 116 * 258;
    r.member = dense;
    rejects(&r, NULL, SCP_ERR_LIMIT, "announces 30000 bytes from a cabinet of", "more than a hundred times what is there");
    r.member = small;
    r.packed_length = 10;
    accepts(&r, NULL, expanded, 10, "of a block that unpacks to more than it announces comes only what was announced");
}

/* Cut anywhere: refused.  With a byte of the data changed (they carry a checksum, the directory has none): refused. */
static void test_damage(const uint8_t *p)
{
    const struct member one[] = { { "authroot.stl", 2000 } };
    struct recipe r = { .member = one, .members = 1, .compression = MSZIP, .data = p, .data_n = 2000 };
    struct out o = cabinet(&r);
    size_t taken = 0, directory = 36 + 8 + 16 + sizeof "authroot.stl";

    for (size_t cut = 0; cut < o.n; cut++) {
        uint8_t *copy = malloc(cut > 0 ? cut : 1); /* its own block, so that a sanitizer sees a read behind it */
        struct scp_buf out;

        if (copy == NULL)
            tap_bail("out of memory");
        memcpy(copy, o.p, cut);
        scp_buf_init(&out, SCP_CABINET_MEMBER_MAX);
        taken += scp_cabinet_extract(copy, cut, NULL, &out, NULL) == 0;
        scp_buf_free(&out);
        free(copy);
    }
    tap_is_int(0, (long long)taken, "no cut cabinet is taken for a whole one");
    for (size_t i = 0; i < o.n; i++) {
        struct scp_buf out;

        scp_buf_init(&out, SCP_CABINET_MEMBER_MAX);
        o.p[i] ^= 0x41;
        if (scp_cabinet_extract(o.p, o.n, NULL, &out, NULL) == 0 && i >= directory)
            taken++;
        o.p[i] ^= 0x41;
        scp_buf_free(&out);
    }
    tap_is_int(0, (long long)taken, "no changed byte of the data goes unnoticed");
    free(o.p);
}

static void test_room(const uint8_t *p)
{
    const struct member one[] = { { "authroot.stl", 2000 } };
    struct recipe r = { .member = one, .members = 1, .compression = MSZIP, .data = p, .data_n = 2000 };
    struct out o = cabinet(&r);
    struct scp_buf out;
    struct scp_err err = SCP_ERR_INIT;

    scp_buf_init(&out, 1999);
    tap_is_int(-1, scp_cabinet_extract(o.p, o.n, NULL, &out, &err), "no room for the member");
    tap_ok(err.code == SCP_ERR_LIMIT && !out.failed, "is a limit: %s", err.message);
    scp_buf_free(&out);
    tap_ok(scp_cabinet_is(o.p, o.n) && !scp_cabinet_is(o.p, 3) && !scp_cabinet_is(o.p + 1, o.n - 1), "known by its magic");
    free(o.p);
}

int main(void)
{
    uint8_t *p;

    if (!scp_cabinet_supported())
        tap_skip_all("built without libmspack");
    p = content(100000);
    test_good(p);
    test_bad_outline(p);
    test_names(p);
    test_bombs(p);
    test_damage(p);
    test_room(p);
    free(p);
    return tap_done();
}

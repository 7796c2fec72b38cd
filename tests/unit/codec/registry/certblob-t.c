/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "codec/registry/certblob.h"
#include "codec/x509/certificate.h"
#include "codec/trustlist/sst.h"
#include "tap.h"
#include "windows/restriction.h"

#include <string.h>

static const uint8_t DER[] = { 0x30, 0x03, 0x02, 0x01, 0x05 };
static const uint8_t SERVER[] = { 0x30, 0x0A, 0x06, 0x08, 0x2B, 6, 1, 5, 5, 7, 3, 1 };
static const uint8_t CODE[] = { 0x30, 0x0A, 0x06, 0x08, 0x2B, 6, 1, 5, 5, 7, 3, 3 };
static const uint8_t DATE[] = { 0x00, 0x80, 0x3E, 0xD5, 0xDE, 0xB1, 0x9D, 0x01 }; /* 1970-01-01 */

struct blob {
    uint8_t p[4096];
    size_t n;
};

static void put32(struct blob *b, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        b->p[b->n++] = (uint8_t)(v >> 8 * i);
}

static void put(struct blob *b, uint32_t id, const void *p, size_t n)
{
    put32(b, id);
    put32(b, 1);
    put32(b, (uint32_t)n);
    if (n > 0)
        memcpy(b->p + b->n, p, n);
    b->n += n;
}

static void rejects(const struct blob *b, enum scp_err_code code, const char *where, const char *name)
{
    struct scp_certblob parsed;
    struct scp_err err = SCP_ERR_INIT, again = SCP_ERR_INIT;
    const uint8_t *der;
    size_t n;
    uint32_t element;

    tap_is_int(-1, scp_certblob_parse(b->p, b->n, &parsed, &err), "rejected: %s", name);
    tap_is_int(code, err.code, "its kind: %s", err.message);
    tap_has_text(where, err.message, "its position");
    tap_is_int(-1, scp_certblob_element(b->p, b->n, &element, &der, &n, &again), "the short way rejects it too");
}

static void test_blobs(void)
{
    struct scp_certblob parsed;
    struct blob b = { .n = 0 };

    put(&b, 11, "x\0\0", 4);
    put(&b, 32, DER, sizeof DER);
    put(&b, 4711, "", 0);
    if (tap_is_int(0, scp_certblob_parse(b.p, b.n, &parsed, NULL), "properties on both sides of the element")) {
        tap_ok(parsed.element == 32 && parsed.props == 2 && parsed.prop[1].id == 4711, "unknown ones are kept");
        tap_is_bytes(DER, sizeof DER, parsed.der, parsed.der_len, "the element");
        scp_certblob_free(&parsed);
    }
    rejects(&(struct blob){ .n = 0 }, SCP_ERR_FORMAT, "offset 0", "nothing");
    b.n -= 1;
    rejects(&b, SCP_ERR_TRUNCATED, "offset 33", "a cut header");
    b.n = 0;
    put(&b, 11, "", 0);
    rejects(&b, SCP_ERR_FORMAT, "offset 12", "no element");
    put(&b, 32, DER, sizeof DER);
    put(&b, 32, DER, sizeof DER);
    rejects(&b, SCP_ERR_FORMAT, "offset 29", "two elements");
    b.n = 0;
    put(&b, 0, "", 0);
    rejects(&b, SCP_ERR_FORMAT, "offset 0", "property 0");
    b.n = 0;
    put(&b, 32, "\x31\x00", 2);
    rejects(&b, SCP_ERR_FORMAT, "offset 0", "not a SEQUENCE");
    b.n = 0;
    put(&b, 32, "\x30\x84\xFF\xFF\xFF\xFF", 6);
    rejects(&b, SCP_ERR_TRUNCATED, "offset 0", "DER longer than its element");
    b.n = 0;
    put32(&b, 32);
    put32(&b, 1);
    put32(&b, 0xFFFFFFFF);
    rejects(&b, SCP_ERR_TRUNCATED, "offset 0", "a length of 4 GiB");
    b.n = 0;
    put(&b, 32, "\x30\x00\x00", 3);
    tap_ok(scp_certblob_parse(b.p, b.n, &parsed, NULL) == 0 && parsed.oddities == SCP_CERTBLOB_ODD_TRAILING && parsed.der_len == 2,
           "bytes behind the DER are an oddity");
    scp_certblob_free(&parsed);
}

static void test_store(void)
{
    struct blob b = { .n = 0 };
    struct scp_certblob parsed;
    struct scp_sst s;
    struct scp_err err = SCP_ERR_INIT;

    put32(&b, 0);
    put32(&b, 0x54524543);
    put(&b, 3, "01234567890123456789", 20);
    put(&b, 32, DER, sizeof DER);
    put(&b, 32, DER, sizeof DER);
    size_t without_end = b.n;
    put(&b, 0, "", 0);
    memset(b.p + without_end, 0, 12);
    tap_is_int(0, scp_sst_open(b.p, b.n, &s, NULL), "a store opens");
    int n = 0, rc;
    while ((rc = scp_sst_next(&s, &parsed, NULL)) == 1) {
        n++;
        scp_certblob_free(&parsed);
    }
    tap_ok(rc == 0 && n == 2 && !s.trailing, "two elements and the end");
    (void)scp_sst_open(b.p, without_end, &s, NULL);
    while ((rc = scp_sst_next(&s, &parsed, &err)) == 1)
        scp_certblob_free(&parsed);
    tap_ok(rc == -1 && err.code == SCP_ERR_TRUNCATED, "without an end mark: %s", err.message);
    int early = 0;
    for (size_t cut = 0; cut < without_end; cut++) {
        rc = scp_sst_open(b.p, cut, &s, NULL);
        while (rc >= 0 && (rc = scp_sst_next(&s, &parsed, NULL)) == 1)
            scp_certblob_free(&parsed);
        early += rc == 0;
    }
    tap_is_int(0, early, "no cut store is taken for a whole one");
}

/* The properties alone, into a table of the caller's. */
static void test_properties(void)
{
    struct scp_certprop v[3];
    struct scp_err err = SCP_ERR_INIT;
    struct blob b = { .n = 0 };
    size_t n, whole;

    put(&b, 3, "01234567890123456789", 20);
    put(&b, 11, "n\0", 2);
    put(&b, 32, DER, sizeof DER);
    whole = b.n;
    put(&b, 99, "behind", 6);
    tap_is_int(0, scp_certblob_properties(b.p, b.n, v, 3, &n, NULL), "properties");
    tap_ok(n == 2 && v[0].id == 3 && v[1].id == 11 && v[1].n == 2, "those in front of the element");
    tap_is_int(0, scp_certblob_properties(b.p, whole, v, 2, &n, NULL), "that fit exactly");
    tap_is_int(-1, scp_certblob_properties(b.p, whole, v, 1, &n, &err), "or not");
    tap_is_int(SCP_ERR_LIMIT, err.code, "which is said");
    for (n = 0, whole = 0; whole < 20; whole++) {
        size_t found;

        n += scp_certblob_properties(b.p, whole + 1, v, 3, &found, &err) == 0;
    }
    tap_is_int(0, (long long)n, "a cut one is none");
}

static struct scp_restriction restricted(uint32_t id, const void *p, size_t n, uint32_t id2, const void *p2, size_t n2)
{
    struct blob b = { .n = 0 };
    struct scp_certblob parsed;
    struct scp_restriction r = SCP_RESTRICTION_NONE;

    put(&b, id, p, n);
    if (id2 != 0)
        put(&b, id2, p2, n2);
    put(&b, 32, DER, sizeof DER);
    if (scp_certblob_parse(b.p, b.n, &parsed, NULL) != 0)
        tap_bail("a blob of our own does not parse");
    scp_restriction_read(&parsed, SCP_PURPOSE_SERVER_AUTH, &r);
    scp_certblob_free(&parsed);
    return r;
}

static void test_restrictions(void)
{
    struct scp_restriction r = restricted(104, DATE, 8, 0, NULL, 0);

    tap_is_int(0, r.disabled_from, "104: disabled from its date on");
    r = restricted(104, DATE, 8, 104, "", 0);
    tap_ok(r.disabled_from == SCP_UTC_UNKNOWN && r.withdrawn, "104 of no bytes withdraws the date");
    tap_ok(restricted(104, DATE, 7, 0, NULL, 0).unreadable, "104 of 7 bytes is unreadable");
    tap_ok(restricted(9, CODE, sizeof CODE, 0, NULL, 0).purpose_denied, "9 without server authentication");
    tap_ok(!restricted(9, SERVER, sizeof SERVER, 0, NULL, 0).purpose_denied, "9 with it");
    tap_ok(restricted(122, SERVER, sizeof SERVER, 0, NULL, 0).purpose_denied, "122 with server authentication");
    tap_ok(!restricted(122, CODE, sizeof CODE, 0, NULL, 0).purpose_denied, "122 without it");
    tap_ok(restricted(9, "\x30\x05", 2, 0, NULL, 0).unreadable, "9 that is no list");
    r = restricted(126, DATE, 8, 127, CODE, sizeof CODE);
    tap_ok(r.issued_before == SCP_UTC_UNKNOWN && r.harmless_limit, "126 limited to code signing does not touch TLS");
    tap_is_int(0, restricted(126, DATE, 8, 127, SERVER, sizeof SERVER).issued_before, "126 for server authentication does");
    tap_is_int(0, restricted(126, DATE, 8, 0, NULL, 0).issued_before, "and 126 for everything");
    tap_ok(restricted(126, "", 0, 0, NULL, 0).withdrawn, "126 of no bytes is withdrawn");
}

int main(void)
{
    test_blobs();
    test_store();
    test_properties();
    test_restrictions();
    return tap_done();
}

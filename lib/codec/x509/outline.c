/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/outline.h"

#include "base/text.h"
#include "codec/x509/der.h"

#include <string.h>

enum { BMP_STRING = 0x1E, UNIVERSAL_STRING = 0x1C };

static const uint8_t OID_SUBJECT_KEY[] = { 0x55, 0x1D, 0x0E }, OID_AUTHORITY_KEY[] = { 0x55, 0x1D, 0x23 };
static const uint8_t OID_AUTHORITY_ACCESS[] = { 0x2B, 6, 1, 5, 5, 7, 1, 1 }, OID_CA_ISSUERS[] = { 0x2B, 6, 1, 5, 5, 7, 0x30, 2 };
static const uint8_t OID_COMMON_NAME[] = { 0x55, 4, 3 };

static struct scp_bytes whole(const struct scp_der *e)
{
    return (struct scp_bytes){ e->whole, e->whole_n };
}

static void read_subject_key(const struct scp_der *value, struct scp_bytes *out)
{
    struct scp_reader r = scp_der_inside(value);
    struct scp_der key;

    if (scp_der_read(&r, SCP_DER_OCTET_STRING, &key) && scp_reader_left(&r) == 0)
        *out = (struct scp_bytes){ key.p, key.n };
}

static void read_authority_key(const struct scp_der *value, struct scp_bytes *out)
{
    struct scp_reader r = scp_der_inside(value);
    struct scp_der sequence, key;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &sequence))
        return;
    r = scp_der_inside(&sequence);
    if (scp_der_read(&r, SCP_DER_PRIMITIVE(0), &key))
        *out = (struct scp_bytes){ key.p, key.n };
}

static bool read_extension(struct scp_reader *list, struct scp_outline *out)
{
    struct scp_der extension, oid, critical, value;
    struct scp_reader r;

    if (!scp_der_read(list, SCP_DER_SEQUENCE, &extension))
        return false;
    r = scp_der_inside(&extension);
    if (!scp_der_read(&r, SCP_DER_OID, &oid))
        return false;
    (void)scp_der_read(&r, SCP_DER_BOOLEAN, &critical);
    if (!scp_der_read(&r, SCP_DER_OCTET_STRING, &value))
        return false;
    if (out->subject_key.p == NULL && scp_der_equals(&oid, OID_SUBJECT_KEY, sizeof OID_SUBJECT_KEY))
        read_subject_key(&value, &out->subject_key);
    if (out->authority_key.p == NULL && scp_der_equals(&oid, OID_AUTHORITY_KEY, sizeof OID_AUTHORITY_KEY))
        read_authority_key(&value, &out->authority_key);
    if (out->authority_access.p == NULL && scp_der_equals(&oid, OID_AUTHORITY_ACCESS, sizeof OID_AUTHORITY_ACCESS))
        out->authority_access = (struct scp_bytes){ value.p, value.n };
    return true;
}

/* Malformed extensions tell nothing here: decoding refuses them. */
static void read_extensions(struct scp_reader *tbs, struct scp_outline *out)
{
    struct scp_der unique, wrapper, list;
    struct scp_reader r;

    (void)scp_der_read(tbs, SCP_DER_PRIMITIVE(1), &unique);
    (void)scp_der_read(tbs, SCP_DER_PRIMITIVE(2), &unique);
    if (!scp_der_read(tbs, SCP_DER_CONSTRUCTED(3), &wrapper))
        return;
    r = scp_der_inside(&wrapper);
    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &list))
        return;
    r = scp_der_inside(&list);
    while (read_extension(&r, out))
        continue;
}

static int64_t read_time(struct scp_reader *r)
{
    struct scp_der e;
    int64_t t;

    return scp_der_any(r, &e) && scp_der_time(&e, &t) ? t : SCP_UTC_UNKNOWN;
}

bool scp_outline_read(const uint8_t *der, size_t n, struct scp_outline *out)
{
    struct scp_reader r = scp_reader_over(der, n);
    struct scp_der certificate, tbs, version, serial, algorithm, issuer, validity, subject, spki;

    *out = (struct scp_outline){ .not_before = SCP_UTC_UNKNOWN, .not_after = SCP_UTC_UNKNOWN };
    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &certificate) || scp_reader_left(&r) != 0)
        return false;
    r = scp_der_inside(&certificate);
    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &tbs))
        return false;
    r = scp_der_inside(&tbs);
    (void)scp_der_read(&r, SCP_DER_CONSTRUCTED(0), &version);
    if (!scp_der_read(&r, SCP_DER_INTEGER, &serial) || !scp_der_read(&r, SCP_DER_SEQUENCE, &algorithm) ||
        !scp_der_read(&r, SCP_DER_SEQUENCE, &issuer) || !scp_der_read(&r, SCP_DER_SEQUENCE, &validity) ||
        !scp_der_read(&r, SCP_DER_SEQUENCE, &subject) || !scp_der_read(&r, SCP_DER_SEQUENCE, &spki))
        return false;
    out->serial = (struct scp_bytes){ serial.p, serial.n };
    out->issuer = whole(&issuer);
    out->subject = whole(&subject);
    out->spki = whole(&spki);
    read_extensions(&r, out);
    r = scp_der_inside(&validity);
    out->not_before = read_time(&r);
    out->not_after = read_time(&r);
    return true;
}

bool scp_outline_same(const struct scp_bytes *a, const struct scp_bytes *b)
{
    return a->p != NULL && b->p != NULL && a->n == b->n && memcmp(a->p, b->p, a->n) == 0;
}

/* FNV-1a */
static uint64_t mix(uint64_t h, uint8_t byte)
{
    return (h ^ byte) * 0x100000001B3u;
}

static uint64_t hash_value(uint64_t h, const struct scp_der *value)
{
    size_t step = value->tag == BMP_STRING ? 2 : value->tag == UNIVERSAL_STRING ? 4 : 1;

    for (size_t i = step - 1; i < value->n; i += step) {
        uint8_t c = value->p[i], high = 0;

        for (size_t k = 1; k < step; k++)
            high |= value->p[i - k];
        if (high != 0)
            continue;
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c + ('a' - 'A'));
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            h = mix(h, c);
    }
    return h;
}

static uint64_t hash_attribute(const struct scp_der *attribute)
{
    struct scp_reader r = scp_der_inside(attribute);
    struct scp_der oid, value;
    uint64_t h = 0xCBF29CE484222325u;

    if (!scp_der_read(&r, SCP_DER_OID, &oid) || !scp_der_any(&r, &value))
        return 0;
    for (size_t i = 0; i < oid.n; i++)
        h = mix(h, oid.p[i]);
    return hash_value(h, &value);
}

uint64_t scp_outline_name_hash(const struct scp_bytes *name)
{
    struct scp_reader r = scp_reader_over(name->p, name->n), set;
    struct scp_der sequence, rdn, attribute;
    uint64_t h = 0;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &sequence))
        return 0;
    r = scp_der_inside(&sequence);
    /* A sum: the order inside a set of attributes may differ between spellings. */
    while (scp_der_read(&r, SCP_DER_SET, &rdn)) {
        set = scp_der_inside(&rdn);
        while (scp_der_read(&set, SCP_DER_SEQUENCE, &attribute))
            h += hash_attribute(&attribute);
    }
    return h;
}

/* --- For people --- */

static void put_text(const struct scp_der *value, char *out, size_t size)
{
    size_t n = 0, step = value->tag == BMP_STRING ? 2 : value->tag == UNIVERSAL_STRING ? 4 : 1;

    if (size == 0)
        return;
    for (size_t i = 0; i + step <= value->n && n + 5 <= size; i += step) {
        uint32_t c = 0;

        for (size_t k = 0; k < step; k++)
            c = c << 8 | value->p[i + k];
        if (c == 0)
            c = '?'; /* a NUL would hide what follows */
        if (step == 1)
            out[n++] = (char)c;
        else
            n += scp_text_utf8_put(c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF) ? c : '?', out + n);
    }
    out[n] = '\0';
}

char *scp_outline_short_name(const struct scp_bytes *name, char *out, size_t size)
{
    struct scp_reader r = scp_reader_over(name->p, name->n), set, inside;
    struct scp_der sequence, rdn, attribute, oid, value, chosen = { 0, NULL, 0, NULL, 0 };
    bool common = false;

    out[0] = '\0';
    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &sequence))
        return out;
    r = scp_der_inside(&sequence);
    while (scp_der_read(&r, SCP_DER_SET, &rdn)) {
        set = scp_der_inside(&rdn);
        while (scp_der_read(&set, SCP_DER_SEQUENCE, &attribute)) {
            bool is_common;

            inside = scp_der_inside(&attribute);
            if (!scp_der_read(&inside, SCP_DER_OID, &oid) || !scp_der_any(&inside, &value))
                continue;
            is_common = scp_der_equals(&oid, OID_COMMON_NAME, sizeof OID_COMMON_NAME);
            if (is_common || !common)
                chosen = value;
            common = common || is_common;
        }
    }
    if (chosen.p != NULL)
        put_text(&chosen, out, size);
    return out;
}

/* An address that can be asked over http; into out as a text. */
static bool is_address(const struct scp_der *e, char *out, size_t size)
{
    static const char HTTP[] = "http://";

    if (e->n >= size || e->n <= sizeof HTTP - 1 || !scp_text_caseeq((const char *)e->p, sizeof HTTP - 1, HTTP, sizeof HTTP - 1))
        return false;
    for (size_t i = 0; i < e->n; i++) {
        if (e->p[i] <= 0x20 || e->p[i] >= 0x7F)
            return false;
    }
    memcpy(out, e->p, e->n);
    out[e->n] = '\0';
    return true;
}

bool scp_outline_issuer_url(const struct scp_outline *o, size_t i, char *out, size_t size)
{
    struct scp_reader r = scp_reader_over(o->authority_access.p, o->authority_access.n), inside;
    struct scp_der list, description, method, location;

    if (o->authority_access.p == NULL || !scp_der_read(&r, SCP_DER_SEQUENCE, &list))
        return false;
    r = scp_der_inside(&list);
    while (scp_der_read(&r, SCP_DER_SEQUENCE, &description)) {
        inside = scp_der_inside(&description);
        if (!scp_der_read(&inside, SCP_DER_OID, &method) || !scp_der_equals(&method, OID_CA_ISSUERS, sizeof OID_CA_ISSUERS) ||
            !scp_der_read(&inside, SCP_DER_PRIMITIVE(6), &location) || !is_address(&location, out, size))
            continue;
        if (i-- == 0)
            return true;
    }
    return false;
}

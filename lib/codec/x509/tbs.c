/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/tbs.h"

#include "base/reader.h"

enum { TAG_INTEGER = 0x02, TAG_SEQUENCE = 0x30, TAG_VERSION = 0xA0 };

/* One DER element: its tag, its content, and the whole of it. */
struct element {
    uint8_t tag;
    struct scp_reader content;
    const uint8_t *whole;
    size_t whole_len;
};

static bool read_length(struct scp_reader *r, size_t *length)
{
    uint8_t first, byte;

    if (!scp_reader_u8(r, &first))
        return false;
    if (first < 0x80) {
        *length = first;
        return true;
    }
    if (first == 0x80 || first > 0x84)
        return false;
    *length = 0;
    for (unsigned i = 0; i < (unsigned)(first & 0x7F); i++) {
        if (!scp_reader_u8(r, &byte))
            return false;
        *length = *length << 8 | byte;
    }
    return true;
}

static bool read_element(struct scp_reader *r, struct element *e)
{
    size_t start = r->pos, length;
    const uint8_t *p;

    if (!scp_reader_u8(r, &e->tag) || !read_length(r, &length) || !scp_reader_take(r, length, &p))
        return false;
    e->content = scp_reader_over(p, length);
    e->whole = r->p + start;
    e->whole_len = r->pos - start;
    return true;
}

bool scp_tbs_names(const uint8_t *der, size_t n, struct scp_tbs_names *out)
{
    struct scp_reader r = scp_reader_over(der, n);
    struct element certificate, tbs, serial, algorithm, issuer, validity, subject, spki;

    if (!read_element(&r, &certificate) || certificate.tag != TAG_SEQUENCE || !read_element(&certificate.content, &tbs) ||
        tbs.tag != TAG_SEQUENCE || !read_element(&tbs.content, &serial))
        return false;
    if (serial.tag == TAG_VERSION && !read_element(&tbs.content, &serial))
        return false;
    if (serial.tag != TAG_INTEGER || !read_element(&tbs.content, &algorithm) || algorithm.tag != TAG_SEQUENCE ||
        !read_element(&tbs.content, &issuer) || issuer.tag != TAG_SEQUENCE || !read_element(&tbs.content, &validity) ||
        validity.tag != TAG_SEQUENCE || !read_element(&tbs.content, &subject) || subject.tag != TAG_SEQUENCE)
        return false;
    out->issuer = issuer.whole;
    out->issuer_len = issuer.whole_len;
    out->subject = subject.whole;
    out->subject_len = subject.whole_len;
    if (!read_element(&tbs.content, &spki) || spki.tag != TAG_SEQUENCE)
        spki = (struct element){ .tag = 0 };
    out->spki = spki.whole;
    out->spki_len = spki.whole_len;
    return true;
}

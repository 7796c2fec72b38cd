/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/registry/certblob.h"

#include "base/array.h"
#include "base/reader.h"
#include "codec/x509/der.h"

#include <stdlib.h>
#include <string.h>

enum { HEADER = 12, ENCODING_X509 = 1 };

static bool is_element(uint32_t id)
{
    return id == SCP_CERTPROP_CERT || id == SCP_CERTPROP_CRL || id == SCP_CERTPROP_CTL;
}

/* One id-encoding-length record; the position in messages is that of its header. */
static int read_record(struct scp_reader *r, struct scp_certprop *out, struct scp_err *err)
{
    size_t at = r->pos;
    uint32_t length;

    if (!scp_reader_le32(r, &out->id) || !scp_reader_le32(r, &out->encoding) || !scp_reader_le32(r, &length))
        return scp_err_set(err, SCP_ERR_TRUNCATED, "offset %zu: a property header is cut", at);
    if (length > scp_reader_left(r))
        return scp_err_set(err, SCP_ERR_TRUNCATED, "offset %zu: property %u of %u bytes where %zu are left", at, (unsigned)out->id,
                           (unsigned)length, scp_reader_left(r));
    out->n = length;
    (void)scp_reader_take(r, length, &out->p);
    return 0;
}

/* Length of the SEQUENCE at p, header included; 0 when it is none.  */
static size_t sequence_length(const uint8_t *p, size_t n)
{
    struct scp_der_header h;

    return scp_der_known(scp_der_header(p, n, &h)) && h.tag == SCP_DER_SEQUENCE ? h.header + (size_t)h.content : 0;
}

static int take_element(const struct scp_certprop *record, size_t at, struct scp_certblob *out, struct scp_err *err)
{
    size_t max = record->id == SCP_CERTPROP_CERT ? (size_t)SCP_CERTBLOB_DER_MAX : (size_t)SCP_CERTBLOB_LIST_MAX;
    size_t length = sequence_length(record->p, record->n);

    if (out->element != 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "offset %zu: a second element", at);
    if (length == 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "offset %zu: the element is not a DER SEQUENCE", at);
    if (length > record->n)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "offset %zu: the element of %zu bytes announces %zu", at, record->n, length);
    if (length > max)
        return scp_err_set(err, SCP_ERR_LIMIT, "offset %zu: an element of more than %zu bytes", at, max);
    if (length < record->n)
        out->oddities |= SCP_CERTBLOB_ODD_TRAILING;
    out->element = record->id;
    out->der = record->p;
    out->der_len = length;
    return 0;
}

static int add_prop(struct scp_certblob *out, const struct scp_certprop *record, size_t at, struct scp_err *err)
{
    struct scp_certprop *v = scp_array_room(out->prop, out->props, sizeof *v, SCP_CERTBLOB_PROPS_MAX, "properties", err);

    if (v == NULL)
        return scp_err_prefix(err, "offset %zu", at);
    out->prop = v;
    if (scp_certblob_prop(out, record->id) != NULL)
        out->oddities |= SCP_CERTBLOB_ODD_DUPLICATE;
    out->prop[out->props++] = *record;
    return 0;
}

static int take_record(struct scp_reader *r, struct scp_certblob *out, struct scp_err *err)
{
    struct scp_certprop record = { 0 };
    size_t at = r->pos;

    if (read_record(r, &record, err) != 0)
        return -1;
    if (record.id == 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "offset %zu: property id 0", at);
    if (record.encoding != ENCODING_X509)
        out->oddities |= SCP_CERTBLOB_ODD_ENCODING;
    return is_element(record.id) ? take_element(&record, at, out, err) : add_prop(out, &record, at, err);
}

int scp_certblob_parse(const uint8_t *p, size_t n, struct scp_certblob *out, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(p, n);

    *out = (struct scp_certblob){ 0 };
    while (scp_reader_left(&r) > 0) {
        if (take_record(&r, out, err) != 0) {
            scp_certblob_free(out);
            return -1;
        }
    }
    if (out->element != 0)
        return 0;
    scp_certblob_free(out);
    return scp_err_set(err, SCP_ERR_FORMAT, "offset %zu: no certificate, CRL or CTL in the blob", n);
}

void scp_certblob_free(struct scp_certblob *b)
{
    free(b->prop);
    b->prop = NULL;
    b->props = 0;
}

const struct scp_certprop *scp_certblob_prop(const struct scp_certblob *b, uint32_t id)
{
    for (size_t i = b->props; i > 0; i--) {
        if (b->prop[i - 1].id == id)
            return &b->prop[i - 1];
    }
    return NULL;
}

int scp_certblob_element(const uint8_t *p, size_t n, uint32_t *element, const uint8_t **der, size_t *der_len, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(p, n);
    struct scp_certblob found = { 0 };
    size_t records = 0;

    while (scp_reader_left(&r) > 0) {
        struct scp_certprop record = { 0 };
        size_t at = r.pos;

        if (read_record(&r, &record, err) != 0)
            return -1;
        if (record.id == 0)
            return scp_err_set(err, SCP_ERR_FORMAT, "offset %zu: property id 0", at);
        if (++records > SCP_CERTBLOB_PROPS_MAX + 1)
            return scp_err_set(err, SCP_ERR_LIMIT, "offset %zu: more than %d properties", at, SCP_CERTBLOB_PROPS_MAX);
        if (is_element(record.id) && take_element(&record, at, &found, err) != 0)
            return -1;
    }
    if (found.element == 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "offset %zu: no certificate, CRL or CTL in the blob", n);
    *element = found.element;
    *der = found.der;
    *der_len = found.der_len;
    return 0;
}

/* The end of a serialized store. */
static bool is_end(const struct scp_reader *r)
{
    static const uint8_t END[HEADER] = { 0 };

    return scp_reader_left(r) >= HEADER && memcmp(r->p + r->pos, END, HEADER) == 0;
}

int scp_certblob_properties(const uint8_t *p, size_t n, struct scp_certprop *v, size_t max, size_t *count, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(p, n);

    *count = 0;
    while (scp_reader_left(&r) > 0 && !is_end(&r)) {
        struct scp_certprop record = { 0 };
        size_t at = r.pos;

        if (read_record(&r, &record, err) != 0)
            return -1;
        if (record.id == 0)
            return scp_err_set(err, SCP_ERR_FORMAT, "offset %zu: property id 0", at);
        if (is_element(record.id))
            break;
        if (*count == max)
            return scp_err_set(err, SCP_ERR_LIMIT, "an entry has more than %zu properties", max);
        v[(*count)++] = record;
    }
    return 0;
}

int scp_certblob_parse_one(const uint8_t *p, size_t n, struct scp_certblob *out, size_t *used, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(p, n);

    *out = (struct scp_certblob){ 0 };
    while (out->element == 0 && scp_reader_left(&r) > 0 && !is_end(&r)) {
        if (take_record(&r, out, err) != 0) {
            scp_certblob_free(out);
            return -1;
        }
    }
    *used = r.pos;
    return 0;
}

int scp_certblob_put(struct scp_buf *out, uint32_t id, const uint8_t *p, size_t n)
{
    const uint32_t head[] = { id, 1, (uint32_t)n };

    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++) {
        for (unsigned shift = 0; shift < 32; shift += 8)
            (void)scp_buf_chr(out, (char)(head[i] >> shift & 0xFF));
    }
    return scp_buf_add(out, p, n);
}

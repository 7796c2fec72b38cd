/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/revocation/crl_internal.h"

#include "base/text.h"
#include "codec/x509/oid.h"

/* The string types of X.520 attributes; only their lengths and UTF-8 are looked at. */
static bool string_valid(const struct scp_der *e)
{
    enum { UTF8 = 0x0C, NUMERIC = 0x12, PRINTABLE = 0x13, TELETEX = 0x14, IA5 = 0x16, UNIVERSAL = 0x1C, BMP = 0x1E };

    switch (e->tag) {
    case UTF8: return scp_text_utf8_valid((const char *)e->p, e->n);
    case NUMERIC:
    case PRINTABLE:
    case TELETEX:
    case IA5: return true;
    case UNIVERSAL: return e->n % 4 == 0;
    case BMP: return e->n % 2 == 0;
    default: return false;
    }
}

static bool attribute_valid(const struct scp_der *e)
{
    struct scp_reader in = scp_der_inside(e);
    struct scp_der oid, value;

    return scp_der_read(&in, SCP_DER_OID, &oid) && scp_oid_valid(oid.p, oid.n) && scp_der_any(&in, &value) &&
           string_valid(&value) && scp_reader_left(&in) == 0;
}

bool scp_crl_rdn_valid(const uint8_t *p, size_t n)
{
    struct scp_reader r = scp_reader_over(p, n);
    struct scp_der attribute;

    if (n == 0)
        return false;
    while (scp_reader_left(&r) > 0) {
        if (!scp_der_read(&r, SCP_DER_SEQUENCE, &attribute) || !attribute_valid(&attribute))
            return false;
    }
    return true;
}

bool scp_crl_name_valid(const uint8_t *p, size_t n)
{
    struct scp_reader r = scp_reader_over(p, n), in;
    struct scp_der name, rdn;

    if (!scp_der_read(&r, SCP_DER_SEQUENCE, &name) || scp_reader_left(&r) != 0)
        return false;
    in = scp_der_inside(&name);
    while (scp_reader_left(&in) > 0) {
        if (!scp_der_read(&in, SCP_DER_SET, &rdn) || !scp_crl_rdn_valid(rdn.p, rdn.n))
            return false;
    }
    return true;
}

bool scp_crl_general_name_valid(const struct scp_der *e)
{
    enum {
        MAIL = SCP_DER_PRIMITIVE(1),
        HOST = SCP_DER_PRIMITIVE(2),
        DIRECTORY = SCP_DER_CONSTRUCTED(4),
        URI = SCP_DER_PRIMITIVE(6),
        ADDRESS = SCP_DER_PRIMITIVE(7)
    };

    switch (e->tag) {
    case MAIL:
    case HOST:
    case URI:
    case ADDRESS: return true;
    case DIRECTORY: return scp_crl_name_valid(e->p, e->n);
    default: return false;
    }
}

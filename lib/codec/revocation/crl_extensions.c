/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/revocation/crl_internal.h"

#include "codec/x509/oid.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Content octets of the object identifiers. */
static const uint8_t ID_CE[] = { 0x55, 0x1D };                                             /* 2.5.29 */
static const uint8_t MICROSOFT_CRL[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x15 }; /* 1.3.6.1.4.1.311.21 */

enum kind {
    KIND_OTHER,
    KIND_NUMBER,
    KIND_REASON,
    KIND_INVALIDITY,
    KIND_DELTA,
    KIND_POINT,
    KIND_ISSUER,
    KIND_AUTHORITY_KEY,
    KIND_NEXT_PUBLISH
};

struct extension {
    struct scp_der whole, oid, value;
    enum kind kind;
    bool critical;
    bool spelled_default; /* critical FALSE is the default, which DER leaves out */
};

static int malformed(struct scp_err *err, const char *what)
{
    return scp_err_set(err, SCP_ERR_FORMAT, "malformed %s", what);
}

static enum kind kind_of(const struct scp_der *oid)
{
    if (oid->n == sizeof ID_CE + 1 && memcmp(oid->p, ID_CE, sizeof ID_CE) == 0) {
        switch (oid->p[sizeof ID_CE]) {
        case 20: return KIND_NUMBER;
        case 21: return KIND_REASON;
        case 24: return KIND_INVALIDITY;
        case 27: return KIND_DELTA;
        case 28: return KIND_POINT;
        case 29: return KIND_ISSUER;
        case 35: return KIND_AUTHORITY_KEY;
        default: return KIND_OTHER;
        }
    }
    if (oid->n == sizeof MICROSOFT_CRL + 1 && memcmp(oid->p, MICROSOFT_CRL, sizeof MICROSOFT_CRL) == 0 &&
        oid->p[sizeof MICROSOFT_CRL] == 4)
        return KIND_NEXT_PUBLISH;
    return KIND_OTHER;
}

/* Extension ::= SEQUENCE { OID, BOOLEAN DEFAULT FALSE, OCTET STRING } */
static bool read_extension(struct scp_reader *r, struct extension *x)
{
    struct scp_der critical;
    struct scp_reader in;

    memset(x, 0, sizeof *x);
    if (!scp_der_read(r, SCP_DER_SEQUENCE, &x->whole))
        return false;
    in = scp_der_inside(&x->whole);
    if (!scp_der_read(&in, SCP_DER_OID, &x->oid) || !scp_oid_valid(x->oid.p, x->oid.n))
        return false;
    if (scp_der_read(&in, SCP_DER_BOOLEAN, &critical)) {
        if (!scp_der_boolean(&critical, &x->critical))
            return false;
        x->spelled_default = !x->critical;
    }
    x->kind = kind_of(&x->oid);
    return scp_der_read(&in, SCP_DER_OCTET_STRING, &x->value) && scp_reader_left(&in) == 0;
}

/* All of them, each at most once (RFC 5280 section 4.2). */
static int read_list(const uint8_t *p, size_t n, uint64_t at, struct extension v[SCP_CRL_EXTENSIONS_MAX], size_t *count,
                     struct scp_err *err)
{
    static const char SECTION[] = "(RFC 5280 section 4.2)";
    struct scp_reader r = scp_reader_over(p, n);

    *count = 0;
    while (scp_reader_left(&r) > 0) {
        uint64_t start = at + r.pos;
        struct extension *x = &v[*count];

        if (*count == SCP_CRL_EXTENSIONS_MAX)
            return scp_err_set(err, SCP_ERR_LIMIT, "offset %" PRIu64 ": more than %d extensions", start, SCP_CRL_EXTENSIONS_MAX);
        if (!read_extension(&r, x))
            return scp_err_set(err, SCP_ERR_FORMAT, "offset %" PRIu64 ": malformed extension %s", start, SECTION);
        for (size_t i = 0; i < *count; i++) {
            if (scp_der_equals(&v[i].oid, x->oid.p, x->oid.n))
                return scp_err_set(err, SCP_ERR_FORMAT, "offset %" PRIu64 ": an extension occurs twice %s", start, SECTION);
        }
        (*count)++;
    }
    return 0;
}

/* The one element that fills an extension's value. */
static bool whole_value(const struct extension *x, uint8_t tag, struct scp_der *e)
{
    struct scp_reader r = scp_der_inside(&x->value);

    return scp_der_read(&r, tag, e) && scp_reader_left(&r) == 0;
}

void scp_crl_extension_name(const uint8_t *p, size_t n, char out[64])
{
    struct scp_reader r = scp_reader_over(p, n);
    struct extension x;

    _Static_assert(SCP_OID_TEXT <= 64, "an object identifier's text fits");
    out[0] = '\0';
    if (read_extension(&r, &x))
        scp_oid_format(x.oid.p, x.oid.n, out);
}

static bool general_names_valid(const struct scp_der *names)
{
    struct scp_reader in = scp_der_inside(names);
    struct scp_der name;

    while (scp_reader_left(&in) > 0) {
        if (!scp_der_any(&in, &name) || !scp_crl_general_name_valid(&name))
            return false;
    }
    return names->n > 0;
}

/* --- Entries --- */

static bool reason_defined(int reason)
{
    return reason >= SCP_CRL_REASON_UNSPECIFIED && reason <= SCP_CRL_REASON_AA_COMPROMISE && reason != 7;
}

static int read_reason(const struct extension *x, struct scp_crl_entry *out, struct scp_err *err)
{
    struct scp_der e;
    unsigned v;

    if (!whole_value(x, SCP_DER_ENUMERATED, &e) || !scp_der_small(&e, &v))
        return malformed(err, "reason code (RFC 5280 section 5.3.1)");
    out->reason = (int)v;
    if (!reason_defined(out->reason))
        out->oddities |= SCP_CRL_ODD_REASON;
    return 0;
}

static int read_invalidity(const struct extension *x, struct scp_err *err)
{
    struct scp_der e;
    int64_t at;

    return whole_value(x, SCP_DER_GENERALIZED_TIME, &e) && scp_der_time(&e, &at)
               ? 0
               : malformed(err, "invalidity date (RFC 5280 section 5.3.2)");
}

static int read_certificate_issuer(const struct extension *x, struct scp_crl_entry *out, struct scp_err *err)
{
    struct scp_der names;

    if (!whole_value(x, SCP_DER_SEQUENCE, &names) || !general_names_valid(&names))
        return malformed(err, "certificate issuer (RFC 5280 section 5.3.3)");
    out->issuer = (struct scp_bytes){ names.p, names.n };
    return 0;
}

static int read_entry_extension(const struct extension *x, struct scp_crl_entry *out, struct scp_err *err)
{
    if (x->spelled_default)
        out->oddities |= SCP_CRL_ODD_DEFAULT;
    /* Only certificateIssuer may be critical; whoever makes another one so asks for more than is defined. */
    if (x->critical && x->kind != KIND_ISSUER && out->critical == NULL)
        out->critical = x->whole.whole;
    switch (x->kind) {
    case KIND_REASON: return read_reason(x, out, err);
    case KIND_INVALIDITY: return read_invalidity(x, err);
    case KIND_ISSUER: return read_certificate_issuer(x, out, err);
    default: return 0;
    }
}

int scp_crl_read_entry_extensions(const uint8_t *p, size_t n, uint64_t at, struct scp_crl_entry *out, struct scp_err *err)
{
    struct extension v[SCP_CRL_EXTENSIONS_MAX];
    size_t count;

    *out = (struct scp_crl_entry){ .reason = SCP_CRL_REASON_NONE, .oddities = n == 0 ? SCP_CRL_ODD_EMPTY_EXTENSIONS : 0 };
    if (read_list(p, n, at, v, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        if (read_entry_extension(&v[i], out, err) != 0)
            return scp_err_prefix(err, "offset %" PRIu64, at + (uint64_t)(v[i].whole.whole - p));
    }
    return 0;
}

/* --- The list's own --- */

static bool take_number(const struct extension *x, struct scp_crl_number *number, struct scp_crl *out)
{
    struct scp_der e;

    if (!whole_value(x, SCP_DER_INTEGER, &e) || !scp_der_integer_valid(&e))
        return false;
    if ((e.p[0] & 0x80) != 0 || e.n > 20)
        out->oddities |= SCP_CRL_ODD_NUMBER;
    number->n = e.n < sizeof number->p ? e.n : sizeof number->p;
    memcpy(number->p, e.p, number->n);
    return true;
}

static int read_number(const struct extension *x, struct scp_crl *out, struct scp_err *err)
{
    return take_number(x, &out->number, out) ? 0 : malformed(err, "CRL number (RFC 5280 section 5.2.3)");
}

static int read_delta(const struct extension *x, struct scp_crl *out, struct scp_err *err)
{
    out->delta = true;
    return take_number(x, &out->base, out) ? 0 : malformed(err, "delta CRL indicator (RFC 5280 section 5.2.4)");
}

/* SEQUENCE { [0] keyIdentifier, [1] authorityCertIssuer, [2] authorityCertSerialNumber }, all optional (section 4.2.1.1). */
static int read_authority_key(const struct extension *x, struct scp_crl *out, struct scp_err *err)
{
    static const char WHAT[] = "authority key identifier (RFC 5280 section 4.2.1.1)";
    struct scp_der sequence, e;
    struct scp_reader in;

    if (!whole_value(x, SCP_DER_SEQUENCE, &sequence))
        return malformed(err, WHAT);
    in = scp_der_inside(&sequence);
    if (scp_der_read(&in, SCP_DER_PRIMITIVE(0), &e) && e.n <= sizeof out->key_id) {
        memcpy(out->key_id, e.p, e.n);
        out->key_id_len = e.n;
    }
    if (scp_der_read(&in, SCP_DER_CONSTRUCTED(1), &e) && !general_names_valid(&e))
        return malformed(err, WHAT);
    if (scp_der_read(&in, SCP_DER_PRIMITIVE(2), &e) && !scp_der_integer_valid(&e))
        return malformed(err, WHAT);
    return scp_reader_left(&in) == 0 ? 0 : malformed(err, WHAT);
}

/* Microsoft's Next CRL Publish is a Time: when the CA will publish its next list, before this one expires. */
static int read_next_publish(const struct extension *x, struct scp_crl *out, struct scp_err *err)
{
    struct scp_reader r = scp_der_inside(&x->value);
    struct scp_der e;

    return scp_der_any(&r, &e) && scp_reader_left(&r) == 0 && scp_der_time(&e, &out->next_publish)
               ? 0
               : malformed(err, "Next CRL Publish (1.3.6.1.4.1.311.21.4)");
}

/* --- Issuing distribution point (section 5.2.5) --- */

static int keep_uri(const struct scp_der *e, struct scp_crl_point *point, struct scp_err *err)
{
    char *uri;

    if (point->uris == SCP_CRL_POINTS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d names of the issuing distribution point", SCP_CRL_POINTS_MAX);
    if (memchr(e->p, '\0', e->n) != NULL)
        return malformed(err, "address of the issuing distribution point (RFC 5280 section 5.2.5)");
    uri = malloc(e->n + 1);
    if (uri == NULL)
        return scp_err_memory(err);
    memcpy(uri, e->p, e->n);
    uri[e->n] = '\0';
    point->uri[point->uris++] = uri;
    return 0;
}

static int read_full_name(const struct scp_der *names, struct scp_crl_point *point, struct scp_err *err)
{
    struct scp_reader in = scp_der_inside(names);
    struct scp_der name;

    if (!general_names_valid(names))
        return malformed(err, "name of the issuing distribution point (RFC 5280 section 5.2.5)");
    while (scp_der_any(&in, &name)) {
        if (name.tag == SCP_DER_PRIMITIVE(6) && keep_uri(&name, point, err) != 0)
            return -1;
    }
    return 0;
}

/* DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] } */
static int read_point_name(const struct scp_der *e, struct scp_crl_point *point, struct scp_err *err)
{
    struct scp_reader in = scp_der_inside(e);
    struct scp_der name;
    bool shaped;

    point->named = true;
    shaped = scp_der_any(&in, &name) && scp_reader_left(&in) == 0;
    if (shaped && name.tag == SCP_DER_CONSTRUCTED(0))
        return read_full_name(&name, point, err);
    if (shaped && name.tag == SCP_DER_CONSTRUCTED(1) && scp_crl_rdn_valid(name.p, name.n))
        return 0;
    return malformed(err, "name of the issuing distribution point (RFC 5280 section 5.2.5)");
}

/* A BOOLEAN DEFAULT FALSE under a context tag. */
static bool read_flag(struct scp_reader *in, unsigned tag, bool *flag, unsigned *oddities)
{
    struct scp_der e;

    if (!scp_der_read(in, SCP_DER_PRIMITIVE(tag), &e))
        return true;
    if (!scp_der_boolean(&e, flag))
        return false;
    if (!*flag)
        *oddities |= SCP_CRL_ODD_DEFAULT;
    return true;
}

static int read_point(const struct extension *x, struct scp_crl *out, struct scp_err *err)
{
    static const char WHAT[] = "issuing distribution point (RFC 5280 section 5.2.5)";
    struct scp_crl_point *point = &out->point;
    struct scp_der sequence, e;
    struct scp_reader in;

    point->present = true;
    if (!whole_value(x, SCP_DER_SEQUENCE, &sequence))
        return malformed(err, WHAT);
    if (sequence.n == 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "an empty %s", WHAT);
    in = scp_der_inside(&sequence);
    if (scp_der_read(&in, SCP_DER_CONSTRUCTED(0), &e) && read_point_name(&e, point, err) != 0)
        return -1;
    if (!read_flag(&in, 1, &point->only_user, &out->oddities) || !read_flag(&in, 2, &point->only_ca, &out->oddities))
        return malformed(err, WHAT);
    if (scp_der_read(&in, SCP_DER_PRIMITIVE(3), &e)) {
        point->only_some_reasons = true;
        if (e.n == 0 || e.p[0] > 7 || (e.n == 1 && e.p[0] != 0))
            return malformed(err, WHAT);
    }
    if (!read_flag(&in, 4, &point->indirect, &out->oddities) || !read_flag(&in, 5, &point->only_attribute, &out->oddities) ||
        scp_reader_left(&in) != 0)
        return malformed(err, WHAT);
    if (point->only_user + point->only_ca + point->only_attribute > 1)
        return scp_err_set(err, SCP_ERR_FORMAT, "a contradictory %s", WHAT);
    return 0;
}

/* RFC 5280 makes the first two critical and all others non-critical; a key identifier that is critical asks for nothing more. */
static bool may_be_critical(enum kind kind)
{
    return kind == KIND_POINT || kind == KIND_DELTA || kind == KIND_AUTHORITY_KEY;
}

static int read_list_extension(const struct extension *x, struct scp_crl *out, struct scp_err *err)
{
    if (x->spelled_default)
        out->oddities |= SCP_CRL_ODD_DEFAULT;
    switch (x->kind) {
    case KIND_NUMBER: return read_number(x, out, err);
    case KIND_DELTA: return read_delta(x, out, err);
    case KIND_POINT: return read_point(x, out, err);
    case KIND_AUTHORITY_KEY: return read_authority_key(x, out, err);
    case KIND_NEXT_PUBLISH: return read_next_publish(x, out, err);
    default: return 0;
    }
}

int scp_crl_read_extensions(const uint8_t *p, size_t n, uint64_t at, struct scp_crl *out, struct scp_err *err)
{
    struct extension v[SCP_CRL_EXTENSIONS_MAX];
    size_t count;

    if (n == 0)
        out->oddities |= SCP_CRL_ODD_EMPTY_EXTENSIONS;
    if (read_list(p, n, at, v, &count, err) != 0)
        return -1;
    for (size_t i = 0; i < count; i++) {
        uint64_t where = at + (uint64_t)(v[i].whole.whole - p);

        if (v[i].critical && !may_be_critical(v[i].kind) && out->critical_at == 0) {
            out->critical_at = where;
            scp_oid_format(v[i].oid.p, v[i].oid.n, out->critical_oid);
        }
        if (read_list_extension(&v[i], out, err) != 0)
            return scp_err_prefix(err, "offset %" PRIu64, where);
    }
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/trustlist/ctl.h"

#include "base/utc.h"
#include "codec/x509/der.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRUSTED_ID_LEN = 20, DISALLOWED_ID_MIN = 16, DISALLOWED_ID_MAX = 64, PROPERTY_ID_MAX = 0xFFFF };

/* Content octets of object identifiers; 1.3.6.1.4.1.311 is 2B 06 01 04 01 82 37. */
static const uint8_t SIGNED_DATA[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02 };
static const uint8_t CTL[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x01 };
static const uint8_t USAGE_TRUSTED[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x03, 0x09 };
static const uint8_t USAGE_DISALLOWED[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x03, 0x1E };
static const uint8_t USAGE_PIN_RULES[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x03, 0x20 };
enum { USAGE_ARC_LEN = sizeof USAGE_TRUSTED - 1 /* …311.10.3 */ };
static const uint8_t PROPERTY[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x0B }; /* …311.10.11,
                                                                                             * then the property's number */
static const uint8_t SHA1[] = { 0x2B, 0x0E, 0x03, 0x02, 0x1A };
static const uint8_t DISALLOWED_HASH[] = { 0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0A, 0x0B, 0x0F };

const char *scp_ctl_kind_name(enum scp_ctl_kind kind)
{
    switch (kind) {
    case SCP_CTL_TRUSTED: return "trusted";
    case SCP_CTL_DISALLOWED: return "disallowed";
    case SCP_CTL_PIN_RULES: return "pinrules";
    case SCP_CTL_OTHER: break;
    }
    return "other";
}

/* A list being read: where it begins, for messages. */
struct input {
    const uint8_t *start;
    struct scp_err *err;
};

static int bad(const struct input *in, const struct scp_reader *at, const char *what)
{
    return scp_err_set(in->err, SCP_ERR_FORMAT, "offset %zu: %s", (size_t)(at->p + at->pos - in->start), what);
}

/* The next element, of this tag; `what` names it when it is not there. */
static int want(const struct input *in, struct scp_reader *r, uint8_t tag, struct scp_der *e, const char *what)
{
    return scp_der_read(r, tag, e) ? 0 : bad(in, r, what);
}

/* Bytes behind what should be the last element. */
static int ended(const struct input *in, const struct scp_reader *r, const char *what)
{
    return scp_reader_left(r) == 0 ? 0 : bad(in, r, what);
}

/* --- Entries --- */

static bool id_fits(enum scp_ctl_kind kind, size_t n)
{
    switch (kind) {
    case SCP_CTL_TRUSTED: return n == TRUSTED_ID_LEN;
    case SCP_CTL_DISALLOWED: return n >= DISALLOWED_ID_MIN && n <= DISALLOWED_ID_MAX;
    case SCP_CTL_PIN_RULES:
    case SCP_CTL_OTHER: break;
    }
    return n > 0 && n <= SCP_CTL_ID_MAX;
}

static bool read_entry(const struct scp_der *whole, enum scp_ctl_kind kind, struct scp_ctl_entry *out)
{
    struct scp_reader r = scp_der_inside(whole);
    struct scp_der id, attributes = { .n = 0 };

    if (!scp_der_read(&r, SCP_DER_OCTET_STRING, &id) || !id_fits(kind, id.n))
        return false;
    if (scp_reader_left(&r) > 0 && !scp_der_read(&r, SCP_DER_SET, &attributes))
        return false;
    *out = (struct scp_ctl_entry){ .id = id.p, .id_len = id.n, .attributes = attributes.p, .attributes_len = attributes.n };
    return scp_reader_left(&r) == 0;
}

static void note(struct scp_ctl *c, const char *what, size_t number)
{
    if (c->oddity[0] == '\0')
        (void)snprintf(c->oddity, sizeof c->oddity, "entry %zu %s", number, what);
}

/* Counts first, so that the table is made once and no larger than needed. */
static int count_entries(const struct input *in, const struct scp_der *list, size_t *n)
{
    struct scp_reader r = scp_der_inside(list);
    struct scp_der e;

    for (*n = 0; scp_reader_left(&r) > 0; (*n)++) {
        if (*n >= SCP_CTL_ENTRIES_MAX)
            return scp_err_set(in->err, SCP_ERR_LIMIT, "more than %d entries", SCP_CTL_ENTRIES_MAX);
        if (!scp_der_any(&r, &e))
            return bad(in, &r, "an entry is not DER");
    }
    return 0;
}

static int read_entries(const struct input *in, const struct scp_der *list, struct scp_ctl *c)
{
    struct scp_reader r = scp_der_inside(list);
    struct scp_der e;
    size_t n = 0;

    if (count_entries(in, list, &n) != 0)
        return -1;
    c->v = calloc(n > 0 ? n : 1, sizeof *c->v);
    if (c->v == NULL)
        return scp_err_memory(in->err);
    for (size_t i = 0; i < n; i++) {
        if (!scp_der_any(&r, &e))
            return bad(in, &r, "an entry is not DER");
        if (e.tag == SCP_DER_SEQUENCE && read_entry(&e, c->kind, &c->v[c->n])) {
            c->n++;
        } else {
            c->damaged++;
            note(c, "is malformed", i + 1);
        }
    }
    return 0;
}

static int compare_ids(const uint8_t *a, size_t an, const uint8_t *b, size_t bn)
{
    int rc = memcmp(a, b, an < bn ? an : bn);

    return rc != 0 ? rc : an < bn ? -1 : an > bn;
}

/* By identifier, then by place, so that of equal ones the first comes first. */
static int compare_entries(const void *a, const void *b)
{
    const struct scp_ctl_entry *x = *(const struct scp_ctl_entry *const *)a, *y = *(const struct scp_ctl_entry *const *)b;
    int rc = compare_ids(x->id, x->id_len, y->id, y->id_len);

    return rc != 0 ? rc : x < y ? -1 : x > y;
}

int scp_ctl_sort(struct scp_ctl *c, struct scp_err *err)
{
    c->order = calloc(c->n > 0 ? c->n : 1, sizeof *c->order);
    if (c->order == NULL)
        return scp_err_memory(err);
    for (size_t i = 0; i < c->n; i++)
        c->order[i] = &c->v[i];
    qsort(c->order, c->n, sizeof *c->order, compare_entries);
    for (size_t i = 1; i < c->n; i++) {
        const struct scp_ctl_entry *a = c->order[i - 1], *b = c->order[i];

        if (compare_ids(a->id, a->id_len, b->id, b->id_len) != 0)
            continue;
        c->repeated++;
        note(c, "repeats an earlier one", (size_t)(b - c->v) + 1);
    }
    return 0;
}

const struct scp_ctl_entry *scp_ctl_find(const struct scp_ctl *c, const uint8_t *id, size_t n)
{
    size_t low = 0, high = c->n;

    /* The first that is not smaller. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_ids(c->order[middle]->id, c->order[middle]->id_len, id, n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == c->n || compare_ids(c->order[low]->id, c->order[low]->id_len, id, n) != 0)
        return NULL;
    return c->order[low];
}

/* --- Properties --- */

/* The property number behind the prefix, base 128; false when it is none or too large. */
static bool property_number(const struct scp_der *type, uint32_t *id)
{
    if (type->n <= sizeof PROPERTY || memcmp(type->p, PROPERTY, sizeof PROPERTY) != 0)
        return false;
    *id = 0;
    for (size_t i = sizeof PROPERTY; i < type->n; i++) {
        *id = *id << 7 | (type->p[i] & 0x7FU);
        if (*id > PROPERTY_ID_MAX || ((type->p[i] & 0x80) == 0) != (i == type->n - 1))
            return false;
    }
    return true;
}

/* One attribute.  *is_property is false for those that hold something else. */
static bool read_attribute(struct scp_reader *r, struct scp_certprop *out, bool *is_property)
{
    struct scp_der attribute, type, values, value;
    struct scp_reader inside, set;

    if (!scp_der_read(r, SCP_DER_SEQUENCE, &attribute))
        return false;
    inside = scp_der_inside(&attribute);
    if (!scp_der_read(&inside, SCP_DER_OID, &type) || !scp_der_read(&inside, SCP_DER_SET, &values) || scp_reader_left(&inside) > 0)
        return false;
    *is_property = property_number(&type, &out->id);
    if (!*is_property)
        return true;
    set = scp_der_inside(&values);
    if (!scp_der_read(&set, SCP_DER_OCTET_STRING, &value) || scp_reader_left(&set) > 0)
        return false;
    out->encoding = 1;
    out->p = value.p;
    out->n = value.n;
    return true;
}

int scp_ctl_properties(const struct scp_ctl_entry *e, struct scp_certprop *v, size_t max, size_t *n, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(e->attributes, e->attributes_len);
    struct scp_certprop property;
    bool is_property;

    *n = 0;
    while (scp_reader_left(&r) > 0) {
        if (!read_attribute(&r, &property, &is_property))
            return scp_err_set(err, SCP_ERR_FORMAT, "attribute at %zu of the entry is malformed", r.pos);
        if (!is_property)
            continue;
        if (*n >= max)
            return scp_err_set(err, SCP_ERR_LIMIT, "an entry has more than %zu properties", max);
        v[(*n)++] = property;
    }
    return 0;
}

/* --- The list --- */

static int read_usage(const struct input *in, struct scp_reader *r, struct scp_ctl *c)
{
    struct scp_der usage, first, other;
    struct scp_reader inside;

    if (want(in, r, SCP_DER_SEQUENCE, &usage, "no subjectUsage (MS-CAESO)") != 0)
        return -1;
    inside = scp_der_inside(&usage);
    if (want(in, &inside, SCP_DER_OID, &first, "subjectUsage is not a list of usages") != 0)
        return -1;
    if (scp_reader_left(&inside) > 0) {
        while (scp_reader_left(&inside) > 0) {
            if (want(in, &inside, SCP_DER_OID, &other, "subjectUsage is not a list of usages") != 0)
                return -1;
        }
        return 0;
    }
    if (scp_der_equals(&first, USAGE_TRUSTED, sizeof USAGE_TRUSTED))
        c->kind = SCP_CTL_TRUSTED;
    else if (scp_der_equals(&first, USAGE_DISALLOWED, sizeof USAGE_DISALLOWED))
        c->kind = SCP_CTL_DISALLOWED;
    else if (scp_der_equals(&first, USAGE_PIN_RULES, sizeof USAGE_PIN_RULES))
        c->kind = SCP_CTL_PIN_RULES;
    else
        c->new_kind = first.n > USAGE_ARC_LEN && memcmp(first.p, USAGE_TRUSTED, USAGE_ARC_LEN) == 0;
    return 0;
}

static int read_sequence(const struct input *in, struct scp_reader *r, struct scp_ctl *c)
{
    struct scp_der number;

    if (!scp_der_next_is(r, SCP_DER_INTEGER))
        return 0;
    if (want(in, r, SCP_DER_INTEGER, &number, "the sequence number is not DER") != 0)
        return -1;
    if (!scp_der_integer_valid(&number) || (number.p[0] & 0x80) != 0 || number.n > SCP_CTL_SEQUENCE_MAX)
        return bad(in, r, "the sequence number is negative, too long or not DER");
    c->sequence = number.p;
    c->sequence_len = number.n;
    if (number.n > 1 && number.p[0] == 0) {
        c->sequence++;
        c->sequence_len--;
    }
    return 0;
}

static int read_time(const struct input *in, struct scp_reader *r, int64_t *out)
{
    struct scp_der time;

    if (!scp_der_any(r, &time) || !scp_der_time(&time, out))
        return bad(in, r, "thisUpdate or nextUpdate is not a time");
    return 0;
}

static bool time_is_next(const struct scp_reader *r)
{
    return scp_der_next_is(r, SCP_DER_UTC_TIME) || scp_der_next_is(r, SCP_DER_GENERALIZED_TIME);
}

/* What identifiers are made of.  A list that names certificates in a way we do not know would seem to name none. */
static int read_algorithm(const struct input *in, struct scp_reader *r, const struct scp_ctl *c)
{
    struct scp_der algorithm, oid;
    struct scp_reader inside;

    if (want(in, r, SCP_DER_SEQUENCE, &algorithm, "no subjectAlgorithm (MS-CAESO)") != 0)
        return -1;
    inside = scp_der_inside(&algorithm);
    if (want(in, &inside, SCP_DER_OID, &oid, "subjectAlgorithm is not an algorithm") != 0)
        return -1;
    if ((c->kind == SCP_CTL_TRUSTED && !scp_der_equals(&oid, SHA1, sizeof SHA1)) ||
        (c->kind == SCP_CTL_DISALLOWED && !scp_der_equals(&oid, DISALLOWED_HASH, sizeof DISALLOWED_HASH)))
        return scp_err_set(in->err, SCP_ERR_UNSUPPORTED,
                           "the list identifies certificates in a way that is not known (subjectAlgorithm)");
    return 0;
}

/* No extension is known that changes what an entry means: a critical one makes the list unreadable (RFC 5280 section 4.2). */
static int read_extensions(const struct input *in, struct scp_reader *r)
{
    struct scp_der wrapper, list, extension, part;
    struct scp_reader outer, inside, fields;
    bool critical;

    if (want(in, r, SCP_DER_CONSTRUCTED(0), &wrapper, "unknown element behind the entries") != 0)
        return -1;
    outer = scp_der_inside(&wrapper);
    if (want(in, &outer, SCP_DER_SEQUENCE, &list, "ctlExtensions is not a SEQUENCE") != 0 ||
        ended(in, &outer, "bytes behind ctlExtensions") != 0)
        return -1;
    inside = scp_der_inside(&list);
    for (size_t n = 0; scp_reader_left(&inside) > 0; n++) {
        if (n >= SCP_CTL_EXTENSIONS_MAX)
            return scp_err_set(in->err, SCP_ERR_LIMIT, "more than %d extensions", SCP_CTL_EXTENSIONS_MAX);
        if (want(in, &inside, SCP_DER_SEQUENCE, &extension, "an extension is malformed") != 0)
            return -1;
        fields = scp_der_inside(&extension);
        critical = false;
        if (!scp_der_read(&fields, SCP_DER_OID, &part) ||
            (scp_der_next_is(&fields, SCP_DER_BOOLEAN) &&
             (!scp_der_read(&fields, SCP_DER_BOOLEAN, &part) || !scp_der_boolean(&part, &critical))) ||
            !scp_der_read(&fields, SCP_DER_OCTET_STRING, &part) || scp_reader_left(&fields) > 0)
            return bad(in, &inside, "an extension is malformed");
        if (critical)
            return bad(in, &inside, "an unknown critical extension");
    }
    return 0;
}

static int read_head(const struct input *in, struct scp_reader *r, struct scp_ctl *c)
{
    struct scp_der e;
    unsigned version = 0;

    if (scp_der_next_is(r, SCP_DER_INTEGER) &&
        (!scp_der_read(r, SCP_DER_INTEGER, &e) || !scp_der_small(&e, &version) || version != 0))
        return bad(in, r, "a version of the list that is not known");
    if (read_usage(in, r, c) != 0)
        return -1;
    if (scp_der_next_is(r, SCP_DER_OCTET_STRING) && want(in, r, SCP_DER_OCTET_STRING, &e, "the list's identifier is not DER") != 0)
        return -1;
    if (read_sequence(in, r, c) != 0 || read_time(in, r, &c->this_update) != 0)
        return -1;
    if (time_is_next(r) && read_time(in, r, &c->next_update) != 0)
        return -1;
    return read_algorithm(in, r, c);
}

static int read_list(const struct input *in, const struct scp_der *list, struct scp_ctl *c)
{
    struct scp_reader r = scp_der_inside(list);
    struct scp_der entries = { .n = 0 };

    c->content = list->p;
    c->content_len = list->n;
    if (read_head(in, &r, c) != 0)
        return -1;
    if (scp_der_next_is(&r, SCP_DER_SEQUENCE) && want(in, &r, SCP_DER_SEQUENCE, &entries, "the entries are not DER") != 0)
        return -1;
    if (read_entries(in, &entries, c) != 0 || scp_ctl_sort(c, in->err) != 0)
        return -1;
    if (scp_reader_left(&r) > 0 && read_extensions(in, &r) != 0)
        return -1;
    return ended(in, &r, "bytes behind the list");
}

/* --- PKCS#7 --- */

/* ContentInfo of a type, its content in [0]. */
static int read_content(const struct input *in, struct scp_reader *r, const uint8_t *type, size_t type_n, struct scp_der *out,
                        const char *what)
{
    struct scp_der info, oid, wrapper;
    struct scp_reader inside, content;

    if (want(in, r, SCP_DER_SEQUENCE, &info, what) != 0)
        return -1;
    inside = scp_der_inside(&info);
    if (!scp_der_read(&inside, SCP_DER_OID, &oid) || !scp_der_equals(&oid, type, type_n))
        return bad(in, &inside, what);
    if (!scp_der_read(&inside, SCP_DER_CONSTRUCTED(0), &wrapper))
        return bad(in, &inside, "the content is not there (detached)");
    content = scp_der_inside(&wrapper);
    if (want(in, &content, SCP_DER_SEQUENCE, out, "the content is not a SEQUENCE") != 0)
        return -1;
    return ended(in, &content, "bytes behind the content") != 0 ? -1 : ended(in, &inside, "bytes behind the content");
}

static int read_signed_data(const struct input *in, const struct scp_der *signed_data, struct scp_ctl *c)
{
    struct scp_reader r = scp_der_inside(signed_data);
    struct scp_der e, list;
    unsigned version;

    if (!scp_der_read(&r, SCP_DER_INTEGER, &e) || !scp_der_small(&e, &version) || version < 1 || version > 5)
        return bad(in, &r, "SignedData of a version that is not known (RFC 2315 section 9.1)");
    if (want(in, &r, SCP_DER_SET, &e, "no digestAlgorithms (RFC 2315 section 9.1)") != 0 ||
        read_content(in, &r, CTL, sizeof CTL, &list, "signed, but not a certificate trust list (1.3.6.1.4.1.311.10.1)") != 0)
        return -1;
    if (scp_der_next_is(&r, SCP_DER_CONSTRUCTED(0))) {
        if (want(in, &r, SCP_DER_CONSTRUCTED(0), &e, "the certificates are not DER") != 0)
            return -1;
        c->certificates = e.p;
        c->certificates_len = e.n;
    }
    if (scp_der_next_is(&r, SCP_DER_CONSTRUCTED(1)) && want(in, &r, SCP_DER_CONSTRUCTED(1), &e, "the CRLs are not DER") != 0)
        return -1;
    if (want(in, &r, SCP_DER_SET, &e, "no signerInfos (RFC 2315 section 9.1)") != 0 ||
        ended(in, &r, "bytes behind the signerInfos") != 0)
        return -1;
    c->signers = e.p;
    c->signers_len = e.n;
    return read_list(in, &list, c);
}

/* The outermost length decides between cut short and malformed. */
static int check_outline(const uint8_t *p, size_t n, struct scp_err *err)
{
    struct scp_reader r = scp_reader_over(p, n);
    enum scp_der_fault fault;
    struct scp_der_header h;
    struct scp_der whole;

    if (n == 0)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "the list is empty");
    if (n > SCP_CTL_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a list of more than %d bytes", SCP_CTL_MAX);
    if (scp_der_read(&r, SCP_DER_SEQUENCE, &whole))
        return scp_reader_left(&r) == 0 ? 0 : scp_err_set(err, SCP_ERR_FORMAT, "offset %zu: bytes behind the signed list", r.pos);
    fault = scp_der_header(p, n, &h);
    if (p[0] == SCP_DER_SEQUENCE && fault == SCP_DER_CUT)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "the list ends after %zu bytes", n);
    if (p[0] == SCP_DER_SEQUENCE && scp_der_known(fault) && h.content > n - h.header)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "the list ends after %zu of %zu bytes", n, h.header + (size_t)h.content);
    return scp_err_set(err, SCP_ERR_FORMAT, "offset 0: not a list in DER (PKCS#7)");
}

int scp_ctl_parse(const uint8_t *p, size_t n, struct scp_ctl *out, struct scp_err *err)
{
    struct input in = { .start = p, .err = err };
    struct scp_reader r = scp_reader_over(p, n);
    struct scp_der signed_data;

    memset(out, 0, sizeof *out);
    out->this_update = out->next_update = SCP_UTC_UNKNOWN;
    if (check_outline(p, n, err) == 0 &&
        read_content(&in, &r, SIGNED_DATA, sizeof SIGNED_DATA, &signed_data, "not PKCS#7 SignedData (RFC 2315)") == 0 &&
        read_signed_data(&in, &signed_data, out) == 0)
        return 0;
    scp_ctl_free(out);
    return -1;
}

void scp_ctl_free(struct scp_ctl *c)
{
    free(c->v);
    free(c->order);
    memset(c, 0, sizeof *c);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/revocation/crl.h"

#include "codec/revocation/crl_internal.h"
#include "codec/x509/crypto.h"
#include "codec/x509/name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Elements are read where they lie in the caller's piece.  Only one that a piece cuts is put together in `carry`, which is filled
 * with as many bytes as are known to be needed, never more: what is in it belongs to one element.
 */
enum {
    SLICE = 32 << 10, /* a large piece is read and digested by slices that stay in the processor's cache */
    CARRY_LEAST = 256,
    HEADER_MAX = 6,         /* tag, length of up to four octets */
    SIGNATURE_MAX = 4 << 10 /* a key of 32768 bits */
};

/* What is expected next (section 5.1). */
enum part {
    PART_PREAMBLE, /* CertificateList, TBSCertList, version, signature algorithm */
    PART_ISSUER,
    PART_THIS_UPDATE,
    PART_NEXT_UPDATE, /* optional */
    PART_LIST,        /* revokedCertificates' tag and length; optional */
    PART_ENTRY,
    PART_EXTENSIONS, /* optional */
    PART_ALGORITHM,
    PART_SIGNATURE,
    PART_END
};

enum step { STEP_DONE, STEP_MORE, STEP_ERROR };

/* The bytes at hand from the current offset on, and how many are needed to go on. */
struct view {
    const uint8_t *p;
    size_t n;
    size_t need;
};

/* A key that may have signed it. */
struct key {
    uint8_t *spki;
    size_t spki_len;
    struct scp_signature *signature; /* NULL when it cannot be good */
};

struct scp_crl_reader {
    struct scp_crl crl;
    struct scp_err err; /* the first error; its code is NONE while all is well */
    struct key key[SCP_CRL_KEYS_MAX];
    size_t keys;
    struct scp_serial asked[SCP_CRL_SERIALS_MAX];
    size_t asked_n;
    enum part part;
    uint64_t at;                     /* offset of the first byte that was not read yet */
    uint64_t list_end, tbs_end, end; /* offsets behind revokedCertificates, TBSCertList, CertificateList */
    uint64_t digested;               /* offset of the first byte of the TBSCertList that was not digested yet */
    unsigned removals;               /* entries with removeFromCRL, counted up to 1 */
    bool foreign;                    /* entries are of another issuer than the list from here on */
    uint8_t algorithm[SCP_CRL_PREAMBLE_MAX];
    size_t algorithm_len;
    uint8_t *signature_value;
    size_t signature_len;
    uint8_t head[SCP_CRL_HEAD];
    size_t head_n;
    uint8_t *carry; /* never more than SCP_CRL_ELEMENT_MAX bytes */
    size_t carry_n, carry_room;
};

/* --- Errors --- */

static enum step fail(struct scp_crl_reader *r, uint64_t at, enum scp_err_code code, const char *what)
{
    (void)scp_err_set(&r->err, code, "offset %" PRIu64 ": %s", at, what);
    return STEP_ERROR;
}

static enum step malformed(struct scp_crl_reader *r, const char *what)
{
    return fail(r, r->at, SCP_ERR_FORMAT, what);
}

static enum step more(struct view *v, size_t need)
{
    v->need = need;
    return STEP_MORE;
}

/* --- Elements in pieces --- */

/* A tag and a length at p + from: definite, in the fewest octets (X.690 section 10.1). */
static enum step read_header(struct scp_crl_reader *r, struct view *v, size_t from, struct scp_der_header *h)
{
    enum scp_der_fault fault = scp_der_header(v->p + from, v->n > from ? v->n - from : 0, h);

    if (fault == SCP_DER_SOUND)
        return STEP_DONE;
    if (fault == SCP_DER_CUT)
        return more(v, from + h->header);
    return fail(r, r->at + from, fault == SCP_DER_LONG ? SCP_ERR_LIMIT : SCP_ERR_FORMAT, scp_der_fault_text(fault));
}

/* The header of an element that must end at or before `end`. */
static enum step bounded_header(struct scp_crl_reader *r, struct view *v, size_t from, uint64_t end, struct scp_der_header *h)
{
    enum step step;

    if (r->at + from + 2 > end)
        return fail(r, r->at + from, SCP_ERR_FORMAT, "an element is missing");
    step = read_header(r, v, from, h);
    if (step == STEP_DONE && (r->at + from + h->header > end || h->content > end - r->at - from - h->header))
        return fail(r, r->at + from, SCP_ERR_FORMAT, "an element is longer than what it lies in");
    return step;
}

/* The whole of the element at the current offset, which has this tag and ends at or before `end`. */
static enum step whole_element(struct scp_crl_reader *r, struct view *v, uint8_t tag, uint64_t end, const char *what,
                               struct scp_der *e)
{
    struct scp_der_header h;
    enum step step;

    if (r->at >= end)
        return malformed(r, what);
    if (v->n == 0)
        return more(v, 1);
    if (v->p[0] != tag)
        return malformed(r, what);
    step = bounded_header(r, v, 0, end, &h);
    if (step != STEP_DONE)
        return step;
    if (h.content > SCP_CRL_ELEMENT_MAX - HEADER_MAX)
        return fail(r, r->at, SCP_ERR_LIMIT, "an element of more than 64 KiB");
    if (v->n < h.header + (size_t)h.content)
        return more(v, h.header + (size_t)h.content);
    *e = (struct scp_der){
        .tag = tag, .p = v->p + h.header, .n = (size_t)h.content, .whole = v->p, .whole_n = h.header + (size_t)h.content
    };
    return STEP_DONE;
}

static void advance(struct scp_crl_reader *r, struct view *v, size_t n)
{
    v->p += n;
    v->n -= n;
    r->at += n;
}

/* --- Signature --- */

/* What is wrong with the signature is a fact, unless it is our own trouble; of several keys the first one's reason is kept. */
static enum step signature_failed(struct scp_crl_reader *r, struct key *key, const struct scp_err *err)
{
    scp_signature_free(key->signature);
    key->signature = NULL;
    if (err->code == SCP_ERR_MEMORY) {
        r->err = *err;
        return STEP_ERROR;
    }
    if (r->crl.signature != SCP_CRL_SIGNATURE_UNCHECKED)
        return STEP_DONE;
    r->crl.signature = err->code == SCP_ERR_SIGNATURE ? SCP_CRL_SIGNATURE_BAD : SCP_CRL_SIGNATURE_UNSUPPORTED;
    (void)snprintf(r->crl.signature_message, sizeof r->crl.signature_message, "%.*s", (int)sizeof r->crl.signature_message - 1,
                   err->message);
    return STEP_DONE;
}

static enum step begin_signature(struct scp_crl_reader *r)
{
    struct scp_err err = SCP_ERR_INIT;
    enum step step = STEP_DONE;

    if (scp_signature_describe(r->algorithm, r->algorithm_len, &r->crl.algorithm, &err) != 0 && err.code == SCP_ERR_FORMAT)
        return malformed(r, err.message);
    if (err.code == SCP_ERR_MEMORY) {
        r->err = err;
        return STEP_ERROR;
    }
    for (size_t i = 0; i < r->keys && step == STEP_DONE; i++) {
        struct key *key = &r->key[i];

        if (scp_signature_begin((struct scp_bytes){ r->algorithm, r->algorithm_len },
                                (struct scp_bytes){ key->spki, key->spki_len }, &key->signature, &err) != 0)
            step = signature_failed(r, key, &err);
    }
    return step;
}

static enum step digest(struct scp_crl_reader *r, const uint8_t *p, size_t n)
{
    struct scp_err err = SCP_ERR_INIT;
    enum step step = STEP_DONE;

    r->digested += n;
    for (size_t i = 0; i < r->keys && step == STEP_DONE; i++) {
        if (r->key[i].signature != NULL && scp_signature_update(r->key[i].signature, p, n, &err) != 0)
            step = signature_failed(r, &r->key[i], &err);
    }
    return step;
}

/* The part of the slice at offset `at` that belongs to the TBSCertList and was not digested with the preamble. */
static enum step digest_slice(struct scp_crl_reader *r, uint64_t at, const uint8_t *p, size_t n)
{
    uint64_t from = r->digested > at ? r->digested : at, to = at + n < r->tbs_end ? at + n : r->tbs_end;

    if (r->part == PART_PREAMBLE || from >= to)
        return STEP_DONE;
    return digest(r, p + (from - at), (size_t)(to - from));
}

static enum step end_signature(struct scp_crl_reader *r)
{
    struct scp_err err = SCP_ERR_INIT;

    for (size_t i = 0; i < r->keys; i++) {
        struct key *key = &r->key[i];

        if (key->signature == NULL)
            continue;
        if (scp_signature_end(key->signature, r->signature_value, r->signature_len, &err) == 0) {
            r->crl.signature = SCP_CRL_SIGNATURE_GOOD;
            r->crl.signature_message[0] = '\0';
            r->crl.key = i;
            return STEP_DONE;
        }
        if (signature_failed(r, key, &err) != STEP_DONE)
            return STEP_ERROR;
    }
    return STEP_DONE;
}

/* --- The parts --- */

/* Version is absent (version 1) or the INTEGER 1 (version 2); *used are the octets that it takes. */
static enum step read_version(struct scp_crl_reader *r, struct view *v, size_t from, size_t *used)
{
    static const uint8_t VERSION_2[] = { SCP_DER_INTEGER, 1, 1 };

    *used = 0;
    r->crl.version = 1;
    if (r->at + from >= r->tbs_end)
        return STEP_DONE;
    if (v->n <= from)
        return more(v, from + 1);
    if (v->p[from] != SCP_DER_INTEGER)
        return STEP_DONE;
    if (v->n < from + sizeof VERSION_2)
        return more(v, from + sizeof VERSION_2);
    if (memcmp(v->p + from, VERSION_2, sizeof VERSION_2) != 0)
        return fail(r, r->at + from, SCP_ERR_FORMAT, "neither version 2 nor, without a version, 1 (RFC 5280 section 5.1.2.1)");
    r->crl.version = 2;
    *used = sizeof VERSION_2;
    return STEP_DONE;
}

/*
 * Everything up to the first algorithm identifier: before it is known, nothing can be digested.  `tbs` is where the TBSCertList
 * begins in the view, `inside` where its content does.
 */
static enum step read_algorithm(struct scp_crl_reader *r, struct view *v, size_t tbs, size_t inside)
{
    struct scp_der_header h;
    size_t from, end, version;
    enum step step = read_version(r, v, inside, &version);

    if (step != STEP_DONE)
        return step;
    from = inside + version;
    step = bounded_header(r, v, from, r->tbs_end, &h);
    if (step != STEP_DONE)
        return step;
    if (h.tag == SCP_DER_CONSTRUCTED(0))
        return fail(r, r->at + from, SCP_ERR_FORMAT, "a certificate, not a certificate revocation list (RFC 5280 section 4.1)");
    if (h.tag != SCP_DER_SEQUENCE || h.content > SCP_CRL_PREAMBLE_MAX - HEADER_MAX)
        return fail(r, r->at + from, SCP_ERR_FORMAT, "no signature algorithm (RFC 5280 section 5.1.2.2)");
    end = from + h.header + (size_t)h.content;
    if (v->n < end)
        return more(v, end);
    r->algorithm_len = end - from;
    memcpy(r->algorithm, v->p + from, end - from);
    r->digested = r->at + tbs;
    if (begin_signature(r) != STEP_DONE || digest(r, v->p + tbs, end - tbs) != STEP_DONE)
        return STEP_ERROR;
    advance(r, v, end);
    r->part = PART_ISSUER;
    return STEP_DONE;
}

static enum step read_preamble(struct scp_crl_reader *r, struct view *v)
{
    static const char NOT_A_LIST[] = "not a certificate revocation list (RFC 5280 section 5.1)";
    struct scp_der_header outer, tbs;
    enum step step;

    if (v->n == 0)
        return more(v, 1);
    if (v->p[0] != SCP_DER_SEQUENCE)
        return malformed(r, NOT_A_LIST);
    step = read_header(r, v, 0, &outer);
    if (step != STEP_DONE)
        return step;
    r->end = outer.header + outer.content;
    if (r->end > SCP_CRL_MAX)
        return fail(r, 0, SCP_ERR_LIMIT, "a list of more than 512 MiB");
    step = bounded_header(r, v, outer.header, r->end, &tbs);
    if (step != STEP_DONE)
        return step;
    if (tbs.tag != SCP_DER_SEQUENCE)
        return fail(r, outer.header, SCP_ERR_FORMAT, NOT_A_LIST);
    r->tbs_end = outer.header + tbs.header + tbs.content;
    return read_algorithm(r, v, outer.header, outer.header + tbs.header);
}

static enum step read_issuer(struct scp_crl_reader *r, struct view *v)
{
    struct scp_der e;
    enum step step = whole_element(r, v, SCP_DER_SEQUENCE, r->tbs_end, "no issuer (RFC 5280 section 5.1.2.3)", &e);

    if (step != STEP_DONE)
        return step;
    if (!scp_crl_name_valid(e.whole, e.whole_n))
        return malformed(r, "malformed issuer (RFC 5280 section 5.1.2.3)");
    r->crl.issuer_der = malloc(e.whole_n);
    if (r->crl.issuer_der == NULL) {
        (void)scp_err_memory(&r->err);
        return STEP_ERROR;
    }
    memcpy(r->crl.issuer_der, e.whole, e.whole_n);
    r->crl.issuer_der_len = e.whole_n;
    advance(r, v, e.whole_n);
    r->part = PART_THIS_UPDATE;
    return STEP_DONE;
}

static bool is_time(uint8_t tag)
{
    return tag == SCP_DER_UTC_TIME || tag == SCP_DER_GENERALIZED_TIME;
}

/* Years before 2050 are to be written with two digits. */
static void note_time_form(struct scp_crl_reader *r, const struct scp_der *e)
{
    enum { YEAR_DIGITS = 4 };

    if (e->tag == SCP_DER_GENERALIZED_TIME && memcmp(e->p, "2050", YEAR_DIGITS) < 0)
        r->crl.oddities |= SCP_CRL_ODD_TIME_FORM;
}

static enum step read_time(struct scp_crl_reader *r, struct view *v, const char *what, int64_t *out)
{
    struct scp_der e;
    enum step step;

    if (r->at < r->tbs_end && v->n == 0)
        return more(v, 1);
    if (r->at >= r->tbs_end || !is_time(v->p[0]))
        return malformed(r, what);
    step = whole_element(r, v, v->p[0], r->tbs_end, what, &e);
    if (step != STEP_DONE)
        return step;
    if (!scp_der_time(&e, out))
        return malformed(r, what);
    note_time_form(r, &e);
    advance(r, v, e.whole_n);
    return STEP_DONE;
}

static enum step read_this_update(struct scp_crl_reader *r, struct view *v)
{
    enum step step = read_time(r, v, "no time of thisUpdate (RFC 5280 section 5.1.2.4)", &r->crl.this_update);

    if (step == STEP_DONE)
        r->part = PART_NEXT_UPDATE;
    return step;
}

static enum step read_next_update(struct scp_crl_reader *r, struct view *v)
{
    enum step step = STEP_DONE;

    if (r->at < r->tbs_end && v->n == 0)
        return more(v, 1);
    if (r->at < r->tbs_end && is_time(v->p[0]))
        step = read_time(r, v, "no time of nextUpdate (RFC 5280 section 5.1.2.5)", &r->crl.next_update);
    if (step == STEP_DONE)
        r->part = PART_LIST;
    return step;
}

static enum step read_list(struct scp_crl_reader *r, struct view *v)
{
    struct scp_der_header h;
    enum step step;

    if (r->at < r->tbs_end && v->n == 0)
        return more(v, 1);
    if (r->at == r->tbs_end || v->p[0] != SCP_DER_SEQUENCE) {
        r->part = PART_EXTENSIONS;
        return STEP_DONE;
    }
    step = bounded_header(r, v, 0, r->tbs_end, &h);
    if (step != STEP_DONE)
        return step;
    r->list_end = r->at + h.header + h.content;
    if (h.content == 0)
        r->crl.oddities |= SCP_CRL_ODD_EMPTY_LIST;
    advance(r, v, h.header);
    r->part = PART_ENTRY;
    return STEP_DONE;
}

/* --- Entries --- */

/* What an entry takes from a certificate: nothing, its use for now, or for good. */
static int gravity_of(int reason)
{
    return reason == SCP_CRL_REASON_REMOVE ? 0 : reason == SCP_CRL_REASON_HOLD ? 1 : 2;
}

/* Of several entries of a serial the gravest counts, and of those the first. */
static void note_hit(struct scp_crl_reader *r, size_t serial, int64_t revoked_at, int reason)
{
    const struct scp_crl_hit *old = scp_crl_find(&r->crl, serial);
    size_t i = old != NULL ? (size_t)(old - r->crl.hit) : r->crl.hits++;

    if (old != NULL)
        r->crl.oddities |= SCP_CRL_ODD_TWICE;
    if (old == NULL || gravity_of(reason) > gravity_of(old->reason))
        r->crl.hit[i] = (struct scp_crl_hit){ serial, revoked_at, reason };
}

static void look_up(struct scp_crl_reader *r, const struct scp_crl_plain *entry)
{
    for (size_t i = 0; i < r->asked_n && !r->foreign; i++) {
        struct scp_reader in = scp_reader_over(entry->date, entry->date_n);
        struct scp_der when;
        int64_t revoked_at = SCP_UTC_UNKNOWN;

        if (entry->serial_n != r->asked[i].n || memcmp(entry->serial, r->asked[i].p, entry->serial_n) != 0)
            continue;
        if (scp_der_any(&in, &when))
            (void)scp_der_time(&when, &revoked_at);
        note_hit(r, i, revoked_at, entry->reason);
    }
}

/* Is the list's own issuer among the names? */
static bool names_own_issuer(const struct scp_crl_reader *r, const struct scp_bytes *names)
{
    struct scp_reader in = scp_reader_over(names->p, names->n);
    struct scp_der name;
    bool own = false;

    while (!own && scp_der_any(&in, &name))
        own = name.tag == SCP_DER_CONSTRUCTED(4) && scp_name_equal(name.p, name.n, r->crl.issuer_der, r->crl.issuer_der_len, NULL);
    return own;
}

/* An entry is of the issuer that one of those up to it named last, and of the list's before any does. */
static enum step note_issuer(struct scp_crl_reader *r, const struct scp_bytes *names)
{
    if (names->p == NULL)
        return STEP_DONE;
    r->crl.entry_issuer = true;
    if (scp_crypto_begin(&r->err) != 0)
        return STEP_ERROR;
    r->foreign = !names_own_issuer(r, names);
    return scp_crypto_end(&r->err) == 0 ? STEP_DONE : STEP_ERROR;
}

static enum step read_entry_extensions(struct scp_crl_reader *r, uint64_t at, const struct scp_der *list, int *reason)
{
    struct scp_crl_entry entry;

    if (scp_crl_read_entry_extensions(list->p, list->n, at, &entry, &r->err) != 0)
        return STEP_ERROR;
    *reason = entry.reason;
    r->removals |= entry.reason == SCP_CRL_REASON_REMOVE;
    r->crl.oddities |= entry.oddities;
    if (entry.critical != NULL && r->crl.critical_at == 0) {
        r->crl.critical_at = at + (uint64_t)(entry.critical - list->p);
        scp_crl_extension_name(entry.critical, list->n - (size_t)(entry.critical - list->p), r->crl.critical_oid);
    }
    return note_issuer(r, &entry.issuer);
}

/* SEQUENCE { userCertificate INTEGER, revocationDate Time, crlEntryExtensions OPTIONAL }, its content at p, offset `at`. */
static enum step read_any_entry(struct scp_crl_reader *r, uint64_t at, const uint8_t *p, size_t n, struct scp_crl_plain *out)
{
    struct scp_reader in = scp_reader_over(p, n);
    struct scp_der serial, when, list;
    int64_t revoked_at;

    if (!scp_der_read(&in, SCP_DER_INTEGER, &serial) || !scp_der_integer_valid(&serial))
        return fail(r, at, SCP_ERR_FORMAT, "an entry without a serial number (RFC 5280 section 5.1.2.6)");
    if (!scp_der_any(&in, &when) || !scp_der_time(&when, &revoked_at))
        return fail(r, at, SCP_ERR_FORMAT, "an entry without a revocation date (RFC 5280 section 5.1.2.6)");
    note_time_form(r, &when);
    *out = (struct scp_crl_plain){ serial.p, serial.n, when.whole, when.whole_n, SCP_CRL_REASON_NONE };
    if (in.pos == n)
        return STEP_DONE;
    if (!scp_der_read(&in, SCP_DER_SEQUENCE, &list) || in.pos < n)
        return fail(r, at, SCP_ERR_FORMAT, "an entry with something else behind its date (RFC 5280 section 5.1.2.6)");
    if (r->crl.version == 1)
        return fail(r, at, SCP_ERR_FORMAT, "entry extensions in a list of version 1 (RFC 5280 section 5.1.2.1)");
    return read_entry_extensions(r, at + (uint64_t)(list.p - p), &list, &out->reason);
}

static enum step read_entry(struct scp_crl_reader *r, uint64_t at, const uint8_t *p, size_t n)
{
    struct scp_crl_plain entry;
    bool plain = scp_crl_plain_entry(p, n, &entry) && (entry.reason == SCP_CRL_REASON_NONE || r->crl.version > 1);

    if (!plain && read_any_entry(r, at, p, n, &entry) != STEP_DONE)
        return STEP_ERROR;
    look_up(r, &entry);
    r->crl.entries++;
    return STEP_DONE;
}

/* An entry as nearly all are: of less than 128 octets, whole in the view and in the list. */
static inline bool short_entry(const struct view *v, uint64_t left, struct scp_der *e)
{
    if (v->n < 2 || v->p[0] != SCP_DER_SEQUENCE || v->p[1] >= 0x80 || v->n - 2 < v->p[1] || left < 2 + (uint64_t)v->p[1])
        return false;
    *e = (struct scp_der){ .p = v->p + 2, .n = v->p[1], .whole_n = 2 + (size_t)v->p[1] };
    return true;
}

/* All entries that are whole in the view. */
static enum step read_entries(struct scp_crl_reader *r, struct view *v)
{
    struct scp_der e;

    while (r->at < r->list_end) {
        if (!short_entry(v, r->list_end - r->at, &e)) {
            enum step step = whole_element(r, v, SCP_DER_SEQUENCE, r->list_end, "not an entry (RFC 5280 section 5.1.2.6)", &e);

            if (step != STEP_DONE)
                return step;
        }
        if (read_entry(r, r->at + (e.whole_n - e.n), e.p, e.n) != STEP_DONE)
            return STEP_ERROR;
        advance(r, v, e.whole_n);
    }
    r->part = PART_EXTENSIONS;
    return STEP_DONE;
}

/* --- Behind the entries --- */

static enum step read_extensions(struct scp_crl_reader *r, struct view *v)
{
    static const char WHAT[] = "neither entries nor extensions nor the end of the list (RFC 5280 section 5.1.2)";
    struct scp_reader in;
    struct scp_der e, list;
    enum step step;

    if (r->at < r->tbs_end) {
        step = whole_element(r, v, SCP_DER_CONSTRUCTED(0), r->tbs_end, WHAT, &e);
        if (step != STEP_DONE)
            return step;
        in = scp_der_inside(&e);
        if (!scp_der_read(&in, SCP_DER_SEQUENCE, &list) || scp_reader_left(&in) != 0 || r->at + e.whole_n != r->tbs_end)
            return malformed(r, "malformed extensions (RFC 5280 section 5.1.2.7)");
        if (r->crl.version == 1)
            return malformed(r, "extensions in a list of version 1 (RFC 5280 section 5.1.2.1)");
        if (scp_crl_read_extensions(list.p, list.n, r->at + (uint64_t)(list.p - e.whole), &r->crl, &r->err) != 0)
            return STEP_ERROR;
        advance(r, v, e.whole_n);
    }
    r->part = PART_ALGORITHM;
    return STEP_DONE;
}

static enum step read_outer_algorithm(struct scp_crl_reader *r, struct view *v)
{
    struct scp_der e;
    enum step step = whole_element(r, v, SCP_DER_SEQUENCE, r->end, "no outer signature algorithm (RFC 5280 section 5.1.1.2)", &e);

    if (step != STEP_DONE)
        return step;
    if (e.whole_n != r->algorithm_len || memcmp(e.whole, r->algorithm, e.whole_n) != 0)
        return malformed(r, "inner and outer signature algorithm differ (RFC 5280 section 5.1.1.2)");
    advance(r, v, e.whole_n);
    r->part = PART_SIGNATURE;
    return STEP_DONE;
}

static enum step read_signature(struct scp_crl_reader *r, struct view *v)
{
    static const char WHAT[] = "no signature (RFC 5280 section 5.1.1.3)";
    struct scp_der e;
    const uint8_t *p;
    size_t n;
    enum step step = whole_element(r, v, SCP_DER_BIT_STRING, r->end, WHAT, &e);

    if (step != STEP_DONE)
        return step;
    if (!scp_der_octets(&e, &p, &n))
        return malformed(r, WHAT);
    if (n > SIGNATURE_MAX)
        return fail(r, r->at, SCP_ERR_LIMIT, "a signature of more than 4 KiB");
    r->signature_value = malloc(n > 0 ? n : 1);
    if (r->signature_value == NULL) {
        (void)scp_err_memory(&r->err);
        return STEP_ERROR;
    }
    memcpy(r->signature_value, p, n);
    r->signature_len = n;
    if (r->at + e.whole_n != r->end)
        return fail(r, r->at + e.whole_n, SCP_ERR_FORMAT, "bytes behind the signature, inside the list");
    advance(r, v, e.whole_n);
    r->part = PART_END;
    return STEP_DONE;
}

static enum step read_end(struct scp_crl_reader *r, struct view *v)
{
    if (v->n > 0)
        return malformed(r, "bytes behind the list");
    return more(v, 1);
}

static enum step read_part(struct scp_crl_reader *r, struct view *v)
{
    switch (r->part) {
    case PART_PREAMBLE: return read_preamble(r, v);
    case PART_ISSUER: return read_issuer(r, v);
    case PART_THIS_UPDATE: return read_this_update(r, v);
    case PART_NEXT_UPDATE: return read_next_update(r, v);
    case PART_LIST: return read_list(r, v);
    case PART_ENTRY: return read_entries(r, v);
    case PART_EXTENSIONS: return read_extensions(r, v);
    case PART_ALGORITHM: return read_outer_algorithm(r, v);
    case PART_SIGNATURE: return read_signature(r, v);
    case PART_END: break;
    }
    return read_end(r, v);
}

/* --- Pieces --- */

/* Reads parts until more bytes are needed. */
static enum step read_parts(struct scp_crl_reader *r, struct view *v)
{
    enum step step;

    do {
        step = read_part(r, v);
    } while (step == STEP_DONE);
    return step;
}

/* Nearly all cut elements are entries of some 40 octets. */
static bool make_room(struct scp_crl_reader *r, size_t n)
{
    size_t room = n > 2 * r->carry_room ? n : 2 * r->carry_room;
    uint8_t *more;

    if (room < CARRY_LEAST)
        room = CARRY_LEAST;
    more = realloc(r->carry, room);
    if (more == NULL)
        return false;
    r->carry = more;
    r->carry_room = room;
    return true;
}

/* Puts what a piece left over, or the next piece brings, behind what is carried. */
static bool carry(struct scp_crl_reader *r, const uint8_t *p, size_t n)
{
    if (n > r->carry_room - r->carry_n && !make_room(r, r->carry_n + n)) {
        (void)scp_err_memory(&r->err);
        return false;
    }
    memcpy(r->carry + r->carry_n, p, n);
    r->carry_n += n;
    return true;
}

/* The element that the last piece cut; *used are the bytes of this piece that it took. */
static enum step read_carried(struct scp_crl_reader *r, const uint8_t *p, size_t n, size_t *used)
{
    *used = 0;
    while (r->carry_n > 0) {
        struct view v = { r->carry, r->carry_n, 0 };
        size_t missing;

        if (read_parts(r, &v) == STEP_ERROR)
            return STEP_ERROR;
        if (v.n == 0) {
            r->carry_n = 0;
            return STEP_DONE;
        }
        memmove(r->carry, v.p, v.n);
        r->carry_n = v.n;
        missing = v.need - v.n;
        if (missing > n - *used)
            missing = n - *used;
        if (missing == 0)
            return STEP_DONE;
        if (!carry(r, p + *used, missing))
            return STEP_ERROR;
        *used += missing;
    }
    return STEP_DONE;
}

static enum step read_slice(struct scp_crl_reader *r, const uint8_t *p, size_t n)
{
    struct view v;
    size_t used;

    if (read_carried(r, p, n, &used) != STEP_DONE)
        return STEP_ERROR;
    if (r->carry_n > 0)
        return STEP_DONE;
    v = (struct view){ p + used, n - used, 0 };
    if (read_parts(r, &v) == STEP_ERROR)
        return STEP_ERROR;
    return v.n == 0 || carry(r, v.p, v.n) ? STEP_DONE : STEP_ERROR;
}

static int report(const struct scp_crl_reader *r, struct scp_err *err)
{
    if (err != NULL)
        *err = r->err;
    return -1;
}

static void keep_head(struct scp_crl_reader *r, const uint8_t *p, size_t n)
{
    size_t room = sizeof r->head - r->head_n;

    n = n < room ? n : room;
    memcpy(r->head + r->head_n, p, n);
    r->head_n += n;
}

int scp_crl_reader_feed(struct scp_crl_reader *r, const uint8_t *p, size_t n, struct scp_err *err)
{
    uint64_t at = r->crl.size;

    if (n == 0)
        return r->err.code == SCP_ERR_NONE ? 0 : report(r, err);
    keep_head(r, p, n);
    r->crl.size += n;
    while (r->err.code == SCP_ERR_NONE && n > 0) {
        size_t slice = n < SLICE ? n : SLICE;

        if (read_slice(r, p, slice) != STEP_DONE || digest_slice(r, at, p, slice) != STEP_DONE)
            break;
        at += slice;
        p += slice;
        n -= slice;
    }
    return r->err.code == SCP_ERR_NONE ? 0 : report(r, err);
}

static enum step finish(struct scp_crl_reader *r)
{
    if (r->part != PART_END) {
        if (r->end > 0)
            (void)scp_err_set(&r->err, SCP_ERR_TRUNCATED,
                              "offset %" PRIu64 ": the list ends early (%" PRIu64 " of %" PRIu64 " bytes)", r->crl.size,
                              r->crl.size, r->end);
        else
            (void)scp_err_set(&r->err, SCP_ERR_TRUNCATED, "offset %" PRIu64 ": the list ends early", r->crl.size);
        return STEP_ERROR;
    }
    if (r->crl.number.n == 0)
        r->crl.oddities |= SCP_CRL_ODD_NO_NUMBER;
    if (r->removals != 0 && !r->crl.delta)
        r->crl.oddities |= SCP_CRL_ODD_REMOVE;
    return end_signature(r);
}

int scp_crl_reader_finish(struct scp_crl_reader *r, struct scp_crl *out, struct scp_err *err)
{
    *out = (struct scp_crl){ .this_update = SCP_UTC_UNKNOWN, .next_update = SCP_UTC_UNKNOWN, .next_publish = SCP_UTC_UNKNOWN };
    if (r->err.code != SCP_ERR_NONE || finish(r) != STEP_DONE)
        return report(r, err);
    /* What is owned moves over; a second call would find nothing. */
    *out = r->crl;
    memset(&r->crl.point, 0, sizeof r->crl.point);
    r->crl.issuer_der = NULL;
    (void)scp_err_set(&r->err, SCP_ERR_USAGE, "the list was finished before");
    return 0;
}

/* --- Lifetime --- */

struct scp_crl_reader *scp_crl_reader_new(const uint8_t *spki, size_t spki_len, const struct scp_serial *asked, size_t asked_n,
                                          struct scp_err *err)
{
    struct scp_crl_reader *r;

    if (asked_n > SCP_CRL_SERIALS_MAX) {
        (void)scp_err_set(err, SCP_ERR_LIMIT, "more than %d serial numbers asked for", SCP_CRL_SERIALS_MAX);
        return NULL;
    }
    r = calloc(1, sizeof *r);
    if (r == NULL) {
        (void)scp_err_memory(err);
        return NULL;
    }
    if (spki != NULL && scp_crl_reader_also(r, spki, spki_len, err) != 0) {
        free(r);
        return NULL;
    }
    if (asked_n > 0)
        memcpy(r->asked, asked, asked_n * sizeof *asked);
    r->asked_n = asked_n;
    r->crl.this_update = r->crl.next_update = r->crl.next_publish = SCP_UTC_UNKNOWN;
    return r;
}

int scp_crl_reader_also(struct scp_crl_reader *r, const uint8_t *spki, size_t spki_len, struct scp_err *err)
{
    struct key *key = &r->key[r->keys];

    if (r->keys == SCP_CRL_KEYS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d keys of issuers", SCP_CRL_KEYS_MAX);
    key->spki = malloc(spki_len > 0 ? spki_len : 1);
    if (key->spki == NULL)
        return scp_err_memory(err);
    memcpy(key->spki, spki, spki_len);
    key->spki_len = spki_len;
    r->keys++;
    return 0;
}

void scp_crl_reader_free(struct scp_crl_reader *r)
{
    if (r == NULL)
        return;
    scp_crl_free(&r->crl);
    for (size_t i = 0; i < r->keys; i++) {
        scp_signature_free(r->key[i].signature);
        free(r->key[i].spki);
    }
    free(r->signature_value);
    free(r->carry);
    free(r);
}

const uint8_t *scp_crl_reader_head(const struct scp_crl_reader *r, size_t *n)
{
    *n = r->head_n;
    return r->head;
}

uint64_t scp_crl_reader_size(const struct scp_crl_reader *r)
{
    return r->crl.size;
}

int scp_crl_parse(struct scp_bytes list, struct scp_bytes spki, const struct scp_serial *asked, size_t asked_n, struct scp_crl *out,
                  struct scp_err *err)
{
    struct scp_crl_reader *r = scp_crl_reader_new(spki.p, spki.n, asked, asked_n, err);
    int rc;

    if (r == NULL) {
        memset(out, 0, sizeof *out);
        return -1;
    }
    (void)scp_crl_reader_feed(r, list.p, list.n, NULL);
    rc = scp_crl_reader_finish(r, out, err);
    scp_crl_reader_free(r);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whatever we believe, OpenSSL believes too, and reads the same in it: random responses, whole, broken on purpose, and with octets
 * changed before or after they were signed, are given to both.  An argument is the number of responses.
 */
#include "judge/ocsp.h"

#include "unit/codec/revocation/ocsp_forge.h"
#include "base/num.h"
#include "tap.h"

#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <string.h>
#include <time.h>

static struct forge_world world;
static struct scp_ocsp_question asked;
static struct forge_bytes made, certificate, stranger_certificate;
static X509 *issuer;
static X509_STORE *store;
static STACK_OF(X509) * known;
static uint64_t seed = 20261123;

static unsigned below(unsigned n)
{
    return (unsigned)(tap_random(&seed) % n);
}

static bool one_in(unsigned n)
{
    return below(n) == 0;
}

/* --- What OpenSSL says --- */

struct opinion {
    bool decoded, verified, found;
    int status, reason;
    int64_t revoked_at, this_update, next_update, produced_at;
};

static int64_t seconds(const ASN1_GENERALIZEDTIME *t)
{
    struct tm tm;
    int64_t out;

    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1 ||
        !scp_utc_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec, &out))
        return SCP_UTC_UNKNOWN;
    return out;
}

static OCSP_CERTID *id_of(const char *hash)
{
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    BIGNUM *number = BN_bin2bn((const unsigned char *)world.serial, (int)world.serial_n, NULL);
    OCSP_CERTID *id;

    if (serial == NULL || number == NULL || BN_to_ASN1_INTEGER(number, serial) == NULL)
        tap_bail("a serial number for OpenSSL");
    id = OCSP_cert_id_new(EVP_get_digestbyname(hash), X509_get_subject_name(issuer), X509_get0_pubkey_bitstr(issuer), serial);
    ASN1_INTEGER_free(serial);
    BN_free(number);
    return id;
}

static void find(OCSP_BASICRESP *basic, const char *hash, struct opinion *out)
{
    OCSP_CERTID *id = id_of(hash);
    ASN1_GENERALIZEDTIME *revoked = NULL, *from = NULL, *to = NULL;

    out->found = OCSP_resp_find_status(basic, id, &out->status, &out->reason, &revoked, &from, &to) == 1;
    out->revoked_at = out->found ? seconds(revoked) : SCP_UTC_UNKNOWN;
    out->this_update = out->found ? seconds(from) : SCP_UTC_UNKNOWN;
    out->next_update = out->found ? seconds(to) : SCP_UTC_UNKNOWN;
    OCSP_CERTID_free(id);
}

/* Some single response is of another issuer. */
static bool holds_foreign(OCSP_BASICRESP *basic)
{
    static const char *const HASHES[] = { "SHA1", "SHA256", "SHA384", "SHA512", "MD5" };
    int own = 0;

    for (size_t i = 0; i < sizeof HASHES / sizeof *HASHES; i++) {
        OCSP_CERTID *id = id_of(HASHES[i]);

        for (int k = 0; k < OCSP_resp_count(basic); k++)
            own += OCSP_id_issuer_cmp(id, OCSP_SINGLERESP_get0_id(OCSP_resp_get0(basic, k))) == 0;
        OCSP_CERTID_free(id);
    }
    return own < OCSP_resp_count(basic);
}

/*
 * Single responses about other certificates are ignored by rule, whoever issued those.  OpenSSL asks for the right to speak for all
 * their issuers, so that this check of its own is left out for them.
 */
static struct opinion opinion(const struct forge_bytes *b, const char *hash)
{
    struct opinion out = { .decoded = false };
    const unsigned char *p = b->p;
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &p, (long)b->n);
    OCSP_BASICRESP *basic = response != NULL && OCSP_response_status(response) == 0 ? OCSP_response_get1_basic(response) : NULL;

    if (basic != NULL) {
        out.decoded = true;
        out.verified = OCSP_basic_verify(basic, known, store, holds_foreign(basic) ? OCSP_NOCHECKS : 0) == 1;
        out.produced_at = seconds(OCSP_resp_get0_produced_at(basic));
        find(basic, hash, &out);
    }
    OCSP_BASICRESP_free(basic);
    OCSP_RESPONSE_free(response);
    return out;
}

/* --- Random responses --- */

static void change_octets(struct forge_bytes *b, void *context)
{
    (void)context;
    for (unsigned n = 1 + below(2); n > 0; n--) {
        size_t at = below((unsigned)b->n);

        switch (below(4)) {
        case 0: b->p[at] = (uint8_t)(b->p[at] ^ 1u << below(8)); break;
        case 1: b->p[at] = (uint8_t)tap_random(&seed); break;
        case 2: b->p[at]++; break;
        default: b->p[at]--; break;
        }
    }
}

/* Takes octets out or puts some in, and mends the lengths of what encloses them where they are of the simple form. */
static void change_length(struct forge_bytes *b, void *context)
{
    size_t at = 4 + below((unsigned)b->n - 4);

    (void)context;
    if (one_in(2) || b->n + 2 > FORGE_MAX) {
        memmove(b->p + at, b->p + at + 1, b->n - at - 1);
        b->n--;
    } else {
        memmove(b->p + at + 2, b->p + at, b->n - at);
        b->p[at] = one_in(2) ? 0x05 : (uint8_t)tap_random(&seed);
        b->p[at + 1] = 0;
        b->n += 2;
    }
    if (b->p[1] == 0x81)
        b->p[2] = (uint8_t)(b->n - 3);
    else if (b->p[1] < 0x80)
        b->p[1] = (uint8_t)(b->n - 2);
}

static struct forge_extension some_extension(void)
{
    switch (below(5)) {
    case 0: return FORGE_EXTENSION(FORGE_UNKNOWN, "\x05\x00", (int)below(3) - 1);
    case 1: return FORGE_EXTENSION(FORGE_NONCE, "\x04\x01\x00", (int)below(3) - 1);
    case 2:
        return FORGE_EXTENSION(FORGE_ARCHIVE_CUTOFF,
                               "\x18\x0F"
                               "20200101000000Z",
                               (int)below(3) - 1);
    case 3: return FORGE_EXTENSION(FORGE_CRL_REFERENCE, "\x30\x00", (int)below(3) - 1);
    default: return (struct forge_extension){ .oid = NULL };
    }
}

static struct forge_single some_single(void)
{
    static const char *const HASHES[] = { "SHA1", "SHA1", "SHA1", "SHA256", "SHA384", "SHA512", "MD5" };
    struct forge_single s = forge_good(&world).single[0];

    s.hash = HASHES[below(7)];
    s.no_parameters = one_in(3);
    s.name_hash_wrong = one_in(10);
    s.key_hash_wrong = one_in(10);
    if (one_in(6))
        s.serial_n--;
    s.status = one_in(2) ? 0 : (int)below(4);
    s.reason = (int)below(13) - 1;
    s.this_update += (int64_t)below(5) * FORGE_HOUR - 2 * FORGE_HOUR;
    s.next_update = one_in(5) ? FORGE_NEVER : s.this_update + (int64_t)below(12) * FORGE_HOUR;
    if (one_in(3))
        s.extension = some_extension();
    return s;
}

static void some_delegate(void)
{
    static const struct forge_party *const PARTIES[] = { &world.delegate, &world.delegate, &world.delegate, &world.stranger,
                                                         &world.issuer };
    struct forge_certificate c = forge_delegate(&world);

    c.subject = one_in(8) ? PARTIES[below(5)] : &world.delegate;
    c.issuer = one_in(10) ? &world.stranger : &world.issuer;
    if (one_in(10))
        c.signer = PARTIES[below(5)];
    c.not_before = FORGE_NOW + (one_in(8) ? FORGE_DAY : -10 * FORGE_DAY);
    c.not_after = FORGE_NOW + (one_in(8) ? -FORGE_DAY : 10 * FORGE_DAY);
    c.other_inner = one_in(15);
    if (one_in(4))
        c.extension[below(3)] = some_extension();
    if (one_in(6))
        c.extension[0] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_ANY_PURPOSE, 0);
    if (one_in(8))
        c.extension[below(3)] = FORGE_EXTENSION(FORGE_PURPOSES, FORGE_OCSP_SIGNING, (int)below(2));
    for (size_t i = 0; i < c.extensions; i++) {
        if (c.extension[i].oid == NULL)
            c.extension[i] = FORGE_EXTENSION(FORGE_BASIC_CONSTRAINTS, "\x30\x00", (int)below(2));
    }
    forge_certificate(&c, &certificate);
}

static void some_response(void)
{
    static const struct forge_party *const PARTIES[] = { &world.issuer, &world.delegate, &world.stranger };
    struct forge_response r = forge_good(&world);

    r.status = one_in(30) ? (int)below(7) : 0;
    r.version = one_in(6) ? (int)below(2) : -1;
    r.by_key = one_in(2);
    r.responder = r.signer = PARTIES[below(2)];
    if (one_in(10))
        r.responder = PARTIES[below(3)];
    if (one_in(10))
        r.signer = PARTIES[below(3)];
    r.produced_at += (int64_t)below(5) * FORGE_HOUR - 2 * FORGE_HOUR;
    r.singles = below(4);
    for (size_t i = 0; i < r.singles; i++)
        r.single[i] = some_single();
    if (one_in(4))
        r.extension = some_extension();
    r.trailing = one_in(20) ? (enum forge_trailing)below(FORGE_TRAILINGS) : FORGE_TRAILING_NONE;
    some_delegate();
    r.certificate[0] = &certificate;
    r.certificate[1] = &stranger_certificate;
    r.certificates = r.responder == &world.issuer ? below(3) : 1 + below(2);
    if (one_in(3))
        r.mangle = one_in(3) ? change_length : change_octets;
    forge_response(&r, &made);
    /* Certificates that nobody uses are not decoded by us: they stay as they are. */
    if (one_in(10) && r.certificates == (r.responder == &world.issuer ? 0 : 1))
        change_octets(&made, NULL);
}

/* --- Both --- */

struct tally {
    unsigned believed, good, revoked, unknown, delegated, only_openssl;
};

static bool same(const struct scp_ocsp *o, const struct opinion *x)
{
    const struct scp_ocsp_answer *a = &o->answer[0];

    if (!x->decoded || !x->verified || !x->found || x->status != (int)a->status || x->this_update != a->this_update ||
        x->next_update != a->next_update || x->produced_at != o->produced_at)
        return false;
    return a->status != SCP_OCSP_REVOKED || (x->revoked_at == a->revoked_at && x->reason == a->reason);
}

static void show(const struct scp_ocsp *o, const struct opinion *x, unsigned round)
{
    static char hex[2 * FORGE_MAX + 1];

    tap_diag("response %u: OpenSSL decoded %d, verified %d, found %d, status %d", round, x->decoded, x->verified, x->found,
             x->status);
    tap_diag("we: signer %d, status %d, this %lld, next %lld", (int)o->signer, (int)o->answer[0].status,
             (long long)o->answer[0].this_update, (long long)o->answer[0].next_update);
    scp_num_to_hex(made.p, made.n, hex);
    tap_diag("%s", hex);
}

/* false when we believe what OpenSSL does not. */
static bool compare(unsigned round, struct tally *t)
{
    const struct scp_ocsp_context context = { .now = FORGE_NOW };
    struct scp_judgement j;
    struct scp_ocsp o;
    struct opinion x;
    bool read = scp_ocsp_parse(made.p, made.n, &asked, &o, NULL) == 0;

    x = opinion(&made, read && o.answers > 0 ? o.answer[0].hash : "SHA1");
    scp_ocsp_judge_bytes(made.p, made.n, &asked, &context, &j);
    if (j.serial_status == SCP_SERIAL_NOT_ASKED) {
        t->only_openssl += x.verified && x.found;
        return true;
    }
    t->believed++;
    t->good += j.serial_status == SCP_SERIAL_GOOD;
    t->revoked += j.serial_status == SCP_SERIAL_REVOKED;
    t->unknown += j.serial_status == SCP_SERIAL_UNKNOWN;
    t->delegated += o.signer == SCP_OCSP_SIGNER_DELEGATE;
    if (same(&o, &x))
        return true;
    show(&o, &x, round);
    return false;
}

static void prepare(void)
{
    struct forge_certificate c = { .subject = &world.issuer,
                                   .issuer = &world.issuer,
                                   .version = 3,
                                   .not_before = FORGE_NOW - 100 * FORGE_DAY,
                                   .not_after = FORGE_NOW + 100 * FORGE_DAY,
                                   .extensions = 1 };
    const unsigned char *p = made.p;
    struct scp_serial serial;

    c.extension[0] = FORGE_EXTENSION(FORGE_BASIC_CONSTRAINTS, "\x30\x03\x01\x01\xFF", 1);
    forge_certificate(&c, &made);
    issuer = d2i_X509(NULL, &p, (long)made.n);
    store = X509_STORE_new();
    known = sk_X509_new_null();
    if (issuer == NULL || store == NULL || known == NULL || X509_STORE_add_cert(store, issuer) != 1 ||
        sk_X509_push(known, issuer) <= 0)
        tap_bail("OpenSSL does not take our issuer");
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)FORGE_NOW);
    c.subject = c.issuer = &world.stranger;
    forge_certificate(&c, &stranger_certificate);
    if (scp_serial_from_integer((const uint8_t *)world.serial, world.serial_n, &serial, NULL) != 0 ||
        scp_ocsp_ask(world.issuer.name, world.issuer.name_n, world.issuer.spki, world.issuer.spki_n, &serial, &asked, NULL) != 0)
        tap_bail("a question of our own");
}

int main(int argc, char **argv)
{
    uint64_t rounds = 2000;
    struct tally t = { .believed = 0 };
    unsigned wrong = 0;

    if (argc > 1 && scp_num_u64(argv[1], strlen(argv[1]), UINT32_MAX, &rounds, NULL) != 0)
        tap_bail("usage: ocsp_openssl-t [NUMBER]");
    forge_world(&world, "EC");
    prepare();
    for (unsigned round = 0; round < rounds && wrong < 5; round++) {
        some_response();
        wrong += !compare(round, &t);
    }
    tap_is_int(0, wrong, "of %llu responses, nothing is believed that OpenSSL does not believe", (unsigned long long)rounds);
    tap_ok(t.good > rounds / 100 && t.revoked > rounds / 200 && t.unknown > rounds / 200 && t.delegated > rounds / 100,
           "%u were believed: %u good, %u revoked, %u unknown; %u by a delegate", t.believed, t.good, t.revoked, t.unknown,
           t.delegated);
    tap_ok(t.only_openssl > 0, "%u only by OpenSSL, which looks at neither times nor extensions of the response", t.only_openssl);
    sk_X509_free(known);
    X509_STORE_free(store);
    X509_free(issuer);
    forge_world_free(&world);
    return tap_done();
}

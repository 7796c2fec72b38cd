/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Property blobs, serialized stores, hive base blocks and cells, security descriptors and certificates: the two ways to an element
 * must agree.
 */
#include "fuzz.h"

#include "codec/registry/certblob.h"
#include "codec/x509/certificate.h"
#include "codec/registry/regf.h"
#include "codec/registry/security.h"
#include "codec/text/sniff.h"
#include "codec/trustlist/sst.h"
#include "codec/x509/outline.h"
#include "windows/restriction.h"

#include <string.h>

static void certificate(const uint8_t *p, size_t n)
{
    struct scp_certificate c;
    struct scp_outline names;
    bool outlined = scp_outline_read(p, n, &names);

    if (scp_certificate_parse(p, n, &c, NULL) != 0)
        return;
    /* Both readers see the same names. */
    fuzz_must(!(outlined && (c.subject_der_len != names.subject.n || memcmp(c.subject_der, names.subject.p, names.subject.n) != 0 ||
                             c.issuer_der_len != names.issuer.n || memcmp(c.issuer_der, names.issuer.p, names.issuer.n) != 0)));
    scp_certificate_free(&c);
}

static void store(const uint8_t *p, size_t n)
{
    struct scp_sst s;
    struct scp_certblob b;

    if (scp_sst_open(p, n, &s, NULL) != 0)
        return;
    while (scp_sst_next(&s, &b, NULL) == 1)
        scp_certblob_free(&b);
}

static enum scp_sid_match bears(const struct scp_sid *sid)
{
    static const enum scp_sid_match MATCH[] = { SCP_SID_OURS, SCP_SID_OTHER, SCP_SID_PERHAPS };

    fuzz_must(!(sid->n > SCP_SID_PARTS_MAX));
    return MATCH[sid->n % 3];
}

/* No right is both given and refused, and none but those that were asked for. */
static void security(const uint8_t *p, size_t n)
{
    struct scp_security_rights rights;
    uint64_t at;
    size_t length;

    fuzz_must(
        !(scp_security_rights(p, n, SCP_KEY_ALL_ACCESS, bears, &rights, NULL) == 0 &&
          ((rights.granted & rights.refused) != 0 || ((rights.granted | rights.refused) & ~(uint32_t)SCP_KEY_ALL_ACCESS) != 0)));
    if (n >= SCP_REGF_KEY)
        (void)scp_regf_key_security(p, &at);
    if (n >= SCP_REGF_SECURITY)
        (void)scp_regf_security(p, &length);
}

/* Whatever it is has a name. */
static void name(const uint8_t *p, size_t n)
{
    const enum scp_sniff kind = scp_sniff(p, n);

    fuzz_must(scp_sniff_name(kind) != NULL && scp_sniff_stranger(p, n) != NULL);
    fuzz_must(!scp_sniff_is_html(p, n) || scp_sniff_is_markup(p, n));
    fuzz_never(kind == SCP_SNIFF_DER && scp_sniff_is_markup(p, n));
    (void)scp_sniff_answer(p, n);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_certblob b;
    struct scp_restriction r;
    struct scp_regf regf;
    const uint8_t *der = NULL;
    size_t der_len = 0;
    uint32_t element = 0;
    int rc = scp_certblob_parse(p, n, &b, NULL);

    fuzz_must(!(rc == 0 && (scp_certblob_element(p, n, &element, &der, &der_len, NULL) != 0 || element != b.element ||
                            der != b.der || der_len != b.der_len)));
    if (rc == 0) {
        scp_restriction_read(&b, SCP_PURPOSE_SERVER_AUTH, &r);
        certificate(b.der, b.der_len);
        scp_certblob_free(&b);
    }
    certificate(p, n);
    store(p, n);
    security(p, n);
    (void)scp_regf_parse(p, n, &regf, NULL);
    name(p, n);
}

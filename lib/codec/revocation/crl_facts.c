/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/revocation/crl.h"

#include "codec/x509/pem.h"

#include <stdlib.h>
#include <string.h>

void scp_crl_free(struct scp_crl *c)
{
    free(c->issuer_der);
    for (size_t i = 0; i < c->point.uris; i++)
        free(c->point.uri[i]);
    memset(c, 0, sizeof *c);
}

int scp_crl_from_pem(const char *text, size_t n, struct scp_buf *der, struct scp_err *err)
{
    static const char *const LABELS[] = { "X509 CRL", "CERTIFICATE" };
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < sizeof LABELS / sizeof LABELS[0]; i++) {
        size_t pos = 0;

        rc = scp_pem_next(text, n, &pos, LABELS[i], der, err);
    }
    return rc;
}

const struct scp_crl_hit *scp_crl_find(const struct scp_crl *c, size_t serial)
{
    for (size_t i = 0; i < c->hits; i++) {
        if (c->hit[i].serial == serial)
            return &c->hit[i];
    }
    return NULL;
}

/* --- Words --- */

const char *scp_crl_reason_name(int reason)
{
    static const char *const NAMES[] = {
        "unspecified",   "keyCompromise",        "cACompromise",    "affiliationChanged",
        "superseded",    "cessationOfOperation", "certificateHold", NULL,
        "removeFromCRL", "privilegeWithdrawn",   "aACompromise",
    };

    if (reason == SCP_CRL_REASON_NONE)
        return "no reason given";
    if (reason < 0 || (size_t)reason >= sizeof NAMES / sizeof NAMES[0] || NAMES[reason] == NULL)
        return "unknown reason";
    return NAMES[reason];
}

const char *scp_crl_oddity_text(unsigned bit)
{
    switch (bit) {
    case SCP_CRL_ODD_EMPTY_LIST: return "a list of entries that is present but empty (RFC 5280 section 5.1.2.6)";
    case SCP_CRL_ODD_NO_NUMBER: return "no CRL number (RFC 5280 section 5.2.3)";
    case SCP_CRL_ODD_TIME_FORM: return "GeneralizedTime for a year before 2050 (RFC 5280 section 5.1.2.4)";
    case SCP_CRL_ODD_EMPTY_EXTENSIONS: return "an empty list of extensions (RFC 5280 section 4.1)";
    case SCP_CRL_ODD_DEFAULT: return "a default value spelled out (X.690 section 11.5)";
    case SCP_CRL_ODD_NUMBER: return "a CRL number that is negative or longer than 20 octets (RFC 5280 section 5.2.3)";
    case SCP_CRL_ODD_REASON: return "an undefined reason code (RFC 5280 section 5.3.1)";
    case SCP_CRL_ODD_REMOVE: return "removeFromCRL in a list that is not a delta (RFC 5280 section 5.3.1)";
    case SCP_CRL_ODD_TWICE: return "a certificate listed more than once";
    default: return "something else";
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_REVOCATION_INTERNAL_H
#define SCP_CHECK_REVOCATION_INTERNAL_H

#include "check/revocation/check.h"
#include "judge/crl_set.h"
#include "judge/ocsp.h"
#include "windows/trust_list.h"

/* What the parts of gathering share; nobody else includes this. */

/* "a CRL", "an OCSP response", ... for sentences. */
const char *scp_revocation_thing(enum scp_endpoint_kind kind);

/*
 * What the transfer alone says: false when there is a whole body of status 200 to be judged (or refused by its reader), else
 * the judgement is complete.  A page for people in place of the object is "intercepted" whatever its bytes.
 */
bool scp_revocation_transfer_failed(const struct scp_http_result *result, enum scp_endpoint_kind kind, struct scp_judgement *out);

/* Kind http: the host itself has answered. */
void scp_revocation_judge_reached(const struct scp_http_result *result, struct scp_judgement *out);

/* What one endpoint sent, as its reader left it. */
struct scp_revocation_came {
    struct scp_crl_set crls;
    struct scp_ocsp_read ocsp;
    char content_type[128];
    struct scp_trust_list list;
    bool has_list;
    struct scp_err err; /* no list */
};

void scp_revocation_came_free(struct scp_revocation_came *c);

void scp_revocation_judge_aia(const struct scp_revocation_target *t, const uint8_t *p, size_t n, struct scp_judgement *out);

/* false: no list, the judgement is complete; true: one, or an error, which is to be judged. */
bool scp_revocation_read_ctl(const struct scp_profile_endpoint *e, const struct scp_trust_list_anchors *anchors, const uint8_t *p,
                             size_t n, struct scp_revocation_came *came, struct scp_judgement *out);
void scp_revocation_judge_ctl(const struct scp_profile_endpoint *e, const struct scp_revocation_came *came, int64_t now,
                              struct scp_judgement *out);

#endif

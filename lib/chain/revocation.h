/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_REVOCATION_H
#define SCP_CHAIN_REVOCATION_H

#include "chain/issuer.h"
#include "chain/path.h"

/*
 * Is every certificate of a path but its anchor told by revocation lists?  OpenSSL decides (X509_verify_cert()): exactly this
 * path, its anchor alone trusted, with whoever else may have signed a list as untrusted certificates; indirect lists, lists of
 * some reasons and deltas are put together (RFC 5280 section 6.3.3).  Whoever asks chooses the lists: only such as are genuine,
 * in force and well-formed (judge/crl_path.h).
 *
 * Where OpenSSL says "not covered" although RFC 5280 would let the lists speak:
 *  - a list is held against one certificate of its issuer's name and key identifier: on the path, else the first of the others
 *    that fits.  A list without an authority key identifier counts for certificates that the same key signed, and for no others;
 *  - a delta counts only where the complete list or the certificate names where deltas are published (freshestCRL), and where
 *    issuer, issuing distribution point and authority key identifier of both are the same octets;
 *  - the way from a list's own issuer to the anchor is built once: of several certificates of one name and key the first;
 *    and that issuer's certificate must be told by a list itself, which no indirect list does;
 *  - names of distribution points other than directory names are compared octet by octet.
 * Stricter and ours: a list of Microsoft's CA (with the extension CA Version) tells of what the same key signed, as that CA
 * publishes a list per key.
 */
/* The path asked about, and as of when. */
struct scp_chain_path {
    const struct scp_path_answer *a;
    const struct scp_path *p;
    int64_t at;
};

/* Who may have signed a list that bears on a path, each once. */
struct scp_chain_signers {
    struct scp_issuer v[SCP_ISSUERS_MAX]; /* [i] the path's certificate number i + 1, then the others; borrowed */
    size_t n;
    size_t path;   /* so many are the path's */
    size_t others; /* so many behind them have another key, and OpenSSL leads them to the same anchor; then namesakes of a key of
                    * the path */
    bool more;     /* there are more than were looked at */
};

/* Those whose subject is one of these names: the path's own certificates, and what the pool holds beside them. */
int scp_chain_signers(struct scp_pool *pool, const struct scp_chain_path *path, const struct scp_bytes *name, size_t names,
                      struct scp_chain_signers *out, struct scp_err *err);

/* Lists, decoded once. */
enum { SCP_CHAIN_CRLS_MAX = 64 };
struct scp_chain_crls;
struct scp_chain_crls *scp_chain_crls_new(void); /* NULL when out of memory */
void scp_chain_crls_free(struct scp_chain_crls *crls);
/* Behind the others.  1: taken; 0: OpenSSL cannot decode it, and its place stays empty; -1: out of memory. */
int scp_chain_crls_add(struct scp_chain_crls *crls, const uint8_t *der, size_t len, struct scp_err *err);

struct scp_chain_told {
    bool covered, revoked;
    size_t list;     /* revoked by that list; (size_t)-1 when OpenSSL does not say */
    const char *why; /* not covered: in OpenSSL's words */
};

/*
 * out[i]: of certificate number i of the path, the anchor included, which is never uncovered.  `use`: of each list, whether it is
 * to be used.  -1: out of memory.
 */
int scp_chain_crls_verify(const struct scp_chain_crls *crls, const bool *use, const struct scp_chain_path *path,
                          const struct scp_chain_signers *signers, struct scp_chain_told out[SCP_PATH_DEPTH_MAX],
                          struct scp_err *err);

#endif

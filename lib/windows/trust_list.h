/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_TRUST_LIST_H
#define SCP_WINDOWS_TRUST_LIST_H

#include "base/buf.h"
#include "base/json.h"
#include "codec/trustlist/ctl.h"
#include "windows/profile.h"
#include "windows/restriction.h"
#include "windows/update_policy.h"

/*
 * One of Windows' lists of trusted roots, disallowed certificates or pin rules, in whatever packaging it comes: signed list
 * (.stl, the registry values EncodedCtl, DisallowedCertEncodedCtl and PinRulesEncodedCtl), cabinet (.cab) around one,
 * serialized store (.sst) with one in it, or serialized store of certificates as certutil makes it of one (never signed).
 */
struct scp_trust_list {
    bool certificates;              /* a store of certificates: kind is OTHER, no dates, no sequence number, entries by SHA-1 */
    struct scp_ctl ctl;             /* what stands in it; ctl.v is its entries in any packaging */
    struct scp_ctl_verdict verdict; /* whether to believe it */
    struct scp_buf unpacked;        /* what ctl borrows from when it came in a cabinet */
    uint8_t *sha1;                  /* identifiers of a store's certificates */
};

enum { SCP_TRUST_LIST_MAX = 16 << 20 }; /* bytes of one file in any packaging; signed lists and cabinets have lower maxima */

/* The roots to which a list's signer must chain: Microsoft's, and those of a profile ([issuer …] with `signs = lists`). */
enum { SCP_TRUST_LIST_ANCHORS_MAX = 16 };

struct scp_trust_list_anchors {
    struct scp_ctl_anchor v[SCP_TRUST_LIST_ANCHORS_MAX];
    size_t n;
};

/* `profile` may be NULL.  The profile must outlive the anchors. */
void scp_trust_list_anchors(const struct scp_profile *profile, struct scp_trust_list_anchors *out);

/*
 * p is borrowed for the life of the list.  -1: it cannot be read at all (empty, another kind of file, malformed, over a maximum,
 * SCP_ERR_UNSUPPORTED for a cabinet when built without libmspack).  A list that can be read but not believed is no error:
 * look at verdict.signature.
 */
int scp_trust_list_read(const uint8_t *p, size_t n, const struct scp_trust_list_anchors *anchors, struct scp_trust_list *out,
                        struct scp_err *err);
void scp_trust_list_free(struct scp_trust_list *l);

/* The same, for a cabinet that must hold the member of this name (any other *.stl is not looked at). */
int scp_trust_list_read_member(const uint8_t *p, size_t n, const char *member, const struct scp_trust_list_anchors *anchors,
                               struct scp_trust_list *out, struct scp_err *err);

/* Signed by a signer that chains to an anchor ("ok" or "weak"). */
bool scp_trust_list_believed(const struct scp_trust_list *l);

/*
 * The entry of a trusted list, or of a store, for the certificate with this SHA-1; NULL when there is none.  Where sha256 is given
 * and the entry has one too (property 98) that differs, *twin is set: the entry is for another certificate.
 */
const struct scp_ctl_entry *scp_trust_list_find(const struct scp_trust_list *l, const uint8_t sha1[20], const uint8_t *sha256,
                                                bool *twin);

/*
 * Does a disallowed list hold this certificate?  Its entries are hashes of the TBSCertificate part, by MD5, SHA-1, SHA-256, SHA-384
 * or SHA-512; in a store of certificates the SHA-1 of the whole.  MAYBE with err filled when that could not be told: with
 * SCP_ERR_MEMORY it is no fact at all.
 */
enum scp_tri scp_trust_list_disallows(const struct scp_trust_list *l, const uint8_t *der, size_t n, struct scp_err *err);

/* An entry's properties; as scp_ctl_properties(). */
int scp_trust_list_properties(const struct scp_trust_list *l, const struct scp_ctl_entry *e, struct scp_certprop *v, size_t max,
                              size_t *n, struct scp_err *err);

/* What the entry's properties take away from a purpose; `unreadable` is set where they could not be read. */
void scp_trust_list_restriction(const struct scp_trust_list *l, const struct scp_ctl_entry *e, enum scp_purpose purpose,
                                struct scp_restriction *out);

/* The friendly name (property 11) as UTF-8, raw bytes from outside; "" when there is none. */
void scp_trust_list_friendly_name(const struct scp_trust_list *l, const struct scp_ctl_entry *e, struct scp_buf *out);

/* One element of the JSON output's facts.lists (doc/json.schema.json); `subjects` adds every entry. */
void scp_trust_list_json(const struct scp_trust_list *l, const char *origin, const struct scp_profile *profile, bool subjects,
                         struct scp_json *j);

#endif

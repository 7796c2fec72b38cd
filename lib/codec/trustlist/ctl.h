/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TRUSTLIST_CTL_H
#define SCP_CODEC_TRUSTLIST_CTL_H

#include "codec/registry/certblob.h"

/*
 * Microsoft's certificate trust lists (.stl; EncodedCtl in the registry): PKCS#7 SignedData (RFC 2315) with the content type
 * 1.3.6.1.4.1.311.10.1, whose content is a bare SEQUENCE (MS-CAESO):
 *
 *   CertificateTrustList ::= SEQUENCE {
 *     version           INTEGER DEFAULT v1(0),
 *     subjectUsage      SEQUENCE OF OBJECT IDENTIFIER,
 *     listIdentifier    OCTET STRING OPTIONAL,
 *     sequenceNumber    INTEGER OPTIONAL,
 *     ctlThisUpdate     Time,
 *     ctlNextUpdate     Time OPTIONAL,
 *     subjectAlgorithm  AlgorithmIdentifier,
 *     trustedSubjects   SEQUENCE OF SEQUENCE { identifier OCTET STRING, SET OF Attribute OPTIONAL } OPTIONAL,
 *     ctlExtensions     [0] EXPLICIT Extensions OPTIONAL }
 *
 * An attribute 1.3.6.1.4.1.311.10.11.N holds certificate property N (certblob.h).  Reading says what stands in the list;
 * scp_ctl_verify() says whether to believe it.
 */
enum {
    SCP_CTL_MAX = 4 << 20,       /* bytes of one list (real: below 200 KB) */
    SCP_CTL_ENTRIES_MAX = 20000, /* real: below 600 */
    SCP_CTL_ID_MAX = 256,        /* bytes of an identifier */
    SCP_CTL_SEQUENCE_MAX = 32,   /* bytes of a sequence number (real: 8 or 9) */
    SCP_CTL_EXTENSIONS_MAX = 64,
    SCP_CTL_CERTIFICATES_MAX = 16, /* real: 2 */
    SCP_CTL_SIGNERS_MAX = 4        /* real: 1 */
};

/* By the list's only usage: …311.10.3.9, …10.3.30, …10.3.32.  A catalog (…311.12.1.1) and whatever else is OTHER. */
enum scp_ctl_kind { SCP_CTL_OTHER, SCP_CTL_TRUSTED, SCP_CTL_DISALLOWED, SCP_CTL_PIN_RULES };

const char *scp_ctl_kind_name(enum scp_ctl_kind kind); /* "other", "trusted", "disallowed", "pinrules" */

struct scp_ctl_entry {
    const uint8_t *id; /* trusted: SHA-1 of the certificate; disallowed: hash of its TBS part, 16 to 64 bytes */
    size_t id_len;
    const uint8_t *attributes; /* content of the SET OF Attribute */
    size_t attributes_len;
};

struct scp_ctl {
    enum scp_ctl_kind kind;
    bool new_kind;           /* OTHER, but by its usage (below 1.3.6.1.4.1.311.10.3) one of Windows' own: not known here */
    const uint8_t *sequence; /* big-endian magnitude without leading zeros; NULL when absent.  Compare only within a kind. */
    size_t sequence_len;
    int64_t this_update;
    int64_t next_update;     /* SCP_UTC_UNKNOWN when absent, as in every known list */
    struct scp_ctl_entry *v; /* in the list's order; the table is owned, the bytes are borrowed */
    size_t n;
    const struct scp_ctl_entry **order; /* the same, sorted by identifier; owned */
    size_t damaged;                     /* entries left out of v because they are malformed */
    size_t repeated;                    /* entries whose identifier an earlier one has; the earlier one counts */
    char oddity[120];                   /* the first of these in words; "" when there is none */
    /* Where the signed parts lie; for scp_ctl_verify(). */
    const uint8_t *content, *certificates, *signers;
    size_t content_len, certificates_len, signers_len;
};

/*
 * Everything in *out is borrowed from p except the two tables.  Errors: SCP_ERR_FORMAT (with the place and what is wrong:
 * another content type, detached or not DER, an unknown version, an unknown critical extension, bytes behind the end),
 * SCP_ERR_TRUNCATED, SCP_ERR_LIMIT, SCP_ERR_MEMORY.  A malformed entry does not hide the others: it is counted.
 */
int scp_ctl_parse(const uint8_t *p, size_t n, struct scp_ctl *out, struct scp_err *err);
void scp_ctl_free(struct scp_ctl *c);

/* Makes `order` and counts `repeated`; for lists whose entries do not come from scp_ctl_parse(). */
int scp_ctl_sort(struct scp_ctl *c, struct scp_err *err);

/* NULL when the list has no such entry. */
const struct scp_ctl_entry *scp_ctl_find(const struct scp_ctl *c, const uint8_t *id, size_t n);

/*
 * The certificate properties among an entry's attributes, in the entry's order; others are passed over.  At most `max` are
 * stored in v, borrowed; *n is their number.  Error: an attribute is malformed, or there are more than max.
 */
int scp_ctl_properties(const struct scp_ctl_entry *e, struct scp_certprop *v, size_t max, size_t *n, struct scp_err *err);

/* --- Signature --- */

/* A root to which signers must chain: RFC 5280 section 6.1.1 (d), name and key. */
struct scp_ctl_anchor {
    const char *name;       /* for people */
    const uint8_t *subject; /* DER of the Name */
    size_t subject_len;
    const uint8_t *spki; /* DER of the SubjectPublicKeyInfo */
    size_t spki_len;
};

/* Microsoft's roots for lists: Root Certificate Authority 2010, the one of 2001 for lists up to 2019, and Microsoft Root Authority
 * for lists before 2011. */
enum { SCP_CTL_MICROSOFT_ANCHORS = 3 };
extern const struct scp_ctl_anchor scp_ctl_microsoft[SCP_CTL_MICROSOFT_ANCHORS];

enum scp_ctl_signature {
    SCP_CTL_SIGNED,    /* "ok" */
    SCP_CTL_WEAK,      /* "weak": as ok, but with SHA-1 somewhere in the signature or the chain */
    SCP_CTL_UNTRUSTED, /* "untrusted": the signature fits, but the signer may not sign such a list or does
                        * not chain to an anchor */
    SCP_CTL_INVALID,   /* "invalid": a digest or signature does not fit, or cannot be verified */
    SCP_CTL_UNSIGNED   /* "none" */
};

const char *scp_ctl_signature_name(enum scp_ctl_signature s);

/* SHA-1 was what all lists were signed with: of one from before 2017 it is no news. */
enum { SCP_CTL_SHA1_UNTIL = 1483228800 /* 2017-01-01 */ };

/* A certificate of the list that vouches for it: borrowed from its bytes. */
struct scp_ctl_link {
    const uint8_t *der;
    size_t n;
};

enum { SCP_CTL_LINKS_MAX = 6 };

struct scp_ctl_verdict {
    enum scp_ctl_signature signature;
    char reason[240];                            /* why it is not SIGNED; "" when it is */
    char signer[128];                            /* common name of the signer's certificate; raw bytes from
                                                  * outside; "" when not found */
    struct scp_ctl_anchor anchor;                /* the root it chains to; its name is NULL when it does not */
    struct scp_ctl_link link[SCP_CTL_LINKS_MAX]; /* the signer's certificate, then those above it, as far as the path goes */
    size_t links;
};

/*
 * Judged as of the later of thisUpdate and the signer's notBefore: Microsoft renews signers yearly and lists rarely, so that the
 * signer of a current list may have expired.  Every signer must be good; the worst one is told.  No clock is asked.
 * -1 only when that could not be told: SCP_ERR_MEMORY.
 */
int scp_ctl_verify(const struct scp_ctl *c, const struct scp_ctl_anchor *anchor, size_t anchors, struct scp_ctl_verdict *out,
                   struct scp_err *err);

#endif

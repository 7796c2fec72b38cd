/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REVOCATION_CRL_H
#define SCP_CODEC_REVOCATION_CRL_H

#include "base/buf.h"
#include "base/err.h"
#include "base/utc.h"
#include "codec/x509/serial.h"
#include "codec/x509/signature.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Certificate revocation lists (RFC 5280 section 5) to facts, as a stream: the bytes are digested while they are read, and only
 * the header, the serials asked for and the extensions that matter are kept, so that a list of 42 MB costs about its own digest
 * and a fixed amount of memory.  Pieces may be of any size.
 *
 * Malformed, an error of SCP_ERR_FORMAT with the position: anything but DER (definite lengths in the fewest octets, tags of one
 * octet); an unsorted outline; bytes behind the list, in it or in a known extension; version 3, explicit version 1, extensions
 * without version 2 (section 5.1.2.1); different inner and outer signature algorithms (section 5.1.1.2); an extension twice;
 * times that are none; an empty or contradictory issuing distribution point.  SCP_ERR_TRUNCATED: the list ends too early (from
 * scp_crl_reader_finish()).  SCP_ERR_LIMIT: a maximum below.
 *
 * What is left is facts; judge/crl.h says what they are worth.
 *
 * Why not OpenSSL's d2i_X509_CRL(): it holds every entry, about ten times the list's size in memory, takes BER where DER is
 * demanded, and does not say where a list is malformed.  Whether lists cover a path is its word (chain/revocation.h).
 */
enum {
    SCP_CRL_MAX = 512 << 20,        /* bytes of a list */
    SCP_CRL_ELEMENT_MAX = 64 << 10, /* bytes of one entry, of the issuer's name, of all extensions */
    SCP_CRL_PREAMBLE_MAX = 1 << 10, /* bytes up to the first algorithm */
    SCP_CRL_SERIALS_MAX = 32,       /* serials asked for */
    SCP_CRL_KEYS_MAX = 32,          /* keys of which one may have signed it */
    SCP_CRL_POINTS_MAX = 32,        /* names of the issuing distribution point that are kept */
    SCP_CRL_KEY_ID_MAX = 64,
    SCP_CRL_HEAD = 512 /* first bytes that the reader keeps, whatever they are */
};

/* Reason codes (section 5.3.1). */
enum {
    SCP_CRL_REASON_NONE = -1,
    SCP_CRL_REASON_UNSPECIFIED = 0,
    SCP_CRL_REASON_KEY_COMPROMISE = 1,
    SCP_CRL_REASON_CA_COMPROMISE = 2,
    SCP_CRL_REASON_AFFILIATION = 3,
    SCP_CRL_REASON_SUPERSEDED = 4,
    SCP_CRL_REASON_CESSATION = 5,
    SCP_CRL_REASON_HOLD = 6,
    SCP_CRL_REASON_REMOVE = 8,
    SCP_CRL_REASON_PRIVILEGE = 9,
    SCP_CRL_REASON_AA_COMPROMISE = 10
};
/* "keyCompromise", ...; "no reason given" for SCP_CRL_REASON_NONE, "unknown reason" for others */
const char *scp_crl_reason_name(int reason);

/* A serial that was asked for and is listed. */
struct scp_crl_hit {
    size_t serial; /* index into the serials asked for */
    int64_t revoked_at;
    int reason; /* SCP_CRL_REASON_... or another number as it stands */
};

enum scp_crl_signature {
    SCP_CRL_SIGNATURE_UNCHECKED, /* no key was given */
    SCP_CRL_SIGNATURE_GOOD,
    SCP_CRL_SIGNATURE_BAD,        /* not by this key over these bytes */
    SCP_CRL_SIGNATURE_UNSUPPORTED /* an algorithm or key that we do not do */
};

/* Issuing distribution point (section 5.2.5). */
struct scp_crl_point {
    bool present;
    bool named;                    /* it has a distributionPoint */
    char *uri[SCP_CRL_POINTS_MAX]; /* its uniformResourceIdentifiers, without NUL inside; raw text from outside; owned */
    size_t uris;
    bool only_user, only_ca, only_attribute, only_some_reasons, indirect;
};

/* Departures from RFC 5280 that do not hinder use; several may be set. */
enum {
    SCP_CRL_ODD_EMPTY_LIST = 1 << 0,       /* revokedCertificates present, without entries (section 5.1.2.6) */
    SCP_CRL_ODD_NO_NUMBER = 1 << 1,        /* no CRL number (section 5.2.3), also in version 1 */
    SCP_CRL_ODD_TIME_FORM = 1 << 2,        /* GeneralizedTime for a year before 2050 (section 5.1.2.4) */
    SCP_CRL_ODD_EMPTY_EXTENSIONS = 1 << 3, /* a list of no extensions */
    SCP_CRL_ODD_DEFAULT = 1 << 4,          /* a default value spelled out (X.690 section 11.5) */
    SCP_CRL_ODD_NUMBER = 1 << 5, /* CRL number, a delta's base's, too, negative or of more than 20 octets (section 5.2.3) */
    SCP_CRL_ODD_REASON = 1 << 6, /* a reason code that is not defined (section 5.3.1) */
    SCP_CRL_ODD_REMOVE = 1 << 7, /* removeFromCRL in a complete list (section 5.3.1) */
    SCP_CRL_ODD_TWICE = 1 << 8   /* a serial asked for is listed more than once */
};
enum { SCP_CRL_ODDITIES = 9 };
/* "no CRL number (RFC 5280 section 5.2.3)", ... for one bit */
const char *scp_crl_oddity_text(unsigned bit);

/* Content octets of an INTEGER; the first ones when longer. */
struct scp_crl_number {
    uint8_t p[SCP_SERIAL_MAX];
    size_t n; /* 0 when absent */
};

struct scp_crl {
    uint64_t size;       /* bytes */
    int version;         /* 1 or 2 */
    uint8_t *issuer_der; /* the Name's DER; owned */
    size_t issuer_der_len;
    int64_t this_update;
    int64_t next_update; /* SCP_UTC_UNKNOWN when absent */
    uint64_t entries;
    struct scp_crl_hit hit[SCP_CRL_SERIALS_MAX]; /* of each serial of the list's own issuer the gravest entry: removeFromCRL gives
                                                  * way to certificateHold, and that to any other; of those the first */
    size_t hits;
    bool delta;            /* deltaCRLIndicator */
    bool entry_issuer;     /* an entry carries certificateIssuer (section 5.3.3) */
    uint64_t critical_at;  /* offset of the first extension that is critical and not handled, or 0 */
    char critical_oid[64]; /* it, in dotted form; "" when there is none */
    struct scp_crl_point point;
    struct scp_crl_number number;       /* CRL number */
    struct scp_crl_number base;         /* delta: of the list whose changes it holds */
    uint8_t key_id[SCP_CRL_KEY_ID_MAX]; /* authority key identifier's keyIdentifier: a hint, the signature decides */
    size_t key_id_len;                  /* 0 when absent or longer */
    int64_t next_publish;               /* Microsoft's Next CRL Publish (1.3.6.1.4.1.311.21.4), or SCP_UTC_UNKNOWN */
    unsigned oddities;
    enum scp_crl_signature signature;
    size_t key;                          /* good: which of the reader's keys signed it, in their order */
    struct scp_signature_info algorithm; /* its name is "" when we do not know it */
    char signature_message[160];         /* why it is not good; "" when it is */
};

struct scp_crl_reader;

/* spki: the issuer's SubjectPublicKeyInfo, NULL when the signature is not to be checked.  Both arrays are copied. */
struct scp_crl_reader *scp_crl_reader_new(const uint8_t *spki, size_t spki_len, const struct scp_serial *asked, size_t asked_n,
                                          struct scp_err *err);
/* Before the first feed: a further key that may have signed it, as a CA's older or newer one.  SCP_ERR_LIMIT. */
int scp_crl_reader_also(struct scp_crl_reader *r, const uint8_t *spki, size_t spki_len, struct scp_err *err);
/* After an error every further call gives the same one. */
int scp_crl_reader_feed(struct scp_crl_reader *r, const uint8_t *p, size_t n, struct scp_err *err);
/* The end of the input.  *out is to be freed with scp_crl_free(); it is empty after an error. */
int scp_crl_reader_finish(struct scp_crl_reader *r, struct scp_crl *out, struct scp_err *err);
void scp_crl_reader_free(struct scp_crl_reader *r);
/* The first bytes that were fed (borrowed) and the number of all: for saying what it is when it is no list. */
const uint8_t *scp_crl_reader_head(const struct scp_crl_reader *r, size_t *n);
uint64_t scp_crl_reader_size(const struct scp_crl_reader *r);

/* The whole list in one piece. */
int scp_crl_parse(struct scp_bytes list, struct scp_bytes spki, const struct scp_serial *asked, size_t asked_n, struct scp_crl *out,
                  struct scp_err *err);
void scp_crl_free(struct scp_crl *c);

/*
 * A list in PEM, as people keep it in files: the first block labelled "X509 CRL", else "CERTIFICATE", as certutil -encode labels
 * whatever it is given.  1: its bytes are in *der; 0: no such block; -1: a block that is damaged.
 */
int scp_crl_from_pem(const char *text, size_t n, struct scp_buf *der, struct scp_err *err);

/* The hit of the serial with this index, or NULL. */
const struct scp_crl_hit *scp_crl_find(const struct scp_crl *c, size_t serial);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_LIST_LIST_H
#define SCP_CHECK_LIST_LIST_H

#include "check/remedy.h"
#include "plugin/result.h"
#include "windows/profile.h"
#include "windows/trust_list.h"

/*
 * The one notion of a trust list: where it comes from, how far it could be read, whether its signature was verified, who vouches
 * for it, and what it says of the roots of a profile - judged the same way by every check.  Those of the registry are
 * check/list/trust.h's.
 */
enum scp_list_place {
    SCP_LIST_CACHED, /* what Windows keeps in the registry */
    SCP_LIST_SERVED, /* what Microsoft or a mirror serves */
    SCP_LIST_GIVEN   /* a file that the user gave */
};

enum scp_list_reading {
    SCP_LIST_NOT_ASKED,
    SCP_LIST_NOT_COVERED, /* the registry source does not tell whether there is one */
    SCP_LIST_ABSENT,
    SCP_LIST_UNREACHABLE, /* it did not arrive: message */
    SCP_LIST_PAGE,        /* a page for people (HTML) instead */
    SCP_LIST_UNREADABLE,  /* bytes, but no list: message */
    SCP_LIST_READ
};

/*
 * Is somebody distrusted who vouches for a list: its publisher, the CA above, Microsoft's root?  Windows would refuse such a list,
 * though its signature is good; that is inferred, Microsoft does not document it.
 */
struct scp_list_signer {
    struct scp_distrust distrust; /* who distrusts it; none: the list is not concerned */
    char thumbprint[41];
    char name[128]; /* raw bytes from outside */
};

enum { SCP_LIST_SIGNER_TEXT = 320, SCP_LIST_WHY = 256 };

struct scp_list_fact {
    enum scp_list_place place;
    enum scp_ctl_kind wanted; /* SCP_CTL_OTHER: any */
    bool store;               /* a store of certificates is wanted (disallowedcert.sst) */
    char subject[64];         /* of findings: "EncodedCtl", "authrootstl.cab" */
    char origin[640];         /* where it comes from */
    enum scp_list_reading reading;
    char message[SCP_LIST_WHY];
    bool unable;                   /* UNREADABLE for our own lack: a form or an algorithm that is not read here */
    struct scp_buf bytes;          /* owned, where the list borrows from them */
    struct scp_trust_list list;    /* READ */
    struct scp_list_signer signer; /* distrusted: Windows would refuse the list */
    bool anchor_absent;            /* the Root stores, all of them seen, do not hold the root that it chains to */
    enum scp_tri *disallowed;      /* scp_list_show(): whether a list of distrust holds each root of the profile; NULL: not shown */
};

/* Zeroes *f and names it.  origin is for people and the JSON output. */
void scp_list_init(struct scp_list_fact *f, enum scp_list_place place, enum scp_ctl_kind wanted, const char *subject,
                   const char *origin);

/* Reads and verifies it from n bytes at p, which are borrowed.  -1 only when out of memory. */
int scp_list_look(struct scp_list_fact *f, const uint8_t *p, size_t n, const struct scp_profile *profile, struct scp_err *err);

/* … from a copy that the fact owns. */
int scp_list_look_copy(struct scp_list_fact *f, const uint8_t *p, size_t n, const struct scp_profile *profile, struct scp_err *err);

/* Shows a root of the profile to a list of distrust (and to a store of disallowed certificates). */
int scp_list_show(struct scp_list_fact *f, const struct scp_profile *profile, size_t root, const uint8_t *der, size_t n,
                  struct scp_err *err);

/* Shows a list that was read to the server's stores; `list`: the server's own list of disallowed certificates. */
int scp_list_suspect(struct scp_list_fact *f, const struct scp_store *root, const struct scp_store *disallowed,
                     const struct scp_list_fact *list, struct scp_err *err);

void scp_list_free(struct scp_list_fact *f);

/* There is something, whatever it is. */
bool scp_list_present(const struct scp_list_fact *f);

/* READ, of the wanted kind, and signed by Microsoft: its content may be believed. */
bool scp_list_believed(const struct scp_list_fact *f);
/* Why one that is there may not; "" where it may. */
void scp_list_disbelief(const struct scp_list_fact *f, char out[SCP_LIST_WHY]);

/* The older list first: <0, 0, >0.  Both READ and of one kind; by sequence number, else by date. */
int scp_list_compare(const struct scp_list_fact *a, const struct scp_list_fact *b);

enum { SCP_LIST_OLD_TEXT = 96 };

/* Is a list of trusted roots older than any that was ever in force, or than one that the profile knows?  `out`: "312 days old". */
bool scp_list_old(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, char out[SCP_LIST_OLD_TEXT]);

/* "list of trusted roots", … */
const char *scp_list_kind_text(enum scp_ctl_kind kind);

/* … and nobody distrusts who vouches for it. */
bool scp_list_verified(const struct scp_list_fact *f);

bool scp_list_signer_distrusted(const struct scp_list_signer *s);
/* "Windows would refuse it (inferred): 'X', which vouches for it, is in LocalMachine\Disallowed": a sentence for SCP_SAID. */
void scp_list_signer_say(const struct scp_list_signer *s, const char *what, char out[SCP_LIST_SIGNER_TEXT]);

/* What a list of trusted roots says of a certificate. */
struct scp_list_entry {
    enum scp_tri named;                 /* MAYBE: a twin, or an entry that could not be read may be about it */
    bool twin;                          /* its entry is for another certificate of that SHA-1 */
    struct scp_restriction restriction; /* what it takes from it; none unless it is named */
};

/* MAYBE also where there is no list (NULL) to be believed. */
struct scp_list_entry scp_list_lookup(const struct scp_list_fact *f, const struct scp_profile_cert *want);
/* What one to be believed takes from the certificate of that thumbprint, seen from a purpose; none unless it names it, or there is
 * no list (NULL). */
struct scp_restriction scp_list_restriction(const struct scp_list_fact *f, const uint8_t sha1[20], enum scp_purpose purpose);
/* Does a believed list of distrust hold a certificate? (what is not believed holds none)?  MAYBE with err filled, as
 * scp_trust_list_disallows(). */
enum scp_tri scp_list_disallows(const struct scp_list_fact *f, const uint8_t *der, size_t n, struct scp_err *err);

/* "DigiCert Global Root G2" when a verified trusted list names every required root and there is one; NULL otherwise. */
const char *scp_list_names(const struct scp_list_fact *f, const struct scp_profile *profile);

extern const struct scp_catalogue_entry scp_list_catalogue[];

/* What is said of fetching a list anew, in the findings from that one on, is to be about the list of that kind. */
void scp_list_remedies(enum scp_ctl_kind kind, struct scp_result *r, size_t from);

/* Adds the list.* findings: at least one for what is READ, PAGE or UNREADABLE; nothing for what did not arrive. */
void scp_list_evaluate(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, struct scp_result *r);

#endif

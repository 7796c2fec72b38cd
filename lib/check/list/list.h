/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_LIST_LIST_H
#define SCP_CHECK_LIST_LIST_H

#include "check/list/list_signer.h"
#include "plugin/result.h"
#include "windows/profile.h"
#include "windows/trust_list.h"

/*
 * One trust list and what it means for the roots of a profile, judged the same way wherever it comes from.
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

/* What a list says of one root of the profile. */
struct scp_list_root {
    bool named, twin;                   /* trusted list: it has an entry; the entry is for another certificate of that SHA-1 */
    struct scp_restriction restriction; /* of the entry */
    enum scp_tri disallowed;            /* disallowed list; MAYBE while the certificate was not at hand */
};

struct scp_list_fact {
    enum scp_list_place place;
    enum scp_ctl_kind wanted; /* SCP_CTL_OTHER: any */
    bool store;               /* a store of certificates is wanted (disallowedcert.sst) */
    char subject[64];         /* of findings: "EncodedCtl", "authrootstl.cab" */
    char origin[640];         /* where it comes from */
    enum scp_list_reading reading;
    char message[256];
    struct scp_buf bytes;          /* owned, where the list borrows from them */
    struct scp_trust_list list;    /* READ */
    struct scp_list_signer signer; /* distrusted: Windows would refuse the list */
    bool anchor_absent;            /* the Root stores, all of them seen, do not hold the root that it chains to */
    struct scp_list_root *root;    /* READ: one per root of the profile */
    size_t roots;
};

/* Zeroes *f and names it.  origin is for people and the JSON output. */
void scp_list_init(struct scp_list_fact *f, enum scp_list_place place, enum scp_ctl_kind wanted, const char *subject,
                   const char *origin);

/* Reads it from n bytes at p, which are borrowed.  -1 only when out of memory. */
int scp_list_look(struct scp_list_fact *f, const uint8_t *p, size_t n, const struct scp_profile *profile, struct scp_err *err);

/* … from a copy that the fact owns. */
int scp_list_look_copy(struct scp_list_fact *f, const uint8_t *p, size_t n, const struct scp_profile *profile, struct scp_err *err);

/* Tells a disallowed list (and a store of disallowed certificates) what a root of the profile looks like. */
int scp_list_show(struct scp_list_fact *f, size_t root, const uint8_t *der, size_t n, struct scp_err *err);

/* Shows a list that was read to the server's stores; `list`: the server's own list of disallowed certificates, or NULL. */
int scp_list_suspect(struct scp_list_fact *f, const struct scp_store *root, const struct scp_store *disallowed,
                     const struct scp_list_fact *list, struct scp_err *err);

void scp_list_free(struct scp_list_fact *f);

/* Does it begin as a page for people does? */
bool scp_list_is_page(const uint8_t *p, size_t n);

/* READ, of the wanted kind, and signed by Microsoft: its content may be believed. */
bool scp_list_believed(const struct scp_list_fact *f);

/* The older list first: <0, 0, >0.  Both READ and of one kind; by sequence number, else by date. */
int scp_list_compare(const struct scp_list_fact *a, const struct scp_list_fact *b);

enum { SCP_LIST_OLD_TEXT = 96 };

/* Is a list of trusted roots older than any that was ever in force, or than one that the profile knows?  `out`: "312 days old". */
bool scp_list_old(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, char out[SCP_LIST_OLD_TEXT]);

/* "list of trusted roots", … */
const char *scp_list_kind_text(enum scp_ctl_kind kind);

/* … and nobody distrusts who vouches for it. */
bool scp_list_verified(const struct scp_list_fact *f);

/* "DigiCert Global Root G2" when a verified trusted list names every required root and there is one; NULL otherwise. */
const char *scp_list_names(const struct scp_list_fact *f, const struct scp_profile *profile);

extern const struct scp_catalogue_entry scp_list_catalogue[];

/* Adds the list.* findings: at least one for what is READ, PAGE or UNREADABLE; nothing for what did not arrive. */
void scp_list_evaluate(const struct scp_list_fact *f, const struct scp_profile *profile, int64_t now, struct scp_result *r);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_MIRROR_MIRROR_H
#define SCP_CHECK_MIRROR_MIRROR_H

#include "check/egress/network.h"
#include "check/list/list.h"
#include "io/http/http.h"

/*
 * The audit of an internal mirror, as certutil -syncWithWU makes one: authrootstl.cab, disallowedcertstl.cab, pinrulesstl.cab,
 * disallowedcert.sst, and for every listed root <SHA-1 thumbprint>.crt in DER.  It is a folder or a web server; a Windows
 * share is audited where it is mounted.  Nothing is written.
 */
enum scp_mirror_file {
    SCP_MIRROR_TRUSTED,    /* authrootstl.cab */
    SCP_MIRROR_DISALLOWED, /* disallowedcertstl.cab */
    SCP_MIRROR_STORE,      /* disallowedcert.sst */
    SCP_MIRROR_PIN_RULES,  /* pinrulesstl.cab */
    SCP_MIRROR_FILES
};

enum scp_mirror_root_state {
    SCP_MIRROR_ROOT_NOT_CHECKED, /* the deadline passed before, or our own inability */
    SCP_MIRROR_ROOT_GOOD,        /* its certificate is there */
    SCP_MIRROR_ROOT_MISSING,     /* no such file */
    SCP_MIRROR_ROOT_UNREACHABLE, /* the transfer failed, or the file cannot be read */
    SCP_MIRROR_ROOT_CORRUPT      /* a file of that name that does not hash to it */
};

struct scp_mirror_root {
    uint8_t sha1[20];
    size_t want; /* index of the root in the profile, or SCP_MIRROR_UNWANTED */
    enum scp_mirror_root_state state;
    char message[96];
};

#define SCP_MIRROR_UNWANTED ((size_t)-1)

struct scp_mirror_facts {
    bool asked;
    char location[640]; /* folder or address */
    bool unreadable;    /* the folder cannot be opened: message */
    char message[256];
    struct scp_network_from from; /* an address; nothing for a folder */
    struct scp_list_fact list[SCP_MIRROR_FILES];
    struct scp_mirror_root *root; /* what the list names; without a believed list the roots of the profile */
    size_t roots;
    bool listed; /* root is what a believed list names */
};

struct scp_mirror_question {
    const char *location; /* a folder, or an http or https address */
    const struct scp_profile *profile;
    struct scp_http *http; /* for addresses */
    const struct scp_deadline *deadline;
    void (*progress)(size_t done, size_t total); /* NULL: nobody wants to know */
};

/* -1 only when nothing could be done at all (out of memory, no HTTP). */
int scp_mirror_gather(const struct scp_mirror_question *q, struct scp_mirror_facts *out, struct scp_err *err);
void scp_mirror_free(struct scp_mirror_facts *f);

/* Would Windows get a root of the profile from it?  It does where the list names the root and its file is there. */
enum scp_tri scp_mirror_serves(const struct scp_mirror_facts *f, const struct scp_profile *profile, size_t root);

extern const struct scp_catalogue_entry scp_mirror_catalogue[];

/*
 * Adds the mirror.* and list.* findings and the performance value mirror_missing.  reference: lists that the mirror's may not be
 * older than (what the server has, what Microsoft serves), one per kind; NULL or not READ where there is none.
 */
void scp_mirror_evaluate(const struct scp_mirror_facts *f, const struct scp_profile *profile,
                         const struct scp_list_fact *const *reference, size_t references, int64_t now, struct scp_result *r);

#endif

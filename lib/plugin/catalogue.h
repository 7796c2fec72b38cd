/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_CATALOGUE_H
#define SCP_PLUGIN_CATALOGUE_H

#include <stddef.h>

/*
 * What a kind of finding says to the diagnosis of check_scp, besides its sentence.  With a kind of step that mends it (the cheapest
 * first), a CRITICAL one is evidence for the cause that its part stands for: it keeps a chain from building, or its revocation from
 * being known.  What has none is evidence for nothing.
 */
enum scp_evidence {
    SCP_STEP_NONE,
    SCP_STEP_CERTIFICATE, /* add a pinned public certificate */
    SCP_STEP_SERVICE,     /* start a service, set the clock */
    SCP_STEP_DENIAL,      /* undo a denial on this server */
    SCP_STEP_NETWORK,
    SCP_STEP_POLICY,
    SCP_STEP_DESIGN,
    SCP_STEP_NOWHERE, /* nothing on this server helps: Microsoft withdrew its trust, or time is over */
    SCP_STEPS = 0xF,  /* all of them */
    SCP_SAYS_ROOT_ABSENT = 1 << 4,
    SCP_SAYS_ROOT_REFUSED = 1 << 5, /* it is there, but of no use */
    SCP_SAYS_CHAIN = 1 << 6,        /* a required chain builds from the stores */
    SCP_SAYS_BY_AIA = 1 << 7,       /* Windows would fetch an intermediate that a required chain needs */
    SCP_SAYS_NO_LIST = 1 << 8,      /* the update is on, and no list comes */
    SCP_SAYS_NO_WAY = 1 << 9,       /* no way to a host, as against something wrong with what it serves */
    SCP_SAYS_NO_WAY_OUT = 1 << 10,  /* nor to any */
    SCP_SAYS_OF_SOURCE = 1 << 11,   /* it is about what is to be judged or judged by; with nothing else, nothing was judged */
    /* What may explain the symptoms beside the four causes. */
    SCP_BESIDE_INSPECTION = 1 << 12,
    SCP_BESIDE_PROXY = 1 << 13,
    SCP_BESIDE_CLOCK = 1 << 14,
    SCP_BESIDE_SERVICE = 1 << 15, /* of Windows */
    SCP_BESIDE_REFRESH = 1 << 16  /* of group policy */
};

/*
 * What is known about every kind of finding, once: --explain, the default
 * remedy and reference of a finding, the man page (checked by a test).
 * Tables end with an entry whose id is NULL.
 */
struct scp_catalogue_entry {
    const char *id;        /* "roots.missing" */
    const char *states;    /* which states it can have, for people: "CRITICAL" */
    const char *meaning;   /* what it says, one or two sentences */
    const char *remedy;    /* what to do on the Windows side; NULL where nothing is to be done */
    const char *reference; /* support article, RFC clause, documentation page; NULL if none */
    unsigned evidence;     /* enum scp_evidence: 0, or a step and what it says, joined by | */
};

/* Searches NULL-terminated lists of tables; NULL when unknown. */
const struct scp_catalogue_entry *scp_catalogue_find(const struct scp_catalogue_entry *const *tables, const char *id);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_CATALOGUE_H
#define SCP_PLUGIN_CATALOGUE_H

#include <stddef.h>

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
};

/* Searches NULL-terminated lists of tables; NULL when unknown. */
const struct scp_catalogue_entry *scp_catalogue_find(const struct scp_catalogue_entry *const *tables, const char *id);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_MIRROR_INTERNAL_H
#define SCP_CHECK_MIRROR_INTERNAL_H

#include "check/mirror/mirror.h"

/* Where a mirror's files come from; nobody but lib/check/mirror_*.c and autoupdate_fetch.c includes this. */
enum scp_mirror_answer {
    SCP_MIRROR_GOT,
    SCP_MIRROR_NONE,     /* there is no such file */
    SCP_MIRROR_FAILED,   /* it did not arrive: message */
    SCP_MIRROR_NOT_TRIED /* the deadline passed, or our own inability: message */
};

/* Told once per name.  The bytes are gone afterwards.  -1: out of memory, stop. */
typedef int scp_mirror_take(void *context, size_t i, enum scp_mirror_answer answer, const uint8_t *p, size_t n, const char *message,
                            struct scp_err *err);

struct scp_mirror_options {
    const char *const *name;
    size_t n;
    size_t max; /* bytes of each */
    scp_mirror_take *take;
    void *context;
    void (*progress)(size_t done, size_t total);
    struct scp_network_from *from; /* set where an address is asked; NULL */
};

/* Files of a folder, one after the other.  -1 with SCP_ERR_MEMORY, or the folder cannot be read. */
int scp_mirror_read_folder(const char *path, const struct scp_mirror_options *options, const struct scp_deadline *deadline,
                           struct scp_err *err);

/* Files below an address, all at once. */
int scp_mirror_read_web(const char *base, struct scp_http *http, const struct scp_mirror_options *options,
                        const struct scp_deadline *deadline, struct scp_err *err);

/* Asks for the first lists, and for nothing else. */
int scp_mirror_ask_lists(const struct scp_mirror_question *q, size_t files, struct scp_mirror_facts *f, struct scp_err *err);
/* Asks for the files of the roots that f names, and for nothing else. */
int scp_mirror_ask_roots(const struct scp_mirror_question *q, struct scp_mirror_facts *f, struct scp_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REGISTRY_MANIFEST_H
#define SCP_CODEC_REGISTRY_MANIFEST_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * manifest.txt of the folder that contrib/windows/scp-snapshot.cmd writes: lines of words, each when it has been done.
 *
 *   scp-snapshot 1
 *   begun 2026-11-30T08:00:00Z         ended …        ("unknown": the server could not say)
 *   exported FILE SIZE KEY             the key with all below it
 *   queried FILE SIZE KEY              single values of the key: what is not in it is not told
 *   absent KEY                         refused KEY
 *   log FILE SIZE                      older FILE SIZE (what a log was rolled over to)
 *   messages FILE SIZE                 people FILE SIZE
 *   failed KIND FILE                   a log, an older one, messages that are there and were not copied; failed people …
 *   # WORDS
 *   complete FILES                     the last line: the number of files above
 */
enum scp_manifest_kind {
    SCP_MANIFEST_EXPORTED,
    SCP_MANIFEST_QUERIED,
    SCP_MANIFEST_LOG,
    SCP_MANIFEST_OLDER,
    SCP_MANIFEST_MESSAGES,
    SCP_MANIFEST_PEOPLE,
    SCP_MANIFEST_ABSENT, /* from here on without a file */
    SCP_MANIFEST_REFUSED
};

enum { SCP_MANIFEST_BYTES_MAX = 1 << 20, SCP_MANIFEST_ENTRIES_MAX = 1000, SCP_MANIFEST_FILE = 100 };

struct scp_manifest_entry {
    enum scp_manifest_kind kind;
    char file[SCP_MANIFEST_FILE]; /* letters, digits, - _ and ., not at its beginning; "" */
    uint64_t size;
    bool failed;     /* it is there on the server, and not in the folder */
    const char *key; /* borrowed from the text, not NUL-terminated; key_n 0: none */
    size_t key_n;
    size_t line;
};

struct scp_manifest {
    struct scp_manifest_entry *v;
    size_t n, files;
    int64_t begun, ended; /* SCP_UTC_UNKNOWN */
    bool whole;           /* it ends as the script ends it, and names as many files as that says */
};

/* -1: SCP_ERR_UNSUPPORTED for another kind of text, SCP_ERR_FORMAT with the line; `out` is to be freed either way. */
int scp_manifest_parse(const char *p, size_t n, struct scp_manifest *out, struct scp_err *err);
void scp_manifest_free(struct scp_manifest *m);

#endif

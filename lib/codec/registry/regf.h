/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REGISTRY_REGF_H
#define SCP_CODEC_REGISTRY_REGF_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The base block (first 4096 bytes) of a registry hive file, as the public specification
 * "Windows registry file format specification" (M. Suhanov) describes it.  libhivex reads the rest; it neither
 * replays transaction logs nor says that a hive is dirty, so this is where that is seen.
 */
enum { SCP_REGF_BLOCK = 4096 };

struct scp_regf {
    uint32_t sequence1, sequence2; /* unequal: not all changes reached the file */
    bool checksum_ok;
    uint32_t major, minor, type; /* type 0 = primary file */
    int64_t written;             /* SCP_UTC_UNKNOWN when not a time */
    char name[3 * 64 + 1];       /* UTF-8 tail of the hive's path ("" when unreadable) */
};

bool scp_regf_is(const uint8_t *p, size_t n);
int scp_regf_parse(const uint8_t *p, size_t n, struct scp_regf *out, struct scp_err *err);
/* Unequal sequence numbers or a wrong checksum. */
bool scp_regf_dirty(const struct scp_regf *r);

#endif

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

/*
 * Who may do what with a key stands in a cell of its own, which keys of one list share; libhivex does not tell it.  Offsets are of
 * the file.  `cell` begins with its size; false: it is none, or it has none.
 */
enum { SCP_REGF_KEY = 0x34 /* bytes of a key's cell that are asked for */, SCP_REGF_SECURITY = 0x18 /* before a descriptor */ };
bool scp_regf_key_security(const uint8_t cell[SCP_REGF_KEY], uint64_t *at);
/* The length of the descriptor that follows. */
bool scp_regf_security(const uint8_t cell[SCP_REGF_SECURITY], size_t *n);

bool scp_regf_is(const uint8_t *p, size_t n);
int scp_regf_parse(const uint8_t *p, size_t n, struct scp_regf *out, struct scp_err *err);
/* Unequal sequence numbers or a wrong checksum. */
bool scp_regf_dirty(const struct scp_regf *r);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REGISTRY_REGTEXT_H
#define SCP_CODEC_REGISTRY_REGTEXT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Registry text, as a stream: .reg exports of Windows (regedit, reg.exe), Wine,
 * Samba, hivexregedit and reged, in UTF-16LE with or without BOM and UTF-8
 * (REGEDIT4 also in a single-byte code page, read as Latin-1), and what
 * `reg query KEY /s` prints.  Bytes are fed in pieces of any size; keys and
 * values come out through the sink in file order.
 *
 * Grammar: Microsoft, "How to add, modify, or delete registry subkeys and values
 * by using a .reg file" (KB 310516), and observation of the programs named.
 */

/* Registry value types (public winnt.h names). */
enum scp_reg_type {
    SCP_REG_NONE = 0,
    SCP_REG_SZ = 1,
    SCP_REG_EXPAND_SZ = 2,
    SCP_REG_BINARY = 3,
    SCP_REG_DWORD = 4,
    SCP_REG_DWORD_BE = 5,
    SCP_REG_MULTI_SZ = 7,
    SCP_REG_QWORD = 11
};

enum {
    SCP_REGTEXT_LINE_MAX = 16 << 20, /* bytes of one line (UTF-8) */
    SCP_REGTEXT_VALUE_MAX = 8 << 20, /* bytes of one value (libhivex' own cap) */
    SCP_REGTEXT_PATH_MAX = 32 << 10, /* bytes of a key path */
    SCP_REGTEXT_NAME_MAX = 32 << 10  /* bytes of a value name (Windows: 16383 characters) */
};

/*
 * Callbacks return 0 to go on, -1 (err set) to stop the parse.  Paths and names are
 * UTF-8, not NUL-terminated, valid during the call.  Paths are as written, root
 * included ("HKLM\SOFTWARE", "HKEY_LOCAL_MACHINE\SOFTWARE\"), without brackets
 * and without a trailing backslash.  The default value's name is "" (n = 0).
 * Data of strings (SZ, EXPAND_SZ, MULTI_SZ) arrives as the registry stores it: UTF-16LE with its NUL
 * (quoted strings of a UTF-8 export are converted); DWORD/QWORD little-endian.
 */
struct scp_regtext_sink {
    void *ctx;
    /* A key; `deleted` for [-key].  *wanted (preset true) may be set to false: its values are then only skipped. */
    int (*key)(void *ctx, const char *path, size_t n, bool deleted, bool *wanted, struct scp_err *err);
    int (*value)(void *ctx, const char *name, size_t n, uint32_t type, const uint8_t *data, size_t len, struct scp_err *err);
    /* "name"=- */
    int (*value_deleted)(void *ctx, const char *name, size_t n, struct scp_err *err);
    /* A malformed value or line was skipped: line number (from 1) and what was wrong.  `in_wanted`: below a wanted key. */
    int (*anomaly)(void *ctx, size_t line, bool in_wanted, const char *what, struct scp_err *err);
    /* Another export begins, that was joined to the text.  NULL: nobody asks. */
    int (*joined)(void *ctx, struct scp_err *err);
};

enum scp_regtext_dialect { SCP_REGTEXT_UNKNOWN, SCP_REGTEXT_REGEDIT5, SCP_REGTEXT_REGEDIT4, SCP_REGTEXT_QUERY };

/* What was learned about the text as a whole. */
struct scp_regtext_facts {
    enum scp_regtext_dialect dialect;
    bool utf16;
    size_t lines, keys, values, anomalies;
    bool truncated; /* the text ends inside a value, a line or a key header */
    size_t truncated_line;
    bool samba_trailer; /* ";Local Variables:" … ";End:" */
};

struct scp_regtext;

/* NULL when out of memory.  The sink is copied. */
struct scp_regtext *scp_regtext_new(const struct scp_regtext_sink *sink);

/* -1: not registry text (unknown header, NUL, bad encoding, over a maximum - message with line number), or a
 * callback said stop.  After -1 only scp_regtext_free() is allowed. */
int scp_regtext_feed(struct scp_regtext *t, const void *p, size_t n, struct scp_err *err);

/* The end of the text.  An empty text is an error (SCP_ERR_TRUNCATED). */
int scp_regtext_finish(struct scp_regtext *t, struct scp_regtext_facts *facts, struct scp_err *err);

/* Of the text so far. */
enum scp_regtext_dialect scp_regtext_dialect(const struct scp_regtext *t);

void scp_regtext_free(struct scp_regtext *t);

#endif

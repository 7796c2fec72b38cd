/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_INI_H
#define SCP_BASE_INI_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Ini text: "[section]", "key = value", "key" alone (a flag: value NULL),
 * comments from '#' or ';' at the start of a line.  With SCP_INI_REMARKS also from " #" (a
 * blank and '#') inside a line.  Sections of one name stay separate, in order;
 * keys outside a section belong to a section with the empty name.
 * UTF-8; a BOM, CRLF and LF are fine; NUL bytes and invalid UTF-8 are errors with their line.
 */
enum { SCP_INI_REMARKS = 1 };

enum { SCP_INI_MAX = 1 << 20 }; /* bytes of one ini text */

struct scp_ini_entry {
    const char *key;
    const char *value; /* trimmed; "" for "key =", NULL for "key" alone */
    size_t line;
};

struct scp_ini_section {
    const char *name; /* trimmed, inner blanks kept */
    size_t line;
    struct scp_ini_entry *v;
    size_t n;
};

struct scp_ini {
    struct scp_ini_section *v;
    size_t n;
    struct scp_arena arena;
};

int scp_ini_parse(const char *p, size_t n, unsigned flags, struct scp_ini *out, struct scp_err *err);
void scp_ini_free(struct scp_ini *ini);

#endif

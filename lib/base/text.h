/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_TEXT_H
#define SCP_BASE_TEXT_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-16LE -> UTF-8, strict: odd length, unpaired surrogates and U+0000 are errors
 * (one or more trailing NULs are dropped, as registry strings carry them). */
int scp_text_utf16le(const uint8_t *p, size_t n, struct scp_buf *out, struct scp_err *err);
/* The same for short texts, into `size` bytes with a NUL byte behind it; allocates nothing.  false, and "" in out: it is not
 * text, or does not fit. */
bool scp_text_utf16le_copy(const uint8_t *p, size_t n, char *out, size_t size);

/* RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF. */
bool scp_text_utf8_valid(const char *p, size_t n);

/* Decodes one character of UTF-8; returns its length in bytes (1-4), or 0 for an invalid byte or n == 0. */
size_t scp_text_utf8_next(const char *p, size_t n, uint32_t *codepoint);

/* Encodes one code point; returns the bytes written (1-4). */
size_t scp_text_utf8_put(uint32_t codepoint, char out[4]);

/*
 * The one sanitiser for text from outside on its way to people and monitoring
 * cores (design, output contract 3): C0, DEL, C1, escape, bidi controls, BOM,
 * other invisible format characters and invalid UTF-8 bytes and | < > " ` $ \ become \xNN (\u{NNNN}
 * above U+00FF), line ends and tabs a blank.  At most cap bytes are added, cut
 * at a character with "..." at the end.
 */
void scp_text_clean(struct scp_buf *out, const char *p, size_t n, size_t cap);

/* ASCII case folding, as registry names need it; <0, 0, >0. */
int scp_text_casecmp(const char *a, size_t an, const char *b, size_t bn);
bool scp_text_caseeq(const char *a, size_t an, const char *b, size_t bn);
char scp_text_lower(char c);

/* A word of ASCII letters and digits: the one that ends before p + at, or begins behind it, in the same line; n = 0: none. */
struct scp_text_word {
    const char *p;
    size_t n;
};
struct scp_text_word scp_text_word_before(const char *p, size_t at);
struct scp_text_word scp_text_word_behind(const char *p, size_t n, size_t at);
/* Is it one of these, whatever its case?  NULL ends them. */
bool scp_text_word_is(struct scp_text_word w, const char *const *these);

/* At most n bytes up to the first NUL, copied with a NUL behind; NULL: out of memory. */
char *scp_text_copy(const char *s, size_t n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TEXT_JSON_READER_H
#define SCP_CODEC_TEXT_JSON_READER_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * JSON (RFC 8259) from memory, token by token.  Depth is bounded; nothing is allocated.  Text that ends too early is
 * SCP_ERR_TRUNCATED, so that what came before may still be used.
 */
enum { SCP_JSON_READER_DEPTH = 64 };

enum scp_json_token {
    SCP_JSON_OBJECT,
    SCP_JSON_OBJECT_END,
    SCP_JSON_ARRAY,
    SCP_JSON_ARRAY_END,
    SCP_JSON_KEY,
    SCP_JSON_STRING,
    SCP_JSON_NUMBER,
    SCP_JSON_TRUE,
    SCP_JSON_FALSE,
    SCP_JSON_NULL,
    SCP_JSON_END
};

struct scp_json_reader {
    const char *p;
    size_t n, pos;
    unsigned depth;
    char bracket[SCP_JSON_READER_DEPTH]; /* '{' or '[' */
    enum { SCP_JSON_WANT_VALUE, SCP_JSON_WANT_FIRST, SCP_JSON_WANT_MORE, SCP_JSON_WANT_COLON, SCP_JSON_WANT_NOTHING } want;
    const char *text; /* of the last KEY, STRING (between the quotes, still escaped) or NUMBER */
    size_t text_n;
    const char *key; /* of the last member */
    size_t key_n;
};

void scp_json_reader_init(struct scp_json_reader *r, const char *p, size_t n);
int scp_json_reader_next(struct scp_json_reader *r, enum scp_json_token *token, struct scp_err *err);
/* After `token` of a value: passes over the rest of it (an object's or array's content). */
int scp_json_reader_skip(struct scp_json_reader *r, enum scp_json_token token, struct scp_err *err);
/* The last KEY or STRING without escapes, cut to size - 1 bytes at a character; invalid UTF-8 stays as it is. */
void scp_json_reader_text(const struct scp_json_reader *r, char *out, size_t size);
/* The next member of the object that is open: `token` is its value's.  1; 0: the object ends; -1. */
int scp_json_reader_member(struct scp_json_reader *r, enum scp_json_token *token, struct scp_err *err);
/* Is the last member's key that (ASCII case aside)?  An escaped one never is. */
bool scp_json_reader_is(const struct scp_json_reader *r, const char *what);

#endif

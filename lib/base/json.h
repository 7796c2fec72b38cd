/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_JSON_H
#define SCP_BASE_JSON_H

#include "base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A writer for JSON (RFC 8259) into a buffer.  `key` is NULL inside arrays and
 * at the top.  Strings may hold any bytes: invalid UTF-8 becomes U+FFFD, control
 * characters are escaped.  Depth is at most SCP_JSON_DEPTH; a deeper one fails the buffer.
 */
enum { SCP_JSON_DEPTH = 32 };

struct scp_json {
    struct scp_buf *out;
    bool pretty; /* line ends and two blanks per level */
    unsigned depth;
    bool empty[SCP_JSON_DEPTH + 1];
};

void scp_json_init(struct scp_json *j, struct scp_buf *out, bool pretty);
void scp_json_open(struct scp_json *j, const char *key, char bracket);  /* '{' or '[' */
void scp_json_close(struct scp_json *j, char bracket);                  /* '}' or ']' */
void scp_json_text(struct scp_json *j, const char *key, const char *s); /* NULL -> null */
void scp_json_bytes(struct scp_json *j, const char *key, const char *s, size_t n);
void scp_json_number(struct scp_json *j, const char *key, double v);
void scp_json_integer(struct scp_json *j, const char *key, int64_t v);
void scp_json_bool(struct scp_json *j, const char *key, bool v);
void scp_json_null(struct scp_json *j, const char *key);
/* ISO 8601 in UTC; SCP_UTC_UNKNOWN -> null */
void scp_json_time(struct scp_json *j, const char *key, int64_t t);
/* Text that is JSON already. */
void scp_json_raw(struct scp_json *j, const char *key, const char *json);

/*
 * An object in a buffer of its own: begin, add its members to `json`, end.  The end hands its text to the caller (free()):
 * "" where it grew over the maximum, NULL where memory ran out.
 */
struct scp_json_object {
    struct scp_buf text;
    struct scp_json json;
};
void scp_json_begin(struct scp_json_object *o, size_t max);
char *scp_json_end(struct scp_json_object *o);

#endif

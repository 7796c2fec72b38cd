/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_REGISTRY_REGTEXT_INTERNAL_H
#define SCP_CODEC_REGISTRY_REGTEXT_INTERNAL_H

#include "base/buf.h"
#include "codec/registry/regtext.h"

/* Shared between the parts of the registry text parser; nobody else includes it. */
enum regtext_inside { INSIDE_NOTHING, INSIDE_HEX, INSIDE_STRING, INSIDE_SKIPPED };

struct scp_regtext {
    struct scp_regtext_sink sink;
    struct scp_regtext_facts facts;
    enum { ENCODING_UNKNOWN, ENCODING_UTF8, ENCODING_UTF16 } encoding;
    uint8_t head[4]; /* first bytes, until the encoding is known; then a cut UTF-16 unit or pair */
    size_t head_n;
    struct scp_buf carry; /* the unfinished line, UTF-8 */
    struct scp_buf latin; /* a line converted from Latin-1 */
    struct scp_buf name;  /* of the value being read */
    struct scp_buf data;
    uint32_t type;
    enum regtext_inside inside;
    size_t value_line; /* where the value began */
    bool has_key, wanted;
    bool at_end; /* the line being read has no line end */
    bool trailer_begun;
    bool after_key_line; /* reg query: the line before was a key */
    bool after_blank;
};

/* Each line is without its end.  -1 stops the parse. */
int scp_regtext_export_line(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err);

/* Whole lines within a value, as Windows writes them; how many bytes of the text were taken. */
size_t scp_regtext_usual_lines(struct scp_regtext *t, const char *p, size_t n);
int scp_regtext_query_line(struct scp_regtext *t, const char *p, size_t n, struct scp_err *err);

/* Shared helpers. */
/* Has one of its buffers found no memory?  Then nothing may be passed over as malformed. */
bool scp_regtext_starved(const struct scp_regtext *t);
/* Counts what is passed over; -1 when it is no fault of the text, but memory ran out. */
int scp_regtext_anomaly(struct scp_regtext *t, size_t line, const char *what, struct scp_err *err);
int scp_regtext_key(struct scp_regtext *t, const char *path, size_t n, bool deleted, struct scp_err *err);
int scp_regtext_deliver(struct scp_regtext *t, struct scp_err *err);
/* Appends UTF-8 as UTF-16LE to t->data; -1 when over the maximum. */
int scp_regtext_put_text(struct scp_regtext *t, const char *p, size_t n);
int scp_regtext_put_nul(struct scp_regtext *t);
int scp_regtext_line_text(struct scp_regtext *t, const char **p, size_t *n, struct scp_err *err);
void scp_regtext_cut(struct scp_regtext *t);
extern const int8_t scp_regtext_hex[256];

#endif

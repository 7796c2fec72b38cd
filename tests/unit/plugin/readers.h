/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_READERS_H
#define SCP_TESTS_READERS_H

#include <stdbool.h>
#include <stddef.h>

/* A small strict reader of JSON (RFC 8259): nothing but one value and white space. */
enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    double number;
    char *text; /* decoded */
    size_t n;   /* of elements */
    struct json **value;
    char **key; /* objects only */
};

/* NULL when it is not JSON (also for a key given twice). */
struct json *json_read(const char *text);
void json_free(struct json *j);
/* NULL when there is none. */
const struct json *json_get(const struct json *j, const char *key);

/* A small strict reader of OpenMetrics 1.0 text (gauges).  NULL when it is right, else what is
 * wrong.  *families and *samples count. */
const char *metrics_check(const char *text, size_t *families, size_t *samples);
/* The value of the first sample whose line begins with `head`; -1 when there is none. */
double metrics_value(const char *text, const char *head);

/* A strict reader of the HTML page: known elements, well nested, known attributes in double quotes, known entities, links to
 * https only, no control or bidirectional characters.  NULL when it is right, else what is wrong. */
const char *page_check(const char *text);

#endif

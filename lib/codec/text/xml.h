/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TEXT_XML_H
#define SCP_CODEC_TEXT_XML_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * XML as Windows renders an event: one element with attributes, text and elements in it, in UTF-8.  Declarations of types,
 * comments, instructions and CDATA, which no rendered event has, are refused; so nothing in it can stand for something else.
 */
enum { SCP_XML_DEPTH_MAX = 24, SCP_XML_ATTRIBUTES_MAX = 64, SCP_XML_PATH_MAX = 400 };

struct scp_xml_slice {
    const char *p;
    size_t n;
};

struct scp_xml {
    const char *p;
    size_t n, pos;
    char path[SCP_XML_PATH_MAX]; /* of the element we are in: "Event/System/EventID" */
    struct scp_xml_slice open[SCP_XML_DEPTH_MAX];
    size_t depth;
    bool begun, closing; /* the outermost was seen; the element that was just opened is empty */
    struct scp_xml_slice name[SCP_XML_ATTRIBUTES_MAX], value[SCP_XML_ATTRIBUTES_MAX];
    size_t attributes;         /* of the element that was just opened */
    struct scp_xml_slice text; /* as it stands there */
};

enum scp_xml_item { SCP_XML_END, SCP_XML_ELEMENT, SCP_XML_TEXT, SCP_XML_CLOSED };

/* The text is borrowed. */
void scp_xml_init(struct scp_xml *x, const char *p, size_t n);
/* The next item: an element was opened, text, an element was closed (path is its parent's), or the end.  -1: malformed. */
int scp_xml_next(struct scp_xml *x, enum scp_xml_item *item, struct scp_err *err);
/* An attribute of the element that was just opened.  1; 0: it has none of that name; -1: it does not fit, or is malformed. */
int scp_xml_attribute(const struct scp_xml *x, const char *name, char *out, size_t size, struct scp_err *err);
/* Text with its entities resolved and a NUL behind it. */
int scp_xml_decode(const struct scp_xml_slice *s, char *out, size_t size, struct scp_err *err);

#endif

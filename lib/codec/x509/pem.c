/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/x509/pem.h"

#include "base/num.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_MAX = 64 };

static const char BEGIN[] = "-----BEGIN ";
static const char DASHES[] = "-----";

/* Where needle begins in text at or behind pos; n when nowhere. */
static size_t find(const char *text, size_t n, size_t pos, const char *needle)
{
    size_t length = strlen(needle);

    while (pos < n && n - pos >= length) {
        const char *p = memchr(text + pos, needle[0], n - pos - length + 1);

        if (p == NULL)
            return n;
        pos = (size_t)(p - text);
        if (memcmp(p, needle, length) == 0)
            return pos;
        pos++;
    }
    return n;
}

bool scp_pem_is(const char *text, size_t n)
{
    return find(text, n, 0, BEGIN) < n;
}

static int decode(const char *text, size_t n, struct scp_buf *der, struct scp_err *err)
{
    size_t room = n / 4 * 3 + 3;
    char *out;

    scp_buf_truncate(der, 0);
    out = scp_buf_room(der, room);
    if (out == NULL)
        return scp_buf_error(der, err, "the PEM block is too large");
    if (scp_num_base64(text, n, (uint8_t *)out, &room, NULL) != 0 || room == 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "the PEM block is not base64");
    scp_buf_grown(der, room);
    return 0;
}

int scp_pem_next(const char *text, size_t n, size_t *pos, const char *label, struct scp_buf *der, struct scp_err *err)
{
    char begin[LABEL_MAX + sizeof BEGIN + sizeof DASHES], end[LABEL_MAX + sizeof BEGIN + sizeof DASHES];
    size_t start, stop;

    (void)snprintf(begin, sizeof begin, "%s%s%s", BEGIN, label, DASHES);
    (void)snprintf(end, sizeof end, "-----END %s%s", label, DASHES);
    start = find(text, n, *pos, begin);
    if (start == n)
        return 0;
    start += strlen(begin);
    *pos = start;
    stop = find(text, n, start, DASHES);
    if (stop == n || n - stop < strlen(end) || memcmp(text + stop, end, strlen(end)) != 0)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "a PEM block without an end");
    if (stop - start > SCP_PEM_BLOCK_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "the PEM block is too large");
    if (decode(text + start, stop - start, der, err) != 0)
        return -1;
    *pos = stop + strlen(end);
    return 1;
}

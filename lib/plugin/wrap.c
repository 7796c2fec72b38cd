/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/wrap.h"

#include <string.h>

void scp_wrap_blanks(struct scp_buf *out, size_t n)
{
    while (n-- > 0)
        (void)scp_buf_chr(out, ' ');
}

size_t scp_wrap_width(const char *p, size_t n)
{
    size_t width = 0;

    for (size_t i = 0; i < n; i++)
        width += ((unsigned char)p[i] & 0xC0U) != 0x80U;
    return width;
}

static void new_line(struct scp_buf *out, size_t hang, size_t *column)
{
    (void)scp_buf_chr(out, '\n');
    scp_wrap_blanks(out, hang);
    *column = hang;
}

/* One line of the text: its words, moved to a new line where they would not fit. */
static void wrap_line(struct scp_buf *out, const char *p, size_t n, size_t columns, size_t *column, size_t hang)
{
    size_t indent = 0, inner;

    while (indent < n && p[indent] == ' ')
        indent++;
    scp_wrap_blanks(out, indent);
    *column += indent;
    inner = hang + indent;
    for (size_t i = indent; i < n;) {
        size_t blanks = 0, word = 0, width;

        while (i + blanks < n && p[i + blanks] == ' ')
            blanks++;
        while (i + blanks + word < n && p[i + blanks + word] != ' ')
            word++;
        if (word == 0)
            return;
        width = scp_wrap_width(p + i + blanks, word);
        if (columns > 0 && i > indent && *column + blanks + width > columns) {
            new_line(out, inner, column);
        } else {
            scp_wrap_blanks(out, blanks);
            *column += blanks;
        }
        (void)scp_buf_add(out, p + i + blanks, word);
        *column += width;
        i += blanks + word;
    }
}

void scp_wrap(struct scp_buf *out, const char *text, size_t columns, size_t column, size_t hang)
{
    for (;;) {
        const char *end = strchr(text, '\n');
        size_t n = end != NULL ? (size_t)(end - text) : strlen(text);

        wrap_line(out, text, n, columns, &column, hang);
        if (end == NULL)
            return;
        text = end + 1;
        if (*text == '\n' || *text == '\0') { /* an empty line has no blanks */
            (void)scp_buf_chr(out, '\n');
            column = 0;
        } else {
            new_line(out, hang, &column);
        }
    }
}

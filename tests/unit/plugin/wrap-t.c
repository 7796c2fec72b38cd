/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/wrap.h"
#include "tests/tap/tap.h"

static void is(const char *wanted, const char *text, size_t columns, size_t column, size_t hang, const char *what)
{
    struct scp_buf out;

    scp_buf_init(&out, 10000);
    scp_wrap(&out, text, columns, column, hang);
    tap_is_text(wanted, scp_buf_text(&out), "%s", what);
    scp_buf_free(&out);
}

int main(void)
{
    is("", "", 10, 0, 0, "nothing");
    is("one two", "one two", 7, 0, 0, "just fits");
    is("one\n  two", "one two", 6, 0, 2, "one column too wide, hanging");
    is("one two three", "one two three", 0, 0, 2, "not wrapped");
    is("averylongword\nb", "averylongword b", 5, 0, 0, "a long word stays whole");
    is("one\n    two", "one two", 12, 6, 4, "the cursor's column counts");
    is("a\n  b", "a\nb", 20, 2, 2, "a line end starts a new line");
    is("a\n\nb", "a\n\nb", 20, 0, 0, "an empty line");
    is("a\n    b c\n    d", "a\n  b c d", 8, 2, 2, "a line's own blanks hang with it");
    is("\xC3\xA4\xC3\xB6 \xC3\xBC", "\xC3\xA4\xC3\xB6 \xC3\xBC", 4, 0, 0, "characters count, not bytes");
    is("a  b", "a  b", 20, 0, 0, "blanks inside stay");
    is("a", "a   ", 20, 0, 0, "blanks at the end do not");
    return tap_done();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/repeats.h"
#include "tap.h"

#include <string.h>

static struct scp_repeats repeats;

/* What is known of it when it comes once more. */
static const char *told(const char *text)
{
    const struct scp_repeat *s = scp_repeats_find(&repeats, text, strlen(text));

    if (s == NULL)
        return "new";
    if (!scp_repeat_holds(s, text, strlen(text)))
        return "seen";
    return s->success ? "success" : "kept";
}

static void keep(const char *text, bool success)
{
    struct scp_repeat *s = scp_repeats_find(&repeats, text, strlen(text));

    if (s != NULL)
        scp_repeat_keep(s, text, strlen(text), success);
}

static void in_order(void)
{
    static const char TEXT[] = "The beginning, the middle and the end";

    tap_is_text("new", told(TEXT), "a text that comes for the first time");
    tap_is_text("seen", told(TEXT), "for the second time: nothing was kept of it");
    keep(TEXT, true);
    tap_is_text("success", told(TEXT), "it is kept, with what it told");
    keep(TEXT, false);
    tap_is_text("kept", told(TEXT), "what it told last");
    scp_repeats_forget(&repeats);
    tap_is_text("new", told(TEXT), "another component writes");
    tap_is_text("seen", told(TEXT), "nothing is left of what was kept");
}

/* Of the same length, and the same at all places of which the mark is made. */
static void alike(void)
{
    static const char ONE[] = "beginning, 1st place, middle part, 2nd place, the end...";
    static const char TWO[] = "beginning, 9th place, middle part, 2nd place, the end...";

    (void)told(ONE);
    keep(ONE, false);
    tap_is_text("kept", told(ONE), "a text");
    tap_is_text("seen", told(TWO), "one that differs between beginning and middle is another");
    keep(TWO, true);
    tap_is_text("success", told(TWO), "it takes the place");
    tap_is_text("seen", told(ONE), "of the first");
}

static void lengths(void)
{
    char text[SCP_REPEATS_LONGEST + 2];

    memset(text, 'x', sizeof text);
    for (size_t n = 0; n < sizeof text; n++) {
        bool held = n >= SCP_REPEATS_SHORTEST && n <= SCP_REPEATS_LONGEST;

        (void)scp_repeats_find(&repeats, text, n);
        if ((scp_repeats_find(&repeats, text, n) != NULL) != held)
            tap_ok(false, "a text of %zu bytes", n);
    }
    tap_ok(true, "%d to %d bytes are kept", SCP_REPEATS_SHORTEST, SCP_REPEATS_LONGEST);
}

int main(void)
{
    in_order();
    alike();
    lengths();
    return tap_done();
}

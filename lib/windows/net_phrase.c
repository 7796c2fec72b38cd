/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/net_phrase.h"

#include "base/text.h"

#include <string.h>

enum { BYTES_MAX = 160 /* of a phrase before and behind the place */, WORDS_MAX = BYTES_MAX, AFAR = 3 };

const char *const scp_net_phrase_words[] = { "fail", "unable",    "could not", "couldn", "cannot", "can not",   "can't",
                                             "not ", "unsuccess", "abort",     "cancel", "error",  "exception", NULL };

struct phrase {
    const char *p;
    size_t n, from, to; /* in the text */
    struct scp_text_word word[WORDS_MAX];
    size_t words;
};

/* --- Where it begins and ends --- */

/* What is behind a comma or a bracket is said by itself; a full stop or a colon within a word ("x.cab", "E:\x") ends nothing. */
static bool ends_at(const char *p, size_t n, size_t i)
{
    if (strchr(",;!?()[]<>\n=", p[i]) != NULL)
        return true;
    if (p[i] == ':' && i + 1 < n && p[i + 1] >= '0' && p[i + 1] <= '9')
        return true;
    return (p[i] == '.' || p[i] == ':') && (i + 1 == n || strchr(" \t\r\n'\"", p[i + 1]) != NULL);
}

static void find(struct phrase *f, size_t at)
{
    struct scp_text_word w;

    for (f->from = at; f->from > 0 && at - f->from < BYTES_MAX && !ends_at(f->p, f->n, f->from - 1);)
        f->from--;
    for (f->to = at; f->to < f->n && f->to - at < BYTES_MAX && !ends_at(f->p, f->n, f->to);)
        f->to++;
    w = scp_text_word_behind(f->p, f->to, f->from);
    for (f->words = 0; w.n > 0 && f->words < WORDS_MAX; w = scp_text_word_behind(f->p, f->to, (size_t)(w.p - f->p) + w.n))
        f->word[f->words++] = w;
}

/* --- Its words --- */

static struct scp_text_word at(const struct phrase *f, size_t i)
{
    return i < f->words ? f->word[i] : (struct scp_text_word){ "", 0 };
}

static bool holds(struct scp_text_word w, const char *what)
{
    size_t n = strlen(what);

    for (size_t i = 0; i + n <= w.n; i++) {
        if (scp_text_caseeq(w.p + i, n, what, n))
            return true;
    }
    return false;
}

static bool is_exchange(struct scp_text_word w)
{
    static const char *const SENDS[] = { "send", "sending", "sent", NULL };

    return holds(w, "upload") || holds(w, "download") || holds(w, "SendRequest") || holds(w, "ReceiveResponse") ||
           scp_text_word_is(w, SENDS);
}

/* Is one of the words from `from` on, up to but not `to`, of an exchange? */
static bool names_exchange(const struct phrase *f, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < f->words; i++) {
        if (is_exchange(f->word[i]))
            return true;
    }
    return false;
}

/* One of these, in the two words before. */
static bool follows(const struct phrase *f, size_t i, const char *const *these)
{
    return (i > 0 && scp_text_word_is(f->word[i - 1], these)) || (i > 1 && scp_text_word_is(f->word[i - 2], these));
}

/* "failed: 0", "errors = none", "the count of failures is 0" */
static bool counts_none(const struct phrase *f)
{
    static const char *const NONE[] = { "0", "no", "none", "zero", "false", "0x0", "0x00000000", NULL }, *const COUNTS[] = {
        "is", "was", "count", "errors", "failures", "encountered", NULL
    };

    if (f->to < f->n && (f->p[f->to] == ':' || f->p[f->to] == '='))
        return scp_text_word_is(scp_text_word_behind(f->p, f->n, f->to), NONE);
    return f->words > 1 && scp_text_word_is(f->word[f->words - 1], NONE) && scp_text_word_is(f->word[f->words - 2], COUNTS);
}

/* "0 of 5 files failed", "If the upload failed", "no error", "checking for failed uploads" */
static bool is_denied(const struct phrase *f, size_t i)
{
    static const char *const NONE[] = { "0", "no", "zero", "none", "without", "not", "never", NULL },
                             *const COUNT[] = { "0", "zero", "none", NULL }, *const ANY[] = { "for", "any", NULL },
                             *const IF[] = { "if", "whether", "unless", "when", NULL };

    for (size_t k = 0; k < i; k++) {
        if (scp_text_word_is(f->word[k], IF))
            return true;
    }
    return follows(f, i, NONE) || (i > 0 && scp_text_word_is(f->word[i - 1], ANY)) || scp_text_word_is(f->word[0], COUNT) ||
           counts_none(f);
}

/* --- What it says --- */

/* "not (yet, be, fully, …) uploaded"; what is to come, or was so before, has not failed. */
static enum scp_net_phrase of_not(const struct phrase *f, size_t i)
{
    static const char *const DONE[] = { "uploaded", "downloaded", "sent", NULL }, *const SUCCESS[] = { "successful", NULL },
                             *const YET[] = { "yet", "before", "again", NULL }, *const PLANNED[] = { "will",  "should", "need",
                                                                                                     "needs", "do",     "does",
                                                                                                     "if",    NULL };

    if (follows(f, i, PLANNED))
        return SCP_NET_PHRASE_NOTHING;
    if (scp_text_word_is(at(f, i + 1), SUCCESS))
        return names_exchange(f, 0, f->words) ? SCP_NET_PHRASE_EXCHANGE : SCP_NET_PHRASE_FAILURE;
    for (size_t k = i + 1; k <= i + 1 + AFAR && k < f->words; k++) {
        if (scp_text_word_is(f->word[k], YET))
            return SCP_NET_PHRASE_NOTHING;
        if (scp_text_word_is(f->word[k], DONE))
            return scp_text_word_is(at(f, k + 1), YET) ? SCP_NET_PHRASE_NOTHING : SCP_NET_PHRASE_EXCHANGE;
    }
    return SCP_NET_PHRASE_NOTHING;
}

/* "error while uploading", "upload error", "an error occurred". */
static enum scp_net_phrase of_error(const struct phrase *f, size_t i)
{
    static const char *const OCCURRED[] = { "occurred", "occured", NULL }, *const THINGS[] = { "report",  "reports", "log",  "logs",
                                                                                               "handler", "count",   "list", NULL };

    if (scp_text_word_is(at(f, i + 1), THINGS))
        return SCP_NET_PHRASE_NOTHING;
    if (names_exchange(f, i + 1, i + 1 + AFAR) || (i > 0 && is_exchange(f->word[i - 1])))
        return SCP_NET_PHRASE_EXCHANGE;
    return scp_text_word_is(at(f, i + 1), OCCURRED) ? SCP_NET_PHRASE_FAILURE : SCP_NET_PHRASE_NOTHING;
}

static bool is_failure(const struct phrase *f, size_t i)
{
    static const char *const WHOLE[] = { "fail",   "fails",        "failed",         "failing", "failure",   "failures",
                                         "unable", "unsuccessful", "unsuccessfully", "cannot",  "exception", NULL },
                             *const COULD[] = { "could", "can", NULL }, *const NOT[] = { "not", NULL }, *const T[] = { "t", NULL },
                             *const COULDN[] = { "couldn", "can", NULL };

    return scp_text_word_is(f->word[i], WHOLE) || (scp_text_word_is(f->word[i], COULD) && scp_text_word_is(at(f, i + 1), NOT)) ||
           (scp_text_word_is(f->word[i], COULDN) && scp_text_word_is(at(f, i + 1), T));
}

static enum scp_net_phrase of_word(const struct phrase *f, size_t i)
{
    static const char *const NOT[] = { "not", NULL }, *const ERRORS[] = { "error", "errors", NULL }, *const ENDED[] = { "abort",
                                                                                                                        "aborted",
                                                                                                                        "aborting",
                                                                                                                        "cancelled",
                                                                                                                        "canceled",
                                                                                                                        NULL };
    bool exchange;

    if (scp_text_word_is(f->word[i], NOT))
        return of_not(f, i);
    if (is_denied(f, i))
        return SCP_NET_PHRASE_NOTHING;
    exchange = names_exchange(f, 0, f->words);
    if (is_failure(f, i))
        return exchange ? SCP_NET_PHRASE_EXCHANGE : SCP_NET_PHRASE_FAILURE;
    if (scp_text_word_is(f->word[i], ENDED) && exchange)
        return SCP_NET_PHRASE_EXCHANGE;
    return scp_text_word_is(f->word[i], ERRORS) ? of_error(f, i) : SCP_NET_PHRASE_NOTHING;
}

enum scp_net_phrase scp_net_phrase_at(const char *p, size_t n, size_t at)
{
    struct phrase f = { .p = p, .n = n };
    enum scp_net_phrase worst = SCP_NET_PHRASE_NOTHING;

    find(&f, at);
    for (size_t i = 0; i < f.words; i++) {
        enum scp_net_phrase said = of_word(&f, i);

        if (said > worst)
            worst = said;
    }
    return worst;
}

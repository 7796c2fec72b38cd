/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/net_phrase.h"

#include "base/text.h"

#include <string.h>

enum { BYTES_MAX = 160 /* of a phrase before and behind the place */, WORDS_MAX = BYTES_MAX, AFAR = 3 };

const char *const scp_net_phrase_words[] = { "fail",     "unable",     "could not", "couldn",     "cannot",  "can not",   "can't",
                                             "uploaded", "downloaded", "sent",      "successful", "succeed", "unsuccess", "abort",
                                             "did not",  "cancel",     "error",     "exception",  NULL };

struct phrase {
    const char *p;
    size_t n, from, to; /* in the text */
    struct scp_text_word word[WORDS_MAX];
    bool sends[WORDS_MAX]; /* is of an exchange */
    size_t words;
    size_t condition; /* the first word that says that something may happen; `words`: none does */
};

static bool holds(struct scp_text_word w, const char *what)
{
    size_t n = strlen(what);

    for (size_t i = 0; i + n <= w.n; i++) {
        if (scp_text_caseeq(w.p + i, n, what, n))
            return true;
    }
    return false;
}

/* An uploader, which may fail in other things, is none. */
static bool is_exchange(struct scp_text_word w)
{
    static const char *const SENDS[] = { "send", "sending", "sent", NULL };

    if (holds(w, "upload") || holds(w, "download"))
        return !holds(w, "loader");
    return holds(w, "SendRequest") || holds(w, "ReceiveResponse") || scp_text_word_is(w, SENDS);
}

/* --- Where it begins and ends --- */

/* "download(s)" */
static bool is_plural(const char *p, size_t n, size_t i)
{
    return (p[i] == '(' && i + 2 < n && p[i + 1] == 's' && p[i + 2] == ')') ||
           (p[i] == ')' && i > 1 && p[i - 1] == 's' && p[i - 2] == '(');
}

/* What is behind a comma or a bracket is said by itself; a full stop or a colon within a word ("x.cab", "E:\x") ends nothing. */
static bool ends_at(const char *p, size_t n, size_t i)
{
    if (strchr(",;!?()[]<>\n=", p[i]) != NULL)
        return !is_plural(p, n, i);
    if (p[i] == ':' && i + 1 < n && p[i + 1] >= '0' && p[i + 1] <= '9')
        return true;
    return (p[i] == '.' || p[i] == ':') && (i + 1 == n || strchr(" \t\r\n'\"", p[i + 1]) != NULL);
}

/* "If-Modified-Since", "failed-upload queue" */
static bool is_hyphened(const struct phrase *f, struct scp_text_word w)
{
    const char *end = w.p + w.n;

    return end + 1 < f->p + f->n && *end == '-' && (end[1] | 0x20) >= 'a' && (end[1] | 0x20) <= 'z';
}

static void find(struct phrase *f, size_t at)
{
    static const char *const IF[] = { "if", "whether", "unless", NULL };
    struct scp_text_word w;

    for (f->from = at; f->from > 0 && at - f->from < BYTES_MAX && !ends_at(f->p, f->n, f->from - 1);)
        f->from--;
    for (f->to = at; f->to < f->n && f->to - at < BYTES_MAX && !ends_at(f->p, f->n, f->to);)
        f->to++;
    f->condition = WORDS_MAX;
    w = scp_text_word_behind(f->p, f->to, f->from);
    for (f->words = 0; w.n > 0 && f->words < WORDS_MAX; w = scp_text_word_behind(f->p, f->to, (size_t)(w.p - f->p) + w.n)) {
        if (f->condition == WORDS_MAX && scp_text_word_is(w, IF) && !is_hyphened(f, w))
            f->condition = f->words;
        f->sends[f->words] = is_exchange(w);
        f->word[f->words++] = w;
    }
}

/* --- Its words --- */

static struct scp_text_word at(const struct phrase *f, size_t i)
{
    return i < f->words ? f->word[i] : (struct scp_text_word){ "", 0 };
}

static struct scp_text_word before(const struct phrase *f, size_t i)
{
    return i > 0 ? f->word[i - 1] : (struct scp_text_word){ "", 0 };
}

static bool is_one_of(const struct phrase *f, size_t i, const char *const *these)
{
    return scp_text_word_is(at(f, i), these);
}

/* 1 and more, 0x80072EE7 */
static bool is_number(struct scp_text_word w)
{
    size_t i = 0;

    while (i < w.n && w.p[i] >= '0' && w.p[i] <= '9')
        i++;
    return (i > 0 && i == w.n && w.p[0] != '0') || (w.n > 2 && w.p[0] == '0' && (w.p[1] | 0x20) == 'x');
}

/* "uploaded", "sent": done, not to be done */
static bool is_done(struct scp_text_word w)
{
    static const char *const SENT[] = { "sent", NULL };

    return (w.n > 4 && scp_text_caseeq(w.p + w.n - 2, 2, "ed", 2)) || scp_text_word_is(w, SENT);
}

/* The folder of a path: "E:\outboxes\failed\1.cab" */
static bool is_in_path(const struct phrase *f, struct scp_text_word w)
{
    const char *end = w.p + w.n;

    return (w.p > f->p && w.p[-1] == '\\') || (end < f->p + f->n && *end == '\\');
}

/* Is one of the words from `from` on, up to but not `to`, of an exchange? */
static bool names_exchange(const struct phrase *f, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < f->words; i++) {
        if (f->sends[i])
            return true;
    }
    return false;
}

/* Of what is said together with the word: "could not find it so it will be downloaded" says two things. */
static bool is_of_exchange(const struct phrase *f, size_t i)
{
    static const char *const THEN[] = { "so", "but", NULL };
    size_t from = i, to = i;

    while (from > 0 && !scp_text_word_is(f->word[from - 1], THEN))
        from--;
    while (to < f->words && !scp_text_word_is(f->word[to], THEN))
        to++;
    return names_exchange(f, from, to);
}

/* One of these, in the two words before. */
static bool follows(const struct phrase *f, size_t i, const char *const *these)
{
    return (i > 0 && scp_text_word_is(f->word[i - 1], these)) || (i > 1 && scp_text_word_is(f->word[i - 2], these));
}

/* --- Counts --- */

/* Behind "failed:": "0", "none", "0 of 5 files"; not "no connection", "0 bytes sent". */
static bool is_none(const struct phrase *f)
{
    static const char *const NONE[] = { "0", "no", "none", "zero", "false", "0x0", "0x00000000", NULL }, *const COUNT[] = { "0",
                                                                                                                            "zero",
                                                                                                                            NULL };
    static const char *const BYTES[] = { "bytes", "byte", "KB", "MB", NULL };
    struct scp_text_word none = scp_text_word_behind(f->p, f->n, f->to), w;
    size_t end = (size_t)(none.p - f->p) + none.n;

    if (!scp_text_word_is(none, NONE))
        return false;
    while (end < f->n && end - f->to < BYTES_MAX && !ends_at(f->p, f->n, end))
        end++;
    w = scp_text_word_behind(f->p, end, (size_t)(none.p - f->p) + none.n);
    if (w.n > 0 && !scp_text_word_is(none, COUNT))
        return false;
    for (; w.n > 0; w = scp_text_word_behind(f->p, end, (size_t)(w.p - f->p) + w.n)) {
        if (is_done(w) || scp_text_word_is(w, BYTES))
            return false;
    }
    return true;
}

static const char *const BECAUSE[] = { "because", "as", NULL };

/* "failed: 0", "errors = none", "the count of failures is 0", "failed 0 of 5" */
static bool counts_none(const struct phrase *f, size_t i)
{
    static const char *const NONE[] = { "0", "no", "none", "zero", "false", "0x0", "0x00000000", NULL };
    static const char *const COUNTS[] = { "is",       "was",      "count",       "code",  "errors",  "failed",
                                          "failure",  "failures", "items",       "files", "uploads", "downloads",
                                          "packages", "messages", "encountered", NULL };
    static const char *const ZERO[] = { "0", NULL }, *const OF[] = { "of", NULL };

    if (f->to < f->n && (f->p[f->to] == ':' || f->p[f->to] == '='))
        return is_none(f);
    for (size_t k = i + 1; k < f->words && k <= i + 1 + AFAR; k++) {
        if (scp_text_word_is(f->word[k], ZERO) && is_one_of(f, k + 1, OF))
            return true;
    }
    for (size_t k = i + 1; k < f->words; k++) {
        if (scp_text_word_is(f->word[k], BECAUSE))
            return false;
    }
    return f->words > 1 && scp_text_word_is(f->word[f->words - 1], NONE) && scp_text_word_is(f->word[f->words - 2], COUNTS);
}

/* "3 failed uploads", "failed uploads: 3", "failed status 500" */
static bool counts_some(const struct phrase *f, size_t i)
{
    static const char *const LIMITS[] = { "max", "maximum", "limit", "threshold", "allowed", "interval", "delay", NULL };
    bool signs = f->to < f->n && strchr(":=(", f->p[f->to]) != NULL;

    for (size_t k = 0; k < f->words; k++) {
        if (scp_text_word_is(f->word[k], LIMITS))
            return false;
    }
    return is_number(before(f, i)) || is_number(f->word[f->words - 1]) ||
           (signs && is_number(scp_text_word_behind(f->p, f->n, f->to)));
}

/* "0 of 5 files failed"; not "0 of 5 were sent because the upload failed" */
static bool is_of_none(const struct phrase *f, size_t i)
{
    static const char *const COUNT[] = { "0", "zero", "none", NULL };

    if (!scp_text_word_is(f->word[0], COUNT))
        return false;
    for (size_t k = 1; k < i; k++) {
        if (is_done(f->word[k]))
            return false;
    }
    return true;
}

/* "when the upload fails", "in case of failure": of what failed by then it says more. */
static bool is_supposed(const struct phrase *f, size_t i)
{
    static const char *const PRESENT[] = { "fail", "fails", "failure", "failures", NULL }, *const WHEN[] = { "when", NULL },
                             *const IN[] = { "in", NULL }, *const CASE[] = { "case", NULL }, *const SHOULD[] = { "should", NULL };

    if (!scp_text_word_is(f->word[i], PRESENT))
        return false;
    for (size_t k = 0; k < i; k++) {
        if (scp_text_word_is(f->word[k], WHEN) || (scp_text_word_is(f->word[k], CASE) && scp_text_word_is(before(f, k), IN)))
            return true;
    }
    return scp_text_word_is(f->word[0], SHOULD);
}

/* "0 of 5 files failed", "If the upload failed", "no error", "checking for failed uploads" */
static bool is_denied(const struct phrase *f, size_t i)
{
    static const char *const NONE[] = { "0", "no", "zero", "none", "nothing", "without", "not", "never", NULL },
                             *const NO[] = { "no", NULL }, *const ANY[] = { "for", "any", NULL };

    if (i > f->condition || is_supposed(f, i) || follows(f, i, NONE) || (i > 0 && scp_text_word_is(f->word[i - 1], ANY)))
        return true;
    return (i > 2 && scp_text_word_is(f->word[i - 3], NO) && f->sends[i - 2]) || is_of_none(f, i) || counts_none(f, i);
}

/* --- What it says --- */

static const char *const DONE[] = { "uploaded", "downloaded", "sent", NULL }, *const SUCCESS[] = { "successful", "succeed", NULL };

/* "not sent because telemetry level is Basic": so it is set. */
static bool is_setting(const struct phrase *f, size_t i)
{
    static const char *const LEVEL[] = { "telemetry", NULL };

    while (i < f->words && !is_one_of(f, i, BECAUSE))
        i++;
    return is_one_of(f, i + 1, LEVEL);
}

/* "not (yet, be, fully, …) uploaded", "did not complete"; what is to come, or was so before, has not failed. */
static enum scp_net_phrase of_not(const struct phrase *f, size_t i)
{
    static const char *const YET[] = { "yet", "before", "again", NULL }, *const PLANNED[] = { "will", "should", "need", "needs",
                                                                                              "do",   "does",   "if",   NULL };

    static const char *const DID[] = { "did", NULL }, *const ENDED[] = { "complete", "finish", NULL };

    if (follows(f, i, PLANNED) || is_setting(f, i))
        return SCP_NET_PHRASE_NOTHING;
    if (scp_text_word_is(before(f, i), DID) && is_one_of(f, i + 1, ENDED) && is_of_exchange(f, i))
        return SCP_NET_PHRASE_EXCHANGE;
    if (scp_text_word_is(at(f, i + 1), SUCCESS))
        return is_of_exchange(f, i) ? SCP_NET_PHRASE_EXCHANGE : SCP_NET_PHRASE_FAILURE;
    for (size_t k = i + 1; k <= i + 1 + AFAR && k < f->words; k++) {
        if (scp_text_word_is(f->word[k], YET))
            return SCP_NET_PHRASE_NOTHING;
        if (scp_text_word_is(f->word[k], DONE))
            return scp_text_word_is(at(f, k + 1), YET) ? SCP_NET_PHRASE_NOTHING : SCP_NET_PHRASE_EXCHANGE;
    }
    return SCP_NET_PHRASE_NOTHING;
}

/* What stands behind the name of a failure, where that is not the name of a thing: "failure to send", "exception while uploading"
 */
static bool is_told(const struct phrase *f, size_t i)
{
    static const char *const BEHIND[] = { "in",     "while",  "during", "when",   "occurred",  "occured", "was",     "has",
                                          "from",   "with",   "to",     "on",     "at",        "of",      "because", "code",
                                          "status", "thrown", "caught", "System", "Microsoft", NULL },
                             *const THINGS[] = { "handling", "logging", "reporting", "tracking", NULL };
    struct scp_text_word w = at(f, i + 1);

    if (w.n == 0 || is_number(w) || scp_text_word_is(w, BEHIND))
        return true;
    return w.n > 4 && scp_text_caseeq(w.p + w.n - 3, 3, "ing", 3) && !scp_text_word_is(w, THINGS);
}

/* "error while uploading", "upload error", "an error occurred"; not "uploading error reports". */
static enum scp_net_phrase of_error(const struct phrase *f, size_t i)
{
    static const char *const OCCURRED[] = { "occurred", "occured", NULL }, *const FROM[] = { "from", "to", NULL };
    struct scp_text_word w = before(f, i);
    bool doing = w.n > 3 && scp_text_caseeq(w.p + w.n - 3, 3, "ing", 3);

    if (!is_told(f, i) || is_one_of(f, i + 1, FROM))
        return SCP_NET_PHRASE_NOTHING;
    if ((i > 0 && f->sends[i - 1]) || (!doing && names_exchange(f, i + 1, i + 1 + AFAR)))
        return SCP_NET_PHRASE_EXCHANGE;
    return is_one_of(f, i + 1, OCCURRED) ? SCP_NET_PHRASE_FAILURE : SCP_NET_PHRASE_NOTHING;
}

/* "retry failed uploads", "the failed state": of what may have been */
static bool is_of_what_failed(const struct phrase *f, size_t i)
{
    static const char *const THINGS[] = { "uploads", "downloads", "items",    "files",  "packages", "messages", "attempts",
                                          "updates", "transfers", "requests", "status", "state",    "flag",     "count",
                                          "counter", "list",      "queue",    "folder", "retry",    "retries",  NULL };

    static const char *const PAUSES[] = { "retry", "interval", "delay", NULL };
    bool pause = i + 1 < f->words && f->sends[i + 1] && is_one_of(f, i + 2, PAUSES);

    return (pause || is_hyphened(f, f->word[i]) || is_one_of(f, i + 1, THINGS)) && !counts_some(f, i);
}

static bool is_failure(const struct phrase *f, size_t i)
{
    static const char *const VERBS[] = { "fail", "fails", "failing", "unable", "unsuccessful", "unsuccessfully", "cannot", NULL },
                             *const FAILED[] = { "failed", NULL }, *const NOUNS[] = { "failure", "failures", "exception", NULL },
                             *const ON[] = { "on", "upon", NULL }, *const COULD[] = { "could", "can", NULL },
                             *const NOT[] = { "not", NULL }, *const T[] = { "t", NULL },
                             *const COULDN[] = { "couldn", "can", NULL };
    struct scp_text_word w = f->word[i];

    if (scp_text_word_is(w, FAILED))
        return !is_of_what_failed(f, i);
    if (scp_text_word_is(w, NOUNS))
        return !scp_text_word_is(before(f, i), ON) && is_told(f, i);
    return scp_text_word_is(w, VERBS) || (scp_text_word_is(w, COULD) && is_one_of(f, i + 1, NOT)) ||
           (scp_text_word_is(w, COULDN) && is_one_of(f, i + 1, T));
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

    if (is_in_path(f, f->word[i]))
        return SCP_NET_PHRASE_NOTHING;
    if (scp_text_word_is(f->word[i], NOT))
        return of_not(f, i);
    if (scp_text_word_is(f->word[i], ERRORS))
        return is_denied(f, i) ? SCP_NET_PHRASE_NOTHING : of_error(f, i);
    if (scp_text_word_is(f->word[i], ENDED)) {
        exchange = is_of_exchange(f, i);
        return exchange && !is_denied(f, i) ? SCP_NET_PHRASE_EXCHANGE : SCP_NET_PHRASE_NOTHING;
    }
    if (!is_failure(f, i) || is_denied(f, i))
        return SCP_NET_PHRASE_NOTHING;
    return is_of_exchange(f, i) ? SCP_NET_PHRASE_EXCHANGE : SCP_NET_PHRASE_FAILURE;
}

/* "Cannot read the value, using the default", "could not find it, so it will be downloaded": nothing came of it. */
static bool is_mended(const struct phrase *f)
{
    static const char *const MENDED[] = { "default", "defaults", "ignoring", "ignored", "assuming", NULL };
    static const char *const BE[] = { "be", NULL }, *const MADE[] = { "downloaded", "created", "recreated", NULL };
    bool be = false;
    /* From its first word on: a blank before it changes nothing. */
    size_t from = f->words > 0 ? (size_t)(f->word[0].p - f->p) : f->from;
    size_t end = f->n - from < (size_t)2 * BYTES_MAX ? f->n : from + (size_t)2 * BYTES_MAX;
    struct scp_text_word w = scp_text_word_behind(f->p, end, from);

    for (; w.n > 0; w = scp_text_word_behind(f->p, end, (size_t)(w.p - f->p) + w.n)) {
        if (scp_text_word_is(w, MENDED) || (be && scp_text_word_is(w, MADE)))
            return true;
        be = scp_text_word_is(w, BE);
    }
    return false;
}

/* "uploaded", "successfully" where no "not" stands some words before: most lines of a healthy log.  What else such a phrase may say
 * has words of its own. */
static bool is_plainly_done(const char *p, size_t n, size_t at)
{
    static const char *const NOT[] = { "not", NULL }, *const WELL[] = { "successfully", "succeeded", NULL };
    struct scp_text_word w = scp_text_word_behind(p, n, at);

    if (!scp_text_word_is(w, DONE) && !scp_text_word_is(w, SUCCESS) && !scp_text_word_is(w, WELL))
        return false;
    for (size_t k = 0; k <= 1 + AFAR && w.n > 0; k++) {
        w = scp_text_word_before(p, (size_t)(w.p - p));
        if (scp_text_word_is(w, NOT))
            return false;
    }
    return true;
}

static enum scp_net_phrase of_phrase(const char *p, size_t n, size_t at, size_t *to)
{
    enum scp_net_phrase worst = SCP_NET_PHRASE_NOTHING;
    struct phrase f;

    f.p = p;
    f.n = n;
    find(&f, at);
    for (size_t i = 0; i < f.words && worst != SCP_NET_PHRASE_EXCHANGE; i++) {
        enum scp_net_phrase said = of_word(&f, i);

        if (said > worst)
            worst = said;
    }
    /* The end of one that is cut off may say more together with what follows. */
    *to = f.to - at < BYTES_MAX ? f.to : at + BYTES_MAX / 2;
    return worst == SCP_NET_PHRASE_FAILURE && is_mended(&f) ? SCP_NET_PHRASE_NOTHING : worst;
}

enum scp_net_phrase scp_net_phrase_at(const char *p, size_t n, size_t at, size_t *to)
{
    if (!is_plainly_done(p, n, at))
        return of_phrase(p, n, at, to);
    *to = at + 1;
    return SCP_NET_PHRASE_NOTHING;
}

bool scp_net_phrase_counts_none(const char *p, size_t n)
{
    struct phrase f;

    f.p = p;
    f.n = n;
    find(&f, 0);
    return f.words > 0 && counts_none(&f, 0);
}

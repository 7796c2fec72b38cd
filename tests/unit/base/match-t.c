/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/match.h"
#include "tap.h"

#include <stdint.h>
#include <string.h>

/* Random words in random texts of few letters, so that they overlap: what is found, held against a search for each. */
enum { WORDS = 24, LONGEST = 12, TEXT = 400, ROUNDS = 2000 };

static uint32_t seed = 1;

static unsigned below(unsigned n)
{
    seed = seed * 1664525U + 1013904223U;
    return (seed >> 16) % n;
}

static void letters(char *out, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = "abAB[\xC3"[below(6)];
    out[n] = '\0';
}

struct seen {
    const char *text;
    unsigned char at[WORDS][TEXT];
    size_t n;
};

static void see(void *ctx, size_t which, const char *p)
{
    struct seen *s = ctx;

    s->at[which][p - s->text]++;
    s->n++;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool stands(const struct scp_match_word *w, const char *p)
{
    for (size_t i = 0; w->text[i] != '\0'; i++) {
        if (w->any_case ? lower(p[i]) != lower(w->text[i]) : p[i] != w->text[i])
            return false;
    }
    return true;
}

/* The number of places where one search differs from the others. */
static size_t differences(const struct scp_match_word *word, size_t words, const char *text, size_t n)
{
    static struct seen seen;
    struct scp_match *m = scp_match_new(word, words, NULL);
    size_t wrong = 0;

    memset(&seen, 0, sizeof seen);
    seen.text = text;
    scp_match_all(m, text, n, see, &seen);
    for (size_t w = 0; w < words; w++) {
        size_t length = strlen(word[w].text);

        for (size_t i = 0; i < n; i++)
            wrong += seen.at[w][i] != (i + length <= n && stands(&word[w], text + i));
    }
    scp_match_free(m);
    return wrong;
}

static void at_random(void)
{
    static char name[WORDS][LONGEST + 1];
    struct scp_match_word word[WORDS];
    char text[TEXT + 1];
    size_t wrong = 0;

    for (int round = 0; round < ROUNDS; round++) {
        size_t words = below(WORDS + 1), shortest = SCP_MATCH_SHORTEST + below(5);

        for (size_t i = 0; i < words; i++) {
            letters(name[i], shortest + below((unsigned)(LONGEST - shortest + 1)));
            word[i] = (struct scp_match_word){ name[i], below(2) != 0 };
        }
        letters(text, TEXT);
        wrong += differences(word, words, text, below(TEXT));
    }
    tap_is_int(0, (long long)wrong, "%d random searches: the same as one for each word", ROUNDS);
}

static void limits(void)
{
    static struct scp_match_word word[SCP_MATCH_WORDS_MAX + 1];
    struct scp_err err = SCP_ERR_INIT;
    struct seen seen = { .text = "" };
    struct scp_match *m;

    for (size_t i = 0; i <= SCP_MATCH_WORDS_MAX; i++)
        word[i].text = "word";
    tap_ok(scp_match_new(word, SCP_MATCH_WORDS_MAX + 1, &err) == NULL && err.code == SCP_ERR_LIMIT, "too many: %s", err.message);
    m = scp_match_new(word, SCP_MATCH_WORDS_MAX, &err);
    tap_ok(m != NULL, "as many as may be");
    scp_match_free(m);
    word[1].text = "abc";
    tap_ok(scp_match_new(word, 2, &err) == NULL && err.code == SCP_ERR_LIMIT, "too short: %s", err.message);
    m = scp_match_new(word, 1, NULL);
    scp_match_all(m, "", 0, see, &seen);
    scp_match_all(m, "wor", 3, see, &seen);
    tap_is_int(0, (long long)seen.n, "nothing in what is shorter");
    seen.text = "word";
    scp_match_all(m, seen.text, 4, see, &seen);
    tap_is_int(1, (long long)seen.n, "what is as long");
    scp_match_free(m);
}

int main(void)
{
    at_random();
    limits();
    return tap_done();
}

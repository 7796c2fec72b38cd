/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/match.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = SCP_MATCH_SHORTEST, HASH_BITS = 15, WORD = 0x8000 };

_Static_assert((int)SCP_MATCH_WORDS_MAX < (int)WORD, "a word's number fits beside the mark");

struct entry {
    const char *text;
    size_t n;
    bool any_case;
    uint16_t next; /* the next one whose window ends in the same bytes; 0: none, else its number and 1 */
};

struct scp_match {
    size_t window, words;
    uint16_t step[1 << HASH_BITS]; /* by the window's last bytes: how far it goes on, or WORD and the first word to be looked at */
    struct entry word[];
};

/* Of letters of either case the same. */
static size_t hash_of(const char *text)
{
    const uint8_t *p = (const uint8_t *)text;
    uint32_t block = (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;

    return (uint32_t)((block | 0x20202020) * 2654435761U) >> (32 - HASH_BITS);
}

static void add(struct scp_match *m, size_t which)
{
    struct entry *e = &m->word[which];
    uint16_t *last = &m->step[hash_of(e->text + m->window - BLOCK)];

    for (size_t i = 0; i + BLOCK < m->window; i++) {
        uint16_t *step = &m->step[hash_of(e->text + i)];
        size_t rest = m->window - BLOCK - i;

        if (*step < WORD && rest < *step)
            *step = (uint16_t)rest;
    }
    e->next = *last >= WORD ? (uint16_t)(*last - WORD + 1) : 0;
    *last = (uint16_t)(WORD + which);
}

static int take(struct scp_match *m, const struct scp_match_word *word, size_t n, struct scp_err *err)
{
    m->words = n;
    for (size_t i = 0; i < n; i++) {
        size_t length = strlen(word[i].text);

        if (length < SCP_MATCH_SHORTEST)
            return scp_err_set(err, SCP_ERR_LIMIT, "a word of fewer than %d bytes", SCP_MATCH_SHORTEST);
        m->word[i] = (struct entry){ .text = word[i].text, .n = length, .any_case = word[i].any_case };
        if (i == 0 || length < m->window)
            m->window = length;
    }
    return 0;
}

struct scp_match *scp_match_new(const struct scp_match_word *word, size_t n, struct scp_err *err)
{
    struct scp_match *m;

    if (n > SCP_MATCH_WORDS_MAX) {
        (void)scp_err_set(err, SCP_ERR_LIMIT, "more than %d words", SCP_MATCH_WORDS_MAX);
        return NULL;
    }
    m = calloc(1, sizeof *m + n * sizeof m->word[0]);
    if (m == NULL) {
        (void)scp_err_memory(err);
        return NULL;
    }
    if (take(m, word, n, err) != 0) {
        free(m);
        return NULL;
    }
    if (m->window >= WORD)
        m->window = WORD - 1;
    for (size_t i = 0; i < 1U << HASH_BITS; i++)
        m->step[i] = (uint16_t)(m->window + 1 - BLOCK);
    for (size_t i = 0; i < n; i++)
        add(m, i);
    return m;
}

void scp_match_free(struct scp_match *m)
{
    free(m);
}

static bool stands(const struct entry *e, const char *p, size_t n)
{
    if (e->n > n || ((*p ^ *e->text) & ~0x20) != 0)
        return false;
    return e->any_case ? scp_text_caseeq(p, e->n, e->text, e->n) : memcmp(p, e->text, e->n) == 0;
}

/* The first window from i to `last` in which words may begin; behind it: none. */
static size_t next_window(const struct scp_match *m, const char *p, size_t i, size_t last)
{
    p += m->window - BLOCK;
    while (i <= last) {
        uint16_t step = m->step[hash_of(p + i)];

        if (step >= WORD)
            break;
        i += step;
    }
    return i;
}

void scp_match_all(const struct scp_match *m, const char *p, size_t n, scp_match_found *found, void *ctx)
{
    if (m->words == 0 || n < m->window)
        return;
    for (size_t i = 0; (i = next_window(m, p, i, n - m->window)) <= n - m->window; i++) {
        size_t first = m->step[hash_of(p + i + m->window - BLOCK)] - (size_t)WORD;

        for (size_t w = first + 1; w != 0; w = m->word[w - 1].next) {
            if (stands(&m->word[w - 1], p + i, n - i))
                found(ctx, w - 1, p + i);
        }
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/match.h"

#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 3, HASH_BITS = 15, LETTERS = 32, WORD = 0x8000 };

_Static_assert((int)SCP_MATCH_WORDS_MAX < (int)WORD, "a word's number fits beside the mark");
_Static_assert((int)SCP_MATCH_SHORTEST > (int)BLOCK, "four bytes stand before each place");

struct entry {
    const char *text;
    size_t n, window; /* window: its bytes before the place where it is looked for */
    bool any_case;
    uint16_t next; /* the next one whose window ends in the same block; 0: none, else its number and 1 */
};

struct scp_match {
    size_t words, shortest; /* shortest: of the windows */
    uint16_t
        step[1 << HASH_BITS]; /* by the block before a place: how far off the next place is, or WORD and the first word there */
    struct entry word[];
};

/* The last three of four bytes; letters of either case are the same.  Nearly all blocks are apart. */
static size_t hash_of(const char *four)
{
    static const char BLOCK_OF[] = { 0, 0x1F, 0x1F, 0x1F };
    uint32_t block, mask;

    memcpy(&block, four, sizeof block);
    memcpy(&mask, BLOCK_OF, sizeof mask);
    return (uint32_t)((block & mask) * 0x00401002U) >> (32 - HASH_BITS);
}

/* --- The words --- */

/* Puts the last bytes of that text into a block; the number of those that stand before the text. */
static size_t block_of(const char *text, size_t n, char *four)
{
    size_t missing = n < BLOCK ? BLOCK - n : 0;

    memcpy(four + 1 + missing, text + n - (BLOCK - missing), BLOCK - missing);
    return missing;
}

/* Where the first n bytes of a word end, its window's end is no further off; whatever stands before the word. */
static void add_step(struct scp_match *m, const struct entry *e, size_t n)
{
    char four[1 + BLOCK] = { 0 };
    size_t missing = block_of(e->text, n, four), any = missing > 1 ? LETTERS * LETTERS : missing > 0 ? LETTERS : 1;

    for (size_t before = 0; before < any; before++) {
        uint16_t *step;

        if (missing > 0)
            four[1] = (char)(before % LETTERS);
        if (missing > 1)
            four[2] = (char)(before / LETTERS);
        step = &m->step[hash_of(four)];
        if (e->window - n < *step)
            *step = (uint16_t)(e->window - n);
    }
}

static void add(struct scp_match *m, size_t which)
{
    struct entry *e = &m->word[which];
    uint16_t *last = &m->step[hash_of(e->text + e->window - (1 + BLOCK))];

    e->next = *last >= WORD ? (uint16_t)(*last - WORD + 1) : 0;
    *last = (uint16_t)(WORD + which);
}

static int take(struct scp_match *m, const struct scp_match_word *word, size_t n, struct scp_err *err)
{
    m->words = n;
    m->shortest = SCP_MATCH_WINDOW;
    for (size_t i = 0; i < n; i++) {
        struct entry e = { .text = word[i].text, .n = strlen(word[i].text), .any_case = word[i].any_case };

        if (e.n < SCP_MATCH_SHORTEST)
            return scp_err_set(err, SCP_ERR_LIMIT, "a word of fewer than %d bytes", SCP_MATCH_SHORTEST);
        e.window = e.n < SCP_MATCH_WINDOW ? e.n : SCP_MATCH_WINDOW;
        if (e.window < m->shortest)
            m->shortest = e.window;
        m->word[i] = e;
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
    for (size_t i = 0; i < 1U << HASH_BITS; i++)
        m->step[i] = (uint16_t)m->shortest;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 1; k < m->shortest; k++)
            add_step(m, &m->word[i], m->word[i].window - k);
    }
    for (size_t i = 0; i < n; i++)
        add(m, i);
    return m;
}

void scp_match_free(struct scp_match *m)
{
    free(m);
}

/* --- The text --- */

static bool differ(char a, char b)
{
    return ((a ^ b) & ~0x20) != 0;
}

/* Many begin alike. */
static bool stands(const struct entry *e, const char *p, size_t n)
{
    if (e->n > n || differ(p[0], e->text[0]) || differ(p[e->n - 1], e->text[e->n - 1]))
        return false;
    return e->any_case ? scp_text_caseeq(p, e->n, e->text, e->n) : memcmp(p, e->text, e->n) == 0;
}

/* The first place from there on behind which the windows of words may end; beyond `end`: none. */
static size_t next_place(const struct scp_match *m, const char *p, size_t place, size_t end)
{
    while (place <= end) {
        uint16_t step = m->step[hash_of(p + place - (1 + BLOCK))];

        if (step >= WORD)
            break;
        place += step;
    }
    return place;
}

void scp_match_all(const struct scp_match *m, const char *p, size_t n, scp_match_found *found, void *ctx)
{
    if (m->words == 0)
        return;
    for (size_t place = m->shortest; (place = next_place(m, p, place, n)) <= n; place++) {
        size_t first = m->step[hash_of(p + place - (1 + BLOCK))] - (size_t)WORD;

        for (size_t w = first + 1; w != 0; w = m->word[w - 1].next) {
            const struct entry *e = &m->word[w - 1];

            if (e->window <= place && stands(e, p + place - e->window, n - place + e->window))
                found(ctx, w - 1, p + place - e->window);
        }
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_CLEANED_H
#define SCP_TESTS_CLEANED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * What clean text is, for unit tests and fuzz targets: written from the rules,
 * not from the code that is tested.
 */

/* Decodes one character strictly; 0 for what is no UTF-8. */
static inline size_t cleaned_decode(const unsigned char *p, size_t n, uint32_t *c)
{
    if (n >= 1 && p[0] <= 0x7F) {
        *c = p[0];
        return 1;
    }
    /* The table of well-formed byte sequences (Unicode, table 3-7). */
    static const struct {
        unsigned char lead_first, lead_last, second_first, second_last;
        size_t length;
    } forms[] = {
        { 0xC2, 0xDF, 0x80, 0xBF, 2 }, { 0xE0, 0xE0, 0xA0, 0xBF, 3 }, { 0xE1, 0xEC, 0x80, 0xBF, 3 }, { 0xED, 0xED, 0x80, 0x9F, 3 },
        { 0xEE, 0xEF, 0x80, 0xBF, 3 }, { 0xF0, 0xF0, 0x90, 0xBF, 4 }, { 0xF1, 0xF3, 0x80, 0xBF, 4 }, { 0xF4, 0xF4, 0x80, 0x8F, 4 },
    };

    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        size_t length = forms[i].length;

        if (n < length || p[0] < forms[i].lead_first || p[0] > forms[i].lead_last)
            continue;
        if (p[1] < forms[i].second_first || p[1] > forms[i].second_last)
            return 0;
        *c = p[0] & (0xFFU >> (length + 1));
        for (size_t k = 1; k < length; k++) {
            if (p[k] < 0x80 || p[k] > 0xBF)
                return 0;
            *c = *c * 64 + (p[k] - 0x80U);
        }
        return length;
    }
    return 0;
}

/* Must not be seen in clean text. */
static inline bool cleaned_forbids(uint32_t c)
{
    static const uint32_t ranges[][2] = {
        { 0x00, 0x1F },     { 0x7F, 0x9F },     { 0xAD, 0xAD },       { 0x34F, 0x34F },     { 0x61C, 0x61C },
        { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },   { 0x200B, 0x200F },   { 0x2028, 0x202E },
        { 0x2060, 0x206F }, { 0x3164, 0x3164 }, { 0xFDD0, 0xFDEF },   { 0xFE00, 0xFE0F },   { 0xFEFF, 0xFEFF },
        { 0xFFA0, 0xFFA0 }, { 0xFFF9, 0xFFFB }, { 0xE0000, 0xE007F }, { 0xE0100, 0xE01EF },
    };

    if (c < 0x80 && c != 0 && strchr("|<>\"`$", (int)c) != NULL)
        return true;
    if ((c & 0xFFFE) == 0xFFFE)
        return true;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        if (c >= ranges[i][0] && c <= ranges[i][1])
            return true;
    }
    return false;
}

static inline bool cleaned_is_hex(char c)
{
    return c != '\0' && strchr("0123456789abcdef", c) != NULL;
}

/* A backslash is only there as \xNN or \u{NNNN}. */
static inline bool cleaned_is_escape(const char *p, size_t n)
{
    size_t i = 3;

    if (n >= 4 && p[1] == 'x')
        return cleaned_is_hex(p[2]) && cleaned_is_hex(p[3]);
    if (n < 8 || p[1] != 'u' || p[2] != '{')
        return false;
    while (i < n && cleaned_is_hex(p[i]))
        i++;
    return i >= 7 && i <= 9 && i < n && p[i] == '}';
}

/* What is wrong with text that is said to be clean; NULL when nothing is. */
static inline const char *cleaned_check(const char *p, size_t n)
{
    size_t length;

    for (size_t i = 0; i < n; i += length) {
        uint32_t c = 0;

        length = cleaned_decode((const unsigned char *)p + i, n - i, &c);
        if (length == 0)
            return "not UTF-8";
        if (cleaned_forbids(c))
            return "a forbidden character";
        if (c == '\\' && !cleaned_is_escape(p + i, n - i))
            return "a backslash that is no escape";
    }
    return NULL;
}

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tap.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned long checks, failures;

static void print_name(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));
static void print_name(const char *fmt, va_list args)
{
    char name[512];

    (void)vsnprintf(name, sizeof name, fmt, args);
    for (char *p = name; *p != '\0'; p++) {
        if (*p == '#' || *p == '\n' || *p == '\r')
            *p = ' ';
    }
    printf(" - %s\n", name);
}

static int verdict(int passed, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
static int verdict(int passed, const char *fmt, va_list args)
{
    checks++;
    if (!passed)
        failures++;
    printf("%sok %lu", passed ? "" : "not ", checks);
    print_name(fmt, args);
    (void)fflush(stdout);
    return passed;
}

void tap_diag(const char *fmt, ...)
{
    char text[4096];
    va_list args;

    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    for (char *line = text; line != NULL;) {
        char *end = strchr(line, '\n');

        if (end != NULL)
            *end++ = '\0';
        printf("# %s\n", line);
        line = end;
    }
}

int tap_ok(int passed, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    passed = verdict(passed, fmt, args);
    va_end(args);
    return passed;
}

int tap_is_int(long long wanted, long long seen, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int passed = verdict(wanted == seen, fmt, args);
    va_end(args);
    if (!passed)
        tap_diag("wanted: %lld\n  seen: %lld", wanted, seen);
    return passed;
}

int tap_is_double(double wanted, double seen, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int passed = verdict(fabs(wanted - seen) <= 1e-9 * fmax(1.0, fabs(wanted)), fmt, args);
    va_end(args);
    if (!passed)
        tap_diag("wanted: %.17g\n  seen: %.17g", wanted, seen);
    return passed;
}

int tap_is_text(const char *wanted, const char *seen, const char *fmt, ...)
{
    va_list args;
    int same = wanted == NULL || seen == NULL ? wanted == seen : strcmp(wanted, seen) == 0;

    va_start(args, fmt);
    int passed = verdict(same, fmt, args);
    va_end(args);
    if (!passed)
        tap_diag("wanted: %s\n  seen: %s", wanted == NULL ? "(null)" : wanted, seen == NULL ? "(null)" : seen);
    return passed;
}

int tap_has_text(const char *wanted, const char *seen, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    int passed = verdict(seen != NULL && strstr(seen, wanted) != NULL, fmt, args);
    va_end(args);
    if (!passed)
        tap_diag("wanted within: %s\n         seen: %s", wanted, seen == NULL ? "(null)" : seen);
    return passed;
}

static void diag_bytes(const char *what, const unsigned char *p, size_t n)
{
    char hex[3 * 48 + 8] = "";
    size_t shown = n < 48 ? n : 48;

    for (size_t i = 0; i < shown; i++)
        (void)snprintf(hex + 3 * i, 4, " %02x", p[i]);
    tap_diag("%s: %zu bytes:%s%s", what, n, hex, shown < n ? " ..." : "");
}

int tap_is_bytes(const void *wanted, size_t wanted_n, const void *seen, size_t seen_n, const char *fmt, ...)
{
    va_list args;
    int same = wanted_n == seen_n && (wanted_n == 0 || memcmp(wanted, seen, wanted_n) == 0);

    va_start(args, fmt);
    int passed = verdict(same, fmt, args);
    va_end(args);
    if (!passed) {
        diag_bytes("wanted", wanted, wanted_n);
        diag_bytes("  seen", seen, seen_n);
    }
    return passed;
}

double tap_stalled(void)
{
    static const char *const KINDS[] = { "/proc/pressure/cpu", "/proc/pressure/io", "/proc/pressure/memory" };
    static double unknown;
    double all = 0;

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        FILE *f = fopen(KINDS[i], "r");
        unsigned long long us = 0;
        int read = f != NULL && fscanf(f, "some avg10=%*f avg60=%*f avg300=%*f total=%llu", &us) == 1;

        if (f != NULL)
            (void)fclose(f);
        if (!read)
            return unknown += 1e6;
        all += (double)us / 1e6;
    }
    return all;
}

void tap_skip(const char *why, unsigned count)
{
    while (count-- > 0)
        printf("ok %lu # SKIP %s\n", ++checks, why);
}

void tap_skip_all(const char *fmt, ...)
{
    va_list args;
    char why[512];

    va_start(args, fmt);
    (void)vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    printf("1..0 # SKIP %s\n", why);
    exit(0);
}

void tap_bail(const char *fmt, ...)
{
    va_list args;
    char why[512];

    va_start(args, fmt);
    (void)vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    printf("Bail out! %s\n", why);
    exit(99);
}

int tap_done(void)
{
    printf("1..%lu\n", checks);
    if (failures > 0)
        tap_diag("%lu of %lu failed", failures, checks);
    return failures == 0 ? 0 : 1;
}

uint64_t tap_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9E3779B97F4A7C15U);

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

static FILE *open_below(const char *path)
{
    static const char *const roots[] = { "top_builddir", "top_srcdir", "srcdir" };
    FILE *f = fopen(path, "rb");

    for (size_t i = 0; f == NULL && path[0] != '/' && i < sizeof roots / sizeof roots[0]; i++) {
        const char *root = getenv(roots[i]);
        char full[4096];

        if (root == NULL || snprintf(full, sizeof full, "%s/%s", root, path) >= (int)sizeof full)
            continue;
        f = fopen(full, "rb");
    }
    return f;
}

uint8_t *tap_read_file(const char *path, size_t *n)
{
    FILE *f = open_below(path);
    size_t cap = 1 << 16, used = 0, got;
    uint8_t *p = malloc(cap);

    if (f == NULL)
        tap_bail("cannot open %s", path);
    while (p != NULL && (got = fread(p + used, 1, cap - used, f)) > 0) {
        used += got;
        if (used == cap)
            p = realloc(p, cap *= 2);
    }
    (void)fclose(f);
    if (p == NULL)
        tap_bail("out of memory reading %s", path);
    *n = used;
    return p;
}

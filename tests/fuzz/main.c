/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Runs inputs through a fuzz target, and again with an allocation failing.  With libFuzzer linked in, it drives; else, or with
 * --replay, the arguments are files and folders of files, one test each: without any, the target's own seeds are replayed
 * (fuzz_text takes tests/fuzz/corpus/text below the source tree).  --replay=N fails N allocations of each input in turn.
 */
#include "fuzz.h"
#include "base/err.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, INPUT_MAX = 16 << 20, TOLD_MAX = 64, FILES = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n);
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *, size_t)) __attribute__((weak));

/* --- Memory that runs out: the linker puts these in the place of the library's --- */
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

static struct {
    bool counting, failed;
    unsigned long count, fails; /* the number of the one that fails; 0: none */
} memory;

/* Of the run with all the memory, and how far the present one has come. */
static struct {
    int code[TOLD_MAX];
    size_t n, at;
} told;

static bool fails(void)
{
    if (!memory.counting || ++memory.count != memory.fails)
        return false;
    memory.failed = true;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t n)
{
    return fails() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
    return fails() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
    return n > 0 && fails() ? NULL : __real_realloc(p, n);
}

bool fuzz_starved(void)
{
    return memory.failed;
}

void fuzz_make(void)
{
    memory.counting = false;
}

void fuzz_made(void)
{
    memory.counting = true;
}

void fuzz_never(bool broken)
{
    if (broken)
        __builtin_trap();
}

void fuzz_must(bool kept)
{
    fuzz_never(!kept && !memory.failed);
}

void fuzz_told(int code)
{
    if (memory.fails == 0 && told.n < TOLD_MAX)
        told.code[told.n++] = code;
    if (memory.fails == 0 || told.at >= told.n)
        return;
    fuzz_never(code != told.code[told.at] && code != SCP_ERR_MEMORY);
    told.at = code == told.code[told.at] ? told.at + 1 : told.n;
}

/* --- Inputs --- */
uint8_t fuzz_byte(struct fuzz_bytes *b)
{
    if (b->n == 0)
        return 0;
    b->n--;
    return *b->p++;
}

unsigned fuzz_below(struct fuzz_bytes *b, unsigned n)
{
    return fuzz_byte(b) % n;
}

const uint8_t *fuzz_take(struct fuzz_bytes *b, size_t n, size_t *taken)
{
    const uint8_t *p = b->p;

    *taken = n < b->n ? n : b->n;
    b->p += *taken;
    b->n -= *taken;
    return p;
}

struct fuzz_bytes fuzz_part(struct fuzz_bytes *b)
{
    static const char RULE[] = "\n----\n";
    const size_t rule = sizeof RULE - 1;
    struct fuzz_bytes part = *b;

    for (size_t i = 0; i + rule <= b->n; i++) {
        if (memcmp(b->p + i, RULE, rule) == 0) {
            part.n = i;
            b->p += i + rule;
            b->n -= i + rule;
            return part;
        }
    }
    b->n = 0;
    return part;
}

static struct {
    struct fuzz_bytes left;
    uint64_t state;
} drawing;

void fuzz_draw_from(const uint8_t *p, size_t n)
{
    drawing.left = (struct fuzz_bytes){ p, n };
    drawing.state = 1;
}

uint64_t fuzz_draw(uint64_t *unused)
{
    (void)unused;
    if (drawing.left.n < 2)
        return tap_random(&drawing.state);
    return (uint64_t)fuzz_byte(&drawing.left) << 8 | fuzz_byte(&drawing.left);
}

const char *fuzz_file(unsigned number, const uint8_t *p, size_t n)
{
    static const struct timespec MADE[2] = { { .tv_sec = 1795413600 }, { .tv_sec = 1795413600 } }; /* 2026-11-23T06:00:00Z */
    static char name[FILES][64];
    static FILE *file[FILES];

    fuzz_make();
    if (file[number] == NULL && (file[number] = tmpfile()) == NULL)
        tap_bail("no temporary file");
    (void)snprintf(name[number], sizeof name[number], "/proc/self/fd/%d", fileno(file[number]));
    rewind(file[number]);
    if ((n > 0 && fwrite(p, 1, n, file[number]) != n) || fflush(file[number]) != 0 ||
        ftruncate(fileno(file[number]), (off_t)n) != 0 || futimens(fileno(file[number]), MADE) != 0)
        tap_bail("a temporary file cannot be written");
    fuzz_made();
    return name[number];
}

void fuzz_mix(struct fuzz_seen *s, const void *p, size_t n)
{
    const uint8_t *bytes = p;

    for (size_t i = 0; i < n; i++)
        s->hash = (s->hash ^ bytes[i]) * 0x100000001B3U;
    s->hash = (s->hash ^ n) * 0x100000001B3U;
}

/* --- Runs --- */
enum { SELDOM = 8 }; /* one of so many inputs is run with memory short, too */

static unsigned long each; /* how many allocations of an input are failed in turn; 0: one, of so many inputs */

/* How many allocations it made. */
static unsigned long run(const uint8_t *p, size_t n, unsigned long number)
{
    memory.count = 0;
    memory.failed = false;
    memory.fails = number;
    told.n = number == 0 ? 0 : told.n;
    told.at = 0;
    memory.counting = true;
    fuzz_target(p, n);
    memory.counting = false;
    return memory.count;
}

static unsigned long chosen(const uint8_t *p, size_t n, unsigned long count)
{
    struct fuzz_seen s = { 0 };

    fuzz_mix(&s, p, n);
    return count > 0 ? 1 + (unsigned long)(s.hash % count) : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
    unsigned long count = run(p, n, 0), number = chosen(p, n, SELDOM * count);

    if (number > 0 && number <= count)
        (void)run(p, n, number);
    return 0;
}

/* In a process of its own, for the same reason.  How it ended. */
static int run_apart(const uint8_t *p, size_t n, unsigned long number)
{
    int status = -1;
    pid_t child = fork();

    if (child == 0) {
        (void)run(p, n, number);
        _exit(0);
    }
    if (child < 0 || waitpid(child, &status, 0) != child)
        return -1;
    if (status != 0)
        tap_diag("allocation %lu: it ended by %d", number, WTERMSIG(status));
    return status;
}

static int replay_input(const uint8_t *p, size_t n)
{
    unsigned long count, step;
    int bad = 0;

    count = run(p, n, 0);
    if (each == 0 && chosen(p, n, SELDOM) > 1)
        return 0;
    count = run(p, n, 0); /* what is made once was made */
    if (count == 0)
        return 0;
    step = each > 0 ? 1 + (count - 1) / each : count;
    for (unsigned long i = (chosen(p, n, count) - 1) % step + 1; i <= count; i += step)
        bad |= run_apart(p, n, i);
    return bad;
}

/* From memory of exactly the input's size, so that sanitizers see a read behind it. */
static int replay_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    uint8_t *p;
    size_t n;
    int whole;

    if (f == NULL || stat(path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size > INPUT_MAX) {
        tap_diag("%s: cannot be replayed", path);
        if (f != NULL)
            (void)fclose(f);
        return -1;
    }
    n = (size_t)st.st_size;
    p = malloc(n > 0 ? n : 1);
    if (p == NULL)
        tap_bail("out of memory");
    whole = fread(p, 1, n, f) == n;
    (void)fclose(f);
    tap_diag("%s (%zu bytes)", path, n); /* the last one named is the one that crashed */
    (void)fflush(stdout);
    if (whole && replay_input(p, n) != 0)
        whole = 0;
    free(p);
    return whole ? 0 : -1;
}

static int is_visible(const struct dirent *e)
{
    return e->d_name[0] != '.';
}

/* The number of inputs, or -1. */
static int replay_folder(const char *path)
{
    struct dirent **names = NULL;
    int n = scandir(path, &names, is_visible, alphasort), bad = n < 0;

    for (int i = 0; i < n; i++) {
        char full[PATH_BYTES];
        int length = snprintf(full, sizeof full, "%s/%s", path, names[i]->d_name);

        bad |= length < 0 || (size_t)length >= sizeof full || replay_file(full) != 0;
        free(names[i]);
    }
    free(names);
    return bad ? -1 : n;
}

static void replay(const char *path)
{
    struct stat st;
    int inputs = -1;

    if (stat(path, &st) == 0)
        inputs = S_ISDIR(st.st_mode) ? replay_folder(path) : replay_file(path) == 0 ? 1 : -1;
    tap_ok(inputs > 0, "%s: %d inputs", path, inputs);
}

static void replay_seeds(const char *program)
{
    const char *top = getenv("top_srcdir");
    const char *name = strrchr(program, '/');
    char path[PATH_BYTES];

    name = name != NULL ? name + 1 : program;
    if (strncmp(name, "fuzz_", 5) == 0)
        name += 5;
    (void)snprintf(path, sizeof path, "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".", name);
    replay(path);
}

int main(int argc, char **argv)
{
    bool asked = argc > 1 && strncmp(argv[1], "--replay", 8) == 0;

    if (LLVMFuzzerRunDriver != NULL && !asked) {
        /* From now on OpenSSL has the system's memory, which does not fail: the library never trusts it again where it did. */
        OPENSSL_free(OPENSSL_malloc(1));
        return LLVMFuzzerRunDriver(&argc, &argv, LLVMFuzzerTestOneInput);
    }
    if (asked && argv[1][8] == '=')
        each = strtoul(argv[1] + 9, NULL, 10);
    if (argc < 2 + asked)
        replay_seeds(argv[0]);
    for (int i = 1 + asked; i < argc; i++)
        replay(argv[i]);
    return tap_done();
}

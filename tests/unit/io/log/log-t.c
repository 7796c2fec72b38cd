/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "io/log/log.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NOW = 1795435200 /* 2026-11-23T12:00:00Z */, DAY = 86400, HOUR = 3600 };

static char folder[] = "/tmp/scp-log-XXXXXX";

static const char *path(const char *name)
{
    static char text[4][200];
    static unsigned i;

    i = (i + 1) % 4;
    (void)snprintf(text[i], sizeof text[0], "%s/%s", folder, name);
    return text[i];
}

static void put(FILE *f, int64_t at, const char *text)
{
    char when[SCP_UTC_TEXT];

    scp_utc_format(at, when);
    (void)fprintf(f,
                  "<![LOG[%s]LOG]!><time=\"%.8s.000+000\" date=\"%.5s-%.4s\" component=\"c\" context=\"\" type=\"1\" thread=\"1\" "
                  "file=\"\">\r\n",
                  text, when + 11, when + 5, when);
}

/* n entries a second apart, from a time on. */
static void write_log(const char *name, const char *mode, int64_t from, size_t n, const char *text)
{
    FILE *f = fopen(path(name), mode);

    if (f == NULL)
        tap_bail("cannot write %s", path(name));
    for (size_t i = 0; i < n; i++)
        put(f, from + (int64_t)i, text);
    (void)fclose(f);
}

struct seen {
    size_t old, new, all;
    void (*once)(void); /* called at the first entry */
    size_t stop_after;
};

static int on_entry(void *ctx, const struct scp_cmtrace_entry *e, struct scp_err *err)
{
    struct seen *s = ctx;

    if (s->once != NULL) {
        void (*once)(void) = s->once;

        s->once = NULL;
        once();
    }
    s->all++;
    s->old += e->n == 3 && memcmp(e->text, "old", 3) == 0;
    s->new += e->n == 3 && memcmp(e->text, "new", 3) == 0;
    return s->stop_after > 0 && s->all >= s->stop_after ? scp_err_set(err, SCP_ERR_LIMIT, "enough") : 0;
}

static int read_log(const char *name, int64_t since, struct seen *s, struct scp_log_facts *f, struct scp_err *err)
{
    const struct scp_cmtrace_sink sink = { s, on_entry };
    const struct scp_deadline deadline = scp_deadline_after(20);

    return scp_log_read(path(name), since, &deadline, &sink, f, err);
}

static void clean(void)
{
    static const char *const NAMES[] = { "a.log", "a.lo_", "a-20261123-100000.log", "a-20261122-100000.log" };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        (void)unlink(path(NAMES[i]));
}

/* --- Only its end --- */

static void test_end(void)
{
    struct scp_log_facts f;
    struct seen s = { 0 };

    write_log("a.log", "w", NOW - 40 * DAY, 200000, "old");
    write_log("a.log", "a", NOW - 2 * HOUR, 100, "new");
    tap_is_int(0, read_log("a.log", NOW - DAY, &s, &f, NULL), "a log of 25 MB");
    tap_is_int(100, (long long)s.new, "all new entries");
    tap_ok(s.old < 40000 && f.bytes < (6 << 20), "few of the old ones: %zu, %llu bytes", s.old, (unsigned long long)f.bytes);
    tap_ok(f.reached && !f.bounded && f.files == 1, "far enough back");
    tap_is_int(NOW - 2 * HOUR + 99, f.newest, "the newest time");
    s = (struct seen){ 0 };
    tap_is_int(0, read_log("a.log", NOW - 50 * DAY, &s, &f, NULL), "all of it");
    tap_ok(s.old == 200000 && s.new == 100 && !f.reached && !f.bounded, "and no word of more");
    s = (struct seen){ .stop_after = 5 };
    tap_is_int(-1, read_log("a.log", NOW - 50 * DAY, &s, &f, NULL), "the sink's stop");
    tap_is_int(5, (long long)s.all, "is obeyed");
    /* Entries are out of order by less than an hour; the bias is another one. */
    write_log("a.log", "w", NOW - 40 * DAY, 100000, "old");
    write_log("a.log", "a", NOW - DAY - 1800, 2000, "new");
    write_log("a.log", "a", NOW - DAY - 3000, 2000, "old");
    write_log("a.log", "a", NOW - DAY + 100, 2000, "new");
    s = (struct seen){ 0 };
    tap_is_int(0, read_log("a.log", NOW - DAY, &s, &f, NULL), "not quite in order");
    tap_is_int(4000, (long long)s.new, "nothing is left out");
    clean();
}

/* A server that has just booted may have a wrong clock: what is old by it is no proof that all before it is. */
static void test_clock(void)
{
    static const struct {
        int64_t at;
        size_t n; /* a log that is read whole, and one that is not */
    } WRONG[] = { { 946684800, 60000 }, { NOW - 5 * DAY, 60000 }, { 946684800, 160000 } };

    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        struct scp_log_facts f;
        struct seen s = { 0 };

        write_log("a.log", "w", NOW - 40 * DAY, 20000, "old");
        write_log("a.log", "a", NOW - 5 * HOUR, 100, "new");
        write_log("a.log", "a", WRONG[i].at, WRONG[i].n, "old");
        write_log("a.log", "a", NOW - HOUR, 100, "new");
        tap_is_int(0, read_log("a.log", NOW - DAY, &s, &f, NULL), "a wrong clock in the midst of a log");
        tap_is_int(200, (long long)s.new, "what stands before it is read");
        clean();
        s = (struct seen){ 0 };
        write_log("a.lo_", "w", NOW - 40 * DAY, 10, "old");
        write_log("a.lo_", "a", NOW - 5 * HOUR, 10, "new");
        write_log("a.log", "w", WRONG[i].at, 10, "old");
        write_log("a.log", "a", NOW - HOUR, 10, "new");
        tap_is_int(0, read_log("a.log", NOW - DAY, &s, &f, NULL), "at the beginning of a log");
        tap_ok(s.new == 20 && f.files == 2 && f.reached, "the one before is read");
        clean();
    }
}

/* --- What happens meanwhile --- */

static void roll_over(void)
{
    (void)rename(path("a.log"), path("a.lo_"));
    write_log("a.log", "w", NOW - 5, 7, "new");
}

static void cut_it(void)
{
    if (truncate(path("a.log"), 0) != 0)
        tap_diag("truncate");
    write_log("a.log", "a", NOW - 5, 7, "new");
}

static void grow(void)
{
    write_log("a.log", "a", NOW - 5, 7, "new");
}

static void vanish(void)
{
    (void)unlink(path("a.log"));
}

static void test_meanwhile(void)
{
    static const struct {
        const char *name;
        void (*what)(void);
        size_t new;
        bool changed;
    } CASES[] = {
        { "rolled over", roll_over, 7, true },
        { "grown", grow, 7, false },
        { "gone", vanish, 0, false },
    };
    struct scp_log_facts f;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct seen s = { .once = CASES[i].what };

        write_log("a.log", "w", NOW - 3 * DAY, 20000, "old");
        tap_is_int(0, read_log("a.log", NOW - 5 * DAY, &s, &f, NULL), "%s while it is read", CASES[i].name);
        tap_is_int(20000, (long long)s.old, "what was there counts once");
        tap_is_int((long long)CASES[i].new, (long long)s.new, "what came counts, too");
        tap_is_int(CASES[i].changed, f.changed, "noted");
        clean();
    }
    {
        struct seen s = { .once = cut_it };

        write_log("a.log", "w", NOW - 3 * DAY, 20000, "old");
        tap_is_int(0, read_log("a.log", NOW - 5 * DAY, &s, &f, NULL), "cut while it is read");
        tap_ok(f.changed && s.old > 0, "noted");
        clean();
    }
}

/* --- Older files --- */

static void test_older(void)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_log_facts f;
    struct seen s = { 0 };
    FILE *other;

    write_log("a.log", "w", NOW - HOUR, 10, "new");
    write_log("a.lo_", "w", NOW - 2 * HOUR, 10, "new");
    write_log("a-20261123-100000.log", "w", NOW - 30 * HOUR, 10, "new");
    write_log("a-20261122-100000.log", "w", NOW - 60 * HOUR, 10, "old");
    other = fopen(path("ab.lo_"), "w");
    put(other, NOW - 3 * HOUR, "old");
    (void)fclose(other);
    tap_is_int(0, read_log("a.log", NOW - DAY, &s, &f, &err), "older files");
    tap_ok(s.new == 30 && s.old == 0 && f.files == 3 && f.reached, "as many as are needed, newest first");
    s = (struct seen){ 0 };
    (void)unlink(path("a.log"));
    tap_is_int(0, read_log("a.log", NOW - DAY, &s, &f, &err), "the log itself is not there yet");
    tap_ok(s.new == 20 && f.absent, "its older files are");
    clean();
    (void)unlink(path("ab.lo_"));
    tap_is_int(-1, read_log("a.log", NOW - DAY, &s, &f, &err), "nothing there");
    tap_has_text("No such file", err.message, "and says so");
}

int main(void)
{
    if (mkdtemp(folder) == NULL)
        tap_bail("no folder");
    test_end();
    test_clock();
    test_meanwhile();
    test_older();
    clean();
    (void)rmdir(folder);
    return tap_done();
}

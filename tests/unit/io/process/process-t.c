/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"
#include "base/child.h"
#include "io/process/process.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const NO_ENVIRONMENT[] = { "MARK=here", NULL };

static int keep(void *ctx, const char *p, size_t n, struct scp_err *err)
{
    return scp_buf_add(ctx, p, n) == 0 ? 0 : scp_err_set(err, SCP_ERR_LIMIT, "the buffer is full");
}

static int refuse(void *ctx, const char *p, size_t n, struct scp_err *err)
{
    (void)ctx;
    (void)p;
    (void)n;
    return scp_err_set(err, SCP_ERR_FORMAT, "not what was asked for");
}

struct shell {
    const char *argv[4];
    struct scp_process p;
    struct scp_buf out;
};

/* The tests' helper is a shell; the library knows none. */
static void prepare(struct shell *s, const char *script)
{
    s->argv[0] = "/bin/sh";
    s->argv[1] = "-c";
    s->argv[2] = script;
    s->argv[3] = NULL;
    scp_buf_init(&s->out, 1 << 20);
    s->p =
        (struct scp_process){ .argv = s->argv, .environment = NO_ENVIRONMENT, .output_max = 1 << 20, .sink = keep, .ctx = &s->out };
}

static int run(struct shell *s, double seconds)
{
    struct scp_deadline deadline = scp_deadline_after(seconds);

    return scp_process_run(&s->p, 1, 1, &deadline, NULL);
}

static void test_ends(void)
{
    static const struct {
        const char *script;
        enum scp_process_end end;
        int code;
        const char *out, *errors;
    } CASES[] = {
        { "echo one; echo two >&2; exit 7", SCP_PROCESS_EXITED, 7, "one\n", "two\n" },
        { "exit 0", SCP_PROCESS_EXITED, 0, "", "" },
        { "kill -9 $$", SCP_PROCESS_SIGNALLED, SIGKILL, "", "" },
        { "cat; echo end", SCP_PROCESS_EXITED, 0, "end\n", "" },
        { "exec >&- 2>&-; exit 3", SCP_PROCESS_EXITED, 3, "", "" },
        { "kill -13 $$", SCP_PROCESS_SIGNALLED, SIGPIPE, "", "" },
        { "printf 'a\\000b' >&2", SCP_PROCESS_EXITED, 0, "", "a b" },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct shell s;

        prepare(&s, CASES[i].script);
        tap_is_int(0, run(&s, 600), "%s", CASES[i].script);
        tap_is_int(CASES[i].end, s.p.end, "how it ended");
        tap_is_int(CASES[i].code, s.p.code, "its code");
        tap_is_text(CASES[i].out, scp_buf_text(&s.out), "standard output");
        tap_is_text(CASES[i].errors, s.p.errors, "standard error");
        scp_buf_free(&s.out);
    }
}

static void test_surroundings(void)
{
    struct shell s;
    int kept = fcntl(STDOUT_FILENO, F_DUPFD, 40); /* not closed on exec, as a careless parent leaves it */

    prepare(&s, "env | sort | grep -v -e ^PWD= -e ^_= -e ^SHLVL= -e ^OLDPWD=");
    (void)setenv("PASSWORD_OF_OURS", "secret", 1);
    run(&s, 10);
    tap_is_text("MARK=here\n", scp_buf_text(&s.out), "the environment is the one given");
    scp_buf_free(&s.out);
    prepare(&s,
            "cat /dev/fd/3; for i in 0 1 2 3 4 5 6 7 8 9 10 11 12 40 41; do [ -e /proc/$$/fd/$i ] && printf '%s ' $i; done; echo");
    s.p.secret = "password=Geheimnis";
    s.p.secret_n = strlen(s.p.secret);
    run(&s, 10);
    tap_is_text("password=Geheimnis0 1 2 3 \n", scp_buf_text(&s.out), "a secret by descriptor, and no other one");
    scp_buf_free(&s.out);
    prepare(&s, "read a b c d group rest < /proc/$$/stat; echo $group; echo $$");
    run(&s, 10);
    {
        const char *text = scp_buf_text(&s.out), *second = strchr(text, '\n');
        size_t n = second != NULL ? (size_t)(second - text) : 0;

        tap_ok(n > 0 && strncmp(text, second + 1, n) == 0, "a process group of its own");
    }
    scp_buf_free(&s.out);
    prepare(&s, "true");
    s.argv[0] = "/nonexistent/program";
    run(&s, 10);
    tap_is_int(SCP_PROCESS_FAILED, s.p.end, "a program that is not there");
    tap_has_text("/nonexistent/program: No such file or directory", s.p.error.message, "is named");
    scp_buf_free(&s.out);
    (void)close(kept);
}

/* Is any process with that mark in its arguments alive? */
static int alive(const char *mark)
{
    char command[200];

    (void)snprintf(command, sizeof command, "! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\000' ' ' | grep -q '[s]leep %s'", mark);
    return system(command) != 0;
}

struct watch {
    struct scp_deadline far;
    double stalled;
};

enum { FAR = 10000 };

static struct watch watch_now(void)
{
    return (struct watch){ scp_deadline_after(FAR), tap_stalled() };
}

/* Seconds without those in which the machine let others go first. */
static double elapsed(const struct watch *w)
{
    return FAR - (double)scp_deadline_left_ms(&w->far) / 1000 - (tap_stalled() - w->stalled);
}

/* The marks 9876N of a script, made this run's own: other runs of this test may be under way. */
static void own_marks(const char *script, char *out, size_t size)
{
    size_t n = 0;

    while (*script != '\0' && n + 16 < size) {
        if (strncmp(script, "9876", 4) == 0) {
            n += (size_t)snprintf(out + n, size - n, "9%ld", (long)getpid());
            script += 4;
        } else {
            out[n++] = *script++;
        }
    }
    out[n] = '\0';
}

static void test_force(void)
{
    static const struct {
        const char *script;
        enum scp_process_end end;
    } CASES[] = {
        { "sleep 98761", SCP_PROCESS_TIMEOUT },
        { "trap '' TERM INT HUP; sleep 98762 & sleep 98762", SCP_PROCESS_TIMEOUT },
        { "exec >&- 2>&-; sleep 98763", SCP_PROCESS_TIMEOUT },
        { "sleep 98764 & exit 0", SCP_PROCESS_TIMEOUT }, /* it holds the pipes */
        { "sleep 98765 >&- 2>&- & exit 0", SCP_PROCESS_EXITED },
        { "(sleep 98766 >&- 2>&- &); while :; do echo flood; done", SCP_PROCESS_FLOOD },
        { "while :; do echo flood >&2; done", SCP_PROCESS_FLOOD },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct watch watch = watch_now();
        struct shell s;
        char mark[16], script[200];

        own_marks(CASES[i].script, script, sizeof script);
        prepare(&s, script);
        s.p.output_max = 100000;
        run(&s, CASES[i].end == SCP_PROCESS_TIMEOUT ? 0.4 : 600); /* the others end before any deadline, however slow */
        (void)snprintf(mark, sizeof mark, "9%ld%zu", (long)getpid(), i + 1);
        tap_is_int(CASES[i].end, s.p.end, "%s", CASES[i].script);
        tap_ok(elapsed(&watch) < (CASES[i].end == SCP_PROCESS_FLOOD ? 50 : 1.5), "in time");
        tap_ok(!alive(mark), "nothing is left of it");
        scp_buf_free(&s.out);
    }
}

static void test_side_by_side(void)
{
    struct scp_deadline deadline = scp_deadline_after(600), none = scp_deadline_after(0);
    struct watch watch = watch_now();
    struct shell s[12];
    struct scp_process p[12];

    for (size_t i = 0; i < 12; i++) {
        prepare(&s[i], i == 5 ? "head -c 20000 /dev/zero; exit 5" : "sleep 0.3; echo done");
        if (i == 7)
            s[i].p.sink = refuse;
        p[i] = s[i].p;
    }
    scp_process_run(p, 12, 4, &deadline, NULL);
    for (size_t i = 0; i < 12; i++)
        tap_is_int(i == 7 ? SCP_PROCESS_REFUSED : SCP_PROCESS_EXITED, p[i].end, "helper %zu", i);
    tap_is_int(20000, (long long)s[5].out.n, "its output");
    tap_has_text("not what was asked for", p[7].error.message, "the sink's reason");
    tap_ok(elapsed(&watch) < 2.5, "side by side");
    scp_process_run(p, 12, 4, &none, NULL);
    tap_is_int(SCP_PROCESS_NOT_STARTED, p[11].end, "nothing is started after the deadline");
    for (size_t i = 0; i < 12; i++)
        scp_buf_free(&s[i].out);
    tap_ok(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD, "no child is left");
}

static void test_children(void)
{
    sigset_t before;
    pid_t pid;

    scp_child_hold(&before);
    pid = fork();
    if (pid == 0) {
        (void)setpgid(0, 0);
        for (;;)
            (void)pause();
    }
    (void)setpgid(pid, pid);
    tap_ok(scp_child_add((int)pid), "registered");
    scp_child_release(&before);
    scp_child_kill_all();
    tap_is_int(pid, waitpid(pid, NULL, 0), "killed");
    scp_child_remove((int)pid);
    for (int i = 0; i < SCP_CHILD_MAX; i++)
        (void)scp_child_add(1);
    tap_ok(!scp_child_add(1), "a maximum");
    scp_child_kill_all(); /* 1 is nobody's group of ours: left alone */
    scp_child_remove(1);
}

int main(void)
{
    test_ends();
    test_surroundings();
    test_force();
    test_side_by_side();
    test_children();
    return tap_done();
}

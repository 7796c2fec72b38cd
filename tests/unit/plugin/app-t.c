/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/app.h"

#include "base/signals.h"
#include "tests/tap/tap.h"
#include "toy.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Every case is a child process, as it is about standard output, signals and the exit code. */
typedef int body(struct scp_app *app);

struct outcome {
    int code; /* 128 + signal when one ended it */
    char out[1 << 20];
    size_t n;
    char errors[4096]; /* standard error */
};

enum where { TO_PIPE, TO_FULL, TO_CLOSED, TO_BROKEN_PIPE };

static int ready_fd = -1; /* the child tells here that it is where the parent wants it */

static _Noreturn void child(body *run, const char *words, enum where where, int out, int errors)
{
    struct toy toy = TOY_DEFAULTS;
    struct scp_app app;
    char text[1000], *argv[40] = { NULL };
    int argc = 0, code;

    if (where == TO_FULL)
        out = open("/dev/full", O_WRONLY);
    (void)dup2(errors, STDERR_FILENO);
    if (where == TO_CLOSED)
        (void)close(STDOUT_FILENO);
    else
        (void)dup2(out, STDOUT_FILENO);
    (void)snprintf(text, sizeof text, "check_scp_toy %s", words);
    for (char *p = strtok(text, " "); p != NULL && argc < 39; p = strtok(NULL, " "))
        argv[argc++] = p;
    code = scp_app_start(&app, &toy_about, &toy, argc, argv);
    _exit(code != -1 ? code : run(&app));
}

static void read_all(int fd, char *to, size_t room, size_t *n)
{
    ssize_t got;

    *n = 0;
    while (*n < room - 1 && (got = read(fd, to + *n, room - 1 - *n)) > 0)
        *n += (size_t)got;
    to[*n] = '\0';
}

static int wait_for(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) == -1 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Runs the body with those options; when signal_number is not 0, sends it once the child is ready. */
static struct outcome *run(body *b, const char *words, enum where where, int signal_number, bool read_late)
{
    static struct outcome o;
    static uint64_t seed = 14;
    int out[2], errors[2], ready[2];
    char one;
    size_t n;
    pid_t pid;

    if (pipe(out) != 0 || pipe(errors) != 0 || pipe(ready) != 0)
        tap_bail("no pipes");
    if (where == TO_BROKEN_PIPE)
        (void)close(out[0]);
    (void)fflush(stdout);
    pid = fork();
    if (pid == -1)
        tap_bail("no process");
    if (pid == 0) {
        if (where != TO_BROKEN_PIPE)
            (void)close(out[0]);
        (void)close(errors[0]);
        (void)close(ready[0]);
        ready_fd = ready[1];
        child(b, words, where, out[1], errors[1]);
    }
    (void)close(out[1]);
    (void)close(errors[1]);
    (void)close(ready[1]);
    if (signal_number != 0 && read(ready[0], &one, 1) == 1) {
        for (volatile uint64_t spin = tap_random(&seed) % 100000; spin > 0;)
            spin = spin - 1; /* at another moment every time */
        (void)kill(pid, signal_number);
    }
    o.n = 0;
    o.out[0] = '\0';
    if (read_late)
        o.code = wait_for(pid);
    if (where != TO_BROKEN_PIPE)
        read_all(out[0], o.out, sizeof o.out, &o.n);
    read_all(errors[0], o.errors, sizeof o.errors, &n);
    if (!read_late)
        o.code = wait_for(pid);
    if (where != TO_BROKEN_PIPE)
        (void)close(out[0]);
    (void)close(errors[0]);
    (void)close(ready[0]);
    return &o;
}

/* --- bodies --- */

static struct scp_report no_source(void)
{
    return (struct scp_report){ .source_taken = INT64_MIN };
}

static int reports(struct scp_app *app)
{
    struct scp_result *r = scp_result_new(toy_catalogue);
    struct scp_report m = no_source();

    (void)scp_result_add(r, SCP_CRITICAL, "toy.bad", "s", "bad");
    return scp_app_finish(app, &m, r);
}

static int reports_nothing(struct scp_app *app)
{
    struct scp_report m = no_source();

    return scp_app_finish(app, &m, NULL);
}

/* More than a pipe holds. */
static int reports_much(struct scp_app *app)
{
    struct scp_result *r = scp_result_new(toy_catalogue);
    struct scp_report m = no_source();

    for (int i = 0; i < 5000; i++)
        (void)scp_result_add(r, SCP_OK, "toy.note", "s", "a sentence of some length, number %d", i);
    return scp_app_finish(app, &m, r);
}

static int fails(struct scp_app *app)
{
    struct scp_err err = SCP_ERR_INIT;

    (void)scp_err_set(&err, SCP_ERR_SYSTEM, "store.reg: No such file | x=1\nsecond line");
    return scp_app_fail(app, "source.unreadable", "a document", &err);
}

static int times_out(struct scp_app *app)
{
    struct scp_err err = SCP_ERR_INIT;

    (void)scp_err_set(&err, SCP_ERR_TIMEOUT, "store.reg: the deadline has passed");
    return scp_app_fail(app, "source.unreadable", "a document", &err);
}

static int lists(struct scp_app *app)
{
    struct scp_buf text;
    int code;

    scp_buf_init(&text, 100);
    (void)scp_buf_str(&text, "one\ntwo\n");
    code = scp_app_print(app, &text);
    scp_buf_free(&text);
    return code;
}

static _Noreturn void hang(void)
{
    (void)!write(ready_fd, "x", 1);
    for (;;)
        (void)pause();
}

static int hangs(struct scp_app *app)
{
    (void)app;
    hang();
}

static int hangs_reading(struct scp_app *app)
{
    (void)app;
    scp_app_stage("reading store.reg");
    hang();
}

static int hangs_hostile(struct scp_app *app)
{
    (void)app;
    scp_app_stage("reading a|b=1\nOK - fine \033[1m");
    hang();
}

static int hangs_endless(struct scp_app *app)
{
    static char stage[5000];

    (void)app;
    memset(stage, 'a', sizeof stage - 1);
    scp_app_stage(stage);
    hang();
}

/* Long enough that a signal often comes while it is being written. */
#define TEN "aaaaaaaaaa"
#define LONG_STAGE TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* Changes its stage all the time. */
static int works(struct scp_app *app)
{
    (void)!write(ready_fd, "x", 1);
    while (app != NULL) {
        scp_app_stage(LONG_STAGE);
        scp_app_stage("b");
    }
    return 0;
}

/* What is raised inside; each sets the stage to tell that it was there. */
static int aborts(struct scp_app *app)
{
    scp_app_stage("aborting");
    if (app != NULL)
        abort();
    return 0;
}

static size_t sink_in(size_t depth)
{
    volatile char room[4096];

    room[depth % sizeof room] = (char)depth;
    return depth == 0 ? 0 : sink_in(depth - 1) + (size_t)room[depth % sizeof room];
}

static int overflows_the_stack(struct scp_app *app)
{
    struct rlimit limit = { 1 << 20, 1 << 20 };

    scp_app_stage("descending");
    (void)setrlimit(RLIMIT_STACK, &limit);
    return app != NULL ? (int)sink_in(1 << 20) : 0;
}

static int writes_too_much(struct scp_app *app)
{
    struct rlimit limit = { 0, 0 };
    int fd = open("size.tmp", O_CREAT | O_WRONLY | O_TRUNC, 0600);

    (void)unlink("size.tmp");
    scp_app_stage("writing");
    (void)setrlimit(RLIMIT_FSIZE, &limit);
    (void)!write(fd, "x", 1);
    return reports(app);
}

static int computes(struct scp_app *app)
{
    struct rlimit limit = { 1, RLIM_INFINITY };
    volatile uint64_t n = 0;

    scp_app_stage("computing");
    (void)setrlimit(RLIMIT_CPU, &limit);
    while (app != NULL)
        n = n + 1;
    return 0;
}

/* A signal that was told to be ignored stays so. */
static int says_whether_ignored(struct scp_app *app)
{
    (void)raise(SIGINT);
    return reports(app);
}

/* --- cases --- */

static void answers(void)
{
    struct outcome *o = run(reports, "--at=2026-11-23 -P x", TO_PIPE, 0, false);

    tap_is_int(2, o->code, "the exit code is the state");
    tap_is_text("SCP TOY CRITICAL - bad\n[CRITICAL] toy.bad: bad\n  fix: mend it\n  then: then look again\n"
                "  see: the manual\n",
                o->out, "the plugin output where there is no terminal");
    tap_is_text("", o->errors, "standard error is silent");
    o = run(reports, "--severity=toy.*=warning --severity=toy.bad/s=ok", TO_PIPE, 0, false);
    tap_is_int(0, o->code, "--severity");
    tap_has_text("SCP TOY OK - bad\n", o->out, "is told, too");
    o = run(reports, "-o json", TO_PIPE, 0, false);
    tap_has_text("\"state\":\"CRITICAL\",\"exit_code\":2,", o->out, "-o json");
    o = run(reports, "-o openmetrics", TO_PIPE, 0, false);
    tap_has_text("scp_check_state{plugin=\"check_scp_toy\",source=\"none\"} 2\n", o->out, "-o openmetrics");
    o = run(reports, "-o openmetrics --source-label=scp01", TO_PIPE, 0, false);
    tap_has_text("scp_check_state{plugin=\"check_scp_toy\",source=\"scp01\"} 2\n", o->out, "--source-label");
    o = run(reports, "-o terminal", TO_PIPE, 0, false);
    tap_has_text("\n  [CRITICAL] toy.bad: bad\n", o->out, "-o terminal, without color in a pipe");
    o = run(fails, "", TO_PIPE, 0, false);
    tap_is_int(3, o->code, "a failure is UNKNOWN");
    tap_is_text("SCP TOY UNKNOWN - store.reg: No such file \\x7c x=1 second line\n"
                "[UNKNOWN] source.unreadable: store.reg: No such file \\x7c x=1 second line\n  see: a document\n",
                o->out, "and told");
    o = run(times_out, "--timeout-result=warning", TO_PIPE, 0, false);
    tap_is_int(1, o->code, "a deadline that was noticed has the state of --timeout-result");
    o = run(reports_nothing, "", TO_PIPE, 0, false);
    tap_is_int(3, o->code, "no result");
    tap_is_text("SCP TOY UNKNOWN - out of memory\n", o->out, "is out of memory");
    o = run(lists, "", TO_PIPE, 0, false);
    tap_is_int(3, o->code, "lists exit 3");
    tap_is_text("one\ntwo\n", o->out, "with their text");
    o = run(reports_much, "-o json", TO_PIPE, 0, false);
    tap_ok(o->code == 0 && o->n > 300000 && strcmp(o->out + o->n - 16, ",\"perfdata\":[]}\n") == 0,
           "a long output goes through a pipe that is read");
}

static size_t count_lines(const char *s)
{
    size_t n = 0;

    for (; *s != '\0'; s++)
        n += *s == '\n';
    return n;
}

static void asked(void)
{
    static const struct {
        const char *words, *has;
    } table[] = {
        { "--help", "Usage: check_scp_toy" },
        { "-h -V", "Usage: check_scp_toy" },
        { "--version", "check_scp_toy (monitoring-plugins-scp) " },
        { "--explain", "toy.bad (CRITICAL)" },
        { "--explain=toy.note", "toy.note (OK)" },
        { "--explain=none", "SCP TOY UNKNOWN - --explain: 'none' is not one of its findings\n" },
        { "--warning=10x", "SCP TOY UNKNOWN - --warning: '10x' is not a range" },
        { "--nonsense|x", "SCP TOY UNKNOWN - --nonsense\\x7cx: unknown option\nUsage: check_scp_toy " },
        { "--extra-opts=a@/nonexistent", "SCP TOY UNKNOWN - --extra-opts: /nonexistent: " },
        { "word", "SCP TOY UNKNOWN - 'word': not an option" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct outcome *o = run(reports, table[i].words, TO_PIPE, 0, false);

        tap_is_int(3, o->code, "%s: exit 3", table[i].words);
        tap_has_text(table[i].has, o->out, "its text");
        tap_is_text("", o->errors, "standard error is silent");
        tap_ok(strstr(o->out, "SCP TOY UNKNOWN") == NULL || strncmp(o->out, "SCP TOY", 7) == 0, "a refusal stands in line 1");
        tap_ok(strncmp(o->out, "SCP TOY", 7) != 0 || count_lines(o->out) <= 23, "in at most 23 lines");
    }
}

static void no_output(void)
{
    static const struct {
        enum where where;
        const char *name;
    } table[] = { { TO_FULL, "/dev/full" }, { TO_CLOSED, "a closed one" }, { TO_BROKEN_PIPE, "a broken pipe" } };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        tap_is_int(3, run(reports, "--severity=*=ok", table[i].where, 0, false)->code, "standard output is %s", table[i].name);
        tap_is_int(3, run(reports, "--help", table[i].where, 0, false)->code, "--help to %s", table[i].name);
        tap_is_int(3, run(reports, "--nonsense", table[i].where, 0, false)->code, "a refusal to %s", table[i].name);
    }
}

static void ended(body *b, const char *words, int signal_number, int code, const char *line)
{
    struct outcome *o = run(b, words, TO_PIPE, signal_number, false);

    tap_is_int(code, o->code, "signal %d, '%s': exit %d", signal_number, words, code);
    tap_is_text(line, o->out, "one line");
    tap_is_text("", o->errors, "standard error is silent");
}

/* Deadlines to be tried one after the other: the first may be over before a slow machine has come to the place. */
static const char *const deadlines[] = { "0.05", "0.5", "5", "30" };

static void ended_by_deadline(const char *result, int code, const char *state)
{
    char words[100], line[200];
    struct outcome *o = NULL;

    for (size_t i = 0; i < 4 && (o == NULL || strstr(o->out, "reading") == NULL); i++) {
        (void)snprintf(words, sizeof words, "-t %s %s", deadlines[i], result);
        (void)snprintf(line, sizeof line, "SCP TOY %s - no result within %s s (while reading store.reg)\n", state, deadlines[i]);
        o = run(hangs_reading, words, TO_PIPE, 0, false);
    }
    tap_is_int(code, o->code, "the deadline, '%s': exit %d", result, code);
    tap_is_text(line, o->out, "one line");
    tap_is_text("", o->errors, "standard error is silent");
}

static void signals(void)
{
    struct outcome *o;

    ended(hangs, "", SIGTERM, 3, "SCP TOY UNKNOWN - terminated by signal 15\n");
    ended(hangs_reading, "-t 0.001h", SIGTERM, 3, "SCP TOY UNKNOWN - terminated by signal 15 while reading store.reg\n");
    ended(hangs_reading, "-o json", SIGINT, 3, "SCP TOY UNKNOWN - terminated by signal 2 while reading store.reg\n");
    ended(hangs_reading, "", SIGHUP, 3, "SCP TOY UNKNOWN - terminated by signal 1 while reading store.reg\n");
    ended(hangs_hostile, "", SIGTERM, 3, "SCP TOY UNKNOWN - terminated by signal 15 while reading a\\x7cb=1 OK - fine \\x1b[1m\n");
    o = run(hangs_endless, "", TO_PIPE, SIGTERM, false);
    tap_ok(o->n < 600 && o->out[o->n - 1] == '\n' && strstr(o->out, "aaa...") != NULL, "a stage without end is cut");
    ended(hangs, "-t 0.05", 0, 3, "SCP TOY UNKNOWN - no result within 0.05 s\n");
    ended_by_deadline("", 3, "UNKNOWN");
    ended_by_deadline("--timeout-result=critical", 2, "CRITICAL");
    ended(hangs, "-t 0.0000001 --timeout-result=ok", 0, 0, "SCP TOY OK - no result within 0 s\n");
}

static void raised_inside(void)
{
    sigset_t crash;

    ended(writes_too_much, "", 0, 3, "SCP TOY UNKNOWN - terminated by signal 25 while writing\n");
    ended(computes, "-t 10m", 0, 3, "SCP TOY UNKNOWN - terminated by signal 24 while computing\n");
    scp_signals_crash(&crash);
    if (sigismember(&crash, SIGSEGV) != 1) {
        tap_skip("a sanitizer reports faults", 6);
        return;
    }
    ended(aborts, "", 0, 3, "SCP TOY UNKNOWN - crashed by signal 6 while aborting: a fault of this plugin, please report it\n");
    ended(overflows_the_stack, "", 0, 3,
          "SCP TOY UNKNOWN - crashed by signal 11 while descending: a fault of this plugin, please report it\n");
}

static void inherited(void)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
    struct outcome *o;
    sigset_t set, before;

    (void)sigaction(SIGINT, &ignore, &old);
    o = run(says_whether_ignored, "", TO_PIPE, 0, false);
    tap_is_int(2, o->code, "an ignored interrupt stays ignored");
    (void)sigaction(SIGINT, &old, NULL);
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGALRM);
    (void)sigaddset(&set, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &set, &before);
    ended(hangs, "-t 0.05", 0, 3, "SCP TOY UNKNOWN - no result within 0.05 s\n");
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
}

/* A reader that does not read: the deadline holds, and adds nothing to the output that has begun. */
static void stuck_reader(void)
{
    struct outcome *o = NULL;
    char words[100];

    for (size_t i = 0; i < 4 && (o == NULL || o->out[0] != '{'); i++) {
        (void)snprintf(words, sizeof words, "-o json --timeout-result=ok -t %s", deadlines[i]);
        o = run(reports_much, words, TO_PIPE, 0, true);
    }
    tap_is_int(3, o->code, "a report that nobody reads ends in exit 3");
    tap_ok(strstr(o->out, "no result") == NULL && strncmp(o->out, "{\"schema\":1", 11) == 0, "without a second line");
}

static void at_any_time(void)
{
    static const char a[] = "SCP TOY UNKNOWN - terminated by signal 15 while " LONG_STAGE "\n";
    static const char b[] = "SCP TOY UNKNOWN - terminated by signal 15 while b\n";
    static const char none[] = "SCP TOY UNKNOWN - terminated by signal 15\n";
    int wrong = 0;

    for (int i = 0; i < 300; i++) {
        struct outcome *o = run(works, "", TO_PIPE, SIGTERM, false);
        bool whole = strcmp(o->out, a) == 0 || strcmp(o->out, b) == 0 || strcmp(o->out, none) == 0;

        if ((!whole || o->code != 3) && wrong++ < 3)
            tap_diag("%d: %s", o->code, o->out);
    }
    tap_is_int(0, wrong, "300 signals while the stage changes: always one whole line");
}

int main(void)
{
    /* Whoever started us may have them ignored, as shells do for what runs in the background. */
    (void)signal(SIGINT, SIG_DFL);
    (void)signal(SIGHUP, SIG_DFL);
    answers();
    asked();
    no_output();
    signals();
    raised_inside();
    inherited();
    stuck_reader();
    at_any_time();
    return tap_done();
}

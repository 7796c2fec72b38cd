/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* sigaltstack(): what POSIX has beyond its base */

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "plugin/app.h"
#include "plugin/report_common.h"

#include "base/child.h"
#include "base/num.h"
#include "base/say.h"
#include "base/signals.h"
#include "base/utc.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

#ifndef PACKAGE_NAME
#define PACKAGE_NAME "monitoring-plugins-scp"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "0.1.0"
#endif

enum {
    STAGE_MAX = 300,
    LINE_MAX_BYTES = 600,
    PRINT_MAX = 1 << 20,
    SIGNAL_STACK = 64 << 10,
    STACK = 512 << 10, /* more than any of them needs (measured: 192 KiB) */
    CHUNK = 4096,      /* a pipe that is writable takes so much without blocking */
    COLUMNS_DEFAULT = 80,
    COLUMNS_LIMIT = 10000
};

/*
 * What the handler prints, made beforehand: it may only copy and write.  There
 * are two of them, so that the one in use is always whole.
 */
struct last_words {
    char deadline[LINE_MAX_BYTES]; /* the whole line */
    char head[LINE_MAX_BYTES];     /* "SCP ROOTS UNKNOWN - terminated by signal " */
    char crash[LINE_MAX_BYTES];    /* "SCP ROOTS UNKNOWN - crashed by signal " */
    char tail[LINE_MAX_BYTES];     /* " while reading store.reg" */
    enum scp_state timeout_result; /* what the deadline's line says */
};

static struct {
    struct last_words words[2];
    volatile sig_atomic_t current; /* index into words */
    volatile sig_atomic_t writing; /* the report is on its way out */
    const char *title;
    double timeout;
    enum scp_state timeout_result;
    sigset_t before;             /* the signal mask while no report is written */
    bool terminal;               /* the report is for a person at a terminal: progress may be shown */
    volatile sig_atomic_t shown; /* steps of it drawn; 0 = nothing is on the line */
} process;

enum { PROGRESS_STEPS = 40 };

/* Appends to line, within its size; all that a signal handler may do. */
static size_t append(char line[LINE_MAX_BYTES], size_t n, const char *s)
{
    while (*s != '\0' && n < LINE_MAX_BYTES - 1)
        line[n++] = *s++;
    return n;
}

static size_t append_signal(char line[LINE_MAX_BYTES], size_t n, int signal_number)
{
    char digits[4] = "";
    size_t i = sizeof digits - 1;

    do {
        digits[--i] = (char)('0' + signal_number % 10);
        signal_number /= 10;
    } while (signal_number > 0 && i > 0);
    return append(line, n, digits + i);
}

/* A fault of the program; also where somebody else sent one of these signals, which nothing else would. */
static bool is_crash(int signal_number)
{
    sigset_t crash;

    scp_signals_crash(&crash);
    return sigismember(&crash, signal_number) == 1;
}

static void on_signal(int signal_number)
{
    const struct last_words *w = &process.words[process.current];
    bool crash = is_crash(signal_number);
    char line[LINE_MAX_BYTES];
    enum scp_state state = SCP_UNKNOWN;
    size_t n = process.shown > 0 ? append(line, 0, "\n") : 0;

    scp_child_kill_all();
    if (process.writing) /* a second line would only confuse whoever read the start of the first */
        _exit(SCP_UNKNOWN);
    if (signal_number == SIGALRM) {
        n = append(line, n, w->deadline);
        state = w->timeout_result;
    } else {
        n = append(line, n, crash ? w->crash : w->head);
        n = append_signal(line, n, signal_number);
        n = append(line, n, w->tail);
        n = append(line, n, crash ? ": a fault of this plugin, please report it\n" : "\n");
    }
    _exit(write(STDOUT_FILENO, line, n) == (ssize_t)n ? (int)state : (int)SCP_UNKNOWN);
}

void scp_app_stage(const char *stage)
{
    sig_atomic_t next = process.current == 0 ? 1 : 0;
    struct last_words *w = &process.words[next];
    const char *title = process.title != NULL ? process.title : "SCP";
    char seconds[SCP_NUM_TEXT];
    struct scp_buf clean;
    const char *s;

    scp_buf_init(&clean, STAGE_MAX + 64);
    if (stage != NULL)
        scp_report_text(&clean, stage, STAGE_MAX, SCP_REPORT_PLUGIN);
    s = scp_buf_text(&clean);
    scp_num_format(process.timeout, seconds);
    (void)snprintf(w->deadline, sizeof w->deadline, "%s %s - no result within %s s%s%s%s\n", title,
                   scp_state_name(process.timeout_result), seconds, s[0] != '\0' ? " (while " : "", s, s[0] != '\0' ? ")" : "");
    (void)snprintf(w->head, sizeof w->head, "%s UNKNOWN - terminated by signal ", title);
    (void)snprintf(w->crash, sizeof w->crash, "%s UNKNOWN - crashed by signal ", title);
    (void)snprintf(w->tail, sizeof w->tail, "%s%s", s[0] != '\0' ? " while " : "", s);
    w->timeout_result = process.timeout_result;
    scp_buf_free(&clean);
    atomic_signal_fence(memory_order_seq_cst); /* the words are whole before they are the current ones */
    process.current = next;
}

/* Counts from now on; never 0, which would mean "no deadline". */
static void arm(double seconds)
{
    struct itimerval t = { { 0, 0 }, { 0, 0 } };

    t.it_value.tv_sec = (time_t)seconds;
    t.it_value.tv_usec = (suseconds_t)((seconds - (double)t.it_value.tv_sec) * 1e6);
    if (t.it_value.tv_sec == 0 && t.it_value.tv_usec == 0)
        t.it_value.tv_usec = 1;
    (void)setitimer(ITIMER_REAL, &t, NULL);
}

/* Where the handler runs: the stack may be what is used up. */
static void take_signal_stack(void)
{
    static _Alignas(16) char room[SIGNAL_STACK];
    stack_t stack = { .ss_sp = room, .ss_size = sizeof room };

    (void)sigaltstack(&stack, NULL);
}

/* What whoever started us ignores stays ignored, as nohup and background jobs have it; but neither the deadline, nor the way in
 * which monitoring cores end plugins, nor a fault of ours. */
static bool stays_ignored(int s)
{
    struct sigaction old;

    return s != SIGALRM && s != SIGTERM && sigaction(s, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

static void catch_signals(void)
{
    struct sigaction ours = { .sa_handler = on_signal };
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigset_t ending, crash;

    take_signal_stack();
    scp_signals_ending(&ending);
    scp_signals_crash(&crash);
    (void)sigfillset(&ours.sa_mask);
    for (int s = 1; s <= SIGRTMAX; s++) {
        /* On another stack only where the own one may be used up: a sanitizer's runtime does not bear it elsewhere. */
        ours.sa_flags = sigismember(&crash, s) == 1 ? SA_ONSTACK : 0;
        if (sigismember(&crash, s) == 1 || (sigismember(&ending, s) == 1 && !stays_ignored(s)))
            (void)sigaction(s, &ours, NULL);
    }
    (void)sigaction(SIGPIPE, &ignore, NULL); /* a failed write is told by write() */
    (void)sigprocmask(SIG_UNBLOCK, &ending, NULL);
    (void)sigprocmask(SIG_UNBLOCK, &crash, NULL);
    (void)sigprocmask(SIG_BLOCK, NULL, &process.before);
}

/* Without this a file opened later could become standard output.  The directions are the wrong ones: a
 * closed stream stays unusable. */
static void fill_standard_streams(void)
{
    static const int flags[] = { O_WRONLY, O_RDONLY, O_WRONLY };

    for (int fd = 0; fd < 3; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            (void)open("/dev/null", flags[fd]); /* the lowest free one, which is this */
    }
}

static void block_signals(void)
{
    sigset_t all;

    scp_signals_ending(&all);
    (void)sigprocmask(SIG_BLOCK, &all, NULL);
    process.writing = 1;
}

/* Waits until standard output takes more; signals and the deadline end the process meanwhile. */
static int wait_writable(void)
{
    struct pollfd p = { STDOUT_FILENO, POLLOUT, 0 };
    fd_set set;

    if (poll(&p, 1, 0) != 0) /* ready, or in a state that write() will name */
        return 0;
    FD_ZERO(&set);
    FD_SET(STDOUT_FILENO, &set);
    if (pselect(STDOUT_FILENO + 1, NULL, &set, NULL, NULL, &process.before) < 0 && errno != EINTR)
        return -1;
    return 0;
}

/* All of it to standard output; signals stay blocked from here to the end of the process. */
static int write_out(const char *p, size_t n)
{
    block_signals();
    while (n > 0) {
        ssize_t written;

        if (wait_writable() != 0)
            return -1;
        written = write(STDOUT_FILENO, p, n > CHUNK ? CHUNK : n);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return -1;
        if (written > 0) {
            p += written;
            n -= (size_t)written;
        }
    }
    return close(STDOUT_FILENO); /* some file systems tell only now that there was no room */
}

/*
 * Where the address space is limited the stack cannot always grow, and the kernel says so with SIGSEGV.  What a plugin needs of it
 * is taken while there is still a way to answer.
 */
static void use_stack(void)
{
    volatile char room[STACK];

    for (size_t i = 0; i < sizeof room; i += 1024)
        room[i] = 0;
}

static int take_stack(void)
{
    struct rlimit space;
    void *volatile probe; /* a compiler may leave out what is only allocated and freed */

    if (getrlimit(RLIMIT_AS, &space) != 0 || space.rlim_cur == RLIM_INFINITY)
        return 0;
    probe = malloc((size_t)2 * STACK);
    free(probe);
    if (probe == NULL)
        return -1;
    use_stack();
    return 0;
}

static void release(struct scp_app *app)
{
    scp_option_release(app->memory);
    app->memory = NULL;
}

/* The answers that need no memory. */
static int give_up(const char *title, const char *why)
{
    char line[LINE_MAX_BYTES];
    size_t n = append(line, 0, title);

    n = append(line, n, why);
    (void)write_out(line, n);
    return SCP_UNKNOWN;
}

static int out_of_memory(const char *title)
{
    return give_up(title, " UNKNOWN - out of memory\n");
}

/* Why nothing could be made of the answer. */
static int no_answer(const char *title, const struct scp_buf *out)
{
    bool too_long = !out->starved && out->n + CHUNK > out->max;

    return too_long ? give_up(title, " UNKNOWN - the answer is longer than it may be\n") : out_of_memory(title);
}

int scp_app_print(struct scp_app *app, const struct scp_buf *text)
{
    if (text->failed)
        (void)no_answer(app->about->title, text);
    else
        (void)write_out(scp_buf_text(text), text->n);
    release(app);
    return SCP_UNKNOWN;
}

static int bad_usage(struct scp_app *app, const struct scp_err *err)
{
    struct scp_buf out;
    int code;

    scp_buf_init(&out, PRINT_MAX);
    (void)scp_buf_printf(&out, "%s UNKNOWN - ", app->about->title);
    scp_report_sentence(&out, err->message, SCP_REPORT_FIELD_MAX, SCP_REPORT_PLUGIN);
    (void)scp_buf_chr(&out, '\n');
    if (err->code == SCP_ERR_USAGE)
        scp_option_usage(app->about, &out);
    code = scp_app_print(app, &out);
    scp_buf_free(&out);
    return code;
}

static void explain(const struct scp_about *about, const char *id, struct scp_buf *out)
{
    struct scp_buf text;

    scp_buf_init(&text, PRINT_MAX);
    if (!scp_option_explain(about, id, &text)) {
        (void)scp_buf_printf(out, "%s UNKNOWN - --explain: '", about->title);
        scp_report_text(out, id, 100, SCP_REPORT_PLUGIN);
        (void)scp_buf_str(out, "' is not one of its findings\n");
    }
    (void)scp_buf_add(out, scp_buf_text(&text), text.n);
    out->failed = out->failed || text.failed;
    scp_buf_free(&text);
}

/* --help, --version and --explain: -1 when none of them was asked for. */
static int answer_itself(struct scp_app *app)
{
    const struct scp_common *c = app->common;
    struct scp_buf out;
    int code;

    if (!c->help && !c->version && c->explain == NULL)
        return -1;
    scp_buf_init(&out, PRINT_MAX);
    if (c->help)
        scp_option_help(app->about, &out);
    else if (c->version)
        (void)scp_buf_printf(&out, "%s (%s) %s\n", app->about->name, PACKAGE_NAME, PACKAGE_VERSION);
    else
        explain(app->about, c->explain, &out);
    code = scp_app_print(app, &out);
    scp_buf_free(&out);
    return code;
}

/* Takes over the deadline and its state. */
static void set_deadline(const struct scp_common *common)
{
    process.timeout = common->timeout;
    process.timeout_result = common->timeout_result;
    scp_app_stage(NULL);
    arm(common->timeout);
}

int scp_app_start(struct scp_app *app, const struct scp_about *about, void *config, int argc, char *const *argv)
{
    struct scp_err err = SCP_ERR_INIT;
    int code;

    app->about = about;
    app->common = config;
    app->memory = NULL;
    process.title = about->title;
    fill_standard_streams();
    if (config == NULL || take_stack() != 0)
        return out_of_memory(about->title);
    set_deadline(app->common); /* an ini file may come from a pipe */
    catch_signals();
    if (scp_option_parse(about, config, argc, argv, &app->memory, &err) != 0)
        return bad_usage(app, &err);
    code = answer_itself(app);
    if (code != -1)
        return code;
    set_deadline(app->common);
    if (app->common->at == SCP_UTC_UNKNOWN)
        app->common->at = scp_utc_now();
    process.terminal =
        (app->common->output == SCP_OUTPUT_DEFAULT || app->common->output == SCP_OUTPUT_TERMINAL) && isatty(STDOUT_FILENO) == 1;
    return -1;
}

static void draw(const char *text, size_t n)
{
    /* Nobody depends on it: a terminal that does not take it is left alone. */
    if (write(STDOUT_FILENO, text, n) != (ssize_t)n)
        process.terminal = false;
}

void scp_app_progress(size_t done, size_t total)
{
    sig_atomic_t step = total > 0 && done <= total ? (sig_atomic_t)(done * PROGRESS_STEPS / total) : 0;
    char line[80];
    int n;

    if (!process.terminal || step == 0 || step == process.shown)
        return;
    process.shown = step;
    n = snprintf(line, sizeof line, "\r%zu of %zu", done, total);
    draw(line, (size_t)n);
}

static void erase_progress(void)
{
    static const char BLANK[] = "\r                                        \r";

    if (process.shown > 0)
        draw(BLANK, sizeof BLANK - 1);
    process.shown = 0;
}

static unsigned columns(void)
{
    const char *text = getenv("COLUMNS");
    struct winsize size;
    uint64_t n = 0;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    if (text != NULL && scp_num_u64(text, strlen(text), COLUMNS_LIMIT, &n, NULL) == 0 && n > 0)
        return (unsigned)n;
    return COLUMNS_DEFAULT;
}

static bool wants_color(void)
{
    const char *term = getenv("TERM");
    const char *no_color = getenv("NO_COLOR");

    return isatty(STDOUT_FILENO) == 1 && (no_color == NULL || no_color[0] == '\0') && term != NULL && term[0] != '\0' &&
           strcmp(term, "dumb") != 0;
}

static void complete(struct scp_report *m, const struct scp_app *app)
{
    const struct scp_common *c = app->common;

    m->plugin = app->about->name;
    m->version = PACKAGE_VERSION;
    m->title = app->about->title;
    m->at = c->at;
    m->perfdata = (enum scp_perfdata_mode)c->perfdata;
    m->verbosity = c->verbosity;
    m->color = wants_color();
    m->columns = columns();
    m->pretty = isatty(STDOUT_FILENO) == 1;
}

static void render(const struct scp_app *app, const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    int output = app->common->output;

    if (output == SCP_OUTPUT_DEFAULT)
        output = isatty(STDOUT_FILENO) == 1 ? SCP_OUTPUT_TERMINAL : SCP_OUTPUT_PLUGIN;
    switch ((enum scp_output)output) {
    case SCP_OUTPUT_TERMINAL: scp_report_terminal(m, r, out); break;
    case SCP_OUTPUT_JSON: scp_report_json(m, r, out); break;
    case SCP_OUTPUT_OPENMETRICS: scp_report_openmetrics(m, r, out); break;
    case SCP_OUTPUT_HTML: app->about->html(m, r, out); break;
    case SCP_OUTPUT_PLUGIN:
    case SCP_OUTPUT_DEFAULT:
    default: scp_report_plugin(m, r, out); break;
    }
}

int scp_app_finish(struct scp_app *app, struct scp_report *report, struct scp_result *r)
{
    enum scp_state state;
    struct scp_buf out;
    int code = SCP_UNKNOWN;

    if (r == NULL) {
        code = out_of_memory(app->about->title);
        release(app);
        return code;
    }
    erase_progress();
    scp_result_override(r, app->common->severity.v, app->common->severity.n);
    state = scp_result_state(r);
    complete(report, app);
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    render(app, report, r, &out);
    if (out.failed)
        (void)no_answer(app->about->title, &out);
    else if (write_out(scp_buf_text(&out), out.n) == 0)
        code = (int)state;
    scp_buf_free(&out);
    scp_result_free(r);
    release(app);
    return code;
}

int scp_app_fail(struct scp_app *app, const char *id, const struct scp_err *err)
{
    struct scp_report report = { .at = SCP_UTC_UNKNOWN, .source_taken = SCP_UTC_UNKNOWN };
    struct scp_result *r = scp_result_new(app->about->catalogue);
    enum scp_state state = err->code == SCP_ERR_TIMEOUT ? app->common->timeout_result : SCP_UNKNOWN;
    size_t finding = scp_result_add(r, state, id, "", SCP_SAID, err->message);

    if (r != NULL && r->findings > 0)
        r->finding[0].evidence |= SCP_SAYS_OF_SOURCE; /* nothing was judged */
    /* What the id means is beside the point then, and no --severity makes something else of it. */
    if (err->code == SCP_ERR_MEMORY) {
        scp_result_break(r);
        scp_result_remedy(r, finding, "%s", "");
        scp_result_reference(r, finding, "");
    }
    return scp_app_finish(app, &report, r);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "plugin/app.h"
#include "plugin/app_internal.h"
#include "plugin/report_common.h"

#include "base/confine.h"
#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PACKAGE_NAME
#define PACKAGE_NAME "monitoring-plugins-scp"
#endif
#ifndef PACKAGE_VERSION
#define PACKAGE_VERSION "unknown"
#endif

enum {
    STAGE_MAX = 300,
    PRINT_MAX = 1 << 20,
    ANSWER_REST = 4096, /* of the room for an answer that is full */
    COLUMNS_DEFAULT = 80,
    COLUMNS_LIMIT = 10000
};

static struct {
    struct app_words words[2];     /* two, so that the one in use is always whole */
    volatile sig_atomic_t current; /* index into words */
    const char *title;
    double timeout;
    enum scp_state timeout_result;
    bool terminal;               /* the report is for a person at a terminal: progress may be shown */
    volatile sig_atomic_t shown; /* steps of it drawn; 0 = nothing is on the line */
} process;

enum { PROGRESS_STEPS = 40 };

const struct app_words *scp_app_words(void)
{
    return &process.words[process.current];
}

/* Appends to line, within its size; all that a signal handler may do. */
static size_t append(char line[SCP_APP_LINE_MAX], size_t n, const char *s)
{
    while (*s != '\0' && n < SCP_APP_LINE_MAX - 1)
        line[n++] = *s++;
    return n;
}

size_t scp_app_last_line(char line[SCP_APP_LINE_MAX], const char *cause, bool crash)
{
    const struct app_words *w = scp_app_words();
    size_t n = process.shown > 0 ? append(line, 0, "\n") : 0;

    n = append(line, n, crash ? w->crash : w->head);
    n = append(line, n, cause);
    n = append(line, n, w->tail);
    return append(line, n, crash ? ": a fault of this plugin, please report it\n" : "\n");
}

size_t scp_app_deadline_line(char line[SCP_APP_LINE_MAX])
{
    return append(line, process.shown > 0 ? append(line, 0, "\n") : 0, scp_app_words()->deadline);
}

void scp_app_stage(const char *stage)
{
    sig_atomic_t next = process.current == 0 ? 1 : 0;
    struct app_words *w = &process.words[next];
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
    (void)snprintf(w->head, sizeof w->head, "%s UNKNOWN - terminated by ", title);
    (void)snprintf(w->crash, sizeof w->crash, "%s UNKNOWN - crashed by ", title);
    (void)snprintf(w->tail, sizeof w->tail, "%s%s", s[0] != '\0' ? " while " : "", s);
    w->timeout_result = process.timeout_result;
    scp_buf_free(&clean);
    atomic_thread_fence(memory_order_seq_cst); /* the words are whole before they are the current ones */
    process.current = next;
}

static void release(struct scp_app *app)
{
    scp_option_release(app->memory);
    app->memory = NULL;
}

/* The answers that need no memory. */
static int give_up(const char *title, const char *why)
{
    char line[SCP_APP_LINE_MAX];
    size_t n = append(line, 0, title);

    n = append(line, n, why);
    (void)scp_app_process_write(line, n);
    return SCP_UNKNOWN;
}

static int out_of_memory(const char *title)
{
    return give_up(title, " UNKNOWN - out of memory\n");
}

/* Why nothing could be made of the answer. */
static int no_answer(const char *title, const struct scp_buf *out)
{
    bool too_long = !out->starved && out->n + ANSWER_REST > out->max;

    return too_long ? give_up(title, " UNKNOWN - the answer is longer than it may be\n") : out_of_memory(title);
}

int scp_app_print(struct scp_app *app, const struct scp_buf *text)
{
    if (text->failed)
        (void)no_answer(app->about->title, text);
    else
        (void)scp_app_process_write(scp_buf_text(text), text->n);
    release(app);
    return SCP_UNKNOWN;
}

/* What a run that asks nobody gives up here. */
static void add_confinement(struct scp_buf *out)
{
    char active[64];

    scp_confine_network();
    (void)scp_buf_printf(out, "confined by: %s\n", scp_confine_text(active));
}

/* Bad usage (err; NULL: none), --help, --version and --explain: -1 when it is none of them. */
static int answer_itself(struct scp_app *app, const struct scp_err *err)
{
    const struct scp_common *c = app->common;
    struct scp_buf out;
    int code;

    if (err == NULL && !c->help && !c->version && c->explain == NULL)
        return -1;
    scp_buf_init(&out, PRINT_MAX);
    if (err != NULL) {
        (void)scp_buf_printf(&out, "%s UNKNOWN - ", app->about->title);
        scp_report_sentence(&out, err->message, SCP_REPORT_FIELD_MAX, SCP_REPORT_PLUGIN);
        (void)scp_buf_chr(&out, '\n');
        if (err->code == SCP_ERR_USAGE)
            scp_option_usage(app->about, &out);
    } else if (c->help) {
        scp_option_help(app->about, &out);
    } else if (c->version) {
        (void)scp_buf_printf(&out, "%s (%s) %s\n", app->about->name, PACKAGE_NAME, PACKAGE_VERSION);
        if (c->verbosity > 0)
            add_confinement(&out);
    } else if (!scp_option_explain(app->about, c->explain, &out)) {
        (void)scp_buf_printf(&out, "%s UNKNOWN - --explain: '", app->about->title);
        scp_report_text(&out, c->explain, 100, SCP_REPORT_PLUGIN);
        (void)scp_buf_str(&out, "' is not one of its findings\n");
        scp_option_findings(app->about, &out);
    }
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
    scp_app_process_arm(common->timeout);
}

/* It keeps the metrics of servers apart: whole, and not empty. */
static int check_label(const char *label, struct scp_err *err)
{
    if (label != NULL && (scp_report_is_blank(label) || strlen(label) > SCP_REPORT_FIELD_MAX / 4))
        return scp_err_set(err, SCP_ERR_USAGE, "--source-label: a name of at most %d bytes, which is not blank",
                           SCP_REPORT_FIELD_MAX / 4);
    return 0;
}

int scp_app_start(struct scp_app *app, const struct scp_about *about, void *config, int argc, char *const *argv)
{
    struct scp_err err = SCP_ERR_INIT;
    int code;

    app->about = about;
    app->common = config;
    app->memory = NULL;
    process.title = about->title;
    if (scp_app_process_begin() != 0 || config == NULL)
        return out_of_memory(about->title);
    set_deadline(app->common); /* an ini file may come from a pipe */
    scp_app_process_watch();
    if (scp_option_parse(about, config, argc, argv, &app->memory, &err) != 0 || check_label(app->common->source_label, &err) != 0)
        return answer_itself(app, &err);
    code = answer_itself(app, NULL);
    if (code != -1)
        return code;
    set_deadline(app->common);
    if (app->common->at == SCP_UTC_UNKNOWN)
        app->common->at = scp_utc_now();
    process.terminal =
        (app->common->output == SCP_OUTPUT_DEFAULT || app->common->output == SCP_OUTPUT_TERMINAL) && scp_app_terminal();
    return -1;
}

/* Nobody depends on it: a terminal that does not take it is left alone. */
static void draw(const char *text, size_t n)
{
    process.terminal = process.terminal && scp_app_terminal_draw(text, n);
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
    unsigned shown = scp_app_terminal_columns();
    uint64_t n = 0;

    if (shown > 0)
        return shown;
    if (text != NULL && scp_num_u64(text, strlen(text), COLUMNS_LIMIT, &n, NULL) == 0 && n > 0)
        return (unsigned)n;
    return COLUMNS_DEFAULT;
}

static bool wants_color(void)
{
    const char *no_color = getenv("NO_COLOR");

    return scp_app_terminal() && (no_color == NULL || no_color[0] == '\0') && scp_app_terminal_color();
}

static void add_source(struct scp_buf *out, const char *name)
{
    (void)scp_buf_printf(out, "%s%s", out->n > 0 ? " " : "", name);
}

/* What the command line names, so that it is the same where nothing could be read. */
static void label_source(const struct scp_common *c, const struct scp_report *m, struct scp_buf *out)
{
    if (c->source_label != NULL) {
        add_source(out, c->source_label);
        return;
    }
    if (c->hostname != NULL)
        add_source(out, c->hostname);
    for (size_t i = 0; i < c->registry.n; i++)
        add_source(out, c->registry.v[i]);
    if (out->n == 0)
        add_source(out, m->source_location != NULL ? m->source_location : "none");
    if (c->with != NULL) {
        add_source(out, "with");
        add_source(out, c->with);
    }
}

static void complete(struct scp_report *m, const struct scp_app *app, struct scp_buf *source)
{
    const struct scp_common *c = app->common;

    label_source(c, m, source);
    m->source_label = scp_buf_text(source);
    m->plugin = app->about->name;
    m->version = PACKAGE_VERSION;
    m->title = app->about->title;
    m->at = c->at;
    m->perfdata = (enum scp_perfdata_mode)c->perfdata;
    m->verbosity = c->verbosity;
    m->color = wants_color();
    m->columns = columns();
    m->pretty = scp_app_terminal();
}

static void render(const struct scp_app *app, const struct scp_report *m, const struct scp_result *r, struct scp_buf *out)
{
    int output = app->common->output;

    if (output == SCP_OUTPUT_DEFAULT)
        output = scp_app_terminal() ? SCP_OUTPUT_TERMINAL : SCP_OUTPUT_PLUGIN;
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
    struct scp_buf out, source;
    int code = SCP_UNKNOWN;

    if (r == NULL) {
        code = out_of_memory(app->about->title);
        release(app);
        return code;
    }
    erase_progress();
    scp_result_override(r, app->common->severity.v, app->common->severity.n);
    state = scp_result_state(r);
    scp_buf_init(&source, PRINT_MAX);
    scp_buf_init(&out, SCP_REPORT_JSON_MAX);
    complete(report, app, &source);
    render(app, report, r, &out);
    if (source.starved)
        scp_buf_starve(&out);
    if (out.failed)
        (void)no_answer(app->about->title, &out);
    else if (scp_app_process_write(scp_buf_text(&out), out.n) == 0)
        code = (int)state;
    scp_buf_free(&source);
    scp_buf_free(&out);
    scp_result_free(r);
    release(app);
    return code;
}

int scp_app_fail(struct scp_app *app, const char *id, const char *document, const struct scp_err *err)
{
    struct scp_report report = { .at = SCP_UTC_UNKNOWN, .source_taken = SCP_UTC_UNKNOWN };
    bool memory = err->code == SCP_ERR_MEMORY; /* what the id means is beside the point then */
    struct scp_result *r = scp_result_new(memory ? NULL : app->about->catalogue);
    enum scp_state state = err->code == SCP_ERR_TIMEOUT ? app->common->timeout_result : SCP_UNKNOWN;

    (void)scp_result_add(r, state, id, "", SCP_SAID, err->message);
    if (r != NULL && r->findings > 0) {
        r->finding[0].evidence |= SCP_SAYS_OF_SOURCE; /* nothing was judged */
        if (r->finding[0].reference[0] == '\0' && !memory)
            scp_result_reference(r, 0, document);
    }
    if (memory)
        scp_result_break(r); /* and no --severity makes something else of it */
    return scp_app_finish(app, &report, r);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_APP_H
#define SCP_PLUGIN_APP_H

#include "plugin/common.h"

/*
 * The frame of a plugin's main(): everything that touches the process - argv,
 * signals, standard output, the exit code.
 */
struct scp_app {
    const struct scp_about *about;
    struct scp_common *common; /* first member of the plugin's configuration */
    struct scp_option_memory *memory;
};

/*
 * Parses options, answers --help, --version, --explain and bad usage itself, fills in
 * `at`, arms the whole-run deadline (SIGALRM) and the handlers of SIGTERM, SIGINT,
 * SIGHUP, SIGPIPE is ignored.  Returns -1 to go on, or an exit code (always 3) to return from main.
 * A signal ends the process with one line "SCP X UNKNOWN - …" and exit 3
 * (the deadline: --timeout-result).  `config` NULL: there was no memory for it.
 */
int scp_app_start(struct scp_app *app, const struct scp_about *about, void *config, int argc, char *const *argv);

/* Names what is being done, for the deadline's line: "reading store.reg".  The text is cleaned and copied. */
void scp_app_stage(const char *stage);

/* Shows on a terminal how far a long work is ("120 of 514"); anywhere else it does nothing.  The report erases it. */
void scp_app_progress(size_t done, size_t total);

/* Writes text to standard output and returns 3: for --list-… */
int scp_app_print(struct scp_app *app, const struct scp_buf *text);

/* Applies --severity, renders, writes, checks the write; frees the result and the options' memory.
 * `r` may be NULL (out of memory).  Returns the exit code. */
int scp_app_finish(struct scp_app *app, struct scp_report *report, struct scp_result *r);

/* For a failure before there is a result: one finding `id` with the error's message, and a document where its catalogue names none.
 */
int scp_app_fail(struct scp_app *app, const char *id, const char *document, const struct scp_err *err);

/*
 * The end of main(), with the exit code: all is written and checked, and what some thirty libraries would put away is given back by
 * the system at once (app_leave_quick.c).  A build that has to do something at its end returns the code (app_leave_plain.c).
 */
int scp_app_leave(int code);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_APP_INTERNAL_H
#define SCP_PLUGIN_APP_INTERNAL_H

#include "plugin/state.h"

#include <stdbool.h>
#include <stddef.h>

/* Shared by app.c and the process below it (app_posix.c or app_win32.c); nobody else includes it. */
enum { SCP_APP_LINE_MAX = 600 };

/* What is printed when the process is ended from outside, made beforehand: a handler may only copy and write. */
struct app_words {
    char deadline[SCP_APP_LINE_MAX]; /* the whole line */
    char head[SCP_APP_LINE_MAX];     /* "SCP ROOTS UNKNOWN - terminated by " */
    char crash[SCP_APP_LINE_MAX];    /* "SCP ROOTS UNKNOWN - crashed by " */
    char tail[SCP_APP_LINE_MAX];     /* " while reading store.reg" */
    enum scp_state timeout_result;   /* what the deadline's line says */
};

/* The present ones, whole at any time. */
const struct app_words *scp_app_words(void);
/* The line of a fault (crash) or of an ending by others, with its cause ("signal 15"). */
size_t scp_app_last_line(char line[SCP_APP_LINE_MAX], const char *cause, bool crash);
size_t scp_app_deadline_line(char line[SCP_APP_LINE_MAX]);

/* --- The process --- */

/* Standard streams and stack; -1: there is no room for a run. */
int scp_app_process_begin(void);
/* The deadline counts from now on; seconds <= 0 is at once. */
void scp_app_process_arm(double seconds);
/* From now on whoever ends the process, and a fault of ours, leave one line. */
void scp_app_process_watch(void);
/* All of it to standard output, which is closed then; nothing else is written from here to the end of the process. */
int scp_app_process_write(const char *p, size_t n);

bool scp_app_terminal(void);
/* A text for a person who watches; false where the terminal does not take it. */
bool scp_app_terminal_draw(const char *text, size_t n);
/* 0: it does not say. */
unsigned scp_app_terminal_columns(void);
/* Whether it can show colours. */
bool scp_app_terminal_color(void);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"
#include "tap.h"

#include <errno.h>
#include <string.h>

static void setting(void)
{
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(SCP_ERR_NONE, err.code, "starts without an error");
    tap_is_text("", err.message, "and without a message");
    tap_is_int(-1, scp_err_set(&err, SCP_ERR_FORMAT, "line %d: %s", 41, "odd"), "setting answers -1");
    tap_is_int(SCP_ERR_FORMAT, err.code, "the code is kept");
    tap_is_text("line 41: odd", err.message, "the message is formatted");
    tap_is_int(-1, scp_err_set(&err, SCP_ERR_LIMIT, "%s", "%n%s%d"), "a message that looks like a format");
    tap_is_text("%n%s%d", err.message, "is taken literally");
    tap_is_int(-1, scp_err_memory(&err), "out of memory answers -1");
    tap_is_int(SCP_ERR_MEMORY, err.code, "and has its code");
    tap_is_text("out of memory", err.message, "and its text");
    scp_err_clear(&err);
    tap_is_int(SCP_ERR_NONE, err.code, "cleared: no code");
    tap_is_text("", err.message, "cleared: no message");
}

static void system_errors(void)
{
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(-1, scp_err_system(&err, ENOENT, "%s", "store.reg"), "a system error answers -1");
    tap_is_int(SCP_ERR_SYSTEM, err.code, "and has its code");
    tap_is_text("store.reg: No such file or directory", err.message, "and the reason behind the context");
    (void)scp_err_system(&err, ENOMEM, "fork");
    tap_is_int(SCP_ERR_MEMORY, err.code, "for want of memory that of memory");
    (void)scp_err_system(&err, 987654, "x");
    tap_has_text("987654", err.message, "an unknown number is shown as such");
}

static void prefixes(void)
{
    struct scp_err err = SCP_ERR_INIT;

    (void)scp_err_set(&err, SCP_ERR_TRUNCATED, "ends");
    tap_is_int(-1, scp_err_prefix(&err, "line %d", 7), "a prefix answers -1");
    (void)scp_err_prefix(&err, "%s", "a%sb");
    tap_is_text("a%sb: line 7: ends", err.message, "context is put in front, from the inside out");
    tap_is_int(SCP_ERR_TRUNCATED, err.code, "and the code stays");
}

static void long_messages(void)
{
    struct scp_err err;
    char big[4096];

    memset(big, 'x', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    (void)scp_err_set(&err, SCP_ERR_FORMAT, "%s", big);
    tap_is_int(sizeof err.message - 1, (long long)strlen(err.message), "a long message is cut at its end");
    (void)scp_err_prefix(&err, "front");
    tap_is_int(sizeof err.message - 1, (long long)strlen(err.message), "and again with a prefix");
    tap_ok(strncmp(err.message, "front: xxx", 10) == 0, "which comes first");
    (void)scp_err_system(&err, ENOENT, "%s", big);
    tap_is_int(sizeof err.message - 1, (long long)strlen(err.message), "a long context of a system error is cut");
    (void)scp_err_set(&err, SCP_ERR_FORMAT, "short");
    (void)scp_err_prefix(&err, "%s", big);
    tap_is_int(sizeof err.message - 1, (long long)strlen(err.message), "a long prefix is cut");
}

static void nobody_asks(void)
{
    tap_is_int(-1, scp_err_set(NULL, SCP_ERR_FORMAT, "x"), "set without a place");
    tap_is_int(-1, scp_err_system(NULL, ENOENT, "x"), "system without a place");
    tap_is_int(-1, scp_err_memory(NULL), "memory without a place");
    tap_is_int(-1, scp_err_prefix(NULL, "x"), "prefix without a place");
    scp_err_clear(NULL);
}

int main(void)
{
    setting();
    system_errors();
    prefixes();
    long_messages();
    nobody_asks();
    return tap_done();
}

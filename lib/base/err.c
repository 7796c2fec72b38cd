/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/err.h"

#include "base/machine.h"
#include "base/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int scp_err_set(struct scp_err *err, enum scp_err_code code, const char *fmt, ...)
{
    va_list args;

    if (err == NULL)
        return -1;
    err->code = code;
    va_start(args, fmt);
    (void)scp_say_vformat(err->message, sizeof err->message, false, fmt, args);
    va_end(args);
    return -1;
}

int scp_err_system(struct scp_err *err, int errnum, const char *fmt, ...)
{
    char reason[128];
    va_list args;
    size_t used;

    if (err == NULL)
        return -1;
    err->code = errnum == ENOMEM ? SCP_ERR_MEMORY : SCP_ERR_SYSTEM;
    va_start(args, fmt);
    (void)scp_say_vformat(err->message, sizeof err->message, false, fmt, args);
    va_end(args);
    used = strlen(err->message);
    (void)snprintf(err->message + used, sizeof err->message - used, ": %s", scp_machine_reason(errnum, reason, sizeof reason));
    return -1;
}

int scp_err_memory(struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_MEMORY, "out of memory");
}

int scp_err_prefix(struct scp_err *err, const char *fmt, ...)
{
    char context[sizeof err->message], said[sizeof err->message];
    va_list args;

    if (err == NULL)
        return -1;
    va_start(args, fmt);
    (void)scp_say_vformat(context, sizeof context, false, fmt, args);
    va_end(args);
    memcpy(said, err->message, sizeof said);
    (void)scp_say(err->message, sizeof err->message, SCP_SAID ": " SCP_SAID, context, said);
    return -1;
}

void scp_err_clear(struct scp_err *err)
{
    if (err == NULL)
        return;
    err->code = SCP_ERR_NONE;
    err->message[0] = '\0';
}

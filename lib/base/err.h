/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_ERR_H
#define SCP_BASE_ERR_H

/*
 * Errors are values.  A function that can fail takes a `struct scp_err *` as
 * its last argument (NULL is allowed: the caller does not want the reason),
 * returns 0 or -1, and on -1 has filled in a code and a message.  Context is
 * put in front on the way up: "store.reg: line 41: odd number of hex digits".
 * Messages may hold text from outside; whoever prints them sanitises (base/say.h: they are made by its formatter).
 */

enum scp_err_code {
    SCP_ERR_NONE = 0,
    SCP_ERR_USAGE,       /* an argument of the user is wrong */
    SCP_ERR_SYSTEM,      /* a system call failed */
    SCP_ERR_FORMAT,      /* the input violates its format */
    SCP_ERR_TRUNCATED,   /* the input ends too early */
    SCP_ERR_LIMIT,       /* a named maximum was exceeded */
    SCP_ERR_MEMORY,      /* out of memory */
    SCP_ERR_TIMEOUT,     /* the deadline has passed */
    SCP_ERR_UNSUPPORTED, /* a form we do not read, or built without it */
    SCP_ERR_SIGNATURE    /* a signature that is not by the key over the bytes */
};

struct scp_err {
    enum scp_err_code code;
    char message[512]; /* NUL-terminated, cut at the end when longer */
};

/* clang-format off */
#define SCP_ERR_INIT { SCP_ERR_NONE, "" }
/* clang-format on */

#if defined(__GNUC__)
#ifndef SCP_PRINTF_FORMAT
#define SCP_PRINTF_FORMAT printf
#endif
#define SCP_PRINTF(fmt, args) __attribute__((format(SCP_PRINTF_FORMAT, fmt, args)))
#else
#define SCP_PRINTF(fmt, args)
#endif

/* Sets code and message.  Always returns -1, so that callers can `return scp_err_set(…)`. */
int scp_err_set(struct scp_err *err, enum scp_err_code code, const char *fmt, ...) SCP_PRINTF(3, 4);

/* Like scp_err_set with SCP_ERR_SYSTEM (SCP_ERR_MEMORY for ENOMEM); ": " and strerror(errnum) are appended. */
int scp_err_system(struct scp_err *err, int errnum, const char *fmt, ...) SCP_PRINTF(3, 4);

/* Out of memory: fixed text, allocates nothing.  Returns -1. */
int scp_err_memory(struct scp_err *err);

/* Puts "<formatted>: " in front of the message, keeps the code.  Returns -1. */
int scp_err_prefix(struct scp_err *err, const char *fmt, ...) SCP_PRINTF(2, 3);

void scp_err_clear(struct scp_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_FILE_H
#define SCP_BASE_FILE_H

#include "base/buf.h"

#include <stdbool.h>
#include <stdint.h>

/*
 * Reading files safely: opened without blocking (a FIFO never hangs us), only
 * regular files are read, each with a mandatory maximum.  Standard input ("-")
 * may be anything.
 */
struct scp_file_id {
    uint64_t device, number;
};

struct scp_file {
    int fd; /* -1: closed */
    bool is_stdin;
    int64_t modified;      /* SCP_UTC_UNKNOWN for standard input */
    int64_t size;          /* -1 for standard input */
    struct scp_file_id id; /* the same file under another name has the same; not of standard input */
    bool guarded;          /* root's or our own, and not everybody may write to it (Windows: its place says that) */
};

int scp_file_open(const char *path, struct scp_file *f, struct scp_err *err);
/* Up to n bytes; *got 0 at the end. */
int scp_file_read(struct scp_file *f, void *p, size_t n, size_t *got, struct scp_err *err);
/* The same from an offset; not of standard input. */
int scp_file_read_at(struct scp_file *f, int64_t offset, void *p, size_t n, size_t *got, struct scp_err *err);
void scp_file_close(struct scp_file *f);

/* Which file is at that path (id may be NULL); false: none, or it cannot be told. */
bool scp_file_at(const char *path, struct scp_file_id *id);
/* Nothing is there, for certain. */
bool scp_file_missing(const char *path);
bool scp_file_is_folder(const char *path);

/* The whole file; the buffer's maximum is the file's maximum (SCP_ERR_LIMIT above it). */
int scp_file_slurp(const char *path, struct scp_buf *out, struct scp_err *err);
/* The same of a file that is believed for its place: could nobody else have written it?  true where it could not be opened. */
int scp_file_slurp_guarded(const char *path, struct scp_buf *out, bool *guarded, struct scp_err *err);

#endif

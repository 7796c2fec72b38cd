/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_REGISTRY_INTERNAL_H
#define SCP_IO_REGISTRY_INTERNAL_H

#include "base/arena.h"
#include "base/file.h"
#include "io/process/process.h"
#include "io/registry/registry.h"

/* Shared by the files of the registry; nobody else includes it. */
struct registry_value {
    struct scp_registry_value v; /* first: handed out as such */
    struct scp_registry_key *key;
    struct registry_value *next, *hash_next;
    uint32_t hash;
    bool gone;
};

struct scp_registry_key {
    const char *name;
    size_t name_n;
    struct scp_registry_key *parent, *first_child, *last_child, *next_sibling, *hash_next;
    struct registry_value *first_value, *last_value;
    struct scp_registry_key *mapped; /* while grafting: the same key in its new place */
    struct scp_registry_times times; /* unknown where it is not held */
    const uint8_t *security;         /* NULL: not told */
    size_t security_n;
    uint32_t hash;
    bool held;    /* the source held this key itself */
    bool unread;  /* unless held: it could not be read, and what is known of the one above tells nothing of it */
    bool wanted;  /* in scope: its values are kept */
    bool deleted; /* known to be absent */
    bool gone;    /* replaced; skipped everywhere */
};

struct registry_table {
    void **bucket;
    size_t buckets, n;
};

struct scp_registry {
    const struct scp_registry_scope *scope;
    struct scp_arena arena;
    struct registry_table keys, values;
    struct scp_registry_key root;
    bool incomplete;
    const char **refused; /* paths of keys that could not be read, of which nothing here tells */
    size_t refusals;
    const char *anomaly[SCP_REGISTRY_ANOMALIES_MAX];
    size_t anomalies;
    bool starved; /* the text of one was not kept: memory ran out, or the maximum was reached */
    struct scp_registry_source source[SCP_REGISTRY_SOURCES_MAX];
    size_t sources;
    struct scp_registry_access access;
    bool reachable;              /* access was set */
    struct scp_registry *joined; /* the next export of its file, whose own it is until it is taken; NULL */
    /* A copy (scp_registry_copy): what is added is set in it, and tells nothing of what is not there. */
    bool written_over;
};

/* --- registry_path.c --- */

struct registry_part {
    const char *p;
    size_t n;
};

struct registry_path {
    struct registry_part part[SCP_REGISTRY_DEPTH_MAX];
    size_t n;
};

enum registry_fit { FIT_OUTSIDE, FIT_ABOVE /* an ancestor of something in scope */, FIT_INSIDE, FIT_TOO_DEEP };

/* Splits a path in any accepted spelling into canonical parts (borrowed from it, or constants). */
enum registry_fit scp_registry_path_fit(const struct scp_registry *r, const char *path, size_t n, struct registry_path *out);
bool scp_registry_path_is_known_hive(const char *p, size_t n);

/* --- registry.c --- */

/* Why something could not be kept: the maximum (SCP_ERR_LIMIT) or the system's memory.  Always -1. */
int scp_registry_no_memory(const struct scp_registry *r, struct scp_err *err);
int scp_registry_too_many_sources(struct scp_err *err);
/* The child, made when missing; NULL when out of memory. */
struct scp_registry_key *scp_registry_make_child(struct scp_registry *r, struct scp_registry_key *parent, const char *name,
                                                 size_t n);
struct scp_registry_key *scp_registry_get_child(const struct scp_registry *r, const struct scp_registry_key *parent,
                                                const char *name, size_t n);
/* The child is gone; the mark in its place says that this is known. */
int scp_registry_bury(struct scp_registry *r, struct scp_registry_key *parent, const char *name, size_t n, struct scp_err *err);
/* As scp_registry_add_value(), without a copy of the data. */
int scp_registry_lend_value(struct scp_registry *r, struct scp_registry_key *key, const struct scp_registry_value *value,
                            struct scp_err *err);
struct registry_value *scp_registry_get_value(const struct scp_registry *r, const struct scp_registry_key *key, const char *name,
                                              size_t n);
/* A new source; NULL with the reason.  The location is copied. */
struct scp_registry_source *scp_registry_new_source(struct scp_registry *r, enum scp_registry_kind kind, const char *location,
                                                    struct scp_err *err);
bool scp_registry_key_wanted(const struct scp_registry_key *k);
/* Is there a key of that path, in any accepted spelling? */
bool scp_registry_holds(const struct scp_registry *r, const char *path, size_t n);

/* --- registry_load.c --- */

/* "FILE: what certutil prints, not a registry export or hive", from its first bytes.  Always -1. */
int scp_registry_wrong_kind(const char *path, const uint8_t *p, size_t n, struct scp_err *err);

/* --- registry_reg.c: registry text on its way into the tree --- */

struct registry_loading {
    struct scp_registry *r;
    const char *path;             /* the source's name in messages */
    struct scp_regtext *text;     /* the reader that it comes from */
    struct scp_registry_key *key; /* the values that follow belong to it; NULL = passed over */
    size_t touched;               /* values, and keys that were taken away */
    bool splits;                  /* each export that was joined to the first is a registry of its own */
    size_t exports;               /* how many there are then, but for the first */
};

struct scp_regtext_sink scp_registry_regtext_sink(struct registry_loading *l);
/* A whole file; the error begins with l->path. */
int scp_registry_read_text(struct registry_loading *l, struct scp_file *f, struct scp_regtext_facts *facts, struct scp_err *err);

/* --- registry_smb_reason.c: what net's end means --- */

enum smb_reason {
    SMB_COMPLETE,
    SMB_NO_SUCH_KEY, /* the named key itself: a complete answer */
    SMB_KEY,         /* something about this key; others may be read */
    SMB_HOST         /* something about the host, the account or ourselves: asking on is useless */
};

struct smb_answer {
    const struct scp_process *process;
    const char *net; /* the program's name */
    bool whole;      /* what came was understood to its end (the trailer of an export) */
    bool kerberos;
    double seconds; /* how long it was given */
};

/* `why` is one phrase for an administrator; "" when complete. */
enum smb_reason scp_registry_smb_reason(const struct smb_answer *a, char why[256]);

#endif

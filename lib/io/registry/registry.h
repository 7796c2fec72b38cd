/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_IO_REGISTRY_REGISTRY_H
#define SCP_IO_REGISTRY_REGISTRY_H

#include "base/deadline.h"
#include "base/err.h"
#include "codec/registry/regtext.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The Windows registry, read-only, wherever it comes from.  Back ends fill a tree
 * with the part that the suite asks about (the scope); everything above asks the tree and
 * does not know the source.  Tests fill it by hand.
 *
 * Paths are canonical UTF-8 with short roots: "HKLM\SOFTWARE\…", "HKLM\SYSTEM\CurrentControlSet\…",
 * "HKU\S-1-5-18\…" (the SYSTEM account), "HKU\<other>\…", "HKCU\…" (a person's hive or export).
 * Names compare without case (ASCII); the first spelling is kept.
 *
 * Coverage: a source answers about a key only when it holds that key or an
 * ancestor of it as a key of its own; everything else is "could not tell".
 */
enum scp_presence { SCP_ABSENT, SCP_PRESENT, SCP_COULD_NOT_TELL };

struct scp_registry;
struct scp_registry_key;

struct scp_registry_value {
    const char *name;    /* as found, NUL-terminated; "" for the default value */
    uint32_t type;       /* enum scp_reg_type */
    const uint8_t *data; /* owned by the registry */
    size_t len;
};

enum {
    SCP_REGISTRY_MEMORY_MAX = 40 << 20, /* everything kept of all sources */
    SCP_REGISTRY_DEPTH_MAX = 512,       /* levels of a key path (Windows: 512) */
    SCP_REGISTRY_SOURCES_MAX = 16,
    SCP_REGISTRY_ANOMALIES_MAX = 100 /* messages kept; all are counted */
};

/*
 * What is worth keeping: paths below the machine's or a user's root.  A `tree` is kept whole, others only
 * with their own values.
 */
struct scp_registry_scope {
    enum {
        SCP_SCOPE_SOFTWARE /* below HKLM\SOFTWARE */,
        SCP_SCOPE_SYSTEM /* below HKLM\SYSTEM */,
        SCP_SCOPE_USER /* below each user's root; a remote registry is asked for SYSTEM's */,
        SCP_SCOPE_SERVICES /* the same; a remote registry is asked for SYSTEM's and NETWORK SERVICE's */,
        SCP_SCOPE_BESIDE,
        SCP_SCOPE_BESIDE_SYSTEM, /* below HKLM\SOFTWARE and HKLM\SYSTEM: kept where a source brings it, a
                                  * remote registry is not asked for it */
        SCP_SCOPE_SECURITY       /* below HKLM\SOFTWARE: of the keys right below it, who may do what is kept where a source
                                  * tells it; their values are the matter of another entry */
    } root;
    const char *path; /* "Microsoft\\SystemCertificates"; NULL ends the array */
    bool tree;
    const char *value; /* the one value of it that is needed: all that a remote registry is asked for; NULL = all */
};

/* NULL when out of memory.  The scope array is borrowed. */
struct scp_registry *scp_registry_new(const struct scp_registry_scope *scope);
void scp_registry_free(struct scp_registry *r);

/* --- Filling (back ends and tests) --- */

/* When a key was last written, and when the snapshot that holds it was made, both by the server's clock; SCP_UTC_UNKNOWN where the
 * source does not say (an export as text has no times of keys). */
struct scp_registry_times {
    int64_t written, seen;
};

/* A key that the source holds (its ancestors are made, but not marked as held).  `path` in any accepted spelling:
 * short or long root names, any case, a trailing backslash, "HKEY_USERS\.DEFAULT" (= S-1-5-18), HKLM\SYSTEM\ControlSet001 is kept
 * as it stands.  *key is NULL when the path is out of scope.  -1: out of memory or over a maximum. */
int scp_registry_add_key(struct scp_registry *r, const char *path, size_t n, struct scp_registry_key **key, struct scp_err *err);
void scp_registry_set_times(struct scp_registry_key *key, const struct scp_registry_times *times);
/* Is it to be told who may do what with the key of that canonical path?  Then its security descriptor, self-relative (copied). */
bool scp_registry_asks_security(const struct scp_registry *r, const char *path);
int scp_registry_set_security(struct scp_registry *r, struct scp_registry_key *key, const void *p, size_t n, struct scp_err *err);
/* Sets a value (copied); a later one of the same name replaces it. */
int scp_registry_add_value(struct scp_registry *r, struct scp_registry_key *key, const char *name, size_t n, uint32_t type,
                           const void *data, size_t len, struct scp_err *err);
int scp_registry_delete_key(struct scp_registry *r, const char *path, size_t n, struct scp_err *err);
void scp_registry_delete_value(struct scp_registry *r, struct scp_registry_key *key, const char *name, size_t n);
/* The source did not tell all of this key and what is below it: what is there stays, what is not is "could not tell", also
 * when it is laid over a source that has a key above it.  -1: as scp_registry_add_key(). */
int scp_registry_uncover(struct scp_registry *r, const char *path, size_t n, struct scp_err *err);
/* From now on "absent" is "could not tell" (a truncated or damaged source). */
void scp_registry_set_incomplete(struct scp_registry *r);
bool scp_registry_incomplete(const struct scp_registry *r);
/* A malformed part that was skipped: "store.reg: line 41: odd number of hex digits". */
void scp_registry_add_anomaly(struct scp_registry *r, const char *fmt, ...) SCP_PRINTF(2, 3);
size_t scp_registry_anomalies(const struct scp_registry *r);              /* all */
const char *scp_registry_anomaly(const struct scp_registry *r, size_t i); /* the first SCP_REGISTRY_ANOMALIES_MAX */

/* --- Sources --- */

enum scp_registry_kind { SCP_REGISTRY_REG, SCP_REGISTRY_HIVE, SCP_REGISTRY_SMB, SCP_REGISTRY_LOCAL, SCP_REGISTRY_FOLDER };

/* What a folder holds beside its exports. */
struct scp_registry_companion {
    enum { SCP_COMPANION_LOG, SCP_COMPANION_MESSAGES } kind;
    const char *path;
};

struct scp_registry_source {
    enum scp_registry_kind kind;
    const char *location;       /* file name as given, "-" for standard input */
    int64_t taken;              /* when the snapshot was made; SCP_UTC_UNKNOWN */
    int64_t changed;            /* the latest write of a key of its stores and their policies; SCP_UTC_UNKNOWN: not told */
    bool joined;                /* an export that was joined to another one, whose age is its own */
    bool taken_from_file_time;  /* only the file's modification time stands for it */
    bool dirty;                 /* a hive whose transaction logs were not replayed */
    bool truncated;             /* cut inside a value, line or key header; of a folder: not whole */
    size_t parts, parts_failed; /* keys that were asked for one by one, and those of them that could not be read whole: `detail` */
    char detail[400];           /* where truncated / why dirty / which part failed and why, one phrase; "" */
    const char *content;        /* "SOFTWARE", "SYSTEM", "DEFAULT", "NTUSER.DAT", "SystemCertificates", "export",
                                 * "reg query", "snapshot" … (constant) */
    enum scp_registry_owner {
        SCP_OWNER_MACHINE, /* or nobody: what it holds is asked for by its path */
        SCP_OWNER_USER,    /* it holds a user's registry alone */
        SCP_OWNER_UNKNOWN  /* a Software hive with no mark of the machine's: it answers nothing */
    } owner;
    const struct scp_registry_companion *companion;
    size_t companions;
};

size_t scp_registry_sources(const struct scp_registry *r);
const struct scp_registry_source *scp_registry_source(const struct scp_registry *r, size_t i);

/* How remote registries are reached.  Texts are borrowed. */
struct scp_registry_access {
    const char *net;                 /* Samba's net, absolute; NULL = the one found when this was built */
    const char *authentication_file; /* username=, password=, domain= lines; NULL = none */
    bool kerberos;                   /* the credential cache of this process */
    int64_t now;                     /* when this is: a living registry is as old as that */
    struct scp_deadline deadline;
};

/* Before the first smb:// source; copied. */
void scp_registry_set_access(struct scp_registry *r, const struct scp_registry_access *access);

/*
 * Adds one source: "reg:FILE" ("reg:-" is standard input), "hive:FILE", a bare path (by content), "smb://HOST[:PORT]", "local:";
 * several are merged; a folder is one that scp-snapshot.cmd made.  -1: it cannot be read or is not what it was said to be (path in
 * the message); SCP_ERR_UNSUPPORTED for forms that this build does not have and content that is not recognised.
 */
int scp_registry_load(struct scp_registry *r, const char *source, struct scp_err *err);

/*
 * A .reg file may hold several exports, joined: each is a registry of its own, as if it were a source by itself.  The next one,
 * which is the caller's from then on; NULL: there is none.
 */
struct scp_registry *scp_registry_take_joined(struct scp_registry *r);

/* The back ends behind it. */
int scp_registry_load_reg(struct scp_registry *r, const char *path, struct scp_err *err);
int scp_registry_load_hive(struct scp_registry *r, const char *path, struct scp_err *err);
int scp_registry_load_folder(struct scp_registry *r, const char *path, struct scp_err *err);
/*
 * "smb://HOST[:PORT]" (an IPv6 address in brackets): the keys of the scope, one by one, through Samba's net.  What net did not
 * tell completely is not covered afterwards.  -1 where nothing could be read at all, with the reason.
 */
int scp_registry_load_smb(struct scp_registry *r, const char *source, struct scp_err *err);
/* "local:", the registry of this machine, where it is Windows: what the account may not read is not covered. */
int scp_registry_load_local(struct scp_registry *r, const char *source, struct scp_err *err);
/* The source where none is named; NULL: there is none. */
const char *scp_registry_default(void);

/*
 * After the last source: resolves what only the whole can tell (prefixes of `reg load`ed hives such as HKLM\OFFLINE
 * become HKLM\SOFTWARE by their content, CurrentControlSet becomes the current ControlSet00N of an offline SYSTEM).
 */
int scp_registry_settle(struct scp_registry *r, struct scp_err *err);

/* --- Several sources of one machine --- */

/* The maximum of everything kept, where it is less than SCP_REGISTRY_MEMORY_MAX; how much is used of it. */
void scp_registry_set_limit(struct scp_registry *r, size_t bytes);
size_t scp_registry_memory(const struct scp_registry *r);

/* Takes over what is to be said of another registry's sources: their descriptions, anomalies, and whether it is incomplete. */
int scp_registry_adopt(struct scp_registry *r, const struct scp_registry *part, struct scp_err *err);

/* What stays although the part that is laid over it tells otherwise: a value of a key, or (value NULL) the key with all below it.
 * `missing`: the part does not have it. */
typedef bool (*scp_registry_keep)(void *ctx, const struct scp_registry_key *key, const char *value, bool missing);

/*
 * Lays `part` over r: what it answers is so, also that something is absent; what it does not answer stays.  Data is borrowed from
 * it.  An incomplete part takes nothing away.  `keep` may be NULL.
 */
int scp_registry_lay(struct scp_registry *r, const struct scp_registry *part, scp_registry_keep keep, void *ctx,
                     struct scp_err *err);

/* --- What it would be after a change --- */

/* A copy to write over; what it has of `from` is borrowed.  NULL with the reason. */
struct scp_registry *scp_registry_copy(const struct scp_registry *from, struct scp_err *err);
/* As regedit imports it: sets values and keys, takes away what it names so.  -1: no .reg file, one with a damage, or one that
 * touches nothing that the copy's scope has. */
int scp_registry_import(struct scp_registry *copy, const char *path, struct scp_err *err);
/* One value of a key, which is made where it is not there; name NULL takes the whole key away. */
int scp_registry_put(struct scp_registry *copy, const char *path, const char *name, uint32_t type, const void *data, size_t len,
                     struct scp_err *err);
int scp_registry_take(struct scp_registry *copy, const char *path, const char *name, struct scp_err *err);

/* --- Asking --- */

/* Canonical path; *key is set when present. */
enum scp_presence scp_registry_find(const struct scp_registry *r, const char *path, const struct scp_registry_key **key);
/* The value `name` of the key at path.  Absent also when the key is absent. */
enum scp_presence scp_registry_value(const struct scp_registry *r, const char *path, const char *name,
                                     const struct scp_registry_value **value);
/* REG_DWORD (4 bytes) -> *out; *wrong_type when present but of another type or size (presence is then SCP_PRESENT). */
enum scp_presence scp_registry_dword(const struct scp_registry *r, const char *path, const char *name, uint32_t *out,
                                     bool *wrong_type);

const char *scp_registry_key_name(const struct scp_registry_key *k); /* last component, as found */
/* Full canonical path in the spelling found; into out (cut when longer).  Returns out. */
char *scp_registry_key_path(const struct scp_registry_key *k, char *out, size_t size);
/* The same for sentences (base/say.h, SCP_SAID): the names are from outside, the backslashes between them are not. */
char *scp_registry_key_say(const struct scp_registry_key *k, char *out, size_t size);
const struct scp_registry_key *scp_registry_child(const struct scp_registry_key *k, const char *name);
/* The same by hash, for walks over two registries. */
const struct scp_registry_key *scp_registry_find_child(const struct scp_registry *r, const struct scp_registry_key *k,
                                                       const char *name);
const struct scp_registry_value *scp_registry_find_value(const struct scp_registry *r, const struct scp_registry_key *k,
                                                         const char *name);
/* Of the source that told last of this key. */
struct scp_registry_times scp_registry_key_times(const struct scp_registry_key *k);
/* Its security descriptor, self-relative, as the source that told last of this key has it; NULL: it does not say. */
const uint8_t *scp_registry_key_security(const struct scp_registry_key *k, size_t *n);
/* Whether the source held this very key; its parent (NULL: the top). */
bool scp_registry_key_held(const struct scp_registry_key *k);
const struct scp_registry_key *scp_registry_key_parent(const struct scp_registry_key *k);
/* Iteration in the order found; NULL at the end. */
const struct scp_registry_key *scp_registry_first_child(const struct scp_registry_key *k);
const struct scp_registry_key *scp_registry_next_sibling(const struct scp_registry_key *k);
const struct scp_registry_value *scp_registry_first_value(const struct scp_registry_key *k);
const struct scp_registry_value *scp_registry_next_value(const struct scp_registry_value *v);
const struct scp_registry_value *scp_registry_key_value(const struct scp_registry_key *k, const char *name);
/* Whether the source held the key itself or an ancestor of it (false: only its descendants were seen, or it could not be read). */
bool scp_registry_key_covered(const struct scp_registry_key *k);
/* It is there, and nothing else is known of it. */
bool scp_registry_key_unread(const struct scp_registry_key *k);
/* The top: children are "HKLM", "HKU", "HKCU". */
const struct scp_registry_key *scp_registry_root(const struct scp_registry *r);

#endif

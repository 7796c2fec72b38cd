/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A remote registry through Samba's `net rpc registry`: there is no library to link.  A tree is exported, a key alone is
 * enumerated, one value is asked for.  The first key is asked for alone, so that a wrong password is tried
 * once; the others side by side.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "io/registry/internal.h"

#include "base/num.h"
#include "base/text.h"
#include "base/utc.h"
#include "codec/registry/netreg.h"
#include "io/registry/credentials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SCP_NET_PROGRAM
#define SCP_NET_PROGRAM "/usr/bin/net"
#endif

enum {
    JOBS_MAX = 48,
    PARALLEL = 4,
    PARALLEL_KERBEROS = 1, /* several that share a credential cache were seen to wait for each other for seconds */
    EXPORT_MAX = 64 << 20,
    HOST_MAX = 256,
    KEY_MAX = 256,
    ARGUMENTS_MAX = 20,
    ENVIRONMENT_TEXT = 1024,
    ENVIRONMENT_VALUE = 900,
    LOGIN_MAX = 2048
};

struct target {
    char host[HOST_MAX], port[8];
    char cache[ENVIRONMENT_TEXT]; /* --use-krb5-ccache=… */
    char environment_text[2][ENVIRONMENT_TEXT];
    const char *environment[4];
    char login[LOGIN_MAX]; /* what net reads as its -A file */
    size_t login_n;
    const char *net;
};

enum verb { EXPORT, ENUMERATE, GET_VALUE };

/* One key to be asked for. */
struct job {
    enum verb verb;
    char key[KEY_MAX];
    const char *value; /* GET_VALUE */
    const char *argv[ARGUMENTS_MAX];
    struct registry_loading loading;
    struct scp_regtext *text; /* EXPORT */
    struct scp_buf printed;   /* the others */
    enum smb_reason reason;
    char why[256];
};

struct session {
    struct scp_registry *r;
    const char *source;
    struct target target;
    struct job job[JOBS_MAX];
    struct scp_process process[JOBS_MAX];
    size_t jobs;
    double seconds;
};

/* --- Where to --- */

static bool host_is_plain(const char *p, size_t n)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-:%";

    /* A leading '-' would be an option of net's. */
    if (n == 0 || n >= HOST_MAX || p[0] == '-' || p[0] == '.')
        return false;
    for (size_t i = 0; i < n; i++) {
        if (memchr(PLAIN, p[i], sizeof PLAIN - 1) == NULL)
            return false;
    }
    return true;
}

static int bad_source(const char *source, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_USAGE, "%s: not smb://HOST[:PORT]", source);
}

static int parse_source(const char *source, struct target *t, struct scp_err *err)
{
    const char *host = source + strlen("smb:"), *colon, *end;
    uint64_t port = 0;
    size_t n;

    if (strncmp(host, "//", 2) != 0)
        return bad_source(source, err);
    host += 2;
    end = host + strlen(host);
    if (end > host && end[-1] == '/')
        end--;
    if (host[0] == '[') {
        const char *close = memchr(host, ']', (size_t)(end - host));

        if (close == NULL || (close + 1 != end && close[1] != ':'))
            return bad_source(source, err);
        host++;
        n = (size_t)(close - host);
        colon = close + 1 == end ? NULL : close + 1;
    } else {
        colon = memchr(host, ':', (size_t)(end - host));
        n = (size_t)((colon != NULL ? colon : end) - host);
    }
    if (!host_is_plain(host, n))
        return bad_source(source, err);
    memcpy(t->host, host, n);
    t->host[n] = '\0';
    t->port[0] = '\0';
    if (colon == NULL)
        return 0;
    if (scp_num_u64(colon + 1, (size_t)(end - colon - 1), 65535, &port, NULL) != 0 || port == 0)
        return bad_source(source, err);
    (void)snprintf(t->port, sizeof t->port, "%u", (unsigned)port);
    return 0;
}

/* --- As whom --- */

static void wipe(volatile char *p, size_t n)
{
    while (n-- > 0)
        *p++ = '\0';
}

static int read_login(const struct scp_registry_access *access, struct target *t, struct scp_err *err)
{
    struct scp_credentials c;
    int n;

    if (scp_credentials_read(access->authentication_file, &c, err) != 0)
        return scp_err_prefix(err, "--authentication-file");
    if (c.username[0] == '\0') {
        scp_credentials_wipe(&c);
        return scp_err_set(err, SCP_ERR_FORMAT, "--authentication-file: %s: no username= line", access->authentication_file);
    }
    n = snprintf(t->login, sizeof t->login, "username=%s\npassword=%s\n%s%s%s", c.username, c.password,
                 c.domain[0] != '\0' ? "domain=" : "", c.domain, c.domain[0] != '\0' ? "\n" : "");
    t->login_n = n > 0 ? (size_t)n : 0;
    scp_credentials_wipe(&c);
    return 0;
}

/* The clean environment: a fixed locale, and for Kerberos where its things are. */
static void make_environment(struct target *t, bool kerberos)
{
    static const char *const PASSED[] = { "KRB5CCNAME", "KRB5_CONFIG" };
    size_t n = 0;

    t->environment[n++] = "LC_ALL=C";
    for (size_t i = 0; kerberos && i < sizeof PASSED / sizeof PASSED[0]; i++) {
        const char *value = getenv(PASSED[i]);

        if (value == NULL || strlen(value) > ENVIRONMENT_VALUE)
            continue;
        (void)snprintf(t->environment_text[i], ENVIRONMENT_TEXT, "%s=%.*s", PASSED[i], ENVIRONMENT_VALUE, value);
        t->environment[n++] = t->environment_text[i];
        if (i == 0)
            (void)snprintf(t->cache, sizeof t->cache, "--use-krb5-ccache=%.*s", ENVIRONMENT_VALUE, value);
    }
    t->environment[n] = NULL;
}

static int make_target(const struct scp_registry *r, const char *source, struct target *t, struct scp_err *err)
{
    const struct scp_registry_access *access = &r->access;

    if (parse_source(source, t, err) != 0)
        return -1;
    if (!r->reachable || (access->authentication_file == NULL && !access->kerberos))
        return scp_err_set(err, SCP_ERR_USAGE, "%s: no credentials: give --authentication-file=FILE or --kerberos", source);
    t->net = access->net != NULL ? access->net : SCP_NET_PROGRAM;
    if (t->net[0] != '/')
        return scp_err_set(err, SCP_ERR_USAGE, "--net: %s is not an absolute path", t->net);
    make_environment(t, access->kerberos);
    return access->kerberos ? 0 : read_login(access, t, err);
}

/* --- What to ask for --- */

static void add_job(struct session *s, const char *root, const struct scp_registry_scope *scope)
{
    struct job *j = &s->job[s->jobs];

    if (s->jobs == JOBS_MAX)
        return;
    j->verb = scope->tree ? EXPORT : scope->value != NULL ? GET_VALUE : ENUMERATE;
    j->value = scope->value;
    (void)snprintf(j->key, sizeof j->key, "%s\\%s", root, scope->path);
    s->jobs++;
}

static void plan(struct session *s)
{
    for (const struct scp_registry_scope *scope = s->r->scope; scope->path != NULL; scope++) {
        switch (scope->root) {
        case SCP_SCOPE_SOFTWARE: add_job(s, "HKLM\\SOFTWARE", scope); break;
        case SCP_SCOPE_SYSTEM:
            /* A living registry has its current control set under that name. */
            if (strcmp(scope->path, "Select") != 0)
                add_job(s, "HKLM\\SYSTEM", scope);
            break;
        case SCP_SCOPE_SERVICES:
            add_job(s, "HKU\\S-1-5-20", scope);
            add_job(s, "HKU\\S-1-5-18", scope);
            break;
        case SCP_SCOPE_USER: add_job(s, "HKU\\S-1-5-18", scope); break;
        case SCP_SCOPE_BESIDE:
        case SCP_SCOPE_BESIDE_SYSTEM:
        case SCP_SCOPE_SECURITY: break;
        }
    }
}

/*
 * A small question first: it tells what is wrong with the host or the account, and the others then begin together, those in front
 * that the scope names in front: they are the largest, and the last of them to end is who is waited for.
 */
static void put_small_one_first(struct session *s)
{
    struct job small;
    size_t i = 0;

    while (i < s->jobs && s->job[i].verb == EXPORT)
        i++;
    if (i == s->jobs)
        return;
    small = s->job[i];
    memmove(s->job + 1, s->job, i * sizeof s->job[0]);
    s->job[0] = small;
}

static int take_export(void *ctx, const char *p, size_t n, struct scp_err *err)
{
    return scp_regtext_feed(((struct job *)ctx)->text, p, n, err);
}

static int take_printed(void *ctx, const char *p, size_t n, struct scp_err *err)
{
    struct scp_buf *printed = &((struct job *)ctx)->printed;

    if (scp_buf_add(printed, p, n) == 0)
        return 0;
    return printed->starved ? scp_err_memory(err) : scp_err_set(err, SCP_ERR_LIMIT, "more than %d bytes", SCP_NETREG_MAX);
}

static void make_arguments(struct job *j, const struct target *t, bool kerberos)
{
    static const char *const VERBS[] = { "export", "enumerate", "getvalue" };
    size_t n = 0;

    j->argv[n++] = t->net;
    j->argv[n++] = "rpc";
    j->argv[n++] = "registry";
    j->argv[n++] = VERBS[j->verb];
    j->argv[n++] = j->key;
    if (j->verb == EXPORT)
        j->argv[n++] = "/dev/stdout";
    if (j->verb == GET_VALUE)
        j->argv[n++] = j->value;
    j->argv[n++] = "-S";
    j->argv[n++] = t->host;
    if (t->port[0] != '\0') {
        j->argv[n++] = "-p";
        j->argv[n++] = t->port;
    }
    /* Not this machine's smb.conf: what it sets for others must not change what is read. */
    j->argv[n++] = "--configfile=/dev/null";
    j->argv[n++] = "--client-protection=encrypt";
    if (!kerberos) {
        j->argv[n++] = "-A";
        j->argv[n++] = "/dev/fd/3";
    } else {
        j->argv[n++] = "--use-kerberos=required";
        j->argv[n++] = t->cache[0] != '\0' ? t->cache : "-N";
    }
    j->argv[n] = NULL;
}

static int prepare(struct session *s, size_t i, struct scp_err *err)
{
    struct job *j = &s->job[i];
    const struct target *t = &s->target;

    j->loading = (struct registry_loading){ .r = s->r, .path = s->source };
    scp_buf_init(&j->printed, SCP_NETREG_MAX);
    if (j->verb == EXPORT) {
        const struct scp_regtext_sink sink = scp_registry_regtext_sink(&j->loading);

        j->text = scp_regtext_new(&sink);
        if (j->text == NULL)
            return scp_err_memory(err);
    }
    make_arguments(j, t, s->r->access.kerberos);
    s->process[i].argv = j->argv;
    s->process[i].environment = t->environment;
    s->process[i].secret = s->r->access.kerberos ? NULL : t->login;
    s->process[i].secret_n = t->login_n;
    s->process[i].output_max = j->verb == EXPORT ? EXPORT_MAX : SCP_NETREG_MAX;
    s->process[i].sink = j->verb == EXPORT ? take_export : take_printed;
    s->process[i].ctx = j;
    return 0;
}

/* --- What came --- */

static int on_printed(void *ctx, const char *name, size_t n, uint32_t type, const uint8_t *data, size_t len, struct scp_err *err)
{
    struct registry_loading *l = ctx;

    return scp_registry_add_value(l->r, l->key, name, n, type, data, len, err);
}

static int load_printed(struct job *j, struct scp_err *err)
{
    const struct scp_netreg_sink sink = { &j->loading, on_printed };
    const char *p = scp_buf_text(&j->printed);

    if (scp_registry_add_key(j->loading.r, j->key, strlen(j->key), &j->loading.key, err) != 0)
        return -1;
    if (j->loading.key == NULL)
        return 0;
    return j->verb == ENUMERATE ? scp_netreg_enumerate(p, j->printed.n, &sink, err)
                                : scp_netreg_getvalue(p, j->printed.n, j->value, &sink, err);
}

/* Whether the text was whole; what is wrong with it goes into the process' error. */
static bool finish_text(struct job *j, struct scp_process *p)
{
    struct scp_regtext_facts facts = { 0 };

    if (p->end != SCP_PROCESS_EXITED || p->code != 0)
        return false;
    if (j->verb != EXPORT)
        return load_printed(j, &p->error) == 0;
    return scp_regtext_finish(j->text, &facts, &p->error) == 0 && !facts.truncated && facts.samba_trailer;
}

static int conclude(struct session *s, size_t i, struct scp_err *err)
{
    struct job *j = &s->job[i];
    struct smb_answer a = { &s->process[i], s->target.net, false, s->r->access.kerberos, s->seconds };

    a.whole = finish_text(j, &s->process[i]);
    if (s->process[i].error.code == SCP_ERR_MEMORY)
        return scp_err_memory(err);
    j->reason = scp_registry_smb_reason(&a, j->why);
    /* One value tells nothing of its key's others. */
    if (j->verb == GET_VALUE || (j->reason != SMB_COMPLETE && j->reason != SMB_NO_SUCH_KEY))
        return scp_registry_uncover(s->r, j->key, strlen(j->key), err);
    if (j->reason == SMB_NO_SUCH_KEY)
        return scp_registry_delete_key(s->r, j->key, strlen(j->key), err);
    return 0;
}

static int run(struct session *s, size_t from, size_t n, struct scp_err *err)
{
    size_t parallel = s->r->access.kerberos ? PARALLEL_KERBEROS : PARALLEL;

    for (size_t i = from; i < from + n; i++) {
        if (prepare(s, i, err) != 0)
            return -1;
    }
    s->seconds = (double)scp_deadline_left_ms(&s->r->access.deadline) / 1000;
    if (scp_process_run(s->process + from, n, parallel, &s->r->access.deadline, err) != 0)
        return -1;
    for (size_t i = from; i < from + n; i++) {
        if (conclude(s, i, err) != 0)
            return -1;
    }
    return 0;
}

/* The first that failed, and how many did. */
static const struct job *first_failed(const struct session *s, size_t *failed)
{
    const struct job *first = NULL;

    *failed = 0;
    for (size_t i = 0; i < s->jobs; i++) {
        if (s->job[i].reason == SMB_COMPLETE || s->job[i].reason == SMB_NO_SUCH_KEY)
            continue;
        if (first == NULL)
            first = &s->job[i];
        (*failed)++;
    }
    return first;
}

/* With slashes: a backslash does not pass to people unescaped. */
static void describe_failure(const struct job *j, char *out, size_t size)
{
    char key[KEY_MAX];
    size_t i;

    for (i = 0; j->key[i] != '\0'; i++)
        key[i] = j->key[i] == '\\' ? '/' : j->key[i];
    key[i] = '\0';
    (void)snprintf(out, size, "%.140s: %s", key, j->why);
}

static int describe(struct session *s, struct scp_err *err)
{
    size_t failed = 0;
    const struct job *first = first_failed(s, &failed);
    struct scp_registry_source *source;

    if (failed == s->jobs && first != NULL)
        return scp_err_set(err, SCP_ERR_SYSTEM, "%s: %s", s->source, first->why);
    source = scp_registry_new_source(s->r, SCP_REGISTRY_SMB, s->source, err);
    if (source == NULL)
        return -1;
    source->content = "remote";
    source->taken = s->r->access.now;
    source->parts = s->jobs;
    source->parts_failed = failed;
    if (first != NULL)
        describe_failure(first, source->detail, sizeof source->detail);
    return 0;
}

static int load(struct session *s, struct scp_err *err)
{
    plan(s);
    put_small_one_first(s);
    if (s->jobs == 0)
        return describe(s, err);
    if (run(s, 0, 1, err) != 0)
        return -1;
    if (s->job[0].reason == SMB_HOST || s->process[0].end == SCP_PROCESS_TIMEOUT || s->process[0].end == SCP_PROCESS_NOT_STARTED)
        return scp_err_set(err, s->job[0].reason == SMB_HOST ? SCP_ERR_SYSTEM : SCP_ERR_TIMEOUT, "%s: %s", s->source,
                           s->job[0].why);
    return run(s, 1, s->jobs - 1, err) == 0 ? describe(s, err) : -1;
}

int scp_registry_load_smb(struct scp_registry *r, const char *source, struct scp_err *err)
{
    struct session *s = calloc(1, sizeof *s);
    int rc;

    if (s == NULL)
        return scp_err_memory(err);
    s->r = r;
    s->source = source;
    rc = make_target(r, source, &s->target, err);
    if (rc == 0)
        rc = load(s, err);
    for (size_t i = 0; i < s->jobs; i++) {
        scp_regtext_free(s->job[i].text);
        scp_buf_free(&s->job[i].printed);
    }
    wipe(s->target.login, sizeof s->target.login);
    free(s);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Whole runs of the checks, from the arguments to the exit code, in this process.  An input is a line of words (the check, then its
 * arguments; @0 … @7 are files) and parts between lines of "----", which are those files, in order, and whatever the network
 * answers, in turn.
 *
 * Whatever comes in: the exit code is a state, the plugin output keeps its contract, and with memory short the verdict is the same
 * or UNKNOWN.  Of an export judged by the roots alone: with DigiCert Global Root G2 distrusted, or cut inside a value, it is never
 * OK, and in which order its keys stand changes nothing.
 */
#include "fuzz.h"

#include "../unit/io/http/memory.h"
#include "../unit/plugin/contract.h"
#include "../unit/plugin/readers.h"
#include "check/autoupdate/check.h"
#include "check/diagnosis/session.h"
#include "check/intermediates/check.h"
#include "check/revocation/check.h"
#include "check/roots/check.h"
#include "check/status/check.h"
#include "codec/x509/bundle.h"
#include "io/tls/tls.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 40, ROOM = 1 << 14, PARTS = 8, OUTPUT = 1 << 20, KEYS = 400 };

static const struct scp_check *const CHECKS[] = { &scp_roots_check,  &scp_autoupdate_check, &scp_intermediates_check,
                                                  &scp_status_check, &scp_revocation_check, &scp_diagnosis_check };
static const char *const NAMES[] = { "roots", "autoupdate", "intermediates", "status", "revocation", "diagnosis" };

struct input {
    const struct scp_check *check;
    char room[ROOM];
    char *word[WORDS + 8];
    size_t words, given;
    struct fuzz_bytes part[PARTS];
    size_t parts, answers; /* what was given to the network so far */
};

static struct input *running;
static char output[OUTPUT];
static size_t output_n;

/* --- What the process and the network would be --- */
int __wrap_scp_app_process_begin(void);
int __wrap_scp_app_process_begin(void)
{
    return 0;
}

void __wrap_scp_app_process_watch(void);
void __wrap_scp_app_process_watch(void)
{
}

void __wrap_scp_app_process_arm(double seconds);
void __wrap_scp_app_process_arm(double seconds)
{
    (void)seconds;
}

void __wrap_scp_confine_files(void);
void __wrap_scp_confine_files(void)
{
}

void __wrap_scp_confine_network(void);
void __wrap_scp_confine_network(void)
{
}

int __wrap_scp_app_process_write(const char *p, size_t n);
int __wrap_scp_app_process_write(const char *p, size_t n)
{
    fuzz_never(output_n > 0 || n >= sizeof output); /* one answer */
    memcpy(output, p, n);
    output[n] = '\0';
    output_n = n;
    return 0;
}

int __wrap_scp_registry_load_smb(struct scp_registry *r, const char *source, struct scp_err *err);
int __wrap_scp_registry_load_smb(struct scp_registry *r, const char *source, struct scp_err *err)
{
    (void)r;
    return scp_err_set(err, SCP_ERR_UNSUPPORTED, "%s is not asked", source);
}

struct scp_http *__wrap_scp_http_curl_new(const struct scp_http_options *options, struct scp_err *err);
struct scp_http *__wrap_scp_http_curl_new(const struct scp_http_options *options, struct scp_err *err)
{
    struct scp_http *http = scp_http_memory_new();

    (void)options;
    if (http == NULL)
        (void)scp_err_memory(err);
    return http;
}

/* The parts in turn; a part's first byte below 32 is how the transfer ends, or a type. */
static struct scp_http_answer next_answer(void)
{
    static const char *const TYPE[] = { NULL, "text/html", "application/pkix-crl", "application/ocsp-response",
                                        "application/json" };
    struct fuzz_bytes b = running->parts > 0 ? running->part[running->answers++ % running->parts] : (struct fuzz_bytes){ NULL, 0 };
    struct scp_http_answer a = { .outcome = SCP_HTTP_OK };

    if (b.n > 1 && b.p[0] < 32) {
        a.outcome = b.p[0] < 16 ? (enum scp_http_outcome)(b.p[0] % (SCP_HTTP_UNABLE + 1)) : SCP_HTTP_OK;
        a.content_type = TYPE[b.p[0] % 5];
        a.status = b.p[1] < 8 ? 200 : 300 + b.p[1];
        b.p += 2;
        b.n -= 2;
    }
    a.body = b.p;
    a.body_n = b.n;
    a.piece = b.n % 3 == 0 ? 7 : 0;
    return a;
}

int __real_scp_http_run(struct scp_http *http, const struct scp_http_request *requests, size_t n, struct scp_http_result *results,
                        const struct scp_deadline *deadline, struct scp_err *err);
int __wrap_scp_http_run(struct scp_http *http, const struct scp_http_request *requests, size_t n, struct scp_http_result *results,
                        const struct scp_deadline *deadline, struct scp_err *err);
int __wrap_scp_http_run(struct scp_http *http, const struct scp_http_request *requests, size_t n, struct scp_http_result *results,
                        const struct scp_deadline *deadline, struct scp_err *err)
{
    fuzz_make();
    for (size_t i = 0; i < n; i++) {
        struct scp_http_answer a = next_answer();

        if (scp_http_memory_add(http, requests[i].url, &a, NULL) != 0)
            tap_bail("no answer");
    }
    fuzz_made();
    return __real_scp_http_run(http, requests, n, results, deadline, err);
}

static void fill_chain(struct scp_tls_chain *chain)
{
    struct scp_http_answer a = next_answer();
    struct scp_bundle b;

    if (a.body == NULL || scp_bundle_read(a.body, a.body_n, &b, NULL) != 0)
        return;
    for (size_t i = 0; i < b.n && chain->n < SCP_TLS_CHAIN_MAX; i++) {
        struct scp_tls_certificate *c = &chain->v[chain->n];
        const uint8_t *der = scp_bundle_certificate(&b, i, &c->len);

        c->der = malloc(c->len);
        if (c->der == NULL)
            break;
        memcpy(c->der, der, c->len);
        chain->n++;
    }
    chain->sent = chain->n;
    scp_bundle_free(&b);
}

int __wrap_scp_tls_chains_fetch(const struct scp_http_options *options, struct scp_tls_server *v, size_t n, double seconds,
                                const struct scp_deadline *deadline, struct scp_err *err);
int __wrap_scp_tls_chains_fetch(const struct scp_http_options *options, struct scp_tls_server *v, size_t n, double seconds,
                                const struct scp_deadline *deadline, struct scp_err *err)
{
    (void)options;
    (void)seconds;
    (void)deadline;
    (void)err;
    fuzz_make();
    for (size_t i = 0; i < n; i++) {
        fill_chain(&v[i].chain);
        v[i].outcome = v[i].chain.n > 0 ? SCP_HTTP_OK : SCP_HTTP_CONNECT;
        (void)snprintf(v[i].message, sizeof v[i].message, "%s", v[i].chain.n > 0 ? "" : "connection refused");
    }
    fuzz_made();
    return 0;
}

/* --- Reading the input --- */

/* No device, no file of the system's, no standard input. */
static bool is_allowed(const char *word)
{
    return strstr(word, "/dev") == NULL && strstr(word, "/proc") == NULL && strstr(word, "/sys") == NULL &&
           strcmp(word, "-") != 0 && strstr(word, ":-") == NULL && strstr(word, "=-") == NULL;
}

static bool add_word(struct input *in, char **at, const char *end, const char *from, size_t n)
{
    char *to = *at;

    in->word[in->words++] = to;
    for (size_t i = 0; i < n; i++) {
        if (end - to < 100 || from[i] == '\0')
            return false;
        if (from[i] == '@' && i + 1 < n && from[i + 1] >= '0' && from[i + 1] < '0' + PARTS) {
            unsigned number = (unsigned)(from[++i] - '0');
            struct fuzz_bytes part = number < in->parts ? in->part[number] : (struct fuzz_bytes){ NULL, 0 };

            to += strlen(strcpy(to, fuzz_file(number, part.p, part.n)));
            continue;
        }
        *to++ = from[i];
    }
    *to++ = '\0';
    *at = to;
    return true;
}

static bool read_words(struct input *in, struct fuzz_bytes line)
{
    const char *p = (const char *)line.p, *end = p + line.n;
    char *at = in->room;

    for (const char *from = p; from < end && in->given < WORDS; in->given++) {
        const char *blank = memchr(from, ' ', (size_t)(end - from)), *to = blank != NULL ? blank : end;
        char word[400];

        if ((size_t)(to - from) >= sizeof word)
            return false;
        (void)snprintf(word, sizeof word, "%.*s", (int)(to - from), from);
        if (!is_allowed(word) || (in->given > 0 && !add_word(in, &at, in->room + ROOM, from, (size_t)(to - from))))
            return false;
        for (size_t i = 0; in->given == 0 && i < sizeof CHECKS / sizeof CHECKS[0]; i++) {
            if (strcmp(NAMES[i], word) == 0)
                in->check = CHECKS[i];
        }
        from = to + 1;
    }
    return in->check != NULL;
}

static bool read_input(struct input *in, const uint8_t *p, size_t n)
{
    static char always[3][32] = { "", "--at=2026-11-23T12:00:00Z", "--timeout=600" };
    const uint8_t *end = n > 0 ? memchr(p, '\n', n) : NULL;
    struct fuzz_bytes line = { p, end != NULL ? (size_t)(end - p) : n };
    struct fuzz_bytes rest = { p + line.n, n - line.n };

    for (size_t i = 0; i < 3; i++)
        in->word[in->words++] = always[i];
    if (rest.n > 5) {
        (void)fuzz_part(&rest); /* what stands before the first rule */
        while (rest.n > 0 && in->parts < PARTS)
            in->part[in->parts++] = fuzz_part(&rest);
    }
    return read_words(in, line);
}

/* --- A run --- */

static int run_check(struct input *in)
{
    int code;

    running = in;
    in->answers = 0;
    output_n = 0;
    code = scp_check_run(in->check, (int)in->words, in->word);
    fuzz_never(code < 0 || code > 3 || output_n == 0);
    return code;
}

/* --- What the JSON says --- */

static const char *text_in(const struct json *j, const char *key)
{
    const struct json *t = json_get(j, key);

    return t != NULL && t->type == JSON_TEXT ? t->text : "";
}

static bool is_present(const struct json *causes, const char *key)
{
    const struct json *cause = json_get(causes, key);

    return cause != NULL && strcmp(text_in(cause, "state"), "present") == 0;
}

/* A cause is present, absent or unknown; one that is present has its evidence and is no OK, one that is absent has none. */
static void check_causes(const struct json *causes, int code)
{
    for (size_t i = 0; i < causes->n; i++) {
        const char *state = text_in(causes->value[i], "state");
        const struct json *evidence = json_get(causes->value[i], "evidence");

        fuzz_must(evidence != NULL && evidence->type == JSON_ARRAY);
        fuzz_never(strcmp(state, "present") == 0 && code == SCP_OK);
        fuzz_must(strcmp(state, "present") == 0  ? evidence->n > 0
                  : strcmp(state, "absent") == 0 ? evidence->n == 0
                                                 : strcmp(state, "unknown") == 0);
    }
}

/* Of steps that are done at a place. */
static bool same_step(const struct json *a, const struct json *b)
{
    static const char *const WHAT[] = { "what", "where", "sha1", "url" };
    bool same = text_in(a, "where")[0] != '\0';

    for (size_t i = 0; i < sizeof WHAT / sizeof WHAT[0]; i++)
        same = same && strcmp(text_in(a, WHAT[i]), text_in(b, WHAT[i])) == 0;
    return same;
}

/* Each step has its number, does something that no other does, and mends what is present; what is to be pasted is one line. */
static void check_plan(const struct json *plan, const struct json *causes)
{
    for (size_t i = 0; i < plan->n; i++) {
        const struct json *step = plan->value[i], *mends = json_get(step, "mends"), *number = json_get(step, "step"),
                          *commands = json_get(step, "commands");

        fuzz_must(text_in(step, "what")[0] != '\0' && json_get(step, "rehearsed") != NULL && mends != NULL && mends->n > 0);
        fuzz_must(number != NULL && (size_t)number->number == i + 1);
        for (size_t k = 0; mends != NULL && k < mends->n; k++)
            fuzz_must(json_get(causes, mends->value[k]->text) == NULL || is_present(causes, mends->value[k]->text));
        for (size_t k = 0; commands != NULL && k < commands->n; k++)
            fuzz_must(commands->value[k]->text[0] != '\0' && strpbrk(commands->value[k]->text, "\r\n") == NULL);
        for (size_t k = 0; k < i; k++)
            fuzz_must(!same_step(step, plan->value[k]));
    }
}

static void check_json(int code)
{
    struct json *j = json_read(output);
    const struct json *facts = json_get(j, "facts"), *causes = facts != NULL ? json_get(facts, "causes") : NULL,
                      *said = json_get(j, "exit_code");

    fuzz_must(j != NULL && said != NULL && (int)said->number == code);
    if (causes != NULL) {
        const char *first = text_in(facts, "first");

        check_causes(causes, code);
        fuzz_must(first[0] == '\0' || is_present(causes, first));
        check_plan(json_get(facts, "plan"), causes);
    }
    json_free(j);
}

static bool has_word(const struct input *in, const char *start)
{
    bool has = false;

    for (size_t i = 0; i < in->words; i++)
        has = has || strncmp(in->word[i], start, strlen(start)) == 0;
    return has;
}

static void check_output(const struct input *in, int code)
{
    static const char *const OWN[] = { "$_.Time.ToUniversalTime().ToString('o')", "<SHA-1>.crt", NULL };
    struct contract c = { in->check->about.title, code, true, OWN };
    const char *wrong;

    if (output[0] == '{' && !has_word(in, "--se") && !fuzz_starved()) {
        fuzz_make();
        check_json(code);
        fuzz_made();
        return;
    }
    for (size_t i = 1; i < in->words; i++) {
        if (in->word[i][0] == '-' && strchr("oVhLe", in->word[i][1]) != NULL)
            return;
        if (strncmp(in->word[i], "--", 2) == 0 && strchr("vohel", in->word[i][2]) != NULL)
            return;
    }
    if (strstr(output, "\nUsage: ") != NULL) {
        fuzz_never(code != SCP_UNKNOWN);
        return;
    }
    wrong = contract_check(&c, output, output_n);
    if (wrong != NULL && !fuzz_starved() && strstr(wrong, "escape") == NULL) {
        fprintf(stderr, "%s:\n%.*s\n", wrong, (int)output_n, output);
        fuzz_must(false);
    }
}

/* --- An export judged by the roots alone --- */

static const char *distrust(size_t *n)
{
    static char *text;
    static size_t length;
    struct scp_profile profile;
    size_t size;

    if (text == NULL && scp_source_profile("scp", &profile, NULL) == 0) {
        const struct scp_profile_cert *root = &profile.root[0];

        size = 3 * (root->der_len + 12) + 200;
        text = malloc(size);
        length =
            (size_t)snprintf(text, size,
                             "\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\SystemCertificates\\Disallowed\\Certificates\\"
                             "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4]\r\n\"Blob\"=hex:20,00,00,00,01,00,00,00,%02x,%02x,00,00",
                             (unsigned)(root->der_len & 0xFF), (unsigned)(root->der_len >> 8));
        for (size_t i = 0; i < root->der_len; i++)
            length += (size_t)snprintf(text + length, size - length, ",%02x", root->der[i]);
        length += (size_t)snprintf(text + length, size - length, "\r\n\r\n");
        scp_profile_free(&profile);
    }
    *n = length;
    return text;
}

static int judge_text(struct input *in, const char *p, size_t n)
{
    (void)fuzz_file(0, (const uint8_t *)p, n);
    return run_check(in);
}

static void distrusted(struct input *in, char *copy, size_t n)
{
    size_t more;
    const char *text = distrust(&more);

    if (text == NULL)
        return;
    memcpy(copy, in->part[0].p, n);
    memcpy(copy + n, text, more);
    fuzz_never(judge_text(in, copy, n + more) == 0);
}

static bool is_hex(char c)
{
    return c != '\0' && strchr("0123456789abcdef,", c) != NULL;
}

/* Cut between two bytes of a value. */
static void cut(struct input *in, const char *p, size_t n)
{
    size_t at = n > 8 ? n / 3 + in->part[0].p[n / 2] * (n / 2 / 256) : 0;

    for (; at > 0 && at + 6 < n; at++) {
        bool inside = true;

        for (size_t i = at - 1; i < at + 5; i++)
            inside = inside && is_hex(p[i]);
        if (inside && p[at] != ',') {
            fuzz_never(judge_text(in, p, at) == 0);
            return;
        }
    }
}

struct key {
    const char *p;
    size_t n, name;
};

/* The keys of an export, behind its head; 0 where an order may mean something, or it may not be whole. */
static size_t split(const char *p, size_t n, size_t *head, struct key key[KEYS])
{
    size_t keys = 0;

    if (n < 4 || p[n - 1] != '\n' || (p[n - 2] != '\n' && p[n - 3] != '\n') || memchr(p, '\\', n) == NULL)
        return 0;
    for (size_t i = 0; i < n; i++) {
        const char *end;

        if (p[i] != '[' || (i > 0 && p[i - 1] != '\n'))
            continue;
        end = memchr(p + i, '\n', n - i);
        if (keys == KEYS || end == NULL || p[i + 1] == '-' || i < 2 || (p[i - 2] != '\n' && (i < 3 || p[i - 3] != '\n')))
            return 0;
        if (keys > 0)
            key[keys - 1].n = (size_t)(p + i - key[keys - 1].p);
        else
            *head = i;
        key[keys++] = (struct key){ p + i, n - i, (size_t)(end - p) - i };
    }
    return keys;
}

static bool repeats(const struct key *key, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++) {
            if (key[i].name == key[k].name && memcmp(key[i].p, key[k].p, key[i].name) == 0)
                return true;
        }
    }
    return false;
}

static void reversed(struct input *in, char *copy, size_t n, int code)
{
    static struct key key[KEYS];
    size_t head = 0, at, keys = split((const char *)in->part[0].p, n, &head, key);

    if (keys < 2 || repeats(key, keys))
        return;
    memcpy(copy, in->part[0].p, head);
    at = head;
    while (keys-- > 0) {
        memcpy(copy + at, key[keys].p, key[keys].n);
        at += key[keys].n;
    }
    fuzz_must(judge_text(in, copy, n) == code);
}

static void relate(struct input *in, int code)
{
    static const char HEAD[] = "Windows Registry Editor Version 5.00\r\n";
    size_t n = in->part[0].n, room;
    char *copy;

    if (n < sizeof HEAD || memcmp(in->part[0].p, HEAD, sizeof HEAD - 1) != 0 || memchr(in->part[0].p, '\0', n) != NULL)
        return;
    fuzz_make();
    (void)distrust(&room);
    copy = malloc(n + room);
    if (copy == NULL)
        return;
    fuzz_made();
    distrusted(in, copy, n);
    if (code == 0)
        cut(in, (const char *)in->part[0].p, n);
    reversed(in, copy, n, code);
    free(copy);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    static int first; /* with all the memory */
    struct input *in;
    int code;

    fuzz_make();
    in = calloc(1, sizeof *in);
    if (in == NULL || !read_input(in, p, n)) {
        free(in);
        return;
    }
    fuzz_made();
    code = run_check(in);
    if (fuzz_starved())
        fuzz_never(code != first && code != SCP_UNKNOWN);
    else
        first = code;
    check_output(in, code);
    if (!fuzz_starved() && in->check == &scp_roots_check && in->given == 3 && in->parts == 1 && strcmp(in->word[3], "-R") == 0 &&
        strncmp(in->word[4], "/proc/self/fd/", 14) == 0)
        relate(in, code);
    free(in);
}

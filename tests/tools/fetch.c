/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Runs requests through the libcurl back end and prints what came as JSON: the tests' way to the network layer.
 *
 *   fetch --url=http://127.0.0.1:8080/x --url=… --deadline=3 --limit=2 --max=65536 [--sink] [--stdin] [network options]
 *   fetch --chain=HOST:PORT [network options]
 */
#include "base/json.h"
#include "base/num.h"
#include "check/egress/network.h"
#include "io/tls/tls.h"
#include "plugin/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct config {
    struct scp_network network;
    struct scp_list url, tls_issuer;
    double deadline, limit;
    const char *max, *accept, *post, *post_type, *cafile, *retry, *chain, *rounds;
    bool sink, refuse, input, body;
};

static const struct scp_option OWN[] = {
    { SCP_GROUP_OUTPUT, 0, "url", "URL", SCP_OPTION_LIST, offsetof(struct config, url), NULL, "ask here; repeatable" },
    { SCP_GROUP_OUTPUT, 0, "deadline", "SECONDS", SCP_OPTION_DURATION, offsetof(struct config, deadline), NULL, "of the run" },
    { SCP_GROUP_OUTPUT, 0, "limit", "SECONDS", SCP_OPTION_DURATION, offsetof(struct config, limit), NULL, "of each transfer" },
    { SCP_GROUP_OUTPUT, 0, "max", "BYTES", SCP_OPTION_TEXT, offsetof(struct config, max), NULL, "of each body" },
    { SCP_GROUP_OUTPUT, 0, "accept", "TYPE", SCP_OPTION_TEXT, offsetof(struct config, accept), NULL, "Accept" },
    { SCP_GROUP_OUTPUT, 0, "post", "TEXT", SCP_OPTION_TEXT, offsetof(struct config, post), NULL, "POST this" },
    { SCP_GROUP_OUTPUT, 0, "post-type", "TYPE", SCP_OPTION_TEXT, offsetof(struct config, post_type), NULL, "Content-Type of it" },
    { SCP_GROUP_SOURCE, 0, "cafile", "FILE", SCP_OPTION_TEXT, offsetof(struct config, cafile), NULL, "trust anchors" },
    { SCP_GROUP_NETWORK, 0, "retry", "N", SCP_OPTION_TEXT, offsetof(struct config, retry), NULL, "retries" },
    { SCP_GROUP_OUTPUT, 0, "tls-issuer", "O", SCP_OPTION_LIST, offsetof(struct config, tls_issuer), NULL,
      "expected issuer; repeatable" },
    { SCP_GROUP_OUTPUT, 0, "chain", "HOST:PORT", SCP_OPTION_TEXT, offsetof(struct config, chain), NULL,
      "only the certificates of a TLS server" },
    { SCP_GROUP_OUTPUT, 0, "rounds", "N", SCP_OPTION_TEXT, offsetof(struct config, rounds), NULL,
      "so many runs in a row, the last is printed" },
    { SCP_GROUP_OUTPUT, 0, "sink", NULL, SCP_OPTION_FLAG, offsetof(struct config, sink), NULL,
      "bodies go to a sink that adds them up" },
    { SCP_GROUP_OUTPUT, 0, "refuse", NULL, SCP_OPTION_FLAG, offsetof(struct config, refuse), NULL,
      "… and refuses after 1000 bytes" },
    { SCP_GROUP_OUTPUT, 0, "stdin", NULL, SCP_OPTION_FLAG, offsetof(struct config, input), NULL,
      "waits for the end of standard input first" },
    { SCP_GROUP_OUTPUT, 0, "body", NULL, SCP_OPTION_FLAG, offsetof(struct config, body), NULL, "prints the bodies too" },
    SCP_OPTIONS_END,
};

static const struct scp_option_table TABLES[] = { { scp_network_options, offsetof(struct config, network) },
                                                  { OWN, 0 },
                                                  { NULL, 0 } };
static const struct scp_catalogue_entry *const CATALOGUE[] = { NULL };
static const struct scp_about ABOUT = {
    .name = "fetch", .title = "FETCH", .purpose = "", .options = TABLES, .catalogue = CATALOGUE
};

struct sum {
    size_t bytes;
    uint32_t sum;
    unsigned begun;
    bool refuse;
};

static int begin(void *context, struct scp_err *err)
{
    struct sum *s = context;

    (void)err;
    s->begun++;
    s->bytes = s->sum = 0;
    return 0;
}

static int add(void *context, const uint8_t *p, size_t n, struct scp_err *err)
{
    struct sum *s = context;

    for (size_t i = 0; i < n; i++)
        s->sum = s->sum * 31 + p[i];
    s->bytes += n;
    if (s->refuse && s->bytes > 1000)
        return scp_err_set(err, SCP_ERR_FORMAT, "this is not what was asked for");
    return 0;
}

static uint64_t number(const char *text, uint64_t otherwise)
{
    uint64_t v = otherwise;

    if (text != NULL && scp_num_u64(text, strlen(text), UINT32_MAX, &v, NULL) != 0)
        exit(2);
    return v;
}

/* The peak of the resident set, and how much of it is not the files mapped into the process. */
static void print_memory(struct scp_json *j)
{
    char line[256];
    unsigned long kib;
    FILE *f = fopen("/proc/self/status", "r");

    while (f != NULL && fgets(line, sizeof line, f) != NULL) {
        if (sscanf(line, "VmHWM: %lu", &kib) == 1)
            scp_json_integer(j, "hwm_kib", (int64_t)kib);
        if (sscanf(line, "RssAnon: %lu", &kib) == 1)
            scp_json_integer(j, "anon_kib", (int64_t)kib);
        if (sscanf(line, "Threads: %lu", &kib) == 1)
            scp_json_integer(j, "threads", (int64_t)kib);
    }
    if (f != NULL)
        (void)fclose(f);
}

static void print_result(struct scp_json *j, const struct scp_http_result *r, const struct sum *sum, const struct config *c)
{
    scp_json_open(j, NULL, '{');
    scp_json_text(j, "outcome", scp_http_outcome_name(r->outcome));
    scp_json_text(j, "message", r->message);
    scp_json_integer(j, "status", r->status);
    scp_json_integer(j, "redirects", r->redirects);
    scp_json_integer(j, "attempts", r->attempts);
    scp_json_text(j, "url", r->url);
    scp_json_integer(j, "bytes", (int64_t)r->bytes);
    scp_json_bytes(j, "head", (const char *)r->head, r->head_n);
    scp_json_bool(j, "page", scp_http_is_page(r));
    scp_json_text(j, "content_type", r->content_type);
    if (r->date != SCP_UTC_UNKNOWN)
        scp_json_integer(j, "date", r->date);
    scp_json_number(j, "seconds", r->seconds);
    scp_json_text(j, "proxy", r->proxy);
    scp_json_text(j, "tls_issuer", r->tls_issuer);
    scp_json_integer(j, "kept", (int64_t)r->body.n);
    if (c->body)
        scp_json_bytes(j, "body", scp_buf_text(&r->body), r->body.n);
    if (c->sink) {
        scp_json_integer(j, "sink_bytes", (int64_t)sum->bytes);
        scp_json_integer(j, "sink_sum", sum->sum);
        scp_json_integer(j, "begun", sum->begun);
    }
    scp_json_close(j, '}');
}

static void run(const struct config *c, const struct scp_http_options *options, struct scp_json *j)
{
    static struct scp_http_request requests[SCP_LIST_MAX];
    static struct scp_http_result results[SCP_LIST_MAX];
    static struct scp_http_sink sinks[SCP_LIST_MAX];
    static struct sum sums[SCP_LIST_MAX];
    static const char *issuers[SCP_LIST_MAX + 1];
    struct scp_err err = SCP_ERR_INIT;
    struct scp_http *http = scp_http_curl_new(options, &err);
    struct scp_network_from from;
    double skew = 0;

    for (size_t i = 0; i < c->tls_issuer.n; i++)
        issuers[i] = c->tls_issuer.v[i];
    for (size_t i = 0; i < c->url.n; i++) {
        sums[i].refuse = c->refuse;
        sinks[i] = (struct scp_http_sink){ begin, add, &sums[i] };
        requests[i] = (struct scp_http_request){
            .url = c->url.v[i],
            .accept = c->accept,
            .post = c->post,
            .post_n = c->post != NULL ? strlen(c->post) : 0,
            .post_type = c->post_type,
            .max_bytes = number(c->max, 1 << 20),
            .sink = c->sink ? &sinks[i] : NULL,
            .seconds = c->limit,
            .tls_issuers = c->tls_issuer.n > 0 ? issuers : NULL,
        };
    }
    for (uint64_t round = number(c->rounds, 1); http != NULL && round > 0; round--) {
        struct scp_deadline began = scp_deadline_after(0), deadline = scp_deadline_after(c->deadline);

        if (scp_http_run(http, requests, c->url.n, results, &deadline, &err) != 0)
            scp_json_text(j, "error", err.message);
        if (round > 1) {
            scp_http_results_free(results, c->url.n);
            continue;
        }
        scp_json_number(j, "seconds", (double)(scp_deadline_after(0).at_ms - began.at_ms) / 1000);
    }
    scp_json_open(j, "results", '[');
    for (size_t i = 0; i < c->url.n; i++)
        print_result(j, &results[i], &sums[i], c);
    scp_json_close(j, ']');
    scp_network_from(results, c->url.n, &from);
    scp_json_text(j, "vantage", from.text);
    if (scp_network_clock_skew(results, c->url.n, scp_utc_now(), &skew))
        scp_json_number(j, "clock_skew", skew);
    scp_http_results_free(results, c->url.n);
    scp_http_free(http);
}

static void chain(const struct config *c, const struct scp_http_options *options, struct scp_json *j)
{
    struct scp_deadline began = scp_deadline_after(0), deadline = scp_deadline_after(c->deadline);
    const char *colon = strrchr(c->chain, ':');
    struct scp_tls_server server = { .port = (unsigned)number(colon != NULL ? colon + 1 : "0", 0) };
    const struct scp_tls_chain *out = &server.chain;
    struct scp_err err = SCP_ERR_INIT;
    char host[256];

    (void)snprintf(host, sizeof host, "%.*s", colon != NULL ? (int)(colon - c->chain) : 0, c->chain);
    server.host = host;
    if (scp_tls_chains_fetch(options, &server, 1, 0, &deadline, &err) != 0)
        (void)snprintf(server.message, sizeof server.message, "%.*s", (int)sizeof server.message - 1, err.message);
    scp_json_number(j, "seconds", (double)(scp_deadline_after(0).at_ms - began.at_ms) / 1000);
    scp_json_text(j, "outcome", scp_http_outcome_name(server.outcome));
    scp_json_text(j, "message", server.message);
    scp_json_integer(j, "sent", (int64_t)out->sent);
    scp_json_text(j, "proxy", out->proxy);
    scp_json_open(j, "chain", '[');
    for (size_t i = 0; i < out->n; i++) {
        char *hex = malloc(2 * out->v[i].len + 1);

        if (hex != NULL)
            scp_num_to_hex(out->v[i].der, out->v[i].len, hex);
        scp_json_text(j, NULL, hex);
        free(hex);
    }
    scp_json_close(j, ']');
    scp_tls_chain_free(&server.chain);
}

int main(int argc, char **argv)
{
    struct config c = { .deadline = 10 };
    struct scp_option_memory *memory;
    struct scp_network_setting setting;
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf out;
    struct scp_json j;

    if (scp_option_parse(&ABOUT, &c, argc, argv, &memory, &err) != 0) {
        printf("{\"usage\":\"%s\"}\n", err.message);
        return 3;
    }
    scp_buf_init(&out, 64 << 20);
    scp_json_init(&j, &out, false);
    scp_json_open(&j, NULL, '{');
    if (scp_network_open(&c.network, &setting, &err) != 0) {
        scp_json_text(&j, "usage", err.message);
    } else {
        setting.options.ca_file = c.cafile;
        setting.options.retries = (unsigned)number(c.retry, 0);
        while (c.input && read(0, &(char){ 0 }, 1) > 0)
            continue;
        if (c.chain != NULL)
            chain(&c, &setting.options, &j);
        else
            run(&c, &setting.options, &j);
        scp_network_close(&setting);
    }
    print_memory(&j);
    scp_json_close(&j, '}');
    puts(scp_buf_text(&out));
    scp_buf_free(&out);
    scp_option_release(memory);
    return 0;
}

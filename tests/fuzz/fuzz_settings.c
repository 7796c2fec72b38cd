/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Small texts and blobs that settings, servers and programs send, one kind an input by its first byte: ranges, HTTP messages, proxy
 * settings in their registry form, the words of Samba's net, files of credentials, phrases of logs.
 */
#include "fuzz.h"

#include "base/utc.h"
#include "io/http/internal.h"
#include "io/registry/credentials.h"
#include "io/registry/internal.h"
#include "plugin/range.h"
#include "windows/net_messages.h"
#include "windows/net_phrase.h"
#include "windows/paths.h"
#include "windows/proxy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 2000 };

/* NUL-terminated, cut. */
static const char *text_of(struct fuzz_bytes b)
{
    static char text[TEXT];
    size_t n = b.n < TEXT ? b.n : TEXT - 1;

    if (n > 0)
        memcpy(text, b.p, n);
    text[n] = '\0';
    return text;
}

/* What is understood is written and read again the same; inside and outside are each other's opposite. */
static void range(struct fuzz_bytes b)
{
    static const double VALUES[] = { -1e300, -1, 0, 0.5, 1, 10, 3600, 86400, 1e300 };
    const bool durations = fuzz_byte(&b) % 2 != 0;
    struct scp_range r, again, other;
    struct scp_err err = SCP_ERR_INIT;
    char text[SCP_RANGE_TEXT];

    if (scp_range_parse(text_of(b), durations, &r, &err) != 0) {
        fuzz_must(err.code == SCP_ERR_USAGE && err.message[0] != '\0');
        return;
    }
    fuzz_must(r.start_infinite || r.end_infinite || r.start <= r.end);
    scp_range_format(&r, text);
    fuzz_must(scp_range_parse(text, false, &again, NULL) == 0);
    other = r;
    other.inside = !r.inside;
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        fuzz_must(scp_range_alerts(&r, VALUES[i]) == scp_range_alerts(&again, VALUES[i]));
        fuzz_must(scp_range_alerts(&r, VALUES[i]) != scp_range_alerts(&other, VALUES[i]));
    }
}

/* Lines up to an empty one are headers, what is behind it the body: never OK but with status 200, plain and with one length (that
 * it came, libcurl says). */
static void message(struct fuzz_bytes b)
{
    struct scp_http_request request = { .url = "http://host.example/a.crl", .max_bytes = 1 + 64U * fuzz_byte(&b) };
    struct scp_http_result r = { .date = SCP_UTC_UNKNOWN };
    struct scp_http_message m;
    bool on = true;

    scp_buf_init(&r.body, request.max_bytes);
    scp_http_message_begin(&m, &request, &r);
    while (on && b.n > 0 && !m.final) {
        const uint8_t *end = memchr(b.p, '\n', b.n);
        size_t n;
        const char *line = (const char *)fuzz_take(&b, end != NULL ? (size_t)(end - b.p) + 1 : b.n, &n);

        on = scp_http_message_header(&m, line, n) == 0;
    }
    while (on && b.n > 0) {
        size_t n;
        const uint8_t *p = fuzz_take(&b, 50, &n);

        on = scp_http_message_body(&m, p, n) == 0;
    }
    on = on && scp_http_message_end(&m) == 0;
    fuzz_must(r.body.n <= request.max_bytes && r.head_n <= sizeof r.head && memchr(r.message, '\0', sizeof r.message) != NULL);
    fuzz_never(on && (r.outcome != SCP_HTTP_OK || r.status != 200 || m.encoded || m.bad_length));
    (void)scp_http_is_page(&r);
    (void)scp_http_date(text_of(b), strlen(text_of(b)));
    free(r.url);
    scp_buf_free(&r.body);
}

/* The setting in one place or another; no secret comes out of it. */
static void proxy(struct fuzz_bytes b)
{
    static const char *const PLACE[] = { SCP_PATH_INTERNET_SETTINGS "\\Connections",
                                         SCP_PATH_USER_SYSTEM "\\" SCP_PATH_USER_INTERNET_SETTINGS "\\Connections" };
    static const char *const NAME[] = { "WinHttpSettings", "DefaultConnectionSettings" };
    const unsigned which = fuzz_below(&b, 2), account = fuzz_below(&b, 2);
    struct scp_registry *r = scp_registry_new(scp_paths_scope_proxy);
    char url[SCP_PROXY_SERVER_MAX];
    struct scp_proxy p;

    if (r == NULL)
        return;
    if (scp_registry_put(r, PLACE[which], NAME[which], SCP_REG_BINARY, b.p, b.n, NULL) == 0) {
        scp_proxy_read(r, account != 0 ? SCP_PROXY_NETWORK_SERVICE : SCP_PROXY_SYSTEM, &p);
        fuzz_must((p.kind == SCP_PROXY_NAMED) == (p.server[0] != '\0'));
        fuzz_must(p.kind != SCP_PROXY_UNKNOWN || p.reason[0] != '\0');
        fuzz_never(strchr(p.server, '@') != NULL);
        if (scp_proxy_url(&p, "http", url, sizeof url))
            fuzz_must(strncmp(url, "http", 4) == 0 && p.kind == SCP_PROXY_NAMED);
        (void)scp_proxy_bypasses(&p, "host.example.com");
        (void)scp_proxy_bypasses(&p, "host");
        (void)scp_proxy_origin_name(p.origin);
    }
    scp_registry_free(r);
}

/* Complete only with code 0 and silence; whatever else it is has a reason. */
static void smb(struct fuzz_bytes b)
{
    struct scp_process p = { .end = (enum scp_process_end)fuzz_below(&b, SCP_PROCESS_REFUSED + 1) };
    struct smb_answer a = { .process = &p, .net = "net", .seconds = 1 };
    enum smb_reason reason;
    char why[256];

    p.code = (int)fuzz_below(&b, 3);
    a.whole = fuzz_byte(&b) % 2 != 0;
    a.kerberos = fuzz_byte(&b) % 2 != 0;
    (void)snprintf(p.errors, sizeof p.errors, "%s", text_of(b));
    p.errors_n = strlen(p.errors);
    reason = scp_registry_smb_reason(&a, why);
    fuzz_must(memchr(why, '\0', sizeof why) != NULL);
    fuzz_never(reason == SMB_COMPLETE && (p.end != SCP_PROCESS_EXITED || p.code != 0 || p.errors_n > 0 || !a.whole));
    fuzz_must((reason == SMB_COMPLETE || reason == SMB_NO_SUCH_KEY) == (why[0] == '\0'));
}

/* What is refused tells nothing that is in it. */
static void credentials(struct fuzz_bytes b)
{
    struct scp_credentials c;
    struct scp_err err = SCP_ERR_INIT;
    char user[SCP_CREDENTIALS_USER];

    if (scp_credentials_read(fuzz_file(0, b.p, b.n), &c, &err) == 0) {
        fuzz_must(strpbrk(c.username, "\r\n") == NULL && strpbrk(c.password, "\r\n") == NULL);
        fuzz_must(strstr(scp_credentials_user(&c, user), c.username) != NULL);
    } else {
        fuzz_must(err.message[0] != '\0');
    }
    scp_credentials_wipe(&c);
    fuzz_never(c.password[0] != '\0');
}

/* Behind a sentence that says nothing, another says what it says alone. */
static void sentence(const struct scp_net_words *words, const char *line, size_t n)
{
    static const char BENIGN[] = "Checking for new packages. ";
    struct scp_net_seen alone, behind;
    char text[TEXT + sizeof BENIGN];
    enum scp_net_class class;
    int status, other;

    alone = scp_net_look(words, line, n);
    for (size_t at = 0, to = 0; at < n && at<200; at = to> at ? to : at + 1)
        (void)scp_net_phrase_at(line, n, at, &to);
    class = scp_net_class_of(line, n, alone, &status);
    fuzz_must((class == SCP_NET_NOTHING) == (scp_net_class_name(class)[0] == '\0') &&
              (status == 0 || (status > 399 && status < 600)));
    (void)scp_net_refusal_of(line, n, class);
    n = (size_t)snprintf(text, sizeof text, "%s%.*s", BENIGN, (int)n, line);
    behind = scp_net_look(words, text, n);
    if (line[0] >= 'A' && line[0] <= 'Z')
        fuzz_must(alone.by_words == behind.by_words && alone.failure == behind.failure);
    (void)scp_net_class_of(text, n, behind, &other);
    behind = scp_net_look(words, BENIGN, sizeof BENIGN - 1);
    fuzz_must(behind.by_words == SCP_NET_NOTHING && !behind.failure);
}

/* Line by line. */
static void phrase(struct fuzz_bytes b)
{
    static struct scp_net_words *words;
    const char *text = text_of(b);

    fuzz_make();
    if (words == NULL)
        words = scp_net_words_new(NULL, 0, NULL);
    fuzz_made();
    while (words != NULL && *text != '\0') {
        const size_t n = strcspn(text, "\n");

        sentence(words, text, n);
        text += n + (text[n] == '\n');
    }
}

void fuzz_target(const uint8_t *p, size_t n)
{
    static void (*const KIND[])(struct fuzz_bytes) = { range, message, proxy, smb, credentials, phrase };
    struct fuzz_bytes b = { p, n };

    KIND[fuzz_below(&b, sizeof KIND / sizeof KIND[0])](b);
}

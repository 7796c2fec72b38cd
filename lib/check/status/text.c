/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "base/text.h"
#include "check/status/repeats.h"
#include "windows/net_phrase.h"

#include <stdlib.h>
#include <string.h>

enum { COMPONENT_MAX = 128 };

/*
 * Words that are sought in every entry, all at once.  The downloader's successes are documented; the uploader's are not, what is
 * here is [K]: what it says when something went out.
 */
static const struct scp_match_word OWN[] = {
    { "service signing certificate", false },
    { "Manifest.cab was successfully moved to the connector outbox", true },
    { "Successfully Dropped the state message 4", true },
    { "successfully uploaded", true },
    { "uploaded successfully", true },
    { "upload succeeded", true },
    { "successfully sent", true },
};
enum { SIGNING = 1, UPLOADS = 3 }; /* how many are of the signing certificate; the first of the uploader */

static bool begins(const char *p, size_t n, const char *what)
{
    return n >= strlen(what) && scp_text_caseeq(p, strlen(what), what, strlen(what));
}

static bool is_letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Behind it; NULL: it is not there. */
static const char *find(const char *p, size_t n, const char *what)
{
    for (; n >= strlen(what); p++, n--) {
        if (begins(p, n, what))
            return p + strlen(what);
    }
    return NULL;
}

static bool holds(const char *p, size_t n, const char *what)
{
    return find(p, n, what) != NULL;
}

/* --- Whose? --- */

static bool of_scp(const char *component, size_t n)
{
    static const char *const BEGINNINGS[] = { "SMS_DMP_", "SMS_SERVICE_CONNECTOR", "SMS_CLOUD", "SMS_OUTGOING_CONTENT",
                                              "SMS_AZUREAD" };
    static const char *const PARTS[] = { "CMGateway", "EndpointConnectivity", "ServiceConnectionTool", "dmpuploader",
                                         "dmpdownloader" };

    if (n == 0)
        return true;
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof BEGINNINGS[0]; i++) {
        if (begins(component, n, BEGINNINGS[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        if (holds(component, n, PARTS[i]))
            return true;
    }
    return false;
}

/* Who checks the service signing certificate, and would tell of it. */
static bool signs(const char *component, size_t n)
{
    return holds(component, n, "DMP_UPLOADER") || holds(component, n, "dmpuploader") || holds(component, n, "CMGateway");
}

static enum scp_exchange exchange_of(const char *component, size_t n)
{
    if (begins(component, n, "SMS_DMP_UPLOADER"))
        return SCP_EXCHANGE_UPLOADER;
    return begins(component, n, "SMS_DMP_DOWNLOADER") ? SCP_EXCHANGE_DOWNLOADER : SCP_EXCHANGES;
}

/* The next entry is of the same component, mostly. */
struct scp_log_reader {
    struct scp_net_words *words;
    char component[COMPONENT_MAX];
    size_t component_n; /* more than it holds: none is remembered */
    bool of_scp, signs;
    enum scp_exchange exchange;
    struct scp_repeats repeats; /* of that component, not written as errors */
};

static void note_component(struct scp_log_reader *reader, const char *component, size_t n)
{
    if (n == reader->component_n && memcmp(component, reader->component, n) == 0)
        return;
    reader->of_scp = of_scp(component, n);
    reader->signs = signs(component, n);
    reader->exchange = exchange_of(component, n);
    scp_repeats_forget(&reader->repeats);
    reader->component_n = n <= sizeof reader->component ? n : SIZE_MAX;
    if (n <= sizeof reader->component)
        memcpy(reader->component, component, n);
}

/* --- What? --- */

/* Configuration Manager's own words are English in every language of the product. */
static enum scp_symptom of_signing(const char *p, size_t n, uint32_t own)
{
    if ((own & 1) == 0 ||
        (!scp_net_contains(p, n, "Failed to check and load") && !scp_net_contains(p, n, "System.ArgumentException")))
        return SCP_SYMPTOMS;
    if (scp_net_contains(p, n, "Fail to build chain"))
        return SCP_SYMPTOM_CHAIN;
    return scp_net_contains(p, n, "Mismatch certificate subject name") ? SCP_SYMPTOM_NAME : SCP_SYMPTOM_SIGNING;
}

/* Does the first word name an exception? */
static bool begins_with_exception(const struct scp_cmtrace_entry *e)
{
    static const char NAME[] = "Exception";
    size_t n = 0;

    while (n < e->n && e->text[n] > ' ' && e->text[n] != ':')
        n++;
    return n >= sizeof NAME - 1 && memcmp(e->text + n - (sizeof NAME - 1), NAME, sizeof NAME - 1) == 0;
}

/* Asked of every entry: what an error's first word may begin with ("System.…Exception" and "Microsoft.…", too). */
static bool may_begin_error(char c)
{
    return c == 'E' || c == 'e' || c == 'F' || c == 'f' || c == '[' || c == 'S' || c == 'M';
}

/*
 * "Failed uploads: 0", "Failed download retry interval is 60": a first word that names an error, of an entry that tells of none.
 * What stands in further lines is asked about by nobody here.
 */
static bool is_nothing(const struct scp_cmtrace_entry *e)
{
    size_t to;

    if (memchr(e->text, '\n', e->n) != NULL)
        return false;
    if (scp_net_phrase_counts_none(e->text, e->n))
        return true;
    return begins(e->text, e->n, "Failed") && scp_net_phrase_at(e->text, e->n, 0, &to) == SCP_NET_PHRASE_NOTHING;
}

/* By its type, or by its first word where the style has none. */
static bool is_error(const struct scp_cmtrace_entry *e)
{
    static const char *const BEGINNINGS[] = { "ERROR", "[Error]", "[Critical]", "Fatal", "Failed", "Failure", "Exception" };

    if (e->error)
        return true;
    if (e->n == 0 || !may_begin_error(e->text[0]))
        return false;
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof BEGINNINGS[0]; i++) {
        size_t n = strlen(BEGINNINGS[i]);

        if (begins(e->text, e->n, BEGINNINGS[i]) && (n == e->n || !(is_letter(e->text[n]) || e->text[n] == '-')))
            return !is_nothing(e);
    }
    return begins_with_exception(e) && !is_nothing(e);
}

/* The check of endpoints asks addresses that have no page; which answers it takes for failures is documented ("Validate internet
 * access", Configuration Manager). */
static bool is_expected_answer(const struct scp_cmtrace_entry *e, const struct scp_log_reading *r)
{
    static const int FAILURES[] = { 407, 408, 426, 451, 502, 511, 598, 599 };

    if (r->reason != SCP_NET_HTTP || r->http_status == 0 || !holds(e->component, e->component_n, "EndpointConnectivity"))
        return false;
    for (size_t i = 0; i < sizeof FAILURES / sizeof FAILURES[0]; i++) {
        if (r->http_status == FAILURES[i])
            return false;
    }
    return true;
}

/* A database that is not reached is no exchange with the cloud; nor has every component one with this service. */
static enum scp_symptom of_network(const struct scp_cmtrace_entry *e, struct scp_net_seen seen, struct scp_log_reading *r)
{
    r->reason = scp_net_class_of(e->text, e->n, seen, &r->http_status);
    if (is_expected_answer(e, r)) {
        r->reason = SCP_NET_NOTHING;
        r->http_status = 0;
    }
    if ((r->reason == SCP_NET_NOTHING && !r->error) || scp_net_contains(e->text, e->n, "SqlException"))
        return SCP_SYMPTOMS;
    if (r->reason == SCP_NET_NOTHING)
        return r->exchange != SCP_EXCHANGES || r->signs ? SCP_SYMPTOM_OTHER : SCP_SYMPTOMS;
    if (r->reason == SCP_NET_CERTIFICATE || r->reason == SCP_NET_CHANNEL) {
        r->refusal = scp_net_refusal_of(e->text, e->n, r->reason);
        return SCP_SYMPTOM_TLS;
    }
    if (r->exchange == SCP_EXCHANGES)
        return holds(e->component, e->component_n, "download") || holds(e->text, e->n, "download") ? SCP_SYMPTOM_DOWNLOAD
                                                                                                   : SCP_SYMPTOM_UPLOAD;
    return r->exchange == SCP_EXCHANGE_DOWNLOADER ? SCP_SYMPTOM_DOWNLOAD : SCP_SYMPTOM_UPLOAD;
}

/* Each true whether it was a server's certificate or that of a downloaded file. */
const char *scp_status_refusal_remedy(enum scp_net_refusal why)
{
    static const char *const REMEDIES[SCP_NET_REFUSALS] = {
        [SCP_NET_WHY_REVOKED] = "its issuer revoked the certificate, or it is in the Disallowed store (check_scp_roots and "
                                "check_scp_intermediates say so of Microsoft's chains): find out whose it is, and override nothing",
        [SCP_NET_WHY_NAME] = "the certificate is for another name: look for a proxy, TLS inspection or an entry in DNS or hosts "
                             "that leads to another server",
        [SCP_NET_WHY_EXPIRED] = "check the server's clock first (w32tm /query /status); where it is right, see which certificate "
                                "of the chain has expired",
        [SCP_NET_WHY_UNTRUSTED] = "the chain ends in a root that the server does not trust: check_scp_roots says whether one of "
                                  "Microsoft's is missing; where it is TLS inspection's, exempt Microsoft's endpoints from it",
        [SCP_NET_WHY_CHAINING] = "no chain leads from the certificate to a trusted root: check_scp_intermediates and "
                                 "check_scp_roots say which of Microsoft's certificates is missing",
        [SCP_NET_WHY_REVOCATION] = "whether the certificate is revoked was not found out: check_scp_revocation says which "
                                   "address is not reached; SYSTEM's proxy counts, not a user's",
        [SCP_NET_WHY_CALLBACK] = "the program's own check refused the certificate: see the entries around it for the reason; "
                                 "exempt Microsoft's endpoints from TLS inspection",
        [SCP_NET_WHY_CHANNEL] = "see whether TLS 1.2 is switched off on the server (a registry given to check_scp_status tells), "
                                "and exempt Microsoft's endpoints from TLS inspection",
        [SCP_NET_WHY_UNTOLD] = "see the entries around it for the reason; check clock, roots (check_scp_roots) and intermediates "
                               "(check_scp_intermediates), and exempt Microsoft's endpoints from TLS inspection",
    };

    return REMEDIES[why];
}

/* --- Success --- */

struct sentence {
    const char *p;
    size_t n;
};

/* The line of an entry in which that stands; n = 0: it is in none. */
static struct sentence line_with(const struct scp_cmtrace_entry *e, const char *what)
{
    const char *p = e->text, *end = e->text + e->n;

    for (; p < end; p++) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        struct sentence line = { p, (size_t)((stop != NULL ? stop : end) - p) };

        if (holds(line.p, line.n, what))
            return line;
        p += line.n;
    }
    return (struct sentence){ end, 0 };
}

/* Is it all of a line, but for margins and a full stop? */
static bool is_whole_line(const struct scp_cmtrace_entry *e, const char *what)
{
    struct sentence line = line_with(e, what);
    size_t n = strlen(what);

    while (line.n > 0 && strchr("~ \t", line.p[0]) != NULL) {
        line.p++;
        line.n--;
    }
    if (!begins(line.p, line.n, what))
        return false;
    while (n < line.n && strchr("~ .\t\r", line.p[n]) != NULL)
        n++;
    return n == line.n;
}

/* Is a word that takes back only one of a count or of a thing: "0 errors", "errors: 0", "3 of 3", "the last message"? */
static bool is_harmless(struct scp_text_word before, struct scp_text_word w, struct scp_text_word behind)
{
    static const char *const NONE[] = { "0", "no", "without", "none", "zero", NULL }, *const BAD[] = { "error",      "errors",
                                                                                                       "failed",     "failure",
                                                                                                       "failures",   "left",
                                                                                                       "remaining",  "pending",
                                                                                                       "skipped",    "warnings",
                                                                                                       "exceptions", "retries",
                                                                                                       NULL },
                             *const THINGS[] = { "message", "messages", "file",  "files", "item",   "items",
                                                 "package", "batch",    "chunk", "part",  "record", NULL },
                             *const FREE[] = { "0", "none", "free", NULL }, *const LAST[] = { "last", NULL },
                             *const OF[] = { "of", NULL }, *const PART[] = { "part", NULL };

    if (scp_text_word_is(w, NONE))
        return scp_text_word_is(before, BAD) || scp_text_word_is(behind, BAD);
    if (scp_text_word_is(w, BAD))
        return scp_text_word_is(before, NONE) || scp_text_word_is(behind, FREE);
    if (scp_text_word_is(w, PART))
        return !scp_text_word_is(behind, OF);
    if (scp_text_word_is(w, LAST))
        return scp_text_word_is(behind, THINGS);
    /* Of some only: the numbers differ. */
    return scp_text_word_is(w, OF) && (before.n == 0 || behind.n == 0 || before.p[0] > '9' || behind.p[0] > '9' ||
                                       (before.p[0] != '0' && scp_text_caseeq(before.p, before.n, behind.p, behind.n)));
}

/* The part of a path or an address: "outboxes\no.box". */
static bool is_in_path(struct sentence line, size_t i)
{
    size_t from = i, to = i;

    while (from > 0 && strchr(" \t\"'", line.p[from - 1]) == NULL)
        from--;
    while (to < line.n && strchr(" \t\"'", line.p[to]) == NULL)
        to++;
    return memchr(line.p + from, '\\', to - from) != NULL || memchr(line.p + from, '/', to - from) != NULL;
}

/* What takes back what a line says, puts it off, or says it of some only: "not", "0 of 5", "last time", "will retry" … */
static bool takes_back(struct sentence line)
{
    static const char *const WORDS[] = { "not",    "no",      "none",   "never",     "cannot", "nothing", "last",   "until",
                                         "before", "if",      "when",   "once",      "unless", "will",    "retry",  "retrying",
                                         "only",   "of",      "partly", "partially", "0",      "error",   "errors", "failed",
                                         "unable", "without", "t",      "some",      "part",   NULL };
    struct scp_text_word w = scp_text_word_behind(line.p, line.n, 0);

    for (; w.n > 0; w = scp_text_word_behind(line.p, line.n, (size_t)(w.p - line.p) + w.n)) {
        size_t at = (size_t)(w.p - line.p);

        if (scp_text_word_is(w, WORDS) && !is_in_path(line, at) &&
            !is_harmless(scp_text_word_before(line.p, at), w, scp_text_word_behind(line.p, line.n, at + w.n)))
            return true;
    }
    return false;
}

/* The downloader's sentences are whole lines; of the uploader's nothing but the phrase is known. */
static bool is_success(const struct scp_cmtrace_entry *e, enum scp_exchange exchange, uint32_t own)
{
    for (size_t i = SIGNING; i < sizeof OWN / sizeof OWN[0]; i++) {
        if ((own & UINT32_C(1) << i) == 0)
            continue;
        if (i < UPLOADS ? exchange == SCP_EXCHANGE_DOWNLOADER && is_whole_line(e, OWN[i].text)
                        : exchange == SCP_EXCHANGE_UPLOADER && !takes_back(line_with(e, OWN[i].text)))
            return true;
    }
    return false;
}

struct scp_log_reader *scp_log_reader_new(struct scp_err *err)
{
    struct scp_log_reader *reader = calloc(1, sizeof *reader);

    if (reader == NULL) {
        (void)scp_err_memory(err);
        return NULL;
    }
    reader->component_n = SIZE_MAX;
    reader->words = scp_net_words_new(OWN, sizeof OWN / sizeof OWN[0], err);
    if (reader->words != NULL)
        return reader;
    free(reader);
    return NULL;
}

void scp_log_reader_free(struct scp_log_reader *reader)
{
    if (reader != NULL)
        scp_net_words_free(reader->words);
    free(reader);
}

void scp_log_read_entry(struct scp_log_reader *reader, const struct scp_cmtrace_entry *e, struct scp_log_reading *r)
{
    struct scp_repeat *before;
    struct scp_net_seen seen;

    note_component(reader, e->component, e->component_n);
    r->symptom = SCP_SYMPTOMS;
    r->reason = SCP_NET_NOTHING;
    r->refusal = SCP_NET_WHY_REVOKED;
    r->http_status = 0;
    r->of_scp = reader->of_scp;
    r->signs = reader->signs;
    r->exchange = reader->exchange;
    r->error = r->success = r->is_message = false;
    before = e->error ? NULL : scp_repeats_find(&reader->repeats, e->text, e->n);
    if (before != NULL && scp_repeat_holds(before, e->text, e->n)) {
        r->success = before->success;
        return;
    }
    r->is_message = scp_statusmsg_is_line(e->text, e->n) && scp_statusmsg_of_line(e->text, e->n, &r->message);
    if (r->is_message)
        return;
    seen = scp_net_look(reader->words, e->text, e->n);
    r->error = is_error(e) || (seen.failure && r->exchange != SCP_EXCHANGES);
    r->symptom = of_signing(e->text, e->n, seen.own);
    if (r->symptom == SCP_SYMPTOMS && r->of_scp)
        r->symptom = of_network(e, seen, r);
    r->success = seen.own != 0 && !r->error && r->symptom == SCP_SYMPTOMS && is_success(e, r->exchange, seen.own);
    if (before != NULL && !r->error && r->symptom == SCP_SYMPTOMS && r->reason == SCP_NET_NOTHING)
        scp_repeat_keep(before, e->text, e->n, r->success);
}

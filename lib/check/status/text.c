/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "base/text.h"

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
enum { SIGNING = 1, DOWNLOADED = 1 << 1, STATE_4 = 2, UPLOADED = 15 << 3 }; /* bits of them, and a number */

static bool begins(const char *p, size_t n, const char *what)
{
    return n >= strlen(what) && scp_text_caseeq(p, strlen(what), what, strlen(what));
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
    bool of_scp;
    enum scp_exchange exchange;
};

static void note_component(struct scp_log_reader *reader, const char *component, size_t n)
{
    if (n == reader->component_n && memcmp(component, reader->component, n) == 0)
        return;
    reader->of_scp = of_scp(component, n);
    reader->exchange = exchange_of(component, n);
    reader->component_n = n <= sizeof reader->component ? n : SIZE_MAX;
    if (n <= sizeof reader->component)
        memcpy(reader->component, component, n);
}

/* --- What? --- */

/* Configuration Manager's own words are English in every language of the product. */
static enum scp_symptom of_signing(const char *p, size_t n, uint32_t own)
{
    if ((own & SIGNING) == 0 ||
        (!scp_net_contains(p, n, "Failed to check and load") && !scp_net_contains(p, n, "System.ArgumentException")))
        return SCP_SYMPTOMS;
    if (scp_net_contains(p, n, "Fail to build chain"))
        return SCP_SYMPTOM_CHAIN;
    return scp_net_contains(p, n, "Mismatch certificate subject name") ? SCP_SYMPTOM_NAME : SCP_SYMPTOM_SIGNING;
}

/* A database that is not reached is no exchange with the cloud. */
static enum scp_symptom of_network(const struct scp_cmtrace_entry *e, enum scp_net_class by_words, struct scp_log_reading *r)
{
    r->reason = scp_net_class_of(e->text, e->n, by_words, &r->http_status);
    if (r->reason == SCP_NET_NOTHING || scp_net_contains(e->text, e->n, "SqlException"))
        return SCP_SYMPTOMS;
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

/* "… message 40" is another one. */
static bool is_state_4(const struct scp_cmtrace_entry *e)
{
    const char *more = e->text;

    while ((more = find(more, e->n - (size_t)(more - e->text), OWN[STATE_4].text)) != NULL) {
        if (more == e->text + e->n || *more < '0' || *more > '9')
            return true;
    }
    return false;
}

static bool is_success(const struct scp_cmtrace_entry *e, enum scp_exchange exchange, uint32_t own)
{
    if (exchange == SCP_EXCHANGE_DOWNLOADER)
        return (own & DOWNLOADED) != 0 || ((own & 1U << STATE_4) != 0 && is_state_4(e));
    return exchange == SCP_EXCHANGE_UPLOADER && (own & UPLOADED) != 0;
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
    struct scp_net_seen seen;

    note_component(reader, e->component, e->component_n);
    r->symptom = SCP_SYMPTOMS;
    r->reason = SCP_NET_NOTHING;
    r->refusal = SCP_NET_WHY_REVOKED;
    r->http_status = 0;
    r->of_scp = reader->of_scp;
    r->exchange = reader->exchange;
    r->success = false;
    r->is_message = scp_statusmsg_is_line(e->text, e->n) && scp_statusmsg_of_line(e->text, e->n, &r->message);
    if (r->is_message)
        return;
    seen = scp_net_look(reader->words, e->text, e->n);
    r->symptom = of_signing(e->text, e->n, seen.own);
    if (r->symptom == SCP_SYMPTOMS && r->of_scp)
        r->symptom = of_network(e, seen.by_words, r);
    r->success = r->symptom == SCP_SYMPTOMS && is_success(e, r->exchange, seen.own);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "base/text.h"

#include <string.h>

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

static bool of_scp(const struct scp_cmtrace_entry *e)
{
    static const char *const BEGINNINGS[] = { "SMS_DMP_", "SMS_SERVICE_CONNECTOR", "SMS_CLOUD", "SMS_OUTGOING_CONTENT",
                                              "SMS_AZUREAD" };
    static const char *const PARTS[] = { "CMGateway", "EndpointConnectivity", "ServiceConnectionTool", "dmpuploader",
                                         "dmpdownloader" };

    if (e->component_n == 0)
        return true;
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof BEGINNINGS[0]; i++) {
        if (begins(e->component, e->component_n, BEGINNINGS[i]))
            return true;
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        if (holds(e->component, e->component_n, PARTS[i]))
            return true;
    }
    return false;
}

static enum scp_exchange exchange_of(const struct scp_cmtrace_entry *e)
{
    if (begins(e->component, e->component_n, "SMS_DMP_UPLOADER"))
        return SCP_EXCHANGE_UPLOADER;
    return begins(e->component, e->component_n, "SMS_DMP_DOWNLOADER") ? SCP_EXCHANGE_DOWNLOADER : SCP_EXCHANGES;
}

/* --- What? --- */

/* Configuration Manager's own words are English in every language of the product. */
static enum scp_symptom of_signing(const char *p, size_t n)
{
    if (!scp_net_contains(p, n, "service signing certificate") ||
        (!scp_net_contains(p, n, "Failed to check and load") && !scp_net_contains(p, n, "System.ArgumentException")))
        return SCP_SYMPTOMS;
    if (scp_net_contains(p, n, "Fail to build chain"))
        return SCP_SYMPTOM_CHAIN;
    return scp_net_contains(p, n, "Mismatch certificate subject name") ? SCP_SYMPTOM_NAME : SCP_SYMPTOM_SIGNING;
}

/* A database that is not reached is no exchange with the cloud. */
static enum scp_symptom of_network(const struct scp_cmtrace_entry *e, struct scp_log_reading *r)
{
    r->reason = scp_net_class_of(e->text, e->n, &r->http_status);
    if (r->reason == SCP_NET_NOTHING || scp_net_contains(e->text, e->n, "SqlException"))
        return SCP_SYMPTOMS;
    if (r->reason == SCP_NET_CERTIFICATE || r->reason == SCP_NET_CHANNEL) {
        r->refusal = scp_net_refusal_of(e->text, e->n);
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

/* The downloader's are documented; the uploader's are not, what is here is [K]: what it says when something went out. */
static bool is_success(const struct scp_cmtrace_entry *e, enum scp_exchange exchange)
{
    static const char *const DOWNLOADED[] = { "Manifest.cab was successfully moved to the connector outbox",
                                              "Successfully Dropped the state message 4" };
    static const char *const UPLOADED[] = { "successfully uploaded", "uploaded successfully", "upload succeeded",
                                            "successfully sent" };

    for (size_t i = 0; exchange == SCP_EXCHANGE_DOWNLOADER && i < sizeof DOWNLOADED / sizeof DOWNLOADED[0]; i++) {
        const char *more = find(e->text, e->n, DOWNLOADED[i]);

        /* "… message 40" is another one. */
        if (more != NULL && (more == e->text + e->n || *more < '0' || *more > '9'))
            return true;
    }
    for (size_t i = 0; exchange == SCP_EXCHANGE_UPLOADER && i < sizeof UPLOADED / sizeof UPLOADED[0]; i++) {
        if (holds(e->text, e->n, UPLOADED[i]))
            return true;
    }
    return false;
}

struct scp_log_reading scp_log_read_entry(const struct scp_cmtrace_entry *e)
{
    struct scp_log_reading r = { .symptom = SCP_SYMPTOMS, .exchange = exchange_of(e), .of_scp = of_scp(e) };

    r.is_message = scp_statusmsg_of_line(e->text, e->n, &r.message);
    if (r.is_message)
        return r;
    r.symptom = of_signing(e->text, e->n);
    if (r.symptom == SCP_SYMPTOMS && r.of_scp)
        r.symptom = of_network(e, &r);
    r.success = r.symptom == SCP_SYMPTOMS && is_success(e, r.exchange);
    return r;
}

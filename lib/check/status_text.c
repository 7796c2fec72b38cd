/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status.h"

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
    if (r->reason == SCP_NET_CERTIFICATE || r->reason == SCP_NET_CHANNEL)
        return SCP_SYMPTOM_TLS;
    if (r->exchange == SCP_EXCHANGES)
        return holds(e->component, e->component_n, "download") || holds(e->text, e->n, "download") ? SCP_SYMPTOM_DOWNLOAD
                                                                                                  : SCP_SYMPTOM_UPLOAD;
    return r->exchange == SCP_EXCHANGE_DOWNLOADER ? SCP_SYMPTOM_DOWNLOAD : SCP_SYMPTOM_UPLOAD;
}

/* The downloader's are documented; the uploader's are not: what it says when something went out. */
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

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/capi2.h"

#include "base/num.h"
#include "base/utc.h"
#include "codec/text/scan.h"
#include "codec/text/xml.h"

#include <string.h>

#define PROVIDER "Microsoft-Windows-CAPI2"
#define SYSTEM "Event/System/"
#define DATA "Event/UserData/"

struct work {
    struct scp_xml x;
    struct scp_capi2 *out;
    bool provider, channel, id; /* seen */
    size_t functions, chains;   /* elements of UserData, of the first function's chains */
    unsigned number;            /* the event's */
};

static const struct {
    enum scp_capi2_kind kind;
    const char *path;
} FUNCTION[] = { { SCP_CAPI2_CHAIN, DATA "CertGetCertificateChain" },
                 { SCP_CAPI2_POLICY, DATA "CertVerifyCertificateChainPolicy" },
                 { SCP_CAPI2_REVOCATION, DATA "CertVerifyRevocation" },
                 { SCP_CAPI2_RETRIEVAL, DATA "CryptRetrieveObjectByUrlWire" } };

static int malformed(const char *what, struct scp_err *err)
{
    return scp_err_set(err, SCP_ERR_FORMAT, "%s", what);
}

/* --- What the system says --- */

static int read_provider(struct work *w, struct scp_err *err)
{
    char name[64];

    if (w->provider)
        return malformed("two providers", err);
    w->provider = true;
    if (scp_xml_attribute(&w->x, "Name", name, sizeof name, err) < 0)
        return -1;
    return strcmp(name, PROVIDER) == 0 ? 0 : malformed("an event of another provider", err);
}

static int read_time(struct work *w, struct scp_err *err)
{
    char text[64];
    struct scp_scan_time t = { 0 };
    struct scp_scan s;

    if (w->out->at != SCP_UTC_UNKNOWN)
        return malformed("two times", err);
    if (scp_xml_attribute(&w->x, "SystemTime", text, sizeof text, err) < 0)
        return -1;
    s = (struct scp_scan){ text, strlen(text) };
    return scp_scan(&s, "YYYY-MM-DDThh:mm:ss", &t) && scp_scan_fraction(&s) && s.n == 1 && s.p[0] == 'Z' &&
                   scp_scan_utc(&t, &w->out->at)
               ? 0
               : malformed("no time in UTC", err);
}

static int read_account(struct work *w, struct scp_err *err)
{
    if (w->out->account[0] != '\0')
        return malformed("two accounts", err);
    return scp_xml_attribute(&w->x, "UserID", w->out->account, sizeof w->out->account, err) < 0 ? -1 : 0;
}

static int read_process(struct work *w, struct scp_err *err)
{
    char text[16];
    uint64_t number = 0;
    int found = scp_xml_attribute(&w->x, "ProcessID", text, sizeof text, err);

    if (found < 0 || (found > 0 && scp_num_u64(text, strlen(text), UINT32_MAX, &number, err) != 0))
        return -1;
    w->out->process = (uint32_t)number;
    return 0;
}

static int read_number(struct work *w, struct scp_err *err)
{
    char text[8];
    uint64_t number;

    if (w->id)
        return malformed("two numbers of an event", err);
    w->id = true;
    if (scp_xml_decode(&w->x.text, text, sizeof text, err) != 0 || scp_num_u64(text, strlen(text), 65535, &number, err) != 0)
        return -1;
    w->number = (unsigned)number;
    return 0;
}

static int read_channel(struct work *w, struct scp_err *err)
{
    char text[128];

    if (w->channel)
        return malformed("two channels", err);
    w->channel = true;
    if (scp_xml_decode(&w->x.text, text, sizeof text, err) != 0)
        return -1;
    return strcmp(text, SCP_CAPI2_CHANNEL) == 0 ? 0 : malformed("an event of another channel", err);
}

/* --- What the event says --- */

static int read_certificate(struct work *w, struct scp_capi2_certificate *out, struct scp_err *err)
{
    char file[80];
    size_t n;

    if (scp_xml_attribute(&w->x, "fileRef", file, sizeof file, err) < 0 ||
        scp_xml_attribute(&w->x, "subjectName", out->subject, sizeof out->subject, err) < 0)
        return -1;
    n = strlen(file);
    if (n == 0)
        return 0;
    out->known = n > 4 && strcmp(file + n - 4, ".cer") == 0 && scp_num_hex(file, n - 4, out->sha1, sizeof out->sha1, NULL) == 0;
    return out->known ? 0 : malformed("a fileRef that is no thumbprint", err);
}

static int read_subject(struct work *w, struct scp_err *err)
{
    if (w->out->subject.known)
        return malformed("two certificates", err);
    return read_certificate(w, &w->out->subject, err);
}

static int read_issuer(struct work *w, struct scp_err *err)
{
    if (w->out->issuer.known)
        return malformed("two issuers", err);
    return read_certificate(w, &w->out->issuer, err);
}

static int begin_chain(struct work *w, struct scp_err *err)
{
    (void)err;
    w->chains++;
    return 0;
}

static int read_element(struct work *w, struct scp_err *err)
{
    if (w->chains != 1)
        return 0;
    if (w->out->n == SCP_CAPI2_CHAIN_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d certificates in a chain", SCP_CAPI2_CHAIN_MAX);
    return read_certificate(w, &w->out->chain[w->out->n++], err);
}

static int read_program(struct work *w, struct scp_err *err)
{
    if (w->out->program[0] != '\0')
        return malformed("two programs", err);
    return scp_xml_attribute(&w->x, "ProcessName", w->out->program, sizeof w->out->program, err) < 0 ? -1 : 0;
}

/* "80092013", "2EE7", "0x800B0101", "0" */
static bool read_hex(const char *s, uint32_t *out)
{
    size_t n;

    s += s[0] == '0' && (s[1] == 'x' || s[1] == 'X') ? 2 : 0;
    n = strlen(s);
    *out = 0;
    for (size_t i = 0; i < n && n <= 8; i++) {
        int digit = scp_num_hex_digit(s[i]);

        if (digit < 0)
            return false;
        *out = *out << 4 | (uint32_t)digit;
    }
    return n > 0 && n <= 8;
}

static int read_result(struct work *w, struct scp_err *err)
{
    char text[16];

    if (w->out->has_result)
        return malformed("two results", err);
    if (scp_xml_attribute(&w->x, "value", text, sizeof text, err) < 0)
        return -1;
    w->out->has_result = read_hex(text, &w->out->result);
    return w->out->has_result ? 0 : malformed("a result that is no number", err);
}

static int read_url(struct work *w, struct scp_err *err)
{
    if (w->out->url[0] != '\0')
        return malformed("two addresses", err);
    return scp_xml_decode(&w->x.text, w->out->url, sizeof w->out->url, err);
}

/* --- The whole --- */

/* Paths of elements, those of a function's below it. */
static const struct row {
    const char *path;
    enum scp_xml_item item;
    int (*read)(struct work *w, struct scp_err *err);
} SYSTEM_ROW[] = { { SYSTEM "Provider", SCP_XML_ELEMENT, read_provider }, { SYSTEM "TimeCreated", SCP_XML_ELEMENT, read_time },
                   { SYSTEM "Security", SCP_XML_ELEMENT, read_account },  { SYSTEM "Execution", SCP_XML_ELEMENT, read_process },
                   { SYSTEM "EventID", SCP_XML_TEXT, read_number },       { SYSTEM "Channel", SCP_XML_TEXT, read_channel } },
  FUNCTION_ROW[] = { { "/Certificate", SCP_XML_ELEMENT, read_subject },
                     { "/IssuerCertificate", SCP_XML_ELEMENT, read_issuer },
                     { "/CertificateChain", SCP_XML_ELEMENT, begin_chain },
                     { "/CertificateChain/ChainElement/Certificate", SCP_XML_ELEMENT, read_element },
                     { "/EventAuxInfo", SCP_XML_ELEMENT, read_program },
                     { "/Result", SCP_XML_ELEMENT, read_result },
                     { "/URL", SCP_XML_TEXT, read_url } };

static int read_row(struct work *w, const struct row *row, size_t rows, const char *path, enum scp_xml_item item,
                    struct scp_err *err)
{
    for (size_t i = 0; i < rows; i++) {
        if (row[i].item == item && strcmp(row[i].path, path) == 0)
            return row[i].read(w, err);
    }
    return 0;
}

static int read_item(struct work *w, enum scp_xml_item item, struct scp_err *err)
{
    const char *path = w->x.path;

    if (strncmp(path, SYSTEM, sizeof SYSTEM - 1) == 0)
        return read_row(w, SYSTEM_ROW, sizeof SYSTEM_ROW / sizeof SYSTEM_ROW[0], path, item, err);
    for (size_t i = 0; i < sizeof FUNCTION / sizeof FUNCTION[0]; i++) {
        size_t n = strlen(FUNCTION[i].path);

        if (strncmp(path, FUNCTION[i].path, n) != 0 || (path[n] != '\0' && path[n] != '/'))
            continue;
        w->out->kind = FUNCTION[i].kind;
        w->functions += path[n] == '\0' && item == SCP_XML_ELEMENT;
        return read_row(w, FUNCTION_ROW, sizeof FUNCTION_ROW / sizeof FUNCTION_ROW[0], path + n, item, err);
    }
    return 0;
}

static int settle(struct work *w, struct scp_err *err)
{
    struct scp_capi2 *out = w->out;
    bool other = true;

    if (!w->provider || !w->channel || !w->id || out->at == SCP_UTC_UNKNOWN)
        return malformed("no event of " SCP_CAPI2_CHANNEL, err);
    for (size_t i = 0; i < sizeof FUNCTION / sizeof FUNCTION[0]; i++)
        other = other && w->number != (unsigned)FUNCTION[i].kind;
    if (other) {
        memset(out, 0, sizeof *out);
        return 0;
    }
    return w->functions == 1 && (unsigned)out->kind == w->number ? 0 : malformed("what the event tells is not of its number", err);
}

int scp_capi2_parse(const char *p, size_t n, struct scp_capi2 *out, struct scp_err *err)
{
    struct work w = { .out = out };
    enum scp_xml_item item;

    memset(out, 0, sizeof *out);
    out->at = SCP_UTC_UNKNOWN;
    if (n > SCP_CAPI2_BYTES_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "an event of more than %d bytes", SCP_CAPI2_BYTES_MAX);
    scp_xml_init(&w.x, p, n);
    do {
        if (scp_xml_next(&w.x, &item, err) != 0)
            return -1;
        if ((item == SCP_XML_ELEMENT || item == SCP_XML_TEXT) && read_item(&w, item, err) != 0)
            return -1;
    } while (item != SCP_XML_END);
    return settle(&w, err);
}

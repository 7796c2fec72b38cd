/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/sniff.h"

#include "base/text.h"
#include "codec/registry/regf.h"
#include "codec/trustlist/sst.h"

#include <string.h>

enum { HEAD = 128 };

static bool starts(const char *p, size_t n, const char *with)
{
    size_t length = strlen(with);

    return n >= length && scp_text_caseeq(p, length, with, length);
}

/* Text as registry exports and `reg query` begin; `p` is ASCII with blank lines skipped. */
static bool is_registry_text(const char *p, size_t n)
{
    static const char *const BEGINNINGS[] = { "Windows Registry Editor", "REGEDIT4", "HKEY_", "HKLM\\", "HKCU\\", "HKU\\" };

    while (n > 0 && (*p == '\r' || *p == '\n' || *p == ' ')) {
        p++;
        n--;
    }
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof BEGINNINGS[0]; i++) {
        if (starts(p, n, BEGINNINGS[i]))
            return true;
    }
    return false;
}

/* The first characters as ASCII, whatever the encoding: every second byte of UTF-16, behind any BOM. */
static size_t ascii_head(const uint8_t *p, size_t n, char out[HEAD])
{
    size_t step = 1, i = 0, put = 0;

    if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE) {
        step = 2;
        i = 2;
    } else if (n >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) {
        i = 3;
    } else if (n >= 4 && p[0] != 0 && p[1] == 0 && p[2] != 0 && p[3] == 0) {
        step = 2;
    }
    for (; i < n && put < HEAD; i += step)
        out[put++] = (char)p[i];
    return put;
}

static bool has_pem(const uint8_t *p, size_t n)
{
    static const char MARK[] = "-----BEGIN";

    for (size_t i = 0; i + sizeof MARK - 1 <= n && i < (64U << 10); i++) {
        if (p[i] == '-' && memcmp(p + i, MARK, sizeof MARK - 1) == 0)
            return true;
    }
    return false;
}

/* A DER or BER SEQUENCE; with the OID of signedData near the front it is PKCS#7. */
static enum scp_sniff sniff_der(const uint8_t *p, size_t n)
{
    static const uint8_t SIGNED_DATA[] = { 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02 };

    if (n < 4 || p[0] != 0x30)
        return SCP_SNIFF_UNKNOWN;
    for (size_t i = 2; i <= 9 && i + sizeof SIGNED_DATA <= n; i++) {
        if (memcmp(p + i, SIGNED_DATA, sizeof SIGNED_DATA) == 0)
            return SCP_SNIFF_PKCS7;
    }
    return p[1] >= 0x81 && p[1] <= 0x84 ? SCP_SNIFF_DER : SCP_SNIFF_UNKNOWN;
}

enum scp_sniff scp_sniff(const uint8_t *p, size_t n)
{
    char head[HEAD];
    size_t head_n;

    if (n == 0)
        return SCP_SNIFF_EMPTY;
    if (scp_regf_is(p, n))
        return SCP_SNIFF_HIVE;
    if (scp_sst_is(p, n))
        return SCP_SNIFF_SST;
    if (n >= 4 && memcmp(p, "MSCF", 4) == 0)
        return SCP_SNIFF_CABINET;
    head_n = ascii_head(p, n, head);
    if (is_registry_text(head, head_n))
        return SCP_SNIFF_REGTEXT;
    if (has_pem(p, n))
        return SCP_SNIFF_PEM;
    return sniff_der(p, n);
}

const char *scp_sniff_name(enum scp_sniff s)
{
    switch (s) {
    case SCP_SNIFF_EMPTY: return "an empty file";
    case SCP_SNIFF_HIVE: return "a registry hive";
    case SCP_SNIFF_REGTEXT: return "registry text";
    case SCP_SNIFF_SST: return "a serialized certificate store";
    case SCP_SNIFF_CABINET: return "a cabinet";
    case SCP_SNIFF_PEM: return "PEM text";
    case SCP_SNIFF_PKCS7: return "PKCS#7 data";
    case SCP_SNIFF_DER: return "DER data";
    case SCP_SNIFF_UNKNOWN: break;
    }
    return "nothing known";
}

/* What browsers take for HTML (WHATWG MIME Sniffing, section 7.1), as far as it stands in for other answers. */
static bool is_html(const char *p, size_t n)
{
    static const char *const BEGINNINGS[] = {
        "<!doctype", "<html", "<head", "<body", "<script", "<title", "<meta", "<?xml", "<!--",
    };

    while (n > 0 && (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')) {
        p++;
        n--;
    }
    for (size_t i = 0; i < sizeof BEGINNINGS / sizeof BEGINNINGS[0]; i++) {
        if (starts(p, n, BEGINNINGS[i]))
            return true;
    }
    return false;
}

static bool is_plain_text(const char *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)p[i] < ' ' && p[i] != '\t' && p[i] != '\r' && p[i] != '\n')
            return false;
    }
    return true;
}

const char *scp_sniff_answer(const uint8_t *p, size_t n)
{
    char head[HEAD];
    size_t head_n;

    if (n == 0)
        return NULL;
    head_n = ascii_head(p, n, head);
    if (is_html(head, head_n))
        return "HTML";
    switch (scp_sniff(p, n)) {
    case SCP_SNIFF_PEM: return "PEM text instead of DER";
    case SCP_SNIFF_CABINET: return "a cabinet";
    case SCP_SNIFF_PKCS7: return "PKCS#7 data";
    case SCP_SNIFF_SST: return "a serialized certificate store";
    default: break;
    }
    /* '0' is also the tag of a SEQUENCE. */
    if (is_plain_text(head, head_n) && (p[0] != 0x30 || n >= 4))
        return "text";
    return p[0] == 0x30 ? NULL : "binary data of another kind";
}

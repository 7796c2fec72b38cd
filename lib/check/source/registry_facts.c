/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/source/registry_facts.h"

#include "base/num.h"
#include "base/reader.h"
#include "base/text.h"
#include "base/utc.h"
#include "codec/registry/certblob.h"
#include "codec/x509/certificate.h"
#include "windows/paths.h"
#include "windows/update_policy.h"

#include <stdio.h>
#include <string.h>

enum { PATH_TEXT = 1024 };

/* The values that the suite knows: below a machine's or a user's root. */
struct known_value {
    bool user;        /* also looked for below users' roots */
    const char *path; /* below HKLM, or below the user's root */
    const char *name;
};

#define AUTOUPDATE "SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate"
#define POLICY "SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\"
#define CHAIN "SOFTWARE\\Microsoft\\Cryptography\\OID\\EncodingType 0\\CertDllCreateCertificateChainEngine\\Config"

static const struct known_value VALUES[] = {
    { true, AUTOUPDATE, "LastSyncTime" },
    { true, AUTOUPDATE, "DisallowedCertLastSyncTime" },
    { true, AUTOUPDATE, "PinRulesLastSyncTime" },
    { true, AUTOUPDATE, "EncodedCtl" },
    { true, AUTOUPDATE, "DisallowedCertEncodedCtl" },
    { true, AUTOUPDATE, "PinRulesEncodedCtl" },
    { true, AUTOUPDATE, "SyncDeltaTime" },
    { true, AUTOUPDATE, "DisallowedCertSyncDeltaTime" },
    { true, AUTOUPDATE, "PinRulesSyncDeltaTime" },
    { true, AUTOUPDATE, "RootDirUrl" },
    { true, AUTOUPDATE, "SyncFromDirUrl" },
    { true, AUTOUPDATE, "Flags" },
    { true, POLICY "AuthRoot", "DisableRootAutoUpdate" },
    { true, POLICY "AuthRoot", "EnableDisallowedCertAutoUpdate" },
    { true, POLICY "AuthRoot", "DisablePinRulesAutoUpdate" },
    { true, POLICY "Root\\ProtectedRoots", "Flags" },
    { false, POLICY "ChainEngine\\Config", "Options" },
    { false, POLICY "ChainEngine\\Config", "DisableAIAUrlRetrieval" },
    { false, POLICY "ChainEngine\\Config", "MaxAIAUrlRetrievalCountPerChain" },
    { false, CHAIN, "MinRsaPubKeyBitLength" },
    { false, CHAIN, "ChainCacheResyncFiletime" },
    { false, CHAIN, "ChainUrlRetrievalTimeoutMilliseconds" },
    { false, CHAIN, "ChainRevAccumulativeUrlRetrievalTimeoutMilliseconds" },
    { false, POLICY "ChainEngine\\Config", "ChainUrlRetrievalTimeoutMilliseconds" },
    { false, POLICY "ChainEngine\\Config", "ChainRevAccumulativeUrlRetrievalTimeoutMilliseconds" },
    { false, "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Setup\\OC Manager\\Subcomponents", "RootAutoUpdate" },
    { false, "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentBuild" },
    { false, "SYSTEM\\CurrentControlSet\\Services\\CryptSvc", "Start" },
};

/*
 * Keys of the machine are named below their root, those of users carry it: "HKEY_USERS\S-1-5-18\Software\…".
 */
static void shown_path(const struct scp_registry_key *k, char *out, size_t size)
{
    static const struct {
        const char *shortly, *fully;
    } ROOTS[] = {
        { "HKLM\\", "" },
        { "HKU\\", "HKEY_USERS\\" },
        { "HKCU\\", "HKEY_CURRENT_USER\\" },
    };
    char path[PATH_TEXT];

    (void)scp_registry_key_path(k, path, sizeof path);
    for (size_t i = 0; i < sizeof ROOTS / sizeof ROOTS[0]; i++) {
        size_t n = strlen(ROOTS[i].shortly);

        if (strncmp(path, ROOTS[i].shortly, n) == 0) {
            (void)snprintf(out, size, "%s%s", ROOTS[i].fully, path + n);
            return;
        }
    }
    (void)snprintf(out, size, "%s", path);
}

static void put_hash(struct scp_json *j, const char *key, const uint8_t *p, size_t n)
{
    char hex[2 * SCP_SHA256_LEN + 1];

    scp_num_to_hex(p, n, hex);
    scp_json_text(j, key, hex);
}

/* What could not be told is left out, unless memory ran out: then the whole is nothing. */
static void starve_if_memory(struct scp_json *j, const struct scp_err *err)
{
    if (err->code == SCP_ERR_MEMORY)
        scp_buf_starve(j->out);
}

static void put_certificate(struct scp_json *j, const struct scp_registry_key *k, const struct scp_certblob *blob)
{
    const char *name = scp_registry_key_name(k);
    uint8_t sha1[SCP_SHA1_LEN] = { 0 }, sha256[SCP_SHA256_LEN] = { 0 }, named[SCP_SHA1_LEN];
    struct scp_err err = SCP_ERR_INIT;
    char time[SCP_UTC_TEXT];
    struct scp_certificate c;

    scp_json_open(j, NULL, '{');
    scp_json_text(j, "key", name);
    (void)scp_certificate_sha1(blob->der, blob->der_len, sha1, &err);
    (void)scp_certificate_sha256(blob->der, blob->der_len, sha256, &err);
    put_hash(j, "sha1", sha1, sizeof sha1);
    put_hash(j, "sha256", sha256, sizeof sha256);
    if (scp_certificate_parse(blob->der, blob->der_len, &c, &err) == 0) {
        scp_utc_format(c.not_after, time);
        scp_json_text(j, "subject", c.name);
        scp_json_text(j, "not_after", time);
        scp_certificate_free(&c);
    } else {
        scp_json_null(j, "subject");
        scp_json_null(j, "not_after");
    }
    starve_if_memory(j, &err);
    scp_json_bool(j, "key_matches",
                  scp_num_hex(name, strlen(name), named, sizeof named, NULL) == 0 && memcmp(named, sha1, sizeof named) == 0);
    scp_json_open(j, "properties", '[');
    for (size_t i = 0; i < blob->props; i++)
        scp_json_integer(j, NULL, blob->prop[i].id);
    scp_json_close(j, ']');
    scp_json_close(j, '}');
}

/* An entry of a store; `anomalies` instead of `stores` when it holds no certificate. */
static bool entry_blob(const struct scp_registry_key *k, struct scp_certblob *blob, struct scp_err *why)
{
    const struct scp_registry_value *v = scp_registry_key_value(k, "Blob");

    *blob = (struct scp_certblob){ 0 };
    if (v == NULL || v->len == 0 || v->type != SCP_REG_BINARY) {
        (void)scp_err_set(why, SCP_ERR_FORMAT,
                          v == NULL     ? "no Blob value"
                          : v->len == 0 ? "an empty Blob value"
                                        : "the Blob value is not REG_BINARY");
        return false;
    }
    if (scp_certblob_parse(v->data, v->len, blob, why) != 0)
        return false;
    if (blob->element == SCP_CERTPROP_CERT)
        return true;
    (void)scp_err_set(why, SCP_ERR_FORMAT, "the blob holds no certificate");
    scp_certblob_free(blob);
    return false;
}

static void put_store(struct scp_json *j, const struct scp_registry_key *store, bool anomalies)
{
    const struct scp_registry_key *k = scp_registry_child(store, "Certificates");
    char path[PATH_TEXT], text[PATH_TEXT + 600];
    bool open = false;

    for (k = k != NULL ? scp_registry_first_child(k) : NULL; k != NULL; k = scp_registry_next_sibling(k)) {
        struct scp_err why = SCP_ERR_INIT;
        struct scp_certblob blob;

        if (scp_registry_key_unread(k))
            continue;
        if (!entry_blob(k, &blob, &why)) {
            starve_if_memory(j, &why);
            shown_path(k, path, sizeof path);
            (void)snprintf(text, sizeof text, "%s: %s", path, why.message);
            if (anomalies)
                scp_json_text(j, NULL, text);
            continue;
        }
        if (!anomalies && !open) {
            shown_path(store, path, sizeof path);
            scp_json_open(j, path, '[');
            open = true;
        }
        if (!anomalies)
            put_certificate(j, k, &blob);
        scp_certblob_free(&blob);
    }
    if (open)
        scp_json_close(j, ']');
}

static void put_stores_below(struct scp_json *j, const struct scp_registry *r, const char *base, bool anomalies)
{
    const struct scp_registry_key *k = NULL;

    if (scp_registry_find(r, base, &k) != SCP_PRESENT)
        return;
    for (k = scp_registry_first_child(k); k != NULL; k = scp_registry_next_sibling(k))
        put_store(j, k, anomalies);
}

/* Calls for each user's root, in canonical spelling: "HKCU", "HKU\S-1-5-18", … */
static void each_user(const struct scp_registry *r,
                      void (*what)(struct scp_json *, const struct scp_registry *, const char *, bool), struct scp_json *j,
                      bool anomalies)
{
    const struct scp_registry_key *k = scp_registry_child(scp_registry_root(r), "HKU");
    char root[PATH_TEXT];

    what(j, r, "HKCU", anomalies);
    for (k = k != NULL ? scp_registry_first_child(k) : NULL; k != NULL; k = scp_registry_next_sibling(k)) {
        (void)snprintf(root, sizeof root, "HKU\\%s", scp_registry_key_name(k));
        what(j, r, root, anomalies);
    }
}

static void put_user_stores(struct scp_json *j, const struct scp_registry *r, const char *root, bool anomalies)
{
    char base[PATH_TEXT + 64];

    (void)snprintf(base, sizeof base, "%s\\" SCP_PATH_USER_CERTIFICATES, root);
    put_stores_below(j, r, base, anomalies);
    (void)snprintf(base, sizeof base, "%s\\" SCP_PATH_USER_POLICY_CERTIFICATES, root);
    put_stores_below(j, r, base, anomalies);
}

static void put_all_stores(struct scp_json *j, const struct scp_registry *r, bool anomalies)
{
    put_stores_below(j, r, SCP_PATH_SYSTEM_CERTIFICATES, anomalies);
    put_stores_below(j, r, SCP_PATH_POLICY_CERTIFICATES, anomalies);
    put_stores_below(j, r, SCP_PATH_ENTERPRISE_CERTIFICATES, anomalies);
    each_user(r, put_user_stores, j, anomalies);
}

static void put_binary(struct scp_json *j, const char *path, const struct scp_registry_value *v)
{
    uint8_t sha256[SCP_SHA256_LEN] = { 0 };
    struct scp_err err = SCP_ERR_INIT;
    char time[SCP_UTC_TEXT];
    int64_t t;

    scp_json_open(j, path, '{');
    scp_json_integer(j, "length", (int64_t)v->len);
    (void)scp_certificate_sha256(v->data, v->len, sha256, &err);
    starve_if_memory(j, &err);
    put_hash(j, "sha256", sha256, sizeof sha256);
    if (v->len == 8 && scp_utc_from_filetime(scp_le64(v->data), &t)) {
        scp_utc_format(t, time);
        scp_json_text(j, "filetime", time);
    }
    scp_json_close(j, '}');
}

static void put_value(struct scp_json *j, const char *path, const struct scp_registry_value *v)
{
    struct scp_buf text;

    if (v->type == SCP_REG_DWORD && v->len == 4) {
        scp_json_integer(j, path, scp_le32(v->data));
        return;
    }
    if (v->type != SCP_REG_SZ && v->type != SCP_REG_EXPAND_SZ) {
        put_binary(j, path, v);
        return;
    }
    scp_buf_init(&text, 1 << 20);
    if (scp_text_utf16le(v->data, v->len, &text, NULL) == 0 && !text.failed) {
        if (text.p != NULL)
            scp_update_source_hide(text.p);
        scp_json_text(j, path, scp_buf_text(&text));
    } else {
        put_binary(j, path, v);
    }
    if (text.starved)
        scp_buf_starve(j->out);
    scp_buf_free(&text);
}

/* Known values below a root; users have their own copies of some. */
static void put_values(struct scp_json *j, const struct scp_registry *r, const char *root, bool machine)
{
    for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
        const struct scp_registry_key *k = NULL;
        const struct scp_registry_value *v;
        char path[PATH_TEXT], shown[2 * PATH_TEXT];

        if (!machine && !VALUES[i].user)
            continue;
        (void)snprintf(shown, sizeof shown, "%s\\%s", root, VALUES[i].path);
        if (scp_registry_find(r, shown, &k) != SCP_PRESENT || (v = scp_registry_key_value(k, VALUES[i].name)) == NULL)
            continue;
        shown_path(k, path, sizeof path);
        (void)snprintf(shown, sizeof shown, "%s\\%s", path, VALUES[i].name);
        put_value(j, shown, v);
    }
}

static void put_user_values(struct scp_json *j, const struct scp_registry *r, const char *root, bool unused)
{
    (void)unused;
    put_values(j, r, root, false);
}

/* CryptSvc's rights on the keys of the update. */
static void put_access(struct scp_json *j, const struct scp_registry *r)
{
    struct scp_update_access a;

    scp_update_access_read(r, &a);
    scp_json_open(j, "update_access", '{');
    if (a.state == SCP_ACCESS_UNTOLD)
        scp_json_null(j, "may_write");
    else
        scp_json_bool(j, "may_write", a.state == SCP_ACCESS_GRANTED);
    if (a.state == SCP_ACCESS_REFUSED) {
        scp_json_text(j, "key", a.key);
        scp_json_text(j, "refused_to", a.refused_to);
        scp_json_bool(j, "inherits", !a.alone);
    }
    scp_json_close(j, '}');
}

void scp_registry_facts_put(struct scp_json *j, const struct scp_registry *r)
{
    scp_json_open(j, "stores", '{');
    put_all_stores(j, r, false);
    scp_json_close(j, '}');
    scp_json_open(j, "values", '{');
    put_values(j, r, "HKLM", true);
    each_user(r, put_user_values, j, false);
    scp_json_close(j, '}');
    put_access(j, r);
    scp_json_open(j, "anomalies", '[');
    for (size_t i = 0; i < scp_registry_anomalies(r) && i < SCP_REGISTRY_ANOMALIES_MAX; i++)
        scp_json_text(j, NULL, scp_registry_anomaly(r, i));
    put_all_stores(j, r, true);
    scp_json_close(j, ']');
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/update_policy.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/reader.h"
#include "base/text.h"
#include "base/utc.h"
#include "windows/paths.h"

#include <stdio.h>

enum { FLAG_USER_ROOTS_OFF = 0x1, FLAG_AUTHROOT_OFF = 0x8, SERVICE_DISABLED = 4, WINDOWS_10_BUILD = 10240 };

static struct scp_policy_number number(const struct scp_registry *r, const char *path, const char *name)
{
    struct scp_policy_number n = { SCP_ABSENT, false, 0 };

    n.presence = scp_registry_dword(r, path, name, &n.value, &n.wrong_type);
    if (n.presence != SCP_PRESENT || n.wrong_type)
        n.value = 0;
    return n;
}

static struct scp_policy_time filetime(const struct scp_registry *r, const char *name)
{
    struct scp_policy_time t = { SCP_ABSENT, false, SCP_UTC_UNKNOWN };
    const struct scp_registry_value *v = NULL;

    t.presence = scp_registry_value(r, SCP_PATH_AUTOUPDATE, name, &v);
    if (t.presence == SCP_PRESENT)
        t.malformed = v->type != SCP_REG_BINARY || v->len != 8 || !scp_utc_from_filetime(scp_le64(v->data), &t.at);
    return t;
}

static struct scp_policy_list list(const struct scp_registry *r, const char *name)
{
    struct scp_policy_list l = { SCP_ABSENT, NULL, 0 };
    const struct scp_registry_value *v = NULL;

    l.presence = scp_registry_value(r, SCP_PATH_AUTOUPDATE, name, &v);
    if (l.presence == SCP_PRESENT) {
        l.p = v->data;
        l.n = v->len;
    }
    return l;
}

/* A REG_SZ as UTF-8; "" where it is not text or too long. */
static void text_of(const struct scp_registry_value *v, char *out, size_t size)
{
    struct scp_buf b;

    out[0] = '\0';
    if (v->type != SCP_REG_SZ && v->type != SCP_REG_EXPAND_SZ)
        return;
    scp_buf_init(&b, size - 1);
    if (scp_text_utf16le(v->data, v->len, &b, NULL) == 0 && !b.failed)
        (void)snprintf(out, size, "%s", scp_buf_text(&b));
    scp_buf_free(&b);
}

static uint32_t build_of(const struct scp_registry *r)
{
    const struct scp_registry_value *v = NULL;
    char text[32];
    uint64_t build = 0;
    size_t n = 0;

    if (scp_registry_value(r, SCP_PATH_WINDOWS_VERSION, "CurrentBuild", &v) != SCP_PRESENT)
        return 0;
    text_of(v, text, sizeof text);
    while (text[n] != '\0')
        n++;
    return scp_num_u64(text, n, UINT32_MAX, &build, NULL) == 0 ? (uint32_t)build : 0;
}

void scp_update_policy_read(const struct scp_registry *r, struct scp_update_policy *out)
{
    const struct scp_registry_value *url = NULL;

    *out = (struct scp_update_policy){
        .disable_root_auto_update = number(r, SCP_PATH_AUTOUPDATE_POLICY, "DisableRootAutoUpdate"),
        .enable_disallowed_auto_update = number(r, SCP_PATH_AUTOUPDATE_POLICY, "EnableDisallowedCertAutoUpdate"),
        .disable_pin_rules_auto_update = number(r, SCP_PATH_AUTOUPDATE_POLICY, "DisablePinRulesAutoUpdate"),
        .auto_update_flags = number(r, SCP_PATH_AUTOUPDATE, "Flags"),
        .protected_roots = number(r, SCP_PATH_PROTECTED_ROOTS, "Flags"),
        .cryptsvc_start = number(r, SCP_PATH_CRYPTSVC, "Start"),
        .min_rsa_bits = number(r, SCP_PATH_CHAIN_CONFIG, "MinRsaPubKeyBitLength"),
        .trusted_sync = filetime(r, "LastSyncTime"),
        .disallowed_sync = filetime(r, "DisallowedCertLastSyncTime"),
        .pin_rules_sync = filetime(r, "PinRulesLastSyncTime"),
        .trusted_list = list(r, "EncodedCtl"),
        .disallowed_list = list(r, "DisallowedCertEncodedCtl"),
        .pin_rules_list = list(r, "PinRulesEncodedCtl"),
        .root_dir_url_presence = scp_registry_value(r, SCP_PATH_AUTOUPDATE, "RootDirUrl", &url),
        .build = build_of(r),
    };
    if (out->root_dir_url_presence == SCP_PRESENT)
        text_of(url, out->root_dir_url, sizeof out->root_dir_url);
}

enum scp_tri scp_update_policy_trusted(const struct scp_update_policy *p)
{
    const struct scp_policy_number *off = &p->disable_root_auto_update;

    if (off->presence == SCP_COULD_NOT_TELL || off->wrong_type)
        return SCP_MAYBE;
    return off->presence == SCP_PRESENT && off->value != 0 ? SCP_NO : SCP_YES;
}

enum scp_tri scp_update_policy_authroot_off(const struct scp_update_policy *p)
{
    const struct scp_policy_number *flags = &p->protected_roots;

    if (flags->presence == SCP_COULD_NOT_TELL || flags->wrong_type)
        return SCP_MAYBE;
    return (flags->value & FLAG_AUTHROOT_OFF) != 0 ? SCP_YES : SCP_NO;
}

bool scp_update_policy_user_roots_off(const struct scp_update_policy *p)
{
    return (p->protected_roots.value & FLAG_USER_ROOTS_OFF) != 0;
}

const char *scp_update_policy_blocked(const struct scp_update_policy *p)
{
    if (scp_update_policy_authroot_off(p) == SCP_YES)
        return "ProtectedRoots\\Flags has 0x8, which leaves the AuthRoot store out";
    if (p->cryptsvc_start.presence == SCP_PRESENT && p->cryptsvc_start.value == SERVICE_DISABLED)
        return "the Cryptographic Services (CryptSvc), which download roots, are disabled";
    return NULL;
}

bool scp_update_policy_dates_apply(const struct scp_update_policy *p)
{
    return p->build == 0 || p->build >= WINDOWS_10_BUILD;
}

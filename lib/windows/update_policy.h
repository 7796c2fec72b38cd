/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_UPDATE_POLICY_H
#define SCP_WINDOWS_UPDATE_POLICY_H

#include "io/registry.h"

/*
 * The automatic update of trusted and untrusted certificates, as the registry sets it
 * (Microsoft, "Configure trusted roots and disallowed certificates"; names from wincrypt.h).
 */
enum scp_tri { SCP_NO, SCP_YES, SCP_MAYBE };

struct scp_policy_number {
    enum scp_presence presence;
    bool wrong_type;          /* there, but not a REG_DWORD: what Windows makes of it is not known */
    uint32_t value;           /* 0 when absent */
};

struct scp_policy_time {
    enum scp_presence presence;
    bool malformed;           /* wrong type or size: as if never */
    int64_t at;               /* SCP_UTC_UNKNOWN unless readable */
};

struct scp_policy_list {
    enum scp_presence presence;
    const uint8_t *p;         /* borrowed from the registry */
    size_t n;
};

struct scp_update_policy {
    struct scp_policy_number disable_root_auto_update, enable_disallowed_auto_update, disable_pin_rules_auto_update;
    struct scp_policy_number auto_update_flags, protected_roots, cryptsvc_start, min_rsa_bits;
    struct scp_policy_time trusted_sync, disallowed_sync, pin_rules_sync;
    struct scp_policy_list trusted_list, disallowed_list, pin_rules_list;
    enum scp_presence root_dir_url_presence;
    char root_dir_url[512];   /* UTF-8, "" when absent or not text */
    uint32_t build;           /* CurrentBuild; 0 when not known */
};

void scp_update_policy_read(const struct scp_registry *r, struct scp_update_policy *out);

/* Does Windows update trusted roots by itself?  Absent means yes. */
enum scp_tri scp_update_policy_trusted(const struct scp_update_policy *p);

/* Is the AuthRoot store left out (ProtectedRoots flag 0x8)?  MAYBE where the value was not covered. */
enum scp_tri scp_update_policy_authroot_off(const struct scp_update_policy *p);

/* Are users' own roots left out (flag 0x1)? */
bool scp_update_policy_user_roots_off(const struct scp_update_policy *p);

/* Why Windows cannot install a root on demand although the update is on; NULL when nothing speaks against it. */
const char *scp_update_policy_blocked(const struct scp_update_policy *p);

/* Windows 10 / Server 2016 and later know disabled and not-before roots; true also when the version is not known. */
bool scp_update_policy_dates_apply(const struct scp_update_policy *p);

#endif

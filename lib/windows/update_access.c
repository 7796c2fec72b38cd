/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/update_access.h"

#include "codec/registry/security.h"
#include "windows/paths.h"

#include <stddef.h>

/* --- Whose rights are CryptSvc's --- */

struct known {
    struct scp_sid sid;
    enum scp_sid_match match;
    const char *name;
};

#define SERVICE_SID 80, 242729624, 280608522, 2219052887, 3187409060, 2225943459

/* What the token of a service that runs as NETWORK SERVICE has, and what it never has.  The first parts of a SID stand for all that
 * begin so. */
static const struct known KNOWN[] = {
    { { 5, 6, { SERVICE_SID } }, SCP_SID_OURS, "NT SERVICE\\CryptSvc" },
    { { 5, 2, { 80, 0 } }, SCP_SID_OURS, "NT SERVICE\\ALL SERVICES" },
    { { 5, 1, { 20 } }, SCP_SID_OURS, "NETWORK SERVICE" },
    { { 1, 1, { 0 } }, SCP_SID_OURS, "Everyone" },
    { { 5, 1, { 11 } }, SCP_SID_OURS, "Authenticated Users" },
    { { 5, 1, { 6 } }, SCP_SID_OURS, "SERVICE" },
    { { 5, 2, { 32, 545 } }, SCP_SID_OURS, "Users" },
    { { 2, 1, { 0 } }, SCP_SID_OURS, "LOCAL" },
    { { 5, 1, { 18 } }, SCP_SID_OTHER, NULL },            /* SYSTEM */
    { { 5, 1, { 19 } }, SCP_SID_OTHER, NULL },            /* LOCAL SERVICE */
    { { 5, 1, { 4 } }, SCP_SID_OTHER, NULL },             /* INTERACTIVE */
    { { 5, 1, { 12 } }, SCP_SID_OTHER, NULL },            /* RESTRICTED */
    { { 5, 2, { 32, 544 } }, SCP_SID_OTHER, NULL },       /* Administrators */
    { { 5, 2, { 32, 546 } }, SCP_SID_OTHER, NULL },       /* Guests */
    { { 5, 2, { 80, 956008885 } }, SCP_SID_OTHER, NULL }, /* TrustedInstaller */
    { { 3, 1, { 0 } }, SCP_SID_OTHER, NULL },             /* CREATOR OWNER: whom it stands for has an entry of its own */
    { { 3, 1, { 1 } }, SCP_SID_OTHER, NULL },
    { { 15, 0, { 0 } }, SCP_SID_OTHER, NULL }, /* application packages */
};

static const struct known *known_of(const struct scp_sid *sid)
{
    for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++) {
        const struct scp_sid *k = &KNOWN[i].sid;
        size_t same = 0;

        while (same < k->n && same < sid->n && k->part[same] == sid->part[same])
            same++;
        if (k->authority == sid->authority && same == k->n && (k->n == sid->n || KNOWN[i].match == SCP_SID_OTHER))
            return &KNOWN[i];
    }
    return NULL;
}

/* A group that somebody made may have it as a member. */
static enum scp_sid_match bears(const struct scp_sid *sid)
{
    const struct known *k = known_of(sid);

    return k != NULL ? k->match : SCP_SID_PERHAPS;
}

/* --- The keys --- */

#define MAY_NOT(key) "CryptSvc may not write to " SCP_PATH_AUTHROOT "\\" key

static const struct {
    const char *key, *path, *text;
    uint32_t least, all; /* without the least it fails, with all it does not */
} KEYS[] = {
    { "AutoUpdate", SCP_PATH_AUTOUPDATE, MAY_NOT("AutoUpdate"), SCP_KEY_SET_VALUE, SCP_KEY_READ | SCP_KEY_WRITE },
    { "Certificates", SCP_PATH_AUTHROOT "\\Certificates", MAY_NOT("Certificates"), SCP_KEY_CREATE_SUB_KEY, SCP_KEY_ALL_ACCESS },
    { "CRLs", SCP_PATH_AUTHROOT "\\CRLs", MAY_NOT("CRLs"), SCP_KEY_CREATE_SUB_KEY, SCP_KEY_ALL_ACCESS },
    { "CTLs", SCP_PATH_AUTHROOT "\\CTLs", MAY_NOT("CTLs"), SCP_KEY_CREATE_SUB_KEY, SCP_KEY_ALL_ACCESS },
};

static enum scp_access access_of(const struct scp_registry_key *key, size_t i, struct scp_security_rights *rights)
{
    struct scp_err err = SCP_ERR_INIT;
    size_t n;
    const uint8_t *p = scp_registry_key_security(key, &n);

    if (p == NULL || scp_security_rights(p, n, KEYS[i].least, bears, rights, &err) != 0)
        return SCP_ACCESS_UNTOLD;
    if (rights->refused != 0)
        return SCP_ACCESS_REFUSED;
    (void)scp_security_rights(p, n, KEYS[i].all, bears, rights, &err);
    return rights->granted == KEYS[i].all ? SCP_ACCESS_GRANTED : SCP_ACCESS_UNTOLD;
}

static void refuse(struct scp_update_access *out, size_t i, const struct scp_security_rights *rights)
{
    const struct known *k = rights->refused_to.n > 0 ? known_of(&rights->refused_to) : NULL;

    *out = (struct scp_update_access){ SCP_ACCESS_REFUSED, KEYS[i].key, KEYS[i].text, k != NULL ? k->name : NULL, rights->alone };
}

void scp_update_access_read(const struct scp_registry *r, struct scp_update_access *out)
{
    *out = (struct scp_update_access){ .state = SCP_ACCESS_GRANTED };
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
        const struct scp_registry_key *key = NULL;
        enum scp_presence presence = scp_registry_find(r, KEYS[i].path, &key);
        struct scp_security_rights rights = { .granted = 0 };
        enum scp_access state = SCP_ACCESS_UNTOLD;

        if (presence == SCP_PRESENT)
            state = access_of(key, i, &rights);
        if (state == SCP_ACCESS_REFUSED) {
            refuse(out, i, &rights);
            return;
        }
        /* One that is not there is made when it is needed. */
        if (state == SCP_ACCESS_UNTOLD && (presence != SCP_ABSENT || i == 0))
            out->state = SCP_ACCESS_UNTOLD;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/site.h"

#include "base/num.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"
#include "windows/paths.h"

#include <string.h>

enum { NAME = 300, NETBIOS = 15 };

/* 9146 of 5.00.9146.1000; 0: no such version. */
static uint64_t build_of(const char *version)
{
    const char *p = strchr(version, '.');
    uint64_t build = 0;
    size_t n;

    p = p != NULL ? strchr(p + 1, '.') : NULL;
    if (p == NULL)
        return 0;
    n = strcspn(++p, ".");
    return scp_num_u64(p, n, 1000000, &build, NULL) == 0 ? build : 0;
}

/* The next word up to a semicolon; false: there is none. */
static bool next_word(const char **p, char out[NAME])
{
    size_t n = strcspn(*p, ";");

    if (n == 0 || n >= NAME)
        return false;
    memcpy(out, *p, n);
    out[n] = '\0';
    *p += n + ((*p)[n] == ';');
    return true;
}

/* Is that the full name of this computer?  What Windows calls it has the first characters of a longer name. */
static bool is_own(const char *name, const char *computer)
{
    size_t n = strcspn(name, "."), m = strlen(computer);

    return m > 0 && scp_text_caseeq(name, m == NETBIOS && n > m ? m : n, computer, m);
}

/* "1;active.example;0;passive.example", in either order. */
static void read_servers(const char *text, const char *computer, struct scp_site *out)
{
    char flag[2][NAME], name[2][NAME];
    int active, own;

    for (int i = 0; i < 2; i++) {
        if (!next_word(&text, flag[i]) || !next_word(&text, name[i]))
            return;
    }
    active = strcmp(flag[0], "1") == 0 ? 0 : 1;
    if (strcmp(flag[active], "1") != 0 || strcmp(flag[1 - active], "0") != 0)
        return;
    own = is_own(name[0], computer) ? 0 : is_own(name[1], computer) ? 1 : 2;
    if (computer[0] == '\0' || (own == 0 && is_own(name[1], computer)))
        out->role = SCP_SITE_UNTOLD;
    else
        out->role = own == 2 ? SCP_SITE_NEITHER : own == active ? SCP_SITE_ACTIVE : SCP_SITE_PASSIVE;
    (void)scp_say(out->servers, sizeof out->servers, "%.120s and %.120s", name[active], name[1 - active]);
}

void scp_site_read(const struct scp_registry *r, struct scp_site *out)
{
    struct scp_policy_number synced = scp_policy_number_read(r, SCP_PATH_SITE_DOWNLOADER, "LastSyncedTime");
    char computer[256], servers[2 * NAME];

    *out = (struct scp_site){ .last_synced = SCP_UTC_UNKNOWN };
    (void)scp_policy_text(r, SCP_PATH_SITE_SETUP, "Full Version", out->version, sizeof out->version, NULL);
    (void)scp_policy_text(r, SCP_PATH_COMPUTER_NAME, "ComputerName", computer, sizeof computer, NULL);
    (void)scp_policy_text(r, SCP_PATH_SITE_IDENTIFICATION, "Site Servers", servers, sizeof servers, NULL);
    out->build = build_of(out->version);
    out->has_downloader = synced.presence == SCP_PRESENT;
    if (out->has_downloader && !synced.wrong_type && synced.value != 0)
        out->last_synced = synced.value;
    read_servers(servers, computer, out);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/internal.h"

#include "base/num.h"
#include "base/say.h"

#include <stdio.h>
#include <string.h>

#define FLUSH "\ncertutil -setreg chain\\ChainCacheResyncFiletime @now"
#define ADMINISTRATOR                                                                                                              \
    "ask who limited it; then certlm.msc, the certificate's Properties, 'Enable all purposes for this certificate'"
#define WITHDRAWN                                                                                                                  \
    "Microsoft withdrew the root: importing it does not help, there is no remedy on this server; services must move to another "   \
    "root"

static const char *file_of(const struct scp_profile_cert *want)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";

    return want->file != NULL && want->file[strspn(want->file, PLAIN)] == '\0' ? want->file : "FILE";
}

/* What Microsoft's list takes from the root makes a copy of no use, however it comes. */
static bool withdrawn(const struct scp_roots_facts *f, const struct scp_root_fact *root, int64_t now)
{
    return scp_on_demand_refused(&f->policy, &root->listed, now) != NULL;
}

/* Another way than importing, in a sentence's end; "" where there is none to name. */
static const char *beside(const struct scp_roots_facts *f, const struct scp_on_demand *d, const struct scp_roots_limits *limits)
{
    if (d->way == SCP_ON_DEMAND_OFF && !limits->update_stays_off)
        return ", or let Windows update roots again: the policy 'Turn off Automatic Root Certificates Update' Disabled or Not "
               "configured";
    if (d->way == SCP_ON_DEMAND_BLOCKED && scp_update_policy_authroot_off(&f->policy) != SCP_YES)
        return ", or let Windows fetch it again: sc config CryptSvc start= auto, then net start CryptSvc";
    return "";
}

/* A list that Windows refuses: what makes it come again, behind the import that mends the root. */
static const char *signer(const struct scp_roots_facts *f, char out[SCP_REMEDY_TEXT])
{
    const struct scp_list_signer *s = &f->list->signer;
    char remedy[SCP_REMEDY_TEXT];

    out[0] = '\0';
    if (!scp_list_signer_distrusted(s))
        return out;
    scp_remedy_distrust(&s->distrust, s->thumbprint, remedy);
    (void)scp_say(out, SCP_REMEDY_TEXT, "; so that lists come again (%s is distrusted): " SCP_SAID, s->name, remedy);
    return out;
}

void scp_roots_remedy_missing(const struct scp_roots_facts *f, const struct scp_root_fact *root, const struct scp_on_demand *d,
                              const struct scp_roots_limits *limits, int64_t now, struct scp_result *r, size_t finding)
{
    char list[SCP_REMEDY_TEXT];

    if (withdrawn(f, root, now))
        scp_result_remedy(r, finding, WITHDRAWN);
    else if (scp_distrusted(&root->distrust))
        scp_result_remedy(r, finding, "importing it does not help while it is distrusted: see roots.disallowed first");
    else
        scp_result_remedy(r, finding,
                          "import %s into LocalMachine\\Root (certutil -addstore Root %s; for many servers Group Policy "
                          "Preferences that write SystemCertificates\\ROOT)" SCP_OURS SCP_SAID FLUSH,
                          file_of(root->want), file_of(root->want), beside(f, d, limits), signer(f, list));
}

void scp_roots_remedy_on_demand(const struct scp_roots_facts *f, const struct scp_root_fact *root, int64_t now,
                                struct scp_result *r, size_t finding)
{
    if (withdrawn(f, root, now))
        scp_result_remedy(r, finding, WITHDRAWN);
    else if (scp_distrusted(&root->distrust))
        scp_result_remedy(r, finding, "fetching or importing it does not help while it is distrusted: see roots.disallowed first");
    else
        scp_result_remedy(r, finding,
                          "import %s into LocalMachine\\Root (certutil -addstore Root %s) so that nothing depends on a "
                          "download",
                          file_of(root->want), file_of(root->want));
}

void scp_roots_remedy_distrust(const struct scp_root_fact *root, struct scp_result *r, size_t finding)
{
    char print[65];

    if (root->want->has_sha1)
        scp_num_to_hex(root->want->sha1, sizeof root->want->sha1, print);
    else
        scp_num_to_hex(root->want->sha256, sizeof root->want->sha256, print);
    scp_remedy_distrusted(&root->distrust, print, r, finding);
}

void scp_roots_remedy_purpose(const struct scp_roots_facts *f, const struct scp_root_fact *root, struct scp_result *r,
                              size_t finding)
{
    if (root->listed.purpose_denied) {
        scp_result_remedy(r, finding, WITHDRAWN);
        scp_result_step(r, finding, SCP_STEP_NOWHERE);
    } else if (scp_list_believed(f->list)) {
        scp_result_remedy(r, finding, ADMINISTRATOR);
    }
}

void scp_roots_remedy_import(const struct scp_root_fact *root, struct scp_result *r, size_t finding)
{
    scp_result_remedy(r, finding,
                      "import %s into LocalMachine\\Root (certutil -addstore Root %s), which this policy does not leave out",
                      file_of(root->want), file_of(root->want));
}

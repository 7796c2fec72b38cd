/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/roots/internal.h"

#include "base/num.h"
#include "base/say.h"

#include <stdio.h>
#include <string.h>

#define FLUSH "\ncertutil -setreg chain\\ChainCacheResyncFiletime @now"
#define WITHDRAWN                                                                                                                  \
    "Microsoft withdrew the root: importing it does not help, there is no remedy on this server; services must move to another "   \
    "root"

/* What Microsoft's list takes from the root makes a copy of no use, however it comes, and so does whoever distrusts it.  true: all
 * is said. */
static bool is_of_no_use(const struct scp_roots_verdict *v, const char *what, size_t finding)
{
    if (scp_on_demand_refused(&v->f->policy, &v->root->listed, v->now) != NULL)
        scp_result_remedy(v->r, finding, WITHDRAWN);
    else if (scp_distrusted(&v->root->distrust))
        scp_result_remedy(v->r, finding, "%s it does not help while it is distrusted: see roots.disallowed first", what);
    else
        return false;
    return true;
}

/* Another way than importing, in a sentence's end; "" where there is none to name. */
static const char *beside(const struct scp_roots_verdict *v, const struct scp_on_demand *d)
{
    if (d->way == SCP_ON_DEMAND_OFF && !v->limits->update_stays_off)
        return ", or let Windows update roots again: the policy 'Turn off Automatic Root Certificates Update' Disabled or Not "
               "configured";
    if (d->way != SCP_ON_DEMAND_BLOCKED)
        return "";
    switch (scp_update_policy_obstacle(&v->f->policy)) {
    case SCP_UPDATE_NO_SERVICE: return ", or let Windows fetch it again: sc config CryptSvc start= auto, then net start CryptSvc";
    case SCP_UPDATE_NO_SOURCE: return ", or let Windows fetch it again: mend RootDirUrl, or delete it";
    case SCP_UPDATE_NO_ACCESS:
        return ", or let Windows fetch it again: NT SERVICE\\CryptSvc is to have full control of AuthRoot and of all keys below it "
               "(autoupdate.key-denied)";
    default: return "";
    }
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

void scp_roots_remedy_missing(const struct scp_roots_verdict *v, const struct scp_on_demand *d, size_t finding)
{
    char list[SCP_REMEDY_TEXT];

    if (is_of_no_use(v, "importing", finding))
        return;
    scp_result_remedy(v->r, finding,
                      "import it into LocalMachine\\Root (certutil -addstore Root FILE; for many servers Group Policy "
                      "Preferences that write SystemCertificates\\ROOT)" SCP_OURS SCP_SAID FLUSH,
                      beside(v, d), signer(v->f, list));
    scp_remedy_import(v->r, finding, v->root->want);
}

void scp_roots_remedy_on_demand(const struct scp_roots_verdict *v, size_t finding)
{
    if (is_of_no_use(v, "fetching or importing", finding))
        return;
    scp_result_remedy(v->r, finding,
                      "import it into LocalMachine\\Root (certutil -addstore Root FILE) so that nothing depends on a download");
    scp_remedy_import(v->r, finding, v->root->want);
}

const char *scp_roots_thumbprint(const struct scp_profile_cert *want, char out[SCP_ROOTS_PRINT])
{
    return want->has_sha1 ? scp_num_to_hex(want->sha1, sizeof want->sha1, out)
                          : scp_num_to_hex(want->sha256, sizeof want->sha256, out);
}

void scp_roots_remedy_distrust(const struct scp_roots_verdict *v, size_t finding)
{
    char print[SCP_ROOTS_PRINT];

    scp_remedy_distrusted(&v->root->distrust, scp_roots_thumbprint(v->root->want, print), v->r, finding);
}

void scp_roots_remedy_purpose(const struct scp_roots_verdict *v, size_t finding)
{
    if (v->root->listed.purpose_denied) {
        scp_result_remedy(v->r, finding, WITHDRAWN);
        scp_result_step(v->r, finding, SCP_STEP_NOWHERE);
    } else if (scp_list_believed(v->f->list)) {
        scp_result_remedy(v->r, finding, SCP_REMEDY_PURPOSES);
    }
}

void scp_roots_remedy_import(const struct scp_roots_verdict *v, size_t finding)
{
    scp_result_remedy(v->r, finding,
                      "import it into LocalMachine\\Root (certutil -addstore Root FILE), which this policy does not leave out");
    scp_remedy_import(v->r, finding, v->root->want);
}

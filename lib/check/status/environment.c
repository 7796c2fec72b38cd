/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/internal.h"

#include "base/say.h"
#include "base/utc.h"

/* The server beside its logs and messages: .NET, SCHANNEL, its clock, and Configuration Manager itself. */

enum { SYNC_SKEW = 86400 };

static bool is_off(const struct scp_policy_number *n)
{
    return n->presence == SCP_PRESENT && !n->wrong_type && n->value == 0;
}

static void evaluate_dotnet(const struct scp_environment *e, struct scp_result *r)
{
    const struct {
        const struct scp_policy_number *n;
        const char *name;
    } ALL[] = {
        { &e->strong_crypto, "SchUseStrongCrypto" },
        { &e->system_tls, "SystemDefaultTlsVersions" },
        { &e->strong_crypto_32, "SchUseStrongCrypto (32 bit)" },
        { &e->system_tls_32, "SystemDefaultTlsVersions (32 bit)" },
    };
    size_t absent = 0;

    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
        if (is_off(ALL[i].n))
            (void)scp_result_add(r, SCP_WARNING, "environment.strong-crypto", ALL[i].name,
                                 "%s of .NET 4 is 0: strong cryptography is switched off", ALL[i].name);
        else if (ALL[i].n->wrong_type)
            (void)scp_result_add(r, SCP_UNKNOWN, "environment.strong-crypto", ALL[i].name, "%s of .NET 4 is not a REG_DWORD",
                                 ALL[i].name);
        absent += ALL[i].n->presence == SCP_ABSENT;
    }
    if (absent > 0)
        (void)scp_result_add(r, SCP_OK, "environment.strong-crypto", "",
                             "%zu of 4 values for strong cryptography of .NET 4 are not set", absent);
}

static void evaluate_schannel(const struct scp_environment *e, struct scp_result *r)
{
    if (e->tls12_enabled.wrong_type || e->tls12_disabled_by_default.wrong_type)
        (void)scp_result_add(r, SCP_UNKNOWN, "environment.tls", "", "SCHANNEL's settings of TLS 1.2 are not REG_DWORDs");
    else if (is_off(&e->tls12_enabled))
        (void)scp_result_add(r, SCP_CRITICAL, "environment.tls", "", "TLS 1.2 is switched off for clients (SCHANNEL, Enabled = 0)");
    else if (e->tls12_disabled_by_default.value != 0)
        (void)scp_result_add(r, SCP_WARNING, "environment.tls", "",
                             "TLS 1.2 is not used by default (SCHANNEL, DisabledByDefault = %lu)",
                             (unsigned long)e->tls12_disabled_by_default.value);
}

static bool proxy_unseen(const struct scp_egress *w)
{
    return w->system.kind == SCP_PROXY_UNKNOWN && w->system.not_covered;
}

/* What an export of the certificates alone does not hold: a remark, for these settings cause nothing by being unseen. */
static void say_unseen(const struct scp_status_facts *f, bool dotnet, bool schannel, struct scp_result *r)
{
    if (!dotnet || !schannel)
        (void)scp_result_add(r, SCP_OK, "environment.not-covered", "", "not looked at, for the source does not hold them: %s",
                             dotnet     ? "the settings of SCHANNEL"
                             : schannel ? "the settings of .NET"
                                        : "the settings of .NET and SCHANNEL");
    if (proxy_unseen(&f->egress))
        (void)scp_result_add(r, SCP_OK, "proxy.not-covered", "system", "not looked at: SYSTEM's proxy (%s)",
                             f->egress.system.reason);
}

/* --- Configuration Manager itself --- */

static void evaluate_version(const struct scp_status_facts *f, int64_t now, struct scp_result *r)
{
    const struct scp_profile_product *p = f->product;
    char ends[SCP_UTC_TEXT];

    if (p == NULL || p->support_ends > now)
        return;
    scp_utc_format_date(p->support_ends, ends);
    if (p->build == f->site.build)
        (void)scp_result_add(r, SCP_WARNING, "environment.version", "",
                             "Configuration Manager %s (" SCP_SAID "): its support ended on %s", p->version, f->site.version, ends);
    else
        (void)scp_result_add(r, SCP_WARNING, "environment.version", "",
                             "Configuration Manager " SCP_SAID " is older than version %s, whose support ended on %s",
                             f->site.version, p->version, ends);
}

/* It proves neither an upload nor the signing certificate: an old one alarms only where the mode or the log is known. */
static void evaluate_last_synced(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now,
                                 struct scp_result *r)
{
    double within = scp_status_limits_default.success_within[SCP_EXCHANGE_DOWNLOADER];
    bool known = (limits->online || f->exchange[SCP_EXCHANGE_DOWNLOADER].seen) && !scp_status_is_passive(f);
    char span[SCP_UTC_TEXT];

    if (f->site.last_synced == SCP_UTC_UNKNOWN)
        return;
    if (f->site.last_synced > now + SYNC_SKEW) {
        scp_utc_span((double)(f->site.last_synced - now), span);
        (void)scp_result_add(r, SCP_WARNING, "environment.clock", "updates", "the last check for updates lies %s in the future",
                             span);
    }
    if ((double)(now - f->site.last_synced) <= within)
        return;
    scp_utc_span((double)(now - f->site.last_synced), span);
    (void)scp_result_add(r, known ? SCP_WARNING : SCP_OK, "environment.last-synced", "", "the last check for updates was %s ago%s",
                         span, known || scp_status_is_passive(f) ? "" : ", which is usual in offline mode");
}

void scp_status_site(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now, struct scp_result *r)
{
    static const char *const ROLES[] = { "", ", this is the active one", ", this is the passive one", ", this server is neither",
                                         "" };

    evaluate_version(f, now, r);
    evaluate_last_synced(f, limits, now, r);
    if (f->site.role != SCP_SITE_ALONE && f->site.has_downloader)
        (void)scp_result_add(r, SCP_OK, "environment.two-servers", "",
                             "the site has two servers (" SCP_SAID "%s), and the service connection point is supported on neither",
                             f->site.servers, ROLES[f->site.role]);
}

void scp_status_environment(const struct scp_status_facts *f, bool alone, int64_t now, struct scp_result *r)
{
    const struct scp_environment *e = &f->environment;
    bool dotnet = e->strong_crypto.presence != SCP_COULD_NOT_TELL, schannel = e->tls12_enabled.presence != SCP_COULD_NOT_TELL;
    size_t before = scp_result_count(r);
    char span[SCP_UTC_TEXT];

    evaluate_dotnet(e, r);
    evaluate_schannel(e, r);
    if (e->newest_sync != SCP_UTC_UNKNOWN && e->newest_sync > now + SYNC_SKEW) {
        scp_utc_span((double)(e->newest_sync - now), span);
        (void)scp_result_add(r, SCP_WARNING, "environment.clock", "sync", "trust lists were synchronised %s in the future", span);
    }
    if (scp_result_count(r) == before && dotnet && schannel)
        (void)scp_result_add(r, SCP_OK, "environment.sound", "", "TLS 1.2 and strong cryptography of .NET are not switched off");
    if (!proxy_unseen(&f->egress))
        scp_egress_evaluate(&f->egress, r);
    if (scp_result_count(r) == before && alone)
        (void)scp_result_add(r, SCP_UNKNOWN, "environment.nothing", "",
                             "nothing was looked at: no log and no status messages were given, and the source holds no setting "
                             "that is judged here");
    say_unseen(f, dotnet, schannel, r);
}

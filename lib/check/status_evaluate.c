/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status.h"

#include "base/say.h"
#include "base/utc.h"
#include "check/source.h"

#include <stdio.h>
#include <string.h>

enum { HOUR = 3600, SKEW = 300, SYNC_SKEW = 24 * HOUR };

const struct scp_status_limits scp_status_limits_default = {
    .warning = { .end = 0 },
    .critical = { .end = 3 },
    .max_age = 26.0 * HOUR,
};

/* What each symptom is called, and the worst state it may have. */
static const struct {
    const char *id, *what;
    enum scp_state worst;
} SYMPTOM[SCP_SYMPTOMS] = {
    [SCP_SYMPTOM_CHAIN] = { "log.chain-error", "service signing certificate: Fail to build chain", SCP_CRITICAL },
    [SCP_SYMPTOM_NAME] = { "log.name-mismatch", "service signing certificate: Mismatch certificate subject name", SCP_CRITICAL },
    [SCP_SYMPTOM_SIGNING] = { "log.signing-certificate", "service signing certificate refused", SCP_CRITICAL },
    [SCP_SYMPTOM_TLS] = { "log.certificate", "TLS certificate refused", SCP_CRITICAL },
    [SCP_SYMPTOM_UPLOAD_FAILED] = { "messages.upload-failed", "status message 9605, upload failed", SCP_CRITICAL },
    [SCP_SYMPTOM_UPLOAD_EXCEPTION] = { "messages.upload-exception", "status message 9607, exception during upload", SCP_CRITICAL },
    [SCP_SYMPTOM_ENDPOINT_WARNING] = { "messages.endpoint-warning", "status message 11411, endpoint check with a warning",
                                       SCP_WARNING },
    [SCP_SYMPTOM_ENDPOINT_ERROR] = { "messages.endpoint-error", "status message 11412, endpoint not reached", SCP_CRITICAL },
    [SCP_SYMPTOM_ENDPOINT_REQUIRED] = { "messages.required-endpoint", "status message 11488, required endpoint not reached",
                                        SCP_CRITICAL },
};

static bool of_log(enum scp_symptom s)
{
    return s < SCP_SYMPTOM_UPLOAD_FAILED;
}

/* --- Symptoms --- */

static enum scp_state state_of(enum scp_symptom kind, size_t count, const struct scp_status_limits *limits)
{
    if (scp_range_alerts(&limits->critical, (double)count) && SYMPTOM[kind].worst == SCP_CRITICAL)
        return SCP_CRITICAL;
    if (scp_range_alerts(&limits->warning, (double)count) || scp_range_alerts(&limits->critical, (double)count))
        return SCP_WARNING;
    return SCP_OK;
}

static void evaluate_symptom(const struct scp_status_facts *f, enum scp_symptom kind, const struct scp_status_limits *limits,
                             int64_t now, struct scp_result *r)
{
    const struct scp_symptom_fact *s = &f->symptom[kind];
    char age[SCP_UTC_TEXT], span[SCP_UTC_TEXT];

    if (s->count > 0) {
        scp_utc_span((double)(now - s->last), age);
        scp_utc_span((double)(now - f->since), span);
        (void)scp_result_add(r, state_of(kind, s->count, limits), SYMPTOM[kind].id, "", "%s: %zu time%s in %s, last %s %s%s%s",
                             SYMPTOM[kind].what, s->count, s->count == 1 ? "" : "s", span, age,
                             s->last > now ? "in the future" : "ago", s->sample[0] != '\0' ? ": " : "", s->sample);
    }
    if (s->timeless > 0)
        (void)scp_result_add(r, SCP_UNKNOWN, of_log(kind) ? "log.time-unknown" : "messages.time-unknown", SYMPTOM[kind].id,
                             "%s: %zu time%s, but when could not be told (%s)", SYMPTOM[kind].what, s->timeless,
                             s->timeless == 1 ? "" : "s", s->time);
}

/* --- Logs --- */

static void evaluate_log_times(const struct scp_status_part *p, const struct scp_status_limits *limits, int64_t now,
                               struct scp_result *r)
{
    char age[SCP_UTC_TEXT], limit[SCP_UTC_TEXT];

    if (p->log.newest == SCP_UTC_UNKNOWN)
        return;
    scp_utc_span((double)(now - p->log.newest), age);
    scp_utc_span(limits->max_age, limit);
    if (p->log.newest > now + SKEW)
        (void)scp_result_add(r, SCP_WARNING, "log.future", p->name, "%s: the last entry lies %s in the future", p->name, age);
    else if ((double)(now - p->log.newest) > limits->max_age)
        (void)scp_result_add(r, scp_source_remark(r), "log.stale", p->name, "%s: the last entry is %s old (limit %s)", p->name, age,
                             limit);
}

/* Whether it tells all about the time looked at. */
static bool evaluate_log(const struct scp_status_part *p, const struct scp_status_limits *limits, int64_t now, struct scp_result *r)
{
    const struct scp_log_facts *l = &p->log;
    char oldest[SCP_UTC_TEXT] = "";

    if (!p->read) {
        (void)scp_result_add(r, SCP_UNKNOWN, "log.unreadable", p->name, SCP_SAID, p->reason);
        return false;
    }
    if (l->text.entries == 0) {
        (void)scp_result_add(r, SCP_UNKNOWN, "log.not-a-log", p->name, "%s: %s", p->name,
                             l->bytes == 0 ? "empty, and no older file beside it"
                                           : "no entry of a Configuration Manager log in it");
        return false;
    }
    if (l->text.nuls > 0)
        (void)scp_result_add(r, scp_source_remark(r), "log.damaged", p->name, "%s: %zu NUL bytes", p->name, l->text.nuls);
    if (l->oldest != SCP_UTC_UNKNOWN)
        scp_utc_format(l->oldest, oldest);
    if (l->text.timeless == l->text.entries)
        (void)scp_result_add(r, SCP_UNKNOWN, "log.time-unknown", p->name, "%s: none of %zu entries has a usable time", p->name,
                             l->text.entries);
    else if (l->bounded)
        (void)scp_result_add(r, SCP_UNKNOWN, "log.bounded", p->name, "%s: read back to %s only", p->name, oldest);
    else if (!l->reached)
        (void)scp_result_add(r, SCP_OK, "log.short", p->name, "%s: the log begins at %s", p->name, oldest);
    evaluate_log_times(p, limits, now, r);
    return !l->bounded && l->text.timeless < l->text.entries;
}

/* --- Status messages --- */

static bool evaluate_export(const struct scp_status_part *p, const struct scp_status_limits *limits, int64_t now,
                            struct scp_result *r)
{
    char age[SCP_UTC_TEXT], limit[SCP_UTC_TEXT];

    if (!p->read) {
        (void)scp_result_add(r, SCP_UNKNOWN, "messages.unreadable", p->name, SCP_SAID, p->reason);
        return false;
    }
    if (p->messages.truncated)
        (void)scp_result_add(r, SCP_UNKNOWN, "messages.truncated", p->name, "%s ends too early, after %zu messages", p->name,
                             p->messages.messages);
    if (p->messages.malformed > 0)
        (void)scp_result_add(r, scp_source_remark(r), "messages.malformed", p->name, "%s: %zu of %zu rows have no message number",
                             p->name, p->messages.malformed, p->messages.malformed + p->messages.messages);
    if (p->modified != SCP_UTC_UNKNOWN && (double)(now - p->modified) > limits->max_age) {
        scp_utc_span((double)(now - p->modified), age);
        scp_utc_span(limits->max_age, limit);
        (void)scp_result_add(r, scp_source_remark(r), "messages.stale", p->name, "%s is %s old (limit %s)", p->name, age, limit);
    }
    return !p->messages.truncated && p->messages.malformed == 0;
}

static bool evaluate_service(const struct scp_status_part *p, struct scp_result *r)
{
    char span[SCP_UTC_TEXT];

    if (p->has_clock_skew && (p->clock_skew > SKEW || p->clock_skew < -SKEW)) {
        scp_utc_span(p->clock_skew, span);
        (void)scp_result_add(r, SCP_WARNING, "environment.clock", "adminservice",
                             "this machine's clock is %s %s the AdminService's", span, p->clock_skew > 0 ? "ahead of" : "behind");
    }
    if (!p->read)
        (void)scp_result_add(r, SCP_UNKNOWN, "adminservice.failed", "", "AdminService: %s", p->reason);
    else if (p->incomplete)
        (void)scp_result_add(r, SCP_UNKNOWN, "adminservice.incomplete", "", "AdminService: %zu messages read, then: %s",
                             p->messages.messages, p->reason);
    return p->read && !p->incomplete;
}

/* --- Environment --- */

static bool is_off(const struct scp_policy_number *n)
{
    return n->presence == SCP_PRESENT && !n->wrong_type && n->value == 0;
}

static void evaluate_dotnet(const struct scp_environment *e, struct scp_result *r)
{
    const struct { const struct scp_policy_number *n; const char *name; } ALL[] = {
        { &e->strong_crypto, "SchUseStrongCrypto" }, { &e->system_tls, "SystemDefaultTlsVersions" },
        { &e->strong_crypto_32, "SchUseStrongCrypto (32 bit)" }, { &e->system_tls_32, "SystemDefaultTlsVersions (32 bit)" },
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

static bool proxy_unseen(const struct scp_way_out *w)
{
    return w->system.kind == SCP_PROXY_UNKNOWN && w->system.not_covered;
}

/* What an export of the certificates alone does not hold: a remark, for these settings cause nothing by being unseen. */
static void say_unseen(const struct scp_status_facts *f, bool dotnet, bool schannel, struct scp_result *r)
{
    if (!dotnet || !schannel)
        (void)scp_result_add(r, SCP_OK, "environment.not-covered", "", "not looked at, for the source does not hold them: %s",
                             dotnet ? "the settings of SCHANNEL" : schannel ? "the settings of .NET"
                                                                            : "the settings of .NET and SCHANNEL");
    if (proxy_unseen(&f->way_out))
        (void)scp_result_add(r, SCP_OK, "proxy.not-covered", "system", "not looked at: SYSTEM's proxy (%s)",
                             f->way_out.system.reason);
}

static void evaluate_environment(const struct scp_status_facts *f, bool alone, int64_t now, struct scp_result *r)
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
    if (!proxy_unseen(&f->way_out))
        scp_way_out_evaluate(&f->way_out, r);
    if (scp_result_count(r) == before && alone)
        (void)scp_result_add(r, SCP_UNKNOWN, "environment.nothing", "",
                             "nothing was looked at: no log and no status messages were given, and the source holds no setting "
                             "that is judged here");
    say_unseen(f, dotnet, schannel, r);
}

/* --- All --- */

struct tally {
    bool logs, logs_whole, messages, messages_whole;
};

static void evaluate_parts(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now, struct tally *t,
                           struct scp_result *r)
{
    t->logs_whole = t->messages_whole = true;
    for (size_t i = 0; i < f->parts; i++) {
        const struct scp_status_part *p = &f->part[i];

        if (p->kind == SCP_STATUS_LOG) {
            t->logs = true;
            t->logs_whole = evaluate_log(p, limits, now, r) && t->logs_whole;
        } else {
            t->messages = true;
            t->messages_whole = (p->kind == SCP_STATUS_EXPORT ? evaluate_export(p, limits, now, r) : evaluate_service(p, r)) &&
                                t->messages_whole;
        }
    }
}

static void evaluate_clean(const struct scp_status_facts *f, const struct tally *t, int64_t now, struct scp_result *r)
{
    size_t logs = 0, messages = 0;
    char span[SCP_UTC_TEXT];

    for (size_t i = 0; i < SCP_SYMPTOMS; i++) {
        size_t *sum = of_log((enum scp_symptom)i) ? &logs : &messages;

        *sum += f->symptom[i].count + f->symptom[i].timeless;
    }
    scp_utc_span((double)(now - f->since), span);
    if (t->logs && t->logs_whole && logs == 0)
        (void)scp_result_add(r, SCP_OK, "log.clean", "", "no certificate error in the log within %s", span);
    if (t->messages && t->messages_whole && messages == 0)
        (void)scp_result_add(r, SCP_OK, "messages.clean", "", "no status message of failed uploads or endpoints within %s", span);
}

/* A count of which some may be missing is shown when it is not 0: that many there are at least. */
static void put_count(const struct scp_status_facts *f, const char *label, enum scp_symptom kind, bool whole,
                      const struct scp_status_limits *limits, struct scp_result *r)
{
    struct scp_perfdata p = { .value = (double)f->symptom[kind].count, .unit = "", .has_warning = true, .has_critical = true,
                              .warning = limits->warning, .critical = limits->critical, .has_min = true };

    if (!whole && f->symptom[kind].count == 0)
        return;
    (void)snprintf(p.label, sizeof p.label, "%s", label);
    scp_result_perfdata(r, &p);
}

static void put_perfdata(const struct scp_status_facts *f, const struct tally *t, const struct scp_status_limits *limits,
                         int64_t now, struct scp_result *r)
{
    struct scp_perfdata age = { .label = "last_error_age", .unit = "s", .has_min = true };
    int64_t last = SCP_UTC_UNKNOWN;

    if (t->logs)
        put_count(f, "chain_errors", SCP_SYMPTOM_CHAIN, t->logs_whole, limits, r);
    if (t->messages) {
        put_count(f, "msg_9605", SCP_SYMPTOM_UPLOAD_FAILED, t->messages_whole, limits, r);
        put_count(f, "msg_9607", SCP_SYMPTOM_UPLOAD_EXCEPTION, t->messages_whole, limits, r);
    }
    for (size_t i = 0; i < SCP_SYMPTOMS; i++) {
        if (f->symptom[i].count > 0 && f->symptom[i].last > last)
            last = f->symptom[i].last;
    }
    if (last == SCP_UTC_UNKNOWN)
        return;
    age.value = now > last ? (double)(now - last) : 0;
    scp_result_perfdata(r, &age);
}

void scp_status_evaluate(const struct scp_status_facts *f, const struct scp_status_limits *limits, int64_t now,
                         struct scp_result *r)
{
    struct tally t = { false, false, false, false };

    if (limits->offline) {
        (void)scp_result_add(r, SCP_OK, "status.offline", "", "offline mode: symptoms and endpoints do not apply");
        return;
    }
    for (size_t i = 0; i < SCP_SYMPTOMS && f->parts > 0; i++)
        evaluate_symptom(f, (enum scp_symptom)i, limits, now, r);
    evaluate_parts(f, limits, now, &t, r);
    evaluate_clean(f, &t, now, r);
    if (f->has_environment)
        evaluate_environment(f, f->parts == 0 && !limits->beside, now, r);
    put_perfdata(f, &t, limits, now, r);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis/check.h"
#include "check/diagnosis/events.h"

#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "windows/net_messages.h"

#include <stdio.h>
#include <string.h>

enum { WORDS = 160, PRINT = 41 };

/* --- Words --- */

/* "timed out (0x2EE2)"; an error of Win32 means what it means as an HRESULT. */
static const char *say_result(uint32_t result, char out[WORDS])
{
    char number[16];
    enum scp_net_class c;
    int status = 0;

    (void)snprintf(number, sizeof number, "0x%08X", (unsigned)(result < 0x10000 ? 0x80070000 | result : result));
    c = scp_net_class_of(number, strlen(number), (struct scp_net_seen){ .by_words = SCP_NET_NOTHING }, &status);
    if (c == SCP_NET_NOTHING)
        (void)scp_say(out, WORDS, "error %s", number);
    else
        (void)scp_say(out, WORDS, SCP_OURS " (%s)", scp_net_class_name(c), number);
    return out;
}

static const char *say_ago(const struct scp_events *e, int64_t at, char out[SCP_UTC_TEXT])
{
    return scp_utc_span(at < e->now ? (double)(e->now - at) : 0, out);
}

static const char *program_of(bool by_service)
{
    return by_service ? "CryptSvc" : "smsexec.exe";
}

/* "'X', issued by 'Y'" */
static const char *say_whose(const struct scp_events_chain *c, char out[2 * SCP_CAPI2_NAME])
{
    (void)scp_say(out, 2 * SCP_CAPI2_NAME, "'%.100s'", c->subject.subject);
    if (c->issuer.subject[0] != '\0')
        (void)scp_say_more(out, 2 * SCP_CAPI2_NAME, ", issued by '%.100s'", c->issuer.subject);
    return out;
}

static const char *print_of(const struct scp_capi2_certificate *c, char out[PRINT])
{
    return scp_num_to_hex(c->sha1, sizeof c->sha1, out);
}

/* --- Chains --- */

/* Of a certificate whose chain was refused, that it was refused by the policy, too, says nothing more. */
static bool is_repeated(const struct scp_events *e, const struct scp_events_chain *c)
{
    for (size_t i = 0; i < e->chains && c->kind == SCP_CAPI2_POLICY; i++) {
        const struct scp_events_chain *o = &e->chain[i];

        if (o->kind == SCP_CAPI2_CHAIN && o->result != 0 && memcmp(o->subject.sha1, c->subject.sha1, sizeof c->subject.sha1) == 0)
            return true;
    }
    return false;
}

static void failed(const struct scp_events *e, const struct scp_events_chain *c, struct scp_result *r)
{
    char whose[2 * SCP_CAPI2_NAME], why[WORDS], ago[SCP_UTC_TEXT], print[PRINT];

    (void)say_whose(c, whose);
    (void)say_result(c->result, why);
    (void)print_of(&c->subject, print);
    if (!scp_events_is_of_profile(e, c)) {
        if (c->kind == SCP_CAPI2_CHAIN && !c->by_service)
            (void)scp_result_add(r, SCP_OK, "events.other-chain", print,
                                 "Windows refused smsexec.exe the chain of " SCP_SAID " %s ago: " SCP_SAID, whose,
                                 say_ago(e, c->at, ago), why);
    } else if (c->kind == SCP_CAPI2_REVOCATION) {
        (void)scp_result_add(r, SCP_WARNING, "events.revocation-failed", print,
                             "Windows did not tell %s that " SCP_SAID " is not revoked, %s ago: " SCP_SAID,
                             program_of(c->by_service), whose, say_ago(e, c->at, ago), why);
    } else if (!is_repeated(e, c)) {
        (void)scp_result_add(r, SCP_WARNING, "events.chain-failed", print,
                             "Windows itself refused %s the chain of " SCP_SAID " %s ago: " SCP_SAID, program_of(c->by_service),
                             whose, say_ago(e, c->at, ago), why);
    }
}

static void issuer(const struct scp_events *e, const struct scp_events_chain *c, struct scp_result *r)
{
    char ago[SCP_UTC_TEXT], print[PRINT], by[PRINT];
    bool strange = c->known == NULL && c->service != NULL;

    (void)print_of(&c->subject, print);
    (void)scp_result_add(r, strange ? SCP_WARNING : SCP_OK, strange ? "events.issuer-unknown" : "events.issuer", print,
                         "smsexec.exe was shown '%.100s' %s ago, issued by '%.100s' (%s)%s", c->subject.subject,
                         say_ago(e, c->at, ago), c->known != NULL ? c->known->name : c->issuer.subject, print_of(&c->issuer, by),
                         c->known != NULL ? ""
                         : c->rooted      ? ", which the profile does not know: it has the root of one that it knows"
                                          : ", which the profile does not know, nor its root");
}

/* --- Addresses --- */

/* Was the same seen from here? */
static bool is_told(const struct scp_result *hosts, const char *id)
{
    for (size_t i = 0; hosts != NULL && i < hosts->findings; i++) {
        if (hosts->finding[i].state != SCP_OK && strcmp(hosts->finding[i].subject, id) == 0)
            return true;
    }
    return false;
}

static void fetches(const struct scp_events *e, const struct scp_result *hosts, struct scp_result *r)
{
    char fetched[512] = "", why[WORDS], ago[SCP_UTC_TEXT];

    for (size_t i = 0; i < e->profile->endpoints; i++) {
        const struct scp_profile_endpoint *endpoint = &e->profile->endpoint[i];
        const struct scp_events_fetch *f = &e->fetch[i];
        bool alarm = endpoint->level == SCP_LEVEL_REQUIRED && !is_told(hosts, endpoint->id);

        if (f->at == SCP_UTC_UNKNOWN)
            continue;
        if (f->result == 0)
            (void)scp_say_more(fetched, sizeof fetched, "%s%s", fetched[0] != '\0' ? ", " : "", endpoint->id);
        else
            (void)scp_result_add(r, alarm ? SCP_WARNING : SCP_OK, "events.fetch-failed", endpoint->id,
                                 "%s could not fetch %s %s ago: " SCP_SAID, program_of(f->by_service), endpoint->host,
                                 say_ago(e, f->at, ago), say_result(f->result, why));
    }
    if (fetched[0] != '\0')
        (void)scp_result_add(r, SCP_OK, "events.fetched", "", "Windows itself fetched, and could use: " SCP_SAID, fetched);
}

/* --- The whole --- */

static void passed_over(const struct scp_events *e, struct scp_result *r)
{
    static const char *const WHY[SCP_EVENTS_WHYS] = { "of other programs or accounts",
                                                      "older than stores and policies, or than 24 h",
                                                      "about nothing of the profile", "malformed" };
    char text[320] = "";

    for (int i = 0; i < SCP_EVENTS_WHYS; i++) {
        if (e->passed[i] > 0)
            (void)scp_say_more(text, sizeof text, "%s%zu " SCP_OURS, text[0] != '\0' ? ", " : "", e->passed[i], WHY[i]);
    }
    if (text[0] != '\0' || e->log.bounded)
        (void)scp_result_add(r, SCP_OK, "events.passed-over", "", "%zu of CAPI2's events count%s" SCP_SAID "%s",
                             scp_events_counted(e), text[0] != '\0' ? "; the others are " : "", text,
                             e->log.bounded ? "; not all were read" : "");
}

void scp_events_evaluate(const struct scp_events *e, const struct scp_result *hosts, struct scp_result *r)
{
    if (!e->asked || e->log.state != SCP_EVENTS_READ)
        return;
    for (size_t i = 0; i < e->chains; i++) {
        if (e->chain[i].result != 0)
            failed(e, &e->chain[i], r);
        if (scp_events_tells_issuer(&e->chain[i]))
            issuer(e, &e->chain[i], r);
    }
    fetches(e, hosts, r);
    passed_over(e, r);
}

/* --- JSON --- */

static void put_certificate(struct scp_json *j, const char *key, const struct scp_capi2_certificate *c)
{
    char print[PRINT];

    scp_json_open(j, key, '{');
    scp_json_text(j, "subject", c->subject);
    scp_json_text(j, "sha1", c->known ? print_of(c, print) : NULL);
    scp_json_close(j, '}');
}

static void put_outcome(struct scp_json *j, bool by_service, int64_t at, uint32_t result)
{
    char number[16];

    (void)snprintf(number, sizeof number, "%08X", (unsigned)result);
    scp_json_text(j, "program", program_of(by_service));
    scp_json_time(j, "at", at);
    scp_json_text(j, "result", number);
}

static void put_chains(struct scp_json *j, const struct scp_events *e)
{
    scp_json_open(j, "chains", '[');
    for (size_t i = 0; i < e->chains; i++) {
        const struct scp_events_chain *c = &e->chain[i];

        scp_json_open(j, NULL, '{');
        scp_json_integer(j, "event", c->kind);
        put_outcome(j, c->by_service, c->at, c->result);
        scp_json_bool(j, "of_profile", scp_events_is_of_profile(e, c));
        put_certificate(j, "certificate", &c->subject);
        put_certificate(j, "issuer", &c->issuer);
        scp_json_text(j, "known_as", c->known != NULL ? c->known->alias : NULL);
        scp_json_close(j, '}');
    }
    scp_json_close(j, ']');
}

static void put_fetches(struct scp_json *j, const struct scp_events *e)
{
    scp_json_open(j, "fetches", '[');
    for (size_t i = 0; i < e->profile->endpoints; i++) {
        if (e->fetch[i].at == SCP_UTC_UNKNOWN)
            continue;
        scp_json_open(j, NULL, '{');
        scp_json_text(j, "id", e->profile->endpoint[i].id);
        put_outcome(j, e->fetch[i].by_service, e->fetch[i].at, e->fetch[i].result);
        scp_json_close(j, '}');
    }
    scp_json_close(j, ']');
}

void scp_events_put(struct scp_json *j, const struct scp_events *e)
{
    static const char *const STATE[] = { "none", "off", "denied", "unreadable", "read" };
    static const char *const WHY[SCP_EVENTS_WHYS] = { "of_others", "old", "foreign", "malformed" };

    if (!e->asked)
        return;
    scp_json_open(j, "events", '{');
    scp_json_text(j, "state", STATE[e->log.state]);
    scp_json_text(j, "detail", e->log.detail);
    scp_json_time(j, "stores_changed", e->changed);
    scp_json_integer(j, "read", (int64_t)e->log.read);
    scp_json_integer(j, "counted", (int64_t)scp_events_counted(e));
    for (int i = 0; i < SCP_EVENTS_WHYS; i++)
        scp_json_integer(j, WHY[i], (int64_t)e->passed[i]);
    scp_json_bool(j, "bounded", e->log.bounded);
    put_chains(j, e);
    put_fetches(j, e);
    scp_json_close(j, '}');
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/say.h"
#include "check/autoupdate/check.h"
#include "check/diagnosis/check.h"
#include "check/intermediates/check.h"
#include "check/revocation/check.h"
#include "check/roots/check.h"
#include "tests/tap/tap.h"

#include <stdio.h>
#include <string.h>

/*
 * What was put in, and what has to come out.  The expectation is a table of words, worked out by hand from the support article.
 */
enum {
    NOTHING,
    OFF,
    OFF_MEANT,
    STALE,
    ABSENT_ROOT,
    ON_DEMAND,
    BAD_ROOT,
    BAD_AND_ABSENT,
    WITHDRAWN_ROOT,
    NO_CHAIN,
    BAD_CHAIN,
    NO_ROOT_ONLY,
    ROOT_UNUSABLE,
    BY_AIA,
    HOSTS,
    LISTS,
    ISSUERS,
    TIDY,
    UNTOLD,
    SKIP
};

struct situation {
    const char *what;
    int update, roots, chain, hosts; /* one of the words above for each part */
    bool symptom;
    const char *first;    /* NULL: none */
    const char *causes;   /* present ones, in the article's order; "x<y": x follows from y; "x?": not known */
    enum scp_state state; /* of the diagnosis' own findings and its parts' */
    const char *summary;  /* part of it */
};

static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_diagnosis_catalogue,  scp_autoupdate_catalogue,
                                                               scp_roots_catalogue,      scp_intermediates_catalogue,
                                                               scp_revocation_catalogue, NULL };

static const struct situation SITUATIONS[] = {
    { "healthy", NOTHING, NOTHING, NOTHING, NOTHING, false, NULL, "", SCP_OK, "" },
    { "the article's failure", OFF, ABSENT_ROOT, NO_ROOT_ONLY, NOTHING, true, "roots", "autoupdate roots<autoupdate", SCP_CRITICAL,
      "cause: root auto-update is disabled and Test Root is missing (mending either is enough)" },
    { "the article's failure, the hosts of lists not asked", OFF, ABSENT_ROOT, NO_ROOT_ONLY, SKIP, true, "roots",
      "autoupdate roots<autoupdate revocation?", SCP_CRITICAL, "causes: Test Root is missing; and root auto-update is disabled" },
    { "the same, and meant", OFF_MEANT, ABSENT_ROOT, NO_ROOT_ONLY, NOTHING, true, "roots", "roots", SCP_CRITICAL,
      "cause: Test Root is missing" },
    { "update off, everything else there", OFF, NOTHING, NOTHING, NOTHING, false, NULL, "", SCP_WARNING, "" },
    { "update off and meant", OFF_MEANT, NOTHING, NOTHING, NOTHING, false, NULL, "", SCP_OK, "" },
    { "update stale, everything else there", STALE, NOTHING, NOTHING, NOTHING, false, NULL, "", SCP_WARNING, "" },
    { "update off, root distrusted", OFF, BAD_ROOT, ROOT_UNUSABLE, NOTHING, false, "roots", "roots", SCP_CRITICAL,
      "cause: Test Root cannot be used" },
    { "root missing, update on", NOTHING, ABSENT_ROOT, NO_ROOT_ONLY, NOTHING, true, "roots", "roots", SCP_CRITICAL,
      "cause: Test Root is missing" },
    { "root on demand", NOTHING, ON_DEMAND, NOTHING, NOTHING, false, NULL, "", SCP_WARNING, "" },
    { "root distrusted", NOTHING, BAD_ROOT, ROOT_UNUSABLE, NOTHING, false, "roots", "roots", SCP_CRITICAL,
      "cause: Test Root cannot be used" },
    { "root distrusted and missing", NOTHING, BAD_AND_ABSENT, NO_ROOT_ONLY, NOTHING, false, "roots", "roots", SCP_CRITICAL,
      "cause: Test Root cannot be used" },
    { "root withdrawn, intermediates missing", NOTHING, WITHDRAWN_ROOT, NO_CHAIN, NOTHING, false, "intermediates",
      "roots intermediates", SCP_CRITICAL, "causes: no current chain" },
    { "update stale, root missing", STALE, ABSENT_ROOT, NOTHING, NOTHING, false, "roots", "autoupdate roots<autoupdate",
      SCP_CRITICAL, "causes: Test Root is missing; and root auto-update is on, but does not work" },
    { "trust lists blocked, update stale, root missing", STALE, ABSENT_ROOT, NO_ROOT_ONLY, LISTS, true, "roots",
      "autoupdate<revocation roots<autoupdate revocation", SCP_CRITICAL,
      "causes: Test Root is missing; and 1 CRL, OCSP or trust-list endpoint fails; as a consequence root auto-update" },
    { "trust lists blocked, root missing, last sync fresh", NOTHING, ABSENT_ROOT, NOTHING, LISTS, false, "roots",
      "roots<revocation revocation", SCP_CRITICAL, "causes: Test Root is missing; and 1 CRL" },
    { "update off and trust lists blocked", OFF, ABSENT_ROOT, NOTHING, LISTS, false, "roots",
      "autoupdate roots<autoupdate revocation", SCP_CRITICAL,
      "causes: Test Root is missing; root auto-update is disabled; and 1 CRL" },
    { "CRL hosts blocked, update stale", STALE, NOTHING, NOTHING, HOSTS, false, "revocation", "revocation", SCP_CRITICAL,
      "cause: 1 CRL" },
    { "CRL hosts blocked", NOTHING, NOTHING, NOTHING, HOSTS, true, "revocation", "revocation", SCP_CRITICAL,
      "cause: 1 CRL, OCSP or trust-list endpoint fails" },
    { "intermediates missing", NOTHING, NOTHING, NO_CHAIN, NOTHING, true, "intermediates", "intermediates", SCP_CRITICAL,
      "cause: no current chain can be built from the stores" },
    { "an intermediate distrusted", NOTHING, NOTHING, BAD_CHAIN, NOTHING, true, "intermediates", "intermediates", SCP_CRITICAL,
      "cause: no current chain can be built from the stores" },
    { "intermediates by AIA", NOTHING, NOTHING, BY_AIA, NOTHING, false, NULL, "intermediates?", SCP_OK, "" },
    { "intermediates by AIA, hosts not asked", NOTHING, NOTHING, BY_AIA, SKIP, false, NULL, "intermediates? revocation?", SCP_OK,
      "" },
    { "intermediates by AIA, CRL hosts blocked", NOTHING, NOTHING, BY_AIA, HOSTS, false, "revocation", "intermediates? revocation",
      SCP_CRITICAL, "cause: 1 CRL" },
    { "intermediates by AIA, their hosts blocked", NOTHING, NOTHING, BY_AIA, ISSUERS, false, "intermediates", "intermediates",
      SCP_CRITICAL, "cause: no current chain can be built from the stores, and what is missing cannot be fetched" },
    { "intermediates and root missing", NOTHING, ABSENT_ROOT, NO_CHAIN, NOTHING, false, "roots", "roots intermediates",
      SCP_CRITICAL, "causes: Test Root is missing; and no current chain" },
    { "all four", OFF, ABSENT_ROOT, NO_CHAIN, HOSTS, true, "roots", "autoupdate roots<autoupdate intermediates revocation",
      SCP_CRITICAL, "causes: root auto-update is disabled and Test Root is missing (mending either is enough)" },
    { "symptoms only", NOTHING, NOTHING, NOTHING, NOTHING, true, NULL, "", SCP_CRITICAL, "" },
    { "only things to tidy up", TIDY, TIDY, TIDY, TIDY, false, NULL, "", SCP_WARNING, "" },
    { "roots could not be told", NOTHING, UNTOLD, NOTHING, NOTHING, false, NULL, "roots?", SCP_UNKNOWN, "" },
    { "nothing could be told", UNTOLD, UNTOLD, UNTOLD, UNTOLD, false, NULL, "autoupdate? roots? intermediates? revocation?",
      SCP_UNKNOWN, "" },
    { "update off beside what could not be told", OFF, UNTOLD, NOTHING, NOTHING, false, NULL, "autoupdate? roots?", SCP_CRITICAL,
      "" },
    { "network skipped", NOTHING, NOTHING, NOTHING, SKIP, false, NULL, "revocation?", SCP_OK, "" },
    { "roots skipped, the chain builds, update off", OFF, SKIP, NOTHING, NOTHING, false, NULL, "roots?", SCP_WARNING, "" },
    { "roots skipped, the chain lacks its root, update off", OFF, SKIP, NO_ROOT_ONLY, NOTHING, false, "autoupdate",
      "autoupdate roots?", SCP_CRITICAL, "cause: root auto-update is disabled" },
};

static void add(struct scp_result *r, enum scp_state state, const char *id, const char *subject, const char *text,
                const char *remedy)
{
    size_t i = scp_result_add(r, state, id, subject, "%s", text);

    if (remedy != NULL)
        scp_result_remedy(r, i, SCP_OURS, remedy);
}

static void fill(struct scp_result *r, int word)
{
    switch (word) {
    case OFF: add(r, SCP_CRITICAL, "autoupdate.disabled", "trusted", "disabled by policy", "switch it on"); break;
    case OFF_MEANT: add(r, SCP_OK, "autoupdate.disabled", "trusted", "disabled by policy, as expected", NULL); break;
    case STALE:
        add(r, SCP_CRITICAL, "autoupdate.sync-stale", "trusted", "60 days old", "look at CryptSvc");
        add(r, SCP_CRITICAL, "autoupdate.sync-stale", "disallowed", "60 days old", "look at CryptSvc");
        scp_result_step(r, r->findings - 1, SCP_STEP_NONE);
        break;
    case BAD_AND_ABSENT:
    case ABSENT_ROOT:
        add(r, SCP_CRITICAL, "roots.missing", "test-root", "Test Root is gone", "import it");
        if (word == ABSENT_ROOT)
            break;
        /* fall through */
    case BAD_ROOT: add(r, SCP_CRITICAL, "roots.disallowed", "test-root", "Test Root is distrusted", "certutil -delstore"); break;
    case ON_DEMAND: add(r, SCP_WARNING, "roots.on-demand", "test-root", "Windows can still fetch it", NULL); break;
    case WITHDRAWN_ROOT: add(r, SCP_CRITICAL, "roots.disabled", "test-root", "Test Root is disabled", NULL); break;
    case NO_CHAIN: add(r, SCP_CRITICAL, "intermediates.missing", "family", "no path", "import the cross"); break;
    case BAD_CHAIN: add(r, SCP_CRITICAL, "intermediates.disallowed", "family", "distrusted", "certutil -delstore"); break;
    case NO_ROOT_ONLY: add(r, SCP_CRITICAL, "intermediates.root-missing", "family", "no path", "import it"); break;
    case ROOT_UNUSABLE: add(r, SCP_CRITICAL, "intermediates.root-unusable", "family", "no path", "certutil -delstore"); break;
    case BY_AIA: add(r, SCP_OK, "intermediates.by-aia", "family", "Windows fetches it", "import the cross"); break;
    case HOSTS:
    case LISTS: add(r, SCP_CRITICAL, "revocation.connect", "crl3", "refused", "open the port"); break;
    case ISSUERS: add(r, SCP_CRITICAL, "revocation.connect", "aia_ms", "refused", "open the port"); break;
    case TIDY:
        add(r, SCP_WARNING, "roots.misplaced", "", "untidy", NULL);
        add(r, SCP_WARNING, "autoupdate.value-misplaced", "", "untidy", NULL);
        break;
    case UNTOLD: add(r, SCP_UNKNOWN, "source.not-covered", "", "not covered", NULL); break;
    default: add(r, SCP_OK, "intermediates.chains", "", "fine", NULL); break;
    }
}

static const char *causes_text(const struct scp_diagnosis *d)
{
    static char text[256];

    text[0] = '\0';
    for (int i = 0; i < SCP_CAUSES; i++) {
        const struct scp_diagnosis_cause *c = &d->cause[i];
        size_t n = strlen(text);

        if (c->state != SCP_ABSENT)
            (void)snprintf(text + n, sizeof text - n, "%s%s%s%s%s", n > 0 ? " " : "", scp_part_name((enum scp_part)i),
                           c->state == SCP_PRESENT ? "" : "?", c->follows >= 0 ? "<" : "",
                           c->follows >= 0 ? scp_part_name((enum scp_part)c->follows) : "");
    }
    return text;
}

static bool has_id(const struct scp_result *r, const char *id)
{
    const struct scp_finding *f;

    for (size_t i = 0; (f = scp_result_finding(r, i)) != NULL; i++) {
        if (strcmp(f->id, id) == 0)
            return true;
    }
    return false;
}

static const char *remedy_of(const struct scp_result *r, int cause)
{
    for (size_t i = 0; cause >= 0 && i < r->findings; i++) {
        if (strncmp(r->finding[i].id, "diagnosis.", 10) == 0 &&
            strcmp(r->finding[i].id + 10, scp_part_name((enum scp_part)cause)) == 0)
            return r->finding[i].remedy;
    }
    return "";
}

/* As the session does it: collect, soften, --severity, correlate. */
static void diagnose(const struct scp_diagnosis_input *in, struct scp_result *const part[], const struct scp_severity *rule,
                     struct scp_diagnosis *d)
{
    scp_diagnosis_collect(in, d);
    scp_diagnosis_soften(d, part[SCP_PART_AUTOUPDATE]);
    for (int i = 0; rule != NULL && i < SCP_CAUSES; i++)
        scp_result_override(part[i], rule, 1);
    scp_diagnosis_correlate(in, d);
}

static struct scp_diagnosis_input input_of(const int words[], struct scp_result *part[], size_t parts)
{
    struct scp_diagnosis_input in = { .update_on = words[0] == OFF || words[0] == OFF_MEANT ? SCP_NO : SCP_YES,
                                      .update_helps = words[3] == NOTHING || words[3] == HOSTS ? SCP_YES
                                                      : words[3] == LISTS                      ? SCP_NO
                                                                                               : SCP_MAYBE,
                                      .lists_reached = words[3] == LISTS ? SCP_NO : SCP_YES,
                                      .disconnected = SCP_NO,
                                      .issuer_endpoint = { "aia_ms" },
                                      .issuer_endpoints = words[2] == BY_AIA,
                                      .root_name = "Test Root" };

    for (size_t i = 0; i < parts; i++) {
        part[i] = words[i] == SKIP ? NULL : scp_result_new(CATALOGUE);
        if (part[i] != NULL)
            fill(part[i], words[i]);
        in.part[i] = part[i];
        in.skipped[i] = words[i] == SKIP;
    }
    return in;
}

static void judge(const struct situation *s)
{
    const int words[SCP_PARTS] = { s->update, s->roots, s->chain, s->hosts, NOTHING };
    struct scp_result *part[SCP_PARTS], *r = scp_result_new(CATALOGUE);
    struct scp_diagnosis_input in = input_of(words, part, SCP_PARTS);
    struct scp_diagnosis d;

    if (s->symptom)
        scp_result_add(part[SCP_PART_STATUS], SCP_CRITICAL, "status.chain-error", "", "failed to build chain");
    for (int i = 0; i < SCP_DIAGNOSIS_SYMPTOMS; i++)
        in.symptom[i] = s->symptom ? SCP_PRESENT : SCP_ABSENT;
    diagnose(&in, part, NULL, &d);
    tap_is_text(s->causes, causes_text(&d), "%s: the causes", s->what);
    tap_is_text(s->first != NULL ? s->first : "none", d.first >= 0 ? scp_part_name((enum scp_part)d.first) : "none",
                "%s: which first", s->what);
    scp_diagnosis_evaluate(&in, &d, r);
    tap_has_text(s->summary, r->summary, "%s: summary", s->what);
    tap_ok(has_id(r, "diagnosis.unexplained") == (s->symptom && d.causes == 0), "%s: symptoms are explained, or said to be not",
           s->what);
    tap_is_text("", remedy_of(r, d.first), "%s: without a plan nothing is advised", s->what);
    for (int i = 0; i < SCP_PARTS; i++) {
        if (part[i] != NULL)
            scp_result_part(r, scp_part_name((enum scp_part)i), part[i]);
    }
    tap_is_int((int)s->state, (int)scp_result_state(r), "%s: state", s->what);
    tap_ok(!r->broken && r->exhibits == 2, "%s: checklists", s->what);
    scp_result_free(r);
}

/* What plan and checklists tell: causes, their evidence, the finding of a symptom; nothing else. */
static void told(void)
{
    static const char *const ADVICE[] = { "open the port\ntest crl3", "open the port\ntest crl4", "mend the proxy" };
    static const int words[SCP_PARTS] = { STALE, ABSENT_ROOT, NOTHING, NOTHING, NOTHING };
    struct scp_result *r = scp_result_new(CATALOGUE), *part[SCP_PARTS];
    struct scp_diagnosis_input in = input_of(words, part, SCP_PARTS);
    struct scp_diagnosis d;

    in.lists_reached = SCP_NO;
    in.symptom[SCP_DIAGNOSIS_CHAIN_ERRORS] = SCP_PRESENT;
    in.symptom_evidence[SCP_DIAGNOSIS_CHAIN_ERRORS] = "log.chain-error";
    for (size_t i = 0; i < sizeof ADVICE / sizeof ADVICE[0]; i++)
        add(part[SCP_PART_REVOCATION], SCP_CRITICAL, "revocation.connect", "x", "refused", ADVICE[i]);
    add(part[SCP_PART_STATUS], SCP_WARNING, "log.chain-error", "", "fail to build chain", NULL);
    add(part[SCP_PART_STATUS], SCP_WARNING, "log.other", "", "something else", NULL);
    diagnose(&in, part, NULL, &d);
    scp_diagnosis_evaluate(&in, &d, r);
    for (int i = 0; i < SCP_PARTS; i++)
        scp_result_part(r, scp_part_name((enum scp_part)i), part[i]);
    scp_diagnosis_mark_told(&in, &d, r);
    tap_is_text("autoupdate<revocation roots<autoupdate revocation", causes_text(&d), "a consequence and its cause");
    tap_ok(part[SCP_PART_REVOCATION]->finding[1].told, "the first evidence is told");
    tap_ok(part[SCP_PART_REVOCATION]->finding[3].told, "and the last");
    tap_ok(!part[SCP_PART_STATUS]->finding[2].told, "what is no symptom is not");
    tap_ok(part[SCP_PART_STATUS]->finding[1].told, "the finding of a symptom is told");
    for (size_t i = 0; i < r->findings; i++)
        tap_ok(r->finding[i].told, "the conclusion %s is told", r->finding[i].id);
    scp_diagnosis_drop_advice(&in, &d, part);
    tap_is_text("", part[SCP_PART_REVOCATION]->finding[1].remedy, "the evidence's own advice is dropped");
    tap_has_text("", part[SCP_PART_STATUS]->finding[2].remedy, "what is no evidence keeps its own");
    scp_result_free(r);
}

/* More endpoints fail than evidence is kept of: all are counted. */
static void many(void)
{
    static const int words[SCP_PARTS] = { NOTHING, NOTHING, NOTHING, NOTHING, NOTHING };
    struct scp_result *part[SCP_PARTS], *r = scp_result_new(CATALOGUE);
    struct scp_diagnosis_input in = input_of(words, part, SCP_PARTS);
    struct scp_diagnosis d;

    for (size_t i = 0; i < 20; i++)
        add(part[SCP_PART_REVOCATION], SCP_CRITICAL, "revocation.connect", "x", "refused", NULL);
    diagnose(&in, part, NULL, &d);
    scp_diagnosis_evaluate(&in, &d, r);
    tap_has_text("cause: 20 CRL, OCSP or trust-list endpoints fail", r->summary, "every endpoint is counted");
    for (int i = 0; i < SCP_PARTS; i++)
        scp_result_free(part[i]);
    scp_result_free(r);
}

/* No way from here to what the server itself reached is a remark; something wrong with what it serves is not. */
static void weigh(void)
{
    static const int words[SCP_PARTS] = { NOTHING, ABSENT_ROOT, NO_ROOT_ONLY, NOTHING, NOTHING };
    static const struct {
        const char *id, *subject;
        enum scp_state state;
    } ENDPOINTS[] = {
        { "revocation.connect", "ctldl", SCP_OK },
        { "revocation.timeout", "ctldl_dis", SCP_OK },
        { "revocation.signature", "ctldl", SCP_CRITICAL },
        { "revocation.connect", "crl3", SCP_CRITICAL },
    };
    struct scp_result *part[SCP_PARTS], *hosts;
    struct scp_diagnosis_input in = input_of(words, part, SCP_PARTS);

    hosts = part[SCP_PART_REVOCATION];
    for (size_t i = 0; i < 4; i++)
        add(hosts, SCP_CRITICAL, ENDPOINTS[i].id, ENDPOINTS[i].subject, "fails", "open the port");
    in.list_endpoint[0] = "ctldl";
    in.list_endpoint[1] = "ctldl_dis";
    in.list_endpoints = 2;
    scp_diagnosis_weigh(&in, part);
    tap_is_int(SCP_CRITICAL, (int)hosts->finding[1].state, "without a proof nothing is taken back");
    tap_ok(!has_id(hosts, "diagnosis.contradicted"), "nor said");
    (void)snprintf(in.lists_proved, sizeof in.lists_proved, "9 h");
    scp_diagnosis_weigh(&in, part);
    for (size_t i = 0; i < 4; i++)
        tap_is_int((int)ENDPOINTS[i].state, (int)hosts->finding[i + 1].state, "%s of %s", ENDPOINTS[i].id, ENDPOINTS[i].subject);
    tap_has_text("2 endpoints of trust lists", hosts->finding[5].text, "which is said");
    for (int i = 0; i < SCP_PARTS; i++)
        scp_result_free(part[i]);
}

/* --severity: what the user calls OK is no cause any more; what is called a WARNING still is. */
static void severity(void)
{
    static const int words[SCP_PARTS] = { NOTHING, ABSENT_ROOT, NO_ROOT_ONLY, NOTHING, NOTHING };
    static const enum scp_state STATES[] = { SCP_OK, SCP_WARNING };

    for (size_t i = 0; i < 2; i++) {
        const struct scp_severity rule = { .id = "roots.missing", .state = STATES[i] };
        struct scp_result *part[SCP_PARTS];
        struct scp_diagnosis_input in = input_of(words, part, SCP_PARTS);
        struct scp_diagnosis d;

        diagnose(&in, part, &rule, &d);
        tap_is_text(i == 0 ? "" : "roots", causes_text(&d), "--severity=roots.missing=%s", i == 0 ? "ok" : "warning");
        tap_is_int((int)STATES[i], (int)d.cause[SCP_PART_ROOTS].worst, "and its state");
        for (int k = 0; k < SCP_PARTS; k++)
            scp_result_free(part[k]);
    }
}

/* Every combination of words: what is present is named, something that needs no other is first, no evidence is said twice. */
static void invariants(void)
{
    static const int update[] = { NOTHING, OFF, OFF_MEANT, STALE, TIDY, UNTOLD, SKIP },
                     roots[] = { NOTHING, ABSENT_ROOT, BAD_ROOT, BAD_AND_ABSENT, ON_DEMAND, TIDY, UNTOLD, SKIP },
                     chain[] = { NOTHING, NO_CHAIN, BAD_CHAIN, NO_ROOT_ONLY, ROOT_UNUSABLE, BY_AIA, UNTOLD, SKIP },
                     hosts[] = { NOTHING, HOSTS, LISTS, ISSUERS, UNTOLD, SKIP };
    size_t wrong = 0, cells = 0;

    for (size_t n = 0; n < 7 * 8 * 8 * 6; n++) {
        const int words[SCP_CAUSES] = { update[n % 7], roots[n / 7 % 8], chain[n / 56 % 8], hosts[n / 448] };
        bool wanted = words[1] == ABSENT_ROOT || words[1] == BAD_AND_ABSENT || (words[1] == SKIP && words[2] == NO_ROOT_ONLY);
        struct scp_result *part[SCP_CAUSES];
        struct scp_diagnosis_input in = input_of(words, part, SCP_CAUSES);
        struct scp_diagnosis d;

        diagnose(&in, part, NULL, &d);
        wrong += (d.cause[0].state == SCP_PRESENT) != ((words[0] == OFF || words[0] == STALE) && wanted);
        wrong +=
            (d.cause[1].state == SCP_PRESENT) != (words[1] == ABSENT_ROOT || words[1] == BAD_ROOT || words[1] == BAD_AND_ABSENT);
        wrong += (d.cause[2].state == SCP_PRESENT) !=
                 (words[2] == NO_CHAIN || words[2] == BAD_CHAIN || (words[2] == BY_AIA && words[3] == ISSUERS));
        wrong += (d.cause[3].state == SCP_PRESENT) !=
                 (words[3] == HOSTS || words[3] == LISTS || (words[3] == ISSUERS && words[2] != BY_AIA));
        for (int i = 0; i < SCP_CAUSES; i++) {
            wrong += d.cause[i].follows >= 0 && d.cause[d.cause[i].follows].state != SCP_PRESENT;
            wrong += words[i] == UNTOLD && d.cause[i].state != SCP_COULD_NOT_TELL;
            wrong += words[i] == SKIP && d.cause[i].state != SCP_COULD_NOT_TELL;
        }
        wrong += (d.first >= 0) != (d.causes > 0) || (d.first >= 0 && d.cause[d.first].state != SCP_PRESENT);
        wrong += d.either && (words[0] != OFF || words[1] != ABSENT_ROOT);
        cells++;
        for (int i = 0; i < SCP_CAUSES; i++)
            scp_result_free(part[i]);
    }
    tap_is_int(0, (long long)wrong, "%zu combinations: exactly what was put in, and one of it first", cells);
}

/* Whatever can be CRITICAL in one of the four parts is evidence for a cause, or is said here to be none, and why. */
static void catalogues(void)
{
    static const struct scp_catalogue_entry *const tables[] = { scp_autoupdate_catalogue,    scp_list_catalogue,
                                                                scp_mirror_catalogue,        scp_roots_catalogue,
                                                                scp_intermediates_catalogue, scp_revocation_catalogue };
    static const char *const NONE[] = {
        "autoupdate.behind",
        "autoupdate.unreachable",
        "autoupdate.root-not-served", /* of --online, which the diagnosis has not */
        "intermediates.connect",
        "intermediates.inspected",
        "intermediates.name-mismatch",
        "intermediates.no-path", /* of a server or file */
        "intermediates.expiring",
        "roots.expiring",
        "revocation.expiring", /* not yet */
        "intermediates.root-missing",
        "intermediates.root-unusable", /* cause 2's */
        "list.root-disallowed",
        "list.root-restricted",
        "list.root-twin", /* said of the root itself */
    };
    size_t rows = 0;

    for (size_t t = 0; t < sizeof tables / sizeof tables[0]; t++) {
        for (const struct scp_catalogue_entry *e = tables[t]; e->id != NULL; e++) {
            bool named = false;

            for (size_t i = 0; i < sizeof NONE / sizeof NONE[0]; i++)
                named = named || strcmp(NONE[i], e->id) == 0;
            if (strstr(e->states, "CRITICAL") != NULL && named == ((e->evidence & SCP_STEPS) != 0))
                tap_ok(false, "%s is evidence for a cause, or said to be none", e->id);
            rows++;
        }
    }
    tap_ok(rows > 100, "%zu kinds of findings", rows);
}

static void facts(void)
{
    struct scp_result *roots = scp_result_new(CATALOGUE);
    struct scp_diagnosis_input in = { .part = { [SCP_PART_ROOTS] = roots },
                                      .disconnected = SCP_YES,
                                      .symptom = { SCP_PRESENT, SCP_ABSENT, SCP_COULD_NOT_TELL },
                                      .symptom_evidence = { "status.message" } };
    struct scp_diagnosis d;
    struct scp_json j;
    struct scp_buf out;

    scp_result_add(roots, SCP_CRITICAL, "roots.disallowed", "x", "x");
    scp_diagnosis_collect(&in, &d);
    scp_diagnosis_correlate(&in, &d);
    scp_buf_init(&out, 1 << 16);
    scp_json_init(&j, &out, false);
    scp_json_open(&j, NULL, '{');
    scp_diagnosis_facts_put(&j, &in, &d);
    scp_json_close(&j, '}');
    tap_is_text("{\"causes\":{\"autoupdate\":{\"state\":\"unknown\",\"evidence\":[]},\"roots\":{\"state\":\"present\",\"evidence\":"
                "[\"roots.disallowed\"]},"
                "\"intermediates\":{\"state\":\"unknown\",\"evidence\":[]},\"revocation\":{\"state\":\"unknown\",\"evidence\":[]}},"
                "\"symptoms\":{\"msg_9605\":{\"state\":\"present\",\"evidence\":[\"status.message\"]},\"msg_9607\":{\"state\":"
                "\"absent\",\"evidence\":[]},"
                "\"chain_errors\":{\"state\":\"unknown\",\"evidence\":[]}},\"first\":\"roots\",\"disconnected\":true}",
                scp_buf_text(&out), "the facts");
    scp_buf_free(&out);
    scp_result_free(roots);
}

int main(void)
{
    for (size_t i = 0; i < sizeof SITUATIONS / sizeof SITUATIONS[0]; i++)
        judge(&SITUATIONS[i]);
    told();
    many();
    weigh();
    severity();
    invariants();
    catalogues();
    facts();
    return tap_done();
}

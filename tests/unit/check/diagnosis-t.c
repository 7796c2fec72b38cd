/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/diagnosis.h"
#include "tests/tap/tap.h"

#include <stdio.h>
#include <string.h>

/*
 * What was put in, and what has to come out.  The expectation is a table of words, worked out by hand from the support article.
 */
enum { NOTHING, OFF, STALE, ABSENT_ROOT, BAD_ROOT, NO_CHAIN, NO_ROOT_ONLY, HOSTS, LISTS, ISSUERS, TIDY, UNTOLD, SKIP };

struct situation {
    const char *what;
    int update, roots, chain, hosts;     /* one of the words above for each part */
    bool symptom;
    const char *first;                   /* NULL: none */
    const char *causes;                  /* present ones, in the article's order; "x<y": x follows from y */
    enum scp_state state;
    const char *summary;                 /* part of it */
};

static const struct situation SITUATIONS[] = {
    { "healthy", NOTHING, NOTHING, NOTHING, NOTHING, false, NULL, "", SCP_OK, "" },
    { "the article's failure", OFF, ABSENT_ROOT, NO_ROOT_ONLY, NOTHING, true, "autoupdate", "autoupdate roots<autoupdate", SCP_CRITICAL,
      "cause: root auto-update is disabled and Test Root is missing (mending either is enough)" },
    { "update off, everything else there", OFF, NOTHING, NOTHING, NOTHING, false, "autoupdate", "autoupdate", SCP_CRITICAL, "cause: root auto-update is disabled" },
    { "update off, root distrusted", OFF, BAD_ROOT, NO_ROOT_ONLY, NOTHING, false, "autoupdate", "autoupdate roots", SCP_CRITICAL,
      "causes: root auto-update is disabled; and Test Root cannot be used" },
    { "root missing, update on", NOTHING, ABSENT_ROOT, NO_ROOT_ONLY, NOTHING, true, "roots", "roots", SCP_CRITICAL, "cause: Test Root is missing" },
    { "root distrusted", NOTHING, BAD_ROOT, NOTHING, NOTHING, false, "roots", "roots", SCP_CRITICAL, "cause: Test Root cannot be used" },
    { "update stale, root missing", STALE, ABSENT_ROOT, NOTHING, NOTHING, false, "autoupdate", "autoupdate roots<autoupdate", SCP_CRITICAL,
      "cause: root auto-update is on, but does not work; as a consequence Test Root is missing" },
    { "trust lists blocked, update stale, root missing", STALE, ABSENT_ROOT, NO_ROOT_ONLY, LISTS, true, "revocation",
      "autoupdate<revocation roots<autoupdate revocation", SCP_CRITICAL, "cause: 1 CRL, OCSP or trust-list endpoint fails; as a consequence" },
    { "trust lists blocked, root missing, last sync fresh", NOTHING, ABSENT_ROOT, NOTHING, LISTS, false, "revocation", "roots<revocation revocation", SCP_CRITICAL, "as a consequence Test Root is missing" },
    { "update off and trust lists blocked", OFF, ABSENT_ROOT, NOTHING, LISTS, false, "autoupdate", "autoupdate roots<autoupdate revocation", SCP_CRITICAL,
      "causes: root auto-update is disabled and Test Root is missing (mending either is enough); and 1 CRL" },
    { "CRL hosts blocked, update stale", STALE, NOTHING, NOTHING, HOSTS, false, "autoupdate", "autoupdate revocation", SCP_CRITICAL, "causes: " },
    { "CRL hosts blocked", NOTHING, NOTHING, NOTHING, HOSTS, true, "revocation", "revocation", SCP_CRITICAL, "cause: 1 CRL, OCSP or trust-list endpoint fails" },
    { "intermediates missing", NOTHING, NOTHING, NO_CHAIN, NOTHING, true, "intermediates", "intermediates", SCP_CRITICAL, "cause: no current chain can be built from the stores" },
    { "intermediates missing, issuers' hosts blocked", NOTHING, NOTHING, NO_CHAIN, ISSUERS, false, "revocation", "intermediates<revocation revocation", SCP_CRITICAL,
      "as a consequence no current chain" },
    { "intermediates and root missing", NOTHING, ABSENT_ROOT, NO_CHAIN, NOTHING, false, "roots", "roots intermediates", SCP_CRITICAL, "causes: Test Root is missing; and no current chain" },
    { "all four", OFF, ABSENT_ROOT, NO_CHAIN, HOSTS, true, "autoupdate", "autoupdate roots<autoupdate intermediates revocation", SCP_CRITICAL, "causes: " },
    { "symptoms only", NOTHING, NOTHING, NOTHING, NOTHING, true, NULL, "", SCP_CRITICAL, "" },
    { "only things to tidy up", TIDY, TIDY, TIDY, TIDY, false, NULL, "", SCP_OK, "" },
    { "roots could not be told", NOTHING, UNTOLD, NOTHING, NOTHING, false, NULL, "", SCP_UNKNOWN, "" },
    { "nothing could be told", UNTOLD, UNTOLD, UNTOLD, UNTOLD, false, NULL, "", SCP_UNKNOWN, "" },
    { "a cause beside what could not be told", OFF, UNTOLD, NOTHING, NOTHING, false, "autoupdate", "autoupdate", SCP_CRITICAL, "cause: root auto-update is disabled" },
    { "network skipped", NOTHING, NOTHING, NOTHING, SKIP, false, NULL, "", SCP_OK, "" },
    { "network skipped, update stale", STALE, NOTHING, NOTHING, SKIP, false, "autoupdate", "autoupdate", SCP_CRITICAL, "does not work" },
};

static void fill(struct scp_result *r, int word)
{
    switch (word) {
    case OFF:
        scp_result_add(r, SCP_CRITICAL, "autoupdate.disabled", "", "disabled by policy");
        break;
    case STALE:
        scp_result_add(r, SCP_CRITICAL, "autoupdate.sync-stale", "trusted", "60 days old");
        break;
    case ABSENT_ROOT:
        scp_result_add(r, SCP_CRITICAL, "roots.missing", "test-root", "Test Root is gone");
        break;
    case BAD_ROOT:
        scp_result_add(r, SCP_CRITICAL, "roots.disallowed", "test-root", "Test Root is distrusted");
        break;
    case NO_CHAIN:
        scp_result_add(r, SCP_CRITICAL, "intermediates.missing", "family", "no path");
        break;
    case NO_ROOT_ONLY:
        scp_result_add(r, SCP_CRITICAL, "intermediates.root-missing", "family", "no path");
        break;
    case HOSTS:
    case LISTS:
    case ISSUERS:
        scp_result_add(r, SCP_CRITICAL, "revocation.connect", "crl3", "refused");
        break;
    case TIDY:
        scp_result_add(r, SCP_WARNING, "roots.misplaced", "", "untidy");
        scp_result_add(r, SCP_WARNING, "autoupdate.value-misplaced", "", "untidy");
        break;
    case UNTOLD:
        scp_result_add(r, SCP_UNKNOWN, "source.not-covered", "", "not covered");
        break;
    default:
        scp_result_add(r, SCP_OK, "fine.fine", "", "fine");
        break;
    }
}

static const char *causes_text(const struct scp_diagnosis *d)
{
    static char text[256];

    text[0] = '\0';
    for (int i = 0; i < SCP_CAUSES; i++) {
        const struct scp_diagnosis_cause *c = &d->cause[i];
        size_t n = strlen(text);

        if (c->state == SCP_PRESENT)
            (void)snprintf(text + n, sizeof text - n, "%s%s%s%s", n > 0 ? " " : "", scp_part_name((enum scp_part)i),
                           c->follows >= 0 ? "<" : "", c->follows >= 0 ? scp_part_name((enum scp_part)c->follows) : "");
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

static void judge(const struct situation *s)
{
    static const struct scp_catalogue_entry *const tables[] = { scp_diagnosis_catalogue, NULL };
    const int words[SCP_PARTS] = { s->update, s->roots, s->chain, s->hosts, NOTHING };
    struct scp_result *part[SCP_PARTS], *r = scp_result_new(tables);
    struct scp_diagnosis_input in = { .update_on = s->update == OFF ? SCP_NO : SCP_YES,
                                      .lists_reached = s->hosts == LISTS ? SCP_NO : SCP_YES,
                                      .issuers_reached = s->hosts == ISSUERS ? SCP_NO : SCP_YES,
                                      .disconnected = SCP_NO,
                                      .root_name = "Test Root" };
    struct scp_diagnosis d;

    for (int i = 0; i < SCP_PARTS; i++) {
        part[i] = scp_result_new(NULL);
        fill(part[i], words[i]);
        in.part[i] = part[i];
        in.skipped[i] = words[i] == SKIP;
    }
    if (s->symptom)
        scp_result_add(part[SCP_PART_STATUS], SCP_CRITICAL, "status.chain-error", "", "failed to build chain");
    for (int i = 0; i < SCP_DIAGNOSIS_SYMPTOMS; i++)
        in.symptom[i] = s->symptom ? SCP_PRESENT : SCP_ABSENT;
    scp_diagnosis_correlate(&in, &d);
    tap_is_text(s->causes, causes_text(&d), "%s: the causes", s->what);
    tap_is_text(s->first != NULL ? s->first : "none", d.first >= 0 ? scp_part_name((enum scp_part)d.first) : "none",
                "%s: which first", s->what);
    scp_diagnosis_evaluate(&in, &d, r);
    tap_is_int((int)s->state, (int)scp_result_state(r), "%s: state", s->what);
    tap_has_text(s->summary, r->summary, "%s: summary", s->what);
    tap_ok(has_id(r, "diagnosis.unexplained") == (s->symptom && s->causes[0] == '\0'),
           "%s: symptoms are explained, or said to be not", s->what);
    tap_ok(!r->broken && r->exhibits == 2, "%s: checklists", s->what);
    scp_result_free(r);
    for (int i = 0; i < SCP_PARTS; i++)
        scp_result_free(part[i]);
}

/* Every combination of words: what is present is named, and something that follows from nothing is first. */
/* What the checklist tells: evidence with the same advice, consequences, the finding of a symptom; nothing else. */
static void told(void)
{
    static const struct scp_catalogue_entry *const tables[] = { scp_diagnosis_catalogue, NULL };
    static const char *const ADVICE[] = { "open the port\ntest crl3", "open the port\ntest crl4", "mend the proxy" };
    struct scp_result *r = scp_result_new(tables), *part[SCP_PARTS];
    struct scp_diagnosis_input in = { .update_on = SCP_YES,
                                      .lists_reached = SCP_NO,
                                      .issuers_reached = SCP_YES,
                                      .disconnected = SCP_NO,
                                      .symptom = { SCP_ABSENT, SCP_ABSENT, SCP_PRESENT },
                                      .symptom_evidence = { NULL, NULL, "log.chain-error" } };
    struct scp_diagnosis d;

    for (int i = 0; i < SCP_PARTS; i++)
        in.part[i] = part[i] = scp_result_new(NULL);
    fill(part[SCP_PART_AUTOUPDATE], STALE);
    fill(part[SCP_PART_INTERMEDIATES], NOTHING);
    fill(part[SCP_PART_ROOTS], NOTHING);
    for (size_t i = 0; i < sizeof ADVICE / sizeof ADVICE[0]; i++)
        scp_result_remedy(part[SCP_PART_REVOCATION],
                          scp_result_add(part[SCP_PART_REVOCATION], SCP_CRITICAL, "revocation.connect", "x", "refused"), "%s",
                          ADVICE[i]);
    scp_result_add(part[SCP_PART_STATUS], SCP_WARNING, "log.chain-error", "", "fail to build chain");
    scp_result_add(part[SCP_PART_STATUS], SCP_WARNING, "log.other", "", "something else");
    scp_diagnosis_correlate(&in, &d);
    scp_diagnosis_evaluate(&in, &d, r);
    for (int i = 0; i < SCP_PARTS; i++)
        scp_result_part(r, scp_part_name((enum scp_part)i), part[i]);
    scp_diagnosis_mark_told(&in, &d, r);
    tap_is_text("autoupdate<revocation revocation", causes_text(&d), "a consequence and its cause");
    tap_ok(part[SCP_PART_REVOCATION]->finding[0].told, "the first evidence is told");
    tap_ok(part[SCP_PART_REVOCATION]->finding[1].told, "and that with the same advice");
    tap_ok(!part[SCP_PART_REVOCATION]->finding[2].told, "other advice is not");
    tap_ok(part[SCP_PART_AUTOUPDATE]->finding[0].told, "what is a consequence is told");
    for (size_t i = 0; i < r->findings; i++)
        tap_is_int(strcmp(r->finding[i].id, "diagnosis.autoupdate") == 0, r->finding[i].told, "the conclusion %s",
                   r->finding[i].id);
    tap_ok(part[SCP_PART_STATUS]->finding[0].told, "the finding of a symptom is told");
    tap_ok(!part[SCP_PART_STATUS]->finding[1].told, "another is not");
    scp_result_free(r);
}

static void invariants(void)
{
    static const int update[] = { NOTHING, OFF, STALE, TIDY, UNTOLD, SKIP },
                     roots[] = { NOTHING, ABSENT_ROOT, BAD_ROOT, TIDY, UNTOLD, SKIP },
                     chain[] = { NOTHING, NO_CHAIN, NO_ROOT_ONLY, UNTOLD, SKIP },
                     hosts[] = { NOTHING, HOSTS, LISTS, ISSUERS, UNTOLD, SKIP };
    size_t wrong = 0, cells = 0;

    for (size_t n = 0; n < 6 * 6 * 5 * 6; n++) {
        const int words[SCP_CAUSES] = { update[n % 6], roots[n / 6 % 6], chain[n / 36 % 5], hosts[n / 180] };
        struct scp_result *part[SCP_CAUSES];
        struct scp_diagnosis_input in = { .update_on = words[0] == OFF ? SCP_NO : SCP_YES,
                                          .lists_reached = words[3] == LISTS ? SCP_NO : SCP_YES,
                                          .issuers_reached = words[3] == ISSUERS ? SCP_NO : SCP_YES };
        struct scp_diagnosis d;
        size_t there = 0;

        for (int i = 0; i < SCP_CAUSES; i++) {
            part[i] = scp_result_new(NULL);
            fill(part[i], words[i]);
            in.part[i] = part[i];
            in.skipped[i] = words[i] == SKIP;
        }
        scp_diagnosis_correlate(&in, &d);
        for (int i = 0; i < SCP_CAUSES; i++) {
            bool put_in = words[i] != NOTHING && words[i] != TIDY && words[i] != NO_ROOT_ONLY && words[i] != UNTOLD &&
                          words[i] != SKIP;
            bool untold = words[i] == UNTOLD || words[i] == SKIP;
            enum scp_presence expected = put_in ? SCP_PRESENT : untold ? SCP_COULD_NOT_TELL : SCP_ABSENT;

            there += put_in;
            wrong += d.cause[i].state != expected;
            wrong += d.cause[i].follows >= 0 && d.cause[d.cause[i].follows].state != SCP_PRESENT;
        }
        wrong += (d.first >= 0) != (there > 0) || d.causes != there;
        wrong += d.first >= 0 && (d.cause[d.first].follows >= 0 || d.cause[d.first].state != SCP_PRESENT);
        cells++;
        for (int i = 0; i < SCP_CAUSES; i++)
            scp_result_free(part[i]);
    }
    tap_is_int(0, (long long)wrong, "%zu combinations: exactly what was put in, and a first one that follows from nothing", cells);
}

static void facts(void)
{
    struct scp_result *roots = scp_result_new(NULL);
    struct scp_diagnosis_input in = { .part = { [SCP_PART_ROOTS] = roots },
                                      .disconnected = SCP_YES,
                                      .symptom = { SCP_PRESENT, SCP_ABSENT, SCP_COULD_NOT_TELL },
                                      .symptom_evidence = { "status.message" } };
    struct scp_diagnosis d;
    struct scp_json j;
    struct scp_buf out;

    scp_result_add(roots, SCP_WARNING, "roots.on-demand", "x", "x");
    scp_diagnosis_correlate(&in, &d);
    scp_buf_init(&out, 1 << 16);
    scp_json_init(&j, &out, false);
    scp_json_open(&j, NULL, '{');
    scp_diagnosis_facts_put(&j, &in, &d);
    scp_json_close(&j, '}');
    tap_is_text("{\"causes\":{\"autoupdate\":{\"state\":\"unknown\",\"evidence\":[]},\"roots\":{\"state\":\"present\",\"evidence\":"
                "[\"roots.on-demand\"]},"
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
    invariants();
    facts();
    return tap_done();
}

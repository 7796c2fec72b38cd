/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The lists that Windows keeps are verified once a run, whoever asks for them: by the checks that one trust is handed to, and by
 * check_scp as a whole.  A check that needs no list verifies none.
 */
#include "check/autoupdate/check.h"
#include "check/diagnosis/session.h"
#include "check/intermediates/check.h"
#include "check/roots/check.h"
#include "tap.h"
#include "unit/codec/trustlist/list_maker.h"
#include "windows/paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const NAMES[SCP_TRUST_CACHED] = { "EncodedCtl", "DisallowedCertEncodedCtl", "PinRulesEncodedCtl" };
static struct maker_list list[SCP_TRUST_CACHED];

static void make_lists(void)
{
    static const char *const USAGES[SCP_TRUST_CACHED] = { NULL, "1.3.6.1.4.1.311.10.3.30", "1.3.6.1.4.1.311.10.3.32" };

    for (size_t i = 0; i < SCP_TRUST_CACHED; i++)
        list[i] = maker_list(&(struct maker_plan){ .usage = USAGES[i], .algorithm = i == 0 ? NULL : "1.3.6.1.4.1.311.10.11.15" });
}

static struct scp_registry *registry(size_t lists)
{
    struct scp_registry *r = scp_registry_new(scp_paths_scope_all);
    struct scp_registry_key *key = NULL;

    if (r == NULL || scp_registry_add_key(r, SCP_PATH_AUTOUPDATE, strlen(SCP_PATH_AUTOUPDATE), &key, NULL) != 0)
        tap_bail("no registry");
    for (size_t i = 0; i < lists; i++) {
        if (scp_registry_add_value(r, key, NAMES[i], strlen(NAMES[i]), SCP_REG_BINARY, list[i].der.p, list[i].der.n, NULL) != 0)
            tap_bail("no value");
    }
    return r;
}

/* A profile whose root no store holds, so that every check looks it up in the lists. */
static struct scp_profile profile_of(struct scp_profile_cert *root, struct scp_profile_issuer *issuer)
{
    const struct scp_ctl_anchor anchor = maker_anchor();

    *root = (struct scp_profile_cert){ .alias = "root", .name = "Root", .has_sha1 = true, .level = SCP_LEVEL_REQUIRED };
    *issuer = (struct scp_profile_issuer){ .alias = "maker",
                                           .subject_der = anchor.subject,
                                           .subject_der_len = anchor.subject_len,
                                           .spki_der = anchor.spki,
                                           .spki_der_len = anchor.spki_len,
                                           .signs_lists = true };
    return (struct scp_profile){ .name = "test", .root = root, .roots = 1, .issuer = issuer, .issuers = 1 };
}

static void test_checks(void)
{
    static const struct scp_autoupdate_options update = { .expect = SCP_EXPECT_ENABLED };
    static const struct scp_intermediates_options chains = { .aia = SCP_AIA_OFF };
    static struct scp_network_setting network;
    struct scp_profile_cert root;
    struct scp_profile_issuer issuer;
    const struct scp_profile profile = profile_of(&root, &issuer);
    struct scp_registry *r = registry(SCP_TRUST_CACHED);
    struct scp_trust trust;
    const struct scp_intermediates_query q = { .trust = &trust, .options = &chains, .network = &network };
    struct scp_roots_facts roots;
    struct scp_autoupdate_facts autoupdate;
    struct scp_intermediates_facts *intermediates = calloc(1, sizeof *intermediates);

    if (intermediates == NULL || scp_trust_read(r, &profile, &trust, NULL) != 0)
        tap_bail("no trust");
    tap_is_int(0, (long long)trust.verified, "nobody asked yet");
    tap_is_int(0, scp_intermediates_gather(&q, intermediates, NULL), "intermediates");
    tap_ok(trust.verified == 2 && intermediates->trusted == &trust.cached[SCP_TRUST_TRUSTED], "look a missing root up");
    tap_is_int(0, scp_roots_gather(&trust, &roots, NULL), "roots");
    tap_is_int(3, (long long)trust.verified, "each list is verified");
    tap_ok(roots.list == intermediates->trusted, "and the same for all");
    tap_is_int(0, scp_autoupdate_gather(&trust, &update, &autoupdate, NULL), "autoupdate");
    tap_is_int(3, (long long)trust.verified, "once");
    for (size_t i = 0; i < SCP_TRUST_CACHED; i++)
        tap_ok(scp_list_believed(&trust.cached[i]), "%s is believed %s", NAMES[i], trust.cached[i].list.verdict.reason);
    scp_autoupdate_free(&autoupdate);
    scp_roots_free(&roots);
    scp_intermediates_free(intermediates);
    free(intermediates);
    scp_trust_free(&trust);
    scp_registry_free(r);
}

static void test_nothing(void)
{
    struct scp_profile profile = { .name = "empty" };
    struct scp_registry *r = registry(0);
    struct scp_trust trust;
    bool absent = true;

    if (scp_trust_read(r, &profile, &trust, NULL) != 0)
        tap_bail("no trust");
    for (int i = 0; i < SCP_TRUST_CACHED; i++)
        absent = absent && scp_trust_list(&trust, (enum scp_trust_cached)i, NULL)->reading == SCP_LIST_ABSENT;
    tap_ok(absent && trust.verified == 0, "no list, nothing to verify");
    scp_trust_free(&trust);
    scp_registry_free(r);
    if (scp_trust_read(NULL, &profile, &trust, NULL) != 0)
        tap_bail("no trust");
    tap_ok(!scp_list_present(scp_trust_list(&trust, SCP_TRUST_TRUSTED, NULL)), "nor without a registry");
    scp_trust_free(&trust);
}

/* --- check_scp --- */

static void write_export(const char *path)
{
    FILE *f = fopen(path, "w");

    if (f == NULL)
        tap_bail("%s cannot be written", path);
    (void)fprintf(f, "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\%s]\n", SCP_PATH_AUTOUPDATE + strlen("HKLM\\"));
    for (size_t i = 0; i < SCP_TRUST_CACHED; i++) {
        (void)fprintf(f, "\"%s\"=hex:", NAMES[i]);
        for (size_t k = 0; k < list[i].der.n; k++)
            (void)fprintf(f, "%s%02x", k > 0 ? "," : "", list[i].der.p[k]);
        (void)fprintf(f, "\n");
    }
    (void)fclose(f);
}

static void test_run(void)
{
    static struct scp_diagnosis_session s;
    static struct scp_profile profile;
    static struct scp_source_facts source;
    static struct scp_network_setting egress;
    static struct scp_trust trust;
    const char *skip[] = { "revocation" }, *path[1];
    char name[] = "/tmp/scp-trust-XXXXXX";
    int fd = mkstemp(name);
    struct scp_err err = SCP_ERR_INIT;

    if (fd < 0)
        tap_bail("no temporary file");
    (void)close(fd);
    write_export(name);
    path[0] = name;
    s.session = (struct scp_session){ .common = SCP_COMMON_DEFAULTS,
                                      .check = &scp_diagnosis_check,
                                      .profile = &profile,
                                      .source = &source,
                                      .egress = &egress,
                                      .trust = &trust,
                                      .judgeable = true };
    s.session.common.registry = (struct scp_list){ path, 1 };
    s.session.common.at = 1767225600;
    scp_diagnosis_check.defaults(&s.session);
    s.options.skip = (struct scp_list){ skip, 1 };
    if (tap_is_int(0, scp_diagnosis_check.open(&s.session, &err), "a run of check_scp %s", err.message))
        tap_is_int(0, scp_diagnosis_check.gather(&s.session, &err), "gathers %s", err.message);
    for (size_t i = 0; i < SCP_TRUST_CACHED; i++)
        tap_is_int(SCP_LIST_READ, trust.cached[i].reading, "%s is read", NAMES[i]);
    tap_is_int(SCP_TRUST_CACHED, (long long)trust.verified, "by all checks together each list is verified once");
    scp_diagnosis_check.close(&s.session);
    scp_trust_free(&trust);
    scp_network_close(&egress);
    scp_source_close(&source);
    scp_profile_free(&profile);
    (void)unlink(name);
}

int main(void)
{
    make_lists();
    test_checks();
    test_nothing();
    test_run();
    maker_end();
    return tap_done();
}

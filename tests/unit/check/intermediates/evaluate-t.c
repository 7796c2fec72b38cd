/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The verdict on hand-made facts: what cannot be brought about from outside, above all what is seen on the service connection point
 * itself. */
#include "unit/chain/authority.h"
#include "check/intermediates/check.h"
#include "tap.h"

#include <string.h>

enum { PATH_MEMBER, PATH_ROOT, CERTS };

/* A root, an issuing CA, and a profile of one family of them. */
struct world {
    X509 *x[CERTS];
    uint8_t *der[CERTS];
    size_t len[CERTS];
    struct scp_profile_cert root, ca;
    struct scp_profile_ref member;
    struct scp_profile_family family;
    struct scp_profile profile;
    struct scp_intermediates_member m;
    struct scp_intermediates_target target;
    struct scp_intermediates_fetch fetch;
    struct scp_intermediates_facts facts;
    struct scp_path_answer path, fetched;
};

static struct world w;

static void open_world(void)
{
    const struct authority_spec root = { .subject = "Root", .issuer = "Root", .ca = true, .key_ids = true };
    const struct authority_spec member = {
        .subject = "Issuing", .issuer = "Root", .key = 1, .ca = true, .key_ids = true, .serial = 2
    };

    memset(&w, 0, sizeof w);
    w.x[PATH_ROOT] = authority_issue(&root);
    w.x[PATH_MEMBER] = authority_issue(&member);
    for (int i = 0; i < CERTS; i++)
        authority_encode(w.x[i], &w.der[i], &w.len[i]);
    w.facts.pool = scp_pool_new();
    authority_pool_add(w.facts.pool, w.der[PATH_ROOT], w.len[PATH_ROOT], true);
    w.root =
        (struct scp_profile_cert){ .alias = "root", .name = "Anchor", .level = SCP_LEVEL_REQUIRED, .not_after = SCP_UTC_UNKNOWN };
    w.ca = (struct scp_profile_cert){ .alias = "issuing", .name = "Issuing", .not_after = SCP_UTC_UNKNOWN };
    w.member = (struct scp_profile_ref){ .cert = &w.ca };
    w.family = (struct scp_profile_family){ .alias = "test", .name = "Test", .any_of = &w.member, .any_ofs = 1, .anchor = &w.root };
    w.profile = (struct scp_profile){ .name = "test", .root = &w.root, .roots = 1, .family = &w.family, .families = 1 };
    w.m = (struct scp_intermediates_member){ .alias = "issuing",
                                             .name = "Issuing",
                                             .want = &w.ca,
                                             .found = true,
                                             .issuing = true,
                                             .der = w.der[PATH_MEMBER],
                                             .len = w.len[PATH_MEMBER],
                                             .path = &w.path };
    w.path.pool = w.fetched.pool = w.facts.pool;
    (void)scp_outline_read(w.m.der, w.m.len, &w.path.own);
    w.fetched.own = w.path.own;
    w.target = (struct scp_intermediates_target){ .kind = SCP_INTERMEDIATES_FAMILY,
                                                  .id = "test",
                                                  .name = "Test",
                                                  .level = SCP_LEVEL_REQUIRED,
                                                  .family = &w.family,
                                                  .v = &w.m,
                                                  .n = 1 };
    w.path.miss.path = (struct scp_path){ .cert = { SCP_PATH_SELF }, .n = 1, .fault = SCP_PATH_NO_ISSUER };
    w.facts.v = &w.target;
    w.facts.n = 1;
    w.facts.profile = &w.profile;
    (void)strcpy(w.facts.from.text, "from here");
}

static void close_world(void)
{
    scp_pool_free(w.facts.pool);
    for (int i = 0; i < CERTS; i++) {
        OPENSSL_free(w.der[i]);
        X509_free(w.x[i]);
    }
}

static void make_good(struct scp_path_answer *a)
{
    a->good = 1;
    a->best = (struct scp_path){
        .cert = { SCP_PATH_SELF, 0 }, .n = 2, .exact_names = true, .not_after = AUTHORITY_NOW + 300 * (int64_t)AUTHORITY_DAY
    };
    a->until = a->best.not_after;
}

static struct scp_result *judged(void)
{
    static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_intermediates_catalogue, NULL };
    struct scp_result *r = scp_result_new(CATALOGUE);

    scp_intermediates_evaluate(&w.facts, &scp_intermediates_limits_default, AUTHORITY_NOW, r);
    return r;
}

/* The state of the first finding with that id; -1 when there is none. */
static int state_of(const struct scp_result *r, const char *id)
{
    for (size_t i = 0; i < r->findings; i++) {
        if (strcmp(r->finding[i].id, id) == 0)
            return (int)r->finding[i].state;
    }
    return -1;
}

static void expect(int state, const char *id, enum scp_state all, const char *name)
{
    struct scp_result *r = judged();

    tap_is_int(state, state_of(r, id), "%s: %s", name, id);
    tap_is_int((int)all, (int)scp_result_state(r), "%s: the whole", name);
    scp_result_free(r);
}

static void test_fetched(void)
{
    open_world();
    expect(SCP_CRITICAL, "intermediates.missing", SCP_CRITICAL, "no address is known");
    w.target.probed = true;
    expect(SCP_CRITICAL, "intermediates.missing", SCP_CRITICAL, "fetching failed");
    w.m.fetched = &w.fetched;
    w.target.pool = w.facts.pool;
    make_good(&w.fetched);
    expect(SCP_WARNING, "intermediates.missing", SCP_WARNING, "fetched, but from elsewhere");
    w.facts.from_scp = true;
    expect(SCP_OK, "intermediates.missing", SCP_OK, "fetched on the service connection point itself");
    w.fetched.best.undetermined = (struct scp_path_doubt){ 1, 1, "has a key of another kind" };
    expect(SCP_UNKNOWN, "intermediates.strength-unknown", SCP_UNKNOWN, "which proves something, or nothing");
    w.fetched.best.undetermined.found = 0;
    w.fetched.best.weak = (struct scp_path_doubt){ 1, 1, "is signed with SHA-1" };
    expect(SCP_WARNING, "intermediates.weak", SCP_WARNING, "which is weak");
    w.fetched.best.weak.found = 0;
    w.facts.chain.disable_aia = (struct scp_policy_number){ SCP_PRESENT, false, 1 };
    expect(SCP_CRITICAL, "intermediates.missing", SCP_CRITICAL, "which a setting forbids");
    w.facts.chain.disable_aia = (struct scp_policy_number){ SCP_COULD_NOT_TELL, false, 0 };
    expect(SCP_UNKNOWN, "intermediates.policy-unknown", SCP_CRITICAL, "or may forbid");
    w.target.level = SCP_LEVEL_RECOMMENDED;
    expect(SCP_OK, "intermediates.recommended", SCP_OK, "of a recommended family");
    close_world();
}

static void test_attempts(void)
{
    open_world();
    w.target.probed = true;
    w.target.fetches = 1;
    w.target.fetch = &w.fetch;
    w.fetch =
        (struct scp_intermediates_fetch){ .url = "http://x", .wanted = "Root", .outcome = SCP_HTTP_NOT_STARTED, .message = "m" };
    expect(SCP_UNKNOWN, "intermediates.fetch-failed", SCP_CRITICAL, "an attempt that never began");
    w.fetch.outcome = SCP_HTTP_DNS;
    expect(SCP_OK, "intermediates.fetch-failed", SCP_CRITICAL, "one that failed is told beside the verdict");
    w.fetch.right = true;
    expect(SCP_OK, "intermediates.fetched", SCP_CRITICAL, "one that was right");
    close_world();
}

static void test_remarks(void)
{
    open_world();
    make_good(&w.path);
    expect(SCP_OK, "intermediates.chains", SCP_OK, "a good path");
    expect(-1, "intermediates.outline", SCP_OK, "nothing unreadable");
    w.facts.unreadable = 2;
    expect(SCP_OK, "intermediates.outline", SCP_OK, "certificates without an outline");
    (void)strcpy(w.facts.list_unread, "it is not signed");
    expect(SCP_OK, "intermediates.disallowed-list", SCP_OK, "a list of distrust that cannot be believed");
    w.path.stopped = "too many paths";
    expect(SCP_OK, "intermediates.stopped", SCP_OK, "a search that stopped, but had found one");
    w.path.good = 0;
    expect(SCP_UNKNOWN, "intermediates.stopped", SCP_UNKNOWN, "one that had not");
    close_world();
}

static void test_nothing(void)
{
    open_world();
    w.facts.n = 0;
    expect(SCP_OK, "intermediates.none-required", SCP_OK, "no targets");
    close_world();
}

/* Every fault has a sentence, and none is good. */
static void test_faults(void)
{
    open_world();
    for (int fault = SCP_PATH_EXPIRED; fault <= SCP_PATH_UNTRUSTED_ROOT; fault++) {
        for (size_t at = 0; at < 2; at++) {
            struct scp_result *r;

            w.path.miss.path =
                (struct scp_path){ .cert = { SCP_PATH_SELF, 0 }, .n = 2, .fault = (enum scp_path_fault)fault, .at = at };
            r = judged();
            tap_ok(scp_result_state(r) != SCP_OK && r->finding[0].text[0] != '\0', "%s at %zu: %s",
                   scp_path_fault_name((enum scp_path_fault)fault), at, r->finding[0].text);
            scp_result_free(r);
        }
    }
    close_world();
}

int main(void)
{
    test_fetched();
    test_attempts();
    test_remarks();
    test_nothing();
    test_faults();
    authority_free();
    return tap_done();
}

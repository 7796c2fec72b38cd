/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utc.h"
#include "tap.h"
#include "windows/profile.h"

#include <stdio.h>
#include <string.h>

#define SHA1 "DF3C24F9BFD666761B268073FE06D1CC8D4F82A4"
#define HEAD "[profile]\nname = t\nas_of = 2026-11-01\n"
#define ISSUER "[issuer i]\nsubject_der = MAA=\nspki_der = MAA=\n"

#define ABC_SHA1 "A9993E364706816ABA3E25717850C26C9CD0D89D"

static const char WHOLE[] = HEAD "[root a]\nder = YWJj\nsha1 = " ABC_SHA1 "\n";

static void refuses(const char *text, const char *why)
{
    struct scp_profile p;
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(-1, scp_profile_parse(text, strlen(text), &p, &err), "refused: %s", why);
    tap_has_text(why, err.message, "with its reason");
}

static void test_builtins(void)
{
    for (const struct scp_profile_builtin *b = scp_profile_builtins; b->name != NULL; b++) {
        struct scp_profile p;
        struct scp_err err = SCP_ERR_INIT;

        if (!tap_is_int(0, scp_profile_parse(b->text, strlen(b->text), &p, &err), "built-in %s parses %s", b->name, err.message))
            continue;
        tap_is_text(b->name, p.name, "and carries its name");
        tap_ok(p.root[0].level == SCP_LEVEL_REQUIRED && strcmp(p.root[0].alias, "digicert-global-root-g2") == 0,
               "DigiCert Global Root G2 is required first");
        tap_ok(p.families == 4 && p.family[0].anchor == &p.root[0] && p.family[0].any_ofs == 8 && p.family[0].vias == 1,
               "families");
        size_t required = 0;
        for (size_t i = 0; i < p.roots; i++)
            required += p.root[i].level == SCP_LEVEL_REQUIRED;
        tap_is_int(1, (long long)required, "no other root is");
        for (size_t i = 0; i < p.endpoints; i++) {
            const struct scp_profile_endpoint *e = &p.endpoint[i];

            if ((e->kind == SCP_ENDPOINT_CRL || e->kind == SCP_ENDPOINT_OCSP) && e->issuer == NULL)
                tap_ok(0, "%s has an issuer", e->id);
        }
        scp_profile_free(&p);
    }
}

static void test_article(void)
{
    static const char *const HOSTS[] = { "crl3",  "crl4",  "ocsp_dc", "dtrust_crl", "dtrust_ocsp",
                                         "ctldl", "mscrl", "crl_ms",  "oneocsp",    "msocsp" };
    const struct scp_profile_builtin *b = scp_profile_builtin_find("article");
    struct scp_profile p;

    if (b == NULL || scp_profile_parse(b->text, strlen(b->text), &p, NULL) != 0)
        tap_bail("no profile article");
    tap_is_int(10, (long long)p.endpoints, "article: ten endpoints");
    for (size_t i = 0; i < p.endpoints && i < 10; i++)
        tap_ok(strcmp(p.endpoint[i].id, HOSTS[i]) == 0 && p.endpoint[i].level == SCP_LEVEL_REQUIRED && p.endpoint[i].group == NULL,
               "%s in its place, standing for itself", HOSTS[i]);
    scp_profile_free(&p);
}

static void test_require(void)
{
    struct scp_profile p;
    struct scp_err err = SCP_ERR_INIT;

    if (scp_profile_parse(HEAD, strlen(HEAD), &p, NULL) != 0)
        tap_bail("a profile of our own does not parse");
    tap_is_int(0, scp_profile_require(&p, "digicert-global-root-g3", SCP_LEVEL_REQUIRED, NULL), "an alias of another profile");
    tap_is_int(0, scp_profile_require(&p, SHA1, SCP_LEVEL_RECOMMENDED, NULL), "a SHA-1");
    tap_is_int(0, scp_profile_require(&p, SHA1, SCP_LEVEL_REQUIRED, NULL), "the same again");
    tap_is_int(
        0, scp_profile_require(&p, "cb3ccbb76031e5e0138f8dd39a23f9de47ffc35e43c1144cea27d46a5ab1cb5f", SCP_LEVEL_REQUIRED, NULL),
        "a SHA-256");
    tap_ok(p.roots == 3 && p.root[1].level == SCP_LEVEL_REQUIRED && !p.root[2].has_sha1, "each once, at its last level");
    tap_ok(scp_profile_require(&p, "nonsense", SCP_LEVEL_REQUIRED, &err) != 0 && strstr(err.message, "nonsense") != NULL,
           "an unknown alias: %s", err.message);
    scp_profile_free(&p);
}

int main(void)
{
    struct scp_profile p;
    static const char OVERRIDE[] = HEAD "include = common\n[root digicert-global-root-g3]\nlevel = required\n";

    test_builtins();
    test_article();
    test_require();
    refuses("", "no [profile]");
    refuses(HEAD "[root a]\nsha1 = 12\n", "line 5: sha1");
    refuses(HEAD "[root a]\nname = x\n", "line 4: a: neither");
    refuses(HEAD "[product 1]\nbuild = 9K\n", "line 5: build: not a number");
    refuses(HEAD "[product 1]\nbuild = 9\n", "line 4: product 1: build and support_ends are needed");
    refuses(HEAD "[root a]\nsha1 = " SHA1 "\nname = a\nname = b\n", "line 7: name: stands here a second time");
    refuses(HEAD "[root a]\nsha1 = " SHA1 "\n[root a]\nsha1 = " SHA1 "\n", "line 6: [root a] stands here a second time");
    refuses(HEAD "[root a]\nsha1 = " SHA1 "\nlevel = maybe\n", "line 6: level");
    refuses(HEAD "[root a]\nsha1 = " SHA1 "\ncolour = red\n", "line 6: colour: unknown key");
    refuses(HEAD "[thing a]\nx = y\n", "line 4: [thing a]: unknown section");
    refuses(HEAD "[family f]\nany_of = nobody\n", "line 5: any_of: there is no certificate 'nobody'");
    refuses(HEAD "[endpoint e]\nhost = h\nurl = u\nissuer = i\n", "line 7: issuer");
    refuses(HEAD "[endpoint e]\nhost = h\nurl = u\nmax_lifetime = long\n", "line 7: max_lifetime: not a duration");
    refuses(HEAD "[endpoint e]\nhost = h\nurl = u\nmax_lifetime = 0\n", "line 7: max_lifetime: not a duration");
    refuses(HEAD "include = nothing\n", "line 4: include");
    refuses(HEAD "[endpoint e]\nhost = h\nkind = tls\n", "line 4: endpoint e: kind = tls has host and issuers");
    refuses(HEAD "[endpoint e]\nhost = h\nkind = tls\nissuers = i\n", "line 7: issuers: there is no issuer 'i'");
    refuses(HEAD "[endpoint e]\nhost = h\nkind = tls\nissuers =\n", "line 7: issuers: an empty list");
    refuses(HEAD ISSUER "[endpoint e]\nhost = h\nurl = u\nissuers = i\n", "no other has issuers");
    refuses(HEAD ISSUER "[endpoint e]\nhost = h\nurl = u\nkind = tls\nissuers = i\n", "no url");
    refuses(HEAD "[issuer i]\nsubject_der = !\n", "line 5: subject_der: not base64");
    refuses(HEAD "[root a]\nsha1 = " SHA1 "\nder = YWJj\n", "line 4: a: der is another certificate");
    refuses(HEAD "[root a]\nsha1 = " ABC_SHA1 "\nder = YWJj\nsha256 = " ABC_SHA1 "000000000000000000000000\n",
            "line 4: a: der is another certificate");
    refuses(HEAD "[root a]\nsha1 = " SHA1 "\nder = !\n", "line 6: der: not base64");
    if (tap_is_int(0, scp_profile_parse(WHOLE, sizeof WHOLE - 1, &p, NULL), "a certificate in full")) {
        tap_ok(p.root[0].der_len == 3 && memcmp(p.root[0].der, "abc", 3) == 0, "is kept");
        scp_profile_free(&p);
    }
    refuses("[profile]\nname = t\nas_of = soon\n", "line 3: as_of: not a date");
    if (tap_is_int(0, scp_profile_parse(OVERRIDE, sizeof OVERRIDE - 1, &p, NULL), "a root of an included profile")) {
        const struct scp_profile_cert *g3 = NULL;

        for (size_t i = 0; i < p.roots; i++)
            g3 = strcmp(p.root[i].alias, "digicert-global-root-g3") == 0 ? &p.root[i] : g3;
        tap_ok(g3 != NULL && g3->level == SCP_LEVEL_REQUIRED && g3->has_sha256, "changes only what is named");
        scp_profile_free(&p);
    }
    return tap_done();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Where a certificate lies that is not where it counts: every kind of store, named as a person names it.
 */
#include "tap.h"
#include "base/say.h"
#include "windows/elsewhere.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

/* The shortest SEQUENCE stands for a certificate: 30 03 02 01 05, whose SHA-1 sha1sum(1) tells. */
#define PRINT "16C3C3E0BB5B5F4FBAECDB6DF37A5A4F9D1196E4"
static const uint8_t SHA1[20] = { 0x16, 0xC3, 0xC3, 0xE0, 0xBB, 0x5B, 0x5F, 0x4F, 0xBA, 0xEC,
                                  0xDB, 0x6D, 0xF3, 0x7A, 0x5A, 0x4F, 0x9D, 0x11, 0x96, 0xE4 };
static const uint8_t BLOB[] = { 32, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0x30, 3, 2, 1, 5 };
static const uint8_t OTHER[] = { 32, 0, 0, 0, 1, 0, 0, 0, 5, 0, 0, 0, 0x30, 3, 2, 1, 6 };

static struct scp_registry *registry(void)
{
    struct scp_registry *r = scp_registry_new(scp_paths_scope);

    if (r == NULL)
        tap_bail("out of memory");
    return r;
}

/* Without the marks of our own characters. */
static const char *plain(const char *sentence)
{
    static char text[1000];
    size_t put = 0;

    for (size_t i = 0, n = strlen(sentence); i < n && put + 1 < sizeof text; i++) {
        if (!scp_say_is_own(sentence + i, n - i))
            text[put++] = sentence[i];
    }
    text[put] = '\0';
    return text;
}

static void put(struct scp_registry *r, const char *store, const uint8_t *blob, size_t n)
{
    struct scp_registry_key *key = NULL;
    char path[512];

    (void)snprintf(path, sizeof path, "%s\\Certificates\\" PRINT, store);
    if (scp_registry_add_key(r, path, strlen(path), &key, NULL) != 0 || key == NULL ||
        scp_registry_add_value(r, key, "Blob", 4, SCP_REG_BINARY, blob, n, NULL) != 0)
        tap_bail("%s: not kept", path);
}

static const struct {
    const char *store, *place; /* NULL: it counts there as a root */
} STORES[] = {
    { "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT", NULL },
    { "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot", NULL },
    { "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\Root", NULL },
    { "HKLM\\SOFTWARE\\Microsoft\\EnterpriseCertificates\\Root", NULL },
    { "HKU\\.DEFAULT\\Software\\Microsoft\\SystemCertificates\\Root", NULL },
    { "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\CA", "LocalMachine\\CA" },
    { "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\TrustedPublisher", "LocalMachine\\TrustedPublisher" },
    { "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\TrustedPeople", "LocalMachine\\TrustedPeople" },
    { "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\MY", "LocalMachine\\MY" },
    { "HKLM\\SOFTWARE\\Policies\\Microsoft\\SystemCertificates\\CA", "LocalMachine\\CA by group policy" },
    { "HKLM\\SOFTWARE\\Microsoft\\EnterpriseCertificates\\NTAuth", "the enterprise's LocalMachine\\NTAuth" },
    { "HKLM\\SOFTWARE\\Microsoft\\Cryptography\\Services\\CcmExec\\SystemCertificates\\ROOT",
      "the store Root of the service CcmExec" },
    { "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\SystemCertificates\\ROOT", "the 32-bit view's store Root (WOW6432Node)" },
    { "HKCU\\Software\\Microsoft\\SystemCertificates\\Root", "the user store Root of HKCU" },
    { "HKU\\S-1-5-21-1-2-3-500\\Software\\Microsoft\\SystemCertificates\\Root", "the user store Root of HKU\\S-1-5-21-1-2-3-500" },
    { "HKU\\S-1-5-20\\Software\\Policies\\Microsoft\\SystemCertificates\\Root",
      "the user store Root, by policy, of HKU\\S-1-5-20" },
    { "HKU\\.DEFAULT\\Software\\Microsoft\\SystemCertificates\\CA", "the SYSTEM account's store CA" },
};

static void test_places(void)
{
    struct scp_elsewhere e;

    for (size_t i = 0; i < sizeof STORES / sizeof STORES[0]; i++) {
        struct scp_registry *r = registry();

        put(r, STORES[i].store, BLOB, sizeof BLOB);
        tap_is_int(0, scp_elsewhere_find(r, SHA1, SCP_STORE_ROOT, &e, NULL), "%s: looked into", STORES[i].store);
        tap_is_int(STORES[i].place != NULL, (long long)e.n, "%s: elsewhere or not", STORES[i].store);
        if (STORES[i].place != NULL)
            tap_is_text(STORES[i].place, e.n > 0 ? plain(e.place[0]) : "", "%s: its place", STORES[i].store);
        scp_registry_free(r);
    }
}

static void test_what_counts(void)
{
    struct scp_registry *r = registry();
    struct scp_elsewhere e;

    put(r, "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\CA", OTHER, sizeof OTHER);
    (void)scp_elsewhere_find(r, SHA1, SCP_STORE_ROOT, &e, NULL);
    tap_is_int(0, (long long)e.n, "a key of that name that holds another certificate is not it");
    for (uint8_t element = 33; element < 35; element++) {
        struct scp_registry *other = registry();
        uint8_t blob[sizeof BLOB];

        memcpy(blob, BLOB, sizeof blob);
        blob[0] = element;
        put(other, "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\CA", blob, sizeof blob);
        tap_ok(scp_elsewhere_find(other, SHA1, SCP_STORE_ROOT, &e, NULL) == 0 && e.n == 0, "nor a list, element %d", (int)element);
        scp_registry_free(other);
    }
    for (size_t cut = 1; cut < sizeof BLOB; cut++) {
        struct scp_registry *damaged = registry();

        put(damaged, "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\CA", BLOB, sizeof BLOB - cut);
        tap_ok(scp_elsewhere_find(damaged, SHA1, SCP_STORE_ROOT, &e, NULL) == 0 && e.n == 0, "nor one that is %zu bytes short",
               cut);
        scp_registry_free(damaged);
    }
    put(r, "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\ROOT", BLOB, sizeof BLOB);
    (void)scp_elsewhere_find(r, SHA1, SCP_STORE_CA, &e, NULL);
    tap_is_text("LocalMachine\\Root", e.n > 0 ? plain(e.place[0]) : "", "an intermediate in Root is elsewhere");
    scp_registry_free(r);
}

/* Windows shows one key in both views; before Windows 7 there were two. */
static void test_views(void)
{
    static const char OWN[] = "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\TrustedPeople",
                      OLD[] = "HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\SystemCertificates\\TrustedPeople";
    struct scp_registry *r = registry();
    struct scp_elsewhere e;

    put(r, OWN, OTHER, sizeof OTHER);
    put(r, OLD, BLOB, sizeof BLOB);
    (void)scp_elsewhere_find(r, SHA1, SCP_STORE_ROOT, &e, NULL);
    tap_is_text("the 32-bit view's store TrustedPeople (WOW6432Node)", e.n == 1 ? plain(e.place[0]) : "",
                "in the 32-bit view alone");
    put(r, OWN, BLOB, sizeof BLOB);
    (void)scp_elsewhere_find(r, SHA1, SCP_STORE_ROOT, &e, NULL);
    tap_is_text("LocalMachine\\TrustedPeople", e.n == 1 ? plain(e.place[0]) : "", "in both views: one place");
    scp_registry_free(r);
}

static void test_phrase(void)
{
    struct scp_registry *r = registry();
    struct scp_elsewhere e;
    char phrase[600];

    (void)scp_elsewhere_find(r, SHA1, SCP_STORE_ROOT, &e, NULL);
    scp_elsewhere_phrase(&e, phrase, sizeof phrase);
    tap_is_text("", plain(phrase), "nowhere");
    put(r, "HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\CA", BLOB, sizeof BLOB);
    put(r, "HKCU\\Software\\Microsoft\\SystemCertificates\\Root", BLOB, sizeof BLOB);
    (void)scp_elsewhere_find(r, SHA1, SCP_STORE_ROOT, &e, NULL);
    scp_elsewhere_phrase(&e, phrase, sizeof phrase);
    tap_is_text("LocalMachine\\CA and the user store Root of HKCU", plain(phrase), "two");
    for (int i = 0; i < 12; i++) {
        char store[128];

        (void)snprintf(store, sizeof store, "HKU\\S-1-5-21-%d\\Software\\Microsoft\\SystemCertificates\\Root", i);
        put(r, store, BLOB, sizeof BLOB);
    }
    (void)scp_elsewhere_find(r, SHA1, SCP_STORE_ROOT, &e, NULL);
    scp_elsewhere_phrase(&e, phrase, sizeof phrase);
    tap_is_int(14, (long long)e.n, "all are counted");
    tap_is_text("LocalMachine\\CA, the user store Root of HKCU and 12 more", plain(phrase), "many");
    scp_registry_free(r);
}

int main(void)
{
    test_places();
    test_what_counts();
    test_views();
    test_phrase();
    return tap_done();
}

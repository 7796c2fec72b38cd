/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/num.h"
#include "base/utc.h"
#include "check/diagnosis/check.h"
#include "check/diagnosis/events.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOW = 1795395600, CHANGED = NOW - 7200, SERVICE = 900, XML = 8192 };

static struct scp_profile profile;
static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_diagnosis_catalogue, NULL };

/* --- Events --- */

struct who {
    const char *program, *account;
    unsigned process;
};
static const struct who SMSEXEC = { "smsexec.exe", "S-1-5-18", 700 }, CRYPTSVC = { "svchost.exe", "S-1-5-20", SERVICE };

static const char *wrap(unsigned id, const struct who *w, int64_t at, const char *data)
{
    static char out[XML];
    char time[SCP_UTC_TEXT];

    (void)scp_utc_format(at, time);
    time[strlen(time) - 1] = '\0';
    (void)snprintf(out, sizeof out,
                   "<Event><System><Provider Name='Microsoft-Windows-CAPI2'/><EventID>%u</EventID><TimeCreated "
                   "SystemTime='%s.1234567Z'/><Execution ProcessID='%u'/><Channel>Microsoft-Windows-CAPI2/Operational</Channel>"
                   "<Security UserID='%s'/></System><UserData>%s</UserData></Event>",
                   id, time, w->process, w->account, data);
    return out;
}

static void note(struct scp_events *e, const char *xml)
{
    tap_is_int(0, scp_events_note(e, xml, strlen(xml), NULL), "noted");
}

static void fetch(struct scp_events *e, const struct who *w, int64_t at, const char *url, const char *result)
{
    char data[XML / 2];

    (void)snprintf(data, sizeof data,
                   "<CryptRetrieveObjectByUrlWire><URL scheme='http'>%s</URL><EventAuxInfo ProcessName='%s'/><Result "
                   "value='%s'/></CryptRetrieveObjectByUrlWire>",
                   url, w->program, result);
    note(e, wrap(53, w, at, data));
}

struct cert {
    char print[41];
    const char *name;
};

static struct cert unknown(char digit, const char *name)
{
    struct cert c = { .name = name };

    memset(c.print, digit, 40);
    return c;
}

static struct cert known(const char *alias)
{
    struct cert c = { .name = "?" };

    for (size_t i = 0; i < profile.cas + profile.roots; i++) {
        const struct scp_profile_cert *p = i < profile.cas ? &profile.ca[i] : &profile.root[i - profile.cas];

        if (strcmp(p->alias, alias) == 0) {
            (void)scp_num_to_hex(p->sha1, sizeof p->sha1, c.print);
            c.name = p->name;
            return c;
        }
    }
    tap_bail("no %s", alias);
}

/* From the certificate up; all of them by smsexec.exe. */
static void build(struct scp_events *e, int64_t at, const struct cert *chain, size_t n, const char *result)
{
    char data[XML / 2];
    size_t k = (size_t)snprintf(data, sizeof data,
                                "<CertGetCertificateChain><Certificate fileRef='%s.cer' subjectName='%s'/><CertificateChain>",
                                chain[0].print, chain[0].name);

    for (size_t i = 0; i < n; i++)
        k += (size_t)snprintf(data + k, sizeof data - k,
                              "<ChainElement><Certificate fileRef='%s.cer' subjectName='%s'/></ChainElement>", chain[i].print,
                              chain[i].name);
    (void)snprintf(data + k, sizeof data - k,
                   "</CertificateChain><EventAuxInfo ProcessName='smsexec.exe'/><Result value='%s'/></CertGetCertificateChain>",
                   result);
    note(e, wrap(11, &SMSEXEC, at, data));
}

static void verify(struct scp_events *e, unsigned id, const struct cert *c, const char *result)
{
    char data[XML / 2];
    const char *name = id == 30 ? "CertVerifyCertificateChainPolicy" : "CertVerifyRevocation";

    (void)snprintf(
        data, sizeof data,
        "<%s><Certificate fileRef='%s.cer' subjectName='%s'/><EventAuxInfo ProcessName='smsexec.exe'/><Result value='%s'/></%s>",
        name, c->print, c->name, result, name);
    note(e, wrap(id, &SMSEXEC, NOW - 60, data));
}

static void begin(struct scp_events *e)
{
    if (scp_events_begin(e, &profile, NOW, CHANGED, NULL) != 0)
        tap_bail("memory");
    e->log.state = SCP_EVENTS_READ;
    e->log.service = SERVICE;
}

static const struct scp_profile_endpoint *endpoint(const char *id)
{
    for (size_t i = 0; i < profile.endpoints; i++) {
        if (strcmp(profile.endpoint[i].id, id) == 0)
            return &profile.endpoint[i];
    }
    tap_bail("no endpoint %s", id);
}

/* State and text of the finding; -1: none. */
static int finding(const struct scp_events *e, const char *id, char text[512])
{
    struct scp_result *r = scp_result_new(CATALOGUE);
    int state = -1;

    scp_events_evaluate(e, NULL, r);
    text[0] = '\0';
    for (size_t i = 0; i < r->findings && state < 0; i++) {
        if (strcmp(r->finding[i].id, id) == 0) {
            state = (int)r->finding[i].state;
            (void)snprintf(text, 512, "%s", r->finding[i].text);
        }
    }
    scp_result_free(r);
    return state;
}

/* --- Tests --- */

#define OCSP_06 "http://www.microsoft.com/pkiops/certs/Microsoft%20TLS%20G2%20RSA%20CA%20OCSP%2006.crt"

static void test_whose(void)
{
    static const struct {
        struct who who;
        enum scp_tri fetched;
        const char *what;
    } CASES[] = {
        { { "smsexec.exe", "S-1-5-18", 700 }, SCP_YES, "smsexec.exe as SYSTEM" },
        { { "SMSEXEC.EXE", "S-1-5-18", 700 }, SCP_YES, "in any case" },
        { { "smsexec.exe", "S-1-5-21-1-2-3-500", 700 }, SCP_MAYBE, "smsexec.exe as somebody" },
        { { "smsexec.exe", "S-1-5-20", 700 }, SCP_MAYBE, "smsexec.exe as NETWORK SERVICE" },
        { { "smsexec.exe", "", 700 }, SCP_MAYBE, "smsexec.exe as nobody" },
        { { "notsmsexec.exe", "S-1-5-18", 700 }, SCP_MAYBE, "another program" },
        { { "svchost.exe", "S-1-5-20", SERVICE }, SCP_YES, "CryptSvc's process" },
        { { "svchost.exe", "S-1-5-18", SERVICE }, SCP_YES, "CryptSvc's process as SYSTEM" },
        { { "svchost.exe", "S-1-5-19", SERVICE }, SCP_MAYBE, "CryptSvc's process as LOCAL SERVICE" },
        { { "svchost.exe", "S-1-5-20", SERVICE + 1 }, SCP_MAYBE, "another service's process" },
        { { "lsass.exe", "S-1-5-18", SERVICE }, SCP_MAYBE, "another program with its number" },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_events e;

        begin(&e);
        fetch(&e, &CASES[i].who, NOW - 60, OCSP_06, "0");
        tap_is_int(CASES[i].fetched, scp_events_fetched(&e, endpoint("aia_pkiops")), "%s", CASES[i].what);
        tap_is_int(CASES[i].fetched == SCP_MAYBE, (long long)e.passed[SCP_EVENTS_OF_OTHERS], "%s: passed over", CASES[i].what);
        scp_events_free(&e);
    }
}

static void test_service_unknown(void)
{
    struct scp_events e;
    struct who w = CRYPTSVC;

    begin(&e);
    w.process = e.log.service = 0;
    fetch(&e, &w, NOW - 60, OCSP_06, "0");
    tap_is_int(SCP_MAYBE, scp_events_fetched(&e, endpoint("aia_pkiops")), "no process of CryptSvc is known");
    scp_events_free(&e);
}

static void test_when(void)
{
    static const struct {
        int64_t at, changed;
        enum scp_tri fetched;
        const char *what;
    } CASES[] = {
        { CHANGED + 1, CHANGED, SCP_YES, "behind the last change" },
        { CHANGED, CHANGED, SCP_MAYBE, "with it" },
        { CHANGED - 1, CHANGED, SCP_MAYBE, "before it" },
        { NOW - 60, SCP_UTC_UNKNOWN, SCP_MAYBE, "when it was is not known" },
        { NOW - SCP_EVENTS_PERIOD, 0, SCP_YES, "a day old" },
        { NOW - SCP_EVENTS_PERIOD - 1, 0, SCP_MAYBE, "older" },
        { NOW + SCP_UTC_SKEW, CHANGED, SCP_YES, "a little ahead" },
        { NOW + SCP_UTC_SKEW + 1, CHANGED, SCP_MAYBE, "of the future" },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_events e;

        begin(&e);
        e.changed = CASES[i].changed;
        fetch(&e, &SMSEXEC, CASES[i].at, OCSP_06, "0");
        tap_is_int(CASES[i].fetched, scp_events_fetched(&e, endpoint("aia_pkiops")), "%s", CASES[i].what);
        tap_is_int(CASES[i].fetched == SCP_MAYBE, (long long)e.passed[SCP_EVENTS_OLD], "%s: passed over", CASES[i].what);
        scp_events_free(&e);
    }
}

static void test_addresses(void)
{
    static const struct {
        const char *url, *id;
        enum scp_tri fetched;
    } CASES[] = {
        { "http://www.microsoft.com/pkiops/certs/Microsoft%20TLS%20G2%20RSA%20CA%20OCSP%2002.crt", "aia_pkiops", SCP_YES },
        { OCSP_06, "aia_pkiops", SCP_YES },
        { "http://www.microsoft.com/pkiops/certs/Microsoft TLS G2 RSA CA OCSP 06.crt?x=1", "aia_pkiops", SCP_YES },
        { OCSP_06, "aia_ms", SCP_MAYBE },
        { "http://www.microsoft.com/pkiops/certs/other.crt", "aia_pkiops", SCP_MAYBE },
        { "http://www.microsoft.com.evil.example/pkiops/certs/Microsoft%20TLS%20G2%20RSA%20CA%20OCSP%2006.crt", "aia_pkiops",
          SCP_MAYBE },
        { "http://caissuers.microsoft.com/pkiops/certs/Microsoft%20TLS%20RSA%20Root%20G2%20-%20xsign.crt", "aia_ms", SCP_YES },
        { "http://oneocsp.microsoft.com/ocsp/MFQwUjBQ", "oneocsp", SCP_YES },
        { "http://oneocsp.microsoft.com/ocspx", "oneocsp", SCP_MAYBE },
        { "http://ocsp.digicert.com/MFEwTzBN", "ocsp_dc", SCP_YES },
        { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootstl.cab?5a2b", "ctldl", SCP_YES },
        { "http://ctldl.windowsupdate.com/msdownload/update/v3/static/trustedr/en/authrootstl.cab/x", "ctldl", SCP_MAYBE },
        { "http://%zz%", "crl3", SCP_MAYBE },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_events e;

        begin(&e);
        fetch(&e, &SMSEXEC, NOW - 60, CASES[i].url, "0");
        tap_is_int(CASES[i].fetched, scp_events_fetched(&e, endpoint(CASES[i].id)), "%s of %s", CASES[i].url, CASES[i].id);
        scp_events_free(&e);
    }
}

static void test_latest(void)
{
    struct scp_events e;
    char text[512];

    begin(&e);
    fetch(&e, &SMSEXEC, NOW - 100, OCSP_06, "2EE7");
    fetch(&e, &SMSEXEC, NOW - 200, OCSP_06, "0");
    tap_is_int(SCP_NO, scp_events_fetched(&e, endpoint("aia_pkiops")), "the last one decides");
    tap_is_int(SCP_OK, finding(&e, "events.fetch-failed", text), "a recommended address: a remark");
    profile.endpoint[endpoint("aia_pkiops") - profile.endpoint].level = SCP_LEVEL_REQUIRED;
    tap_is_int(SCP_WARNING, finding(&e, "events.fetch-failed", text), "a required one: WARNING");
    profile.endpoint[endpoint("aia_pkiops") - profile.endpoint].level = SCP_LEVEL_RECOMMENDED;
    tap_has_text("smsexec.exe could not fetch www.microsoft.com 100 s ago: name not resolved (0x80072EE7)", text, "its text");
    fetch(&e, &SMSEXEC, NOW - 50, OCSP_06, "0");
    tap_is_int(SCP_YES, scp_events_fetched(&e, endpoint("aia_pkiops")), "mended since");
    tap_is_int(-1, finding(&e, "events.fetch-failed", text), "nothing failed");
    tap_is_int(3, (long long)scp_events_counted(&e), "all three count");
    scp_events_free(&e);
}

static void test_verdict(void)
{
    const struct cert chain[] = { unknown('A', "signing.manage.microsoft.com"), known("microsoft-tls-g2-rsa-ca-ocsp-06"),
                                  known("microsoft-tls-rsa-root-g2-xsign"), known("digicert-global-root-g2") };
    const struct cert stranger[] = { unknown('B', "intranet"), unknown('C', "Corporate CA") };
    struct scp_events e;
    char text[512];

    begin(&e);
    verify(&e, 30, &chain[0], "800B0109");
    tap_is_int(0, (long long)scp_events_counted(&e), "a policy alone tells of no chain");
    build(&e, NOW - 120, chain, 4, "800B0109");
    tap_is_int(2, (long long)scp_events_counted(&e), "both are of one certificate");
    tap_is_int(SCP_WARNING, finding(&e, "events.chain-failed", text), "refused");
    tap_has_text("'signing.manage.microsoft.com', issued by 'Microsoft TLS G2 RSA CA OCSP 06' 2 min ago", text, "whose");
    build(&e, NOW - 90, chain, 4, "0");
    tap_is_int(SCP_WARNING, finding(&e, "events.chain-failed", text), "built, and refused by the policy");
    verify(&e, 41, &chain[1], "80092013");
    tap_is_int(SCP_WARNING, finding(&e, "events.revocation-failed", text), "not known whether it is revoked");
    build(&e, NOW - 80, stranger, 2, "800B010A");
    tap_is_int(SCP_OK, finding(&e, "events.other-chain", text), "another's chain is a remark");
    scp_events_free(&e);
}

static enum scp_level level_of(const char *family)
{
    for (size_t i = 0; i < profile.families; i++) {
        if (strcmp(profile.family[i].alias, family) == 0)
            return profile.family[i].level;
    }
    tap_bail("no family %s", family);
}

static void test_issuer(void)
{
    const struct cert g3[] = { unknown('A', "signing"), known("digicert-global-g3-tls-ecc-sha384-2020-ca1") };
    const struct cert inspected[] = { unknown('B', "*.manage.microsoft.com"), unknown('C', "Corporate CA") };
    const struct cert newer[] = { unknown('D', "signing"), unknown('E', "New CA"), known("digicert-global-root-g2") };
    const struct cert partial[] = { unknown('F', "signing") };
    const struct cert authority[] = { known("microsoft-tls-g2-rsa-ca-ocsp-06"), known("microsoft-tls-rsa-root-g2-xsign") };
    struct scp_events e;
    char text[512];

    begin(&e);
    build(&e, NOW - 60, partial, 1, "800B010A");
    build(&e, NOW - 60, authority, 2, "0");
    build(&e, NOW - 60, newer, 3, "0");
    tap_ok(!scp_events_name_issuer(&e), "an issuer that the profile does not know settles nothing");
    tap_is_int(SCP_OK, finding(&e, "events.issuer", text), "below a known root it is a remark");
    tap_has_text("'New CA'", text, "which names it");
    build(&e, NOW - 60, g3, 2, "800B0109");
    tap_ok(scp_events_name_issuer(&e), "a known one does");
    scp_events_raise(&e, &profile);
    tap_is_int(SCP_LEVEL_RECOMMENDED, level_of("digicert-g3-tls-2020"), "a chain that was refused demands no family");
    build(&e, NOW - 50, g3, 2, "0");
    scp_events_raise(&e, &profile);
    tap_is_int(SCP_LEVEL_REQUIRED, level_of("digicert-g3-tls-2020"), "one that was built demands its own");
    tap_is_int(SCP_LEVEL_REQUIRED, level_of("microsoft-tls-g2-rsa"), "what was demanded stays so");
    tap_is_int(-1, finding(&e, "events.issuer-unknown", text), "nobody stands in the service's place");
    build(&e, NOW - 50, inspected, 2, "0");
    tap_is_int(SCP_WARNING, finding(&e, "events.issuer-unknown", text), "somebody does");
    tap_has_text("issued by 'Corporate CA' (CCCC", text, "who it is");
    scp_events_free(&e);
}

static void test_hostile(void)
{
    struct scp_events e;
    char text[512];

    begin(&e);
    note(&e, "<Event>");
    note(&e, wrap(11, &SMSEXEC, NOW - 60,
                  "<CertGetCertificateChain><EventAuxInfo ProcessName='smsexec.exe'/></CertGetCertificateChain>"));
    tap_is_int(1, (long long)e.passed[SCP_EVENTS_MALFORMED], "malformed");
    tap_is_int(1, (long long)e.passed[SCP_EVENTS_FOREIGN], "without a result");
    tap_is_int(SCP_OK, finding(&e, "events.passed-over", text), "a remark");
    tap_has_text("0 of CAPI2's events count; the others are 1 about nothing of the profile, 1 malformed", text, "says so");
    for (unsigned i = 0; i < 2 * SCP_EVENTS_CHAINS_MAX; i++) {
        struct cert c = unknown('0', "x");

        (void)snprintf(c.print, sizeof c.print, "%040X", i);
        build(&e, NOW - 60, &c, 1, "0");
    }
    tap_ok(e.chains == SCP_EVENTS_CHAINS_MAX && e.log.bounded, "more than are kept: it is said that not all were read");
    scp_events_free(&e);
}

int main(void)
{
    const struct scp_profile_builtin *own = scp_profile_builtin_find("scp");
    struct scp_err err = SCP_ERR_INIT;

    if (scp_profile_parse(own->text, strlen(own->text), &profile, &err) != 0)
        tap_bail("%s", err.message);
    test_whose();
    test_service_unknown();
    test_when();
    test_addresses();
    test_latest();
    test_verdict();
    test_issuer();
    test_hostile();
    scp_profile_free(&profile);
    return tap_done();
}

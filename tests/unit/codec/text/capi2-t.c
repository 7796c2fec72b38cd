/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/num.h"
#include "base/utc.h"
#include "codec/text/capi2.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define A40 "A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4"
#define B40 "B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4"
#define C40 "C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4"
#define PROVIDER "<Provider Name=\"Microsoft-Windows-CAPI2\" Guid=\"{5bbca4a8-b209-48dc-a8c7-b23d3e5216fb}\"/>"
#define TIME "<TimeCreated SystemTime=\"2026-11-30T09:08:07.3615438Z\"/>"
#define WHERE "<Channel>Microsoft-Windows-CAPI2/Operational</Channel><Computer>SCP01.corp.example</Computer>"
#define ACCOUNT "<Security UserID=\"S-1-5-18\"/>"
#define SYSTEM(id)                                                                                                                 \
    "<System>" PROVIDER "<EventID>" id "</EventID><Version>0</Version><Level>2</Level><Task>" id                                   \
    "</Task><Opcode>2</Opcode><Keywords>0x4000000000000003</Keywords>" TIME "<EventRecordID>77</EventRecordID>"                    \
    "<Correlation ActivityID=\"{46b1bef8-11cb-4a5f-8425-bdf04fbd7a31}\"/><Execution ProcessID=\"4711\" ThreadID=\"12\"/>" WHERE    \
        ACCOUNT "</System>"
#define EVENT(id, data)                                                                                                            \
    "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'>" SYSTEM(id) "<UserData>" data "</UserData></Event>"
#define AUX "<EventAuxInfo ProcessName=\"smsexec.exe\"/><CorrelationAuxInfo TaskId=\"{0}\" SeqNumber=\"3\"/>"
#define ELEMENT(print, name)                                                                                                       \
    "<ChainElement><Certificate fileRef=\"" print ".cer\" subjectName=\"" name "\"/><TrustStatus><ErrorStatus value=\"0\"/>"       \
    "</TrustStatus><ApplicationUsage any=\"true\"/></ChainElement>"
#define CHAIN                                                                                                                      \
    "<CertificateChain chainRef=\"{1}\"><TrustStatus><ErrorStatus value=\"20\" CERT_TRUST_IS_UNTRUSTED_ROOT=\"true\"/>"            \
    "</TrustStatus>" ELEMENT(A40, "sccm &amp; co") ELEMENT(B40, "Issuing &#x43;A") ELEMENT(C40, "Root") "</CertificateChain>"
#define BUILD(more)                                                                                                                \
    "<CertGetCertificateChain xmlns=\"http://schemas.microsoft.com/win/2004/08/events/event\"><Certificate fileRef=\"" A40         \
    ".cer\" subjectName=\"sccm &amp; co\"/><AdditionalStore><Certificate fileRef=\"" C40 ".cer\" subjectName=\"x\"/>"              \
    "</AdditionalStore><Flags value=\"A0000000\"/>" CHAIN more AUX                                                                 \
    "<Result value=\"800B0109\">Die Zertifikatkette wurde verarbeitet, endete jedoch mit …</Result></CertGetCertificateChain>"

static int parse(const char *text, struct scp_capi2 *e, struct scp_err *err)
{
    size_t n = strlen(text);
    char *exact = malloc(n > 0 ? n : 1); /* so that sanitizers see a read behind it */
    int rc;

    memcpy(exact, text, n);
    rc = scp_capi2_parse(exact, n, e, err);
    free(exact);
    return rc;
}

static const char *hex(const struct scp_capi2_certificate *c)
{
    static char out[41];

    return scp_num_to_hex(c->sha1, sizeof c->sha1, out);
}

static void test_chain(void)
{
    struct scp_capi2 e;
    struct scp_err err = SCP_ERR_INIT;
    char at[SCP_UTC_TEXT];

    tap_is_int(0, parse(EVENT("11", BUILD("<CertificateChain>" ELEMENT(C40, "of another chain") "</CertificateChain>")), &e, &err),
               "a chain: %s", err.message);
    tap_is_int(SCP_CAPI2_CHAIN, e.kind, "its kind");
    tap_is_text("2026-11-30T09:08:07Z", scp_utc_format(e.at, at), "when");
    tap_is_text("S-1-5-18", e.account, "whose");
    tap_is_text("smsexec.exe", e.program, "by which program");
    tap_is_int(4711, (long long)e.process, "and its number");
    tap_ok(e.has_result && e.result == 0x800B0109, "the result is a number, in whatever language its words are");
    tap_is_text(A40, hex(&e.subject), "the certificate, not one of the additional store");
    tap_is_text("sccm & co", e.subject.subject, "its name");
    tap_is_int(3, (long long)e.n, "the first chain alone");
    tap_is_text(B40, hex(&e.chain[1]), "the issuer");
    tap_is_text("Issuing CA", e.chain[1].subject, "a character by number");
    tap_is_text(C40, hex(&e.chain[2]), "the root");
}

static void test_others(void)
{
    struct scp_capi2 e;
    struct scp_err err = SCP_ERR_INIT;

    tap_is_int(
        0,
        parse(EVENT("53", "<CryptRetrieveObjectByUrlWire><URL scheme=\"http\">http://caissuers.example/a%20b.crt?x=1&amp;y</URL>"
                          "<Object type=\"CONTEXT_OID_CERTIFICATE\" constant=\"1\"/><Timeout>PT15S</Timeout><AdditionalInfo>"
                          "<Action name=\"Call_WinHttpSendRequest\"><Error value=\"2EE7\">x</Error></Action></AdditionalInfo>" AUX
                          "<Result value=\"2EE7\"/></CryptRetrieveObjectByUrlWire>"),
              &e, &err),
        "a retrieval: %s", err.message);
    tap_is_text("http://caissuers.example/a%20b.crt?x=1&y", e.url, "its address");
    tap_ok(e.kind == SCP_CAPI2_RETRIEVAL && e.has_result && e.result == 0x2EE7, "an error of Win32");
    tap_is_int(
        0,
        parse(EVENT("41", "<CertVerifyRevocation><Certificate fileRef=\"" A40 ".cer\" subjectName=\"leaf\"/><IssuerCertificate "
                          "fileRef='" B40 ".cer' subjectName='CA'/><RevocationStatus index=\"0\" error=\"80092013\"/>" AUX
                          "<Result value=\"80092013\"/></CertVerifyRevocation>"),
              &e, &err),
        "a revocation: %s", err.message);
    tap_is_text(B40, hex(&e.issuer), "its issuer");
    tap_is_int(
        0,
        parse(EVENT("30", "<CertVerifyCertificateChainPolicy><Policy type=\"CERT_CHAIN_POLICY_SSL\" constant=\"4\"/><Certificate "
                          "fileRef=\"" A40 ".cer\" subjectName=\"leaf\"/><CertificateChain chainRef=\"{1}\"/>" AUX
                          "<Result value=\"0\"/></CertVerifyCertificateChainPolicy>"),
              &e, &err),
        "a policy: %s", err.message);
    tap_ok(e.kind == SCP_CAPI2_POLICY && e.has_result && e.result == 0 && e.n == 0, "with a good result");
    tap_is_int(0, parse(EVENT("90", "<X509Objects><Certificate fileRef=\"no thumbprint\"/></X509Objects>"), &e, &err),
               "another event");
    tap_is_int(SCP_CAPI2_OTHER, e.kind, "is passed over");
    tap_is_int(0,
               parse(EVENT("11", "<CertGetCertificateChain><Certificate subjectName=\"x\"/></CertGetCertificateChain>"), &e, &err),
               "an event that tells little");
    tap_ok(!e.has_result && !e.subject.known && e.program[0] == '\0', "tells little");
}

static void test_hostile(void)
{
    static const struct {
        const char *what, *text;
    } CASES[] = {
        { "nothing", "" },
        { "blanks", "  \r\n" },
        { "no element", "smsexec.exe" },
        { "a declaration of types", "<!DOCTYPE Event [<!ENTITY x \"y\">]>" EVENT("11", BUILD("")) },
        { "an instruction", "<?xml version=\"1.0\"?>" EVENT("11", BUILD("")) },
        { "a comment", EVENT("11", BUILD("<!-- -->")) },
        { "CDATA", EVENT("11", BUILD("<![CDATA[<Result value=\"0\"/>]]>")) },
        { "two events", EVENT("11", BUILD("")) EVENT("11", BUILD("")) },
        { "text behind it", EVENT("11", BUILD("")) "x" },
        { "an end that is another's", "<Event><System></Event></System>" },
        { "an end too much", EVENT("11", BUILD("")) "</Event>" },
        { "an attribute twice", EVENT("11", BUILD("<a b=\"1\" b=\"2\"/>")) },
        { "an attribute without a value", EVENT("11", BUILD("<a b/>")) },
        { "an attribute with an element in it", EVENT("11", BUILD("<a b=\"<c/>\"/>")) },
        { "a name with a prefix", EVENT("11", BUILD("<x:Result value=\"0\"/>")) },
        { "a second result", EVENT("11", BUILD("<Result value=\"0\"/>")) },
        { "a second program", EVENT("11", BUILD("<EventAuxInfo ProcessName=\"smsexec.exe\"/>")) },
        { "a second certificate", EVENT("11", BUILD("<Certificate fileRef=\"" A40 ".cer\"/>")) },
        { "two functions", EVENT("11", BUILD("") BUILD("")) },
        { "a function of another number", EVENT("53", BUILD("")) },
        { "another provider", "<Event><System><Provider Name=\"Other\"/></System></Event>" },
        { "another channel", "<Event><System>" PROVIDER "<Channel>Application</Channel></System></Event>" },
        { "two accounts", "<Event><System>" PROVIDER ACCOUNT ACCOUNT "</System></Event>" },
        { "two times", "<Event><System>" PROVIDER TIME TIME "</System></Event>" },
        { "a time of no place", "<Event><System>" PROVIDER "<TimeCreated SystemTime=\"2026-11-30T09:08:07\"/></System></Event>" },
        { "no time",
          "<Event><System>" PROVIDER "<EventID>11</EventID>" WHERE ACCOUNT "</System><UserData>" BUILD("") "</UserData></Event>" },
        { "an unknown entity", EVENT("11", BUILD("<Certificate fileRef=\"&a;\"/>")) },
        { "a character that is none",
          EVENT("11", "<CertGetCertificateChain><Certificate subjectName=\"&#xD800;\"/></CertGetCertificateChain>") },
        { "NUL by number", EVENT("11", "<CertGetCertificateChain><Certificate subjectName=\"&#0;\"/></CertGetCertificateChain>") },
        { "a thumbprint that is none",
          EVENT("11", "<CertGetCertificateChain><Certificate fileRef=\"../x.cer\"/></CertGetCertificateChain>") },
        { "a result that is no number",
          EVENT("11", "<CertGetCertificateChain><Result value=\"good\"/></CertGetCertificateChain>") },
        { "no UTF-8", "<Event>\xff</Event>" },
        { "cut", "<Event><System><Provider Name=\"Microsoft-Windows-CAPI2" },
    };
    struct scp_capi2 e;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        struct scp_err err = SCP_ERR_INIT;

        tap_is_int(-1, parse(CASES[i].text, &e, &err), "%s", CASES[i].what);
        tap_ok(err.code == SCP_ERR_FORMAT || err.code == SCP_ERR_TRUNCATED, "%s: %s", CASES[i].what, err.message);
    }
}

/* A text of n times what, between two others. */
static char *repeat(const char *before, const char *what, size_t n, const char *after)
{
    size_t each = strlen(what), size = strlen(before) + n * each + strlen(after) + 1;
    char *out = malloc(size), *p = out;

    p += snprintf(p, size, "%s", before);
    for (size_t i = 0; i < n; i++, p += each)
        memcpy(p, what, each);
    (void)snprintf(p, strlen(after) + 1, "%s", after);
    return out;
}

static void test_limits(void)
{
    static const struct {
        const char *what, *before, *each, *after;
        size_t most;
    } CASES[] = {
        { "certificates of a chain", "<CertGetCertificateChain><CertificateChain>", ELEMENT(A40, "x"),
          "</CertificateChain></CertGetCertificateChain>", SCP_CAPI2_CHAIN_MAX },
        { "bytes of a name", "<CertGetCertificateChain><Certificate subjectName=\"", "x", "\"/></CertGetCertificateChain>",
          SCP_CAPI2_NAME - 1 },
        { "bytes of an address", "<CryptRetrieveObjectByUrlWire><URL>", "x", "</URL></CryptRetrieveObjectByUrlWire>",
          SCP_CAPI2_URL - 1 },
    };
    struct scp_capi2 e;

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char before[2048], after[256];

        (void)snprintf(before, sizeof before, "<Event>" SYSTEM("%s") "<UserData>%s", i < 2 ? "11" : "53", i < 2 ? "11" : "53",
                       CASES[i].before);
        (void)snprintf(after, sizeof after, "%s</UserData></Event>", CASES[i].after);
        for (size_t more = 0; more < 2; more++) {
            char *text = repeat(before, CASES[i].each, CASES[i].most + more, after);
            struct scp_err err = SCP_ERR_INIT;

            tap_is_int(more > 0 ? -1 : 0, parse(text, &e, &err), "%zu %s: %s", CASES[i].most + more, CASES[i].what, err.message);
            tap_ok(more == 0 || err.code == SCP_ERR_LIMIT, "a limit is an error");
            free(text);
        }
    }
}

static void test_depth(void)
{
    char *deep = repeat("<Event>", "<a>", 100000, ""), *wide = repeat("<Event ", "a='' ", 1, "");
    char *large = repeat("<Event>", "          ", SCP_CAPI2_BYTES_MAX / 10 + 1, "</Event>");
    struct scp_capi2 e;
    struct scp_err err = SCP_ERR_INIT;

    tap_ok(parse(deep, &e, &err) == -1 && err.code == SCP_ERR_LIMIT, "elements in one another: %s", err.message);
    tap_ok(parse(wide, &e, &err) == -1 && err.code == SCP_ERR_TRUNCATED, "cut among attributes: %s", err.message);
    tap_ok(parse(large, &e, &err) == -1 && err.code == SCP_ERR_LIMIT, "too many bytes: %s", err.message);
    free(deep);
    free(wide);
    free(large);
}

/* Cut at every byte it is malformed, never half an event. */
static void test_cut(void)
{
    static const char WHOLE[] = EVENT("11", BUILD(""));
    struct scp_capi2 e;
    size_t read = 0;

    for (size_t n = 0; n < sizeof WHOLE - 1; n++) {
        char *exact = malloc(n > 0 ? n : 1);

        memcpy(exact, WHOLE, n);
        read += scp_capi2_parse(exact, n, &e, NULL) == 0;
        free(exact);
    }
    tap_is_int(0, (long long)read, "cut at any byte it is no event");
}

int main(void)
{
    test_chain();
    test_others();
    test_hostile();
    test_limits();
    test_depth();
    test_cut();
    return tap_done();
}

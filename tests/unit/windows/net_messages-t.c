/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tap.h"
#include "windows/net_messages.h"

#include <stdio.h>
#include <string.h>

static struct scp_net_words *words;

static enum scp_net_class class_of(const char *p, size_t n, int *status)
{
    return scp_net_class_of(p, n, scp_net_look(words, p, n), status);
}

/* What a text says failed, and with which status of HTTP. */
static void classes(void)
{
    static const struct {
        const char *text;
        enum scp_net_class what;
        int status;
    } CASES[] = {
        { "", SCP_NET_NOTHING, 0 },
        { "Waiting for changes, 0x00000000", SCP_NET_NOTHING, 0 },
        { "System.Security.Authentication.AuthenticationException: Le certificat", SCP_NET_CERTIFICATE, 0 },
        /* Numbers: hexadecimal, signed, extended to 64 bits; not inside of longer ones, words or GUIDs. */
        { "error 0x800b0109", SCP_NET_CERTIFICATE, 0 },
        { "error 800B0109.", SCP_NET_CERTIFICATE, 0 },
        { "error 0xFFFFFFFF800B0109", SCP_NET_CERTIFICATE, 0 },
        { "error -2146762487", SCP_NET_CERTIFICATE, 0 },
        { "error 2146762487", SCP_NET_NOTHING, 0 },
        /* Digits alone count something, but behind a word of an error. */
        { "hr=80092013", SCP_NET_CERTIFICATE, 0 },
        { "LastErrorCode: -2146762487", SCP_NET_CERTIFICATE, 0 },
        { "Downloaded 0x80092013 of", SCP_NET_CERTIFICATE, 0 },
        { "Downloaded 80092013 of 90000000 bytes", SCP_NET_NOTHING, 0 },
        { "error free: downloaded 80092013 bytes of it", SCP_NET_NOTHING, 0 },
        { "-2146762487 ticks", SCP_NET_NOTHING, 0 },
        { "error 0x800b01090", SCP_NET_NOTHING, 0 },
        { "error x800B0109", SCP_NET_NOTHING, 0 },
        { "error 0x12345678800B0109", SCP_NET_NOTHING, 0 },
        { "error 12007", SCP_NET_NAME, 0 },
        { "no error 0x800B0109", SCP_NET_NOTHING, 0 },
        { "no answer 0x80072EE2", SCP_NET_TIMEOUT, 0 },
        { "{800B0109-1234-1234-1234-123456789012}", SCP_NET_NOTHING, 0 },
        { "error -99999999999999999999", SCP_NET_NOTHING, 0 },
        { "0x80072EE7", SCP_NET_NAME, 0 },
        { "0x80072ee2", SCP_NET_TIMEOUT, 0 },
        { "0x80072efd", SCP_NET_CONNECT, 0 },
        { "0x80072efe", SCP_NET_CLOSED, 0 },
        { "0x80072f7d", SCP_NET_CHANNEL, 0 },
        /* Statuses: BITS' numbers, both notations of .NET. */
        { "BITS error 0x80190193", SCP_NET_HTTP, 403 },
        { "BITS error 0x80190197", SCP_NET_PROXY_AUTH, 407 },
        { "BITS error 0x801900C8", SCP_NET_NOTHING, 0 },
        { "System.Net.WebException: (503) Server Unavailable", SCP_NET_HTTP, 503 },
        { "System.Net.Http.HttpRequestException: status code does not indicate success: 404 (Not Found).", SCP_NET_HTTP, 404 },
        { "System.Net.WebException: (407) x", SCP_NET_PROXY_AUTH, 407 },
        { "System.Net.WebException: (200) x", SCP_NET_FAILED, 0 },
        { "System.Net.WebException: (40x)", SCP_NET_FAILED, 0 },
        { "System.Net.WebException: (403 x", SCP_NET_FAILED, 0 },
        { "System.Net.WebException: x 403) x", SCP_NET_FAILED, 0 },
        { "Failed to upload", SCP_NET_FAILED, 0 },
        { "HTTP status code 503", SCP_NET_HTTP, 503 },
        { "http status: 407", SCP_NET_PROXY_AUTH, 407 },
        { "HTTP status 200, 503 bytes", SCP_NET_NOTHING, 0 },
        { "HTTP status 5030", SCP_NET_NOTHING, 0 },
        { "status code", SCP_NET_NOTHING, 0 },
        { "HTTP status 50", SCP_NET_NOTHING, 0 },
        { "The operation has timed out, HTTP status 503", SCP_NET_TIMEOUT, 0 },
        /* The more telling one counts, whatever stands first. */
        { "System.Net.WebException: ConnectFailure, 0x80072EFE", SCP_NET_CONNECT, 0 },
        { "System.Net.WebException (403): TrustFailure", SCP_NET_CERTIFICATE, 0 },
        { "0x80072EE2 then 0x800B010F", SCP_NET_CERTIFICATE, 0 },
        { "WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR", SCP_NET_CHANNEL, 0 },
        { "WINHTTP_CALLBACK_STATUS_FLAG_INVALID_CA", SCP_NET_CERTIFICATE, 0 },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        int status = -1;
        enum scp_net_class c = class_of(CASES[i].text, strlen(CASES[i].text), &status);

        tap_is_text(scp_net_class_name(CASES[i].what), scp_net_class_name(c), "'%s'", CASES[i].text);
        tap_is_int(CASES[i].status, status, "and its status");
    }
}

/* Why a certificate was refused: of several reasons the first in the order of the enumeration. */
static void refusals(void)
{
    static const struct {
        const char *text;
        enum scp_net_refusal why;
    } CASES[] = {
        { "TrustFailure", SCP_NET_WHY_UNTOLD },
        { "0x800B0101", SCP_NET_WHY_EXPIRED },
        { "0x800B0112", SCP_NET_WHY_UNTRUSTED },
        { "error -2146762486", SCP_NET_WHY_CHAINING },
        { "0x800B010C", SCP_NET_WHY_REVOKED },
        { "0x80092013", SCP_NET_WHY_REVOCATION },
        { "0x800B010F", SCP_NET_WHY_NAME },
        { "RemoteCertificateNameMismatch, RemoteCertificateChainErrors", SCP_NET_WHY_NAME },
        { "PartialChain, RevocationStatusUnknown, OfflineRevocation", SCP_NET_WHY_CHAINING },
        { "chain: Revoked, PartialChain", SCP_NET_WHY_REVOKED },
        { "UntrustedRoot 0x800B010E", SCP_NET_WHY_UNTRUSTED },
        { "rejected by the provided RemoteCertificateValidationCallback.", SCP_NET_WHY_CALLBACK },
        { "SecureChannelFailure", SCP_NET_WHY_CHANNEL },
        { "WINHTTP_CALLBACK_STATUS_FLAG_CERT_DATE_INVALID", SCP_NET_WHY_EXPIRED },
        { "A certificate chain could not be built to a trusted root authority", SCP_NET_WHY_CHAINING },
        { "A required certificate is not within its validity period", SCP_NET_WHY_EXPIRED },
    };

    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        size_t n = strlen(CASES[i].text);
        int status;
        enum scp_net_class c = class_of(CASES[i].text, n, &status);

        tap_is_int((int)CASES[i].why, (int)scp_net_refusal_of(CASES[i].text, n, c), "'%s'", CASES[i].text);
    }
}

/* A text of n bytes has no terminator; nothing behind it is read, and what is cut is not found. */
static void cuts(void)
{
    static const char TEXT[] = "error 0x800B0109 TrustFailure";
    size_t found = 0;
    int status;

    for (size_t n = 0; n < sizeof TEXT; n++) {
        bool whole = n >= sizeof "error 0x800B0109" - 1;

        found += (class_of(TEXT, n, &status) == SCP_NET_CERTIFICATE) == whole;
    }
    tap_is_int(sizeof TEXT, (long long)found, "a number counts from its last digit on");
    tap_ok(scp_net_contains("abab", 4, "bab") && !scp_net_contains("abab", 3, "bab"), "up to the end, and no further");
    tap_ok(!scp_net_contains("", 0, "a") && !scp_net_contains("ab", 2, "abc"), "not in what is shorter");
}

/* Every sentence of .NET's in every language is recognised, and as what it stands for. */
static void sentences(void)
{
    size_t n = 0, good = 0;

    for (const struct scp_net_sentence *s = scp_net_sentences; s->text != NULL; s++, n++) {
        int status;

        good += class_of(s->text, strlen(s->text), &status) <= s->what;
    }
    tap_ok(n > 20, "%zu sentences", n);
    tap_is_int((long long)n, (long long)good, "each tells its class, or a worse one that it holds, too");
}

/* Whatever stands before and behind it; words of one's own, with their bits. */
static void among_others(void)
{
    static const struct scp_match_word OWN[] = { { "quick brown", false }, { "LAZY dog", true } };
    static const char BEFORE[] = "0123456789 a rather long beginning that says nothing 0123456789";
    struct scp_net_words *w = scp_net_words_new(OWN, 2, NULL);
    size_t n = 0, good = 0;
    struct scp_net_seen seen;

    for (const struct scp_net_sentence *s = scp_net_sentences; s->text != NULL; s++) {
        for (size_t from = 0; from < sizeof BEFORE - 1; from++, n++) {
            char text[512];
            int length = snprintf(text, sizeof text, "%s%s%s", BEFORE + from, s->text, BEFORE);

            seen = scp_net_look(w, text, (size_t)length);
            good += seen.by_words != SCP_NET_NOTHING && seen.by_words <= s->what && seen.own == 0;
        }
    }
    tap_is_int((long long)n, (long long)good, "%zu places", n);
    seen = scp_net_look(w, "the quick brown fox and the lazy DOG", 36);
    tap_ok(seen.own == 3 && seen.by_words == SCP_NET_NOTHING, "both of one's own");
    tap_ok(scp_net_look(w, "the QUICK BROWN fox and the lazy DO", 35).own == 0, "neither");
    tap_ok(scp_net_look(w, "quick brownquick brown", 22).own == 1, "one, twice");
    scp_net_words_free(w);
}

int main(void)
{
    words = scp_net_words_new(NULL, 0, NULL);
    classes();
    refusals();
    cuts();
    sentences();
    among_others();
    scp_net_words_free(words);
    return tap_done();
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "windows/net_messages.h"

#include "base/num.h"
#include "base/text.h"
#include "windows/net_phrase.h"

#include <stdlib.h>
#include <string.h>

enum { HRESULT_DIGITS = 8, HTTP_OF_BITS = 0x80190000 >> 16 };

bool scp_net_contains(const char *p, size_t n, const char *what)
{
    size_t length = strlen(what);
    const char *end = p + n;

    while ((size_t)(end - p) >= length) {
        const char *at = memchr(p, what[0], (size_t)(end - p) - length + 1);

        if (at == NULL)
            return false;
        if (memcmp(at, what, length) == 0)
            return true;
        p = at + 1;
    }
    return false;
}

/* --- Numbers --- */

/* Those that logs write by name, too. */
/* clang-format off */
#define NAMED(F) \
    F(0x800B0101, CERTIFICATE, EXPIRED, "CERT_E_EXPIRED"), \
    F(0x800B0109, CERTIFICATE, UNTRUSTED, "CERT_E_UNTRUSTEDROOT"), \
    F(0x800B010A, CERTIFICATE, CHAINING, "CERT_E_CHAINING"), \
    F(0x800B010C, CERTIFICATE, REVOKED, "CERT_E_REVOKED"), \
    F(0x800B010F, CERTIFICATE, NAME, "CERT_E_CN_NO_MATCH"), \
    F(0x80092010, CERTIFICATE, REVOKED, "CRYPT_E_REVOKED"), \
    F(0x80092012, CERTIFICATE, REVOCATION, "CRYPT_E_NO_REVOCATION_CHECK"), \
    F(0x80092013, CERTIFICATE, REVOCATION, "CRYPT_E_REVOCATION_OFFLINE"), \
    F(0x80072F8F, CERTIFICATE, UNTOLD, "ERROR_WINHTTP_SECURE_FAILURE")
#define NUMBER(number, what, why, name) { number, SCP_NET_##what, SCP_NET_WHY_##why }
#define BY_NAME(number, what, why, name) WHY(what, why, name)
/* clang-format on */

/* What it means, and why a certificate was refused. */
static const struct {
    uint32_t number;
    enum scp_net_class what;
    enum scp_net_refusal why;
} NUMBERS[] = {
    NAMED(NUMBER),
    { 0x800B010E, SCP_NET_CERTIFICATE, SCP_NET_WHY_REVOCATION }, /* CERT_E_REVOCATION_FAILURE */
    { 0x800B0110, SCP_NET_CERTIFICATE, SCP_NET_WHY_UNTOLD },     /* CERT_E_WRONG_USAGE */
    { 0x800B0111, SCP_NET_CERTIFICATE, SCP_NET_WHY_REVOKED },    /* TRUST_E_EXPLICIT_DISTRUST */
    { 0x800B0112, SCP_NET_CERTIFICATE, SCP_NET_WHY_UNTRUSTED },  /* CERT_E_UNTRUSTEDCA */
    { 0x80096004, SCP_NET_CERTIFICATE, SCP_NET_WHY_UNTOLD },     /* TRUST_E_CERT_SIGNATURE */
    { 0x80072F05, SCP_NET_CERTIFICATE, SCP_NET_WHY_EXPIRED },    /* ERROR_INTERNET_SEC_CERT_DATE_INVALID */
    { 0x80072F06, SCP_NET_CERTIFICATE, SCP_NET_WHY_NAME },       /* ERROR_INTERNET_SEC_CERT_CN_INVALID */
    { 0x80072F0D, SCP_NET_CERTIFICATE, SCP_NET_WHY_UNTRUSTED },  /* ERROR_INTERNET_INVALID_CA */
    { 0x80072F19, SCP_NET_CERTIFICATE, SCP_NET_WHY_REVOCATION }, /* ERROR_INTERNET_SEC_CERT_REV_FAILED */
    { 0x80072F8A, SCP_NET_CERTIFICATE, SCP_NET_WHY_UNTOLD },     /* ERROR_INTERNET_SEC_INVALID_CERT */
    { 0x80090325, SCP_NET_CERTIFICATE, SCP_NET_WHY_UNTRUSTED },  /* SEC_E_UNTRUSTED_ROOT */
    { 0x80072F7D, SCP_NET_CHANNEL, SCP_NET_WHY_CHANNEL },        /* ERROR_INTERNET_SECURE_CHANNEL_ERROR */
    { 0x80090326, SCP_NET_CHANNEL, SCP_NET_WHY_CHANNEL },        /* SEC_E_ILLEGAL_MESSAGE */
    { 0x80090328, SCP_NET_CERTIFICATE, SCP_NET_WHY_EXPIRED },    /* SEC_E_CERT_EXPIRED */
    { 0x80090331, SCP_NET_CHANNEL, SCP_NET_WHY_CHANNEL },        /* SEC_E_ALGORITHM_MISMATCH */
    { 0x80072EE2, SCP_NET_TIMEOUT, SCP_NET_WHY_UNTOLD },         /* ERROR_INTERNET_TIMEOUT */
    { 0x80072EE7, SCP_NET_NAME, SCP_NET_WHY_UNTOLD },            /* ERROR_INTERNET_NAME_NOT_RESOLVED */
    { 0x80072EFD, SCP_NET_CONNECT, SCP_NET_WHY_UNTOLD },         /* ERROR_INTERNET_CANNOT_CONNECT */
    { 0x80072EFE, SCP_NET_CLOSED, SCP_NET_WHY_UNTOLD },          /* ERROR_INTERNET_CONNECTION_ABORTED */
    { 0x80072EFF, SCP_NET_CLOSED, SCP_NET_WHY_UNTOLD },          /* ERROR_INTERNET_CONNECTION_RESET */
};

static enum scp_net_class class_of_number(uint32_t number, int *status)
{
    unsigned http = number & 0xFFFF;

    /* BITS: 0x8019 and the status of HTTP. */
    if (number >> 16 == HTTP_OF_BITS && http >= 400 && http < 600) {
        *status = (int)http;
        return http == 407 ? SCP_NET_PROXY_AUTH : SCP_NET_HTTP;
    }
    for (size_t i = 0; i < sizeof NUMBERS / sizeof NUMBERS[0]; i++) {
        if (NUMBERS[i].number == number)
            return NUMBERS[i].what;
    }
    return SCP_NET_NOTHING;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* What a number does not stand in the middle of: a longer one, a word, a GUID. */
static bool is_wordy(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' || c == '_' || c == '{';
}

/* A word of hexadecimal digits, with "0x" before it or not; a sign that was extended to 64 bits is passed over. */
static bool read_hex(const char *p, size_t n, uint32_t *out)
{
    static const char EXTENDED[] = "ffffffff";
    uint8_t b[HRESULT_DIGITS / 2];

    if (n > 2 && p[0] == '0' && (p[1] | 0x20) == 'x') {
        p += 2;
        n -= 2;
    }
    if (n == 2 * HRESULT_DIGITS && scp_text_caseeq(p, HRESULT_DIGITS, EXTENDED, HRESULT_DIGITS)) {
        p += HRESULT_DIGITS;
        n -= HRESULT_DIGITS;
    }
    if (n != HRESULT_DIGITS || scp_num_hex(p, n, b, sizeof b, NULL) != 0)
        return false;
    *out = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
    return true;
}

/* "-2146762487" */
static bool read_decimal(const char *p, size_t n, uint32_t *out)
{
    uint64_t v = 0;

    if (n < 2 || p[0] != '-' || scp_num_u64(p + 1, n - 1, UINT64_C(0x80000000), &v, NULL) != 0)
        return false;
    *out = (uint32_t)(UINT64_C(0x100000000) - v);
    return true;
}

/* "12175": WinHTTP's own numbers stand in an HRESULT of Win32, too. */
static bool read_winhttp(const char *p, size_t n, uint32_t *out)
{
    enum { FIRST = 12001, LAST = 12190 };
    uint64_t v = 0;

    if (n != 5 || scp_num_u64(p, n, LAST, &v, NULL) != 0 || v < FIRST)
        return false;
    *out = UINT32_C(0x80070000) | (uint32_t)v;
    return true;
}

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* "hr", "error", "LastErrorCode", "failed" … */
static bool is_error_word(const char *p, size_t n)
{
    static const char *const WHOLE[] = { "hr", "rc", "ret", "err" };
    static const char *const PARTS[] = { "error", "fail", "hresult", "result", "code", "exception", "return" };

    for (size_t i = 0; i < sizeof WHOLE / sizeof WHOLE[0]; i++) {
        if (scp_text_caseeq(p, n, WHOLE[i], strlen(WHOLE[i])))
            return true;
    }
    for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
        size_t length = strlen(PARTS[i]);

        for (size_t k = 0; k + length <= n; k++) {
            if (scp_text_caseeq(p + k, length, PARTS[i], length))
                return true;
        }
    }
    return false;
}

/* Is one of the two words before that place one of an error? */
static bool follows_error(const char *p, size_t at)
{
    for (int words = 0; words < 2; words++) {
        size_t end;

        while (at > 0 && !is_letter(p[at - 1]) && p[at - 1] != '\n')
            at--;
        end = at;
        while (at > 0 && is_letter(p[at - 1]))
            at--;
        if (is_error_word(p + at, end - at))
            return true;
    }
    return false;
}

/* "no error 0x800B0109" */
static bool is_denied(const char *p, size_t at)
{
    static const char *const NONE[] = { "no", "without", NULL };
    struct scp_text_word w = scp_text_word_before(p, at);

    return w.n > 0 && is_error_word(w.p, w.n) && scp_text_word_is(scp_text_word_before(p, (size_t)(w.p - p)), NONE);
}

/* Decimal digits alone may as well count something. */
static bool is_count(const char *p, size_t n)
{
    for (size_t i = p[0] == '-'; i < n; i++) {
        if (!is_digit(p[i]))
            return false;
    }
    return true;
}

/* The next number of an error from *i on, which goes behind it; false: no more. */
static bool next_number(const char *p, size_t n, size_t *i, uint32_t *number)
{
    while (*i < n) {
        size_t from = *i;

        while (*i < n && is_wordy(p[*i]))
            (*i)++;
        if ((read_hex(p + from, *i - from, number) || read_decimal(p + from, *i - from, number) ||
             read_winhttp(p + from, *i - from, number)) &&
            (!is_count(p + from, *i - from) || follows_error(p, from)) && !is_denied(p, from))
            return true;
        *i += *i == from;
    }
    return false;
}

static bool is_hex(char c)
{
    return is_digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

static bool all_are(const char *p, size_t n, bool (*kind)(char))
{
    size_t i = 0;

    while (i < n && kind(p[i]))
        i++;
    return i == n;
}

/* Every number that means something begins with "800" or "801" in hexadecimal … */
static bool may_begin_hex(const char *p, size_t n)
{
    return n >= HRESULT_DIGITS && p[1] == '0' && (p[2] == '0' || p[2] == '1') && all_are(p + 3, HRESULT_DIGITS - 3, is_hex) &&
           (n == HRESULT_DIGITS || !is_wordy(p[HRESULT_DIGITS]));
}

/* … or is WinHTTP's "120xx" or "121xx" … */
static bool may_begin_winhttp(const char *p, size_t n)
{
    return n >= 5 && p[1] == '2' && p[2] <= '1' && all_are(p + 2, 3, is_digit) && (n == 5 || !is_wordy(p[5]));
}

/* … or begins with a sign (and zeros) and "21" in decimal: here is the "1". */
static bool may_go_on(const char *p, size_t before, size_t n)
{
    enum { REST = 9 };

    return before > 1 && p[-1] == '2' && (p[-2] == '-' || p[-2] == '0') && n >= REST && all_are(p, REST, is_digit);
}

static bool may_have_number(const char *text, size_t n)
{
    const char *end = text + n;

    for (const char *p = text; (p = memchr(p, '8', (size_t)(end - p))) != NULL; p++) {
        if (may_begin_hex(p, (size_t)(end - p)))
            return true;
    }
    for (const char *p = text; (p = memchr(p, '1', (size_t)(end - p))) != NULL; p++) {
        if (may_begin_winhttp(p, (size_t)(end - p)) || may_go_on(p, (size_t)(p - text), (size_t)(end - p)))
            return true;
    }
    return false;
}

/* The worst class of all numbers in the text: the first in the order of the classes. */
static enum scp_net_class class_by_number(const char *p, size_t n, int *status)
{
    enum scp_net_class found = SCP_NET_NOTHING;
    uint32_t number;

    for (size_t i = 0; next_number(p, n, &i, &number);) {
        enum scp_net_class c = class_of_number(number, status);

        if (c != SCP_NET_NOTHING && (found == SCP_NET_NOTHING || c < found))
            found = c;
    }
    return found;
}

/* --- Words --- */

#define SAYS(what, text)                                                                                                           \
    {                                                                                                                              \
        SCP_NET_##what, SCP_NET_WHY_UNTOLD, text, false                                                                            \
    }
#define ANY_CASE(what, text)                                                                                                       \
    {                                                                                                                              \
        SCP_NET_##what, SCP_NET_WHY_UNTOLD, text, true                                                                             \
    }
#define WHY(what, why, text)                                                                                                       \
    {                                                                                                                              \
        SCP_NET_##what, SCP_NET_WHY_##why, text, false                                                                             \
    }

/*
 * Types, statuses and sentences that are English on every server.  HTTP: a status may stand behind it; NOTHING: only the reason of
 * what another word tells.  Windows' own sentences are those of the numbers above.
 */
static const struct {
    enum scp_net_class what;
    enum scp_net_refusal why;
    const char *text;
    bool any_case;
} WORDS[] = {
    NAMED(BY_NAME),
    SAYS(CERTIFICATE, "System.Security.Authentication.AuthenticationException"),
    SAYS(CERTIFICATE, "TrustFailure"),
    SAYS(CHANNEL, "SecureChannelFailure"),
    SAYS(CHANNEL, "SecurityNegotiationException"),
    SAYS(CERTIFICATE, "WINHTTP_CALLBACK_STATUS_FLAG_CERT_"),
    SAYS(CERTIFICATE, "WINHTTP_CALLBACK_STATUS_FLAG_INVALID_C"),
    SAYS(CHANNEL, "WINHTTP_CALLBACK_STATUS_FLAG_SECURITY_CHANNEL_ERROR"),
    WHY(CERTIFICATE, CHAINING, "certificate chain could not be built to a trusted root"),
    WHY(CERTIFICATE, UNTRUSTED, "terminated in a root certificate which is not trusted"),
    WHY(CERTIFICATE, UNTRUSTED, "certificate chain was issued by an authority that is not trusted"),
    WHY(CERTIFICATE, EXPIRED, "certificate is not within its validity period"),
    WHY(CERTIFICATE, REVOKED, "certificate was explicitly revoked by its issuer"),
    WHY(CERTIFICATE, REVOCATION, "function was unable to check revocation"),
    WHY(CERTIFICATE, NAME, "CN name does not match the passed value"),
    SAYS(CHANNEL, "do not possess a common algorithm"),
    SAYS(CHANNEL, "The SSL connection could not be established"),
    SAYS(CHANNEL, "remote party has closed the transport stream"),
    WHY(NOTHING, REVOKED, "chain: Revoked"),
    WHY(NOTHING, REVOKED, "FLAG_CERT_REVOKED"),
    WHY(NOTHING, NAME, "RemoteCertificateNameMismatch"),
    WHY(NOTHING, NAME, "FLAG_CERT_CN_INVALID"),
    WHY(NOTHING, EXPIRED, "NotTimeValid"),
    WHY(NOTHING, EXPIRED, "FLAG_CERT_DATE_INVALID"),
    WHY(NOTHING, UNTRUSTED, "UntrustedRoot"),
    WHY(NOTHING, UNTRUSTED, "FLAG_INVALID_CA"),
    WHY(NOTHING, CHAINING, "PartialChain"),
    WHY(NOTHING, REVOCATION, "RevocationStatusUnknown"),
    WHY(NOTHING, REVOCATION, "OfflineRevocation"),
    WHY(NOTHING, REVOCATION, "FLAG_CERT_REV_FAILED"),
    WHY(NOTHING, CALLBACK, "RemoteCertificateValidationCallback"),
    SAYS(HTTP, "HTTP "),
    ANY_CASE(HTTP, "HTTP status"),
    ANY_CASE(HTTP, "status code"),
    SAYS(HTTP, "StatusCode: "),
    SAYS(PROXY_AUTH, "Proxy Authentication Required"),
    SAYS(NAME, "NameResolutionFailure"),
    SAYS(NAME, "name could not be resolved"),
    SAYS(NAME, "No such host is known"),
    SAYS(TIMEOUT, "operation has timed out"),
    SAYS(TIMEOUT, "operation timed out"),
    SAYS(TIMEOUT, "request timed out"),
    SAYS(TIMEOUT, "System.TimeoutException"),
    SAYS(TIMEOUT, "did not properly respond after a period of time"),
    SAYS(CONNECT, "ConnectFailure"),
    SAYS(CONNECT, "Unable to connect to the remote server"),
    SAYS(CONNECT, "actively refused"),
    SAYS(CLOSED, "forcibly closed by the remote host"),
    SAYS(CLOSED, "from the transport connection"),
    SAYS(FAILED, "System.Net.WebException"),
    SAYS(FAILED, "System.Net.Http.HttpRequestException"),
    SAYS(FAILED, "System.Net.Sockets.SocketException"),
    SAYS(FAILED, "TaskCanceledException"),
    SAYS(FAILED, "CommunicationException"),
    SAYS(FAILED, "EndpointNotFoundException"),
    SAYS(FAILED, "MessageSecurityException"),
    SAYS(FAILED, "SecurityAccessDeniedException"),
    SAYS(FAILED, "ServerTooBusyException"),
    SAYS(FAILED, "ServiceActivationException"),
    SAYS(FAILED, "System.ServiceModel.ProtocolException"),
    SAYS(FAILED, "System.ServiceModel.FaultException"),
    SAYS(FAILED, "server committed a protocol violation"),
    SAYS(FAILED, "SendFailure"),
    SAYS(FAILED, "ReceiveFailure"),
};

enum { OWN_MAX = 32, WORDS_N = sizeof WORDS / sizeof WORDS[0] };

struct scp_net_words {
    struct scp_match *match; /* WORDS, scp_net_sentences, scp_net_phrase_words, the caller's */
    size_t named;            /* how many are the first two's */
    size_t told;             /* how many are not the caller's */
};

struct scp_net_words *scp_net_words_new(const struct scp_match_word *own, size_t n, struct scp_err *err)
{
    struct scp_net_words *w = calloc(1, sizeof *w);
    struct scp_match_word *word;
    size_t sentences = 0, phrases = 0;

    for (; scp_net_sentences[sentences].text != NULL; sentences++)
        ;
    for (; scp_net_phrase_words[phrases] != NULL; phrases++)
        ;
    word = calloc(WORDS_N + sentences + phrases + n, sizeof *word);
    if (w == NULL || word == NULL || n > OWN_MAX) {
        (void)(n > OWN_MAX ? scp_err_set(err, SCP_ERR_LIMIT, "more than %d words of one's own", OWN_MAX) : scp_err_memory(err));
        free(word);
        free(w);
        return NULL;
    }
    for (size_t i = 0; i < WORDS_N; i++)
        word[w->told++] = (struct scp_match_word){ WORDS[i].text, WORDS[i].any_case };
    for (size_t i = 0; i < sentences; i++)
        word[w->told++].text = scp_net_sentences[i].text;
    w->named = w->told;
    for (size_t i = 0; i < phrases; i++)
        word[w->told++] = (struct scp_match_word){ scp_net_phrase_words[i], true };
    for (size_t i = 0; i < n; i++)
        word[w->told + i] = own[i];
    w->match = scp_match_new(word, w->told + n, err);
    free(word);
    if (w->match != NULL)
        return w;
    free(w);
    return NULL;
}

void scp_net_words_free(struct scp_net_words *w)
{
    if (w != NULL)
        scp_match_free(w->match);
    free(w);
}

/* The more telling one: a class of NOTHING, FAILED or CLOSED gives way. */
static enum scp_net_class better(enum scp_net_class a, enum scp_net_class b)
{
    if (a == SCP_NET_NOTHING || (b != SCP_NET_NOTHING && b < a))
        return b;
    return a;
}

struct look {
    const struct scp_net_words *w;
    const char *p;
    size_t n, judged; /* up to there its phrases are */
    struct scp_net_seen seen;
};

static void see_phrase(struct look *l, const char *at)
{
    enum scp_net_phrase said;

    if ((size_t)(at - l->p) < l->judged)
        return;
    said = scp_net_phrase_at(l->p, l->n, (size_t)(at - l->p), &l->judged);
    l->seen.failure = l->seen.failure || said != SCP_NET_PHRASE_NOTHING;
    if (said == SCP_NET_PHRASE_EXCHANGE)
        l->seen.by_words = better(l->seen.by_words, SCP_NET_FAILED);
}

static void see(void *ctx, size_t which, const char *p)
{
    struct look *l = ctx;
    enum scp_net_class what;

    if (which >= l->w->told) {
        l->seen.own |= UINT32_C(1) << (which - l->w->told);
        return;
    }
    if (which >= l->w->named) {
        see_phrase(l, p);
        return;
    }
    what = which < WORDS_N ? WORDS[which].what : scp_net_sentences[which - WORDS_N].what;
    if (what == SCP_NET_HTTP)
        l->seen.names_status = true;
    else
        l->seen.by_words = better(l->seen.by_words, what);
}

struct scp_net_seen scp_net_look(const struct scp_net_words *w, const char *p, size_t n)
{
    struct look l = { .w = w, .p = p, .n = n };

    scp_match_all(w->match, p, n, see, &l);
    return l.seen;
}

/* "status code 503", "StatusCode: 503", "HTTP status = 503", "HTTP 503": no digits between. */
static bool follows_status(const char *p, size_t at)
{
    static const char *const ENDS[] = { "code", "status", "http" };

    while (at > 0 && strchr(" :=.'\"", p[at - 1]) != NULL)
        at--;
    for (size_t i = 0; i < sizeof ENDS / sizeof ENDS[0]; i++) {
        size_t n = strlen(ENDS[i]);

        if (at >= n && scp_text_caseeq(p + at - n, n, ENDS[i], n))
            return true;
    }
    return false;
}

/* "HTTP 443" is a port. */
static bool is_port(const char *p)
{
    return memcmp(p, "443", 3) == 0;
}

/* "(403)", ": 403 (" as .NET 5 and later have it, where something failed; or "HTTP status code: 403". */
static int http_status(const char *p, size_t n, bool named, bool failed)
{
    for (size_t i = 1; i + 2 < n; i++) {
        bool old = p[i - 1] == '(' && i + 3 < n && p[i + 3] == ')';
        bool new = i > 1 && p[i - 1] == ' ' && p[i - 2] == ':' && i + 4 < n &&p[i + 3] == ' ' && p[i + 4] == '(';
        bool alone = named && !is_wordy(p[i - 1]) && (i + 3 == n || !is_wordy(p[i + 3])) && follows_status(p, i) && !is_port(p + i);

        if (((failed && (old || new)) || alone) && (p[i] == '4' || p[i] == '5') && is_digit(p[i + 1]) && is_digit(p[i + 2]))
            return (p[i] - '0') * 100 + (p[i + 1] - '0') * 10 + (p[i + 2] - '0');
    }
    return 0;
}

enum scp_net_class scp_net_class_of(const char *p, size_t n, struct scp_net_seen seen, int *status)
{
    enum scp_net_class c;

    *status = 0;
    if (seen.by_words == SCP_NET_NOTHING && !seen.names_status && !may_have_number(p, n))
        return SCP_NET_NOTHING;
    c = better(class_by_number(p, n, status), seen.by_words);
    if (c != SCP_NET_FAILED && c != SCP_NET_HTTP && c != SCP_NET_PROXY_AUTH && !(c == SCP_NET_NOTHING && seen.names_status)) {
        *status = 0;
        return c;
    }
    if (*status == 0)
        *status = http_status(p, n, seen.names_status, c != SCP_NET_NOTHING);
    return *status == 407 ? SCP_NET_PROXY_AUTH : *status != 0 ? SCP_NET_HTTP : c;
}

/* --- Why a certificate was refused --- */

static enum scp_net_refusal refusal_by_number(const char *p, size_t n)
{
    enum scp_net_refusal found = SCP_NET_WHY_UNTOLD;
    uint32_t number;

    for (size_t i = 0; next_number(p, n, &i, &number);) {
        for (size_t k = 0; k < sizeof NUMBERS / sizeof NUMBERS[0]; k++) {
            if (NUMBERS[k].number == number && NUMBERS[k].why < found)
                found = NUMBERS[k].why;
        }
    }
    return found;
}

/* A chain that is not whole has an unknown revocation, too, so that the order counts. */
enum scp_net_refusal scp_net_refusal_of(const char *p, size_t n, enum scp_net_class c)
{
    enum scp_net_refusal found = refusal_by_number(p, n);

    for (size_t i = 0; i < WORDS_N; i++) {
        if (WORDS[i].why < found && scp_net_contains(p, n, WORDS[i].text))
            found = WORDS[i].why;
    }
    return found == SCP_NET_WHY_UNTOLD && c == SCP_NET_CHANNEL ? SCP_NET_WHY_CHANNEL : found;
}

const char *scp_net_class_name(enum scp_net_class c)
{
    static const char *const NAMES[SCP_NET_CLASSES] = {
        [SCP_NET_NOTHING] = "",
        [SCP_NET_CERTIFICATE] = "certificate refused",
        [SCP_NET_CHANNEL] = "no secure channel",
        [SCP_NET_CLOSED] = "connection closed",
        [SCP_NET_HTTP] = "HTTP",
        [SCP_NET_PROXY_AUTH] = "proxy wants credentials (407)",
        [SCP_NET_NAME] = "name not resolved",
        [SCP_NET_TIMEOUT] = "timed out",
        [SCP_NET_CONNECT] = "no connection",
        [SCP_NET_FAILED] = "reason not told",
    };

    return NAMES[c];
}

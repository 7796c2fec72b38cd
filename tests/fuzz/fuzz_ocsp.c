/* SPDX-License-Identifier: GPL-3.0-or-later */

/* OCSP responses: read and judged as of many times; requests for any serial number.  The seeds are signed in this issuer's name. */
#include "fuzz.h"

#include "judge/ocsp.h"

#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t SUBJECT[] = {
    0x30, 0x13, 0x31, 0x11, 0x30, 0x0F, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x08, 0x46, 0x6F, 0x72, 0x67, 0x65, 0x20, 0x43, 0x41,
};
static const uint8_t KEY[] = {
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE,
    0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04, 0xF9, 0xE4, 0xFE, 0x21, 0x94, 0x72, 0xF8, 0x68, 0x06, 0x75, 0x25,
    0x34, 0xD6, 0x62, 0x25, 0x69, 0x1F, 0x75, 0x41, 0xF8, 0xC3, 0xED, 0xCA, 0x7A, 0xA0, 0x4E, 0xE5, 0x57, 0x85, 0x9C,
    0xE9, 0xEF, 0xAD, 0x51, 0x02, 0x6A, 0xEE, 0x4B, 0xFD, 0x85, 0x58, 0x53, 0x72, 0x00, 0x33, 0x8B, 0xE8, 0x16, 0x59,
    0x5D, 0x9E, 0x12, 0x76, 0x57, 0xA6, 0xCB, 0xE3, 0x44, 0x38, 0xA6, 0xAF, 0xDF, 0x8D, 0xF5,
};
static const uint8_t SERIAL[] = {
    0x00, 0xA1, 0xB2, 0xC3, 0xD4,
};

static const int64_t SIGNED = 1795435200; /* the seeds' day */

static void look(const struct scp_ocsp *o)
{
    fuzz_must(scp_ocsp_status_name(o->status) != NULL);
    fuzz_must(o->answers <= SCP_OCSP_ANSWERS_MAX && o->answers <= o->singles && o->certificates <= SCP_OCSP_CERTIFICATES_MAX);
    fuzz_must(memchr(o->critical, '\0', sizeof o->critical) != NULL &&
              memchr(o->signature_message, '\0', sizeof o->signature_message) != NULL);
    fuzz_must(o->signature == SCP_OCSP_SIGNATURE_UNCHECKED || o->signature == SCP_OCSP_SIGNATURE_UNSUPPORTED ||
              o->signer == SCP_OCSP_SIGNER_ISSUER || o->signer == SCP_OCSP_SIGNER_DELEGATE);
}

static bool is_good(const uint8_t *p, size_t n, const struct scp_ocsp_question *q, int64_t now)
{
    const struct scp_ocsp_context context = { .now = now, .content_type = n % 2 != 0 ? "text/html" : NULL };
    struct scp_judgement j;

    scp_ocsp_judge_bytes(p, n, q, &context, &j);
    fuzz_must(memchr(j.message, '\0', sizeof j.message) != NULL && j.message[0] != '\0');
    fuzz_must(!scp_judgement_good(&j) || j.serial_status == SCP_SERIAL_GOOD);
    fuzz_must(j.serial_status != SCP_SERIAL_GOOD ||
              (j.this_update <= now + SCP_UTC_SKEW && (j.next_update == SCP_UTC_UNKNOWN || j.next_update >= now - SCP_UTC_SKEW)));
    return scp_judgement_good(&j);
}

static void answer(const uint8_t *p, size_t n, const struct scp_ocsp_question *q)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_ocsp o;
    int rc = scp_ocsp_parse(p, n, q, &o, &err);

    fuzz_told((int)err.code);
    fuzz_must((rc == 0) == (err.code == SCP_ERR_NONE));
    if (rc == 0)
        look(&o);
    (void)is_good(p, n, q, SIGNED - 1000000);
    (void)is_good(p, n, q, SIGNED + 40000);
    if (!is_good(p, n, q, SIGNED))
        return;
    fuzz_must(rc == 0 && !is_good(p, n, q, SIGNED + 1000 * 86400) && !is_good(p, n - 1, q, SIGNED));
}

/* The request's length follows from the serial number's; its URL is short, or it is to be posted. */
static void request(const uint8_t *p, size_t n, struct scp_ocsp_question *q)
{
    uint8_t der[SCP_OCSP_REQUEST_MAX];
    char responder[SCP_OCSP_URL_MAX * 2];
    size_t length, der_n = 0;
    struct scp_buf url;
    int get;

    if (scp_serial_from_integer(p, n < SCP_SERIAL_MAX ? n : SCP_SERIAL_MAX, &q->serial, NULL) != 0)
        return;
    if (scp_ocsp_request(q, der, &der_n, NULL) != 0) {
        fuzz_must(false);
        return;
    }
    fuzz_must(der_n >= 67 + q->serial.n && der_n <= 72 + q->serial.n);
    length = n < sizeof responder ? n : sizeof responder - 1;
    memcpy(responder, p, length);
    responder[length] = '\0';
    scp_buf_init(&url, SCP_OCSP_URL_ROOM);
    get = scp_ocsp_get_url(responder, der, der_n, &url, NULL);
    fuzz_must(get >= 0 && (get == 1 ? url.n > 90 && url.n <= SCP_OCSP_URL_MAX : url.n == 0));
    scp_buf_free(&url);
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_ocsp_question q;
    struct scp_serial serial;

    bool asked = scp_serial_from_integer(SERIAL, sizeof SERIAL, &serial, NULL) == 0 &&
                 scp_ocsp_ask(SUBJECT, sizeof SUBJECT, KEY, sizeof KEY, &serial, &q, NULL) == 0;

    fuzz_must(asked);
    if (!asked)
        return;
    answer(p, n, &q);
    request(p, n, &q);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The OCSP codec and judge for tests and measurements:
 *   ocsp request ISSUER SERIAL          the request's bytes
 *   ocsp url RESPONDER ISSUER SERIAL    the URL of a GET, or "POST"
 *   ocsp judge RESPONSE ISSUER SERIAL [TIME]   "REASON STATUS MESSAGE", and one line per note
 *   ocsp nothing …                      does nothing: what the program costs by itself
 * ISSUER is a certificate in PEM or DER, SERIAL hex, TIME as of --at.
 */
#include "judge/ocsp.h"
#include "codec/x509/pem.h"
#include "codec/x509/outline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CERTIFICATE_FILE_MAX = 1 << 20 };

static int fail(const struct scp_err *err)
{
    (void)fprintf(stderr, "ocsp: %s\n", err->message);
    return 3;
}

static int read_file(const char *path, struct scp_buf *out, struct scp_err *err)
{
    FILE *f = fopen(path, "rb");
    char piece[4096];
    size_t n;

    if (f == NULL)
        return scp_err_set(err, SCP_ERR_SYSTEM, "cannot open %s", path);
    scp_buf_init(out, SCP_OCSP_MAX + 1);
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        (void)scp_buf_add(out, piece, n);
    (void)fclose(f);
    return out->failed ? scp_err_memory(err) : 0;
}

static int ask(const char *path, const char *hex, struct scp_buf *der, struct scp_ocsp_question *q, struct scp_err *err)
{
    struct scp_outline names;
    struct scp_serial serial;
    struct scp_buf file;
    size_t pos = 0;

    if (read_file(path, &file, err) != 0)
        return -1;
    scp_buf_init(der, CERTIFICATE_FILE_MAX);
    if (!scp_pem_is(file.p, file.n))
        (void)scp_buf_add(der, file.p, file.n);
    else if (scp_pem_next(file.p, file.n, &pos, "CERTIFICATE", der, err) < 0)
        return -1;
    scp_buf_free(&file);
    if (!scp_outline_read((const uint8_t *)der->p, der->n, &names))
        return scp_err_set(err, SCP_ERR_FORMAT, "%s: no certificate", path);
    if (scp_serial_parse(hex, strlen(hex), &serial, err) != 0)
        return -1;
    return scp_ocsp_ask(names.subject.p, names.subject.n, names.spki.p, names.spki.n, &serial, q, err);
}

static int request(const char *responder, const struct scp_ocsp_question *q)
{
    struct scp_err err = SCP_ERR_INIT;
    uint8_t der[SCP_OCSP_REQUEST_MAX];
    struct scp_buf url;
    size_t n;

    if (scp_ocsp_request(q, der, &n, &err) != 0)
        return fail(&err);
    if (responder == NULL)
        return fwrite(der, 1, n, stdout) == n ? 0 : 3;
    scp_buf_init(&url, SCP_OCSP_URL_ROOM);
    (void)puts(scp_ocsp_get_url(responder, der, n, &url, &err) == 1 ? scp_buf_text(&url) : "POST");
    scp_buf_free(&url);
    return 0;
}

static int judge(const struct scp_buf *response, const struct scp_ocsp_question *q, int64_t now)
{
    const struct scp_ocsp_context context = { .now = now };
    struct scp_judgement j;

    scp_ocsp_judge_bytes((const uint8_t *)response->p, response->n, q, &context, &j);
    (void)printf("%s%s %s %s\n", j.unknown ? "unknown:" : "", scp_reason_name(j.reason),
                 j.serial_status == SCP_SERIAL_NOT_ASKED ? "-" : scp_serial_status_name(j.serial_status), j.message);
    for (size_t i = 0; i < j.notes; i++)
        (void)printf("%s %s\n", j.note[i].id, j.note[i].text);
    return scp_judgement_good(&j) ? 0 : 2;
}

static int usage(void)
{
    (void)fputs("usage: ocsp request ISSUER SERIAL | url RESPONDER ISSUER SERIAL | judge|nothing RESPONSE ISSUER SERIAL [TIME]\n",
                stderr);
    return 3;
}

int main(int argc, char **argv)
{
    struct scp_ocsp_question q;
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf der = { .p = NULL }, response = { .p = NULL };
    int64_t now = 0;
    int rc;

    if (argc == 4 && strcmp(argv[1], "request") == 0) {
        rc = ask(argv[2], argv[3], &der, &q, &err) != 0 ? fail(&err) : request(NULL, &q);
    } else if (argc == 5 && strcmp(argv[1], "url") == 0) {
        rc = ask(argv[3], argv[4], &der, &q, &err) != 0 ? fail(&err) : request(argv[2], &q);
    } else if ((argc == 5 || argc == 6) && strcmp(argv[1], "judge") == 0) {
        now = scp_utc_now();
        if ((argc == 6 && scp_utc_parse(argv[5], &now, &err) != 0) || read_file(argv[2], &response, &err) != 0 ||
            ask(argv[3], argv[4], &der, &q, &err) != 0)
            rc = fail(&err);
        else
            rc = judge(&response, &q, now);
    } else {
        rc = argc > 1 && strcmp(argv[1], "nothing") == 0 ? 0 : usage();
    }
    scp_buf_free(&der);
    scp_buf_free(&response);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * crl_bench LIST ISSUER [SERIAL]: reads a CRL (DER) that an issuer (certificate, DER) signed, looks a serial up and says what it
 * found, so that the reader can be measured by itself.  The list is read piece by piece, as it comes from the network.
 */
#include "base/file.h"
#include "codec/revocation/crl.h"
#include "codec/x509/outline.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { ISSUER_MAX = 1 << 16, PIECE = 1 << 16 };

static int fail(const struct scp_err *err, const char *what)
{
    (void)fprintf(stderr, "%s: %s\n", what, err->message);
    return 3;
}

static int feed(struct scp_crl_reader *r, const char *path, struct scp_err *err)
{
    static uint8_t piece[PIECE];
    struct scp_file f;
    size_t got = 1;
    int rc;

    if (scp_file_open(path, &f, err) != 0)
        return -1;
    while ((rc = scp_file_read(&f, piece, sizeof piece, &got, err)) == 0 && got > 0) {
        rc = scp_crl_reader_feed(r, piece, got, err);
        if (rc != 0)
            break;
    }
    scp_file_close(&f);
    return rc;
}

int main(int argc, char **argv)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf issuer;
    struct scp_outline names;
    struct scp_serial serial = { { 0 }, 1 };
    struct scp_crl_reader *r;
    struct scp_crl crl;

    if (argc < 3)
        return 3;
    if (argc > 3 && scp_serial_parse(argv[3], strlen(argv[3]), &serial, &err) != 0)
        return fail(&err, argv[3]);
    scp_buf_init(&issuer, ISSUER_MAX);
    if (scp_file_slurp(argv[2], &issuer, &err) != 0 || !scp_outline_read((const uint8_t *)issuer.p, issuer.n, &names))
        return fail(&err, argv[2]);
    r = scp_crl_reader_new(names.spki.p, names.spki.n, &serial, 1, &err);
    if (r == NULL || feed(r, argv[1], &err) != 0 || scp_crl_reader_finish(r, &crl, &err) != 0)
        return fail(&err, argv[1]);
    (void)printf("%" PRIu64 " entries, signature %s, serial %s\n", crl.entries,
                 crl.signature == SCP_CRL_SIGNATURE_GOOD ? "good" : "bad", crl.hits > 0 ? "listed" : "not listed");
    scp_crl_free(&crl);
    scp_crl_reader_free(r);
    scp_buf_free(&issuer);
    return 0;
}

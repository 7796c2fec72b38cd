/* SPDX-License-Identifier: GPL-3.0-or-later */

/* PEM blocks in text, and where a certificate's public key lies. */
#include "codec/x509/pem.h"
#include "tap.h"

#include <string.h>

struct row {
    const char *text;
    int wanted;        /* of the first call */
    const char *bytes; /* of the block found */
};

static const struct row TABLE[] = {
    { "-----BEGIN X-----\nYWJj\n-----END X-----\n", 1, "abc" },
    { "pasted by hand\r\n-----BEGIN X-----\r\nYW\r\n Jj\r\n-----END X-----\r\n", 1, "abc" },
    { "-----BEGIN Y-----\nYWJk\n-----END Y-----\n-----BEGIN X-----\nYWJj\n-----END X-----", 1, "abc" },
    { "-----BEGIN X-----YWJj-----END X-----", 1, "abc" },
    { "", 0, NULL },
    { "-----BEGIN Y-----\nYWJj\n-----END Y-----\n", 0, NULL },
    { "-----BEGIN XY-----\nYWJj\n-----END XY-----\n", 0, NULL },
    { "-----BEGIN X-----\nYWJj\n", -1, NULL },
    { "-----BEGIN X-----\nYWJj\n-----END Y-----\n", -1, NULL },
    { "-----BEGIN X-----\nYWJj\n-----END X----", -1, NULL },
    { "-----BEGIN X-----\nYW!j\n-----END X-----\n", -1, NULL },
    { "-----BEGIN X-----\nYWJ\n-----END X-----\n", -1, NULL },
    { "-----BEGIN X-----\n-----END X-----\n", -1, NULL },
};

static void test_row(size_t number, const struct row *row)
{
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf der;
    size_t pos = 0;

    scp_buf_init(&der, 1000);
    tap_is_int(row->wanted, scp_pem_next(row->text, strlen(row->text), &pos, "X", &der, &err), "row %zu", number);
    if (row->bytes != NULL)
        tap_is_bytes(row->bytes, strlen(row->bytes), der.p, der.n, "row %zu: bytes", number);
    tap_ok((row->wanted < 0) == (err.message[0] != '\0'), "row %zu: a reason when malformed", number);
    scp_buf_free(&der);
}

static void test_several(void)
{
    static const char TEXT[] = "-----BEGIN X-----\nYQ==\n-----END X-----\nbetween\n-----BEGIN X-----\nYg==\n-----END X-----\n";
    struct scp_buf der;
    size_t pos = 0;

    scp_buf_init(&der, 1000);
    tap_is_int(1, scp_pem_next(TEXT, strlen(TEXT), &pos, "X", &der, NULL), "the first block");
    tap_is_text("a", scp_buf_text(&der), "its byte");
    tap_is_int(1, scp_pem_next(TEXT, strlen(TEXT), &pos, "X", &der, NULL), "the second block");
    tap_is_text("b", scp_buf_text(&der), "its byte, alone");
    tap_is_int(0, scp_pem_next(TEXT, strlen(TEXT), &pos, "X", &der, NULL), "no third");
    tap_ok(scp_pem_is(TEXT, strlen(TEXT)), "is PEM");
    tap_ok(!scp_pem_is("----BEGIN X-----", 16), "is not");
    scp_buf_free(&der);
}

static void test_limit(void)
{
    static const char TEXT[] = "-----BEGIN X-----\nYWJjYWJj\n-----END X-----\n";
    struct scp_err err = SCP_ERR_INIT;
    struct scp_buf der;
    size_t pos = 0;

    scp_buf_init(&der, 4);
    tap_is_int(-1, scp_pem_next(TEXT, strlen(TEXT), &pos, "X", &der, &err), "more than the buffer may hold");
    tap_is_int(SCP_ERR_LIMIT, err.code, "says so");
    scp_buf_free(&der);
    scp_buf_init(&der, 100);
    scp_buf_starve(&der);
    pos = 0;
    tap_is_int(-1, scp_pem_next(TEXT, strlen(TEXT), &pos, "X", &der, &err), "no memory for it");
    tap_is_int(SCP_ERR_MEMORY, err.code, "is not too large a block");
    scp_buf_free(&der);
}

int main(void)
{
    for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++)
        test_row(i + 1, &TABLE[i]);
    test_several();
    test_limit();
    return tap_done();
}

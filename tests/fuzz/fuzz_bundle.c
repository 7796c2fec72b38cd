/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Files of certificates in any packaging, and the outlines of what is in them: names, addresses, the search for issuers among them.
 */
#include "fuzz.h"

#include "chain/path.h"
#include "codec/x509/bundle.h"
#include "codec/x509/outline.h"

#include <string.h>

static void look_at(const struct scp_outline *o)
{
    char text[64];

    (void)scp_outline_name_hash(&o->subject);
    fuzz_must(!(strlen(scp_outline_short_name(&o->subject, text, sizeof text)) >= sizeof text));
    (void)scp_outline_short_name(&o->issuer, text, 1);
    fuzz_must(!(text[0] != '\0'));
    for (size_t i = 0; scp_outline_issuer_url(o, i, text, sizeof text); i++) {
        fuzz_must(!(strncmp(text, "http://", 7) != 0 && strncmp(text, "HTTP://", 7) != 0 && strlen(text) >= sizeof text));
    }
}

static void search(struct scp_pool *pool, const uint8_t *der, size_t len)
{
    static struct scp_path_answer answer;
    struct scp_path_query q = { .der = der, .len = len, .purpose = SCP_PURPOSE_SERVER_AUTH, .at = 1795435200 };

    fuzz_must(!(scp_path_find(pool, &q, &answer, NULL) == 0 && answer.good > answer.verified));
}

void fuzz_target(const uint8_t *p, size_t n)
{
    struct scp_pool *pool;
    struct scp_bundle b;

    if (n > 1 << 16 || scp_bundle_read(p, n, &b, NULL) != 0)
        return;
    pool = scp_pool_new();
    for (size_t i = 0; i < b.n && pool != NULL; i++) {
        struct scp_pool_cert c = { .root = i % 2 == 0, .rule = SCP_POOL_RULE_NONE };
        struct scp_outline o;

        c.der = scp_bundle_certificate(&b, i, &c.len);
        fuzz_must(!(!scp_outline_read(c.der, c.len, &o)));
        look_at(&o);
        if (scp_certificate_sha1(c.der, c.len, c.sha1, NULL) == 0)
            (void)scp_pool_add(pool, &c, NULL);
    }
    for (size_t i = 0; i < b.n && i < 4 && pool != NULL; i++) {
        size_t len;
        const uint8_t *der = scp_bundle_certificate(&b, i, &len);

        search(pool, der, len);
    }
    scp_pool_free(pool);
    scp_bundle_free(&b);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shapes.h"

#include <stdio.h>
#include <string.h>

void shape_encode(const struct authority_spec *w, uint8_t **der, size_t *len)
{
    X509 *x = authority_issue(w);

    authority_encode(x, der, len);
    X509_free(x);
}

void shape_add(struct shape *s, const struct authority_spec *w)
{
    s->root[s->n] = strcmp(w->subject, w->issuer) == 0;
    shape_encode(w, &s->der[s->n], &s->len[s->n]);
    s->n++;
}

static void add(struct shape *s, const char *subject, unsigned key, const char *issuer, unsigned signer)
{
    shape_add(s, &(struct authority_spec){ .subject = subject,
                                           .issuer = issuer,
                                           .key = key,
                                           .signer = signer,
                                           .ca = true,
                                           .key_ids = true,
                                           .serial = 100 + (long)s->n,
                                           .not_after = AUTHORITY_NOW + (1000 + (int64_t)s->n) * AUTHORITY_DAY });
}

void shape_leaf(struct shape *s, const char *issuer, unsigned signer)
{
    shape_encode(
        &(struct authority_spec){ .subject = "Leaf", .issuer = issuer, .key = 127, .signer = signer, .key_ids = true, .serial = 9 },
        &s->leaf, &s->leaf_len);
}

static const char *cn(const char *kind, unsigned i, char out[32])
{
    (void)snprintf(out, 32, "%s %u", kind, i);
    return out;
}

void shape_star(struct shape *s, unsigned n)
{
    char arm[32];

    *s = (struct shape){ .n = 0 };
    for (unsigned i = 1; i <= n; i++) {
        add(s, cn("Arm", i, arm), i, "Bridge", 0);
        add(s, "Bridge", 0, arm, i);
    }
    add(s, arm, n, arm, n);
    shape_leaf(s, "Arm 1", 1);
}

void shape_mesh(struct shape *s, unsigned n)
{
    char subject[32], issuer[32];

    *s = (struct shape){ .n = 0 };
    for (unsigned i = 1; i <= n; i++) {
        for (unsigned k = 1; k <= n; k++) {
            if (i != k)
                add(s, cn("Node", i, subject), i, cn("Node", k, issuer), k);
        }
    }
    add(s, subject, n, subject, n);
    shape_leaf(s, "Node 1", 1);
}

void shape_gone(struct shape *s)
{
    for (size_t i = 0; i < s->n; i++)
        OPENSSL_free(s->der[i]);
    OPENSSL_free(s->leaf);
}

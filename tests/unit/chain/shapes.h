/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_SHAPES_H
#define SCP_TESTS_SHAPES_H

#include "authority.h"

/* Stores of certificates that sign each other, a leaf, and one trusted root: what a search for paths must not get lost in. */

enum { SHAPE_MOST = 1024 };

struct shape {
    uint8_t *der[SHAPE_MOST];
    size_t len[SHAPE_MOST], n;
    bool root[SHAPE_MOST]; /* self-issued; the last of a star or mesh */
    uint8_t *leaf;
    size_t leaf_len;
};

void shape_encode(const struct authority_spec *w, uint8_t **der, size_t *len);
void shape_add(struct shape *s, const struct authority_spec *w);
void shape_leaf(struct shape *s, const char *issuer, unsigned signer);

/* A bridge and n CAs, each signed by the other: the leaf is of the first, the root is the last.  Leaf, Arm 1, Bridge, Arm n. */
void shape_star(struct shape *s, unsigned n);
/* Each of n CAs signed by each other: the leaf is of the first, the root is the last.  Leaf, Node 1, Node n. */
void shape_mesh(struct shape *s, unsigned n);
void shape_gone(struct shape *s);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TRUSTLIST_SST_H
#define SCP_CODEC_TRUSTLIST_SST_H

#include "codec/registry/certblob.h"

/*
 * Serialized certificate stores (.sst, CERT_STORE_SAVE_AS_STORE):
 *   00000000 'CERT' *( *property element ) 00000000 00000000 00000000
 * The cursor hands out one element after the other.
 */
enum { SCP_SST_ELEMENTS_MAX = 20000 };

struct scp_sst {
    const uint8_t *p;
    size_t n, pos, elements;
    bool ended;    /* the end mark was read */
    bool trailing; /* bytes behind the end mark (an anomaly) */
};

bool scp_sst_is(const uint8_t *p, size_t n); /* by magic */
int scp_sst_open(const uint8_t *p, size_t n, struct scp_sst *s, struct scp_err *err);
/* 1: *out holds an element, to be freed with scp_certblob_free(); 0: the end; -1: malformed (position in the message). */
int scp_sst_next(struct scp_sst *s, struct scp_certblob *out, struct scp_err *err);

#endif

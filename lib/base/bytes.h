/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_BYTES_H
#define SCP_BASE_BYTES_H

#include <stddef.h>
#include <stdint.h>

/* Borrowed bytes; p is NULL where there are none. */
struct scp_bytes {
    const uint8_t *p;
    size_t n;
};

#endif

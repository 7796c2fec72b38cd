/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHAIN_KEY_H
#define SCP_CHAIN_KEY_H

#include "base/err.h"

#include <stddef.h>
#include <stdint.h>

/*
 * Did the holder of this key (DER of a SubjectPublicKeyInfo) sign that certificate?  Names are not looked at.  1: yes; 0: no, also
 * where either cannot be decoded; -1: SCP_ERR_MEMORY.
 */
int scp_key_signed(const uint8_t *spki, size_t spki_len, const uint8_t *der, size_t len, struct scp_err *err);

#endif

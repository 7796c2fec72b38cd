/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TEXT_STRANGER_H
#define SCP_CODEC_TEXT_STRANGER_H

#include <stddef.h>
#include <stdint.h>

/*
 * What a file is that people give in place of a registry's export: what certutil or PowerShell print, a Registry.pol, an archive, a
 * log, … .  By the shape of its first bytes (4 KiB are enough), never by name, and never by words that Windows translates.
 * A phrase of ours ("a Registry.pol, the file of a policy"); never NULL.
 */
const char *scp_stranger_name(const uint8_t *p, size_t n);

#endif

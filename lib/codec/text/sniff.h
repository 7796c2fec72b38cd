/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TEXT_SNIFF_H
#define SCP_CODEC_TEXT_SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What kind of file the first bytes (64 KiB are enough) belong to; never by name. */
enum scp_sniff {
    SCP_SNIFF_UNKNOWN,
    SCP_SNIFF_EMPTY,
    SCP_SNIFF_HIVE,
    SCP_SNIFF_REGTEXT,
    SCP_SNIFF_SST,
    SCP_SNIFF_CABINET,
    SCP_SNIFF_PEM,
    SCP_SNIFF_PKCS7,
    SCP_SNIFF_DER
};

enum scp_sniff scp_sniff(const uint8_t *p, size_t n);
const char *scp_sniff_name(enum scp_sniff s); /* "registry hive", … for messages */

/* Does it begin as a page for people does, in any encoding?  And as any markup does (HTML, XML)? */
bool scp_sniff_is_html(const uint8_t *p, size_t n);
bool scp_sniff_is_markup(const uint8_t *p, size_t n);

/*
 * What an answer is that is not the DER expected: "HTML", "PEM text instead of DER", "a cabinet", "text", ... (constants).
 * NULL: nothing, or it begins as DER does.
 */
const char *scp_sniff_answer(const uint8_t *p, size_t n);

/*
 * What a file is that people give in place of a registry's export: what certutil or PowerShell print, a Registry.pol, an archive, a
 * log, … .  By the shape of its first bytes (4 KiB are enough), never by words that Windows translates.
 * A phrase of ours ("a Registry.pol, the file of a policy"); never NULL.
 */
const char *scp_sniff_stranger(const uint8_t *p, size_t n);

#endif

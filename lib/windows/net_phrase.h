/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_NET_PHRASE_H
#define SCP_WINDOWS_NET_PHRASE_H

#include "base/match.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * Does a phrase of a log say that something failed?  "Uploading x.cab has failed", "could not download it", "error while sending";
 * not "0 failed to upload", "failed uploads: 0", "If the download failed", "not downloaded yet".
 */
enum scp_net_phrase {
    SCP_NET_PHRASE_NOTHING,
    SCP_NET_PHRASE_FAILURE, /* something failed */
    SCP_NET_PHRASE_EXCHANGE /* an upload or a download */
};

/* Words of which one stands in each phrase that says so. */
extern const char *const scp_net_phrase_words[];

/* The phrase around that place of the text; *to: up to where no other place need be asked about. */
enum scp_net_phrase scp_net_phrase_at(const char *p, size_t n, size_t at, size_t *to);

/* Does the text begin with a count of none, or the name of a result that is none?  "Failed uploads: 0", "ERROR: 0x0", "Exception:
 * none" */
bool scp_net_phrase_counts_none(const char *p, size_t n);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_WINDOWS_RESTRICTION_H
#define SCP_WINDOWS_RESTRICTION_H

#include "codec/registry/certblob.h"
#include "codec/x509/certificate.h"

/*
 * How Windows withdraws trust from an installed root (Microsoft, "Deprecation" of the Trusted Root Program), as the
 * certificate's own properties tell it, seen from TLS server authentication:
 *   9    allowed purposes; without server authentication the root is of no use
 *   122  denied purposes
 *   104  disabled from a date on
 *   126  certificates issued after a date are not trusted, limited to the purposes in 127
 * A 104 or 126 of no bytes withdraws an earlier date and overrides it.
 */
struct scp_restriction {
    bool purpose_denied;     /* by 9 or 122 */
    int64_t disabled_from;   /* 104; SCP_UTC_UNKNOWN = not disabled */
    int64_t issued_before;   /* 126 where it hurts TLS; SCP_UTC_UNKNOWN = no limit */
    bool withdrawn;          /* a restriction was lifted: a remark */
    bool disabled_withdrawn; /* … by a 104 of no bytes */
    bool limit_withdrawn;    /* … by a 126 of no bytes */
    bool harmless_limit;     /* a 126 that does not touch TLS: a remark */
    bool unreadable;         /* a property could not be read: what it says is not known */
    char unreadable_what[80];
};

/* clang-format off */
#define SCP_RESTRICTION_NONE { .disabled_from = INT64_MIN, .issued_before = INT64_MIN }
/* clang-format on */

/* Seen from a purpose.  SCP_PURPOSE_ANY: 9, 122 and 127 do not matter. */
void scp_restriction_read(const struct scp_certblob *blob, enum scp_purpose purpose, struct scp_restriction *out);

/* The stricter of both, part by part, into a. */
void scp_restriction_merge(struct scp_restriction *a, const struct scp_restriction *b);

/* What Microsoft's list says on top of what the installed certificate says: the stricter, but what the list withdrew is gone. */
void scp_restriction_add_list(struct scp_restriction *installed, const struct scp_restriction *list);

#endif

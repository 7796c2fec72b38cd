/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_REMEDY_H
#define SCP_CHECK_REMEDY_H

#include "codec/x509/certificate.h"
#include "plugin/result.h"
#include "windows/profile.h"
#include "windows/store.h"

/*
 * What is to be done about a certificate, in the words of all checks: one to import, or one in a Disallowed store.  Who put it
 * there decides: Microsoft's own list is not overridden; what comes by policy is mended in the policy; a local entry is taken out
 * alone, never the store.
 */
enum { SCP_REMEDY_TEXT = 700 };

/* A setting that is there, but no number: exporting it again tells no more. */
#define SCP_REMEDY_NO_NUMBER                                                                                                       \
    "set it again as REG_DWORD where it is set: in the GPO (gpresult /scope computer /h FILE.html names it), or in the registry"

/* A certificate whose purposes an administrator limited. */
/* Whose requests are to be let through. */
#define SCP_REMEDY_ACCOUNTS "SYSTEM and NETWORK SERVICE accounts, without a login"
#define SCP_REMEDY_PURPOSES                                                                                                        \
    "ask who limited it; then certlm.msc, the certificate's Properties, 'Enable all purposes for this certificate'"

/* What is only recommended is never CRITICAL: no chain that is required hangs on it. */
enum scp_state scp_state_for(enum scp_level level, enum scp_state state);

struct scp_distrust {
    bool member[SCP_MEMBERS]; /* which members of Disallowed hold it */
    bool listed;              /* Windows' cached list of disallowed certificates holds it */
};

bool scp_distrusted(const struct scp_distrust *d);
/* "LocalMachine\Disallowed", "Disallowed by group policy", … : the first place that holds it. */
const char *scp_distrust_place(const struct scp_distrust *d);
/* Who holds it, of the members of a Disallowed store. */
struct scp_distrust scp_distrust_by(const struct scp_store *disallowed, const uint8_t sha1[SCP_SHA1_LEN]);
/* A sentence for SCP_SAID (base/say.h).  thumbprint: plain hex. */
void scp_remedy_distrust(const struct scp_distrust *d, const char *thumbprint, char out[SCP_REMEDY_TEXT]);
/* The same as the remedy of a finding that says so. */
void scp_remedy_distrusted(const struct scp_distrust *d, const char *thumbprint, struct scp_result *r, size_t finding);
/* What to call a certificate's file: as the profile does, else what its address ends with; "FILE" where neither is a plain name. It
 * may hold blanks. */
enum { SCP_REMEDY_FILE = 160 };
const char *scp_remedy_file(const struct scp_profile_cert *c, char out[SCP_REMEDY_FILE]);
bool scp_remedy_names_file(const struct scp_profile_cert *c); /* one of them is */
/* For a remedy that imports certificates of the profile (NULL: one that it does not know): what to fetch from where, and the
 * digests that it must have, as the step before the others.  The second also puts the file's name for FILE in "certutil -addstore
 * STORE FILE". */
void scp_remedy_fetch(struct scp_result *r, size_t finding, const struct scp_profile_cert *c);
void scp_remedy_import(struct scp_result *r, size_t finding, const struct scp_profile_cert *c);
/* Of a finding about a number, where it is there but of a wrong type. */
void scp_remedy_number(struct scp_result *r, size_t finding, bool wrong_type);

#endif

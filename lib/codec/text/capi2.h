/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CODEC_TEXT_CAPI2_H
#define SCP_CODEC_TEXT_CAPI2_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * An event of Windows' certificate functions, channel Microsoft-Windows-CAPI2/Operational, as EvtRender makes XML of it.
 *
 * The shapes are those of events that were published: Microsoft's support documents (30 of lsass.exe with its Policy, Certificate,
 * EventAuxInfo and Result; 11 of Teams.exe with its ChainElements, https://learn.microsoft.com/azure/security/fundamentals/
 * tls-certificate-changes), https://github.com/microsoft/EventLogExpert/issues/256 (11 of a service of SYSTEM),
 * https://learn.microsoft.com/answers/questions/63671 (53 that failed), and the fields that https://detection-wiki-dev.pages.dev/
 * microsoft-windows-capi2/11 lists.  `fileRef` is the certificate's SHA-1 and ".cer"; `value` of Result is an error in hex, 0:
 * none.
 */
#define SCP_CAPI2_CHANNEL "Microsoft-Windows-CAPI2/Operational"

enum scp_capi2_kind {
    SCP_CAPI2_OTHER = 0,
    SCP_CAPI2_CHAIN = 11,      /* Build Chain: CertGetCertificateChain */
    SCP_CAPI2_POLICY = 30,     /* Verify Chain Policy: CertVerifyCertificateChainPolicy */
    SCP_CAPI2_REVOCATION = 41, /* Verify Revocation: CertVerifyRevocation */
    SCP_CAPI2_RETRIEVAL = 53   /* Retrieve Object from Network: CryptRetrieveObjectByUrlWire */
};

enum {
    SCP_CAPI2_BYTES_MAX = 1 << 20,
    SCP_CAPI2_CHAIN_MAX = 16,
    SCP_CAPI2_NAME = 256,
    SCP_CAPI2_URL = 2048,
    SCP_CAPI2_ACCOUNT = 192 /* a SID as text: 15 parts at most */
};

struct scp_capi2_certificate {
    bool known; /* it has a thumbprint */
    uint8_t sha1[20];
    char subject[SCP_CAPI2_NAME]; /* as Windows shows it, in short; "" */
};

struct scp_capi2 {
    enum scp_capi2_kind kind;
    int64_t at;
    char account[SCP_CAPI2_ACCOUNT]; /* SID of who asked for it, as the system says; "" */
    uint32_t process;                /* its number, as the system says; 0: unknown */
    char program[SCP_CAPI2_NAME];    /* "smsexec.exe", as the event says; "" */
    bool has_result;
    uint32_t result;
    char url[SCP_CAPI2_URL];              /* of a retrieval; "" */
    struct scp_capi2_certificate subject; /* that was asked about */
    struct scp_capi2_certificate issuer;  /* of a revocation */
    struct scp_capi2_certificate
        chain[SCP_CAPI2_CHAIN_MAX]; /* from that certificate up; the first chain, where there are several */
    size_t n;
};

/* UTF-8.  -1: it is not such an event, or malformed.  One of another kind has kind SCP_CAPI2_OTHER and nothing else. */
int scp_capi2_parse(const char *p, size_t n, struct scp_capi2 *out, struct scp_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/revocation/check.h"

#include "check/documents.h"
#include "check/remedy.h"

/* Windows asks in the name of SYSTEM (CryptSvc: NETWORK SERVICE), and cannot log in to a proxy for it. */
#define WHO "for the server's " SCP_REMEDY_ACCOUNTS
#define FLUSH "certutil -setreg chain\\ChainCacheResyncFiletime @now"

const struct scp_catalogue_entry scp_revocation_catalogue[] = {
    { "revocation.endpoints", "OK", "All endpoints that count answered with something valid.", NULL, NULL, SCP_STEP_NETWORK },
    { "revocation.valid", "OK", "The endpoint answered, and what it served is valid (kind http: it was reached).", NULL, NULL,
      SCP_STEP_NETWORK },
    { "revocation.dns", "CRITICAL, WARNING, OK", "The host's name could not be resolved.",
      "let the server's DNS resolve the host, or give its SYSTEM account the proxy that does: netsh winhttp set proxy PROXY:PORT\n"
      "on the server: Resolve-DnsName HOST",
      SCP_DOC_ARTICLE, SCP_STEP_NETWORK | SCP_SAYS_NO_WAY },
    { "revocation.connect", "CRITICAL, WARNING, OK", "The host refused the connection, cut it, or was unreachable.",
      "open TCP port 80 from the server to the host in the firewall, by host name, " WHO "\n"
      "on the server: Test-NetConnection HOST -Port 80",
      SCP_DOC_ARTICLE, SCP_STEP_NETWORK | SCP_SAYS_NO_WAY },
    { "revocation.proxy", "CRITICAL, WARNING, OK", "The proxy could not be used, or refused the request itself.",
      "see that this is the proxy that is meant and that it answers; it must let requests to the host pass, port 80, " WHO "; "
      "which proxy those accounts use: netsh winhttp show proxy",
      SCP_DOC_PROXY, SCP_STEP_NETWORK | SCP_SAYS_NO_WAY },
    { "revocation.proxy-auth", "CRITICAL, WARNING, OK",
      "The proxy wants a login. Windows sends none when it fetches CRLs, OCSP answers and trust lists as SYSTEM.",
      "except the host from authentication in the proxy, " WHO, SCP_DOC_PROXY, SCP_STEP_NETWORK | SCP_SAYS_NO_WAY },
    { "revocation.tls", "CRITICAL, WARNING, OK", "No trusted TLS connection: its certificate is expired, or another host's.",
      "ask the host's operator, or find out what answers in its place; certificates name these hosts with http, port 80",
      SCP_DOC_ARTICLE, SCP_STEP_NETWORK | SCP_SAYS_NO_WAY },
    { "revocation.intercepted", "CRITICAL, WARNING, OK",
      "Something in between answered: a page for people instead of the object, or a TLS certificate of a foreign authority.",
      "except the host from TLS inspection, captive portals and block pages in firewall and proxy, " WHO, SCP_DOC_ARTICLE,
      SCP_STEP_NETWORK | SCP_SAYS_NO_WAY },
    { "revocation.http", "CRITICAL, WARNING, OK", "The answer was an HTTP error, a forbidden redirect, or no HTTP at all.",
      "see whether a proxy, a filter or the host itself says so; a filter must let GET and POST to the host pass, " WHO "\n"
      "on the server: curl.exe -v URL",
      SCP_DOC_ARTICLE, SCP_STEP_NETWORK | SCP_SAYS_NO_WAY },
    { "revocation.type", "CRITICAL, WARNING, OK",
      "What came is not the kind of object asked for: text, PEM, a delta CRL, a CRL of another scope, another file in the cabinet.",
      "see what came: a filter or proxy in between must not change the answer\n"
      "on the server: curl.exe -v URL",
      SCP_DOC_RFC("5280", "6.3"), SCP_STEP_NETWORK },
    { "revocation.truncated", "CRITICAL, WARNING, OK", "The answer ended too early; a part of an object proves nothing.",
      "see whether a proxy, a filter or a virus scanner in between cuts the answer\n"
      "on the server: curl.exe -v -o FILE URL",
      SCP_DOC_ARTICLE, SCP_STEP_NETWORK },
    { "revocation.too-large", "CRITICAL, WARNING, OK", "The answer was larger than such an object can be.",
      "see what came; a really larger object needs a larger max_size in the profile\n"
      "on the server: curl.exe -v URL",
      SCP_DOC_RFC("9110", "17.5"), SCP_STEP_NETWORK },
    { "revocation.parse", "CRITICAL, WARNING, OK", "The object is malformed, or of a form that must not be relied on.",
      "fetch it again on the server (certutil -dump FILE) and tell its operator", SCP_DOC_RFC("5280", "6.3"), SCP_STEP_NETWORK },
    { "revocation.signature", "CRITICAL, WARNING, OK",
      "The object was not made by its issuer: the signature is not by the expected key, or the bytes are others than the known "
      "ones.",
      "find out what answers in the host's place; if the issuer has a new key, a current profile is needed (--profile)",
      SCP_DOC_RFC("5280", "6.3"), SCP_STEP_NETWORK },
    { "revocation.issuer", "CRITICAL, WARNING, OK",
      "The object is of another issuer than the certificate that is checked, or of one that may not vouch for it: no CA, no right "
      "to sign CRLs, not valid, a key that proves nothing.",
      "find out what answers in the host's place; if the CA has moved, a current profile is needed (--profile), or its other "
      "certificates (check_scp_revocation --issuer)",
      SCP_DOC_RFC("5280", "6.3.3"), SCP_STEP_NETWORK },
    { "revocation.weak", "WARNING, OK",
      "The object can be used, but rests on SHA-1, an RSA key below 2048 bits or an EC key below 256 bits.",
      "tell the CA's operator: such signatures can be forged with means that some have", SCP_DOC_WEAK_DIGESTS, SCP_STEP_NETWORK },
    { "revocation.lifetime", "WARNING, OK",
      "The object is good for longer than is usual or plausible: what is revoked meanwhile is not seen by who has it already.",
      "see whether a proxy or a mirror in between serves another object, else ask the CA's operator",
      SCP_DOC_RFC("5280", "5.1.2.5"), SCP_STEP_NETWORK },
    { "revocation.certificate-expired", "WARNING",
      "The certificate asked about has expired itself. Issuers drop expired certificates from their lists: that it is not listed "
      "proves nothing.",
      "replace the certificate", SCP_DOC_RFC("5280", "3.3"), SCP_STEP_NETWORK },
    { "issuer.key-only", "OK",
      "The profile knows these endpoints' issuers by name and key: the strength of key and signature is judged, not what their "
      "certificates say.",
      NULL, NULL, 0 },
    { "issuer.legacy", "WARNING, OK", "The issuer is a root of an old form, without basicConstraints; OpenSSL takes it for a CA's.",
      "have the CA renew its certificate; other programs refuse such a one", SCP_DOC_CHECK_CA, 0 },
    { "revocation.not-yet-valid", "CRITICAL, WARNING, UNKNOWN, OK",
      "The object's time lies in the future: a clock is wrong. UNKNOWN where it is this machine's, by the hosts' Date, and this "
      "machine is not the server.",
      "set the clock of this machine and of the server (w32tm /query /status)", SCP_DOC_RFC("5280", "5.1.2.4"), SCP_STEP_NETWORK },
    { "revocation.expired", "CRITICAL, WARNING, UNKNOWN, OK",
      "The object is past its nextUpdate, or older than is allowed. UNKNOWN where it is valid by the hosts' Date, and this "
      "machine, "
      "whose clock is wrong then, is not the server.",
      "see whether a proxy or a cache in between serves an old copy (it sends an Age header), else tell the operator\n"
      "on the server: curl.exe -v URL\n" FLUSH,
      SCP_DOC_RFC("5280", "6.3"), SCP_STEP_NETWORK },
    { "revocation.ocsp-status", "CRITICAL, WARNING, OK",
      "The responder answered without a verdict (tryLater, unauthorized and the like), or does not know the certificate.",
      "ask again; if it stays, the responder or a filter in front of it refuses this issuer: tell its operator",
      SCP_DOC_RFC("6960", "3.2"), SCP_STEP_NETWORK },
    { "revocation.revoked", "CRITICAL, OK", "The certificate that was asked about is revoked.",
      "replace the certificate; if it is a CA of Microsoft's, a current profile is needed (--profile) and current intermediates on "
      "the server",
      SCP_DOC_RFC("5280", "6.3"), SCP_STEP_NETWORK },
    { "revocation.timeout", "CRITICAL, WARNING, OK",
      "No whole answer came in time; a firewall that drops packets looks so. Windows waits 15 seconds for an address and 20 for "
      "all of a chain's revocation (wincrypt.h): two hosts that drop exhaust that, hosts that refuse do not.",
      "open TCP port 80 from the server to the host in the firewall, by host name, " WHO "\n"
      "on the server: Test-NetConnection HOST -Port 80",
      SCP_DOC_ARTICLE, SCP_STEP_NETWORK | SCP_SAYS_NO_WAY },
    { "revocation.slow", "WARNING, OK", "The answer is good, but took longer than is allowed.",
      "look at the way to the host: proxy, name resolution, load; Windows has limits of its own (policy Certificate Path "
      "Validation Settings)",
      SCP_DOC_ARTICLE, 0 },
    { "revocation.expiring", "CRITICAL, WARNING, OK",
      "The object is valid, but expires soon: by default, less than 6 hours or a tenth of its lifetime are left.",
      "see whether a proxy or a cache in between serves an old copy, else the operator is late with the next one",
      SCP_DOC_RFC("5280", "6.3"), 0 },
    { "revocation.undetermined", "UNKNOWN, OK", "The endpoint was not asked or could not be judged: nothing is known about it.",
      "mend what the text names: a file that cannot be read, an address that is none, a list that does not tell of this "
      "certificate; where the time was too short, raise --timeout or ask fewer endpoints (check_scp_revocation --endpoint); for an "
      "algorithm that is not known here, update the plugins",
      SCP_DOC_GUIDELINES, SCP_STEP_NETWORK },
    { "revocation.redirected", "OK", "The answer came from another host, which the server must be allowed to reach, too.", NULL,
      NULL, SCP_STEP_NETWORK },
    { "revocation.tls-by-issuer", "OK",
      "The address is https, and only the CA that is given as issuer vouches for its server: others may not reach the object so.",
      NULL, NULL, SCP_STEP_NETWORK },
    { "revocation.private-address", "OK",
      "A redirect led to a private address (RFC 1918, RFC 4193, RFC 6598): a gateway or a cache inside answered in the host's "
      "name.",
      NULL, NULL, SCP_STEP_NETWORK },
    { "revocation.clock", "WARNING", "The local clock and the servers' Date differ by more than five minutes.",
      "set the clock of this machine; validity is judged by it", SCP_DOC_RFC("9110", "6.6.1"), SCP_BESIDE_CLOCK },
    { "vantage.no-way-out", "CRITICAL, UNKNOWN",
      "None of the hosts gave anything valid, and none answered otherwise than the others: there is no way out from where was "
      "asked.",
      "give this host a way out, or ask from where the service connection point stands: what another host reaches says "
      "nothing of the server",
      SCP_DOC_ARTICLE, SCP_STEP_NETWORK | SCP_SAYS_NO_WAY_OUT },
    { "revocation.none", "UNKNOWN", "The profile has no endpoints.", "choose another profile (--list-profiles)", SCP_DOC_ARTICLE,
      SCP_STEP_NETWORK },
    { "crl.nonconforming", "WARNING, OK", "The CRL can be used, but is not made as RFC 5280 says.",
      "tell the CA's operator; other programs may refuse such a CRL", SCP_DOC_RFC("5280", "5"), 0 },
    { "crl.note", "OK", "Something about the CRL that is worth knowing.", NULL, NULL, 0 },
    { "ocsp.nonconforming", "WARNING, OK", "The OCSP answer can be used, but is not made as RFC 6960 says.",
      "tell the responder's operator; other programs may refuse such an answer", SCP_DOC_RFC("6960", "3.2"), 0 },
    { "ocsp.note", "OK", "Something about the OCSP answer that is worth knowing.", NULL, NULL, 0 },
    { "ctl.nonconforming", "WARNING, OK", "The trust list can be used, but some of its entries are malformed or there twice.",
      "see whether a proxy, a cache or a mirror in between serves something else than Microsoft does", SCP_DOC_LISTS, 0 },
    { "ctl.weak", "WARNING, OK",
      "The trust list's signature or its chain rests on SHA-1 or a short key; a list from before 2017 may.",
      "see whether a proxy, a cache or a mirror in between serves an old list", SCP_DOC_LISTS, 0 },
    { .id = NULL },
};

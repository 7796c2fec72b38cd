/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/check.h"

#include "check/documents.h"
#include "windows/paths.h"

const struct scp_catalogue_entry scp_intermediates_catalogue[] = {
    { "intermediates.chains", "OK", "A path to a trusted root builds from the stores; the best one and its end are named.", NULL,
      NULL, SCP_SAYS_CHAIN },
    { "intermediates.missing", "CRITICAL, WARNING, OK",
      "No path of a required issuing CA builds, because a certificate is in none of the stores. CRITICAL where a setting forbids "
      "Windows to fetch it from its issuer's address, or that failed; WARNING where it may (what was demanded, bundles: for a "
      "family that is intermediates.by-aia); OK only where that was seen on the service connection point itself.",
      "import the missing certificate into LocalMachine\\CA (certutil -addstore CA FILE) or distribute it by group policy\n"
      "certutil -setreg chain\\ChainCacheResyncFiletime @now",
      SCP_DOC_ARTICLE, SCP_STEP_CERTIFICATE },
    { "intermediates.by-aia", "OK, WARNING",
      "Certificates of a required family are in no store, as on every ordinary online server: Windows fetches them while it "
      "builds a chain. Whether their addresses, which the article does not list, answer that server is not known. WARNING where "
      "the last list from Microsoft is late, too.",
      "see on the server, as SYSTEM, that the named addresses answer (http, port 80, through its proxy where it has one), or "
      "import the cross-certificate and the issuing CAs into LocalMachine\\CA (certutil -addstore CA FILE)",
      SCP_DOC_AIA, SCP_SAYS_BY_AIA },
    { "intermediates.members-missing", "WARNING",
      "A required family chains, but Windows is told not to fetch intermediates, and some of its current issuing CAs are in no "
      "store: what they issue would not chain.",
      "import the issuing CAs that are named into LocalMachine\\CA (certutil -addstore CA FILE)", SCP_DOC_AIA, 0 },
    { "intermediates.member-refused", "WARNING",
      "A required family chains by another member, but one of its current issuing CAs is distrusted, disabled or limited on this "
      "server: what it issues would not chain, and the service may use it at any renewal.",
      "ask who distrusts or limits it; a mistake in the local store: certutil -delstore Disallowed THUMBPRINT", SCP_DOC_STORES, 0 },
    { "intermediates.root-unusable", "CRITICAL, OK",
      "The path builds up to its root, which is there but cannot be used: disallowed, limited by its properties, expired, or "
      "refused by a policy about keys. Nothing is to be imported among the intermediates.",
      "mend the root: check_scp_roots tells what is wrong with it", SCP_DOC_DEPRECATION, SCP_SAYS_ROOT_REFUSED },
    { "intermediates.no-path", "CRITICAL, WARNING, OK",
      "The certificate that was asked about, or the one a server sent, has no path to a trusted root: the issuer that was sought "
      "in vain is named. This is what the service reports as \"Fail to build chain\".",
      "find out whose issuer that is before anything is imported", SCP_DOC_ARTICLE, 0 },
    { "intermediates.root-missing", "CRITICAL, WARNING",
      "The path ends because a root of the profile is in no Root store. WARNING where Windows would install it by itself, as "
      "check_scp_roots judges it; CRITICAL where it would not, and for a certificate of one's own: what is there now?",
      "import the root into LocalMachine\\Root (certutil -addstore Root FILE); check_scp_roots tells more", SCP_DOC_ARTICLE,
      SCP_SAYS_ROOT_ABSENT },
    { "intermediates.recommended", "OK, WARNING",
      "No path of a recommended family builds. A remark where certificates are in no store or the root cannot be used, a warning "
      "where one that is there spoils the path.",
      "check_scp_intermediates --require=FAMILY tells it in full", SCP_DOC_AZURE, 0 },
    { "intermediates.expired", "CRITICAL, WARNING, OK",
      "The only path holds an expired certificate. WARNING where Windows may fetch its successor; a remark on an issuing CA where "
      "others of its family took over.",
      "import the successor of the expired certificate into LocalMachine\\CA (certutil -addstore CA FILE)", SCP_DOC_VALIDITY,
      SCP_STEP_CERTIFICATE },
    { "intermediates.not-yet-valid", "CRITICAL",
      "The only path holds a certificate whose validity has not begun: the clock may be wrong.",
      "compare the server's clock; where it is right, only a certificate that is valid already helps", SCP_DOC_VALIDITY,
      SCP_STEP_SERVICE },
    { "intermediates.disallowed", "CRITICAL",
      "The only path holds a certificate that a Disallowed store or Windows' list of disallowed certificates distrusts, or one "
      "below such a certificate.",
      "find out who distrusted it; an entry of your own is removed with certutil -delstore Disallowed THUMBPRINT", SCP_DOC_STORES,
      SCP_STEP_DENIAL },
    { "intermediates.revoked", "CRITICAL, WARNING, OK",
      "The only path holds a certificate that its issuer revoked. WARNING where Windows may fetch a successor.",
      "replace the revoked certificate", SCP_DOC_RFC("5280", "5"), SCP_STEP_CERTIFICATE },
    { "intermediates.restricted", "CRITICAL",
      "Windows' own properties of a certificate end the path: purposes (9, 122), disabled from a date (104), trusted only for "
      "what was issued before a date (126).",
      "find out why the certificate was limited (certlm.msc, Properties); services must move to another root", SCP_DOC_DEPRECATION,
      SCP_STEP_NOWHERE },
    { "intermediates.key-too-short", "CRITICAL",
      "A policy (MinRsaPubKeyBitLength, Weak...Flags) refuses a key or a digest of the only path.",
      "a security policy refuses this key, and importing the certificate again does not help: the owner of the policy decides",
      SCP_DOC_WEAK_KEYS, SCP_STEP_POLICY },
    { "intermediates.purpose", "CRITICAL",
      "A certificate of the only path is not for this purpose: extended key usage nests through the whole path.",
      "importing it again does not help; a certificate that is meant for another purpose is judged with check_scp_intermediates "
      "--purpose",
      SCP_DOC_RFC("5280", "4.2.1.12"), SCP_STEP_CERTIFICATE },
    { "intermediates.policy", "CRITICAL",
      "A certificate of the only path demands a certificate policy (requireExplicitPolicy) that is not valid for the whole path, "
      "by its own policies, policyMappings or inhibitAnyPolicy; or its policies are malformed.",
      "importing it again does not help: ask its CA for a chain whose policies agree, or for another cross-certificate",
      SCP_DOC_RFC("5280", "6.1.5"), SCP_STEP_CERTIFICATE },
    { "intermediates.invalid", "CRITICAL",
      "The only path does not verify: signature, basic constraints, path length, name constraints, unknown critical extensions, "
      "keys and digests that prove nothing.",
      "the same certificate does not become valid by importing it again: ask its issuer for one that conforms",
      SCP_DOC_RFC("5280", "6.1"), SCP_STEP_CERTIFICATE },
    { "intermediates.expiring", "WARNING, CRITICAL, OK",
      "The remaining life is outside --warning or --critical: of the path that is told or, where another one of its kind lives "
      "longer, of that one. A remark on an issuing CA of a family where Windows fetches the others and Microsoft's lists are "
      "fresh.",
      "find out which certificate replaces the first one that ends, and import it", SCP_DOC_VALIDITY, 0 },
    { "intermediates.name-encoding", "WARNING, OK",
      "Every path needs names that are equal only without regard to case, spacing or string type. OpenSSL accepts that; Windows "
      "compares bytes. A remark for bundles, which are judged by RFC 5280.",
      "import a certificate whose subject is encoded as its children name their issuer", SCP_DOC_RFC("5280", "7.1"), 0 },
    { "intermediates.weak", "WARNING, OK",
      "The best path rests on SHA-1 in a signature below the root, an RSA key below 2048 bits or an EC key below 256 bits. A "
      "remark for what is not required.",
      "ask its CA for a chain of longer keys (RSA 2048, EC 256 bits) and SHA-256; such signatures can be forged with means that "
      "some have",
      SCP_DOC_WEAK_DIGESTS, 0 },
    { "intermediates.strength-unknown", "UNKNOWN, OK",
      "The best path rests on a key or a digest of a kind whose strength could not be told (neither RSA nor EC; neither SHA-1 "
      "nor SHA-2). A remark for what is not required.",
      "ask the CA for a chain of RSA or EC keys; Windows decides by its own means (certutil -verify FILE)", SCP_DOC_WEAK_DIGESTS,
      0 },
    { "intermediates.legacy-anchor", "WARNING, OK",
      "The root of the best path has no basicConstraints, like roots of version 1: OpenSSL takes it for a CA's all the same. A "
      "remark for what is not required.",
      "ask the CA which of its newer roots the chain can end at", SCP_DOC_CHECK_CA, 0 },
    { "intermediates.passed-over", "OK",
      "A certificate was passed over because it has expired, is disallowed or not for this purpose; another path is good.", NULL,
      NULL, 0 },
    { "intermediates.stopped", "UNKNOWN, OK",
      "The search reached a bound (depth, candidates, signature checks, paths), and what was not looked at could change the "
      "verdict. OK where a good path had been found that nothing is held against; that further ones were not counted is no "
      "finding.",
      "look at the stores: far more certificates sign each other than any honest authority needs", SCP_DOC_RFC("4158", "2.4"), 0 },
    { "intermediates.unreadable", "UNKNOWN",
      "A certificate that the answer depends on could not be read, or its key or signature is of a kind that OpenSSL cannot "
      "verify.",
      "delete the damaged entry and import the certificate again (certutil -addstore CA FILE)", SCP_DOC_STORES, 0 },
    { "intermediates.forged", "CRITICAL",
      "A certificate has the SHA-1 thumbprint of an issuing CA but another SHA-256: it is not that CA.",
      "remove the certificate at once and find out how it came there", SCP_DOC_WEAK_HASH, SCP_STEP_DENIAL },
    { "intermediates.over", "OK", "Every member of a family has expired: none is demanded any more.", NULL, SCP_DOC_AZURE, 0 },
    { "intermediates.stale", "OK", "A certificate that Microsoft's cloud no longer uses is still in a store; it can be removed.",
      NULL, SCP_DOC_AZURE, 0 },
    { "intermediates.inference", "OK",
      "No public source names the CA that issues the service's own certificates; that it belongs to the required families is an "
      "inference.",
      NULL, SCP_DOC_AZURE, 0 },
    { "intermediates.policy-refresh", "UNKNOWN",
      "The root of a chain is in no Root store, but group policy was writing its own anew when the snapshot was made: their key "
      "was written less than 5 minutes before, and each refresh takes the roots away first.",
      "take the snapshot again, some minutes after the refresh", SCP_DOC_BY_GPO, SCP_SAYS_ROOT_ABSENT },
    { "intermediates.policy-unknown", "UNKNOWN",
      "Whether Windows fetches missing certificates could not be told, so a missing one is taken as missing.", SCP_SNAPSHOT,
      SCP_DOC_PATH_POLICY, 0 },
    { "intermediates.key-policy-unknown", "UNKNOWN",
      "Whether a setting of the chain engine refuses a key of the path could not be told.", SCP_SNAPSHOT, SCP_DOC_WEAK_KEYS, 0 },
    { "intermediates.authroot-unknown", "UNKNOWN",
      "The root of the path is only in AuthRoot, and whether a policy (ProtectedRoots) leaves that store out could not be told.",
      SCP_SNAPSHOT, SCP_DOC_STORES, 0 },
    { "intermediates.setting-misplaced", "WARNING",
      "A setting of the chain engine stands one key too high, where Windows does not read it: intermediates are still fetched.",
      "decide it by the policy Certificate Path Validation Settings, which writes to ChainEngine\\Config; before nothing is "
      "fetched any more, all current issuing CAs have to be in LocalMachine\\CA",
      SCP_DOC_AIA, 0 },
    { "intermediates.fetched", "OK",
      "A certificate of a chain could be fetched from its issuer's address, and it was the right one.", NULL,
      SCP_DOC_RFC("5280", "4.2.2.1"), 0 },
    { "intermediates.fetch-failed", "OK, UNKNOWN",
      "A certificate of a chain could not be fetched from an address, or what came was something else. UNKNOWN where it could not "
      "be tried.",
      "open the way to the address from the service connection point (port 80, also through its proxy)",
      SCP_DOC_RFC("5280", "4.2.2.1"), 0 },
    { "intermediates.connect", "CRITICAL, WARNING, UNKNOWN",
      "The server that was to be asked did not send a certificate. WARNING for a name of the service (check_scp --service).",
      "open the way to the server, or ask another one", SCP_DOC_RFC("8446", "4.4.2"), 0 },
    { "intermediates.name-mismatch", "CRITICAL", "The certificate that the server sent, or that was given, is for another host.",
      "ask the server by the name it has (check_scp_intermediates --name where that is another one); if it is right, find out who "
      "answers in its place",
      SCP_DOC_RFC("6125", "6"), 0 },
    { "intermediates.server-order", "OK",
      "The server sent its chain in another order than each certificate issuing the one before it. Windows sorts that out.", NULL,
      SCP_DOC_RFC("8446", "4.4.2"), 0 },
    { "intermediates.server-supplies", "OK", "A certificate of the path is in no store: it works because the server sends it.",
      NULL, NULL, 0 },
    { "intermediates.server-omits", "OK",
      "The server does not send a certificate that its chain needs, as front ends that leave out a cross-certificate. A store has "
      "it; without that Windows would have to fetch it each time.",
      NULL, SCP_DOC_RFC("8446", "4.4.2"), 0 },
    { "intermediates.new-issuer", "OK",
      "A certificate of the service was issued by a CA that the profile does not know, as after a change of CAs that is newer than "
      "the profile. Its chain builds from what the server has and was sent.",
      NULL, SCP_DOC_AZURE, 0 },
    { "intermediates.inspected", "CRITICAL, WARNING, OK",
      "What came from a host of the service's own (kind = tls in the profile) is vouched for by nobody whom the profile knows by "
      "key or Windows' list of trusted roots names: TLS inspection, which the service does not support. WARNING where the stores "
      "trust it; nothing else is told of its chain. Likely, and certain where two hosts of different domains have the same issuer. "
      "A remark in check_scp --service, where this machine is not the server.",
      "exempt the hosts of the service from TLS inspection; its certificates belong into no store for it", SCP_DOC_ENDPOINTS,
      SCP_BESIDE_INSPECTION },
    { "intermediates.foreign-root", "WARNING",
      "What the server sent chains to a trusted root that is not one of the profile's: TLS inspection, which these services do "
      "not support, or another service.",
      "where it is TLS inspection, exempt the host from it", SCP_DOC_ENDPOINTS, 0 },
    { "intermediates.crl-unusable", "UNKNOWN, OK",
      "A revocation list that was given cannot be relied on for a certificate of a path: why is told. A remark where another "
      "list speaks of the certificate.",
      "give the current list of that issuer", SCP_DOC_RFC("5280", "6.3"), 0 },
    { "intermediates.crl-unused", "OK", "A revocation list that was given is of an issuer in no path.", NULL, NULL, 0 },
    { "intermediates.crl-uncovered", "UNKNOWN, OK",
      "Revocation lists were given, but none tells of a certificate of the path: whether it is revoked is not known. Every "
      "certificate but the root is to be covered; OpenSSL judges that. A remark for what is not required.",
      "give the current list of each issuer of the path (check_scp_intermediates --with-crl), or none", SCP_DOC_RFC("5280", "6.3"),
      0 },
    { "intermediates.crl-scope", "OK",
      "No list tells of a certificate by itself - it is indirect, of some reasons, a partition, a list of changes, or signed by "
      "another key of the issuer -, and together they do, as OpenSSL judges.",
      NULL, SCP_DOC_RFC("5280", "6.3.3"), 0 },
    { "intermediates.disallowed-unreadable", "UNKNOWN",
      "A damaged entry of a Disallowed store has the name of a certificate of the path: whether it is distrusted could not be "
      "told.",
      "delete the damaged entry", SCP_DOC_STORES, 0 },
    { "intermediates.disallowed-not-covered", "UNKNOWN, OK",
      "The source does not hold every Disallowed store: a distrust in the rest would not be seen. OK where only the enterprise's "
      "is missing.",
      SCP_SNAPSHOT, SCP_DOC_STORES, 0 },
    { "intermediates.disallowed-list", "OK",
      "Windows' cached list of disallowed certificates could not be read or believed: a distrust in it would not be seen.", NULL,
      SCP_DOC_STORES, 0 },
    { "intermediates.restriction-unreadable", "UNKNOWN",
      "A property that may restrict a certificate of the path could not be read.",
      "import the certificate again (certutil -f -addstore CA FILE)", SCP_DOC_STORES, 0 },
    { "intermediates.file-unusable", "UNKNOWN", "A file of the command line cannot be read, or holds nothing of its kind.",
      "give certificates in PEM, DER, PKCS#7 or .sst, revocation lists in PEM or DER", SCP_DOC_RFC("7468", "5"), 0 },
    { "intermediates.file-damaged", "WARNING, UNKNOWN",
      "Parts of a file given on the command line are no certificates; the rest was used.", "make the file again",
      SCP_DOC_RFC("7468", "5"), 0 },
    { "intermediates.outline", "OK", "Entries of the stores are not certificates in DER; they were passed over.", NULL, NULL, 0 },
    { "intermediates.none-required", "OK",
      "Nothing is required: the profile names no required family, and no certificate was given.", NULL, NULL, 0 },
    { .id = NULL },
};

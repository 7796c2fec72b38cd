/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/status/check.h"

#include "check/documents.h"

const struct scp_catalogue_entry scp_status_catalogue[] = {
    { "log.chain-error", "WARNING, CRITICAL",
      "The service connection point could not build the chain of Microsoft's service signing certificate (\"Fail to build "
      "chain\"): the symptom of the support article.",
      "check_scp tells which of the article's causes it is, and what mends it\n"
      "after mending, restart the threads SMS_DMP_UPLOADER, SMS_DMP_DOWNLOADER and SMS_SERVICE_CONNECTOR (Configuration Manager "
      "Service Manager); SMS_EXECUTIVE only if that does not help, in a change window",
      SCP_DOC_ARTICLE, 0 },
    { "log.name-mismatch", "WARNING, CRITICAL",
      "The subject of the service signing certificate is not the one that this version expects. No root or revocation list is to "
      "blame.",
      "update Configuration Manager (2203 needs hotfix rollup KB14244456 or later)", SCP_DOC_MISMATCH, 0 },
    { "log.signing-certificate", "WARNING, CRITICAL",
      "The service signing certificate was refused for a reason that is neither of the two known ones.",
      "read the lines behind the entry in the log; check the clock, the roots and the revocation hosts", SCP_DOC_ARTICLE, 0 },
    { "log.certificate", "WARNING, CRITICAL",
      "A certificate was refused, a server's or that of a downloaded file: its chain is not trusted, its revocation not known, or "
      "a device on the way shows another one. \"No secure channel\" may also be a TLS version or cipher that only one side knows.",
      "mend what the reason names: clock, roots, intermediates, hosts of revocation lists, TLS inspection", SCP_DOC_ENDPOINTS, 0 },
    { "log.upload-failed", "WARNING, CRITICAL",
      "Uploads to Microsoft's cloud failed: refused (HTTP), name not resolved, timed out, no connection, proxy. No certificate was "
      "refused. WARNING at most where one came through since.",
      "mend what the reason names, in firewall or proxy: allow the endpoints of the service connection point; 407 is the proxy, "
      "which wants credentials",
      SCP_DOC_ENDPOINTS, 0 },
    { "log.download-failed", "WARNING, CRITICAL", "Downloads from Microsoft failed, as with log.upload-failed.",
      "mend what the reason names, in firewall or proxy: allow the endpoints of the service connection point; 407 is the proxy, "
      "which wants credentials",
      SCP_DOC_ENDPOINTS, 0 },
    { "log.error", "UNKNOWN, OK",
      "The uploader, the downloader or a gateway's worker wrote an error that is none of the kinds known here: whether an exchange "
      "failed cannot be told. A remark where what exchanges came through since.",
      "read the entry and the lines around it in the log; where it is harmless, --severity=log.error=ok passes it over",
      SCP_DOC_LOGS, 0 },
    { "log.no-success", "WARNING, OK",
      "The component's log spans the time of --success-within and tells of no success in it: the downloader's check for updates, "
      "or, where uploads failed or a success was asked for, an upload. A log that does not reach back so far: a remark.",
      "look into the log for the reason; restart the component in Configuration Manager Service Manager", SCP_DOC_LOGS, 0 },
    { "log.clean", "OK", "The log holds no certificate error, failed upload or download in the time looked at.", NULL, NULL, 0 },
    { "log.hosts", "UNKNOWN", "The logs name more hosts of microsoft.com than check_scp --service asks.",
      "give the log of one component alone", SCP_DOC_LOGS, 0 },
    { "log.unreadable", "UNKNOWN", "A log could not be read.",
      "give a log that the monitoring user may read, on a share or as a copy", SCP_DOC_LOGS, SCP_SAYS_OF_SOURCE },
    { "log.not-a-log", "UNKNOWN", "The file holds no entry in either style of Configuration Manager's logs, or nothing at all.",
      "give the file that the component writes, for example dmpuploader.log", SCP_DOC_LOGS, SCP_SAYS_OF_SOURCE },
    { "log.other-component", "UNKNOWN", "The log is of no component of the service connection point: it does not tell.",
      "give dmpuploader.log or dmpdownloader.log of the service connection point", SCP_DOC_LOGS, SCP_SAYS_OF_SOURCE },
    { "log.damaged", "WARNING, UNKNOWN", "The log holds bytes that belong to no text.",
      "copy the log again; on the server, check the disk", SCP_DOC_LOGS, 0 },
    { "log.bounded", "UNKNOWN",
      "The log was not read back to the beginning of the time looked at: it is too large, too slow, or an older file could not be "
      "read.",
      "look at less time (--since), or raise --timeout", SCP_DOC_LOGS, 0 },
    { "log.short", "OK", "The log and its older files begin later than the time looked at.", NULL, SCP_DOC_LOGS, 0 },
    { "log.stale", "WARNING, UNKNOWN",
      "The last entry is older than --max-age: the log is an old copy, or the component does not run.",
      "copy the log regularly, or start the thread SMS_DMP_UPLOADER (Configuration Manager Service Manager)", SCP_DOC_LOGS, 0 },
    { "log.future", "WARNING, OK",
      "Entries lie in the future: a clock is wrong. A remark where the last one does not: it was wrong.",
      "set the clocks of the server and of this machine", SCP_DOC_LOGS, SCP_BESIDE_CLOCK },
    { "log.time-unknown", "UNKNOWN", "An error has no usable time, so that it could not be told whether it is a present one.",
      "look at the entry in the log", SCP_DOC_LOGS, 0 },
    { "messages.upload-failed", "WARNING, CRITICAL", "Status message 9605: an upload to Microsoft's cloud failed.",
      "look into dmpuploader.log on the service connection point for the reason", SCP_DOC_ARTICLE, 0 },
    { "messages.upload-exception", "WARNING, CRITICAL",
      "Status message 9607: an upload to Microsoft's cloud ended with an exception.",
      "look into dmpuploader.log on the service connection point for the reason", SCP_DOC_ARTICLE, 0 },
    { "messages.endpoint-warning", "WARNING", "Status message 11411: a check of internet endpoints ended with a warning.",
      "look into EndpointConnectivityCheckWorker.log and allow the endpoint in firewall and proxy", SCP_DOC_ENDPOINTS, 0 },
    { "messages.endpoint-error", "WARNING, CRITICAL", "Status message 11412: an internet endpoint could not be reached.",
      "look into EndpointConnectivityCheckWorker.log and allow the endpoint in firewall and proxy", SCP_DOC_ENDPOINTS, 0 },
    { "messages.required-endpoint", "WARNING, CRITICAL", "Status message 11488: the site could not connect to a required endpoint.",
      "allow the endpoint in firewall and proxy", SCP_DOC_ENDPOINTS, 0 },
    { "messages.clean", "OK", "None of the status messages that tell of such problems in the time looked at.", NULL, NULL, 0 },
    { "messages.empty", "OK",
      "The export holds nothing, as Export-Csv and ConvertTo-Json leave it where no message was found - and where the query "
      "failed. The symptom is unknown.",
      "export as check_scp_status(1) says: with the number of messages beside them, an answer proves itself",
      SCP_DOC_STATUS_MESSAGES, 0 },
    { "messages.unreadable", "UNKNOWN", "An export of status messages could not be read.",
      "export again, with the PowerShell lines of check_scp_status(1)", SCP_DOC_STATUS_MESSAGES, SCP_SAYS_OF_SOURCE },
    { "messages.truncated", "UNKNOWN",
      "The export of status messages ends too early, or is one page of an answer of several. What was whole counts.",
      "export again and copy the whole file; of the AdminService, ask for all pages (--adminservice does)", SCP_DOC_STATUS_MESSAGES,
      0 },
    { "messages.malformed", "WARNING, UNKNOWN", "Rows of the export have no readable message number and were passed over.",
      "export again", SCP_DOC_STATUS_MESSAGES, 0 },
    { "messages.time-unknown", "UNKNOWN",
      "A message has a time that tells neither day nor time zone for certain, so that it could not be told whether it is a present "
      "one.",
      "export times in ISO 8601 and UTC: $_.Time.ToUniversalTime().ToString('o')", SCP_DOC_STATUS_MESSAGES, 0 },
    { "messages.other-server", "UNKNOWN",
      "Status messages are of another machine than the registry: they say nothing of this server, and whether it has the symptom "
      "is unknown.",
      "give what was taken of one server together: its registry, and the messages and logs of its own", SCP_DOC_STATUS_MESSAGES,
      0 },
    { "messages.stale", "WARNING, UNKNOWN", "The export of status messages is older than --max-age.",
      "renew it regularly, or raise --max-age", SCP_DOC_STATUS_MESSAGES, 0 },
    { "adminservice.failed", "UNKNOWN", "The AdminService could not be asked.",
      "mend what the reason names; the account must be an administrative user of Configuration Manager", SCP_DOC_ADMINSERVICE, 0 },
    { "adminservice.incomplete", "UNKNOWN", "Not all answers of the AdminService were read. What was read counts.",
      "look at less time (--since), or raise --timeout", SCP_DOC_ADMINSERVICE, 0 },
    { "environment.sound", "OK", "TLS 1.2 and strong cryptography of .NET are not switched off.", NULL, NULL, 0 },
    { "environment.strong-crypto", "WARNING, UNKNOWN, OK",
      "Strong cryptography of .NET is switched off (SchUseStrongCrypto or SystemDefaultTlsVersions is 0), so that connections to "
      "the cloud end with \"An unexpected error occurred on a send\". Not set at all: a remark, it then depends on the version of "
      ".NET.",
      "set both to 1 (REG_DWORD) below SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319 and "
      "SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319, then restart",
      SCP_DOC_STRONG_CRYPTO, 0 },
    { "environment.tls", "CRITICAL, WARNING, UNKNOWN", "TLS 1.2 is switched off for clients in SCHANNEL, or not used by default.",
      "set Enabled to 1 and DisabledByDefault to 0 below SCHANNEL\\Protocols\\TLS 1.2\\Client, then restart", SCP_DOC_TLS, 0 },
    { "environment.clock", "WARNING",
      "A clock is or was wrong: trust lists were synchronised, or updates looked for, in the future, or the AdminService's clock "
      "differs from ours.",
      "set the clocks; then force a new synchronisation: certutil -verifyctl -f AuthRoot", SCP_DOC_TIME, SCP_BESIDE_CLOCK },
    { "environment.version", "WARNING",
      "This version of Configuration Manager is out of support: what is told of the service may not hold for it, and Microsoft "
      "mends nothing in it.",
      "update the site (console: Administration, Updates and Servicing)", SCP_DOC_VERSIONS, 0 },
    { "environment.last-synced", "WARNING, OK",
      "The downloader's last check for updates (LastSyncedTime) is more than 50 hours old. It alarms where the mode is said to be "
      "online (--scp-mode) or the downloader's log is given; an offline service connection point checks nothing.",
      "look into dmpdownloader.log for the reason; restart SMS_DMP_DOWNLOADER in Configuration Manager Service Manager",
      SCP_DOC_DOWNLOADS, 0 },
    { "environment.two-servers", "OK",
      "The site has an active and a passive server, and this one holds the service connection point, which Microsoft supports on "
      "neither. Nothing is expected of the passive one.",
      NULL, SCP_DOC_TWO_SERVERS, 0 },
    { "environment.not-covered", "OK",
      "The source does not hold the keys of .NET or SCHANNEL: they were not looked at. "
      "A snapshot brings them.",
      NULL, SCP_DOC_TLS, 0 },
    { "environment.nothing", "UNKNOWN", "Only a registry was given, and it holds nothing that is judged here.",
      "give a log (--log=FILE) or status messages (--messages=FILE), or include HKLM\\SOFTWARE\\Microsoft\\.NETFramework, "
      "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL and "
      "HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Internet Settings in the export",
      SCP_DOC_TLS, 0 },
    { "status.offline", "OK",
      "The service connection point is in offline mode: it does not talk to the cloud, and its symptoms do not apply.", NULL, NULL,
      0 },
    { .id = NULL },
};

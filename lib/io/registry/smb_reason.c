/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the end of Samba's net means.  It tells most of it on standard error alone: a subkey that it may not read, or a
 * connection that was cut, still gives exit code 0 or a file that looks whole.
 */
#include "io/registry/internal.h"

#include <stdio.h>
#include <string.h>

struct sign {
    const char *text; /* in what net says */
    enum smb_reason reason;
    const char *why;
};

/* The first that is found counts: what comes from the host before what net makes of it. */
static const struct sign SIGNS[] = {
    { "NT_STATUS_LOGON_FAILURE", SMB_HOST, "wrong user name or password" },
    { "NT_STATUS_ACCOUNT_LOCKED_OUT", SMB_HOST, "the account is locked out" },
    { "NT_STATUS_ACCOUNT_DISABLED", SMB_HOST, "the account is disabled" },
    { "NT_STATUS_ACCOUNT_EXPIRED", SMB_HOST, "the account has expired" },
    { "NT_STATUS_PASSWORD_EXPIRED", SMB_HOST, "the account's password has expired" },
    { "NT_STATUS_PASSWORD_MUST_CHANGE", SMB_HOST, "the account's password must be changed first" },
    { "NT_STATUS_LOGON_TYPE_NOT_GRANTED", SMB_HOST,
      "the account may not log on over the network (user right 'Access this computer from the network')" },
    { "NT_STATUS_ACCOUNT_RESTRICTION", SMB_HOST, "the account may not log on here (a restriction, or an empty password)" },
    { "NT_STATUS_NO_LOGON_SERVERS", SMB_HOST, "no domain controller could be asked" },
    { "NT_STATUS_TIME_DIFFERENCE_AT_DC", SMB_HOST, "Kerberos refuses: the clocks differ too much" },
    { "Unable to find a suitable server", SMB_HOST, "the host's name is not known" },
    { "NT_STATUS_BAD_NETWORK_NAME", SMB_HOST, "the host's name is not known" },
    { "NT_STATUS_CONNECTION_REFUSED", SMB_HOST, "connection refused (SMB, TCP port 445: firewall, or the Server service is off)" },
    { "NT_STATUS_HOST_UNREACHABLE", SMB_HOST, "the host cannot be reached" },
    { "NT_STATUS_NETWORK_UNREACHABLE", SMB_HOST, "the host's network cannot be reached" },
    { "Connection failed: NT_STATUS_IO_TIMEOUT", SMB_HOST, "the host does not answer (SMB, TCP port 445)" },
    { "Connection failed: NT_STATUS_CONNECTION_RESET", SMB_HOST, "the host closed the connection" },
    { "Connection failed: NT_STATUS_CONNECTION_DISCONNECTED", SMB_HOST, "the host closed the connection" },
    { "Connection failed: NT_STATUS_INVALID_NETWORK_RESPONSE", SMB_HOST, "what answers there does not speak SMB" },
    { "Connection failed: NT_STATUS_NOT_SUPPORTED", SMB_HOST, "the host offers no encrypted SMB (SMB 3)" },
    { "Kerberos auth with", SMB_HOST,
      "no Kerberos ticket for this host (kinit, KRB5CCNAME; the host must be called by its full name)" },
    { "Connection failed: NT_STATUS_ACCESS_DENIED", SMB_HOST, "the host refuses the account" },
    { "winreg. Error was NT_STATUS_OBJECT_NAME_NOT_FOUND", SMB_HOST, "the Remote Registry service is disabled or not running" },
    { "winreg. Error was NT_STATUS_PIPE_NOT_AVAILABLE", SMB_HOST, "the Remote Registry service is disabled or not running" },
    { "winreg. Error was NT_STATUS_ACCESS_DENIED", SMB_HOST,
      "access denied: the account must be a member of the host's Administrators (a local account other than the built-in one is "
      "filtered by UAC; use a domain account)" },
    { "Cannot contact any KDC", SMB_HOST, "no Kerberos server could be reached" },
    { "No credentials cache found", SMB_HOST, "no Kerberos credential cache" },
    { "Ticket expired", SMB_HOST, "the Kerberos ticket has expired" },
    { "NT_STATUS_CONNECTION_DISCONNECTED", SMB_KEY, "the connection was cut while reading" },
    { "NT_STATUS_CONNECTION_RESET", SMB_KEY, "the connection was cut while reading" },
    { "NT_STATUS_IO_TIMEOUT", SMB_KEY, "the host stopped answering while reading" },
    { "registry_openkey failed: NT_STATUS_ACCESS_DENIED", SMB_KEY,
      "access denied: the account must be a member of the host's Administrators (a local account is filtered by UAC)" },
    { "registry_openkey failed: WERR_ACCESS_DENIED", SMB_KEY,
      "access denied: the account must be a member of the host's Administrators (a local account is filtered by UAC)" },
    { "WERR_ACCESS_DENIED", SMB_KEY, "access denied to a part of it" },
    { "NT_STATUS_ACCESS_DENIED", SMB_KEY, "access denied to a part of it" },
};

/* The whole of what net says when the named key, or the one value asked for, is not there (Win32 error 2). */
static bool is_absent(const char *errors)
{
    static const char *const ALL[] = {
        "registry_openkey failed: NT_STATUS_NO_SUCH_DEVICE\n",    "registry_openkey failed: WERR_FILE_NOT_FOUND\n",
        "registry_openkey failed: NT_STATUS_NO_SUCH_FILE\n",      "registry_openkey failed: NT_STATUS_OBJECT_NAME_NOT_FOUND\n",
        "registry_queryvalue failed: NT_STATUS_NO_SUCH_DEVICE\n", "registry_queryvalue failed: WERR_FILE_NOT_FOUND\n",
        "registry_queryvalue failed: NT_STATUS_NO_SUCH_FILE\n",   "registry_queryvalue failed: NT_STATUS_OBJECT_NAME_NOT_FOUND\n",
    };

    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
        if (strcmp(errors, ALL[i]) == 0)
            return true;
    }
    return false;
}

static void last_line(const char *errors, char out[200])
{
    size_t n = strlen(errors), from;

    while (n > 0 && (errors[n - 1] == '\n' || errors[n - 1] == ' '))
        n--;
    from = n;
    while (from > 0 && errors[from - 1] != '\n')
        from--;
    (void)snprintf(out, 200, "%.*s", n - from > 199 ? 199 : (int)(n - from), errors + from);
}

static enum smb_reason reason_of_words(const struct smb_answer *a, char why[256])
{
    const struct scp_process *p = a->process;
    char line[200];

    for (size_t i = 0; i < sizeof SIGNS / sizeof SIGNS[0]; i++) {
        if (strstr(p->errors, SIGNS[i].text) != NULL) {
            (void)snprintf(why, 256, "%s", SIGNS[i].why);
            return SIGNS[i].reason;
        }
    }
    last_line(p->errors, line);
    if (strstr(p->errors, "Connection failed: ") != NULL || strstr(p->errors, "Could not ") != NULL || p->code == 1) {
        (void)snprintf(why, 256, "no connection%s: %s", a->kerberos ? ", perhaps for want of a Kerberos ticket" : "",
                       line[0] != '\0' ? line : "net ends with 1 and says nothing");
        return SMB_HOST;
    }
    if (p->errors_n > 0)
        (void)snprintf(why, 256, "net ends with %d and says: %s", p->code, line);
    else
        (void)snprintf(why, 256, "net ends with %d", p->code);
    return SMB_KEY;
}

static enum smb_reason reason_of_exit(const struct smb_answer *a, char why[256])
{
    const struct scp_process *p = a->process;

    if (p->code != 0 && is_absent(p->errors))
        return SMB_NO_SUCH_KEY;
    if (p->code != 0 || p->errors_n > 0)
        return reason_of_words(a, why);
    if (a->whole)
        return SMB_COMPLETE;
    (void)snprintf(why, 256, "%.255s",
                   p->error.message[0] != '\0' ? p->error.message : "cut off: the end of the export is missing");
    return SMB_KEY;
}

enum smb_reason scp_registry_smb_reason(const struct smb_answer *a, char why[256])
{
    const struct scp_process *p = a->process;

    why[0] = '\0';
    switch (p->end) {
    case SCP_PROCESS_EXITED: return reason_of_exit(a, why);
    case SCP_PROCESS_NOT_STARTED: (void)snprintf(why, 256, "not asked: the time was over"); return SMB_KEY;
    case SCP_PROCESS_TIMEOUT: (void)snprintf(why, 256, "no answer within %.1f s", a->seconds); return SMB_KEY;
    case SCP_PROCESS_FLOOD: (void)snprintf(why, 256, "more output than allowed"); return SMB_KEY;
    case SCP_PROCESS_SIGNALLED: (void)snprintf(why, 256, "%s died of signal %d", a->net, p->code); return SMB_HOST;
    case SCP_PROCESS_FAILED:
        (void)snprintf(why, 256, "Samba's net could not be run: %.180s (package samba-common-bin, or --net)", p->error.message);
        return SMB_HOST;
    case SCP_PROCESS_REFUSED: (void)snprintf(why, 256, "not understood: %.200s", p->error.message); return SMB_KEY;
    default: (void)snprintf(why, 256, "unknown end"); return SMB_HOST;
    }
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/common.h"

#include <stddef.h>

#define AT(field) offsetof(struct scp_common, field)

const struct scp_option scp_common_registry_options[] = {
    { SCP_GROUP_SOURCE, 'H', "hostname", "HOST", SCP_OPTION_TEXT, AT(hostname), NULL,
      "the service connection point; short for --registry=smb://HOST" },
    { SCP_GROUP_SOURCE, 'R', "registry", "SOURCE", SCP_OPTION_LIST, AT(registry), NULL,
      "where the Windows registry is read (repeatable: several are merged into one view)\n"
      "FOLDER     that contrib/windows/scp-snapshot.cmd made; its logs and status messages are read, too\n"
      "reg:FILE   text export (regedit, reg.exe, Wine, Samba; UTF-16 or UTF-8); \"-\" is standard input\n"
      "hive:FILE  offline hive; SOFTWARE, SYSTEM, DEFAULT are told apart by content\n"
      "smb://HOST[:PORT]  remote registry service through Samba's net, encrypted\n"
      "local:     this machine's own, where it is Windows; the default there\n"
      "a bare path of a file is recognised by content" },
    { SCP_GROUP_SOURCE, 'A', "authentication-file", "FILE", SCP_OPTION_TEXT, AT(authentication_file), NULL,
      "username=, password= and domain= lines (smbclient format); refused when others can read it; also /dev/fd/N" },
    { SCP_GROUP_SOURCE, 'k', "kerberos", NULL, SCP_OPTION_FLAG, AT(kerberos), NULL,
      "use the Kerberos credential cache (KRB5CCNAME)" },
    { SCP_GROUP_SOURCE, 0, "net", "PROGRAM", SCP_OPTION_TEXT, AT(net), NULL,
      "Samba's net, by absolute path (default: the one found when this was built)" },
    { SCP_GROUP_LIMITS, 0, "max-age", "DURATION", SCP_OPTION_DURATION, AT(max_age), NULL,
      "a snapshot older than this is finding source.stale (default 26h, WARNING)" },
    SCP_OPTIONS_END
};

const struct scp_option scp_common_with_options[] = {
    { SCP_GROUP_SOURCE, 0, "with", "FILE", SCP_OPTION_TEXT, AT(with), NULL,
      "what if this .reg file were imported?  It is laid over what was read, and all is judged as if it had been; line 1 says so" },
    SCP_OPTIONS_END
};
const struct scp_option scp_common_time_threshold_options[] = {
    { SCP_GROUP_LIMITS, 'w', "warning", "RANGE", SCP_OPTION_TIME_RANGE, AT(warning), NULL,
      "WARNING when the plugin's main number is outside of RANGE, [@][start:][end]; times may carry s m h d "
      "(30d: 12h:)" },
    { SCP_GROUP_LIMITS, 'c', "critical", "RANGE", SCP_OPTION_TIME_RANGE, AT(critical), NULL,
      "CRITICAL when it is outside of RANGE" },
    SCP_OPTIONS_END
};

const struct scp_option scp_common_options[] = {
    { SCP_GROUP_JUDGED, 'P', "profile", "PROFILE", SCP_OPTION_TEXT, AT(profile), NULL,
      "what is required: a built-in profile or a file\n(default scp)" },
    { SCP_GROUP_JUDGED, 0, "list-profiles", NULL, SCP_OPTION_FLAG, AT(list_profiles), NULL, "list the profiles that are built in" },
    { SCP_GROUP_JUDGED, 0, "severity", "ID[/SUBJECT]=STATE", SCP_OPTION_SEVERITY, AT(severity), NULL,
      "override the state of one finding (ok, warning, critical, unknown); ID and SUBJECT may end in *; "
      "repeatable" },
    { SCP_GROUP_LIMITS, 't', "timeout", "SECONDS", SCP_OPTION_DURATION, AT(timeout), NULL,
      "deadline of the whole run (default 10)" },
    { SCP_GROUP_LIMITS, 0, "timeout-result", "STATE", SCP_OPTION_STATE, AT(timeout_result), NULL,
      "state at the deadline (default unknown)" },
    { SCP_GROUP_JUDGED, 0, "at", "TIME", SCP_OPTION_TIME, AT(at), NULL,
      "judge as of TIME (ISO 8601 UTC, a bare date is 00:00Z, or @epoch; default now)" },
    { SCP_GROUP_OUTPUT, 'o', "output", "FORMAT", SCP_OPTION_CHOICE, AT(output), "plugin|terminal|json|openmetrics",
      "plugin, terminal, json or openmetrics (default terminal where standard output is one, else plugin)" },
    { SCP_GROUP_OUTPUT, 0, "perfdata", "AMOUNT", SCP_OPTION_CHOICE, AT(perfdata), "short|full|none",
      "short, full (more values, and line 1 may pass 900 bytes) or none" },
    { SCP_GROUP_OUTPUT, 0, "source-label", "NAME", SCP_OPTION_TEXT, AT(source_label), NULL,
      "openmetrics: the value of the label source (default what was given as registry or host, else none)" },
    { SCP_GROUP_OUTPUT, 0, "extra-opts", "[section][@file]", SCP_OPTION_MAYBE_TEXT, AT(extra_opts), NULL,
      "options from an ini file, as in the monitoring plugins; the section is the plugin's name by default" },
    { SCP_GROUP_OUTPUT, 0, "explain", "ID", SCP_OPTION_MAYBE_TEXT, AT(explain), NULL,
      "what is tested and why, what each finding means and how to mend it" },
    { SCP_GROUP_OUTPUT, 'v', "verbose", NULL, SCP_OPTION_COUNT, AT(verbosity), NULL,
      "also what is OK; JSON has facts; twice: each subject of a trust list in JSON, too (a third time changes nothing)" },
    { SCP_GROUP_OUTPUT, 'h', "help", NULL, SCP_OPTION_FLAG, AT(help), NULL, "this text" },
    { SCP_GROUP_OUTPUT, 'V', "version", NULL, SCP_OPTION_FLAG, AT(version), NULL,
      "name and version; with -v also what a run is confined by" },
    SCP_OPTIONS_END
};

void scp_common_limits(const struct scp_common *c, bool other, struct scp_range *warning, struct scp_range *critical)
{
    if (c->warning.set && !other)
        *warning = c->warning.range;
    if (c->critical.set && !other)
        *critical = c->critical.range;
}

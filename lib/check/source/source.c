/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/source/source.h"

#include "base/file.h"
#include "base/num.h"
#include "base/say.h"
#include "base/utc.h"
#include "check/documents.h"
#include "check/source/installed.h"
#include "windows/paths.h"

#include <stdio.h>
#include <string.h>

enum { HOST_SOURCE_MAX = 300 };
static const double REST = 0.5; /* seconds left for judging and reporting what was read until then */

enum { PROFILE_FILE_MAX = 1 << 20, PROFILE_AGE_MAX_DAYS = 548 /* 18 months */, DAY = 86400 };

const struct scp_catalogue_entry scp_source_catalogue[] = {
    { "source.unreadable", "UNKNOWN", "A registry source could not be read, so nothing in it was judged.",
      "give what the monitoring user may read: the folder that " SCP_SNAPSHOT_SCRIPT " made, a .reg export or a hive; for a "
      "remote registry mend what the reason names",
      SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.unrecognised", "UNKNOWN",
      "A registry source is no snapshot, no export and no hive, its content does not tell which hive it is, or it holds the "
      "registries of two machines: one of its own, and one of a hive that was loaded.",
      SCP_SNAPSHOT, SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.dirty", "UNKNOWN",
      "The hive was not closed properly: changes are still in its transaction logs, which are not replayed, so its "
      "content may be out of date in any part.",
      "take the hive with reg save, which always writes a clean one, instead of copying the file", SCP_DOC_HIVES,
      SCP_SAYS_OF_SOURCE },
    { "source.truncated", "UNKNOWN",
      "The export ends in the middle of a value, a line or a key header, or a snapshot's folder has not all that its manifest "
      "names. What is in it counts; what is not in it may be in the missing part.",
      "export again and copy the whole file", SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.damaged", "WARNING, UNKNOWN, OK",
      "Some values or lines of the source are malformed and were passed over; the rest was judged.",
      "export again; if it stays, look at the named key with regedit", SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.inconsistent", "WARNING",
      "A certificate is stored under a key that is not named by its SHA-1 thumbprint. Windows never writes that: the entry was "
      "made by hand or by a tool.",
      "delete the key and import the certificate with certutil -addstore", SCP_DOC_STORES, SCP_SAYS_OF_SOURCE },
    { "source.not-covered", "UNKNOWN",
      "The source does not contain the keys that this question needs, so it could not be answered. A user's registry, or a "
      "hive without a mark of a machine's, answers nothing.",
      SCP_SNAPSHOT, SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.contradiction", "UNKNOWN",
      "The sources are not parts of one server, or they differ in what decides: with one of them on top the verdict is another. "
      "Nothing of them is judged.",
      "give what was taken of one server together: " SCP_SNAPSHOT, SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.changed-between", "OK", "The sources differ in something that does not change the verdict; the newer one was taken.",
      NULL, SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.repeated", "OK", "Two sources hold the same: an export was given twice, perhaps in place of another part.", NULL,
      SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.partial", "UNKNOWN",
      "Some keys of the remote registry could not be read, or not completely. What was read counts; what is not in it may be in "
      "the rest.",
      "give the account the right to read the named key (on the host: regedit, Permissions), or a longer --timeout", SCP_DOC_EXPORT,
      SCP_SAYS_OF_SOURCE },
    { "source.stale", "WARNING, UNKNOWN", "The snapshot is older than --max-age: the host may look different today.",
      "take the snapshot regularly (contrib/windows/scp-snapshot.xml is a scheduled task), or raise --max-age", SCP_DOC_EXPORT,
      SCP_SAYS_OF_SOURCE },
    { "source.clock", "UNKNOWN",
      "The snapshot's time lies more than a day in the future, by this host's clock and by --at: its age cannot be told.",
      "set the clock of the host that made the snapshot, or of this one, and take the snapshot again", SCP_DOC_TIME,
      SCP_SAYS_OF_SOURCE },
    { "source.age", "OK", "The age of the snapshot is not known (standard input), or its time lies in the future.", NULL,
      SCP_DOC_EXPORT, SCP_SAYS_OF_SOURCE },
    { "source.person", "OK",
      "The source holds a user's own registry. Services run as SYSTEM and do not use it; it is shown, not judged.", NULL,
      SCP_DOC_STORES, SCP_SAYS_OF_SOURCE },
    { "profile.old", "WARNING", "What the profile knows of Microsoft's certificates is older than 18 months.",
      "update the plugins, or put the newer files of its name, and common.ini, into a folder profiles beside the plugin or where "
      "profiles are installed (share/monitoring-plugins-scp/profiles); or give a current one with --profile=FILE",
      SCP_DOC_AZURE, SCP_SAYS_OF_SOURCE },
    { "profile.installed", "OK",
      "A file of an installed profile differs from the built-in one of its name. It is used where its date is later; "
      "what is no profile, and open to others to write, is not used.",
      NULL, SCP_DOC_AZURE, SCP_SAYS_OF_SOURCE },
    { "profile.clock", "UNKNOWN",
      "This host's clock, or --at, is more than a day before the date of the profile: what it knows of was not there yet, and each "
      "certificate would seem not to be valid yet. Nothing was judged.",
      "set the clock of this host, or give a later --at; to judge the past give a profile of that time with --profile=FILE",
      SCP_DOC_VALIDITY, SCP_SAYS_OF_SOURCE },
    { .id = NULL },
};

/* The report names the kind apart: "reg:" and the like are left out here. */
static void note_location(struct scp_source_facts *s, const char *source)
{
    static const char *const KINDS[] = { "reg:", "hive:", "smb://", "local:" };
    size_t used = strlen(s->location);

    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
        if (strncmp(source, KINDS[i], strlen(KINDS[i])) == 0) {
            source += strlen(KINDS[i]);
            break;
        }
    }
    (void)snprintf(s->location + used, sizeof s->location - used, "%s%s", used > 0 ? ", " : "", source);
}

static int note_failure(struct scp_source_facts *s, const struct scp_err *why, struct scp_err *err)
{
    if (why->code == SCP_ERR_MEMORY) {
        *err = *why;
        return -1;
    }
    s->failure[s->failures].code = why->code;
    memcpy(s->failure[s->failures++].message, why->message, sizeof why->message);
    return 0;
}

/* What was read, or why it cannot be judged; each export of a file by itself. */
static int keep_parts(struct scp_source_facts *s, struct scp_registry *part, struct scp_err *err)
{
    int rc = 0;

    for (struct scp_registry *next; part != NULL && rc == 0; part = next) {
        struct scp_err why = SCP_ERR_INIT;

        next = scp_registry_take_joined(part);
        if (s->parts + s->failures >= SCP_REGISTRY_SOURCES_MAX)
            rc = scp_err_set(err, SCP_ERR_USAGE, "more than %d --registry sources", SCP_REGISTRY_SOURCES_MAX);
        else if (scp_registry_settle(part, &why) != 0)
            rc = note_failure(s, &why, err);
        else {
            s->part[s->parts++] = part;
            continue;
        }
        scp_registry_free(part);
        if (rc != 0)
            scp_registry_free(next);
    }
    return rc;
}

/* Each source into a registry of its own; all of them share the maximum. */
static int load_one(struct scp_source_facts *s, const char *source, const struct scp_registry_access *access, struct scp_err *err)
{
    struct scp_registry *part = scp_registry_new(s->scope);
    struct scp_err why = SCP_ERR_INIT;
    size_t used = 0;

    if (part == NULL)
        return scp_err_memory(err);
    note_location(s, source);
    for (size_t i = 0; i < s->parts; i++)
        used += scp_registry_memory(s->part[i]);
    scp_registry_set_limit(part, SCP_REGISTRY_MEMORY_MAX - used);
    scp_registry_set_access(part, access);
    if (scp_registry_load(part, source, &why) == 0)
        return keep_parts(s, part, err);
    scp_registry_free(part);
    return note_failure(s, &why, err);
}

/* -H as a source; an IPv6 address goes into brackets. */
static int host_source(const char *host, char out[HOST_SOURCE_MAX], struct scp_err *err)
{
    const char *colon = strchr(host, ':');
    bool bare_v6 = colon != NULL && strchr(colon + 1, ':') != NULL && host[0] != '[';
    int n = snprintf(out, HOST_SOURCE_MAX, bare_v6 ? "smb://[%s]" : "smb://%s", host);

    if (n < 0 || n >= HOST_SOURCE_MAX || strchr(host, '/') != NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--hostname: not a host's name");
    return 0;
}

static int load_all(const struct scp_common *common, struct scp_source_facts *out, struct scp_err *err)
{
    double seconds = common->timeout > 2 * REST ? common->timeout - REST : common->timeout / 2;
    const struct scp_registry_access access = { common->net, common->authentication_file, common->kerberos, common->at,
                                                scp_deadline_after(seconds) };
    char host[HOST_SOURCE_MAX];

    if (common->hostname != NULL && host_source(common->hostname, host, err) != 0)
        return -1;
    if (common->hostname != NULL && load_one(out, host, &access, err) != 0)
        return -1;
    for (size_t i = 0; i < common->registry.n; i++) {
        if (load_one(out, common->registry.v[i], &access, err) != 0)
            return -1;
    }
    if (out->parts + out->failures == 0 && load_one(out, scp_registry_default(), &access, err) != 0)
        return -1;
    return scp_source_merge(out, err);
}

int scp_source_open(const struct scp_common *common, const struct scp_registry_scope *scope, struct scp_source_facts *out,
                    struct scp_err *err)
{
    size_t n = common->registry.n + (common->hostname != NULL);

    memset(out, 0, sizeof *out);
    if (n == 0 && scp_registry_default() == NULL)
        return scp_err_set(
            err, SCP_ERR_USAGE,
            "no registry to read: give --registry=SOURCE (a snapshot's folder, a .reg export or a hive) or --hostname=HOST");
    if (n > SCP_REGISTRY_SOURCES_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "more than %d --registry sources", SCP_REGISTRY_SOURCES_MAX);
    if (common->net != NULL && common->net[0] != '/')
        return scp_err_set(err, SCP_ERR_USAGE, "--net: '%s' is not an absolute path", common->net);
    out->scope = scope;
    out->clock = scp_utc_now();
    if (load_all(common, out, err) == 0)
        return 0;
    scp_source_close(out);
    return -1;
}

void scp_source_close(struct scp_source_facts *s)
{
    if (s->registry != s->read)
        scp_registry_free(s->registry);
    if (s->parts != 1)
        scp_registry_free(s->read);
    for (size_t i = 0; i < s->parts; i++)
        scp_registry_free(s->part[i]);
    s->parts = 0;
    s->registry = s->read = NULL;
}

int scp_source_rehearse(struct scp_source_facts *s, const char *path, struct scp_err *err)
{
    struct scp_registry *with = scp_registry_copy(s->read, err);

    if (with != NULL && scp_registry_import(with, path, err) == 0) {
        s->registry = with;
        return 0;
    }
    scp_registry_free(with);
    return scp_err_prefix(err, "--with");
}

enum scp_state scp_source_remark(const struct scp_result *r)
{
    return scp_result_count(r) > 0 && scp_result_state(r) == SCP_UNKNOWN ? SCP_UNKNOWN : SCP_WARNING;
}

/* A time that nobody can have seen yet: by this host's clock and by --at. */
static bool is_ahead(int64_t t, int64_t clock, int64_t now)
{
    return t != SCP_UTC_UNKNOWN && t > now + DAY && t > clock + DAY;
}

static void evaluate_age(const struct scp_registry_source *s, double max_age, int64_t clock, int64_t now, struct scp_result *r)
{
    char age[SCP_UTC_TEXT], limit[SCP_UTC_TEXT];

    if (s->taken == SCP_UTC_UNKNOWN) {
        (void)scp_result_add(r, SCP_OK, "source.age", s->location, "%s: the age of the snapshot is not known", s->location);
        return;
    }
    scp_utc_span((double)(now - s->taken), age);
    if (is_ahead(s->taken, clock, now)) {
        (void)scp_result_add(r, SCP_UNKNOWN, "source.clock", s->location,
                             "%s: the snapshot's time lies %s in the future, so its age is not known", s->location, age);
    } else if (s->taken > now) {
        (void)scp_result_add(r, SCP_OK, "source.age", s->location, "%s: the snapshot's time lies %s in the future", s->location,
                             age);
    } else if ((double)(now - s->taken) > max_age) {
        scp_utc_span(max_age, limit);
        (void)scp_result_add(r, scp_source_remark(r), "source.stale", s->location, "%s is %s old (limit %s)", s->location, age,
                             limit);
    }
}

static void evaluate_one(const struct scp_registry_source *s, double max_age, int64_t clock, int64_t now, struct scp_result *r)
{
    if (s->truncated && s->kind != SCP_REGISTRY_FOLDER)
        (void)scp_result_add(r, SCP_UNKNOWN, "source.truncated", s->location, "%s ends too early%s%s", s->location,
                             s->detail[0] != '\0' ? ": " : "", s->detail);
    if (s->parts_failed > 0)
        (void)scp_result_add(r, SCP_UNKNOWN, "source.partial", s->location, "%s: %zu of %zu keys could not be read whole; %s",
                             s->location, s->parts_failed, s->parts, s->detail);
    /* Where nothing can be judged, its age is beside the point. */
    if (!s->dirty && !s->joined && s->content[0] != '\0')
        evaluate_age(s, max_age, clock, now, r);
}

/* A folder in which something is missing: what was read of it counts, and each "could not tell" follows from this. */
static void evaluate_whole(const struct scp_registry_source *s, struct scp_result *r)
{
    size_t i = scp_result_count(r);

    if (!s->truncated || s->kind != SCP_REGISTRY_FOLDER)
        return;
    (void)scp_result_add(r, SCP_UNKNOWN, "source.truncated", s->location, "%s is not whole: %s", s->location, s->detail);
    scp_result_remedy(r, i, SCP_SNAPSHOT ", whole");
}

/* Whose it is. */
static void evaluate_owner(const struct scp_registry_source *s, bool alone, struct scp_result *r)
{
    if (s->owner == SCP_OWNER_UNKNOWN)
        (void)scp_result_add(r, SCP_UNKNOWN, "source.not-covered", s->location,
                             "%s: a hive with no mark of a machine's (CurrentBuild, MachineGuid, EnterpriseCertificates, "
                             "AuthRoot\\AutoUpdate): it says nothing of the server",
                             s->location);
    else if (s->owner == SCP_OWNER_USER && alone)
        (void)scp_result_add(r, SCP_UNKNOWN, "source.not-covered", s->location,
                             "%s is a user's registry (HKCU), not the machine's: it says nothing of the server", s->location);
    else if (s->owner == SCP_OWNER_USER)
        (void)scp_result_add(r, SCP_OK, "source.person", s->location, "%s is a user's registry: it does not count for services",
                             s->location);
}

size_t scp_source_begin(const struct scp_source_facts *s, struct scp_result *r)
{
    size_t n = scp_registry_sources(s->registry), machines = 0, unknown = 0, before = scp_result_count(r);

    for (size_t i = 0; i < s->failures; i++) {
        bool kind = s->failure[i].code == SCP_ERR_UNSUPPORTED;

        (void)scp_result_add(r, SCP_UNKNOWN, kind ? "source.unrecognised" : "source.unreadable", "", SCP_SAID,
                             s->failure[i].message);
    }
    if (s->contradiction[0] != '\0')
        (void)scp_result_add(r, SCP_UNKNOWN, "source.contradiction", "", SCP_SAID, s->contradiction);
    for (size_t i = 0; i < n; i++)
        machines += scp_registry_source(s->registry, i)->owner == SCP_OWNER_MACHINE;
    for (size_t i = 0; i < n; i++) {
        const struct scp_registry_source *source = scp_registry_source(s->registry, i);

        evaluate_whole(source, r);
        if (source->dirty)
            (void)scp_result_add(r, SCP_UNKNOWN, "source.dirty", source->location,
                                 "%s: the hive's transaction logs were not replayed (%s)", source->location, source->detail);
        else
            evaluate_owner(source, machines == 0, r);
    }
    for (size_t i = before; i < scp_result_count(r); i++)
        unknown += scp_result_finding(r, i)->state == SCP_UNKNOWN;
    return unknown;
}

bool scp_source_judgeable(const struct scp_source_facts *s)
{
    size_t n = scp_registry_sources(s->registry), recognised = 0;

    if (s->contradiction[0] != '\0')
        return false;
    for (size_t i = 0; i < n; i++) {
        if (scp_registry_source(s->registry, i)->dirty)
            return false;
        recognised += scp_registry_source(s->registry, i)->content[0] != '\0';
    }
    return recognised > 0;
}

void scp_source_evaluate(const struct scp_source_facts *s, double max_age, int64_t now, struct scp_result *r)
{
    size_t odd = scp_registry_anomalies(s->registry);

    for (size_t i = 0; i < scp_registry_sources(s->registry); i++)
        evaluate_one(scp_registry_source(s->registry, i), max_age, s->clock, now, r);
    if (s->changed[0] != '\0' && s->contradiction[0] == '\0')
        (void)scp_result_add(r, SCP_OK, "source.changed-between", "", SCP_SAID, s->changed);
    if (s->repeated[0] != '\0')
        (void)scp_result_add(r, SCP_OK, "source.repeated", "", SCP_SAID, s->repeated);
    if (odd > 0)
        (void)scp_result_add(r, scp_source_remark(r), "source.damaged", "", "%zu malformed part%s passed over: %s", odd,
                             odd == 1 ? "" : "s", scp_registry_anomaly(s->registry, 0));
}

void scp_source_entries(const struct scp_store *store, enum scp_state inconsistent, struct scp_result *r)
{
    char path[512], print[2 * sizeof store->cert->sha1 + 1];

    for (size_t i = 0; i < store->certs; i++) {
        const struct scp_store_cert *c = &store->cert[i];

        (void)scp_num_to_hex(c->sha1, sizeof c->sha1, print);
        if (!c->key_matches)
            (void)scp_result_add(r, inconsistent, "source.inconsistent", print, SCP_SAID " holds the certificate %s",
                                 scp_registry_key_say(c->key, path, sizeof path), print);
    }
    for (size_t i = 0; i < store->damages; i++) {
        const struct scp_store_damage *d = &store->damage[i];

        (void)scp_result_add(r, d->empty ? SCP_OK : scp_source_remark(r), "source.damaged", scp_registry_key_name(d->key),
                             SCP_SAID ": %s", scp_registry_key_say(d->key, path, sizeof path), d->reason);
    }
}

void scp_source_report(const struct scp_source_facts *s, struct scp_report *report)
{
    static const char *const KINDS[] = { "reg", "hive", "smb", "local", "folder" };
    size_t n = scp_registry_sources(s->registry);

    report->source_kind = "none";
    report->source_location = s->location;
    report->source_taken = SCP_UTC_UNKNOWN;
    for (size_t i = 0; i < n; i++) {
        const struct scp_registry_source *source = scp_registry_source(s->registry, i);

        if (i == 0)
            report->source_kind = KINDS[source->kind];
        /* The oldest part is what the whole can be trusted for. */
        if (source->taken != SCP_UTC_UNKNOWN && (report->source_taken == SCP_UTC_UNKNOWN || source->taken < report->source_taken))
            report->source_taken = source->taken;
    }
}

int scp_source_profile(const char *name, struct scp_profile *out, struct scp_err *err)
{
    struct scp_buf text;
    int rc;

    if (scp_profile_builtin_find(name) != NULL)
        return scp_installed_profile(name, out, err);
    if (strchr(name, '/') == NULL && strchr(name, '.') == NULL)
        return scp_err_set(err, SCP_ERR_USAGE,
                           "--profile: there is no profile '%s' (see --list-profiles; a file's name holds a dot or a slash)", name);
    scp_buf_init(&text, PROFILE_FILE_MAX);
    rc = scp_file_slurp(name, &text, err);
    if (rc == 0) {
        rc = scp_profile_parse(scp_buf_text(&text), text.n, out, err);
        if (rc != 0)
            (void)scp_err_prefix(err, "%s", name);
    }
    scp_buf_free(&text);
    return rc;
}

int scp_source_profile_require(struct scp_profile *p, const struct scp_list *what, enum scp_level level, struct scp_err *err)
{
    for (size_t i = 0; i < what->n; i++) {
        if (scp_profile_require(p, what->v[i], level, err) != 0)
            return scp_err_prefix(err, level == SCP_LEVEL_REQUIRED ? "--require" : "--recommend");
    }
    return 0;
}

/* The built-in ones need no reading: it costs as much as a third of an OCSP answer. */
int scp_source_profile_check(const char *name, struct scp_err *err)
{
    struct scp_profile p;

    if (scp_profile_builtin_find(name) != NULL)
        return 0;
    if (scp_source_profile(name, &p, err) != 0)
        return -1;
    scp_profile_free(&p);
    return 0;
}

void scp_source_profile_age(const struct scp_profile *p, int64_t now, struct scp_result *r)
{
    char date[SCP_UTC_TEXT];

    if (p->installed != NULL)
        (void)scp_result_add(r, SCP_OK, "profile.installed", p->name, "%s", p->installed);
    if (p->as_of == SCP_UTC_UNKNOWN || now - p->as_of <= (int64_t)PROFILE_AGE_MAX_DAYS * DAY)
        return;
    scp_utc_format_date(p->as_of, date);
    (void)scp_result_add(r, SCP_WARNING, "profile.old", p->name, "profile %s is of %s, more than 18 months ago", p->name, date);
}

bool scp_source_profile_clock(const struct scp_profile *p, int64_t now, struct scp_result *r)
{
    char date[SCP_UTC_TEXT], today[SCP_UTC_TEXT];

    if (p->as_of == SCP_UTC_UNKNOWN || now >= p->as_of - DAY)
        return false;
    scp_utc_format_date(p->as_of, date);
    scp_utc_format_date(now, today);
    (void)scp_result_add(r, SCP_UNKNOWN, "profile.clock", p->name,
                         "the clock is wrong: it is %s by this host "
                         "or --at, and profile %s is of %s; nothing was judged",
                         today, p->name, date);
    return true;
}

void scp_source_list_profiles(struct scp_buf *out)
{
    for (const struct scp_profile_builtin *b = scp_profile_builtins; b->name != NULL; b++) {
        struct scp_err err = SCP_ERR_INIT;
        struct scp_profile p;
        char date[SCP_UTC_TEXT];

        if (scp_installed_profile(b->name, &p, &err) != 0) {
            if (err.code == SCP_ERR_MEMORY)
                scp_buf_starve(out);
            (void)scp_buf_printf(out, "%-10s %s\n", b->name, err.message);
            continue;
        }
        scp_utc_format_date(p.as_of, date);
        /* Parts for other profiles to include have nothing to say of themselves. */
        if (p.about != NULL)
            (void)scp_buf_printf(out, "%-10s %s  %s\n", b->name, date, p.about);
        scp_profile_free(&p);
    }
}

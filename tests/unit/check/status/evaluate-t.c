/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Symptoms on literal facts: what shows that one is absent, what is over, clocks and ages at their exact boundaries. */
#include "base/utc.h"
#include "check/status/check.h"
#include "tap.h"

#include <string.h>

enum { HOUR = 3600, DAY = 86400, SKEW = 300, STALE = 26 * HOUR, NONE = -1 };

static const int64_t NOW = 1800000000;

struct world {
    struct scp_status_part part;
    struct scp_status_facts f;
    struct scp_status_limits limits;
};

/* A whole log of the component that signs, an hour old. */
static void set_world(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->part = (struct scp_status_part){
        .kind = SCP_STATUS_LOG, .name = "log", .read = true, .reason = "why", .of_scp = true, .signs = true, .modified = NOW - HOUR
    };
    w->part.log.newest = NOW - HOUR;
    w->part.log.begins = NOW - 2 * DAY;
    w->part.log.ends = SCP_UTC_UNKNOWN;
    w->part.log.text.entries = 2;
    w->f = (struct scp_status_facts){ .part = &w->part, .parts = 1, .now = NOW, .since = NOW - DAY, .logs_since = NOW - 10 * DAY };
    for (int i = 0; i < SCP_SYMPTOMS; i++)
        w->f.symptom[i].last = SCP_UTC_UNKNOWN;
    for (int i = 0; i < SCP_EXCHANGES; i++)
        w->f.exchange[i].last_success = w->f.exchange[i].reached = SCP_UTC_UNKNOWN;
    w->f.site.last_synced = w->f.environment.newest_sync = SCP_UTC_UNKNOWN;
    w->limits = scp_status_limits_default;
}

static void happened(struct world *w, enum scp_symptom kind, size_t count)
{
    w->f.symptom[kind].count = count;
    w->f.symptom[kind].last = NOW - HOUR;
}

static void came_through(struct world *w, enum scp_exchange x, int64_t at)
{
    w->part.exchange[x] = true;
    w->f.exchange[x].seen = true;
    w->f.exchange[x].last_success = at;
}

/* clang-format off */
#define LOG w->part.log
#define SET(name, ...) static void name(struct world *w) { __VA_ARGS__; }
SET(as_it_is, (void)w)
SET(signs_not, w->part.signs = false)
SET(unread, w->part.read = false)
SET(of_another, w->part.of_scp = false)
SET(bounded, LOG.bounded = true)
SET(bounded_at_since, LOG.bounded = true; LOG.begins = w->f.since)
SET(bounded_before_since, LOG.bounded = true; LOG.begins = w->f.since - 1)
SET(bounded_untold, LOG.bounded = true; LOG.begins = SCP_UTC_UNKNOWN)
SET(nuls, LOG.text.nuls = 1)
SET(no_entries, LOG.text.entries = 0; LOG.bytes = 1)
SET(no_bytes, LOG.text.entries = 0)
SET(all_timeless, LOG.text.timeless = 2)
SET(one_timeless, LOG.text.timeless = 1)
SET(without_time, LOG.newest = SCP_UTC_UNKNOWN)
SET(ahead, LOG.newest = NOW + SKEW)
SET(further_ahead, LOG.newest = NOW + SKEW + 1)
SET(right_again, further_ahead(w); LOG.ends = NOW - HOUR)
SET(old, LOG.newest = NOW - STALE)
SET(older, LOG.newest = NOW - STALE - 1)
SET(chain, happened(w, SCP_SYMPTOM_CHAIN, 1))
SET(timeless, w->f.symptom[SCP_SYMPTOM_CHAIN].timeless = 1)
SET(export, w->part.kind = SCP_STATUS_EXPORT)
SET(export_cut, export(w); w->part.messages.truncated = true)
SET(export_of_many, export(w); w->part.messages.more = true)
SET(export_malformed, export(w); w->part.messages.malformed = 1)
SET(export_empty, export(w); w->part.messages.empty = true)
SET(export_old, export(w); w->part.modified = NOW - STALE)
SET(export_older, export(w); w->part.modified = NOW - STALE - 1)
SET(export_undated, export(w); w->part.modified = SCP_UTC_UNKNOWN)
SET(stranger, export(w); w->f.strangers = 1)
SET(strangers, export(w); w->f.strangers = 2)
SET(service, w->part.kind = SCP_STATUS_SERVICE)
SET(service_incomplete, service(w); w->part.incomplete = true)
SET(service_failed, service(w); w->part.read = false)
SET(service_skew, service(w); w->part.has_clock_skew = true; w->part.clock_skew = SKEW)
SET(service_fast, service_skew(w); w->part.clock_skew = SKEW + 1)
SET(service_slow, service_skew(w); w->part.clock_skew = -SKEW - 1)
SET(service_slow_at_most, service_skew(w); w->part.clock_skew = -SKEW)
SET(service_untold, service_fast(w); w->part.has_clock_skew = false)
SET(upload, happened(w, SCP_SYMPTOM_UPLOAD, 1))
SET(upload_reason, upload(w); w->f.symptom[SCP_SYMPTOM_UPLOAD].reasons[SCP_NET_HTTP] = 1;
    w->f.symptom[SCP_SYMPTOM_UPLOAD].http_status = 403)
SET(download_old, came_through(w, SCP_EXCHANGE_DOWNLOADER, NOW - 2 * HOUR);
    w->f.exchange[SCP_EXCHANGE_DOWNLOADER].reached = NOW - DAY;
    w->limits.success_within[SCP_EXCHANGE_DOWNLOADER] = HOUR)
SET(upload_old, came_through(w, SCP_EXCHANGE_UPLOADER, NOW - 2 * HOUR);
    w->f.exchange[SCP_EXCHANGE_UPLOADER].reached = NOW - DAY;
    w->limits.success_within[SCP_EXCHANGE_UPLOADER] = HOUR)
SET(upload_asked, upload_old(w); w->limits.success_asked = true)
SET(upload_in_time, upload_old(w); w->f.exchange[SCP_EXCHANGE_UPLOADER].last_success = NOW - HOUR)
SET(export_failed, export(w); happened(w, SCP_SYMPTOM_UPLOAD_FAILED, 1))
SET(upload_ahead, upload(w); w->f.symptom[SCP_SYMPTOM_UPLOAD].last = NOW + HOUR)
SET(uploads_3, happened(w, SCP_SYMPTOM_UPLOAD, 3))
SET(uploads_4, happened(w, SCP_SYMPTOM_UPLOAD, 4))
SET(uploads_over, uploads_4(w); came_through(w, SCP_EXCHANGE_UPLOADER, NOW - HOUR + 1))
SET(uploads_not_over, uploads_4(w); came_through(w, SCP_EXCHANGE_UPLOADER, NOW - HOUR))
SET(uploads_of_downloader, uploads_4(w); came_through(w, SCP_EXCHANGE_DOWNLOADER, NOW))
SET(downloads_over, happened(w, SCP_SYMPTOM_DOWNLOAD, 4); came_through(w, SCP_EXCHANGE_DOWNLOADER, NOW))
SET(chains_never_over, happened(w, SCP_SYMPTOM_CHAIN, 4); came_through(w, SCP_EXCHANGE_UPLOADER, NOW))
SET(other, happened(w, SCP_SYMPTOM_OTHER, 4))
SET(other_over, other(w); came_through(w, SCP_EXCHANGE_UPLOADER, NOW))
SET(other_half_over, other_over(w); came_through(w, SCP_EXCHANGE_DOWNLOADER, NOW - HOUR))
SET(hosts, w->f.more_hosts = true)
SET(offline, w->limits.offline = true; upload(w))
SET(synced, w->f.has_environment = true; w->f.site.last_synced = NOW)
SET(synced_ahead, synced(w); w->f.site.last_synced = NOW + DAY)
SET(synced_further_ahead, synced(w); w->f.site.last_synced = NOW + DAY + 1)
SET(synced_50_hours, synced(w); w->f.site.last_synced = NOW - 50 * HOUR)
SET(synced_longer, synced(w); w->f.site.last_synced = NOW - 50 * HOUR - 1)
SET(synced_longer_online, synced_longer(w); w->limits.online = true)
SET(lists_ahead, w->f.has_environment = true; w->f.environment.newest_sync = NOW + DAY)
SET(lists_further_ahead, lists_ahead(w); w->f.environment.newest_sync = NOW + DAY + 1)
#undef SET
#undef LOG
/* clang-format on */

static const struct {
    void (*set)(struct world *w);
    enum scp_symptom kind;
    enum scp_presence presence;
} PRESENCES[] = {
    { as_it_is, SCP_SYMPTOM_CHAIN, SCP_ABSENT },
    { as_it_is, SCP_SYMPTOM_OTHER, SCP_ABSENT },
    { as_it_is, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
    { signs_not, SCP_SYMPTOM_CHAIN, SCP_COULD_NOT_TELL },
    { signs_not, SCP_SYMPTOM_UPLOAD, SCP_ABSENT },
    { unread, SCP_SYMPTOM_UPLOAD, SCP_COULD_NOT_TELL },
    { of_another, SCP_SYMPTOM_UPLOAD, SCP_COULD_NOT_TELL },
    { bounded, SCP_SYMPTOM_UPLOAD, SCP_ABSENT },
    { bounded_at_since, SCP_SYMPTOM_UPLOAD, SCP_COULD_NOT_TELL },
    { bounded_before_since, SCP_SYMPTOM_UPLOAD, SCP_ABSENT },
    { bounded_untold, SCP_SYMPTOM_UPLOAD, SCP_COULD_NOT_TELL },
    { nuls, SCP_SYMPTOM_UPLOAD, SCP_COULD_NOT_TELL },
    { without_time, SCP_SYMPTOM_UPLOAD, SCP_COULD_NOT_TELL },
    { ahead, SCP_SYMPTOM_UPLOAD, SCP_ABSENT },
    { further_ahead, SCP_SYMPTOM_UPLOAD, SCP_COULD_NOT_TELL },
    { right_again, SCP_SYMPTOM_UPLOAD, SCP_ABSENT },
    { old, SCP_SYMPTOM_UPLOAD, SCP_ABSENT },
    { older, SCP_SYMPTOM_UPLOAD, SCP_COULD_NOT_TELL },
    { chain, SCP_SYMPTOM_CHAIN, SCP_PRESENT },
    { timeless, SCP_SYMPTOM_CHAIN, SCP_COULD_NOT_TELL },
    { export, SCP_SYMPTOM_UPLOAD_FAILED, SCP_ABSENT },
    { export, SCP_SYMPTOM_CHAIN, SCP_COULD_NOT_TELL },
    { export_cut, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
    { export_of_many, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
    { export_malformed, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
    { export_empty, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
    { export_old, SCP_SYMPTOM_UPLOAD_FAILED, SCP_ABSENT },
    { export_older, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
    { export_undated, SCP_SYMPTOM_UPLOAD_FAILED, SCP_ABSENT },
    { stranger, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
    { service, SCP_SYMPTOM_UPLOAD_FAILED, SCP_ABSENT },
    { service_incomplete, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
    { service_failed, SCP_SYMPTOM_UPLOAD_FAILED, SCP_COULD_NOT_TELL },
};

static void test_presences(void)
{
    static struct world w;

    for (size_t i = 0; i < sizeof PRESENCES / sizeof PRESENCES[0]; i++) {
        set_world(&w);
        PRESENCES[i].set(&w);
        tap_is_int(PRESENCES[i].presence, scp_status_presence(&w.f, PRESENCES[i].kind, STALE, NOW), "presence %zu", i + 1);
    }
}

static const struct {
    void (*set)(struct world *w);
    const char *id, *subject; /* NULL: any */
    int state;                /* NONE: there is none */
    const char *text;
} ROWS[] = {
    { as_it_is, "log.future", NULL, NONE, NULL },
    { as_it_is, "log.stale", NULL, NONE, NULL },
    { ahead, "log.future", NULL, NONE, NULL },
    { further_ahead, "log.future", "log", SCP_WARNING, "the last entry lies 5 min in the future" },
    { right_again, "log.future", "log", SCP_OK, "the clock was wrong" },
    { old, "log.stale", NULL, NONE, NULL },
    { older, "log.stale", "log", SCP_WARNING, "the last entry is 26 h old (limit 26 h)" },
    { unread, "log.unreadable", "log", SCP_UNKNOWN, "why" },
    { no_entries, "log.not-a-log", "log", SCP_UNKNOWN, "no entry of a Configuration Manager log" },
    { no_bytes, "log.not-a-log", "log", SCP_UNKNOWN, "empty, and no older file" },
    { of_another, "log.other-component", "log", SCP_UNKNOWN, "no component of the service connection point" },
    { as_it_is, "log.other-component", NULL, NONE, NULL },
    { nuls, "log.damaged", "log", SCP_WARNING, "1 NUL bytes" },
    { as_it_is, "log.damaged", NULL, NONE, NULL },
    { all_timeless, "log.time-unknown", "log", SCP_UNKNOWN, "none of 2 entries" },
    { one_timeless, "log.time-unknown", NULL, NONE, NULL },
    { bounded_at_since, "log.bounded", "log", SCP_UNKNOWN, "read back to" },
    { bounded_before_since, "log.bounded", NULL, NONE, NULL },
    { timeless, "log.time-unknown", NULL, SCP_UNKNOWN, "1 time, but when" },
    { export_cut, "messages.truncated", NULL, SCP_UNKNOWN, "ends too early" },
    { export_of_many, "messages.truncated", NULL, SCP_UNKNOWN, "one page of several" },
    { export_malformed, "messages.malformed", NULL, SCP_WARNING, "1 of 1 rows" },
    { export_old, "messages.stale", NULL, NONE, NULL },
    { export_older, "messages.stale", NULL, SCP_WARNING, "is 26 h old (limit 26 h)" },
    { stranger, "messages.other-server", NULL, SCP_UNKNOWN, "1 status message of uploads or endpoints is of" },
    { strangers, "messages.other-server", NULL, SCP_UNKNOWN, "2 status messages of uploads or endpoints are of" },
    { service_incomplete, "adminservice.incomplete", NULL, SCP_UNKNOWN, "why" },
    { service_failed, "adminservice.failed", NULL, SCP_UNKNOWN, "why" },
    { service_skew, "environment.clock", NULL, NONE, NULL },
    { service_slow_at_most, "environment.clock", NULL, NONE, NULL },
    { service_untold, "environment.clock", NULL, NONE, NULL },
    { service_fast, "environment.clock", "adminservice", SCP_WARNING, "5 min ahead of the AdminService's" },
    { service_slow, "environment.clock", "adminservice", SCP_WARNING, "5 min behind the AdminService's" },
    { upload, "log.upload-failed", NULL, SCP_WARNING, "1 time in 24 h, last 60 min ago" },
    { upload_reason, "log.upload-failed", NULL, SCP_WARNING, "in 24 h (HTTP 403), last" },
    { download_old, "log.no-success", "SMS_DMP_DOWNLOADER", SCP_WARNING, NULL },
    { upload_old, "log.no-success", "SMS_DMP_UPLOADER", SCP_OK, "neither a success nor a failure" },
    { upload_asked, "log.no-success", "SMS_DMP_UPLOADER", SCP_WARNING, "no success within 1 h" },
    { upload_in_time, "log.no-success", NULL, NONE, NULL },
    { as_it_is, "messages.clean", NULL, NONE, NULL },
    { export, "messages.clean", NULL, SCP_OK, NULL },
    { export_cut, "messages.clean", NULL, NONE, NULL },
    { export_failed, "messages.clean", NULL, NONE, NULL },
    { upload_ahead, "log.upload-failed", NULL, SCP_WARNING, "last 60 min in the future" },
    { uploads_3, "log.upload-failed", NULL, SCP_WARNING, "3 times in 24 h" },
    { uploads_4, "log.upload-failed", NULL, SCP_CRITICAL, "4 times in 24 h, last 60 min ago" },
    { uploads_over, "log.upload-failed", NULL, SCP_WARNING, "ago, a success since" },
    { uploads_not_over, "log.upload-failed", NULL, SCP_CRITICAL, NULL },
    { uploads_of_downloader, "log.upload-failed", NULL, SCP_CRITICAL, NULL },
    { downloads_over, "log.download-failed", NULL, SCP_WARNING, "a success since" },
    { chains_never_over, "log.chain-error", NULL, SCP_CRITICAL, NULL },
    { other, "log.error", NULL, SCP_UNKNOWN, NULL },
    { other_over, "log.error", NULL, SCP_OK, "a success since" },
    { other_half_over, "log.error", NULL, SCP_UNKNOWN, NULL },
    { hosts, "log.hosts", NULL, SCP_UNKNOWN, "more than 16 hosts" },
    { offline, "status.offline", NULL, SCP_OK, NULL },
    { offline, "log.upload-failed", NULL, NONE, NULL },
    { synced_ahead, "environment.clock", "updates", NONE, NULL },
    { synced_further_ahead, "environment.clock", "updates", SCP_WARNING, "24 h in the future" },
    { synced_50_hours, "environment.last-synced", NULL, NONE, NULL },
    { synced_longer, "environment.last-synced", NULL, SCP_OK, "usual in offline mode" },
    { synced_longer_online, "environment.last-synced", NULL, SCP_WARNING, "was 2 days ago" },
    { lists_ahead, "environment.clock", "sync", NONE, NULL },
    { lists_further_ahead, "environment.clock", "sync", SCP_WARNING, "24 h in the future" },
};

static void test_row(size_t i)
{
    static const struct scp_catalogue_entry *const CATALOGUE[] = { scp_status_catalogue, NULL };
    static struct world w;
    struct scp_result *r = scp_result_new(CATALOGUE);
    const struct scp_finding *f = NULL;

    if (r == NULL)
        tap_bail("out of memory");
    set_world(&w);
    ROWS[i].set(&w);
    scp_status_evaluate(&w.f, &w.limits, NOW, r);
    for (size_t k = 0; k < r->findings && f == NULL; k++) {
        const struct scp_finding *one = &r->finding[k];

        if (strcmp(one->id, ROWS[i].id) == 0 && (ROWS[i].subject == NULL || strcmp(one->subject, ROWS[i].subject) == 0))
            f = one;
    }
    tap_is_int(ROWS[i].state, f != NULL ? (int)f->state : NONE, "row %zu: %s", i + 1, ROWS[i].id);
    if (ROWS[i].text != NULL)
        tap_has_text(ROWS[i].text, f != NULL ? f->text : "", "row %zu: what it says", i + 1);
    scp_result_free(r);
}

int main(void)
{
    test_presences();
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        test_row(i);
    return tap_done();
}

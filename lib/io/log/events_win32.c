/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/log/events.h"

#include "base/machine.h"
#include "base/wide_win32.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winevt.h>

enum { BATCH = 32, QUERY_UNITS = 1024, QUERY_BYTES = 1024, BYTES = 3 * SCP_EVENTS_UNITS + 1 };

struct reading {
    const struct scp_events_sink *sink;
    struct scp_events_facts *out;
    struct scp_deadline until;
    wchar_t *units;
    char *text;
};

/* --- Why it tells nothing --- */

static void note(struct scp_events_facts *out, DWORD error)
{
    char reason[96];

    out->state = error == ERROR_ACCESS_DENIED ? SCP_EVENTS_DENIED : SCP_EVENTS_UNREADABLE;
    (void)scp_machine_reason(scp_wide_errno(error), reason, sizeof reason);
    (void)snprintf(out->detail, sizeof out->detail, "%s (%lu)", reason, error);
}

/* Whether the log is on: what its configuration says.  false: it tells nothing. */
static bool is_on(const wchar_t *channel, struct scp_events_facts *out)
{
    EVT_VARIANT enabled = { .Type = EvtVarTypeNull };
    EVT_HANDLE config = EvtOpenChannelConfig(NULL, channel, 0);
    DWORD used = 0;
    bool told = config != NULL &&
                EvtGetChannelConfigProperty(config, EvtChannelConfigEnabled, 0, sizeof enabled, &enabled, &used) &&
                enabled.Type == EvtVarTypeBoolean;

    if (!told)
        note(out, GetLastError());
    else if (!enabled.BooleanVal)
        out->state = SCP_EVENTS_OFF;
    if (config != NULL)
        (void)EvtClose(config);
    return told && enabled.BooleanVal;
}

/* --- Whose process a service is --- */

static uint32_t process_of(const char *service)
{
    wchar_t name[128];
    SERVICE_STATUS_PROCESS status = { .dwProcessId = 0 };
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), h = NULL;
    DWORD needed = 0;

    if (manager != NULL && scp_wide_from_text(service, name, sizeof name / sizeof name[0]))
        h = OpenServiceW(manager, name, SERVICE_QUERY_STATUS);
    if (h == NULL || !QueryServiceStatusEx(h, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &needed))
        status.dwProcessId = 0;
    if (h != NULL)
        (void)CloseServiceHandle(h);
    if (manager != NULL)
        (void)CloseServiceHandle(manager);
    return status.dwProcessId;
}

/* --- Events --- */

static int deliver(struct reading *r, EVT_HANDLE event, struct scp_err *err)
{
    DWORD used = 0, properties = 0;

    r->out->read++;
    if (!EvtRender(NULL, event, EvtRenderEventXml, SCP_EVENTS_UNITS * sizeof *r->units, r->units, &used, &properties) ||
        !scp_wide_to_text(r->units, wcsnlen(r->units, used / sizeof *r->units), r->text, BYTES)) {
        r->out->lost++;
        return 0;
    }
    return r->sink->event(r->sink->ctx, r->text, strlen(r->text), err);
}

/* Some of the next ones; *more: there may be others behind them. */
static int deliver_some(struct reading *r, EVT_HANDLE query, bool *more, struct scp_err *err)
{
    EVT_HANDLE event[BATCH];
    DWORD n = 0;
    int64_t left = scp_deadline_left_ms(&r->until);
    int rc = 0;

    *more = EvtNext(query, BATCH, event, (DWORD)left, 0, &n);
    if (!*more && GetLastError() != ERROR_NO_MORE_ITEMS) {
        r->out->bounded = true;
        (void)snprintf(r->out->detail, sizeof r->out->detail, "the log stopped telling (%lu)", GetLastError());
    }
    for (DWORD i = 0; *more && i < n; i++) {
        if (rc == 0)
            rc = deliver(r, event[i], err);
        (void)EvtClose(event[i]);
    }
    *more = *more && n > 0;
    if (*more && (r->out->read >= SCP_EVENTS_MAX || scp_deadline_passed(&r->until))) {
        r->out->bounded = true;
        *more = false;
    }
    return rc;
}

/* *[System[(EventID=11 or …) and TimeCreated[timediff(@SystemTime) <= …]]] */
static bool write_query(const struct scp_events_query *q, wchar_t out[QUERY_UNITS])
{
    char text[QUERY_BYTES] = "*[System[(";
    size_t n = strlen(text);

    for (size_t i = 0; i < q->ids && n < sizeof text; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%sEventID=%u", i > 0 ? " or " : "", q->id[i]);
    if (n < sizeof text)
        n += (size_t)snprintf(text + n, sizeof text - n, ") and TimeCreated[timediff(@SystemTime) <= %lld]]]",
                              (long long)q->seconds * 1000);
    return n < sizeof text && scp_wide_from_text(text, out, QUERY_UNITS);
}

static int read_log(struct reading *r, const wchar_t *channel, const wchar_t *path, struct scp_err *err)
{
    EVT_HANDLE query = EvtQuery(NULL, channel, path, EvtQueryChannelPath | EvtQueryReverseDirection);
    bool more = query != NULL;
    int rc = 0;

    if (query == NULL) {
        note(r->out, GetLastError());
        return 0;
    }
    r->out->state = SCP_EVENTS_READ;
    while (more && rc == 0)
        rc = deliver_some(r, query, &more, err);
    (void)EvtClose(query);
    return rc;
}

int scp_events_read(const struct scp_events_query *q, const struct scp_deadline *deadline, const struct scp_events_sink *sink,
                    struct scp_events_facts *out, struct scp_err *err)
{
    struct reading r = { .sink = sink, .out = out, .until = scp_deadline_after(SCP_EVENTS_SECONDS) };
    wchar_t channel[256], path[QUERY_UNITS];
    int rc = 0;

    *out = (struct scp_events_facts){ .state = SCP_EVENTS_UNREADABLE };
    if (deadline->at_ms < r.until.at_ms)
        r.until = *deadline;
    if (!scp_wide_from_text(q->channel, channel, sizeof channel / sizeof channel[0]) || !write_query(q, path) ||
        !is_on(channel, out))
        return 0;
    out->service = process_of(q->service);
    r.units = malloc(SCP_EVENTS_UNITS * sizeof *r.units);
    r.text = malloc(BYTES);
    if (r.units == NULL || r.text == NULL)
        rc = scp_err_memory(err);
    else
        rc = read_log(&r, channel, path, err);
    free(r.units);
    free(r.text);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Stands in for wevtapi.dll, whose event log Wine has not: serves the files of the folder SCP_EVENTS in the order of their names,
 * each an event as UTF-8, where it is asked for the newest of the last day.  "off" among them: the log is off; "denied": it is not
 * for this account.  @CRYPTSVC@ is the number of CryptSvc's process.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>
#include <winevt.h>

enum { EVENTS = 8192, BYTES = 4 << 20 };

struct log {
    char name[EVENTS][64];
    int n, next;
};

static struct log all;

static int compare(const void *a, const void *b)
{
    return strcmp(a, b);
}

static BOOL has(const char *name)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s\\%s", getenv("SCP_EVENTS"), name);
    return GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES;
}

static BOOL fail(DWORD error)
{
    SetLastError(error);
    return FALSE;
}

EVT_HANDLE WINAPI EvtOpenChannelConfig(EVT_HANDLE session, LPCWSTR channel, DWORD flags)
{
    (void)session;
    (void)flags;
    if (wcscmp(channel, L"Microsoft-Windows-CAPI2/Operational") == 0 && getenv("SCP_EVENTS") != NULL)
        return &all;
    SetLastError(15007); /* ERROR_EVT_CHANNEL_NOT_FOUND */
    return NULL;
}

BOOL WINAPI EvtGetChannelConfigProperty(EVT_HANDLE config, EVT_CHANNEL_CONFIG_PROPERTY_ID id, DWORD flags, DWORD size,
                                        PEVT_VARIANT out, PDWORD used)
{
    (void)config;
    (void)flags;
    if (id != EvtChannelConfigEnabled || size < sizeof *out)
        return fail(ERROR_INSUFFICIENT_BUFFER);
    out->Type = EvtVarTypeBoolean;
    out->BooleanVal = !has("off");
    *used = sizeof *out;
    return TRUE;
}

EVT_HANDLE WINAPI EvtQuery(EVT_HANDLE session, LPCWSTR path, LPCWSTR query, DWORD flags)
{
    static const wchar_t WANTED[] = L"*[System[(EventID=11 or EventID=30 or EventID=41 or EventID=53) and "
                                    L"TimeCreated[timediff(@SystemTime) <= 86400000]]]";
    char pattern[1024];
    WIN32_FIND_DATAA found;
    HANDLE h;

    (void)session;
    (void)path;
    if (has("denied") || wcscmp(query, WANTED) != 0 || flags != (EvtQueryChannelPath | EvtQueryReverseDirection)) {
        SetLastError(has("denied") ? ERROR_ACCESS_DENIED : 15001); /* ERROR_EVT_INVALID_QUERY */
        return NULL;
    }
    memset(&all, 0, sizeof all);
    (void)snprintf(pattern, sizeof pattern, "%s\\*.xml", getenv("SCP_EVENTS"));
    h = FindFirstFileA(pattern, &found);
    if (h != INVALID_HANDLE_VALUE) {
        do
            (void)snprintf(all.name[all.n++], sizeof all.name[0], "%.60s", found.cFileName);
        while (all.n < EVENTS && FindNextFileA(h, &found));
        (void)FindClose(h);
    }
    qsort(all.name, (size_t)all.n, sizeof all.name[0], compare);
    return &all;
}

BOOL WINAPI EvtNext(EVT_HANDLE query, DWORD size, EVT_HANDLE *out, DWORD timeout, DWORD flags, PDWORD n)
{
    struct log *l = query;

    (void)timeout;
    (void)flags;
    for (*n = 0; *n < size && l->next < l->n; (*n)++)
        out[*n] = l->name[l->next++];
    return *n > 0 ? TRUE : fail(ERROR_NO_MORE_ITEMS);
}

static DWORD process_of_cryptsvc(void)
{
    SERVICE_STATUS_PROCESS status = { .dwProcessId = 0 };
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT),
              h = OpenServiceW(manager, L"CryptSvc", SERVICE_QUERY_STATUS);
    DWORD needed;

    (void)QueryServiceStatusEx(h, SC_STATUS_PROCESS_INFO, (BYTE *)&status, sizeof status, &needed);
    return status.dwProcessId;
}

static size_t read_event(const char *name, char *text)
{
    char path[1024];
    FILE *f;
    size_t n;
    char *at;

    (void)snprintf(path, sizeof path, "%s\\%s", getenv("SCP_EVENTS"), name);
    f = fopen(path, "rb");
    if (f == NULL)
        return 0;
    n = fread(text, 1, BYTES - 1, f);
    (void)fclose(f);
    text[n] = '\0';
    at = strstr(text, "@CRYPTSVC@");
    if (at != NULL) {
        char number[11];

        (void)snprintf(number, sizeof number, "%010lu", process_of_cryptsvc());
        memcpy(at, number, 10);
    }
    return n;
}

BOOL WINAPI EvtRender(EVT_HANDLE context, EVT_HANDLE event, DWORD flags, DWORD size, PVOID out, PDWORD used, PDWORD properties)
{
    char *text = malloc(BYTES);
    size_t n = read_event(event, text);
    int units = MultiByteToWideChar(CP_UTF8, 0, text, (int)n, NULL, 0);

    (void)context;
    *properties = 0;
    *used = ((DWORD)units + 1) * sizeof(wchar_t);
    if (flags != EvtRenderEventXml || *used > size) {
        free(text);
        return fail(ERROR_INSUFFICIENT_BUFFER);
    }
    (void)MultiByteToWideChar(CP_UTF8, 0, text, (int)n, out, units);
    ((wchar_t *)out)[units] = 0;
    free(text);
    return TRUE;
}

BOOL WINAPI EvtClose(EVT_HANDLE h)
{
    (void)h;
    return TRUE;
}

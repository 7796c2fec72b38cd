/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/app_internal.h"

#include "base/wide_win32.h"

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

/*
 * Windows has no signals: a thread waits for the deadline, the console's handler and the filter of unhandled exceptions run in
 * threads of their own.  Whoever takes `speaking` first is the one that prints; the others wait until the process has ended.
 */
enum { STACK_KEPT = 64 << 10, PIECE = 4096 };

static struct {
    HANDLE output, timer;
    volatile LONG speaking; /* somebody prints what is said last */
    DWORD mode;             /* of the console as it was found */
    bool console;
    UINT code_page;
} process;

/* --- Output --- */

static bool write_all(const char *p, size_t n)
{
    while (n > 0) {
        DWORD written = 0;

        if (!WriteFile(process.output, p, n > PIECE ? PIECE : (DWORD)n, &written, NULL) || written == 0)
            return false;
        p += written;
        n -= written;
    }
    return true;
}

static bool speak_first(void)
{
    return InterlockedExchange(&process.speaking, 1) == 0;
}

/* No clean-up: other threads may hold any lock. */
static _Noreturn void end_with(const char *line, size_t n, enum scp_state state)
{
    bool said = write_all(line, n);

    (void)TerminateProcess(GetCurrentProcess(), said ? (UINT)state : (UINT)SCP_UNKNOWN);
    for (;;)
        Sleep(INFINITE);
}

int scp_app_process_write(const char *p, size_t n)
{
    if (!speak_first())
        Sleep(INFINITE); /* the process ends meanwhile */
    if (!write_all(p, n))
        return -1;
    if (process.console)
        (void)SetConsoleMode(process.output, process.mode);
    if (process.console && process.code_page != 0)
        (void)SetConsoleOutputCP(process.code_page);
    /* A file system may tell only now that there was no room; a pipe and a console have nothing to be flushed. */
    return GetFileType(process.output) != FILE_TYPE_DISK || FlushFileBuffers(process.output) ||
                   GetLastError() == ERROR_ACCESS_DENIED
               ? 0
               : -1;
}

/* --- Endings --- */

/* What is said while the report is on its way out would only confuse whoever read the start of it. */
static void say_deadline(void)
{
    char line[SCP_APP_LINE_MAX];

    if (!speak_first())
        (void)TerminateProcess(GetCurrentProcess(), SCP_UNKNOWN);
    end_with(line, scp_app_deadline_line(line), scp_app_words()->timeout_result);
}

static DWORD WINAPI wait_for_deadline(void *unused)
{
    (void)unused;
    if (WaitForSingleObject(process.timer, INFINITE) == WAIT_OBJECT_0)
        say_deadline();
    return 0;
}

static BOOL WINAPI on_console(DWORD event)
{
    static const char *const CAUSES[] = {
        [CTRL_C_EVENT] = "Ctrl+C",
        [CTRL_BREAK_EVENT] = "Ctrl+Break",
        [CTRL_CLOSE_EVENT] = "the closing of its console",
        [CTRL_LOGOFF_EVENT] = "a log-off",
        [CTRL_SHUTDOWN_EVENT] = "the system's shutdown",
    };
    char line[SCP_APP_LINE_MAX];

    if (!speak_first())
        (void)TerminateProcess(GetCurrentProcess(), SCP_UNKNOWN);
    end_with(line,
             scp_app_last_line(
                 line, event < sizeof CAUSES / sizeof CAUSES[0] && CAUSES[event] != NULL ? CAUSES[event] : "its console", false),
             SCP_UNKNOWN);
}

static LONG WINAPI on_exception(EXCEPTION_POINTERS *what)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    char line[SCP_APP_LINE_MAX], cause[] = "exception 0x00000000";
    DWORD code = what->ExceptionRecord->ExceptionCode;

    if (!speak_first())
        (void)TerminateProcess(GetCurrentProcess(), SCP_UNKNOWN);
    for (size_t i = sizeof cause - 2; code != 0; code >>= 4)
        cause[i--] = DIGITS[code & 0xF];
    end_with(line, scp_app_last_line(line, cause, true), SCP_UNKNOWN);
}

/* Where no thread can be made there is no deadline either; whoever started us has one. */
void scp_app_process_arm(double seconds)
{
    LARGE_INTEGER due = { .QuadPart = seconds > 0 ? -(LONGLONG)(seconds * 1e7) : 0 };
    bool first = process.timer == NULL;
    HANDLE thread;

    if (first)
        process.timer = CreateWaitableTimerW(NULL, TRUE, NULL);
    if (process.timer == NULL || !SetWaitableTimer(process.timer, &due, 0, NULL, NULL, FALSE) || !first)
        return;
    thread = CreateThread(NULL, STACK_KEPT, wait_for_deadline, NULL, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    if (thread != NULL)
        (void)CloseHandle(thread);
}

void scp_app_process_watch(void)
{
    ULONG kept = STACK_KEPT;

    (void)SetThreadStackGuarantee(&kept); /* the filter's room, where the stack is what was used up */
    (void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
    (void)SetUnhandledExceptionFilter(on_exception);
    (void)SetConsoleCtrlHandler(on_console, TRUE);
}

/* --- A terminal --- */

int scp_app_process_begin(void)
{
    process.output = GetStdHandle(STD_OUTPUT_HANDLE);
    process.console = GetConsoleMode(process.output, &process.mode) != 0;
    if (process.console) {
        process.code_page = GetConsoleOutputCP();
        (void)SetConsoleOutputCP(CP_UTF8);
    }
    return 0;
}

bool scp_app_terminal(void)
{
    return process.console;
}

bool scp_app_terminal_draw(const char *text, size_t n)
{
    return write_all(text, n);
}

unsigned scp_app_terminal_columns(void)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    return GetConsoleScreenBufferInfo(process.output, &info) ? (unsigned)(info.srWindow.Right - info.srWindow.Left + 1) : 0;
}

/* From Windows 10 and Server 2016 on, where it is switched on. */
bool scp_app_terminal_color(void)
{
    return process.console &&
           SetConsoleMode(process.output, process.mode | ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING);
}

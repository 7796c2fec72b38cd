/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_BASE_WIDE_WIN32_H
#define SCP_BASE_WIDE_WIN32_H

#include <stdbool.h>
#include <stddef.h>

/* Between our UTF-8 and the UTF-16 of Windows; of the *_win32.c files alone. */

enum { SCP_WIDE_PATH = 32768 }; /* units: the longest path that Windows takes */

/* UTF-16 as UTF-8 with a NUL; false when it does not fit.  Lone surrogates become U+FFFD. */
bool scp_wide_to_text(const wchar_t *p, size_t n, char *out, size_t size);
/* false when it does not fit or is no UTF-8. */
bool scp_wide_from_text(const char *s, wchar_t *out, size_t units);
/* A program's arguments in UTF-8, NULL behind the last; kept to the end of the process.  NULL: out of memory. */
char **scp_wide_arguments(int n, wchar_t *const *wide);
/* A path in the form that has no limit of 260 (\\?\C:\..., \\?\UNC\...), against the present folder; to be freed.  NULL with errno.
 */
wchar_t *scp_wide_path(const char *path);
/* What a Windows error is as an errno, so that its words are those of every other system. */
int scp_wide_errno(unsigned long error);

#endif

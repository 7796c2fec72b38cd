/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What make lint tells the analyzer, which looks at one file at a time: a function that fills an error always answers -1. */
#ifndef SCP_TESTS_TOOLS_LINT_H
#define SCP_TESTS_TOOLS_LINT_H

#include "base/err.h"

#define scp_err_memory(err) ((scp_err_memory)(err), -1)
#define scp_err_set(...) ((scp_err_set)(__VA_ARGS__), -1)
#define scp_err_prefix(...) ((scp_err_prefix)(__VA_ARGS__), -1)

#endif

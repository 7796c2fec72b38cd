/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_SOURCE_INSTALLED_H
#define SCP_CHECK_SOURCE_INSTALLED_H

#include "windows/profile.h"

/*
 * A built-in profile, or NAME.ini where its date is later: in the folder `profiles` beside the plugin, or where profiles are
 * installed; the same of what it includes.  A file there that cannot be used is an error, and so is one that anybody could have
 * written.
 */
int scp_installed_profile(const char *name, struct scp_profile *out, struct scp_err *err);

#endif

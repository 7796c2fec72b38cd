/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_CHECK_SOURCE_INSTALLED_H
#define SCP_CHECK_SOURCE_INSTALLED_H

#include "windows/profile.h"

/*
 * A built-in profile, or NAME.ini where its date is later: in the folder `profiles` beside the plugin, or where profiles are
 * installed; the same of what it includes.  A later file that anybody could have written is an error, and so is one that is
 * malformed or that requires no root or no endpoint where the built-in one does.  Any other stops nothing.
 */
int scp_installed_profile(const char *name, struct scp_profile *out, struct scp_err *err);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/app.h"

int scp_app_leave(int code)
{
    return code;
}

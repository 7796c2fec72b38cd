/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/process/internal.h"

bool scp_process_close_range(int first, int last)
{
    return first > last;
}

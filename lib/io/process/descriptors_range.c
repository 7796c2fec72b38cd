/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE
#include "io/process/internal.h"

#include <unistd.h>

bool scp_process_close_range(int first, int last)
{
    return first > last || close_range((unsigned)first, (unsigned)last, 0) == 0;
}

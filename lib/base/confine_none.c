/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine.h"

void scp_confine_files(void)
{
}

void scp_confine_network(void)
{
}

const char *scp_confine_text(char out[64])
{
    (void)out;
    return "nothing";
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_status: are the symptoms of a broken service connection point there - in its logs, its status messages, its settings?
 *
 *   SCP STATUS CRITICAL - service signing certificate: Fail to build chain: 5 times in 24 h, last 2 h ago | chain_errors=5;0;3;0 …
 */
#include "check/status/check.h"

int main(int argc, char **argv)
{
    return scp_app_leave(scp_check_run(&scp_status_check, argc, argv));
}

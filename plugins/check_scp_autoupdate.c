/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_autoupdate: would Windows still receive new roots and lists of distrust?
 *
 *   SCP AUTOUPDATE OK - enabled, synced 9 h ago, list of 2026-11-18 verified, names DigiCert Global Root G2 | enabled=1;;1: …
 */
#include "check/autoupdate/check.h"

int main(int argc, char **argv)
{
    return scp_app_leave(scp_check_run(&scp_autoupdate_check, argc, argv));
}

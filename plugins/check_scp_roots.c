/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_roots: are the root certificates that Microsoft's cloud needs installed, valid and usable on a
 * service connection point?
 *
 *   SCP ROOTS OK - DigiCert Global Root G2 present in AuthRoot, expires 2038-01-15, not disallowed | missing=0;;0;0;1 …
 */
#include "check/roots/check.h"

int main(int argc, char **argv)
{
    return scp_app_leave(scp_check_run(&scp_roots_check, argc, argv));
}

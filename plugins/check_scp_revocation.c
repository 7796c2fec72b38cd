/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_revocation: do the hosts that serve CRLs, OCSP answers and trust lists answer, and with something valid?
 *
 *   SCP REVOCATION OK (from mon01) - 12 of 12 endpoints valid, soonest expiry ocsp_dc in 5 days | endpoints_ok=12;;;0;12 …
 */
#include "check/revocation/check.h"

int main(int argc, char **argv)
{
    return scp_app_leave(scp_check_run(&scp_revocation_check, argc, argv));
}

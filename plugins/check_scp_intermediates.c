/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp_intermediates: can the certificate chains of Microsoft's cloud be built from what a service connection point has?
 *
 *   SCP INTERMEDIATES CRITICAL - service.pem: no path to a trusted root; issuer 'Microsoft TLS RSA Root G2' not found in …
 */
#include "check/intermediates/check.h"

int main(int argc, char **argv)
{
    return scp_app_leave(scp_check_run(&scp_intermediates_check, argc, argv));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * check_scp: the diagnosis.  Which of the support article's four causes is present, and which one to mend first?
 *
 *   SCP CRITICAL - cause: root auto-update is disabled and DigiCert Global Root G2 is missing (mending either is enough) | …
 */
#include "check/diagnosis/session.h"

int main(int argc, char **argv)
{
    return scp_app_leave(scp_check_run(&scp_diagnosis_check, argc, argv));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_MANY_H
#define SCP_TESTS_MANY_H

#include <stdio.h>

/* `openssl WORD...`: its exit code. */
int many_openssl(int n, char *const *word);

#endif

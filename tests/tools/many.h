/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_MANY_H
#define SCP_TESTS_MANY_H

#include <openssl/evp.h>

#include <stdio.h>

/* `openssl WORD...`: its exit code. */
int many_openssl(int n, char *const *word);

/* Its commands of that name. */
int many_req(int n, char *const *word);
int many_x509(int n, char *const *word);

/* A private key (PEM), or NULL. */
EVP_PKEY *many_key(const char *path);

/* 1; why is said on standard error. */
int many_failed(const char *what);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/http/curl_internal.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LIBRARY "libcurl.so.4"

/* For those who package the program: which library is loaded at run time ("ELF dlopen metadata", UAPI Group's Package Metadata
 * for Executable Files, https://uapi-group.org/specifications/specs/elf_dlopen_metadata/). */
#define NOTE                                                                                                                       \
    "[{\"feature\":\"network\",\"description\":\"Asks hosts over HTTP\",\"priority\":\"recommended\",\"soname\":"                  \
    "[\"" LIBRARY "\"]}]"

struct elf_note {
    uint32_t name_size, text_size, type;
    char name[4];
    _Alignas(4) char text[sizeof NOTE];
};

__attribute__((used, section(".note.dlopen"))) _Alignas(4) static const
    struct elf_note LOADED = { 4, sizeof NOTE, 0x407c0c0a, "FDO", NOTE };

struct scp_curl_calls scp_curl;

static const struct {
    const char *symbol;
    size_t at;
} CALLS[] = {
#define CALL(name) { "curl_" #name, offsetof(struct scp_curl_calls, name) },
    SCP_CURL_CALLS(CALL)
#undef CALL
};

static int unable(struct scp_err *err)
{
    bool starved = errno == ENOMEM; /* dlerror() may say something else */
    const char *why = dlerror();

    if (starved)
        return scp_err_memory(err);
    return scp_err_set(err, SCP_ERR_UNSUPPORTED, "libcurl is needed to ask hosts: %s", why != NULL ? why : LIBRARY);
}

/* Looks it up in the library and in those that it needs. */
static bool find(void *library, const char *symbol, void *pointer)
{
    void *call = dlsym(library, symbol);

    memcpy(pointer, &call, sizeof call);
    return call != NULL;
}

/*
 * It stays loaded until the process ends.  Some thirty libraries come with it, most of them for protocols that are never spoken
 * here: they look each other's functions up when they call them, and GnuTLS prepares itself when somebody asks it to.
 */
int scp_http_curl_load(struct scp_err *err)
{
    void *library;

    (void)setenv("GNUTLS_NO_IMPLICIT_INIT", "1", 1);
    errno = 0;
    library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    if (library == NULL)
        return unable(err);
    for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
        if (!find(library, CALLS[i].symbol, (char *)&scp_curl + CALLS[i].at))
            return unable(err);
    }
    (void)find(library, "SSL_CTX_set_cert_verify_callback", &scp_curl.watch_chains);
    return 0;
}

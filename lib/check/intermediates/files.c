/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/intermediates/internal.h"

#include "base/file.h"
#include "base/num.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Files of the command line, and names of places. */

int scp_intermediates_bundle(struct scp_intermediates_facts *f, const char *path, struct scp_bundle *bundle, struct scp_err *err)
{
    struct scp_buf file;
    int rc;

    scp_buf_init(&file, SCP_BUNDLE_FILE_MAX);
    rc = scp_file_slurp(path, &file, err);
    if (rc == 0 && scp_bundle_read((const uint8_t *)scp_buf_text(&file), file.n, bundle, err) != 0)
        rc = scp_err_prefix(err, "%s", path);
    scp_buf_free(&file);
    if (rc == 0 && bundle->damaged > 0) {
        if (f->files_damaged == 0)
            (void)snprintf(f->files_damage, sizeof f->files_damage, "%.80s: %s", path, bundle->damage);
        f->files_damaged += bundle->damaged;
    }
    return rc;
}

const char *scp_intermediates_place(uint32_t origin)
{
    for (int m = 0; m < SCP_MEMBERS; m++) {
        if ((origin & (uint32_t)SCP_ORIGIN_CA << m) != 0)
            return m == SCP_MEMBER_DEFAULT        ? "CA"
                   : m == SCP_MEMBER_GROUP_POLICY ? "CA (Policies)"
                   : m == SCP_MEMBER_ENTERPRISE   ? "CA (Enterprise)"
                                                  : "CA (SYSTEM account)";
        if ((origin & (uint32_t)SCP_ORIGIN_ROOT << m) != 0)
            return scp_store_member_name(SCP_STORE_ROOT, (enum scp_store_member)m);
    }
    return (origin & SCP_ORIGIN_OTHER) != 0       ? "MY or Trust"
           : (origin & SCP_ORIGIN_ROOT_FILE) != 0 ? "the roots file"
           : (origin & SCP_ORIGIN_CA_FILE) != 0   ? "the intermediates file"
           : (origin & SCP_ORIGIN_SENT) != 0      ? "what the server sent"
                                                  : "what was fetched";
}

/* What ends in a number is an address, and no address is read in two ways: 010.1.2.3 is 8.1.2.3 to some. */
static bool is_ambiguous(const char *host)
{
    const char *last = strrchr(host, '.');
    struct in_addr address;

    last = last != NULL ? last + 1 : host;
    return strchr(host, ':') == NULL && last[strspn(last, "0123456789")] == '\0' && inet_pton(AF_INET, host, &address) != 1;
}

/* A leading dot would stand for every host of a domain; no label is empty (RFC 1034 section 3.1). */
static bool take_host(const char *start, size_t n, char *host, size_t size)
{
    if (n == 0 || n >= size || start[0] == '.')
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)start[i] <= 0x20 || (unsigned char)start[i] >= 0x7F || strchr("/@?#[]*\\\"'", start[i]) != NULL)
            return false;
        if (i > 0 && start[i] == '.' && start[i - 1] == '.')
            return false;
    }
    /* The dot of the root is no part of the name in certificates and in SNI (RFC 6066 section 3). */
    if (n > 1 && start[n - 1] == '.')
        n--;
    memcpy(host, start, n);
    host[n] = '\0';
    return !is_ambiguous(host);
}

int scp_intermediates_name_parse(const char *text, char *host, size_t size, struct scp_err *err)
{
    const char *colon = strchr(text, ':');

    /* Several colons are an address of IPv6, one would be a port. */
    if (take_host(text, strlen(text), host, size) && (colon == NULL || strchr(colon + 1, ':') != NULL))
        return 0;
    return scp_err_set(err, SCP_ERR_USAGE, "--name: '%.80s' is no host's name or address", text);
}

int scp_intermediates_host_parse(const char *text, char *host, size_t size, unsigned *port, struct scp_err *err)
{
    const char *end = text[0] == '[' ? strchr(text, ']') : strchr(text, ':'), *start = text[0] == '[' ? text + 1 : text;
    size_t n = end != NULL ? (size_t)(end - start) : strlen(start);
    const char *rest = end != NULL ? end + (text[0] == '[') : "";
    uint64_t number = 443;

    /* An address of IPv6 without brackets holds several colons and no port. */
    if (text[0] != '[' && end != NULL && strchr(end + 1, ':') != NULL) {
        n = strlen(start);
        rest = "";
    }
    if (!take_host(start, n, host, size) || (text[0] == '[' && end == NULL) ||
        (rest[0] != '\0' && (rest[0] != ':' || scp_num_u64(rest + 1, strlen(rest + 1), 65535, &number, NULL) != 0 || number == 0)))
        return scp_err_set(err, SCP_ERR_USAGE, "--connect: '%.80s' is not HOST or HOST:PORT", text);
    *port = (unsigned)number;
    return 0;
}

bool scp_intermediates_has_root(const struct scp_intermediates_facts *f, const struct scp_profile_cert *root)
{
    return root->has_sha1 && scp_pool_has(f->pool, root->sha1, true);
}

const char *scp_intermediates_astray_at(const struct scp_intermediates_facts *f, const uint8_t sha1[SCP_SHA1_LEN])
{
    for (size_t i = 0; i < f->astrays; i++) {
        if (memcmp(f->astray[i].cert->sha1, sha1, SCP_SHA1_LEN) == 0)
            return f->astray[i].where;
    }
    return NULL;
}

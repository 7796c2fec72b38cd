/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/file/directory.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const NAMES[] = { "AAAA.crt", "bbbb.CRT", "Zeta", "authrootstl.cab", "AUTHROOTSTL.CAB", "[x]", "_y" };

static void touch(const char *folder, const char *name)
{
    char path[512];
    int fd;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    fd = open(path, O_WRONLY | O_CREAT, 0600);
    if (fd < 0)
        tap_bail("%s: not made", path);
    (void)close(fd);
}

static void clean(const char *folder)
{
    char path[512];

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", folder, NAMES[i]);
        (void)unlink(path);
    }
    (void)rmdir(folder);
}

static void test_find(const char *folder)
{
    struct scp_directory d;
    struct scp_err err = SCP_ERR_INIT;

    if (!tap_is_int(0, scp_directory_read(folder, &d, &err), "read"))
        tap_bail("%s", err.message);
    tap_is_int(9, (long long)d.n, "seven names, . and ..");
    tap_is_text("AAAA.crt", scp_directory_find(&d, "aaaa.CRT"), "another case");
    tap_is_text("bbbb.CRT", scp_directory_find(&d, "BBBB.crt"), "another case");
    tap_is_text("authrootstl.cab", scp_directory_find(&d, "authrootstl.cab"), "the exact one of two");
    tap_is_text("AUTHROOTSTL.CAB", scp_directory_find(&d, "AUTHROOTSTL.CAB"), "the exact one of two");
    tap_ok(scp_directory_find(&d, "AuthRootStl.cab") != NULL, "one of two");
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        tap_is_text(NAMES[i], scp_directory_find(&d, NAMES[i]), "%s", NAMES[i]);
    tap_ok(scp_directory_find(&d, "AAAA.cr") == NULL && scp_directory_find(&d, "AAAA.crtx") == NULL &&
               scp_directory_find(&d, "") == NULL,
           "nothing else");
    scp_directory_free(&d);
}

int main(void)
{
    char folder[] = "/tmp/scp-directory-XXXXXX", file[600];
    struct scp_directory d;
    struct scp_err err = SCP_ERR_INIT;

    if (mkdtemp(folder) == NULL)
        tap_skip_all("no folder can be made in /tmp");
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        touch(folder, NAMES[i]);
    test_find(folder);
    (void)snprintf(file, sizeof file, "%s/Zeta", folder);
    tap_is_int(-1, scp_directory_read(file, &d, &err), "a file is no folder");
    tap_has_text("Zeta: ", err.message, "which is said");
    tap_is_int(SCP_ERR_SYSTEM, err.code, "by the system");
    (void)snprintf(file, sizeof file, "%s/none", folder);
    tap_is_int(-1, scp_directory_read(file, &d, &err), "a folder that is not there");
    clean(folder);
    return tap_done();
}

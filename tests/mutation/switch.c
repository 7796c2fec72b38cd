/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "switch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static unsigned char unrecorded[SCP_MUTANTS];
unsigned char *scp_mutants_seen = unrecorded;
int scp_mutant_on = -1;

void scp_mutants_take(void)
{
    const char *on = getenv("SCP_MUTANT");

    if (on != NULL)
        scp_mutant_on = (int)strtol(on, NULL, 10);
}

/* Before main(), as some programs change their environment; forks write into the same file. */
__attribute__((constructor)) static void take_environment(void)
{
    const char *path = getenv("SCP_MUTANTS_SEEN");
    int fd;
    void *map;

    scp_mutants_take();
    if (path == NULL || (fd = open(path, O_RDWR)) < 0)
        return;
    map = mmap(NULL, SCP_MUTANTS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map != MAP_FAILED)
        scp_mutants_seen = map;
    (void)close(fd);
}

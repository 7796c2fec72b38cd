/* SPDX-License-Identifier: GPL-3.0-or-later */
#define _DEFAULT_SOURCE /* syscall() */

#include "base/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct {
    int landlock; /* its ABI; 0: none */
    bool filter;
} active;

/*
 * Landlock (https://docs.kernel.org/userspace-api/landlock.html).  The kernel's headers may be older than the kernel, so what came
 * with later ABIs is written out here.  No rule is added: what is handled is forbidden everywhere.
 */
enum { LANDLOCK_CREATE_RULESET = 444, LANDLOCK_RESTRICT_SELF = 446, LANDLOCK_VERSION = 1 };

/* EXECUTE, WRITE_FILE, REMOVE_DIR and REMOVE_FILE, seven MAKE_…; REFER from ABI 2, TRUNCATE from ABI 3 on. */
static uint64_t changes(int abi)
{
    uint64_t bits = 1U << 0 | 1U << 1;

    for (unsigned i = 4; i <= 12; i++)
        bits |= 1U << i;
    return bits | (abi >= 2 ? 1U << 13 : 0) | (abi >= 3 ? 1U << 14 : 0);
}

static bool forbid_new_privileges(void)
{
    return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == 0;
}

void scp_confine_files(void)
{
    long abi, ruleset;
    uint64_t forbidden; /* all that a ruleset of the first ABI holds: what files are kept from */

    if (active.landlock > 0 || (abi = syscall(LANDLOCK_CREATE_RULESET, NULL, 0L, (long)LANDLOCK_VERSION)) <= 0)
        return;
    forbidden = changes((int)abi);
    ruleset = syscall(LANDLOCK_CREATE_RULESET, &forbidden, sizeof forbidden, 0L);
    if (ruleset < 0)
        return;
    if (forbid_new_privileges() && syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0L) == 0)
        active.landlock = (int)abi;
    (void)close((int)ruleset);
}

/* --- seccomp (seccomp(2)) --- */

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0 /* not known here: no filter */
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE(reason) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (reason))
#define PERMIT BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE_CALL(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), REFUSE(EPERM)
/* The call, where its argument (the lower half, on machines of this byte order) has, or lacks, one of these bits. */
#define REFUSE_WITH(number, argument, bits)                                                                                        \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4), LOAD(args[argument]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1),     \
        REFUSE(EPERM), PERMIT
#define REFUSE_WITHOUT(number, argument, bits)                                                                                     \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 4), LOAD(args[argument]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0),     \
        REFUSE(EPERM), PERMIT

enum { WRITING = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, X32 = 0x40000000 };

/* What a run that only reads never does; all else stays as it is, as a C library may do it in its own way.  io_uring would do the
 * same past the filter, and what is told in memory (clone3, openat2) cannot be looked at. */
static const struct sock_filter FILTER[] = {
    LOAD(arch),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
    REFUSE(EPERM),
    LOAD(nr),
#if defined(__x86_64__)
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1),
    REFUSE(EPERM),
    REFUSE_CALL(SYS_fork),
    REFUSE_CALL(SYS_vfork),
    REFUSE_CALL(SYS_creat),
    REFUSE_WITH(SYS_open, 1, WRITING),
#endif
    REFUSE_CALL(SYS_truncate),
    REFUSE_CALL(SYS_socket),
    REFUSE_CALL(SYS_socketpair),
    REFUSE_CALL(SYS_connect),
    REFUSE_CALL(SYS_bind),
    REFUSE_CALL(SYS_listen),
    REFUSE_CALL(SYS_sendto),
    REFUSE_CALL(SYS_sendmsg),
    REFUSE_CALL(SYS_execve),
    REFUSE_CALL(SYS_execveat),
    REFUSE_CALL(SYS_ptrace),
    REFUSE_CALL(SYS_process_vm_writev),
    REFUSE_CALL(SYS_bpf),
    REFUSE_WITHOUT(SYS_clone, 0, CLONE_THREAD),
    REFUSE_WITH(SYS_openat, 2, WRITING),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 425 /* io_uring_setup */, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 435 /* clone3 */, 1, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 437 /* openat2 */, 0, 1),
    REFUSE(ENOSYS),
    PERMIT,
};

void scp_confine_network(void)
{
    const struct sock_fprog program = { sizeof FILTER / sizeof FILTER[0], (struct sock_filter *)(uintptr_t)FILTER };

    scp_confine_files();
    if (active.filter || ARCHITECTURE == 0 || !forbid_new_privileges())
        return;
    active.filter = prctl(PR_SET_SECCOMP, (long)SECCOMP_MODE_FILTER, &program, 0L, 0L) == 0;
}

const char *scp_confine_text(char out[64])
{
    char landlock[32] = "";

    if (active.landlock > 0)
        (void)snprintf(landlock, sizeof landlock, "Landlock %d%s", active.landlock, active.filter ? ", " : "");
    (void)snprintf(out, 64, "%s%s", landlock, active.filter ? "seccomp" : active.landlock > 0 ? "" : "nothing");
    return out;
}

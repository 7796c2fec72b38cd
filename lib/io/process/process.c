/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/process/process.h"

#include "base/child.h"
#include "io/process/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE = 64 << 10, NAP_MS = 5, REAP_NAPS = 40 };

/* A helper that is running. */
struct running {
    struct scp_process *p; /* NULL = a free place */
    pid_t pid;
    int output, errors; /* our ends of its pipes; -1 when closed */
    size_t output_n;
};

struct run {
    struct running place[SCP_PROCESS_PARALLEL_MAX];
    size_t places, busy;
    const struct scp_deadline *deadline;
    char *piece;
};

/* --- Pipes --- */

static void shut(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static int make_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return -1;
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return 0;
}

enum { SECRET, OUTPUT, ERRORS, TROUBLE, PIPES };

static void shut_pipes(int pipes[PIPES][2])
{
    for (size_t i = 0; i < PIPES; i++) {
        shut(&pipes[i][0]);
        shut(&pipes[i][1]);
    }
}

/* The secret waits in its pipe, which holds more than SCP_PROCESS_SECRET_MAX: writing never blocks. */
static int make_pipes(const struct scp_process *p, int pipes[PIPES][2], struct scp_err *err)
{
    for (size_t i = 0; i < PIPES; i++)
        pipes[i][0] = pipes[i][1] = -1;
    for (size_t i = p->secret != NULL ? SECRET : OUTPUT; i < PIPES; i++) {
        if (make_pipe(pipes[i]) != 0) {
            int reason = errno;

            shut_pipes(pipes);
            return scp_err_system(err, reason, "a pipe");
        }
    }
    if (p->secret != NULL) {
        if (p->secret_n > SCP_PROCESS_SECRET_MAX || write(pipes[SECRET][1], p->secret, p->secret_n) != (ssize_t)p->secret_n) {
            shut_pipes(pipes);
            return scp_err_set(err, SCP_ERR_LIMIT, "credentials of more than %d bytes", SCP_PROCESS_SECRET_MAX);
        }
        shut(&pipes[SECRET][1]);
    }
    return 0;
}

/* --- Starting --- */

/* Forks with the ending signals blocked, so that no signal finds a helper that is not registered. */
static pid_t fork_registered(const struct scp_process *p, int pipes[PIPES][2])
{
    const struct process_ends ends = { pipes[SECRET][0], pipes[OUTPUT][1], pipes[ERRORS][1], pipes[TROUBLE][1] };
    pid_t parent = getpid(), pid;
    sigset_t before;

    scp_child_hold(&before);
    pid = fork();
    if (pid == 0)
        scp_process_become(p->argv, p->environment, &ends, parent);
    if (pid > 0)
        (void)scp_child_add((int)pid);
    scp_child_release(&before);
    return pid;
}

/* The error of a failed exec, 0 when it worked: the pipe is closed by then. */
static int exec_error(int fd)
{
    int reason = 0;
    ssize_t got;

    do {
        got = read(fd, &reason, sizeof reason);
    } while (got < 0 && errno == EINTR);
    return got == (ssize_t)sizeof reason ? reason : 0;
}

static void forget(pid_t pid, int *status)
{
    sigset_t before;

    scp_child_hold(&before);
    /* The dead leader keeps the group's number from being given away until it is reaped. */
    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR)
        continue;
    scp_child_remove((int)pid);
    scp_child_release(&before);
}

static void start(struct run *run, struct running *place, struct scp_process *p)
{
    int pipes[PIPES][2], reason, status;
    pid_t pid;

    p->end = SCP_PROCESS_FAILED;
    if (make_pipes(p, pipes, &p->error) != 0)
        return;
    pid = fork_registered(p, pipes);
    if (pid < 0) {
        (void)scp_err_system(&p->error, errno, "starting %s", p->argv[0]);
        shut_pipes(pipes);
        return;
    }
    shut(&pipes[SECRET][0]);
    shut(&pipes[OUTPUT][1]);
    shut(&pipes[ERRORS][1]);
    shut(&pipes[TROUBLE][1]);
    reason = exec_error(pipes[TROUBLE][0]);
    shut(&pipes[TROUBLE][0]);
    if (reason != 0) {
        shut_pipes(pipes);
        forget(pid, &status);
        (void)scp_err_system(&p->error, reason, "%s", p->argv[0]);
        return;
    }
    (void)fcntl(pipes[OUTPUT][0], F_SETFL, O_NONBLOCK);
    (void)fcntl(pipes[ERRORS][0], F_SETFL, O_NONBLOCK);
    *place = (struct running){ p, pid, pipes[OUTPUT][0], pipes[ERRORS][0], 0 };
    run->busy++;
}

/* --- Ending --- */

/* Has it ended?  It stays unreaped, so that its group can still be named. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = { 0 };

    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid;
}

static void nap(void)
{
    (void)poll(NULL, 0, NAP_MS);
}

static void vacate(struct run *run, struct running *place)
{
    shut(&place->output);
    shut(&place->errors);
    place->p = NULL;
    run->busy--;
}

static void end_naturally(struct run *run, struct running *place)
{
    struct scp_process *p = place->p;
    int status = 0;

    forget(place->pid, &status);
    p->end = WIFEXITED(status) ? SCP_PROCESS_EXITED : SCP_PROCESS_SIGNALLED;
    p->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    vacate(run, place);
}

/* Kills the group.  A process that the kernel does not let die is left to it after a moment: our deadline comes first. */
static void end_by_force(struct run *run, struct running *place, enum scp_process_end why)
{
    int status = 0;

    (void)kill(-place->pid, SIGKILL);
    (void)kill(place->pid, SIGKILL);
    for (int i = 0; i < REAP_NAPS && !has_ended(place->pid); i++)
        nap();
    if (has_ended(place->pid))
        forget(place->pid, &status);
    place->p->end = why;
    vacate(run, place);
}

/* --- Reading --- */

static void take_errors(struct scp_process *p, const char *piece, size_t n)
{
    size_t used = p->errors_n < sizeof p->errors - 1 ? p->errors_n : sizeof p->errors - 1;
    size_t room = sizeof p->errors - 1 - used;

    if (n < room)
        room = n;
    for (size_t i = 0; i < room; i++)
        p->errors[used + i] = piece[i] != '\0' ? piece[i] : ' ';
    p->errors[used + room] = '\0';
    p->errors_n += n;
}

/* Everything that is there now; false at its end. */
static bool read_some(struct run *run, int fd, size_t *got)
{
    ssize_t n;

    do {
        n = read(fd, run->piece, PIECE);
    } while (n < 0 && errno == EINTR);
    *got = n > 0 ? (size_t)n : 0;
    return n > 0 || (n < 0 && errno == EAGAIN);
}

static void read_output(struct run *run, struct running *place)
{
    struct scp_process *p = place->p;
    size_t got = 0;

    if (!read_some(run, place->output, &got)) {
        shut(&place->output);
        return;
    }
    place->output_n += got;
    if (place->output_n > p->output_max)
        end_by_force(run, place, SCP_PROCESS_FLOOD);
    else if (got > 0 && p->sink(p->ctx, run->piece, got, &p->error) != 0)
        end_by_force(run, place, SCP_PROCESS_REFUSED);
}

static void read_errors(struct run *run, struct running *place)
{
    size_t got = 0;

    if (!read_some(run, place->errors, &got))
        shut(&place->errors);
    take_errors(place->p, run->piece, got);
    if (place->p->errors_n > place->p->output_max)
        end_by_force(run, place, SCP_PROCESS_FLOOD);
}

/* One helper after poll() told what it has. */
static void serve(struct run *run, struct running *place, short output, short errors)
{
    if (errors != 0)
        read_errors(run, place);
    if (place->p != NULL && output != 0)
        read_output(run, place);
    if (place->p != NULL && place->output < 0 && place->errors < 0 && has_ended(place->pid))
        end_naturally(run, place);
}

/* Waits for any of them, never past the deadline. */
static void wait_and_serve(struct run *run)
{
    struct pollfd fds[2 * SCP_PROCESS_PARALLEL_MAX];
    int64_t left = scp_deadline_left_ms(run->deadline);
    int wait = left > 1000 ? 1000 : (int)left;

    for (size_t i = 0; i < run->places; i++) {
        const struct running *place = &run->place[i];

        fds[2 * i] = (struct pollfd){ .fd = place->p != NULL ? place->output : -1, .events = POLLIN };
        fds[2 * i + 1] = (struct pollfd){ .fd = place->p != NULL ? place->errors : -1, .events = POLLIN };
        /* It said all it had to say, but has not ended. */
        if (place->p != NULL && place->output < 0 && place->errors < 0 && wait > NAP_MS)
            wait = NAP_MS;
    }
    if (poll(fds, (nfds_t)(2 * run->places), wait) < 0)
        return;
    for (size_t i = 0; i < run->places; i++) {
        if (run->place[i].p != NULL)
            serve(run, &run->place[i], fds[2 * i].revents, fds[2 * i + 1].revents);
    }
}

int scp_process_run(struct scp_process *v, size_t n, size_t parallel, const struct scp_deadline *deadline, struct scp_err *err)
{
    struct run run = { .deadline = deadline, .places = parallel < SCP_PROCESS_PARALLEL_MAX ? parallel : SCP_PROCESS_PARALLEL_MAX };
    size_t next = 0;

    for (size_t i = 0; i < n; i++) {
        v[i].end = SCP_PROCESS_NOT_STARTED;
        v[i].code = 0;
        v[i].errors[0] = '\0';
        v[i].errors_n = 0;
        scp_err_clear(&v[i].error);
    }
    run.piece = malloc(PIECE);
    if (run.piece == NULL)
        return scp_err_memory(err);
    while (run.busy > 0 || (next < n && !scp_deadline_passed(deadline))) {
        for (size_t i = 0; i < run.places && next < n && !scp_deadline_passed(deadline); i++) {
            if (run.place[i].p == NULL)
                start(&run, &run.place[i], &v[next++]);
        }
        if (run.busy > 0)
            wait_and_serve(&run);
        for (size_t i = 0; i < run.places && scp_deadline_passed(deadline); i++) {
            if (run.place[i].p != NULL)
                end_by_force(&run, &run.place[i], SCP_PROCESS_TIMEOUT);
        }
    }
    free(run.piece);
    return 0;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/trustlist/cabinet.h"

#include "base/reader.h"
#include "base/text.h"

#include <mspack.h>

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

/*
 * libmspack reads and writes through a table of functions.  Ours knows two files, the cabinet in memory and the buffer for the
 * member.  File names are handed to open() as they are (mspack.h), and the table itself may be a copy: so the names are the files.
 */
enum { ALLOCATION_MAX = 1 << 20, COMPRESSION_MASK = 0x0F };

struct memory_file {
    char name[8]; /* comes first: a text, should libmspack ever look at it */
    struct mspack_file handle;
    const uint8_t *p; /* what is read; NULL: the file is written to out */
    size_t n, pos;
    struct scp_buf *out;
    size_t out_max;
    bool overflow;
};

static struct memory_file *memory_of(struct mspack_file *handle)
{
    return (struct memory_file *)(void *)((char *)handle - offsetof(struct memory_file, handle));
}

static struct mspack_file *open_file(struct mspack_system *self, const char *name, int mode)
{
    struct memory_file *file = (struct memory_file *)(uintptr_t)name;

    (void)self;
    if (mode != (file->p != NULL ? MSPACK_SYS_OPEN_READ : MSPACK_SYS_OPEN_WRITE))
        return NULL;
    file->pos = 0;
    return &file->handle;
}

static void close_file(struct mspack_file *file)
{
    (void)file;
}

static int read_file(struct mspack_file *handle, void *buffer, int bytes)
{
    struct memory_file *file = memory_of(handle);
    size_t n = bytes > 0 ? (size_t)bytes : 0, left = file->p != NULL ? file->n - file->pos : 0;

    if (file->p == NULL || bytes < 0)
        return -1;
    if (n > left)
        n = left;
    memcpy(buffer, file->p + file->pos, n);
    file->pos += n;
    return (int)n;
}

static int write_file(struct mspack_file *handle, void *buffer, int bytes)
{
    struct memory_file *file = memory_of(handle);
    size_t n = bytes > 0 ? (size_t)bytes : 0;

    if (file->out == NULL || bytes < 0)
        return -1;
    if (n > file->out_max - file->pos) {
        file->overflow = true;
        return -1;
    }
    if (scp_buf_add(file->out, buffer, n) != 0)
        return -1;
    file->pos += n;
    return bytes;
}

static int seek_file(struct mspack_file *handle, off_t offset, int mode)
{
    struct memory_file *file = memory_of(handle);
    off_t base = mode == MSPACK_SYS_SEEK_START ? 0 : mode == MSPACK_SYS_SEEK_CUR ? (off_t)file->pos : (off_t)file->n;

    if (file->p == NULL || offset < -base || offset > (off_t)file->n - base)
        return -1;
    file->pos = (size_t)(base + offset);
    return 0;
}

static off_t tell_file(struct mspack_file *handle)
{
    return (off_t)memory_of(handle)->pos;
}

static void no_message(struct mspack_file *file, const char *format, ...)
{
    (void)file;
    (void)format;
}

/* One piece at a time: how many there are is bounded by the counts that check_header() allows. */
static void *limited_alloc(struct mspack_system *self, size_t bytes)
{
    (void)self;
    return bytes <= ALLOCATION_MAX ? malloc(bytes > 0 ? bytes : 1) : NULL;
}

static void copy_bytes(void *source, void *target, size_t bytes)
{
    memcpy(target, source, bytes);
}

static struct mspack_system memory_system(void)
{
    return (struct mspack_system){ .open = open_file,
                                   .close = close_file,
                                   .read = read_file,
                                   .write = write_file,
                                   .seek = seek_file,
                                   .tell = tell_file,
                                   .message = no_message,
                                   .alloc = limited_alloc,
                                   .free = free,
                                   .copy = copy_bytes };
}

static int failed(const struct memory_file *output, int code, const char *what, struct scp_err *err)
{
    if (code == MSPACK_ERR_NOMEMORY || output->out->starved)
        return scp_err_memory(err);
    if (output->overflow)
        return scp_err_set(err, SCP_ERR_LIMIT, "%s: it unpacks to more than it announces or than is read", what);
    switch (code) {
    case MSPACK_ERR_READ:
    case MSPACK_ERR_SEEK: return scp_err_set(err, SCP_ERR_TRUNCATED, "%s: it ends too early", what);
    case MSPACK_ERR_SIGNATURE: return scp_err_set(err, SCP_ERR_FORMAT, "%s: not a cabinet", what);
    case MSPACK_ERR_CHECKSUM: return scp_err_set(err, SCP_ERR_FORMAT, "%s: a checksum does not fit", what);
    case MSPACK_ERR_DECRUNCH: return scp_err_set(err, SCP_ERR_FORMAT, "%s: the compressed data are damaged", what);
    default: return scp_err_set(err, SCP_ERR_FORMAT, "%s: damaged (libmspack error %d)", what, code);
    }
}

/* --- What is in the cabinet --- */

/* Neither a path nor a device, nothing that is not plain text: we never write files, but such a name means mischief. */
static bool plain_name(const char *name)
{
    size_t n = strlen(name);

    if (n == 0 || n > SCP_CABINET_NAME_MAX || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7F || strchr("/\\:", name[i]) != NULL)
            return false;
    }
    return true;
}

static bool wanted(const char *name, const char *member)
{
    static const char SUFFIX[] = ".stl";
    size_t n = strlen(name), suffix = sizeof SUFFIX - 1;

    if (member != NULL)
        return scp_text_caseeq(name, n, member, strlen(member));
    return n > suffix && scp_text_caseeq(name + n - suffix, suffix, SUFFIX, suffix);
}

/* Where the library means something else by off_t, whatever it tells is wrong. */
static int check_library(struct scp_err *err)
{
    int compatible;

    MSPACK_SYS_SELFTEST(compatible);
    return compatible == MSPACK_ERR_OK
               ? 0
               : scp_err_set(err, SCP_ERR_UNSUPPORTED, "this program's libmspack was built for another off_t");
}

/* MS-CAB section 2.1: the counts, before anything is allocated for them. */
static int check_header(const uint8_t *p, size_t n, struct scp_err *err)
{
    enum { HEADER = 36, FOLDERS_AT = 26, FILES_AT = 28 };

    if (n > SCP_CABINET_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "a cabinet of more than %d bytes", SCP_CABINET_MAX);
    if (n < HEADER)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "the cabinet ends after %zu bytes", n);
    if (scp_le16(p + FOLDERS_AT) > SCP_CABINET_MEMBERS_MAX || scp_le16(p + FILES_AT) > SCP_CABINET_MEMBERS_MAX)
        return scp_err_set(err, SCP_ERR_LIMIT, "more than %d members in the cabinet", SCP_CABINET_MEMBERS_MAX);
    return 0;
}

static int check_outline(const struct mscabd_cabinet *cabinet, size_t n, struct scp_err *err)
{
    if (cabinet->length != n)
        return scp_err_set(err, cabinet->length > n ? SCP_ERR_TRUNCATED : SCP_ERR_FORMAT,
                           "the cabinet is of %u bytes, but %zu are there", cabinet->length, n);
    if ((cabinet->flags & (MSCAB_HDR_PREVCAB | MSCAB_HDR_NEXTCAB)) != 0)
        return scp_err_set(err, SCP_ERR_UNSUPPORTED, "the cabinet is one of several parts");
    return 0;
}

/* The member asked for; NULL with err when there is none, or when any member is not as it should be. */
static struct mscabd_file *choose(const struct mscabd_cabinet *cabinet, const char *member, struct scp_err *err)
{
    struct mscabd_file *found = NULL;
    size_t members = 0;

    for (struct mscabd_file *f = cabinet->files; f != NULL; f = f->next) {
        members++;
        if (!plain_name(f->filename)) {
            (void)scp_err_set(err, SCP_ERR_FORMAT, "member %zu of the cabinet is not named as a file but '%.80s'", members,
                              f->filename);
            return NULL;
        }
        if (!wanted(f->filename, member))
            continue;
        if (found != NULL) {
            (void)scp_err_set(err, SCP_ERR_FORMAT, "two members of the cabinet may be meant: '%.80s' and '%.80s'", found->filename,
                              f->filename);
            return NULL;
        }
        found = f;
    }
    if (found == NULL)
        (void)scp_err_set(err, SCP_ERR_FORMAT, "the cabinet holds no %.80s", member != NULL ? member : "*.stl");
    return found;
}

static int check_member(const struct mscabd_file *f, size_t n, const struct scp_buf *out, struct scp_err *err)
{
    int compression = f->folder != NULL ? f->folder->comp_type & COMPRESSION_MASK : MSCAB_COMP_NONE;

    if (compression != MSCAB_COMP_NONE && compression != MSCAB_COMP_MSZIP)
        return scp_err_set(err, SCP_ERR_UNSUPPORTED, "'%.80s' is compressed by %s: only MSZIP is read", f->filename,
                           compression == MSCAB_COMP_LZX       ? "LZX"
                           : compression == MSCAB_COMP_QUANTUM ? "Quantum"
                                                               : "an unknown method");
    if (f->length > SCP_CABINET_MEMBER_MAX || f->length > out->max - out->n)
        return scp_err_set(err, SCP_ERR_LIMIT, "'%.80s' is of %u bytes, more than is read", f->filename, f->length);
    if (f->length / SCP_CABINET_RATIO_MAX > n)
        return scp_err_set(err, SCP_ERR_LIMIT, "'%.80s' announces %u bytes from a cabinet of %zu", f->filename, f->length, n);
    return 0;
}

static int extract(struct mscab_decompressor *d, struct mscabd_cabinet *cabinet, size_t n, const char *member,
                   struct memory_file *output, struct scp_err *err)
{
    size_t before = output->out->n;
    struct mscabd_file *f;

    if (check_outline(cabinet, n, err) != 0 || (f = choose(cabinet, member, err)) == NULL ||
        check_member(f, n, output->out, err) != 0)
        return -1;
    output->out_max = f->length;
    if (d->extract(d, f, output->name) == MSPACK_ERR_OK && output->pos == f->length)
        return 0;
    (void)failed(output, d->last_error(d), f->filename, err);
    scp_buf_truncate(output->out, before);
    return -1;
}

bool scp_cabinet_supported(void)
{
    return true;
}

int scp_cabinet_extract(const uint8_t *p, size_t n, const char *member, struct scp_buf *out, struct scp_err *err)
{
    struct mspack_system memory = memory_system();
    struct memory_file input = { .name = "cabinet", .p = p, .n = n }, output = { .name = "member", .out = out };
    struct mscabd_cabinet *cabinet;
    struct mscab_decompressor *d;
    int rc;

    if (check_library(err) != 0 || check_header(p, n, err) != 0)
        return -1;
    d = mspack_create_cab_decompressor(&memory);
    if (d == NULL)
        return scp_err_memory(err);
    cabinet = d->open(d, input.name);
    if (cabinet == NULL) {
        rc = failed(&output, d->last_error(d), "cabinet", err);
    } else {
        rc = extract(d, cabinet, n, member, &output, err);
        d->close(d, cabinet);
    }
    mspack_destroy_cab_decompressor(d);
    return rc;
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/registry/regf.h"

#include "base/reader.h"
#include "base/text.h"
#include "base/utc.h"

#include <string.h>

/* Offsets in the base block. */
enum {
    AT_SEQUENCE1 = 4,
    AT_SEQUENCE2 = 8,
    AT_WRITTEN = 12,
    AT_MAJOR = 20,
    AT_MINOR = 24,
    AT_TYPE = 28,
    AT_NAME = 48,
    NAME_LENGTH = 64,
    AT_CHECKSUM = 508
};

/* Offsets in cells. */
enum { AT_KEY_SECURITY = 0x30, AT_SECURITY_LENGTH = 0x14 };

bool scp_regf_is(const uint8_t *p, size_t n)
{
    return n >= 4 && memcmp(p, "regf", 4) == 0;
}

static bool checksum_ok(const uint8_t *p)
{
    uint32_t sum = 0;

    for (size_t i = 0; i < AT_CHECKSUM; i += 4)
        sum ^= scp_le32(p + i);
    if (sum == UINT32_MAX)
        sum = UINT32_MAX - 1;
    else if (sum == 0)
        sum = 1;
    return sum == scp_le32(p + AT_CHECKSUM);
}

/* The name is information only: what cannot be read of it is left out. */
static void read_name(const uint8_t *p, char *out, size_t size)
{
    size_t n = 0;

    while (n + 2 <= NAME_LENGTH && (p[n] != 0 || p[n + 1] != 0))
        n += 2;
    (void)scp_text_utf16le_copy(p, n, out, size);
}

int scp_regf_parse(const uint8_t *p, size_t n, struct scp_regf *out, struct scp_err *err)
{
    *out = (struct scp_regf){ .written = SCP_UTC_UNKNOWN };
    if (!scp_regf_is(p, n))
        return scp_err_set(err, SCP_ERR_FORMAT, "not a registry hive");
    if (n < SCP_REGF_BLOCK)
        return scp_err_set(err, SCP_ERR_TRUNCATED, "a registry hive of %zu bytes (its base block alone has %d)", n, SCP_REGF_BLOCK);
    out->sequence1 = scp_le32(p + AT_SEQUENCE1);
    out->sequence2 = scp_le32(p + AT_SEQUENCE2);
    out->major = scp_le32(p + AT_MAJOR);
    out->minor = scp_le32(p + AT_MINOR);
    out->type = scp_le32(p + AT_TYPE);
    out->checksum_ok = checksum_ok(p);
    if (!scp_utc_from_filetime(scp_le64(p + AT_WRITTEN), &out->written))
        out->written = SCP_UTC_UNKNOWN;
    read_name(p + AT_NAME, out->name, sizeof out->name);
    return 0;
}

static bool is_cell(const uint8_t *cell, const char *id)
{
    return memcmp(cell + 4, id, 2) == 0;
}

bool scp_regf_key_security(const uint8_t cell[SCP_REGF_KEY], uint64_t *at)
{
    uint32_t offset = scp_le32(cell + AT_KEY_SECURITY);

    *at = SCP_REGF_BLOCK + (uint64_t)offset;
    return is_cell(cell, "nk") && offset != UINT32_MAX;
}

bool scp_regf_security(const uint8_t cell[SCP_REGF_SECURITY], size_t *n)
{
    /* In use where its size is negative. */
    uint32_t size = 0U - scp_le32(cell);

    *n = scp_le32(cell + AT_SECURITY_LENGTH);
    return is_cell(cell, "sk") && size <= INT32_MAX && size >= SCP_REGF_SECURITY && *n <= size - SCP_REGF_SECURITY;
}

bool scp_regf_dirty(const struct scp_regf *r)
{
    return r->sequence1 != r->sequence2 || !r->checksum_ok;
}

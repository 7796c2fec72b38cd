/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/registry/security.h"

#include "base/reader.h"

enum { HEADER = 20, ACL_HEADER = 8, ACE_HEADER = 4, MASK = 4, SID_HEADER = 8, REVISION = 1 };
enum { CONTROL_DACL = 0x4, CONTROL_PROTECTED = 0x1000, CONTROL_RELATIVE = 0x8000, INHERIT_ONLY = 0x8 };

/* What an entry says of the rights that it names. */
enum verdict { SAYS_NOTHING, ALLOWS, DENIES, MAY_ALLOW, MAY_DENY, SAYS_WHO_KNOWS };

/* Entries with a condition or for a kind of object hang on what no descriptor tells. */
static enum verdict verdict_of(uint8_t type)
{
    switch (type) {
    case 0x00: return ALLOWS;
    case 0x01: return DENIES;
    case 0x02: /* audit and alarm, labels, attributes: not about access */
    case 0x03:
    case 0x07:
    case 0x08:
    case 0x0D:
    case 0x0E:
    case 0x0F:
    case 0x10:
    case 0x11:
    case 0x12:
    case 0x13: return SAYS_NOTHING;
    case 0x04:
    case 0x05:
    case 0x09:
    case 0x0B: return MAY_ALLOW;
    case 0x06:
    case 0x0A:
    case 0x0C: return MAY_DENY;
    default: return SAYS_WHO_KNOWS;
    }
}

/* The generic rights as they are for keys. */
static uint32_t rights_of(uint32_t mask)
{
    static const struct {
        uint32_t generic, rights;
    } MAP[] = { { 0x80000000, SCP_KEY_READ },
                { 0x40000000, SCP_KEY_WRITE },
                { 0x20000000, SCP_KEY_READ },
                { 0x10000000, SCP_KEY_ALL_ACCESS } };
    uint32_t rights = mask & 0x0FFFFFFF;

    for (size_t i = 0; i < sizeof MAP / sizeof MAP[0]; i++)
        rights |= (mask & MAP[i].generic) != 0 ? MAP[i].rights : 0;
    return rights;
}

static bool read_sid(const uint8_t *p, size_t n, struct scp_sid *out)
{
    if (n < SID_HEADER || p[0] != REVISION || p[1] > SCP_SID_PARTS_MAX || n < SID_HEADER + 4U * p[1])
        return false;
    *out = (struct scp_sid){ .n = p[1] };
    for (size_t i = 2; i < SID_HEADER; i++)
        out->authority = out->authority << 8 | p[i];
    for (size_t i = 0; i < out->n; i++)
        out->part[i] = scp_le32(p + SID_HEADER + 4 * i);
    return true;
}

/* The rights that are open still; what the entries so far may make of them. */
struct asked {
    scp_security_bears bears;
    uint32_t open, may_grant, may_refuse;
    struct scp_security_rights *out;
};

static void apply(struct asked *a, enum verdict verdict, uint32_t mask, const struct scp_sid *sid)
{
    enum scp_sid_match match = a->bears(sid);
    uint32_t rights = rights_of(mask) & a->open;

    if (match == SCP_SID_OTHER)
        return;
    *(verdict == DENIES || verdict == MAY_DENY ? &a->may_refuse : &a->may_grant) |= rights;
    if (match == SCP_SID_PERHAPS || verdict == MAY_ALLOW || verdict == MAY_DENY)
        return;
    a->open &= ~rights;
    if (verdict == DENIES && rights != 0 && a->out->refused_to.n == 0)
        a->out->refused_to = *sid;
}

/* One entry; false: malformed. */
static bool read_entry(struct asked *a, const uint8_t *p, size_t n)
{
    enum verdict verdict = (p[1] & INHERIT_ONLY) != 0 ? SAYS_NOTHING : verdict_of(p[0]);
    struct scp_sid sid;

    if (verdict == SAYS_NOTHING)
        return true;
    if (verdict == SAYS_WHO_KNOWS) {
        a->may_grant |= a->open;
        a->may_refuse |= a->open;
        return true;
    }
    if (n < ACE_HEADER + MASK)
        return false;
    /* Of these the SID stands behind what is not read here. */
    if (p[0] == 0x04 || p[0] == 0x05 || p[0] == 0x06 || p[0] == 0x0B || p[0] == 0x0C) {
        uint32_t rights = rights_of(scp_le32(p + ACE_HEADER)) & a->open;

        *(verdict == MAY_DENY ? &a->may_refuse : &a->may_grant) |= rights;
        return true;
    }
    if (!read_sid(p + ACE_HEADER + MASK, n - ACE_HEADER - MASK, &sid))
        return false;
    apply(a, verdict, scp_le32(p + ACE_HEADER), &sid);
    return true;
}

/* The size that the list tells is what it has room for: entries end before. */
static bool read_list(struct asked *a, const uint8_t *p, size_t n)
{
    size_t at = ACL_HEADER, size;
    unsigned entries;

    if (n < ACL_HEADER || (p[0] != 2 && p[0] != 4))
        return false;
    size = scp_le16(p + 2);
    entries = scp_le16(p + 4);
    if (size > n || size < ACL_HEADER)
        return false;
    for (; entries > 0; entries--) {
        size_t length = size - at >= ACE_HEADER ? scp_le16(p + at + 2) : 0;

        if (length < ACE_HEADER || length > size - at || !read_entry(a, p + at, length))
            return false;
        at += length;
    }
    return true;
}

int scp_security_rights(const uint8_t *p, size_t n, uint32_t wanted, scp_security_bears bears, struct scp_security_rights *out,
                        struct scp_err *err)
{
    struct asked a = { .bears = bears, .open = wanted, .out = out };
    uint32_t control, list;

    *out = (struct scp_security_rights){ .granted = 0 };
    if (n < HEADER || p[0] != REVISION)
        return scp_err_set(err, SCP_ERR_FORMAT, "not a security descriptor");
    control = scp_le16(p + 2);
    list = scp_le32(p + 16);
    out->alone = (control & CONTROL_PROTECTED) != 0;
    if ((control & CONTROL_RELATIVE) == 0)
        return scp_err_set(err, SCP_ERR_FORMAT, "a security descriptor that is not self-relative");
    if ((control & CONTROL_DACL) == 0 || list == 0) {
        out->granted = wanted;
        return 0;
    }
    if (list < HEADER || list > n || !read_list(&a, p + list, n - list))
        return scp_err_set(err, SCP_ERR_FORMAT, "a malformed list of a security descriptor");
    /* What no entry gives is refused. */
    a.may_refuse |= a.open;
    out->granted = a.may_grant & ~a.may_refuse;
    out->refused = a.may_refuse & ~a.may_grant;
    return 0;
}

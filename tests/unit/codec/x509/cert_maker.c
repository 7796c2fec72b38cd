/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cert_maker.h"

#include <string.h>

#define DER(tag, ...)                                                                                                              \
    maker_der(tag, (const struct maker_bytes[]){ __VA_ARGS__ },                                                                    \
              sizeof((const struct maker_bytes[]){ __VA_ARGS__ }) / sizeof(struct maker_bytes))
#define NOTHING ((struct maker_bytes){ NULL, 0 })

static const uint8_t BASE_POINT[] = { 0x00, 0x04, 0x6B, 0x17, 0xD1, 0xF2, 0xE1, 0x2C, 0x42, 0x47, 0xF8, 0xBC, 0xE6, 0xE5,
                                      0x63, 0xA4, 0x40, 0xF2, 0x77, 0x03, 0x7D, 0x81, 0x2D, 0xEB, 0x33, 0xA0, 0xF4, 0xA1,
                                      0x39, 0x45, 0xD8, 0x98, 0xC2, 0x96, 0x4F, 0xE3, 0x42, 0xE2, 0xFE, 0x1A, 0x7F, 0x9B,
                                      0x8E, 0xE7, 0xEB, 0x4A, 0x7C, 0x0F, 0x9E, 0x16, 0x2B, 0xCE, 0x33, 0x57, 0x6B, 0x31,
                                      0x5E, 0xCE, 0xCB, 0xB6, 0x40, 0x68, 0x37, 0xBF, 0x51, 0xF5 };

static struct maker_bytes or_else(struct maker_bytes options, struct maker_bytes usual)
{
    return options.p != NULL ? options : usual;
}

static struct maker_bytes common_name(const char *text)
{
    return cert_name(&(struct cert_attribute){ "2.5.4.3", 0x0C, text, 0, false }, 1);
}

struct maker_bytes cert_name(const struct cert_attribute *a, size_t n)
{
    struct maker_bytes sets = NOTHING;

    for (size_t i = 0; i < n;) {
        struct maker_bytes set = NOTHING;

        do {
            struct maker_bytes value = maker_raw(a[i].text, a[i].n > 0 ? a[i].n : strlen(a[i].text));
            struct maker_bytes part[] = { set, DER(0x30, maker_oid(a[i].oid), DER(a[i].tag, value)) };

            set = maker_join(part, 2);
            i++;
        } while (i < n && a[i].same_set);
        sets = maker_join((struct maker_bytes[]){ sets, DER(0x31, set) }, 2);
    }
    return DER(0x30, sets);
}

struct maker_bytes cert_extension(const char *oid, bool critical, struct maker_bytes value)
{
    return DER(0x30, maker_oid(oid), critical ? maker_raw("\x01\x01\xFF", 3) : NOTHING, DER(0x04, value));
}

struct maker_bytes cert_make(const struct cert_plan *plan)
{
    struct maker_bytes ecdsa = DER(0x30, maker_oid("1.2.840.10045.4.3.2"));
    struct maker_bytes key = DER(0x30, DER(0x30, maker_oid("1.2.840.10045.2.1"), maker_oid("1.2.840.10045.3.1.7")),
                                 DER(0x03, maker_raw(BASE_POINT, sizeof BASE_POINT)));
    struct maker_bytes tbs =
        DER(0x30, plan->version_1 ? NOTHING : DER(0xA0, maker_raw("\x02\x01\x02", 3)),
            DER(0x02, or_else(plan->serial, maker_raw("\1\2\3", 3))), ecdsa, or_else(plan->issuer, common_name("Issuer")),
            DER(0x30, or_else(plan->not_before, DER(0x17, maker_raw("250101000000Z", 13))),
                or_else(plan->not_after, DER(0x17, maker_raw("350101000000Z", 13)))),
            or_else(plan->subject, common_name("Subject")), key, plan->unique,
            plan->extensions.p != NULL ? DER(0xA3, DER(0x30, plan->extensions)) : NOTHING);

    return DER(0x30, tbs, ecdsa, DER(0x03, maker_raw("\0\x30\x06\x02\x01\x01\x02\x01\x01", 9)));
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/registry/internal.h"

#include "base/text.h"

#include <string.h>

static bool part_is(const struct registry_part *part, const char *name)
{
    return scp_text_caseeq(part->p, part->n, name, strlen(name));
}

static bool one_of(const struct registry_part *part, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (part_is(part, *names))
            return true;
    }
    return false;
}

bool scp_registry_path_is_known_hive(const char *p, size_t n)
{
    static const char *const KNOWN[] = { "SOFTWARE",    "SYSTEM",     "SAM",     "SECURITY", "HARDWARE",
                                         "BCD00000000", "COMPONENTS", "DRIVERS", NULL };
    struct registry_part part = { p, n };

    return one_of(&part, KNOWN);
}

/* ControlSet001 and its like: what CurrentControlSet stands for in an offline hive. */
static bool is_control_set(const struct registry_part *part)
{
    return part->n == 13 && scp_text_caseeq(part->p, 10, "ControlSet", 10);
}

enum {
    ANY_SOFTWARE = 1 << SCP_SCOPE_SOFTWARE | 1 << SCP_SCOPE_BESIDE,
    ANY_SYSTEM = 1 << SCP_SCOPE_SYSTEM | 1 << SCP_SCOPE_BESIDE_SYSTEM,
    ANY_USER = 1 << SCP_SCOPE_USER | 1 << SCP_SCOPE_SERVICES
};

/* The path below a hive's top against one scope path. */
static enum registry_fit fit_one(const struct registry_part *part, size_t n, const struct scp_registry_scope *scope)
{
    const char *p = scope->path;

    for (size_t i = 0; i < n; i++) {
        const char *end = strchr(p, '\\');
        size_t length = end != NULL ? (size_t)(end - p) : strlen(p);
        bool same = scp_text_caseeq(part[i].p, part[i].n, p, length) ||
                    (i == 0 && (ANY_SYSTEM & 1 << scope->root) != 0 && length == 17 && is_control_set(&part[i]));

        if (!same)
            return FIT_OUTSIDE;
        if (end == NULL)
            return i + 1 == n || scope->tree ? FIT_INSIDE : FIT_OUTSIDE;
        p = end + 1;
    }
    return FIT_ABOVE;
}

static enum registry_fit fit_below(const struct scp_registry *r, const struct registry_part *part, size_t n, unsigned roots)
{
    enum registry_fit best = FIT_OUTSIDE;

    for (const struct scp_registry_scope *s = r->scope; s->path != NULL && best != FIT_INSIDE; s++) {
        enum registry_fit fit = (roots & 1U << s->root) != 0 ? fit_one(part, n, s) : FIT_OUTSIDE;

        if (fit > best)
            best = fit;
    }
    return best;
}

static enum registry_fit fit(const struct scp_registry *r, const struct registry_path *path)
{
    const struct registry_part *part = path->part;

    if (path->n == 1)
        return FIT_ABOVE;
    if (part_is(&part[0], "HKCU"))
        return fit_below(r, part + 1, path->n - 1, ANY_USER);
    if (path->n == 2 && (part_is(&part[0], "HKU") || !scp_registry_path_is_known_hive(part[1].p, part[1].n)))
        return FIT_ABOVE;
    if (part_is(&part[0], "HKU"))
        return fit_below(r, part + 2, path->n - 2, ANY_USER);
    if (part_is(&part[1], "SOFTWARE"))
        return fit_below(r, part + 2, path->n - 2, ANY_SOFTWARE);
    if (part_is(&part[1], "SYSTEM"))
        return fit_below(r, part + 2, path->n - 2, ANY_SYSTEM);
    if (scp_registry_path_is_known_hive(part[1].p, part[1].n))
        return FIT_OUTSIDE;
    /* A hive loaded under a name of the administrator's choice. */
    return fit_below(r, part + 2, path->n - 2, ANY_SOFTWARE | ANY_SYSTEM | ANY_USER);
}

static bool split(const char *path, size_t n, struct registry_path *out)
{
    size_t from = 0;

    for (size_t i = 0; i <= n; i++) {
        if (i < n && path[i] != '\\')
            continue;
        if (i > from) {
            if (out->n >= SCP_REGISTRY_DEPTH_MAX)
                return false;
            out->part[out->n++] = (struct registry_part){ path + from, i - from };
        }
        from = i + 1;
    }
    return true;
}

enum registry_fit scp_registry_path_fit(const struct scp_registry *r, const char *path, size_t n, struct registry_path *out)
{
    static const char *const MACHINE[] = { "HKLM", "HKEY_LOCAL_MACHINE", NULL };
    static const char *const USERS[] = { "HKU", "HKEY_USERS", NULL };
    static const char *const USER[] = { "HKCU", "HKEY_CURRENT_USER", NULL };
    static const char *const OTHERS[] = { "HKCR", "HKEY_CLASSES_ROOT",     "HKCC", "HKEY_CURRENT_CONFIG",
                                          "HKPD", "HKEY_PERFORMANCE_DATA", NULL };

    /* Tools that export without a root write "\Microsoft\…": as if loaded under a nameless key. */
    out->n = 2;
    out->part[0] = (struct registry_part){ "HKLM", 4 };
    out->part[1] = (struct registry_part){ "(no root)", 9 };
    if (!split(path, n, out))
        return FIT_TOO_DEEP;
    if (out->n == 2)
        return FIT_ABOVE;
    if (one_of(&out->part[2], OTHERS))
        return FIT_OUTSIDE;
    if (one_of(&out->part[2], MACHINE) || one_of(&out->part[2], USERS) || one_of(&out->part[2], USER)) {
        const char *root = one_of(&out->part[2], MACHINE) ? "HKLM" : one_of(&out->part[2], USERS) ? "HKU" : "HKCU";

        out->n -= 2;
        memmove(out->part, out->part + 2, out->n * sizeof out->part[0]);
        out->part[0] = (struct registry_part){ root, strlen(root) };
    }
    if (out->n > 1 && part_is(&out->part[0], "HKU") && part_is(&out->part[1], ".DEFAULT"))
        out->part[1] = (struct registry_part){ "S-1-5-18", 8 };
    return fit(r, out);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/perfdata.h"

#include "base/num.h"

#include <string.h>

bool scp_perfdata_label_valid(const char *label)
{
    if (*label < 'a' || *label > 'z')
        return false;
    for (const char *p = label; *p != '\0'; p++) {
        bool letter = *p >= 'a' && *p <= 'z';
        bool digit = *p >= '0' && *p <= '9';

        if (!letter && !digit && *p != '_' && *p != '.' && *p != '-')
            return false;
    }
    return strlen(label) < sizeof((struct scp_perfdata *)0)->label;
}

static void add_number(struct scp_buf *out, bool has, double v)
{
    char text[SCP_NUM_TEXT];

    (void)scp_buf_chr(out, ';');
    if (!has)
        return;
    scp_num_format(v, text);
    (void)scp_buf_str(out, text);
}

static void add_range(struct scp_buf *out, bool has, const struct scp_range *r)
{
    char text[SCP_RANGE_TEXT];

    (void)scp_buf_chr(out, ';');
    if (!has)
        return;
    scp_range_format(r, text);
    (void)scp_buf_str(out, text);
}

void scp_perfdata_format(const struct scp_perfdata *p, struct scp_buf *out)
{
    char value[SCP_NUM_TEXT];
    size_t start;

    scp_num_format(p->value, value);
    (void)scp_buf_printf(out, "%s=%s%s", p->label, value, p->unit);
    start = out->n;
    add_range(out, p->has_warning, &p->warning);
    add_range(out, p->has_critical, &p->critical);
    add_number(out, p->has_min, p->min);
    add_number(out, p->has_max, p->max);
    while (out->n > start && out->p[out->n - 1] == ';')
        scp_buf_truncate(out, out->n - 1);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/range.h"

#include "base/num.h"

#include <stdio.h>
#include <string.h>

/* Larger ones could not be printed exactly without an exponent. */
#define END_MAX 1e15

/* One end point: a number, or with durations also "-30d". */
static int parse_end(const char *s, size_t n, bool durations, double *out, struct scp_err *err)
{
    bool negative = durations && n > 0 && s[0] == '-';
    double v = 0;

    if (n == 0)
        return scp_err_set(err, SCP_ERR_USAGE, "a number is missing");
    if (!durations) {
        if (scp_num_double(s, n, &v, err) != 0)
            return -1;
    } else {
        if (scp_num_duration(s + negative, n - negative, &v, err) != 0)
            return -1;
        if (negative)
            v = -v;
    }
    if (v >= END_MAX || v <= -END_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "the number is too large");
    *out = v + 0.0; /* "-0" is 0 */
    return 0;
}

static int parse_ends(const char *s, bool durations, struct scp_range *r, struct scp_err *err)
{
    const char *colon = strchr(s, ':');

    if (colon == NULL)
        return parse_end(s, strlen(s), durations, &r->end, err);
    if (colon == s + 1 && s[0] == '~')
        r->start_infinite = true;
    else if (parse_end(s, (size_t)(colon - s), durations, &r->start, err) != 0)
        return -1;
    if (colon[1] == '\0')
        r->end_infinite = true;
    else if (parse_end(colon + 1, strlen(colon + 1), durations, &r->end, err) != 0)
        return -1;
    return 0;
}

int scp_range_parse(const char *s, bool durations, struct scp_range *out, struct scp_err *err)
{
    struct scp_range r = { 0 };
    struct scp_err why = SCP_ERR_INIT;
    const char *ends = s;

    if (*ends == '@') {
        r.inside = true;
        ends++;
    }
    if (*ends == '\0')
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not a range: it is empty", s);
    if (parse_ends(ends, durations, &r, &why) != 0)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not a range: %s", s, why.message);
    if (!r.start_infinite && !r.end_infinite && r.start > r.end)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not a range: its start is greater than its end", s);
    *out = r;
    return 0;
}

bool scp_range_alerts(const struct scp_range *r, double value)
{
    bool in = (r->start_infinite || value >= r->start) && (r->end_infinite || value <= r->end);

    if (value != value) /* not a number: never good */
        return true;
    return r->inside ? in : !in;
}

void scp_range_format(const struct scp_range *r, char out[SCP_RANGE_TEXT])
{
    char start[SCP_NUM_TEXT] = "~", end[SCP_NUM_TEXT] = "";
    const char *at = r->inside ? "@" : "";

    if (!r->start_infinite)
        scp_num_format(r->start, start);
    if (!r->end_infinite)
        scp_num_format(r->end, end);
    if (!r->start_infinite && !r->end_infinite && strcmp(start, "0") == 0)
        (void)snprintf(out, SCP_RANGE_TEXT, "%s%s", at, end);
    else
        (void)snprintf(out, SCP_RANGE_TEXT, "%s%s:%s", at, start, end);
}

/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/option_common.h"

#include "base/array.h"
#include "base/num.h"
#include "base/text.h"
#include "base/utc.h"
#include "plugin/state.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* getopt's values of options without a letter begin here. */
enum { NO_LETTER = 256 };

/* Seconds: a century, far from what no timer could count. */
#define DURATION_MAX 3155760000.0

static const char EXTRA_OPTS[] = "extra-opts";

const struct scp_option *scp_option_in(const struct scp_option_list *f, const char *name, size_t n)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct scp_option *o = &f->v[i];

        if ((strlen(o->name) == n && memcmp(o->name, name, n) == 0) || (n == 1 && o->letter == (unsigned char)name[0]))
            return o;
    }
    return NULL;
}

void scp_option_flatten(const struct scp_about *about, struct scp_option_list *out)
{
    out->n = 0;
    for (const struct scp_option_table *t = about->options; t->rows != NULL; t++) {
        for (const struct scp_option *o = t->rows; o->name != NULL && out->n < SCP_OPTION_MAX; o++) {
            if (scp_option_in(out, o->name, strlen(o->name)) != NULL)
                continue;
            out->v[out->n] = *o;
            out->v[out->n++].offset += t->at;
        }
    }
}

int scp_option_takes(const struct scp_option *o)
{
    switch (o->type) {
    case SCP_OPTION_FLAG:
    case SCP_OPTION_COUNT: return no_argument;
    case SCP_OPTION_MAYBE_TEXT: return optional_argument;
    case SCP_OPTION_TEXT:
    case SCP_OPTION_LIST:
    case SCP_OPTION_RANGE:
    case SCP_OPTION_TIME_RANGE:
    case SCP_OPTION_DURATION:
    case SCP_OPTION_AGE:
    case SCP_OPTION_TIME:
    case SCP_OPTION_STATE:
    case SCP_OPTION_CHOICE:
    case SCP_OPTION_LIMITS:
    case SCP_OPTION_SEVERITY:
    default: return required_argument;
    }
}

/* An array with room for one more element; NULL with the reason in err. */
static void *room(void *v, size_t n, size_t size, struct scp_err *err)
{
    if (n >= SCP_LIST_MAX) {
        (void)scp_err_set(err, SCP_ERR_USAGE, "given more than %d times", SCP_LIST_MAX);
        return NULL;
    }
    return scp_array_room(v, n, size, SCP_LIST_MAX, "values", err);
}

static int add_text(struct scp_list *list, const char *value, struct scp_err *err)
{
    const char **v = room(list->v, list->n, sizeof *v, err);

    if (v == NULL)
        return -1;
    list->v = v;
    v[list->n++] = value;
    return 0;
}

static int add_severity(struct scp_severities *list, const char *value, struct scp_err *err)
{
    struct scp_severity rule;
    struct scp_severity *v;

    if (scp_severity_parse(value, &rule, err) != 0)
        return -1;
    v = room(list->v, list->n, sizeof *v, err);
    if (v == NULL)
        return -1;
    list->v = v;
    v[list->n++] = rule;
    return 0;
}

static int set_range(struct scp_option_range *range, const char *value, bool durations, struct scp_err *err)
{
    if (scp_range_parse(value, durations, &range->range, err) != 0)
        return -1;
    range->set = true;
    return 0;
}

static int set_duration(double *seconds, const char *value, bool may_be_0, struct scp_err *err)
{
    double v = 0;

    if (scp_num_duration(value, strlen(value), &v, err) != 0)
        return -1;
    if (!(v > 0) && !may_be_0)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not greater than 0", value);
    if (v > DURATION_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is longer than a century", value);
    *seconds = v;
    return 0;
}

static int set_limits(struct scp_option_limits *limits, const char *value, struct scp_err *err)
{
    const char *comma = strchr(value, ',');
    double warning = 0, critical = 0;

    if (comma == NULL || scp_num_duration(value, (size_t)(comma - value), &warning, NULL) != 0 ||
        scp_num_duration(comma + 1, strlen(comma + 1), &critical, NULL) != 0 || warning <= 0 || critical < warning)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not W,C: two times above 0, the first not larger than the second", value);
    *limits = (struct scp_option_limits){ true, warning, critical };
    return 0;
}

static int set_time(int64_t *t, const char *value, struct scp_err *err)
{
    return scp_utc_parse(value, t, err);
}

static int set_state(enum scp_state *state, const char *value, struct scp_err *err)
{
    if (!scp_state_parse(value, state))
        return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not one of ok, warning, critical, unknown", value);
    return 0;
}

static int set_choice(int *choice, const char *choices, const char *value, struct scp_err *err)
{
    size_t n = strlen(value);
    const char *p = choices;

    for (int i = 0;; i++) {
        size_t len = strcspn(p, "|");

        if (n == len && memcmp(p, value, n) == 0) {
            *choice = i;
            return 0;
        }
        if (p[len] == '\0')
            return scp_err_set(err, SCP_ERR_USAGE, "'%s' is not one of %s", value, choices);
        p += len + 1;
    }
}

int scp_option_set(const struct scp_option *o, void *config, const char *value, struct scp_err *err)
{
    void *field = (char *)config + o->offset;

    switch (o->type) {
    case SCP_OPTION_FLAG: *(bool *)field = true; return 0;
    case SCP_OPTION_COUNT: *(unsigned *)field += 1; return 0;
    case SCP_OPTION_TEXT:
    case SCP_OPTION_MAYBE_TEXT: *(const char **)field = value != NULL ? value : ""; return 0;
    case SCP_OPTION_LIST: return add_text(field, value, err);
    case SCP_OPTION_RANGE: return set_range(field, value, false, err);
    case SCP_OPTION_TIME_RANGE: return set_range(field, value, true, err);
    case SCP_OPTION_DURATION: return set_duration(field, value, false, err);
    case SCP_OPTION_AGE: return set_duration(field, value, true, err);
    case SCP_OPTION_TIME: return set_time(field, value, err);
    case SCP_OPTION_STATE: return set_state(field, value, err);
    case SCP_OPTION_CHOICE: return set_choice(field, o->choices, value, err);
    case SCP_OPTION_LIMITS: return set_limits(field, value, err);
    case SCP_OPTION_SEVERITY: return add_severity(field, value, err);
    default: return scp_err_set(err, SCP_ERR_UNSUPPORTED, "an option of an unknown kind");
    }
}

/* getopt_long's view of the tables. */
struct getopt_tables {
    const struct scp_option_list *options;
    struct option longs[SCP_OPTION_MAX + 1];
    char shorts[2 * SCP_OPTION_MAX + 3];
};

static void build(const struct scp_option_list *options, struct getopt_tables *t)
{
    size_t s = 0;

    memset(t, 0, sizeof *t);
    t->options = options;
    t->shorts[s++] = '+'; /* stop at the first argument that is no option */
    t->shorts[s++] = ':'; /* tell a missing value from an unknown option */
    for (size_t i = 0; i < t->options->n; i++) {
        const struct scp_option *o = &t->options->v[i];

        t->longs[i].name = o->name;
        t->longs[i].has_arg = scp_option_takes(o);
        t->longs[i].val = NO_LETTER + (int)i;
        if (o->letter == 0)
            continue;
        t->shorts[s++] = (char)o->letter;
        if (scp_option_takes(o) == required_argument)
            t->shorts[s++] = ':';
    }
}

static const struct scp_option *by_value(const struct getopt_tables *t, int value)
{
    if (value >= NO_LETTER)
        return (size_t)(value - NO_LETTER) < t->options->n ? &t->options->v[value - NO_LETTER] : NULL;
    for (size_t i = 0; i < t->options->n; i++) {
        if (value != 0 && t->options->v[i].letter == value)
            return &t->options->v[i];
    }
    return NULL;
}

/* getopt refused the word in front of optind. */
static int refuse(const struct getopt_tables *t, int answer, char *const *argv, struct scp_err *err)
{
    const struct scp_option *o = by_value(t, optopt);
    const char *word = argv[optind > 0 ? optind - 1 : 0];
    int n = (int)strcspn(word, "=");
    size_t alike = 0;

    if (o != NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--%s: %s", o->name, answer == ':' ? "a value is missing" : "takes no value");
    if (optopt > 0 && optopt < NO_LETTER)
        return scp_err_set(err, SCP_ERR_USAGE, "-%c: unknown option", optopt);
    for (size_t i = 0; n > 2 && i < t->options->n; i++)
        alike += strncmp(t->options->v[i].name, word + 2, (size_t)n - 2) == 0;
    return scp_err_set(err, SCP_ERR_USAGE, "%.*s: %s", n, word,
                       alike > 1 ? "ambiguous, more than one option begins so" : "unknown option");
}

/* The two readings of argv: first for the ini files only, as these stand before it; then for all the rest. */
typedef int handler(const struct scp_option *o, const char *value, struct scp_option_memory *memory, struct scp_err *err);

static int read_extra(const struct scp_option *o, const char *value, struct scp_option_memory *memory, struct scp_err *err)
{
    if (strcmp(o->name, EXTRA_OPTS) != 0)
        return 0;
    return scp_option_extra(memory, value != NULL ? value : "", err);
}

static int store(const struct scp_option *o, const char *value, struct scp_option_memory *memory, struct scp_err *err)
{
    if (scp_option_set(o, memory->config, value, err) != 0)
        return scp_err_prefix(err, "--%s", o->name);
    return 0;
}

static int walk(const struct getopt_tables *t, int argc, char *const *argv, handler *handle, struct scp_option_memory *memory,
                struct scp_err *err)
{
    optind = 0; /* starts anew, as both the GNU and the musl library understand it */
    opterr = 0; /* what is wrong is told on standard output */
    for (;;) {
        int answer = getopt_long(argc, argv, t->shorts, t->longs, NULL);

        if (answer == -1)
            break;
        if (answer == '?' || answer == ':')
            return refuse(t, answer, argv, err);
        if (handle(by_value(t, answer), optarg, memory, err) != 0)
            return -1;
    }
    if (optind < argc)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s': not an option, and nothing else is expected", argv[optind]);
    return 0;
}

int scp_option_parse(const struct scp_about *about, void *config, int argc, char *const *argv, struct scp_option_memory **memory,
                     struct scp_err *err)
{
    struct scp_option_memory *m = calloc(1, sizeof *m);
    struct getopt_tables t;

    *memory = NULL;
    if (m == NULL)
        return scp_err_memory(err);
    m->about = about;
    m->config = config;
    scp_option_flatten(about, &m->options);
    build(&m->options, &t);
    if (walk(&t, argc, argv, read_extra, m, err) != 0 || walk(&t, argc, argv, store, m, err) != 0) {
        scp_option_release(m);
        return -1;
    }
    *memory = m;
    return 0;
}

static void release_field(const struct scp_option *o, void *config)
{
    void *field = (char *)config + o->offset;

    if (o->type == SCP_OPTION_LIST) {
        struct scp_list *list = field;

        free(list->v);
        memset(list, 0, sizeof *list);
    } else if (o->type == SCP_OPTION_SEVERITY) {
        struct scp_severities *list = field;

        free(list->v);
        memset(list, 0, sizeof *list);
    }
}

void scp_option_release(struct scp_option_memory *memory)
{
    if (memory == NULL)
        return;
    for (size_t i = 0; i < memory->options.n; i++)
        release_field(&memory->options.v[i], memory->config);
    for (size_t i = 0; i < memory->inis; i++)
        scp_ini_free(&memory->ini[i]);
    free(memory);
}

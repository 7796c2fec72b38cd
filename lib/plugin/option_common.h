/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_OPTION_COMMON_H
#define SCP_PLUGIN_OPTION_COMMON_H

#include "base/ini.h"
#include "plugin/option.h"

/* What the parts of the option engine share; nobody else includes this. */

enum { SCP_OPTION_MAX = 128, SCP_EXTRA_OPTS_MAX = 16 };

/* The tables as one, with offsets from the start of the configuration. */
struct scp_option_list {
    struct scp_option v[SCP_OPTION_MAX];
    size_t n;
};
void scp_option_flatten(const struct scp_about *about, struct scp_option_list *out);

struct scp_option_memory {
    const struct scp_about *about;
    void *config;
    struct scp_option_list options;
    struct scp_ini ini[SCP_EXTRA_OPTS_MAX]; /* the texts that options borrow */
    size_t inis;
};

/* Stores one value (NULL for a flag); the error says what is wrong with it, without the option's name. */
int scp_option_set(const struct scp_option *o, void *config, const char *value, struct scp_err *err);

/* By its name, or by its letter where the name is one character long; NULL when unknown. */
const struct scp_option *scp_option_in(const struct scp_option_list *f, const char *name, size_t n);

/* Does it take a value: 0 no, 1 yes, 2 may. */
int scp_option_takes(const struct scp_option *o);

/* Reads what --extra-opts=spec names and stores its options. */
int scp_option_extra(struct scp_option_memory *memory, const char *spec, struct scp_err *err);

#endif

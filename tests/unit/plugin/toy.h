/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_TESTS_TOY_H
#define SCP_TESTS_TOY_H

#include "plugin/common.h"

/* A plugin that does not exist, with an option of every kind. */
struct toy {
    struct scp_common common;
    bool flag;
    unsigned many;
    const char *text;
    struct scp_option_range plain;
    struct scp_option_limits limits;
};

/* clang-format off */
#define TOY_DEFAULTS { .common = SCP_COMMON_DEFAULTS, .text = "built in" }
/* clang-format on */

static const struct scp_option toy_options[] = {
    { SCP_GROUP_OUTPUT, 'f', "flag", NULL, SCP_OPTION_FLAG, offsetof(struct toy, flag), NULL, "a flag" },
    { SCP_GROUP_OUTPUT, 'm', "many", NULL, SCP_OPTION_COUNT, offsetof(struct toy, many), NULL, "a count" },
    { SCP_GROUP_OUTPUT, 0, "text", "TEXT", SCP_OPTION_TEXT, offsetof(struct toy, text), NULL, "a text" },
    { SCP_GROUP_OUTPUT, 0, "plain", "RANGE", SCP_OPTION_RANGE, offsetof(struct toy, plain), NULL, "a range of plain numbers" },
    { SCP_GROUP_OUTPUT, 0, "limits", "W,C", SCP_OPTION_LIMITS, offsetof(struct toy, limits), NULL, "two limits" },
    SCP_OPTIONS_END
};

static const struct scp_option_table toy_tables[] = { { scp_common_registry_options, 0 },
                                                      { scp_common_time_threshold_options, 0 },
                                                      { toy_options, 0 },
                                                      { scp_common_options, 0 },
                                                      { NULL, 0 } };

static const struct scp_catalogue_entry toy_entries[] = {
    { "toy.bad", "CRITICAL",
      "It is bad, and this sentence is long enough that it has to be wrapped at the end of the "
      "line.",
      "mend it\nthen look again", "the manual", 0 },
    { "toy.note", "OK", "It is a note.", NULL, NULL, 0 },
    { "source.unreadable", "UNKNOWN", "It cannot be read.", NULL, NULL, 0 },
    { .id = NULL }
};
static const struct scp_catalogue_entry *const toy_catalogue[] = { toy_entries, NULL };

static const struct scp_about toy_about = {
    .name = "check_scp_toy",
    .title = "SCP TOY",
    .purpose = "Does nothing at all.",
    .description = "The first paragraph is a long one, so that it has to be wrapped somewhere near column eighty.\n\n"
                   "The second.",
    .examples = "check_scp_toy -R store.reg\ncheck_scp_toy --help",
    .options = toy_tables,
    .first = { "text", "registry" },
    .catalogue = toy_catalogue
};

#endif

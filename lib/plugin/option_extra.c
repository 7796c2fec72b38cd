/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/option_common.h"

#include "base/file.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

/* --extra-opts=[section][@file], as the monitoring plugins have it. */

enum { PATH_MAX_BYTES = 4096 };

/* Where the file is looked for when it is not named; the first one that exists counts. */
static const char *const default_paths[] = { "/usr/local/etc/monitoring-plugins/monitoring-plugins.ini",
                                             "/usr/local/etc/monitoring-plugins.ini",
                                             "/etc/monitoring-plugins/monitoring-plugins.ini",
                                             "/etc/monitoring-plugins.ini",
                                             "/usr/local/etc/nagios/plugins.ini",
                                             "/usr/local/etc/nagios-plugins.ini",
                                             "/etc/nagios/plugins.ini",
                                             "/etc/nagios-plugins/plugins.ini",
                                             "/etc/nagios-plugins.ini",
                                             "/etc/opt/nagios/plugins.ini",
                                             NULL };

/* Names in the directories of NAGIOS_CONFIG_PATH. */
static const char *const default_names[] = { "monitoring-plugins.ini", "plugins.ini", "nagios-plugins.ini", NULL };

static int keep_path(struct scp_buf *path, const char *file, struct scp_err *err)
{
    scp_buf_truncate(path, 0);
    return scp_buf_str(path, file) == 0 ? 0 : scp_buf_error(path, err, "the path is too long");
}

/* The first file of that directory list that exists. */
static bool search_directories(const char *list, struct scp_buf *path)
{
    while (*list != '\0') {
        size_t n = strcspn(list, ":");

        for (size_t i = 0; n > 0 && default_names[i] != NULL; i++) {
            scp_buf_truncate(path, 0);
            (void)scp_buf_add(path, list, n);
            (void)scp_buf_printf(path, "/%s", default_names[i]);
            if (!path->failed && scp_file_at(path->p, NULL))
                return true;
        }
        list += n;
        list += *list == ':';
    }
    return false;
}

static int search(struct scp_buf *path, struct scp_err *err)
{
    const char *file = getenv("MP_CONFIG_FILE");
    const char *directories = getenv("NAGIOS_CONFIG_PATH");

    if (file != NULL && file[0] != '\0')
        return keep_path(path, file, err);
    if (directories != NULL && search_directories(directories, path))
        return 0;
    if (path->failed)
        return scp_buf_error(path, err, "NAGIOS_CONFIG_PATH is too long");
    for (size_t i = 0; default_paths[i] != NULL; i++) {
        if (scp_file_at(default_paths[i], NULL))
            return keep_path(path, default_paths[i], err);
    }
    return scp_err_set(err, SCP_ERR_USAGE, "there is no ini file in the default places (name one: SECTION@FILE)");
}

static int load(const char *path, struct scp_ini *ini, struct scp_err *err)
{
    struct scp_buf text;
    int answer;

    scp_buf_init(&text, SCP_INI_MAX);
    answer = scp_file_slurp(path, &text, err);
    if (answer == 0) {
        answer = scp_ini_parse(scp_buf_text(&text), text.n, 0, ini, err);
        if (answer != 0)
            (void)scp_err_prefix(err, "%s", path);
    }
    scp_buf_free(&text);
    return answer;
}

static int store_entry(struct scp_option_memory *memory, const struct scp_ini_entry *e, struct scp_err *err)
{
    const struct scp_option *o = scp_option_in(&memory->options, e->key, strlen(e->key));
    int takes;

    if (o == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "'%s': unknown option", e->key);
    if (strcmp(o->name, "extra-opts") == 0)
        return scp_err_set(err, SCP_ERR_USAGE, "--extra-opts has no place inside an ini file");
    takes = scp_option_takes(o);
    if (takes == required_argument && e->value == NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--%s: a value is missing", o->name);
    if (takes == no_argument && e->value != NULL)
        return scp_err_set(err, SCP_ERR_USAGE, "--%s: takes no value", o->name);
    if (scp_option_set(o, memory->config, e->value, err) != 0)
        return scp_err_prefix(err, "--%s", o->name);
    return 0;
}

static int store_sections(struct scp_option_memory *memory, const struct scp_ini *ini, const char *section, size_t n,
                          const char *path, struct scp_err *err)
{
    bool found = false;

    for (size_t i = 0; i < ini->n; i++) {
        const struct scp_ini_section *s = &ini->v[i];

        if (strlen(s->name) != n || memcmp(s->name, section, n) != 0)
            continue;
        found = true;
        for (size_t k = 0; k < s->n; k++) {
            if (store_entry(memory, &s->v[k], err) != 0)
                return scp_err_prefix(err, "%s: line %zu", path, s->v[k].line);
        }
    }
    if (!found)
        return scp_err_set(err, SCP_ERR_USAGE, "%s: no section [%.*s]", path, (int)n, section);
    return 0;
}

static int read_file(struct scp_option_memory *memory, const char *path, const char *section, size_t n, struct scp_err *err)
{
    struct scp_ini *ini;

    if (memory->inis >= SCP_EXTRA_OPTS_MAX)
        return scp_err_set(err, SCP_ERR_USAGE, "given more than %d times", SCP_EXTRA_OPTS_MAX);
    ini = &memory->ini[memory->inis];
    if (load(path, ini, err) != 0)
        return -1;
    memory->inis++;
    return store_sections(memory, ini, section, n, path, err);
}

int scp_option_extra(struct scp_option_memory *memory, const char *spec, struct scp_err *err)
{
    size_t n = strcspn(spec, "@");
    const char *section = n > 0 ? spec : memory->about->name;
    const char *file = spec[n] == '@' ? spec + n + 1 : "";
    struct scp_buf path;
    int answer;

    if (n == 0)
        n = strlen(section);
    else if (n > 256)
        return scp_err_set(err, SCP_ERR_USAGE, "--extra-opts: the section's name is too long");
    scp_buf_init(&path, PATH_MAX_BYTES);
    if (file[0] == '\0')
        answer = search(&path, err);
    else
        answer = keep_path(&path, file, err);
    if (answer == 0)
        answer = read_file(memory, scp_buf_text(&path), section, n, err);
    scp_buf_free(&path);
    return answer == 0 ? 0 : scp_err_prefix(err, "--extra-opts");
}

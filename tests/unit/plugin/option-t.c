/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/option.h"
#include "base/utc.h"
#include "plugin/wrap.h"
#include "tests/tap/tap.h"
#include "toy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARGS = 600 };

static char directory[] = "option-t-XXXXXX";

struct run {
    struct toy toy;
    struct scp_option_memory *memory;
    struct scp_err err;
    int answer;
};

/* Parses words that are separated by blanks; '_' stands for a blank inside a word. */
static void parse_into(struct run *r, const char *words)
{
    static char text[4096];
    char *argv[ARGS + 2] = { text };
    size_t n = 0;
    int argc = 0;

    (void)snprintf(text, sizeof text, "check_scp_toy %s", words);
    for (char *p = strtok(text, " "); p != NULL && argc < ARGS; p = strtok(NULL, " ")) {
        argv[argc++] = p;
        for (n = 0; p[n] != '\0'; n++)
            p[n] = p[n] == '_' ? ' ' : p[n];
    }
    *r = (struct run){ .toy = TOY_DEFAULTS };
    r->answer = scp_option_parse(&toy_about, &r->toy, argc, argv, &r->memory, &r->err);
}

static void end(struct run *r)
{
    scp_option_release(r->memory);
}

static void values(void)
{
    struct run r;

    parse_into(&r, "");
    tap_is_int(0, r.answer, "no options");
    tap_is_text("built in", r.toy.text, "the defaults stay");
    end(&r);
    parse_into(&r, "-f -mmm --many --text=a --text b -w 30d: -c @12h --plain=1:2 -R one.reg --registry=two.reg -vv");
    tap_is_int(0, r.answer, "many options: %s", r.err.message);
    tap_ok(r.toy.flag, "a flag");
    tap_is_int(4, r.toy.many, "a count");
    tap_is_text("b", r.toy.text, "the last text wins");
    tap_ok(r.toy.common.warning.set && r.toy.common.warning.range.start == 30 * 86400.0, "a range of times");
    tap_ok(r.toy.common.critical.range.inside && r.toy.common.critical.range.end == 43200.0, "another");
    tap_ok(r.toy.plain.set && r.toy.plain.range.end == 2, "a plain range");
    tap_is_int(2, (long long)r.toy.common.registry.n, "a list");
    tap_is_text("one.reg", r.toy.common.registry.v[0], "in order");
    tap_is_text("two.reg", r.toy.common.registry.v[1], "of both spellings");
    tap_is_int(2, r.toy.common.verbosity, "-vv");
    end(&r);
    parse_into(&r, "--severity=a.b=ok --severity=c.*/d=critical --max-age=1.5h -t 2.5 --timeout-result=Critical "
                   "--at=2026-11-23 -o json --perfdata full --explain -P article -V -h --list-profiles");
    tap_is_int(0, r.answer, "the common options: %s", r.err.message);
    tap_is_int(2, (long long)r.toy.common.severity.n, "two severities");
    tap_is_text("d", r.toy.common.severity.v[1].subject, "the second's subject");
    tap_is_double(5400, r.toy.common.max_age, "a duration");
    tap_is_double(2.5, r.toy.common.timeout, "a timeout");
    tap_is_int(SCP_CRITICAL, r.toy.common.timeout_result, "a state");
    tap_is_int(1795392000, (long long)r.toy.common.at, "a time");
    tap_is_int(SCP_OUTPUT_JSON, r.toy.common.output, "a choice");
    tap_is_int(SCP_PERFDATA_FULL, r.toy.common.perfdata, "another");
    tap_is_text("", r.toy.common.explain, "an option whose value may be missing");
    tap_ok(r.toy.common.help && r.toy.common.version && r.toy.common.list_profiles, "flags");
    end(&r);
    parse_into(&r, "--explain=toy.bad --text= --verb --crit=5");
    tap_is_int(0, r.answer, "abbreviations: %s", r.err.message);
    tap_is_text("toy.bad", r.toy.common.explain, "with its value");
    tap_is_text("", r.toy.text, "an empty text");
    tap_is_int(1, r.toy.common.verbosity, "--verb");
    tap_ok(r.toy.common.critical.set, "--crit");
    end(&r);
}

static void refusals(void)
{
    static const struct {
        const char *words, *why;
    } table[] = {
        { "--warning=10x", "--warning: '10x' is not a range" },
        { "-w 20:10", "--warning: '20:10' is not a range" },
        { "-w nan", "--warning: 'nan' is not a range" },
        { "--plain=1h", "--plain: '1h' is not a range" },
        { "--critical=", "--critical: '' is not a range" },
        { "--warn=x", "--warning: 'x' is not a range" },
        { "-c", "--critical: a value is missing" },
        { "--text", "--text: a value is missing" },
        { "--flag=1", "--flag: takes no value" },
        { "--nonsense", "--nonsense: unknown option" },
        { "--nonsense=1", "--nonsense: unknown option" },
        { "-z", "-z: unknown option" },
        { "-fz", "-z: unknown option" },
        { "--m", "--m: ambiguous" },
        { "-f word", "'word': not an option" },
        { "word -f", "'word': not an option" },
        { "-- -f", "'-f': not an option" },
        { "-", "'-': not an option" },
        { "-t 0", "--timeout: '0' is not greater than 0" },
        { "-t -1", "--timeout: '-1' is not a duration" },
        { "-t 10x", "--timeout: '10x' is not a duration" },
        { "-t 1e3", "--timeout: '1e3' is not a duration" },
        { "-t inf", "--timeout: 'inf' is not a duration" },
        { "-t 99999999999", "--timeout: '99999999999' is longer" },
        { "--at=yesterday", "--at: 'yesterday' is not a time" },
        { "-o xml", "--output: 'xml' is not one of plugin|terminal|json|openmetrics" },
        { "-o jso", "--output: 'jso' is not one of" },
        { "-o plugin|json", "--output: 'plugin|json' is not one of" },
        { "--perfdata=", "--perfdata: '' is not one of" },
        { "--timeout-result=bad", "--timeout-result: 'bad' is not one of ok" },
        { "--severity=a", "--severity: 'a' is not ID" },
        { "-Z host", "-Z: unknown option" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct run r;

        parse_into(&r, table[i].words);
        tap_ok(r.answer == -1 && r.err.code == SCP_ERR_USAGE && r.memory == NULL, "refused: %s", table[i].words);
        tap_has_text(table[i].why, r.err.message, "with the reason");
        end(&r);
    }
}

static void too_many(void)
{
    char words[4096] = "";
    struct run r;

    for (int i = 0; i <= SCP_LIST_MAX; i++)
        strcat(words, "-R a ");
    parse_into(&r, words);
    tap_is_int(-1, r.answer, "a list without an end");
    tap_has_text("--registry: given more than 256 times", r.err.message, "is refused");
    end(&r);
}

/* --- extra-opts --- */

static const char *path_of(const char *name)
{
    static char path[200];

    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *text)
{
    FILE *f = fopen(path_of(name), "w");

    if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
        tap_bail("cannot write %s", path_of(name));
}

static void make_files(void)
{
    write_file("monitoring-plugins.ini",
               "[check_scp_toy]\ntext = from the default file\n[site]\nwarning = 5d:\nflag\nregistry = a.reg\n"
               "[other]\ntext=no\n[site]\nm\nregistry=b.reg\ntext = from [site]\n");
    write_file("bad.ini", "[unknown]\nnonsense = 1\n[missing]\nwarning\n[value]\nflag = 1\n[wrong]\n\nwarning = 10x\n"
                          "[inside]\nextra-opts = site\n[flag]\nv\nv\n[abbreviated]\ntex = 1\n");
    write_file("broken.ini", "[site\n");
    write_file("second.ini", "[check_scp_toy]\ntext = second\n[more]\nflag\n");
}

/* The words, and the path of a file behind them. */
static void parse_with_file(struct run *r, const char *start, const char *name)
{
    char words[600];

    (void)snprintf(words, sizeof words, "%s%s", start, path_of(name));
    parse_into(r, words);
}

static void extra_opts(void)
{
    struct run r;

    parse_with_file(&r, "-R c.reg --extra-opts=site@", "monitoring-plugins.ini");
    tap_is_int(0, r.answer, "a section of a file: %s", r.err.message);
    tap_ok(r.toy.flag && r.toy.many == 1, "flags, long and of one letter, of both sections of that name");
    tap_is_double(5 * 86400, r.toy.common.warning.range.start, "a range");
    tap_is_text("from [site]", r.toy.text, "a text");
    tap_is_int(3, (long long)r.toy.common.registry.n, "three sources");
    tap_is_text("a.reg", r.toy.common.registry.v[0], "the file's first");
    tap_is_text("c.reg", r.toy.common.registry.v[2], "argv's last");
    end(&r);
    parse_with_file(&r, "--text=argv --warning=1 --extra-opts=site@", "monitoring-plugins.ini");
    tap_is_text("argv", r.toy.text, "argv wins, though it stands in front");
    tap_is_double(1, r.toy.common.warning.range.end, "also for ranges");
    end(&r);
    parse_with_file(&r, "--extra-opts=@", "second.ini");
    tap_is_text("second", r.toy.text, "the section is the plugin's name by default");
    end(&r);
    (void)setenv("MP_CONFIG_FILE", path_of("second.ini"), 1);
    parse_into(&r, "--extra=more --extra-opts");
    (void)unsetenv("MP_CONFIG_FILE");
    tap_ok(r.answer == 0 && r.toy.flag && strcmp(r.toy.text, "second") == 0, "abbreviated, and more than one");
    end(&r);
    parse_with_file(&r, "--text --extra-opts=@", "second.ini");
    tap_ok(r.answer == 0 && strncmp(r.toy.text, "--extra-opts", 12) == 0, "as another option's value it is none");
    end(&r);
}

static void extra_opts_refused(void)
{
    static const struct {
        const char *start, *file, *why;
    } table[] = {
        { "--extra-opts=site@", "absent.ini", "absent.ini" },
        { "--extra-opts=nowhere@", "second.ini", "no section [nowhere]" },
        { "--extra-opts=@", "bad.ini", "no section [check_scp_toy]" },
        { "--extra-opts=site@", "broken.ini", "broken.ini" },
        { "--extra-opts=unknown@", "bad.ini", "line 2: 'nonsense': unknown option" },
        { "--extra-opts=missing@", "bad.ini", "line 4: --warning: a value is missing" },
        { "--extra-opts=value@", "bad.ini", "line 6: --flag: takes no value" },
        { "--extra-opts=wrong@", "bad.ini", "line 9: --warning: '10x' is not a range" },
        { "--extra-opts=inside@", "bad.ini", "line 11: --extra-opts has no place" },
        { "--extra-opts=abbreviated@", "bad.ini", "'tex': unknown option" },
        { "--extra-opts=site@", "", "" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct run r;

        parse_with_file(&r, table[i].start, table[i].file);
        tap_ok(r.answer == -1 && r.memory == NULL, "refused: %s%s", table[i].start, table[i].file);
        tap_ok(strncmp(r.err.message, "--extra-opts: ", 14) == 0, "by its name: %s", r.err.message);
        tap_has_text(table[i].why, r.err.message, "with the reason");
        end(&r);
    }
}

static void default_files(void)
{
    struct run r;
    char list[500];

    (void)setenv("MP_CONFIG_FILE", path_of("second.ini"), 1);
    parse_into(&r, "--extra-opts");
    tap_is_text("second", r.toy.text, "MP_CONFIG_FILE");
    end(&r);
    (void)setenv("MP_CONFIG_FILE", path_of("absent.ini"), 1);
    parse_into(&r, "--extra-opts");
    tap_is_int(-1, r.answer, "which must exist");
    end(&r);
    parse_into(&r, "");
    tap_is_int(0, r.answer, "when it is asked for");
    end(&r);
    (void)unsetenv("MP_CONFIG_FILE");
    (void)snprintf(list, sizeof list, "/nonexistent::%s", directory);
    (void)setenv("NAGIOS_CONFIG_PATH", list, 1);
    parse_into(&r, "--extra-opts");
    tap_is_text("from the default file", r.toy.text, "NAGIOS_CONFIG_PATH");
    end(&r);
    (void)setenv("NAGIOS_CONFIG_PATH", "/nonexistent", 1);
    if (access("/etc/monitoring-plugins.ini", F_OK) == 0 || access("/etc/nagios/plugins.ini", F_OK) == 0 ||
        access("/etc/monitoring-plugins/monitoring-plugins.ini", F_OK) == 0) {
        tap_skip("this machine has a default file", 2);
    } else {
        parse_into(&r, "--extra-opts=site");
        tap_is_int(-1, r.answer, "no default file");
        tap_has_text("no ini file", r.err.message, "is an error");
        end(&r);
    }
    (void)unsetenv("NAGIOS_CONFIG_PATH");
}

/* --- help --- */

static size_t widest(const char *text, size_t *lines)
{
    size_t most = 0;

    *lines = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");

        most = scp_wrap_width(text, n) > most ? scp_wrap_width(text, n) : most;
        text += n;
        text += *text == '\n';
        ++*lines;
    }
    return most;
}

static void every_option(const char *help)
{
    int missing = 0;

    for (size_t t = 0; toy_tables[t].rows != NULL; t++) {
        for (const struct scp_option *o = toy_tables[t].rows; o->name != NULL; o++) {
            char name[80];

            (void)snprintf(name, sizeof name, "--%s", o->name);
            missing += strstr(help, name) == NULL;
        }
    }
    tap_is_int(0, missing, "--help names every option");
}

static void help(void)
{
    struct scp_buf out;
    size_t lines = 0;

    scp_buf_init(&out, 1 << 16);
    scp_option_help(&toy_about, &out);
    tap_ok(widest(scp_buf_text(&out), &lines) <= 80, "--help is at most 80 columns wide");
    every_option(scp_buf_text(&out));
    tap_has_text("Usage: check_scp_toy ", scp_buf_text(&out), "a usage line");
    tap_has_text("\n  -f, --flag                  a flag\n", scp_buf_text(&out), "an option's line");
    tap_has_text("\n      --extra-opts[=[section][@file]]\n                              options from", scp_buf_text(&out),
                 "a long one's");
    tap_has_text("\n  check_scp_toy -R store.reg\n", scp_buf_text(&out), "examples");
    tap_has_text("\nThe options that matter first:\n      --text=TEXT ", scp_buf_text(&out), "what the plugin names stands first");
    tap_has_text("\nSources:\n  -H, --hostname=HOST ", scp_buf_text(&out), "then groups, each under its heading");
    for (const struct scp_option_table *t = toy_tables; t->rows != NULL; t++) {
        for (const struct scp_option *o = t->rows; o->name != NULL; o++)
            tap_ok(o->group >= SCP_GROUP_SOURCE && o->group < SCP_GROUPS, "--%s has a group", o->name);
    }
    tap_has_text("3 UNKNOWN", scp_buf_text(&out), "exit states");
    scp_buf_truncate(&out, 0);
    scp_option_usage(&toy_about, &out);
    tap_ok(widest(scp_buf_text(&out), &lines) <= 80 && lines <= 22, "the short usage is short (%zu lines)", lines);
    tap_has_text("[-w RANGE]", scp_buf_text(&out), "it names options");
    scp_buf_free(&out);
}

static void explain(void)
{
    struct scp_buf out;
    size_t lines = 0;

    scp_buf_init(&out, 1 << 16);
    tap_ok(scp_option_explain(&toy_about, "", &out), "--explain");
    tap_ok(widest(scp_buf_text(&out), &lines) <= 80, "is at most 80 columns wide");
    tap_has_text("The second.", scp_buf_text(&out), "describes");
    tap_has_text("\ntoy.bad (CRITICAL)\n  It is bad", scp_buf_text(&out), "explains every finding");
    tap_has_text("\n  fix:   mend it\n         then look again\n  see:   the manual\n", scp_buf_text(&out), "and advises");
    tap_has_text("\nsource.unreadable (UNKNOWN)\n", scp_buf_text(&out), "all of them");
    scp_buf_truncate(&out, 0);
    tap_ok(scp_option_explain(&toy_about, "toy.note", &out), "--explain=ID");
    tap_ok(strstr(scp_buf_text(&out), "toy.bad") == NULL, "explains that one only");
    scp_buf_truncate(&out, 0);
    tap_ok(scp_option_explain(&toy_about, "toy", &out) && strstr(scp_buf_text(&out), "toy.bad") != NULL, "or a group");
    scp_buf_truncate(&out, 0);
    tap_ok(!scp_option_explain(&toy_about, "to", &out) && out.n == 0, "an unknown one");
    scp_option_findings(&toy_about, &out);
    tap_has_text("  toy.bad\n  toy.note\n", scp_buf_text(&out), "those that are known");
    scp_buf_free(&out);
}

/* Two upper limits in one value. */
static void limits(void)
{
    static const struct {
        const char *text;
        bool good;
        double warning, critical;
    } ROWS[] = {
        { "2,8", true, 2, 8 },  { "0.5,3", true, 0.5, 3 }, { "1s,1m", true, 1, 60 }, { "3,3", true, 3, 3 },
        { "8,2", false, 0, 0 }, { "2", false, 0, 0 },      { "2,", false, 0, 0 },    { ",2", false, 0, 0 },
        { "", false, 0, 0 },    { "2,8,9", false, 0, 0 },  { "2:8", false, 0, 0 },   { "-1,8", false, 0, 0 },
        { "0,8", false, 0, 0 }, { "2x,8", false, 0, 0 },   { "1, 2", false, 0, 0 },
    };

    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct toy toy = TOY_DEFAULTS;
        struct scp_option_memory *memory = NULL;
        struct scp_err err = SCP_ERR_INIT;
        char word[40], *argv[] = { (char[]){ "x" }, word, NULL };
        int rc;

        (void)snprintf(word, sizeof word, "--limits=%s", ROWS[i].text);
        rc = scp_option_parse(&toy_about, &toy, 2, argv, &memory, &err);
        tap_is_int(ROWS[i].good ? 0 : -1, rc, "%s", word);
        tap_ok(toy.limits.set == ROWS[i].good && toy.limits.warning == ROWS[i].warning && toy.limits.critical == ROWS[i].critical,
               "%s: values", word);
        if (!ROWS[i].good)
            tap_ok(err.code == SCP_ERR_USAGE && strstr(err.message, "is not W,C") != NULL, "%s: a reason", word);
        scp_option_release(memory);
    }
}

/* A plugin's own row takes the place of a common one. */
static void replaced(void)
{
    static const struct scp_option own[] = { { SCP_GROUP_LIMITS, 't', "timeout", "SECONDS", SCP_OPTION_DURATION,
                                               offsetof(struct toy, common.timeout), NULL, "deadline (default 99)" },
                                             SCP_OPTIONS_END };
    static const struct scp_option_table tables[] = { { own, 0 }, { scp_common_options, 0 }, { NULL, 0 } };
    struct scp_about about = toy_about;
    struct toy toy = TOY_DEFAULTS;
    struct scp_option_memory *memory = NULL;
    struct scp_err err = SCP_ERR_INIT;
    char *argv[] = { (char[]){ "x" }, (char[]){ "-t" }, (char[]){ "7" }, NULL };
    const char *first;
    struct scp_buf out;

    about.options = tables;
    tap_is_int(0, scp_option_parse(&about, &toy, 3, argv, &memory, &err), "an option with two rows: %s", err.message);
    tap_ok(toy.common.timeout > 6.5 && toy.common.timeout < 7.5, "is stored once");
    scp_option_release(memory);
    scp_buf_init(&out, 1 << 20);
    scp_option_help(&about, &out);
    first = strstr(scp_buf_text(&out), "--timeout=SECONDS");
    tap_ok(first != NULL && strstr(first + 1, "--timeout=SECONDS") == NULL, "and helped once");
    tap_ok(strstr(scp_buf_text(&out), "(default 99)") != NULL, "by the first row");
    scp_buf_free(&out);
}

int main(void)
{
    static const char *const files[] = { "monitoring-plugins.ini", "bad.ini", "broken.ini", "second.ini" };

    if (mkdtemp(directory) == NULL)
        tap_bail("cannot make %s", directory);
    (void)unsetenv("MP_CONFIG_FILE");
    (void)unsetenv("NAGIOS_CONFIG_PATH");
    values();
    refusals();
    too_many();
    limits();
    make_files();
    extra_opts();
    extra_opts_refused();
    default_files();
    help();
    explain();
    replaced();
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        (void)unlink(path_of(files[i]));
    (void)rmdir(directory);
    return tap_done();
}

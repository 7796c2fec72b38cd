/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_REPORT_COMMON_H
#define SCP_PLUGIN_REPORT_COMMON_H

#include "base/buf.h"
#include "plugin/report.h"

/* What the renderers share; nobody else includes this. */

enum {
    SCP_REPORT_LABEL_MAX = SCP_RESULT_DEPTH_MAX * 65 + 64,
    SCP_REPORT_STEP_MAX = 1200, /* bytes of one step of a remedy, or of a reference */
    SCP_REPORT_STEPS_MAX = 12   /* lines of one remedy */
};

/* A result, flattened. */
struct scp_report_view {
    const struct scp_finding **v;
    size_t n;
    enum scp_state state;
    bool broken;
    const char *summary; /* a sentence */
    size_t more;         /* findings of the worst state behind the summary's */
};

/* A broken view (no memory, incomplete result, NULL) is UNKNOWN and says so; v
 * may be NULL then, with n = 0. */
/* Without memory for the view *out fails: what is printed and the exit code must agree. */
void scp_report_view(const struct scp_result *r, struct scp_report_view *view, struct scp_buf *out);
void scp_report_view_free(struct scp_report_view *view);

/* Characters from outside that are harmless in a medium. */
#define SCP_REPORT_PLUGIN ""            /* nothing */
#define SCP_REPORT_TERMINAL "|<>\"`$\\" /* no consumer behind it that splits or interprets */

/* Cleans a text without blanks around it: at most cap bytes, cut between characters (and never inside an
 * escape) with "..." at the end.  The ASCII characters in `keep` stay as they are. */
void scp_report_text(struct scp_buf *out, const char *s, size_t cap, const char *keep);
/* The same for n bytes of a sentence (base/say.h): what is ours in it stays as it is, too. */
void scp_report_said(struct scp_buf *out, const char *s, size_t n, size_t cap, const char *keep);
void scp_report_sentence(struct scp_buf *out, const char *s, size_t cap, const char *keep);

/* NULL, empty or nothing but blanks. */
bool scp_report_is_blank(const char *s);

/* Steps that were said: none of the first so many is said twice. */
enum { SCP_REPORT_ONCE_MAX = 128 };
struct scp_report_once {
    struct {
        const char *p; /* borrowed from the result */
        size_t n;
    } v[SCP_REPORT_ONCE_MAX];
    size_t n;
};

/* The steps of a remedy: calls `each` with every line that is not blank.  Where `said` is given, one that was said before is left
 * out, as the first one by saying so. */
extern const char scp_report_above[];
typedef void scp_report_step(void *context, size_t number, const char *line, size_t n);
void scp_report_steps(const char *remedy, struct scp_report_once *said, scp_report_step *each, void *context);

/* Every performance value of the tree, the parts' with their part's name and '_' in front. */
typedef void scp_report_value(void *context, const char *label, const struct scp_perfdata *p);
void scp_report_values(const struct scp_result *r, scp_report_value *each, void *context);
/* label=value…; under another label than its own. */
void scp_report_value_format(const char *label, const struct scp_perfdata *p, struct scp_buf *out);

/* "source: reg:store.reg, taken … (2 h old); profile scp of 2026-11-01"; nothing when neither is known. */
void scp_report_source(const struct scp_report *m, struct scp_buf *out, const char *keep);

/* " (rehearsed with FILE)" behind the state; nothing where nothing was laid over the source. */
void scp_report_rehearsal(const struct scp_report *m, struct scp_buf *out, const char *keep);

/* Seconds between taking the source and judging it; false when unknown. */
bool scp_report_age(const struct scp_report *m, double *age);

#endif

/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCP_PLUGIN_REPORT_COMMON_H
#define SCP_PLUGIN_REPORT_COMMON_H

#include "base/buf.h"
#include "plugin/report.h"

/* What the renderers share; nobody else includes this. */

enum {
    SCP_REPORT_LABEL_MAX = SCP_RESULT_DEPTH_MAX * 65 + 64,
    SCP_REPORT_STEP_MAX = 1200,       /* bytes of one step of a remedy, or of a reference */
    SCP_REPORT_SCRATCH_MAX = 64 << 10 /* of a line that is being made */
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

/* --- One walk for all that people read: findings and checklists are items, with lines below them --- */

/* A finding, several of one kind, a row of a checklist, or a step of a plan.  Texts are sentences. */
struct scp_report_item {
    enum scp_mark mark;
    bool step;                /* of a plan */
    const char *verdict;      /* "CRITICAL", "present", "1." */
    const char *id, *subject; /* of a finding; "" else */
    const char *text;
};
enum scp_report_word {
    SCP_REPORT_HOW,
    SCP_REPORT_COMMAND /* is never broken */,
    SCP_REPORT_SEEN,
    SCP_REPORT_FIX,
    SCP_REPORT_ABOVE /* in place of a step */,
    SCP_REPORT_SEE
};

/* How a medium prints them. */
struct scp_report_medium {
    void (*begin)(void *context, const char *title); /* a list of items; "": of findings */
    void (*item)(void *context, const struct scp_report_item *item);
    /* Below the item, the number-th (from 0) of its lines of that word. */
    void (*line)(void *context, enum scp_report_word word, size_t number, const char *line, size_t n);
};

enum { SCP_REPORT_ONCE_MAX = 128 };
struct scp_report_walk {
    bool short_warnings; /* what mends a warning is not told */
    const struct scp_report_medium *medium;
    void *context;
    struct scp_buf *out; /* fails where there is no memory for the walk */
    const char *above;   /* the id of the finding before; NULL */
    /* Steps and references that were said: none of the first so many is said twice. */
    struct {
        const char *p; /* borrowed from the result */
        size_t n;
    } said[SCP_REPORT_ONCE_MAX];
    size_t saids;
};

/* The plans and checklists of the result and of its parts. */
void scp_report_checklists(struct scp_report_walk *w, const struct scp_result *r);

/* The findings that are wanted (NULL: all), the worst state first, those of one kind as one unless `each` is to stand by itself. */
typedef bool scp_report_wanted(const struct scp_finding *f);
void scp_report_findings(struct scp_report_walk *w, const struct scp_report_view *view, scp_report_wanted *wanted, bool each);

/* --- Pieces --- */

/* How a mark looks: one column wide on a terminal, in a color; its class on a page. */
struct scp_report_look {
    const char *glyph, *color, *name;
};
extern const struct scp_report_look scp_report_looks[SCP_MARK_NONE + 1];

/* The rows of a table under their headings, at most `columns` wide (0: as wide as they come).  Where there is not enough room, the
 * first columns are broken into lines and of the others only those are shown that fit whole, from the left. */
void scp_report_table(const struct scp_exhibit *e, bool color, size_t columns, struct scp_buf *out);
void scp_report_colored(struct scp_buf *out, bool color, enum scp_mark mark, const char *text);

/* Every performance value of the tree, the parts' with their part's name and '_' in front. */
typedef void scp_report_value(void *context, const char *label, const struct scp_perfdata *p);
void scp_report_values(const struct scp_result *r, scp_report_value *each, void *context);
/* label=value…; under another label than its own. */
void scp_report_value_format(const char *label, const struct scp_perfdata *p, struct scp_buf *out);

/* The summary, and how many more there are, in at most max bytes. */
void scp_report_summary(const struct scp_report_view *view, size_t max, struct scp_buf *out, const char *keep);

/* Which server, from where, on what: " (SCP01, from mon01, rehearsed with x.reg)" behind the state; nothing where none is known. */
void scp_report_context(const struct scp_report *m, struct scp_buf *out, const char *keep);

/* "source: reg:store.reg, taken … (2 h old); profile scp of 2026-11-01"; nothing when neither is known. */
void scp_report_source(const struct scp_report *m, struct scp_buf *out, const char *keep);

/* Seconds between taking the source and judging it; false when unknown. */
bool scp_report_age(const struct scp_report *m, double *age);

#endif

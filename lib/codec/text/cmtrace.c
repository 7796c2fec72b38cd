/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/cmtrace.h"

#include "base/text.h"
#include "base/utc.h"
#include "codec/text/scan.h"

#include <stdlib.h>
#include <string.h>

enum { NARROW = 8 << 10, UTF8_LONGEST = 4, ERROR_TYPE = '3' };

/* A date as a line has it, and when that day begins without a bias. */
struct day {
    char text[sizeof "MM-DD-YYYY" - 1]; /* all NUL: none yet */
    int64_t begins;
};

/* An entry that is not complete in one piece is put together here: the beginning of its message and its last line's end. */
struct scp_cmtrace {
    struct scp_cmtrace_sink sink;
    enum scp_cmtrace_encoding encoding;
    struct scp_cmtrace_facts facts;
    bool skipping; /* the first line, begun before our bytes */
    bool last;     /* the end of the text, without a line end: perhaps a half-written line */
    bool half;     /* it was one */
    bool open;     /* the first style: between the marks */
    bool begun;    /* something of an entry is in `text` */
    char text[sizeof "<![LOG[" - 1 + SCP_CMTRACE_TEXT_MAX];
    size_t n;                            /* bytes of it so far, also those that `text` has no room for */
    char tail[2 * SCP_CMTRACE_TAIL_MAX]; /* last bytes of the present line */
    size_t tail_n;
    size_t line_n;               /* bytes of the present line so far */
    char head[sizeof "<![LOG["]; /* its first bytes, while they are too few to tell what begins here */
    size_t head_n;
    struct day day; /* the last one */
    uint8_t odd;    /* UTF-16: the first half of a unit */
    bool has_odd;
    uint32_t high; /* UTF-16: a high surrogate that waits for its partner */
};

static const char OPEN[] = "<![LOG[";
static const char CLOSE[] = "]LOG]!>";
static const char LEGACY[] = "$$<";

static bool begins(struct scp_scan s, const char *with)
{
    size_t n = strlen(with);

    return s.n >= n && memcmp(s.p, with, n) == 0;
}

/* The last bytes of a line, where what stands behind a message is sought. */
static struct scp_scan end_of(struct scp_scan s)
{
    size_t n = s.n < SCP_CMTRACE_TAIL_MAX ? s.n : SCP_CMTRACE_TAIL_MAX;

    return (struct scp_scan){ s.p + s.n - n, n };
}

/* The last CLOSE, by its rarest character; NULL: there is none. */
static const char *find_close(struct scp_scan line)
{
    enum { RARE = 5, REST = sizeof CLOSE - 1 - RARE };
    struct scp_scan s = end_of(line);
    const char *last = NULL, *end = s.p + s.n;

    for (const char *p = s.p; (p = memchr(p, CLOSE[RARE], (size_t)(end - p))) != NULL; p++) {
        if (p - s.p >= RARE && end - p >= REST && p[1] == CLOSE[RARE + 1] && memcmp(p - RARE, CLOSE, RARE) == 0)
            last = p - RARE;
    }
    return last;
}

static const char *find_legacy(struct scp_scan line)
{
    struct scp_scan s = end_of(line);
    const char *last = NULL, *end = s.p + s.n;

    for (const char *p = s.p; (p = memchr(p, LEGACY[0], (size_t)(end - p))) != NULL; p++) {
        if ((size_t)(end - p) >= sizeof LEGACY - 1 && memcmp(p, LEGACY, sizeof LEGACY - 1) == 0)
            last = p;
    }
    return last;
}

/* --- Times --- */

struct moment {
    struct scp_scan_time t;
    int bias;
    bool has_bias;
};

/* HH:MM:SS[.fraction][+BBB|-BBB] */
static bool take_time(struct scp_scan *s, struct moment *m)
{
    int sign;

    if (!scp_scan(s, "h:mm:ss", &m->t) || !scp_scan_fraction(s))
        return false;
    sign = scp_scan_sign(s);
    m->has_bias = sign != 0;
    if (m->has_bias && !scp_scan_number(s, 1, 4, &m->bias))
        return false;
    m->bias *= sign;
    return true;
}

static void settle_time(const struct moment *m, struct scp_cmtrace_entry *e)
{
    int64_t local;

    e->no_bias = !m->has_bias;
    if (m->bias > SCP_CMTRACE_BIAS_MAX || m->bias < -SCP_CMTRACE_BIAS_MAX || !scp_scan_utc(&m->t, &local))
        return;
    e->at = local + (int64_t)m->bias * 60;
}

/* --- What stands behind a message --- */

/* The next name="value"; false at the end, or where it is not that. */
static bool take_attribute(struct scp_scan *s, struct scp_scan *name, struct scp_scan *value)
{
    const char *equals, *end;

    while (s->n > 0 && (*s->p == ' ' || *s->p == '<')) {
        s->p++;
        s->n--;
    }
    equals = memchr(s->p, '=', s->n);
    if (equals == NULL || (size_t)(equals - s->p) + 2 > s->n || equals[1] != '"')
        return false;
    *name = (struct scp_scan){ s->p, (size_t)(equals - s->p) };
    s->n -= name->n + 2;
    s->p = equals + 2;
    end = memchr(s->p, '"', s->n);
    if (end == NULL)
        return false;
    *value = (struct scp_scan){ s->p, (size_t)(end - s->p) };
    s->n -= value->n + 1;
    s->p = end + 1;
    return true;
}

static bool is(struct scp_scan s, const char *what, size_t n)
{
    return s.n == n && memcmp(s.p, what, n) == 0;
}

/* "59" to its number; 100: two other characters. */
static unsigned two_digits(const char *p)
{
    unsigned tens = (unsigned)(p[0] - '0'), ones = (unsigned)(p[1] - '0');

    return tens < 10 && ones < 10 ? tens * 10 + ones : 100;
}

/* `HH:MM:SS.mmm+BBB` of that day; false: it is not that, and may be right all the same. */
static bool read_clock(const struct day *day, const char *t, int64_t *at)
{
    enum { SIGN = 12 };
    unsigned hour = two_digits(t), minute = two_digits(t + 3), second = two_digits(t + 6);
    unsigned bias = two_digits(t + SIGN + 1) * 10 + (unsigned)(t[SIGN + 3] - '0');

    if (hour > 23 || minute > 59 || second > 59 || t[2] != ':' || t[5] != ':' || t[8] != '.' || two_digits(t + 9) > 99 ||
        (unsigned)(t[11] - '0') > 9 || (t[SIGN] != '+' && t[SIGN] != '-') || (unsigned)(t[SIGN + 3] - '0') > 9 ||
        bias > SCP_CMTRACE_BIAS_MAX)
        return false;
    *at = day->begins + (int64_t)((hour * 60 + minute) * 60 + second) + (t[SIGN] == '-' ? -60 : 60) * (int64_t)bias;
    return true;
}

/* Is it the day of the line before? */
static bool is_day(const struct day *day, const char *date)
{
    return day->text[0] != '\0' && memcmp(date, day->text, sizeof day->text) == 0;
}

/*
 * `<time="HH:MM:SS.mmm+BBB" date="MM-DD-YYYY" component="C" context="" type="1"`, as nearly every line has it, on the day of the
 * line before.  false: it is not that, and may be right all the same.
 */
static bool read_usual(const struct day *day, struct scp_scan s, struct scp_cmtrace_entry *e)
{
    static const char SHAPE[] = "<time=\"hh:mm:ss.mmm+bbb\" date=\"MM-DD-YYYY\" component=\"";
    static const char BEHIND[] = "\" context=\"\" type=\"";
    enum { TIME = 7, DATE = 31, COMPONENT = sizeof SHAPE - 1, TYPE = sizeof BEHIND - 1 };
    const char *p = s.p, *end;

    if (s.n <= COMPONENT || memcmp(p, SHAPE, TIME) != 0 || memcmp(p + DATE - 8, SHAPE + DATE - 8, 8) != 0 ||
        !is_day(day, p + DATE) || memcmp(p + COMPONENT - 13, SHAPE + COMPONENT - 13, 13) != 0)
        return false;
    end = memchr(p + COMPONENT, '"', s.n - COMPONENT);
    if (end == NULL || s.n - (size_t)(end - p) < TYPE + 2 || memcmp(end, BEHIND, TYPE) != 0 || end[TYPE + 1] != '"')
        return false;
    if (!read_clock(day, p + TIME, &e->at))
        return false;
    e->component = p + COMPONENT;
    e->component_n = (size_t)(end - e->component);
    e->error = end[TYPE] == ERROR_TYPE;
    return true;
}

static void remember_day(const struct moment *m, struct scp_scan date, struct day *day)
{
    struct scp_scan_time midnight = m->t;

    midnight.hour = midnight.minute = midnight.second = 0;
    if (date.n == sizeof day->text && scp_scan_utc(&midnight, &day->begins))
        memcpy(day->text, date.p, sizeof day->text);
}

/* Of two of a name the first counts. */
static void read_attributes(struct scp_scan s, struct day *day, struct scp_cmtrace_entry *e)
{
    struct moment m = { .has_bias = false };
    struct scp_scan name, v, on = { "", 0 };
    bool date = false, time = false, component = false, type = false;

    while (!(date && time && component && type) && take_attribute(&s, &name, &v)) {
        if (!time && is(name, "time", 4)) {
            time = take_time(&v, &m) && v.n == 0;
        } else if (!date && is(name, "date", 4)) {
            on = v;
            date = scp_scan(&v, "M-D-YYYY", &m.t) && v.n == 0;
        } else if (!component && is(name, "component", 9)) {
            e->component = v.p;
            e->component_n = v.n;
            component = true;
        } else if (!type && is(name, "type", 4)) {
            e->error = v.n == 1 && v.p[0] == ERROR_TYPE;
            type = true;
        }
    }
    if (!date || !time)
        return;
    settle_time(&m, e);
    remember_day(&m, on, day);
}

/* What stands behind "]LOG]!>". */
static void read_end(struct scp_scan s, struct day *day, struct scp_cmtrace_entry *e)
{
    s.p += sizeof CLOSE - 1;
    s.n -= sizeof CLOSE - 1;
    if (!read_usual(day, s, e))
        read_attributes(s, day, e);
}

/* "MM-DD-YYYY HH:MM:SS.mmm+BBB", all of it. */
static void read_moment(struct scp_scan s, struct day *day, struct scp_cmtrace_entry *e)
{
    enum { DATE = sizeof day->text, USUAL = DATE + sizeof " HH:MM:SS.mmm+BBB" - 1 };
    struct moment m = { .has_bias = false };
    struct scp_scan on = s;

    if (s.n == USUAL && is_day(day, s.p) && s.p[DATE] == ' ' && read_clock(day, s.p + DATE + 1, &e->at))
        return;
    if (!scp_scan(&s, "M-D-YYYY ", &m.t))
        return;
    on.n = (size_t)(s.p - on.p) - 1;
    if (!take_time(&s, &m) || s.n > 0)
        return;
    settle_time(&m, e);
    remember_day(&m, on, day);
}

/* "$$<COMPONENT><MM-DD-YYYY HH:MM:SS.mmm+BBB><thread=…>" to the line's end; false when it is not that. */
static bool read_legacy(struct scp_scan s, struct day *day, struct scp_cmtrace_entry *e)
{
    const char *end;

    s.p += sizeof LEGACY - 1;
    s.n -= sizeof LEGACY - 1;
    end = memchr(s.p, '>', s.n);
    if (end == NULL || (size_t)(end - s.p) + 2 >= s.n || end[1] != '<')
        return false;
    e->component = s.p;
    e->component_n = (size_t)(end - s.p);
    s.n -= e->component_n + 2;
    s.p = end + 2;
    end = memchr(s.p, '>', s.n);
    if (end == NULL || s.p[s.n - 1] != '>' || !begins((struct scp_scan){ end, s.n - (size_t)(end - s.p) }, "><thread="))
        return false;
    read_moment((struct scp_scan){ s.p, (size_t)(end - s.p) }, day, e);
    return true;
}

/* --- Entries --- */

static struct scp_cmtrace_entry new_entry(void)
{
    return (struct scp_cmtrace_entry){ .text = "", .component = "", .at = SCP_UTC_UNKNOWN };
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct scp_scan trimmed(struct scp_scan text)
{
    while (text.n > 0 && is_blank(text.p[text.n - 1]))
        text.n--;
    while (text.n > 0 && (is_blank(*text.p) || *text.p == '~')) {
        text.p++;
        text.n--;
    }
    return text;
}

static int deliver(struct scp_cmtrace *t, struct scp_scan text, struct scp_cmtrace_entry *e, struct scp_err *err)
{
    if (t->last && e->at == SCP_UTC_UNKNOWN) {
        t->half = true;
        return 0;
    }
    e->cut = text.n > SCP_CMTRACE_TEXT_MAX;
    text.n = e->cut ? SCP_CMTRACE_TEXT_MAX : text.n;
    text = trimmed(text);
    e->text = text.p;
    e->n = text.n;
    t->facts.entries++;
    t->facts.timeless += e->at == SCP_UTC_UNKNOWN;
    return t->sink.entry(t->sink.ctx, e, err);
}

static void forget(struct scp_cmtrace *t)
{
    t->open = t->begun = false;
    t->n = 0;
}

/* The message put together, without so many bytes at its end. */
static struct scp_scan gathered(const struct scp_cmtrace *t, size_t behind)
{
    size_t from = t->open ? sizeof OPEN - 1 : 0;

    return (struct scp_scan){ t->text + from, t->n > from + behind ? t->n - from - behind : 0 };
}

/* What was begun and never ended: the first style is still worth showing, other lines are no entry. */
static int abandon(struct scp_cmtrace *t, struct scp_err *err)
{
    struct scp_cmtrace_entry e = new_entry();
    int rc = 0;

    if (t->open) {
        e.unfinished = true;
        rc = deliver(t, gathered(t, 0), &e, err);
    } else if (t->begun) {
        t->facts.strays++;
    }
    forget(t);
    return rc;
}

/* The whole entry in one line, without a copy. */
static int whole_line(struct scp_cmtrace *t, struct scp_scan line, bool *done, struct scp_err *err)
{
    struct scp_cmtrace_entry e = new_entry();
    const char *end;

    *done = false;
    if (begins(line, OPEN)) {
        line.p += sizeof OPEN - 1;
        line.n -= sizeof OPEN - 1;
        end = find_close(line);
        if (end == NULL)
            return 0;
        read_end((struct scp_scan){ end, line.n - (size_t)(end - line.p) }, &t->day, &e);
    } else {
        end = find_legacy(line);
        if (end == NULL || !read_legacy((struct scp_scan){ end, line.n - (size_t)(end - line.p) }, &t->day, &e))
            return 0;
    }
    *done = true;
    line.n = end > line.p ? (size_t)(end - line.p) : 0;
    return deliver(t, line, &e, err);
}

/* Adds to the message that is being put together. */
static void keep(struct scp_cmtrace *t, const char *p, size_t n)
{
    size_t room = t->n < sizeof t->text ? sizeof t->text - t->n : 0;

    if (room > 0)
        memcpy(t->text + t->n, p, n < room ? n : room);
    t->n += n;
    t->begun = true;
}

static void keep_tail(struct scp_cmtrace *t, const char *p, size_t n)
{
    if (n >= SCP_CMTRACE_TAIL_MAX) {
        memcpy(t->tail, p + n - SCP_CMTRACE_TAIL_MAX, SCP_CMTRACE_TAIL_MAX);
        t->tail_n = SCP_CMTRACE_TAIL_MAX;
        return;
    }
    if (t->tail_n + n > sizeof t->tail) {
        memmove(t->tail, t->tail + t->tail_n - SCP_CMTRACE_TAIL_MAX, SCP_CMTRACE_TAIL_MAX);
        t->tail_n = SCP_CMTRACE_TAIL_MAX;
    }
    memcpy(t->tail + t->tail_n, p, n);
    t->tail_n += n;
}

/* A line that was put together from pieces, or that is not the first of its entry, has ended. */
static int end_line(struct scp_cmtrace *t, struct scp_err *err)
{
    struct scp_scan line = { t->tail, t->tail_n };
    struct scp_cmtrace_entry e = new_entry();
    const char *end;

    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    end = t->open ? find_close(line) : find_legacy(line);
    if (end == NULL || (!t->open && !read_legacy((struct scp_scan){ end, line.n - (size_t)(end - line.p) }, &t->day, &e))) {
        /* Not its end: the next line goes on with it. */
        keep(t, "\n", 1);
        return 0;
    }
    if (t->open)
        read_end((struct scp_scan){ end, line.n - (size_t)(end - line.p) }, &t->day, &e);
    {
        struct scp_scan text = gathered(t, (size_t)(t->tail + t->tail_n - end));
        int rc = deliver(t, text, &e, err);

        forget(t);
        return rc;
    }
}

/* A line of which nothing was taken before, and that is the first one of an entry: is it a whole one? */
static int take_whole(struct scp_cmtrace *t, struct scp_scan line, bool *done, struct scp_err *err)
{
    if (line.n > 0 && line.p[line.n - 1] == '\r')
        line.n--;
    *done = line.n == 0;
    return *done ? 0 : whole_line(t, line, done, err);
}

static int gather_part(struct scp_cmtrace *t, struct scp_scan s, bool first, bool ends, struct scp_err *err)
{
    if (first)
        t->tail_n = 0;
    keep(t, s.p, s.n);
    t->open = begins((struct scp_scan){ t->text, t->n }, OPEN);
    keep_tail(t, s.p, s.n);
    return ends ? end_line(t, err) : 0;
}

/* A piece of a line, the first one long enough to tell what it begins; `ends`: its line end follows. */
static int take_part(struct scp_cmtrace *t, struct scp_scan s, bool ends, struct scp_err *err)
{
    bool first = t->line_n == 0, done = false;

    t->line_n = ends ? 0 : t->line_n + s.n;
    t->head_n = 0;
    if (t->skipping) {
        t->skipping = !ends;
        return 0;
    }
    if (first && t->begun && begins(s, OPEN) && abandon(t, err) != 0)
        return -1;
    if (first && ends && !t->begun) {
        int rc = take_whole(t, s, &done, err);

        if (done || rc != 0)
            return rc;
    }
    return gather_part(t, s, first, ends, err);
}

static int take_piece(struct scp_cmtrace *t, struct scp_scan s, bool ends, struct scp_err *err)
{
    const size_t enough = sizeof OPEN - 1;

    if (t->line_n == t->head_n && t->head_n + s.n < enough && !ends) {
        if (s.n > 0)
            memcpy(t->head + t->head_n, s.p, s.n);
        t->head_n += s.n;
        t->line_n += s.n;
        return 0;
    }
    if (t->head_n > 0 && t->line_n == t->head_n) {
        char start[sizeof t->head];
        size_t more = s.n < enough - t->head_n ? s.n : enough - t->head_n, n = t->head_n + more;

        memcpy(start, t->head, t->head_n);
        if (more > 0)
            memcpy(start + t->head_n, s.p, more);
        t->head_n = t->line_n = 0;
        if (more == s.n)
            return take_part(t, (struct scp_scan){ start, n }, ends, err);
        if (take_part(t, (struct scp_scan){ start, n }, false, err) != 0)
            return -1;
        s.p += more;
        s.n -= more;
    }
    return take_part(t, s, ends, err);
}

/* A line, or what there is of it.  Nearly all are whole, and entries by themselves. */
static int take_line(struct scp_cmtrace *t, struct scp_scan s, bool ends, struct scp_err *err)
{
    bool done;

    if (!ends || t->line_n > 0 || t->begun || t->skipping)
        return take_piece(t, s, ends, err);
    if (take_whole(t, s, &done, err) != 0)
        return -1;
    return done ? 0 : gather_part(t, s, true, true, err);
}

static int feed_bytes(struct scp_cmtrace *t, const char *p, size_t n, struct scp_err *err)
{
    while (n > 0) {
        const char *end = memchr(p, '\n', n);
        size_t length = end != NULL ? (size_t)(end - p) : n;

        if (take_line(t, (struct scp_scan){ p, length }, end != NULL, err) != 0)
            return -1;
        p += end != NULL ? length + 1 : length;
        n -= end != NULL ? length + 1 : length;
    }
    return 0;
}

/* --- Encodings --- */

/* One unit of UTF-16; lone surrogates become U+FFFD. */
static size_t put_unit(struct scp_cmtrace *t, uint32_t unit, char *out)
{
    size_t n = 0;

    if (t->high != 0 && unit >= 0xDC00 && unit < 0xE000) {
        n = scp_text_utf8_put(0x10000 + ((t->high - 0xD800) << 10) + (unit - 0xDC00), out);
        t->high = 0;
        return n;
    }
    if (t->high != 0)
        n = scp_text_utf8_put(0xFFFD, out);
    t->high = 0;
    if (unit >= 0xD800 && unit < 0xDC00) {
        t->high = unit;
        return n;
    }
    return n + scp_text_utf8_put(unit >= 0xDC00 && unit < 0xE000 ? 0xFFFD : unit, out + n);
}

static int feed_utf16(struct scp_cmtrace *t, const uint8_t *p, size_t n, struct scp_err *err)
{
    char narrow[NARROW + 2 * UTF8_LONGEST];
    size_t put = 0;

    for (size_t i = 0; i < n; i++) {
        if (!t->has_odd) {
            t->odd = p[i];
            t->has_odd = true;
            continue;
        }
        t->has_odd = false;
        t->facts.nuls += t->odd == 0 && p[i] == 0;
        put += put_unit(t, (uint32_t)t->odd | (uint32_t)p[i] << 8, narrow + put);
        if (put >= NARROW) {
            if (feed_bytes(t, narrow, put, err) != 0)
                return -1;
            put = 0;
        }
    }
    return feed_bytes(t, narrow, put, err);
}

static void count_nuls(struct scp_cmtrace *t, const char *p, size_t n)
{
    const char *nul;

    while (n > 0 && (nul = memchr(p, '\0', n)) != NULL) {
        t->facts.nuls++;
        n -= (size_t)(nul + 1 - p);
        p = nul + 1;
    }
}

enum scp_cmtrace_encoding scp_cmtrace_detect(const uint8_t *p, size_t n, size_t *skip)
{
    *skip = 0;
    if (n >= 3 && p[0] == 0xEF && p[1] == 0xBB && p[2] == 0xBF) {
        *skip = 3;
        return SCP_CMTRACE_BYTES;
    }
    if (n >= 2 && p[0] == 0xFF && p[1] == 0xFE) {
        *skip = 2;
        return SCP_CMTRACE_UTF16LE;
    }
    /* Without a mark: Latin letters with a NUL behind each. */
    return n >= 4 && p[0] != 0 && p[1] == 0 && p[2] != 0 && p[3] == 0 ? SCP_CMTRACE_UTF16LE : SCP_CMTRACE_BYTES;
}

/* --- The stream --- */

struct scp_cmtrace *scp_cmtrace_new(const struct scp_cmtrace_sink *sink, enum scp_cmtrace_encoding encoding, bool midway)
{
    struct scp_cmtrace *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->sink = *sink;
    t->encoding = encoding;
    t->skipping = midway;
    return t;
}

void scp_cmtrace_free(struct scp_cmtrace *t)
{
    free(t);
}

int scp_cmtrace_feed(struct scp_cmtrace *t, const void *p, size_t n, struct scp_err *err)
{
    if (t->encoding == SCP_CMTRACE_UTF16LE)
        return feed_utf16(t, p, n, err);
    count_nuls(t, p, n);
    return feed_bytes(t, p, n, err);
}

int scp_cmtrace_finish(struct scp_cmtrace *t, struct scp_cmtrace_facts *facts, struct scp_err *err)
{
    int rc = 0;

    /* A last line without its end may be whole all the same. */
    t->last = true;
    if (t->line_n > 0 && !t->skipping)
        rc = take_piece(t, (struct scp_scan){ "", 0 }, true, err);
    t->facts.pending = t->begun || t->half;
    *facts = t->facts;
    return rc;
}

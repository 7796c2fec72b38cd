/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "codec/text/statusmsg.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/say.h"
#include "base/text.h"
#include "base/utc.h"
#include "codec/text/json_reader.h"
#include "codec/text/scan.h"

#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 256, FIELD_MAX = 64 << 10 };

/* --- Times --- */

/* Z, +HH:MM, or nothing, which is UTC here; seconds east of it. */
static bool take_zone(struct scp_scan *s, int *seconds)
{
    struct scp_scan_time z;
    int sign;

    *seconds = 0;
    if (s->n == 0 || (s->n == 1 && (*s->p == 'Z' || *s->p == 'z')))
        return true;
    sign = scp_scan_sign(s);
    if (sign == 0 || !scp_scan(s, "hh", &z))
        return false;
    (void)scp_scan(s, ":", &z);
    if (!scp_scan(s, "mm", &z) || s->n != 0)
        return false;
    *seconds = sign * (z.hour * 3600 + z.minute * 60);
    return true;
}

static bool iso_time(struct scp_scan s, int64_t *out)
{
    struct scp_scan_time t;
    int east;

    if (!scp_scan(&s, "YYYY-MM-DDThh:mm:ss", &t) || !scp_scan_fraction(&s) || !take_zone(&s, &east) || !scp_scan_utc(&t, out))
        return false;
    *out -= east;
    return true;
}

/* 20261123010203.000000+060: minutes east of UTC; *** where the class does not tell, and it is UTC. */
static bool dmtf_time(struct scp_scan s, int64_t *out)
{
    struct scp_scan_time t;
    int east = 0, sign;

    if (!scp_scan(&s, "YYYYMMDDhhmmss", &t) || s.n < 2 || *s.p != '.' || !scp_scan_fraction(&s) || !scp_scan_utc(&t, out))
        return false;
    sign = scp_scan_sign(&s);
    if (sign == 0)
        return false;
    if (s.n == 3 && memcmp(s.p, "***", 3) == 0)
        return true;
    if (!scp_scan_number(&s, 3, 3, &east) || s.n != 0)
        return false;
    *out -= (int64_t)sign * east * 60;
    return true;
}

/* /Date(1763899323000)/, perhaps with a zone that changes nothing behind the number */
static bool ticks_time(struct scp_scan s, int64_t *out)
{
    static const char HEAD[] = "/Date(";
    uint64_t ms = 0;
    size_t n = 0;

    if (s.n < sizeof HEAD - 1 + 3 || memcmp(s.p, HEAD, sizeof HEAD - 1) != 0 || memcmp(s.p + s.n - 2, ")/", 2) != 0)
        return false;
    s.p += sizeof HEAD - 1;
    s.n -= sizeof HEAD - 1 + 2;
    while (n < s.n && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    if (scp_num_u64(s.p, n, UINT64_C(253402300799000), &ms, NULL) != 0 || (n < s.n && s.p[n] != '+' && s.p[n] != '-'))
        return false;
    *out = (int64_t)(ms / 1000);
    return true;
}

int64_t scp_statusmsg_time(const char *p, size_t n)
{
    struct scp_scan s = scp_scan_trimmed((struct scp_scan){ p, n }, " ", " ");
    int64_t at;

    return iso_time(s, &at) || dmtf_time(s, &at) || ticks_time(s, &at) ? at : SCP_UTC_UNKNOWN;
}

/* --- One message --- */

struct row {
    struct scp_statusmsg m;
    bool has_id;
};

enum field { FIELD_OTHER, FIELD_ID, FIELD_TIME, FIELD_COMPONENT, FIELD_MACHINE, FIELD_SEVERITY };

static enum field field_of(const char *p, size_t n)
{
    static const struct {
        const char *name;
        enum field field;
    } NAMES[] = {
        { "MessageID", FIELD_ID },
        { "Time", FIELD_TIME },
        { "Component", FIELD_COMPONENT },
        { "MachineName", FIELD_MACHINE },
        { "Severity", FIELD_SEVERITY },
        /* The console's own list. */
        { "Message ID", FIELD_ID },
        { "Date / Time", FIELD_TIME },
        { "System", FIELD_MACHINE },
    };

    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
        if (scp_text_caseeq(p, n, NAMES[i].name, strlen(NAMES[i].name)))
            return NAMES[i].field;
    }
    return FIELD_OTHER;
}

/* 1073741824, as a number of the class; words are of a language. */
static bool is_information(const char *text)
{
    return strcmp(text, "1073741824") == 0;
}

static void set_field(struct row *r, enum field field, const char *text)
{
    uint64_t id = 0;

    switch (field) {
    case FIELD_ID:
        r->has_id = scp_num_u64(text, strlen(text), SCP_STATUSMSG_ID_MAX, &id, NULL) == 0;
        r->m.id = (uint32_t)id;
        break;
    case FIELD_TIME:
        r->m.at = scp_statusmsg_time(text, strlen(text));
        (void)snprintf(r->m.time, sizeof r->m.time, "%.39s", text);
        break;
    case FIELD_COMPONENT: (void)snprintf(r->m.component, sizeof r->m.component, "%.127s", text); break;
    case FIELD_MACHINE: (void)snprintf(r->m.machine, sizeof r->m.machine, "%.127s", text); break;
    case FIELD_SEVERITY: r->m.information = is_information(text); break;
    case FIELD_OTHER: break;
    }
}

static void clear_row(struct row *r)
{
    *r = (struct row){ .m = { .at = SCP_UTC_UNKNOWN } };
}

static int deliver(const struct row *r, const struct scp_statusmsg_sink *sink, struct scp_statusmsg_facts *facts,
                   struct scp_err *err)
{
    if (!r->has_id) {
        facts->malformed++;
        return 0;
    }
    facts->messages++;
    return sink->message(sink->ctx, &r->m, err);
}

/* --- JSON --- */

struct json {
    struct scp_json_reader r;
    const struct scp_statusmsg_sink *sink;
    struct scp_statusmsg_facts *facts;
    bool found;   /* the list of messages, or a message alone */
    bool listed;  /* by a member "value", as an answer has it */
    bool counted; /* "count" was told */
    uint64_t count;
    bool failed; /* an error message in place of an answer */
    char error[200];
    bool refused; /* the sink said stop */
};

/* A time as PowerShell writes it: {"value": "/Date(…)/", "DateTime": "…"}; the second one is of a language. */
static int json_time(struct json *j, struct row *row, struct scp_err *err)
{
    char text[SCP_STATUSMSG_TEXT_MAX];
    enum scp_json_token token;
    int rc;

    while ((rc = scp_json_reader_member(&j->r, &token, err)) > 0) {
        if (token == SCP_JSON_STRING && scp_json_reader_is(&j->r, "value")) {
            scp_json_reader_text(&j->r, text, sizeof text);
            set_field(row, FIELD_TIME, text);
        }
        if (scp_json_reader_skip(&j->r, token, err) != 0)
            return -1;
    }
    return rc;
}

/* `token` is the value of a member that may be one of a message. */
static int json_field(struct json *j, struct row *row, enum field field, enum scp_json_token token, struct scp_err *err)
{
    char text[SCP_STATUSMSG_TEXT_MAX];

    if (field == FIELD_TIME && token == SCP_JSON_OBJECT)
        return json_time(j, row, err);
    if (token == SCP_JSON_STRING) {
        scp_json_reader_text(&j->r, text, sizeof text);
        set_field(row, field, text);
    } else if (token == SCP_JSON_NUMBER && j->r.text_n < sizeof text) {
        memcpy(text, j->r.text, j->r.text_n);
        text[j->r.text_n] = '\0';
        set_field(row, field, text);
    }
    return scp_json_reader_skip(&j->r, token, err);
}

static int json_deliver(struct json *j, const struct row *row, struct scp_err *err)
{
    if (deliver(row, j->sink, j->facts, err) == 0)
        return 0;
    j->refused = true;
    return -1;
}

static int json_message(struct json *j, struct scp_err *err)
{
    enum scp_json_token token;
    struct row row;
    int rc;

    clear_row(&row);
    while ((rc = scp_json_reader_member(&j->r, &token, err)) > 0) {
        if (json_field(j, &row, field_of(j->r.key, j->r.key_n), token, err) != 0)
            return -1;
    }
    return rc == 0 ? json_deliver(j, &row, err) : -1;
}

static int json_list(struct json *j, struct scp_err *err)
{
    enum scp_json_token token;

    j->found = true;
    for (;;) {
        if (scp_json_reader_next(&j->r, &token, err) != 0)
            return -1;
        if (token == SCP_JSON_ARRAY_END)
            return 0;
        if (token != SCP_JSON_OBJECT)
            j->facts->malformed++;
        if ((token == SCP_JSON_OBJECT ? json_message(j, err) : scp_json_reader_skip(&j->r, token, err)) != 0)
            return -1;
    }
}

static int json_object(struct json *j, unsigned depth, struct scp_err *err);

static void json_link(struct json *j, enum scp_json_token token)
{
    if (token != SCP_JSON_STRING)
        return;
    j->facts->more = j->r.text_n > 0;
    j->facts->next_too_long = j->r.text_n >= SCP_STATUSMSG_LINK_MAX;
    if (!j->facts->next_too_long && j->sink->next != NULL)
        scp_json_reader_text(&j->r, j->sink->next, SCP_STATUSMSG_LINK_MAX);
}

/* {"error": {"code": …, "message": "…"}} */
static int json_error(struct json *j, enum scp_json_token token, struct scp_err *err)
{
    int rc;

    j->failed = true;
    if (token == SCP_JSON_STRING)
        scp_json_reader_text(&j->r, j->error, sizeof j->error);
    if (token != SCP_JSON_OBJECT)
        return scp_json_reader_skip(&j->r, token, err);
    while ((rc = scp_json_reader_member(&j->r, &token, err)) > 0) {
        if (token == SCP_JSON_STRING && scp_json_reader_is(&j->r, "message"))
            scp_json_reader_text(&j->r, j->error, sizeof j->error);
        if (scp_json_reader_skip(&j->r, token, err) != 0)
            return -1;
    }
    return rc;
}

/* Windows PowerShell 5.1 may write a list as {"value": […], "Count": N}. */
static int json_value(struct json *j, enum scp_json_token token, unsigned depth, struct scp_err *err)
{
    j->listed = true;
    if (token == SCP_JSON_ARRAY)
        return json_list(j, err);
    if (token == SCP_JSON_OBJECT && depth == 0)
        return json_object(j, 1, err);
    return scp_json_reader_skip(&j->r, token, err);
}

static int json_member(struct json *j, struct row *row, enum scp_json_token token, unsigned depth, struct scp_err *err)
{
    if (scp_json_reader_is(&j->r, "value"))
        return json_value(j, token, depth, err);
    if (scp_json_reader_is(&j->r, "error"))
        return json_error(j, token, err);
    if (scp_json_reader_is(&j->r, "@odata.nextLink"))
        json_link(j, token);
    if (scp_json_reader_is(&j->r, "count") && token == SCP_JSON_NUMBER)
        j->counted = scp_num_u64(j->r.text, j->r.text_n, UINT32_MAX, &j->count, NULL) == 0;
    return json_field(j, row, field_of(j->r.key, j->r.key_n), token, err);
}

/* The object around a list, or a message alone. */
static int json_object(struct json *j, unsigned depth, struct scp_err *err)
{
    enum scp_json_token token;
    struct row row;
    int rc;

    clear_row(&row);
    while ((rc = scp_json_reader_member(&j->r, &token, err)) > 0) {
        if (json_member(j, &row, token, depth, err) != 0)
            return -1;
    }
    if (rc < 0)
        return -1;
    if (!row.has_id || j->found)
        return 0;
    j->found = true;
    return json_deliver(j, &row, err);
}

static int json_document(struct json *j, struct scp_err *err)
{
    enum scp_json_token token;

    if (scp_json_reader_next(&j->r, &token, err) != 0)
        return -1;
    if (token == SCP_JSON_NULL)
        j->found = true;
    else if (token == SCP_JSON_ARRAY ? json_list(j, err) != 0 : token == SCP_JSON_OBJECT && json_object(j, 0, err) != 0)
        return -1;
    else if (token != SCP_JSON_ARRAY && token != SCP_JSON_OBJECT)
        return scp_err_set(err, SCP_ERR_FORMAT, "JSON, but no list of status messages");
    return scp_json_reader_next(&j->r, &token, err);
}

/* What the whole says. */
static int json_judge(struct json *j, struct scp_err *err)
{
    size_t rows = j->facts->messages + j->facts->malformed;

    if (j->failed)
        return scp_err_set(err, SCP_ERR_FORMAT, "an error message in place of status messages: %s",
                           j->error[0] != '\0' ? j->error : "no reason told");
    if (j->counted && j->count != rows)
        return scp_err_set(err, SCP_ERR_FORMAT, "it says that it holds %llu messages, but %zu are in it",
                           (unsigned long long)j->count, rows);
    if (!j->found && !(j->listed && j->counted))
        return scp_err_set(err, SCP_ERR_FORMAT, "JSON, but no list of status messages (\"value\": […])");
    j->facts->empty = rows == 0 && !j->listed;
    return 0;
}

static int parse_json(const char *p, size_t n, const struct scp_statusmsg_sink *sink, struct scp_statusmsg_facts *facts,
                      struct scp_err *err)
{
    struct json j = { .sink = sink, .facts = facts };
    struct scp_err why = SCP_ERR_INIT;

    facts->json = true;
    scp_json_reader_init(&j.r, p, n);
    if (json_document(&j, &why) == 0)
        return json_judge(&j, err);
    if (why.code != SCP_ERR_TRUNCATED || j.refused)
        return scp_err_set(err, why.code, SCP_SAID, why.message);
    facts->truncated = true;
    return 0;
}

/* --- CSV --- */

struct csv {
    const char *p, *end;
    char separator;
    char *field; /* the last one, unquoted */
    size_t n;
    bool cut;    /* the text ended without a line end */
    bool closed; /* the field ended with its quote: it is whole whatever follows */
};

/* The next field; *last: a line end or the end follows.  A field over the maximum is cut: only short ones matter. */
static void csv_field(struct csv *c, bool *last)
{
    bool quoted = c->p < c->end && *c->p == '"';

    c->closed = false;
    c->n = 0;
    if (quoted)
        c->p++;
    while (c->p < c->end) {
        char ch = *c->p;

        if (quoted && ch == '"') {
            if (c->p + 1 < c->end && c->p[1] == '"') {
                c->p++;
            } else {
                quoted = false;
                c->closed = true;
                c->p++;
                continue;
            }
        } else if (!quoted && (ch == c->separator || ch == '\n')) {
            break;
        }
        if (c->n < FIELD_MAX - 1)
            c->field[c->n++] = ch;
        c->p++;
    }
    c->cut = c->p == c->end;
    *last = c->p == c->end || *c->p == '\n';
    if (c->p < c->end)
        c->p++;
    while (c->n > 0 && c->field[c->n - 1] == '\r')
        c->n--;
    c->field[c->n] = '\0';
}

/* The one that the header holds most of. */
static char separator_of(const char *p, const char *end)
{
    static const char ALL[] = ",;\t";
    size_t count[3] = { 0 }, best = 0;

    for (; p < end && *p != '\n'; p++) {
        for (size_t i = 0; i < 3; i++)
            count[i] += *p == ALL[i];
    }
    for (size_t i = 1; i < 3; i++) {
        if (count[i] > count[best])
            best = i;
    }
    return ALL[best];
}

static int csv_header(struct csv *c, enum field *column, size_t *columns, struct scp_err *err)
{
    bool last = false, id = false, time = false;

    for (*columns = 0; !last; (*columns)++) {
        if (*columns == COLUMNS_MAX)
            return scp_err_set(err, SCP_ERR_LIMIT, "more than %d columns", COLUMNS_MAX);
        csv_field(c, &last);
        column[*columns] = field_of(c->field, c->n);
        id = id || column[*columns] == FIELD_ID;
        time = time || column[*columns] == FIELD_TIME;
    }
    if (!id || !time)
        return scp_err_set(err, SCP_ERR_FORMAT, "neither JSON nor CSV with a header that names MessageID and Time");
    return 0;
}

static int csv_rows(struct csv *c, const enum field *column, size_t columns, const struct scp_statusmsg_sink *sink,
                    struct scp_statusmsg_facts *facts, struct scp_err *err)
{
    while (c->p < c->end) {
        bool last = false;
        struct row row;
        size_t i = 0, bytes = 0;

        clear_row(&row);
        for (; !last; i++) {
            csv_field(c, &last);
            bytes += c->n;
            if (i < columns)
                set_field(&row, column[i], c->field);
        }
        if (i == 1 && bytes == 0)
            continue; /* an empty line */
        /* Some tools write no last line end; but an unquoted number may have lost digits there. */
        if (c->cut && (i < columns || (!c->closed && column[columns - 1] != FIELD_OTHER))) {
            facts->truncated = true;
            return 0;
        }
        row.has_id = row.has_id && i == columns;
        if (deliver(&row, sink, facts, err) != 0)
            return -1;
    }
    return 0;
}

static int parse_csv(const char *p, size_t n, const struct scp_statusmsg_sink *sink, struct scp_statusmsg_facts *facts,
                     struct scp_err *err)
{
    static const char TYPE[] = "#TYPE ";
    enum field column[COLUMNS_MAX];
    struct csv c = { .p = p, .end = p + n };
    struct scp_buf field;
    size_t columns = 0;
    int rc;

    if (n >= sizeof TYPE - 1 && memcmp(p, TYPE, sizeof TYPE - 1) == 0) {
        const char *end = memchr(p, '\n', n);

        c.p = end != NULL ? end + 1 : c.end;
    }
    c.separator = separator_of(c.p, c.end);
    scp_buf_init(&field, FIELD_MAX);
    c.field = scp_buf_room(&field, FIELD_MAX);
    rc = c.field != NULL ? csv_header(&c, column, &columns, err) : scp_err_memory(err);
    if (rc == 0)
        rc = csv_rows(&c, column, columns, sink, facts, err);
    scp_buf_free(&field);
    return rc;
}

/* --- Both --- */

static int parse_text(const char *p, size_t n, const struct scp_statusmsg_sink *sink, struct scp_statusmsg_facts *facts,
                      struct scp_err *err)
{
    size_t blanks = 0;

    while (blanks < n && (p[blanks] == ' ' || p[blanks] == '\t' || p[blanks] == '\r' || p[blanks] == '\n'))
        blanks++;
    facts->empty = blanks == n;
    if (facts->empty)
        return 0;
    if (memchr(p, '\0', n) != NULL)
        return scp_err_set(err, SCP_ERR_FORMAT, "not text: a NUL byte");
    if (p[blanks] == '{' || p[blanks] == '[' || (n - blanks >= 4 && memcmp(p + blanks, "null", 4) == 0))
        return parse_json(p, n, sink, facts, err);
    return parse_csv(p + blanks, n - blanks, sink, facts, err);
}

int scp_statusmsg_parse(const char *p, size_t n, const struct scp_statusmsg_sink *sink, struct scp_statusmsg_facts *facts,
                        struct scp_err *err)
{
    struct scp_buf text;
    int rc;

    *facts = (struct scp_statusmsg_facts){ 0 };
    if (sink->next != NULL)
        sink->next[0] = '\0';
    if (n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        return parse_text(p + 3, n - 3, sink, facts, err);
    if (n < 2 || memcmp(p, "\xFF\xFE", 2) != 0)
        return parse_text(p, n, sink, facts, err);
    scp_buf_init(&text, 2 * (size_t)SCP_STATUSMSG_BYTES_MAX);
    rc = scp_text_utf16le((const uint8_t *)p + 2, (n - 2) & ~(size_t)1, &text, err);
    if (rc == 0)
        rc = parse_text(scp_buf_text(&text), text.n, sink, facts, err);
    scp_buf_free(&text);
    return rc;
}

/* progress.c - the progress line: what it says, and when it is painted. */
#include "artsync/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "artsync/clock.h"
#include "artsync/log.h"
#include "artsync/utf8.h"

enum {
    READING_MS = 100,   /* between two paintings while numbers move */
    STILL_MS = 500,     /* and while nothing but the time does */
    RATE_FROM_MS = 100, /* earlier a rate would be a guess */
    COLUMNS_DEFAULT = 80,
    NAME_MAX_BYTES = 200
};

static struct {
    char name[NAME_MAX_BYTES], phase[NAME_MAX_BYTES];
    int64_t bytes, total, records;
    int64_t since, painted; /* ms */
    bool reading;
} state;
static _Thread_local bool paints; /* this thread, and there is something to show */

/* ---- the line ---- */

static void add_count(Buf *out, int64_t n)
{
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)n);
    for (int i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            buf_char(out, ',');
        buf_char(out, digits[i]);
    }
}

static void add_time(Buf *out, int64_t seconds)
{
    if (seconds >= 3600)
        buf_printf(out, "%lld:%02d:%02d", (long long)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
    else
        buf_printf(out, "%d:%02d", (int)(seconds / 60), (int)(seconds % 60));
}

typedef enum Detail { DETAIL_FULL, DETAIL_SHORT, DETAIL_LEAST } Detail;

static void add_reading(Buf *out, const ProgressLine *line, Detail detail)
{
    bool timed = line->ms >= RATE_FROM_MS && detail != DETAIL_LEAST;
    if (line->total > 0)
        buf_printf(out, " %d%%", (int)(line->bytes >= line->total ? 100 : line->bytes * 100 / line->total));
    if (detail == DETAIL_FULL || line->total <= 0) {
        buf_str(out, line->total > 0 ? ", " : " ");
        add_count(out, line->records);
        buf_str(out, " records");
    }
    if (timed) {
        buf_str(out, ", ");
        add_count(out, line->records * 1000 / line->ms);
        buf_str(out, detail == DETAIL_FULL ? " records/s" : "/s");
    }
    if (timed && line->total > 0 && line->bytes > 0) {
        int64_t left = line->bytes >= line->total ? 0 : line->total - line->bytes;
        buf_str(out, ", ");
        add_time(out, (int64_t)((double)left * (double)line->ms / (double)line->bytes / 1000.0 + 0.999));
        buf_str(out, " left");
    }
}

/* The first characters of `name` that fit, with "..." behind them. */
static void add_cut(Buf *out, const char *name, size_t columns)
{
    size_t kept = 0, size;
    for (size_t at = 0; name[at]; at += size) {
        bool hidden;
        utf8_next(str_of(name), at, &size, &hidden);
        if (utf8_width((Str){name, at + size}) + 3 > columns)
            break;
        kept = at + size;
    }
    buf_add(out, name, kept);
    buf_str(out, "...");
}

void progress_format(Buf *out, const ProgressLine *line, int columns)
{
    size_t most = columns > 0 ? (size_t)columns : 0;
    Buf rest = {0};
    for (int detail = DETAIL_FULL; detail <= DETAIL_LEAST; detail++) {
        size_t name = utf8_width(str_of(line->name));
        buf_clear(&rest);
        if (line->phase) {
            buf_printf(&rest, " %s, ", line->phase);
            add_time(&rest, line->ms / 1000);
        } else {
            add_reading(&rest, line, (Detail)detail);
        }
        size_t width = utf8_width(buf_view(&rest)) + 1; /* the colon */
        bool fits = width + name <= most,
             cut = detail > DETAIL_FULL && width + 4 <= most && (line->phase || detail == DETAIL_SHORT);
        if (!fits && !cut)
            continue;
        if (fits)
            buf_str(out, line->name);
        else
            add_cut(out, line->name, most - width);
        buf_printf(out, ":%s", rest.data);
        buf_free(&rest);
        return;
    }
    buf_add(out, rest.data + 1, rest.len - 1 > most ? most : rest.len - 1); /* without the name; digits and plain
                                                                               letters */
    buf_free(&rest);
}

/* ---- the terminal ---- */

static int columns_of_terminal(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : COLUMNS_DEFAULT;
}

static void paint(int64_t now)
{
    const ProgressLine line = {.name = state.name,
                               .phase = state.reading ? NULL : state.phase,
                               .bytes = state.bytes,
                               .total = state.total,
                               .records = state.records,
                               .ms = now - state.since};
    Buf text = {0};
    progress_format(&text, &line, columns_of_terminal() - 1); /* in the last column some terminals begin the next
                                                                 line */
    log_progress(text.data ? text.data : "");
    buf_free(&text);
    state.painted = now;
}

static void set_text(char *to, const char *text)
{
    snprintf(to, NAME_MAX_BYTES, "%s", text);
    size_t bad;
    if (!utf8_valid(str_of(to), &bad))
        to[bad] = '\0'; /* cut within a character */
}

static void begin(void)
{
    int64_t now = clock_ms();
    state.since = now;
    if (paints && state.name[0])
        paint(now);
}

void progress_table(const char *name)
{
    paints = log_shows_progress();
    if (!paints)
        return;
    Arena arena = {0};
    set_text(state.name, utf8_printable(str_of(name), 100, &arena));
    arena_free(&arena);
    state.reading = false;
    state.phase[0] = '\0';
}

void progress_phase(const char *phase)
{
    if (!paints)
        return;
    state.reading = false;
    set_text(state.phase, phase);
    begin();
}

void progress_reading(int64_t bytes)
{
    if (!paints)
        return;
    state.reading = true;
    state.total = bytes;
    state.bytes = state.records = 0;
    begin();
}

static bool is_due(int64_t now) { return now - state.painted >= (state.reading ? READING_MS : STILL_MS); }

void progress_read(int64_t bytes, int64_t records)
{
    if (!paints)
        return;
    state.bytes = bytes;
    state.records = records;
    progress_tick();
}

void progress_tick(void)
{
    if (!paints || !(state.reading || state.phase[0]))
        return;
    int64_t now = clock_ms();
    if (is_due(now))
        paint(now);
}

int progress_pause(int ms) { return paints && ms > STILL_MS ? STILL_MS : ms; }

void progress_end(void)
{
    paints = false;
    log_progress_end();
}

#include "artsync/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "artsync/mem.h"
#include "artsync/utf8.h"

enum { LINE_MAX_CHARS = 100000 };

static struct {
    LogLevel level;
    bool color;
    bool terminal;
    bool progress; /* a progress line is on the terminal */
} state = {.level = LOG_NORMAL};

void log_setup(LogLevel level, bool no_color)
{
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    state.level = level;
    state.terminal = isatty(STDERR_FILENO) == 1;
    state.color = state.terminal && !no_color && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

void log_progress_end(void)
{
    if (state.progress)
        fputs("\r\033[K", stderr);
    state.progress = false;
}

/* What a server says may have several lines. The mark in front of the others keeps them apart from lines of ours, above
 * all from a hint: they may be anybody's. */
static void write_text(const char *text, const char *mark)
{
    Arena arena = {0};
    for (const char *line = text;; line++) {
        line += strspn(line, " \t");
        size_t n = strcspn(line, "\n");
        fputs(utf8_printable((Str){line, n}, LINE_MAX_CHARS, &arena), stderr);
        line += n;
        if (*line == '\0' || line[1] == '\0')
            break;
        fputs(mark, stderr);
    }
    fputc('\n', stderr);
    arena_free(&arena);
}

static void ART_PRINTF(3, 0) say(const char *label, const char *color, const char *format, va_list args)
{
    Buf text = {0};
    buf_reserve(&text, 1);
    buf_vprintf(&text, format, args);
    log_progress_end();
    if (*label)
        fprintf(stderr, "artsync: %s%s:%s ", state.color ? color : "", label, state.color ? "\033[0m" : "");
    write_text(buf_view(&text).p, "\n  | ");
    buf_free(&text);
}

#define SAY(min_level, label, color)                                                                                   \
    do {                                                                                                               \
        if (state.level < (min_level))                                                                                 \
            return;                                                                                                    \
        va_list args;                                                                                                  \
        va_start(args, format);                                                                                        \
        say(label, color, format, args);                                                                               \
        va_end(args);                                                                                                  \
    } while (0)

void log_detail(const char *format, ...) { SAY(LOG_VERBOSE, "", ""); }

void log_note(const char *format, ...) { SAY(LOG_NORMAL, "", ""); }

void log_warning(const char *format, ...) { SAY(LOG_NORMAL, "warning", "\033[33m"); }
void log_attention(const char *format, ...) { SAY(LOG_QUIET, "warning", "\033[33m"); }

bool log_shows_progress(void) { return state.terminal && state.level >= LOG_NORMAL; }

void log_progress(const char *text)
{
    if (!log_shows_progress())
        return;
    Arena arena = {0};
    fputs("\r\033[K", stderr);
    fputs(utf8_printable(str_of(text), LINE_MAX_CHARS, &arena), stderr);
    fflush(stderr);
    arena_free(&arena);
    state.progress = true;
}

void log_error(const Err *err)
{
    log_progress_end();
    fprintf(stderr, "artsync: %serror:%s ", state.color ? "\033[31m" : "", state.color ? "\033[0m" : "");
    write_text(err->message ? err->message : err_name(err->code), "\n  | ");
    if (err->hint) {
        fputs("  hint: ", stderr);
        write_text(err->hint, "\n    ");
    }
}

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "artsync/out.h"
#include "artsync/utf8.h"

static bool colored;

void out_setup(bool no_color)
{
    cJSON_Hooks hooks = {.malloc_fn = mem_alloc, .free_fn = free}; /* out of memory ends the program, as everywhere */
    cJSON_InitHooks(&hooks);
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    colored = isatty(STDOUT_FILENO) == 1 && !no_color && !(no && *no) && !(term && strcmp(term, "dumb") == 0);
}

size_t out_width(FILE *out)
{
    struct winsize size;
    int fd = fileno(out);
    return fd >= 0 && isatty(fd) == 1 && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* The reader of the pipe or socket is closed. */
static bool reader_left(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&out, 1, 0) > 0 && (out.revents & (POLLERR | POLLHUP));
}

/* The reason of an earlier failure is not known any more. What was printed is cut short in any case, so another line
 * end does no harm: if it cannot be written either, errno says why. */
static int earlier_reason(void)
{
    return reader_left() || write(STDOUT_FILENO, "\n", 1) == 1 ? 0 : errno;
}

bool out_finish(bool *gone, Err *err)
{
    errno = 0;
    int why = fflush(stdout) != 0 ? errno : 0;
    bool failed = why != 0 || ferror(stdout);
    if (failed && !why)
        why = earlier_reason();
    if (gone)
        *gone = failed && (why == EPIPE || (why == 0 && reader_left()));
    if (!failed)
        return true;
    return err_set(err, ERR_IO, NULL, "cannot write to standard output: %s",
                   why ? strerror(why) : "only a part of it was written");
}

/* Named, so that out_print knows its own codes by their address, and no others by their bytes. */
static const char codes[][8] = {"", "\033[1m", "\033[2m", "\033[32m", "\033[33m", "\033[31m", "", "\033[0m"};
enum { CODES = sizeof codes / sizeof codes[0], RESET = CODES - 1 };

const char *style_begin(Style style) { return codes[colored ? style : STYLE_PLAIN]; }

const char *style_end(Style style) { return codes[colored && *codes[style] ? RESET : STYLE_PLAIN]; }

bool style_is(const char *text)
{
    for (int i = 0; i < CODES; i++) {
        if (text == codes[i])
            return true;
    }
    return false;
}

const char *out_safe(const char *text, size_t max, Arena *arena)
{
    return text ? utf8_printable(str_of(text), max, arena) : "";
}

const char *out_count(int64_t n, Arena *arena)
{
    char digits[24], grouped[40];
    int len = snprintf(digits, sizeof digits, "%llu", n < 0 ? 0ULL - (unsigned long long)n : (unsigned long long)n);
    int at = 0;
    if (n < 0)
        grouped[at++] = '-';
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0)
            grouped[at++] = ',';
        grouped[at++] = digits[i];
    }
    return arena_strn(arena, grouped, (size_t)at);
}

const char *out_noun(int64_t n, const char *one, const char *many, Arena *arena)
{
    return arena_printf(arena, "%s %s", out_count(n, arena), n == 1 ? one : many);
}

const char *out_duration(int64_t ms, Arena *arena)
{
    if (ms < 1000)
        return arena_printf(arena, "%lld ms", (long long)ms);
    if (ms < 59950)
        return arena_printf(arena, "%.1f s", (double)ms / 1000);
    int64_t s = (ms + 500) / 1000;
    if (s < 3600)
        return arena_printf(arena, "%lld min %lld s", (long long)(s / 60), (long long)(s % 60));
    return arena_printf(arena, "%lld h %lld min", (long long)(s / 3600), (long long)(s % 3600 / 60));
}

const char *out_age(int64_t seconds, Arena *arena)
{
    if (seconds < 0)
        return "in the future";
    if (seconds < 60)
        return "just now";
    if (seconds < 3600)
        return arena_printf(arena, "%lld min ago", (long long)(seconds / 60));
    if (seconds < 2 * 86400)
        return arena_printf(arena, "%lld h ago", (long long)(seconds / 3600));
    return arena_printf(arena, "%lld days ago", (long long)(seconds / 86400));
}

const char *out_short_id(const char *sync_id, Arena *arena) { return arena_strn(arena, sync_id, strnlen(sync_id, 8)); }

#include "artsync/shell.h"

#include "artsync/utf8.h"

static CommandContext context;
static Arena hints;

void command_context(const CommandContext *of_run) { context = *of_run; }

static bool is_plain(Str text)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:@%+,-=";
    return text.n > 0 && strspn(text.p, plain) >= text.n;
}

/* 'it'\''s' */
static void add_quoted(Buf *out, Str text)
{
    buf_char(out, '\'');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\'')
            buf_str(out, "'\\''");
        else
            buf_char(out, text.p[i]);
    }
    buf_char(out, '\'');
}

/* "$(printf 'a\033b')": POSIX has no other way to write a control character in printable ones. */
static void add_escaped(Buf *out, Str text)
{
    buf_str(out, "\"$(printf '");
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '%')
            buf_str(out, "%%");
        else if (c < ' ' || c >= 0x7F || c == '\'' || c == '\\')
            buf_printf(out, "\\%03o", (unsigned)c);
        else
            buf_char(out, (char)c);
    }
    buf_str(out, "')\"");
}

/* `text` as one word of a POSIX shell: as it is where no character of it is special, else in single quotes. What a
 * terminal would act on is written by printf: a word from here never changes when it is made printable. */
static void add_word(Buf *out, Str text)
{
    if (is_plain(text))
        buf_add(out, text.p, text.n);
    else if (utf8_shows(text))
        add_quoted(out, text);
    else
        add_escaped(out, text);
}

void command_word(Buf *out, const char *text) { add_word(out, str_of(text)); }

static void add_option(Buf *out, const char *name, const char *value)
{
    if (value) {
        buf_printf(out, " %s ", name);
        add_word(out, str_of(value));
    }
}

static void begin_line(Buf *out, const char *base)
{
    buf_str(out, "artsync");
    add_option(out, "--base", base);
    add_option(out, "--env-file", context.env_file);
    add_option(out, "-d", context.database);
    buf_char(out, ' ');
}

static const char *ART_PRINTF(3, 0) line(Arena *arena, const char *base, const char *format, va_list args)
{
    Buf out = {0};
    begin_line(&out, base);
    for (const char *p = format; *p; p++) {
        if (p[0] == '%' && p[1] == 's') {
            add_word(&out, str_of(va_arg(args, const char *)));
            p++;
        } else {
            buf_char(&out, *p);
        }
    }
    const char *result = arena_strn(arena, out.data, out.len);
    buf_free(&out);
    return result;
}

const char *command_line(Arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *result = line(arena, context.base, format, args);
    va_end(args);
    return result;
}

const char *command_line_for(Arena *arena, const char *base, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *result = line(arena, base, format, args);
    va_end(args);
    return result;
}

const char *command_line_words(Arena *arena, const char *base, const char *words)
{
    Buf out = {0};
    begin_line(&out, base);
    buf_str(&out, words);
    const char *result = arena_strn(arena, out.data, out.len);
    buf_free(&out);
    return result;
}

const char *command_on_file(Arena *arena, const char *command, const char *path)
{
    Buf out = {0};
    buf_printf(&out, "%s %s", command, path[0] == '-' ? "./" : "");
    command_word(&out, path);
    const char *result = arena_strn(arena, out.data, out.len);
    buf_free(&out);
    return result;
}

const char *command_hint(const char *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *command = line(&hints, context.base, format, args);
    va_end(args);
    const char *place = strstr(text, "{}");
    return arena_printf(&hints, "%.*s%s%s", (int)(place - text), text, command, place + 2);
}

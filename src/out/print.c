/* print.c - printf for people: what it is given is text, and no command to a terminal. */
#include <ctype.h>
#include <stdlib.h>

#include "artsync/out.h"
#include "artsync/utf8.h"

typedef struct Spec {
    bool left;
    int width;     /* 0: none */
    int precision; /* -1: none */
    int longs;     /* 'l' in front of the letter */
    bool size;     /* 'z' */
} Spec;

static void pad(FILE *out, size_t n) { fprintf(out, "%*s", (int)n, ""); }

static void print_text(FILE *out, const Spec *spec, const char *text)
{
    if (style_is(text)) {
        fputs(text, out);
        return;
    }
    Arena arena = {0};
    size_t n = spec->precision >= 0 ? strnlen(text, (size_t)spec->precision) : strlen(text);
    const char *safe = utf8_printable((Str){text, n}, SIZE_MAX, &arena);
    size_t columns = utf8_width(str_of(safe)), width = (size_t)spec->width;
    if (!spec->left && columns < width)
        pad(out, width - columns);
    fputs(safe, out);
    if (spec->left && columns < width)
        pad(out, width - columns);
    arena_free(&arena);
}

/* The number at *p, or the next argument where there is a '*'. */
static int read_number(const char **p, int star)
{
    if (**p == '*') {
        (*p)++;
        return star;
    }
    return isdigit((unsigned char)**p) ? (int)strtol(*p, (char **)p, 10) : 0;
}

void out_print(FILE *out, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    for (const char *p = format; *p;) {
        size_t plain = strcspn(p, "%");
        fwrite(p, 1, plain, out);
        p += plain;
        if (!*p)
            break;
        p++;
        Spec spec = {.precision = -1};
        spec.left = *p == '-';
        p += spec.left;
        spec.width = read_number(&p, *p == '*' ? va_arg(args, int) : 0);
        if (*p == '.') {
            p++;
            spec.precision = read_number(&p, *p == '*' ? va_arg(args, int) : 0);
        }
        for (; *p == 'l' || *p == 'z'; p++) {
            spec.longs += *p == 'l';
            spec.size = spec.size || *p == 'z';
        }
        char letter = *p++;
        if (letter == 's')
            print_text(out, &spec, va_arg(args, const char *));
        else if (letter == 'd' && spec.longs == 2)
            fprintf(out, "%*lld", spec.width, va_arg(args, long long));
        else if (letter == 'd' && spec.longs == 0)
            fprintf(out, "%*d", spec.width, va_arg(args, int));
        else if (letter == 'u' && spec.size)
            fprintf(out, "%*zu", spec.width, va_arg(args, size_t));
        else if (letter == '%')
            fputc('%', out);
        else
            abort(); /* a conversion that this function does not know: every format is a literal of ours */
    }
    va_end(args);
}

/* line.c - lines of prose, broken at blanks where a terminal is too narrow for them. */
#include "artsync/out.h"
#include "artsync/utf8.h"

enum { HANGING = 2, NARROWEST = 20 };

static const char command[] = "artsync ";

Line line_begin(FILE *out)
{
    size_t width = out_width(out);
    return (Line){.limit = width >= NARROWEST ? width : 0};
}

/* How many bytes of `text` go on this line: all, or up to a blank behind which a word does not fit. */
static size_t fitting(Line *line, const char *text)
{
    size_t at = 0;
    while (text[at] && !line->command) {
        size_t blanks = strspn(text + at, " "), word = strcspn(text + at + blanks, " ");
        size_t width = blanks + utf8_width((Str){text + at + blanks, word});
        if (line->begun && (blanks || line->blank) && word && line->column + width > line->limit)
            return at;
        line->blank = !word;
        if (!line->begun)
            line->indent += blanks;
        line->begun = line->begun || word;
        line->command = strncmp(text + at + blanks, command, sizeof command - 1) == 0;
        line->column += width;
        at += blanks + word;
    }
    return at + strlen(text + at);
}

void line_print(FILE *out, Line *line, Style style, const char *text)
{
    Arena arena = {0};
    const char *rest = out_safe(text, SIZE_MAX, &arena);
    if (line->limit == 0) {
        fprintf(out, "%s%s%s", style_begin(style), rest, style_end(style));
        rest = "";
    }
    while (*rest) {
        size_t n = fitting(line, rest);
        if (n)
            fprintf(out, "%s%.*s%s", style_begin(style), (int)n, rest, style_end(style));
        rest += n;
        if (*rest) {
            line->column = line->indent + HANGING;
            fprintf(out, "\n%*s", (int)line->column, "");
            rest += strspn(rest, " ");
        }
    }
    arena_free(&arena);
}

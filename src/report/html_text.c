/* html_text.c - any bytes as text of a page. */
#include "artsync/out.h"
#include "artsync/utf8.h"
#include "html.h"

/* Format characters that only shape the text they are in: joiners, marks of direction, soft hyphen. Every value is
 * isolated by its element, so that they reach no further. */
static bool is_shaping(int32_t point)
{
    return (point >= 0x200C && point <= 0x200F) || point == 0x061C || point == 0xAD ||
           (point >= 0xE0020 && point <= 0xE007F);
}

static void write_hidden(FILE *out, const char *at, int32_t point)
{
    if (point >= 0)
        fprintf(out, "<i class=code>U+%04X</i>", (unsigned)point);
    else
        fprintf(out, "<i class=code>\\x%02X</i>", (unsigned char)*at);
}

static void write_point(FILE *out, const char *at, size_t size)
{
    const char *entity = *at == '&' ? "&amp;" : *at == '<' ? "&lt;" : *at == '>' ? "&gt;" : *at == '"' ? "&quot;"
                       : *at == '\'' ? "&#39;" : NULL;
    if (entity)
        fputs(entity, out);
    else
        fwrite(at, 1, size, out);
}

void html_text(FILE *out, const char *text, size_t max)
{
    Str all = str_of(text);
    size_t shown = 0, at = 0;
    for (size_t size; at < all.n && shown < max; at += size, shown++) {
        bool hidden;
        int32_t point = utf8_next(all, at, &size, &hidden);
        if (!hidden || point == '\n' || point == '\t' || is_shaping(point))
            write_point(out, text + at, size);
        else
            write_hidden(out, text + at, point);
    }
    if (at == all.n)
        return;
    Arena arena = {0};
    fprintf(out, "&hellip; <span class=cut>(cut: %s characters in all)</span>",
            out_count((int64_t)utf8_length(all), &arena));
    arena_free(&arena);
}

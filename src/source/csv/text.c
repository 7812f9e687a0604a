/* Text in memory: read as a file is; its lines; the line sep=; that says what separates the cells. */
#include <string.h>
#include <strings.h>

#include "artsync/csv_writer.h"
#include "internal.h"

ssize_t csv_read_memory(void *ctx, char *to, size_t space, Err *err)
{
    (void)err;
    Str *rest = ctx;
    size_t n = rest->n < space ? rest->n : space;
    if (n)
        memcpy(to, rest->p, n);
    *rest = (Str){rest->p + n, rest->n - n};
    return (ssize_t)n;
}

int64_t csv_count_lines(const char *text, size_t n)
{
    int64_t lines = 0;
    const char *end = text + n, *p = text;
    while ((p = memchr(p, '\n', (size_t)(end - p)))) {
        lines++;
        p++;
    }
    for (p = text; (p = memchr(p, '\r', (size_t)(end - p))); p++)
        lines += p + 1 == end || p[1] != '\n';
    return lines;
}

char csv_sep_line(Str line)
{
    bool quoted = line.n == 7 && line.p[0] == '"' && line.p[6] == '"';
    if ((line.n != 5 && !quoted) || strncasecmp(line.p + quoted, "sep=", 4) != 0)
        return '\0';
    char comma = line.p[4 + quoted];
    return comma && strchr(",;|\t", comma) ? comma : '\0';
}

char csv_delimiter_of(Str original, size_t *skip)
{
    const char *feed = memchr(original.p, '\n', original.n);
    size_t n = feed ? (size_t)(feed - original.p) : 0;
    char delimiter = csv_sep_line((Str){original.p, n && original.p[n - 1] == '\r' ? n - 1 : n});
    *skip = delimiter ? n + 1 : 0;
    return delimiter ? delimiter : ',';
}

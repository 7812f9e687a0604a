/* type_attachments.c - "name (https://...),name (https://...)" -> the URLs; compared by the names.
 *
 * Names hold commas and brackets, so a cell is read by its URLs: " (http" opens one and the first ")" before a comma or
 * the cell's end closes it. URLs are new in every export and expire within hours, so they are no part of
 * comparing. A bare URL (a hand-made list) counts as an attachment whose name is the last part of its path. Anything
 * else is refused: text without a URL would be lost. */
#include "field.h"

#include "artsync/utf8.h"

typedef struct Attachment {
    Str name, url;
} Attachment;

static bool starts(Str text, size_t at, Str word)
{
    return text.n - at >= word.n && memcmp(text.p + at, word.p, word.n) == 0;
}

static bool is_url(Str text, size_t at)
{
    return starts(text, at, STR("https://")) || starts(text, at, STR("http://"));
}

static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/* Where the URL that starts at `at` ends: at a comma or the cell's end, with a `)` in front if it was opened by `(`. */
static size_t url_end(Str cell, size_t at, bool bracket)
{
    for (size_t i = at; i <= cell.n; i++) {
        bool end = i == cell.n || cell.p[i] == ',';
        if (end && (!bracket || cell.p[i - 1] == ')'))
            return i;
        if (i < cell.n && is_blank(cell.p[i]))
            return 0;
    }
    return 0;
}

/* The last part of a URL's path, without query and fragment. */
static Str url_name(Str url)
{
    size_t end = 0, start;
    while (end < url.n && url.p[end] != '?' && url.p[end] != '#')
        end++;
    for (start = end; start && url.p[start - 1] != '/';)
        start--;
    return (Str){url.p + start, end - start};
}

/* The attachment that starts at *at, which moves behind it and its comma; false: there is none. */
static bool next_attachment(Str cell, size_t *at, Attachment *out)
{
    bool bare = is_url(cell, *at);
    size_t open = *at;
    while (!bare && open < cell.n &&
           !(open > *at && cell.p[open] == '(' && is_blank(cell.p[open - 1]) && is_url(cell, open + 1)))
        open++;
    if (open == cell.n)
        return false;
    size_t start = bare ? open : open + 1, end = url_end(cell, start, !bare);
    if (!end)
        return false;
    out->url = (Str){cell.p + start, end - start - !bare};
    out->name = bare ? url_name(out->url) : utf8_trim((Str){cell.p + *at, open - *at});
    *at = end < cell.n ? end + 1 : end;
    while (*at < cell.n && is_blank(cell.p[*at]))
        ++*at;
    return true;
}

/* All of a trimmed cell's; false: *at is where something else begins. */
static bool read_all(Str cell, Arena *arena, Attachment **items, size_t *n, size_t *at)
{
    size_t most = 1;
    for (size_t i = 0; i < cell.n; i++)
        most += cell.p[i] == ',';
    *items = arena_alloc(arena, most * sizeof **items);
    for (*n = *at = 0; *at < cell.n; ++*n) {
        if (!next_attachment(cell, at, &(*items)[*n]))
            return false;
    }
    return true;
}

static const char *names_text(const Attachment *items, size_t n, Arena *arena)
{
    Str *names = arena_alloc(arena, (n + 1) * sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = utf8_nfc(items[i].name, arena);
    return array_text(names, n, arena);
}

const char *attachment_names(Str cell, Arena *arena)
{
    Attachment *items;
    size_t n, at;
    cell = utf8_trim(cell);
    if (cell.n > FIELD_PARTS_MAX || !read_all(cell, arena, &items, &n, &at))
        return arena_strn(arena, cell.p, cell.n);
    return n ? names_text(items, n, arena) : "";
}

void clean_attachments(const Field *field, Str cell)
{
    Attachment *items;
    size_t n, at;
    if (!read_all(cell, field->arena, &items, &n, &at)) {
        Str rest = {cell.p + at, cell.n - at};
        field->out->element = field_keep(field, rest);
        field_refuse(field, REJECT_INVALID, "is not a list of attachments: \"%s\" is not name (https://...)",
                     utf8_printable(rest, 60, field->arena));
        return;
    }
    Str *urls = arena_alloc(field->arena, n * sizeof *urls);
    for (size_t i = 0; i < n; i++)
        urls[i] = items[i].url;
    field->out->compare = names_text(items, n, field->arena);
    field_value(field, array_text(urls, n, field->arena));
}

#include "artsync/links.h"

#include <stdlib.h>

#include "artsync/text_map.h"
#include "artsync/utf8.h"

/* Names are kept in three spellings, from the strictest to the most forgiving; a name is looked up in this order. */
enum { EXACT, TRIMMED, FOLDED, SPELLINGS };

/* Records of the export that carry a name: which id it is. */
typedef struct ExportNames {
    const char **ids;
    size_t n, cap;
    TextMap names[SPELLINGS];
    bool known, synced;
} ExportNames;

struct LinkIndex {
    Arena arena;
    Link *rows;
    size_t n, cap;
    TextMap ids;
    TextMap keys;
    TextMap names[SPELLINGS];
    ExportNames export;
    size_t commas; /* the most that any name holds, up to MAX_COMMAS: bounds link_split's search for whole names */
};

/* A name with more commas is still found by the whole cell and by its quoted form, only not among others unquoted. */
enum { MAX_COMMAS = 32 };

LinkIndex *link_index_new(void) { return mem_alloc(sizeof(LinkIndex)); }

void link_index_free(LinkIndex *index)
{
    if (!index)
        return;
    free(index->rows);
    text_map_free(&index->ids);
    text_map_free(&index->keys);
    for (int i = 0; i < SPELLINGS; i++) {
        text_map_free(&index->names[i]);
        text_map_free(&index->export.names[i]);
    }
    free(index->export.ids);
    arena_free(&index->arena);
    free(index);
}

/* ---- maps ---- */

/* Tells a row from another: a row's primary key, or the id of a record of the export. */
typedef const char *IdentityFn(const LinkIndex *index, uint32_t row);

static const char *row_key(const LinkIndex *index, uint32_t row) { return index->rows[row].key; }
static const char *export_id(const LinkIndex *index, uint32_t row) { return index->export.ids[row]; }

/* `text` lives in the index's arena. A text that two rows share keeps the first: asking for it is ambiguous. */
static void map_add(const LinkIndex *index, TextMap *map, Str text, uint32_t row, IdentityFn *identity)
{
    bool added;
    TextEntry *entry = text_map_add(map, text, row, &added);
    if (!added && strcmp(identity(index, entry->number), identity(index, row)) != 0)
        entry->repeated = true;
}

static LinkOutcome map_find(const TextMap *map, Str text, uint32_t *row)
{
    const TextEntry *entry = text_map_find(map, text);
    if (!entry)
        return LINK_NONE;
    *row = entry->number;
    return entry->repeated ? LINK_AMBIGUOUS : LINK_FOUND;
}

/* ---- rows ---- */

/* A name in its three spellings. A blank one is no name: no cell could mean it. */
static void add_name(LinkIndex *index, TextMap names[SPELLINGS], const char *name, uint32_t row, IdentityFn *identity)
{
    Str exact = str_of(arena_str(&index->arena, name));
    Str trimmed = utf8_nfc(utf8_trim(exact), &index->arena);
    if (trimmed.n == 0)
        return;
    size_t commas = 0;
    for (size_t i = 0; i < exact.n; i++)
        commas += exact.p[i] == ',';
    commas = commas < MAX_COMMAS ? commas : MAX_COMMAS;
    index->commas = commas > index->commas ? commas : index->commas;
    map_add(index, &names[EXACT], exact, row, identity);
    map_add(index, &names[TRIMMED], trimmed, row, identity);
    map_add(index, &names[FOLDED], utf8_fold(trimmed, &index->arena), row, identity);
}

void link_index_add(LinkIndex *index, const char *id, const char *name, const char *key, bool derived_id)
{
    ARRAY_RESERVE(index->rows, index->n, index->cap);
    uint32_t row = (uint32_t)index->n++;
    const char *own_id = id ? arena_str(&index->arena, id) : NULL;
    index->rows[row] = (Link){own_id, own_id, arena_str(&index->arena, key), derived_id, false};
    map_add(index, &index->keys, str_of(index->rows[row].key), row, row_key);
    if (own_id)
        map_add(index, &index->ids, str_of(own_id), row, row_key);
    if (name)
        add_name(index, index->names, name, row, row_key);
}

void link_index_identity(LinkIndex *index, const char *id, const char *identity)
{
    uint32_t row;
    if (map_find(&index->ids, str_of(id), &row) == LINK_FOUND)
        index->rows[row].identity = arena_str(&index->arena, identity);
}

void link_index_export(LinkIndex *index, bool synced)
{
    index->export.known = true;
    index->export.synced = synced;
}

bool link_index_has_export(const LinkIndex *index) { return index->export.known; }

void link_index_export_name(LinkIndex *index, const char *id, const char *name)
{
    ExportNames *export = &index->export;
    ARRAY_RESERVE(export->ids, export->n, export->cap);
    export->ids[export->n] = arena_str(&index->arena, id);
    add_name(index, export->names, name, (uint32_t)export->n++, export_id);
}

const char *link_identity_of_key(const LinkIndex *index, const char *key)
{
    uint32_t row;
    return map_find(&index->keys, str_of(key), &row) == LINK_FOUND ? index->rows[row].identity : NULL;
}

LinkOutcome link_by_id(const LinkIndex *index, Str id, Link *link)
{
    uint32_t row;
    LinkOutcome outcome = map_find(&index->ids, id, &row);
    if (outcome == LINK_FOUND)
        *link = index->rows[row];
    return outcome;
}

/* A name as it is looked up: most are found as they are spelt, so the other spellings are made when they are
 * asked for. */
typedef struct Spelt {
    Str texts[SPELLINGS]; /* p NULL: not made yet; empty: the name has none */
    Arena arena;
} Spelt;

static Str spelling(Spelt *name, int s)
{
    Str *text = &name->texts[s];
    if (text->p)
        return *text;
    if (s == TRIMMED)
        *text = utf8_nfc(utf8_trim(name->texts[EXACT]), &name->arena);
    else if (spelling(name, TRIMMED).n)
        *text = utf8_fold(name->texts[TRIMMED], &name->arena);
    if (!text->p)
        *text = STR("");
    return *text;
}

/* What the rows alone say, in the spellings from `first` to `last`. */
static LinkOutcome row_by_name(const LinkIndex *index, Spelt *name, int first, int last, uint32_t *row)
{
    LinkOutcome outcome = LINK_NONE;
    *row = 0;
    for (int s = first; outcome == LINK_NONE && s <= last && spelling(name, s).n; s++)
        outcome = map_find(&index->names[s], spelling(name, s), row);
    return outcome;
}

/* The row of the export's record. Where the rows are older than this export, a row of that name whose id is not
 * Airtable's is the record's, too: the next sync of its table adopts it. */
static LinkOutcome row_of_record(const LinkIndex *index, Spelt *name, const char *id, Link *link)
{
    uint32_t row, other;
    LinkOutcome rows = row_by_name(index, name, EXACT, FOLDED, &other);
    if (map_find(&index->ids, str_of(id), &row) == LINK_FOUND) {
        *link = index->rows[row];
        link->other_row = rows == LINK_AMBIGUOUS || (rows == LINK_FOUND && other != row);
        return LINK_FOUND;
    }
    if (!index->export.synced && rows == LINK_FOUND && index->rows[other].derived_id) {
        *link = index->rows[other];
        return LINK_FOUND;
    }
    *link = (Link){.id = id};
    return LINK_NO_ROW;
}

/* Spelling by spelling, so that a name spelt exactly so is found before one that only resembles it. */
LinkOutcome link_by_name(const LinkIndex *index, Str name, Link *link)
{
    Spelt spelt = {.texts = {[EXACT] = name}};
    uint32_t row;
    LinkOutcome outcome = LINK_NONE;
    for (int s = EXACT; outcome == LINK_NONE && s < SPELLINGS && spelling(&spelt, s).n; s++) {
        outcome = map_find(&index->export.names[s], spelling(&spelt, s), &row);
        if (outcome == LINK_FOUND) {
            outcome = row_of_record(index, &spelt, index->export.ids[row], link);
        } else if (outcome == LINK_NONE) {
            outcome = row_by_name(index, &spelt, s, s, &row);
            if (outcome == LINK_FOUND)
                *link = index->rows[row];
        }
    }
    arena_free(&spelt.arena);
    return outcome;
}

const char *link_export_id(const LinkIndex *index, Str name)
{
    Spelt spelt = {.texts = {[EXACT] = name}};
    uint32_t row;
    LinkOutcome outcome = LINK_NONE;
    for (int s = EXACT; outcome == LINK_NONE && s < SPELLINGS && spelling(&spelt, s).n; s++)
        outcome = map_find(&index->export.names[s], spelling(&spelt, s), &row);
    arena_free(&spelt.arena);
    return outcome == LINK_FOUND ? index->export.ids[row] : outcome == LINK_AMBIGUOUS ? "\1" : "";
}

/* ---- splitting ----
 *
 * An element starts at the cell's start or after a comma. It is, in this order of preference, a quoted string, a known
 * name that may hold commas, or whatever is before the next comma. Of all ways to cut the cell the one with the fewest
 * unknown elements is chosen, then the one with the fewest elements; found from the end backwards, once per start. */

typedef struct Cut {
    Str element;              /* of the best way, what starts here (with its quotes) */
    size_t next;              /* the start after it */
    size_t unknown, elements; /* from here to the end; blank ones are elements too, until they are dropped */
    bool quoted;
} Cut;

/* End of a quoted string that starts at `at`: the comma or the cell's end behind it, or 0 if it is none. */
static size_t quoted_end(Str cell, size_t at)
{
    if (at >= cell.n || cell.p[at] != '"')
        return 0;
    for (size_t i = at + 1; i < cell.n; i++) {
        if (cell.p[i] != '"')
            continue;
        if (i + 1 < cell.n && cell.p[i + 1] == '"') {
            i++;
            continue;
        }
        return i + 1 == cell.n || cell.p[i + 1] == ',' ? i + 1 : 0;
    }
    return 0;
}

static Str unquote(Str quoted, Arena *arena)
{
    char *text = arena_alloc(arena, quoted.n);
    size_t n = 0;
    for (size_t i = 1; i + 1 < quoted.n; i++) {
        text[n++] = quoted.p[i];
        if (quoted.p[i] == '"')
            i++;
    }
    return (Str){text, n};
}

static bool known(const LinkIndex *index, Str name)
{
    Link link;
    return index && link_by_name(index, name, &link) != LINK_NONE;
}

static bool better(const Cut *a, const Cut *b)
{
    return a->unknown != b->unknown ? a->unknown < b->unknown : a->elements < b->elements;
}

static bool blank(Str text) { return utf8_trim(text).n == 0; }

/* The start that follows the comma at `end`; one past the last start for the cell's end. */
static size_t start_after(const size_t *starts, size_t n, size_t from, size_t end)
{
    size_t low = from + 1, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (starts[middle] > end)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static Cut best_cut(const LinkIndex *index, Str cell, const size_t *starts, size_t n, const Cut *cuts, size_t i,
                    Arena *arena)
{
    size_t at = starts[i], quote = quoted_end(cell, at), reach = index ? index->commas : 0;
    Cut best = {.unknown = SIZE_MAX};
    if (quote) {
        Str element = {cell.p + at, quote - at};
        size_t next = start_after(starts, n, i, quote);
        best = (Cut){element, next, cuts[next].unknown + !known(index, unquote(element, arena)),
                     cuts[next].elements + 1, true};
    }
    for (size_t next = i + 1; next <= n && next - i <= reach + 1; next++) {
        size_t end = next < n ? starts[next] - 1 : cell.n;
        Str element = {cell.p + at, end - at};
        bool none = blank(element), is_known = !none && known(index, element);
        if (!is_known && (next > i + 1 || quote)) /* an unknown name ends at its first comma */
            continue;
        Cut cut = {element, next, cuts[next].unknown + (!is_known && !none), cuts[next].elements + 1, false};
        if (better(&cut, &best))
            best = cut;
    }
    return best;
}

static Str kept(Str text, Arena *arena) { return (Str){arena_strn(arena, text.p, text.n), text.n}; }

size_t link_split(const LinkIndex *index, Str cell, Arena *arena, Str **elements)
{
    if (known(index, cell)) {
        *elements = arena_alloc(arena, sizeof **elements);
        (*elements)[0] = kept(cell, arena);
        return 1;
    }
    size_t n = 1;
    for (size_t i = 0; i < cell.n; i++)
        n += cell.p[i] == ',';
    size_t *starts = arena_alloc(arena, n * sizeof *starts);
    for (size_t i = 0, k = 1; i < cell.n; i++) {
        if (cell.p[i] == ',')
            starts[k++] = i + 1;
    }
    Cut *cuts = arena_alloc(arena, (n + 1) * sizeof *cuts);
    for (size_t i = n; i-- > 0;)
        cuts[i] = best_cut(index, cell, starts, n, cuts, i, arena);
    *elements = arena_alloc(arena, (cuts[0].elements + 1) * sizeof **elements);
    size_t count = 0;
    for (size_t i = 0; i < n; i = cuts[i].next) {
        Str element = cuts[i].element;
        element = cuts[i].quoted ? unquote(element, arena) : kept(element, arena);
        if (!blank(element))
            (*elements)[count++] = element;
    }
    return count;
}

static bool between_ids(char c) { return c == ',' || c == ' ' || (c >= '\t' && c <= '\r'); }

size_t link_split_ids(Str cell, Arena *arena, Str **elements)
{
    size_t count = 0;
    *elements = arena_alloc(arena, (cell.n / 2 + 1) * sizeof **elements);
    for (size_t i = 0, start; i < cell.n;) {
        while (i < cell.n && between_ids(cell.p[i]))
            i++;
        for (start = i; i < cell.n && !between_ids(cell.p[i]);)
            i++;
        Str id = utf8_trim((Str){cell.p + start, i - start}); /* of wider blanks */
        if (id.n)
            (*elements)[count++] = kept(id, arena);
    }
    return count;
}

/* changes.c - single changes as people read them: whose record, then column by column from what to what. */
#include <stdlib.h>

#include "private.h"

enum { PAGE = 500, PAGE_BYTES = 4 * 1024 * 1024, VALUE_MAX = 70, NAME_MAX_CHARS = 60 };

cJSON *change_columns(const char *pairs)
{
    cJSON *columns = cJSON_CreateObject();
    cJSON *parsed = pairs ? cJSON_Parse(pairs) : NULL;
    const cJSON *pair;
    cJSON_ArrayForEach(pair, parsed)
    {
        cJSON *named = cJSON_AddObjectToObject(columns, pair->string);
        const cJSON *from = cJSON_GetArrayItem(pair, 0), *to = cJSON_GetArrayItem(pair, 1);
        cJSON_AddItemToObject(named, "from", from ? cJSON_Duplicate(from, 1) : cJSON_CreateNull());
        cJSON_AddItemToObject(named, "to", to ? cJSON_Duplicate(to, 1) : cJSON_CreateNull());
    }
    cJSON_Delete(parsed);
    return columns;
}

static const char *side(const cJSON *column, const char *key)
{
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(column, key);
    return cJSON_IsString(item) ? item->valuestring : NULL;
}

const char *change_name(const Table *table, const cJSON *columns)
{
    if (!table || table->name_column < 0)
        return NULL;
    const cJSON *column = cJSON_GetObjectItemCaseSensitive(columns, table->columns[table->name_column].name);
    const char *to = column ? side(column, "to") : NULL;
    return to ? to : column ? side(column, "from") : NULL;
}

static const char *shown(const char *text, Arena *arena) { return text ? out_safe(text, VALUE_MAX, arena) : "(empty)"; }

void change_print(FILE *out, const char *table, const char *id, const char *name, const char *action,
                  const cJSON *columns)
{
    Arena arena = {0};
    bool created = strcmp(action, "created") == 0, updated = strcmp(action, "updated") == 0;
    out_print(out, "%s%s %s%s", style_begin(STYLE_BOLD), table, out_safe(id, NAME_MAX_CHARS, &arena),
            style_end(STYLE_BOLD));
    if (name)
        out_print(out, " %s", out_safe(name, NAME_MAX_CHARS, &arena));
    out_print(out, "%s%s%s\n", updated ? "" : " (", updated ? "" : action, updated ? "" : ")");
    const cJSON *column;
    cJSON_ArrayForEach(column, columns)
    {
        const char *from = side(column, "from"), *to = side(column, "to");
        if (created && !from && !to)
            continue; /* of a new row only what it holds */
        out_print(out, "  %s: ", column->string);
        if (!created)
            out_print(out, "%s -> ", shown(from, &arena));
        out_print(out, "%s\n", shown(to, &arena));
    }
    arena_free(&arena);
}

void sql_name_column(Buf *out, const Table *table, const char *alias)
{
    if (table->name_column < 0) {
        buf_str(out, "NULL::text");
        return;
    }
    sql_name(out, alias, table->columns[table->name_column].name);
    buf_str(out, "::text");
}

/* ---- a diff's changes, page by page ---- */

typedef struct Page {
    Cli *cli;
    int64_t left; /* < 0: no limit */
    cJSON *items[PAGE];
    int n;
    size_t bytes; /* of the items' lines */
} Page;

typedef struct NamedRow {
    const char *id, *name;
} NamedRow;

static int by_id(const void *a, const void *b) { return strcmp(((const NamedRow *)a)->id, ((const NamedRow *)b)->id); }

/* The names of the page's rows of one table, sorted by id; the strings live in `rows`. */
static bool look_up(Page *page, const Table *table, NamedRow *names, int *n, PgRows **rows, Err *err)
{
    const char *ids[PAGE];
    int n_ids = 0;
    *n = 0;
    for (int i = 0; i < page->n; i++)
        if (strcmp(side(page->items[i], "table"), table->name) == 0)
            ids[n_ids++] = side(page->items[i], "id");
    if (n_ids == 0 || table->name_column < 0)
        return true;
    Buf sql = {0}, array = {0};
    sql_expand(&sql, table, "SELECT t.{id}::text, ");
    sql_name_column(&sql, table, "t");
    sql_expand(&sql, table, " FROM {table} AS t WHERE t.{id}::text = ANY ($1::text[])");
    sql_array(&array, ids, n_ids);
    bool ok = pg_query(page->cli->pg, sql.data, 1, (const char *[]){array.data}, rows, err);
    buf_free(&sql);
    buf_free(&array);
    for (int r = 0; ok && r < pg_count(*rows) && *n < PAGE; r++)
        names[(*n)++] = (NamedRow){pg_get(*rows, r, 0), pg_get(*rows, r, 1)};
    qsort(names, (size_t)*n, sizeof *names, by_id);
    return ok;
}

static void print_changes_of(Page *page, const Table *table, const NamedRow *names, int n)
{
    for (int i = 0; i < page->n; i++) {
        const cJSON *item = page->items[i];
        if (strcmp(side(item, "table"), table->name) != 0)
            continue;
        const cJSON *columns = cJSON_GetObjectItemCaseSensitive(item, "columns");
        NamedRow key = {side(item, "id"), NULL};
        const NamedRow *found = n ? bsearch(&key, names, (size_t)n, sizeof *names, by_id) : NULL;
        const char *name = found ? found->name : change_name(table, columns);
        change_print(stdout, table->name, key.id, name, side(item, "action"), columns);
    }
}

/* A spool comes table by table, so a page holds few tables and prints them in their order. */
static bool print_page(Page *page, Err *err)
{
    bool ok = true;
    const Base *base = page->cli->base;
    for (int t = 0; ok && t < base->n_tables; t++) {
        NamedRow names[PAGE];
        int n = 0;
        PgRows *rows = NULL;
        ok = look_up(page, &base->tables[t], names, &n, &rows, err);
        if (ok)
            print_changes_of(page, &base->tables[t], names, n);
        pg_rows_free(rows);
    }
    for (int i = 0; i < page->n; i++)
        cJSON_Delete(page->items[i]);
    page->n = 0;
    page->bytes = 0;
    return ok;
}

static bool add_line(void *ctx, const char *line, Err *err)
{
    Page *page = ctx;
    if (page->left == 0)
        return true;
    if (page->left > 0)
        page->left--;
    page->items[page->n++] = cJSON_Parse(line);
    page->bytes += strlen(line);
    return (page->n < PAGE && page->bytes < PAGE_BYTES) || print_page(page, err);
}

bool changes_print(Cli *cli, Spool *changes, int64_t limit, Err *err)
{
    int64_t all = spool_count(changes);
    Page page = {.cli = cli, .left = limit > 0 ? limit : -1};
    bool ok = spool_each(changes, add_line, &page, err) && print_page(&page, err);
    Arena arena = {0};
    if (ok && limit > 0 && all > limit)
        out_print(stdout, "... and %s; --limit 0 prints all\n",
                out_noun(all - limit, "other record", "other records", &arena));
    if (ok && all > 0)
        fputc('\n', stdout);
    arena_free(&arena);
    return ok;
}

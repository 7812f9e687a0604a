/* base show: the mapping as it was understood. */
#include "artsync/cli.h"

static bool run(Cli *cli, Err *err);

const Command cmd_base_show = {
    .name = "base show",
    .summary = "the mapping as understood: files, headers, columns, rules",
    .needs = NEED_BASE,
    .run = run,
};

/* ---- text ---- */

enum { RULE_WIDTH = 60 };

/* The lines of one cell of the overview. */
typedef struct Lines {
    const char **items;
    int n, cap;
    Arena *arena;
} Lines;

static void add_line(Lines *lines, const char *text)
{
    if (lines->n == lines->cap) {
        int cap = lines->cap ? 2 * lines->cap : 8;
        const char **items = arena_alloc(lines->arena, (size_t)cap * sizeof *items);
        for (int i = 0; i < lines->n; i++)
            items[i] = lines->items[i];
        lines->items = items;
        lines->cap = cap;
    }
    lines->items[lines->n++] = text;
}

/* "one of A, B, C", over as many lines as it takes. */
static void add_choices(Lines *lines, const StringList *choices)
{
    const char *line = "one of ";
    for (int i = 0; i < choices->n; i++) {
        const char *longer =
            arena_printf(lines->arena, "%s%s%s", line, choices->items[i], i + 1 < choices->n ? ", " : "");
        if (strlen(longer) > RULE_WIDTH && i > 0) {
            add_line(lines, line);
            longer = arena_printf(lines->arena, "  %s%s", choices->items[i], i + 1 < choices->n ? ", " : "");
        }
        line = longer;
    }
    if (choices->n > 0)
        add_line(lines, line);
}

static const char *const marks[] = {[MARK_AUTO] = "auto", [MARK_POINT] = "point", [MARK_COMMA] = "comma"};

static Lines rule_lines(const Table *table, const Column *column, Arena *arena)
{
    Lines lines = {.arena = arena};
    if (column->to)
        add_line(&lines, arena_printf(arena, "the row of %s%s", column->to->name,
                                      column->multiple_first ? ", the first of several" : ""));
    if (column->required)
        add_line(&lines, "required");
    if (column->default_value)
        add_line(&lines, arena_printf(arena, "empty: \"%s\"", column->default_value));
    if (column->min)
        add_line(&lines, arena_printf(arena, "%s or more", column->min));
    if (column->max)
        add_line(&lines, arena_printf(arena, "%s or less", column->max));
    if (field_is_number(column->type) && column->mark != MARK_AUTO)
        add_line(&lines, arena_printf(arena, "with a decimal %s", marks[column->mark]));
    if (column->type == FIELD_DATETIME && column->zone)
        add_line(&lines, arena_printf(arena, "in %s, where no zone is given", column->zone));
    add_choices(&lines, &column->choices);
    for (int i = 0; i < column->n_aliases; i++) {
        const Alias *alias = &column->aliases[i];
        add_line(&lines, alias->to ? arena_printf(arena, "\"%s\" is \"%s\"", alias->from, alias->to)
                                   : arena_printf(arena, "\"%s\" is empty", alias->from));
    }
    if (column->derive.pattern)
        add_line(&lines, arena_printf(arena, "else from %s by %s", table->columns[column->derive.from].name,
                                      column->derive.pattern));
    if (column->on_invalid_null)
        add_line(&lines, "a bad cell becomes NULL");
    return lines;
}

static Lines header_lines(const Column *column, Arena *arena)
{
    Lines lines = {.arena = arena};
    for (int i = 0; i < column->headers.n; i++)
        add_line(&lines, column->headers.items[i]);
    for (int i = 0; i < column->id_headers.n; i++)
        add_line(&lines, arena_printf(arena, "%s (record ids)", column->id_headers.items[i]));
    return lines;
}

static void show_columns(const Table *table, Arena *arena)
{
    TextTable *text = text_table_new();
    text_table_column(text, "  column", COLUMN_LEFT);
    text_table_column(text, "type", COLUMN_LEFT);
    text_table_column(text, "header", COLUMN_LEFT);
    text_table_column(text, "rules", COLUMN_OPTIONAL);
    for (int i = 0; i < table->n_columns; i++) {
        const Column *column = &table->columns[i];
        Lines headers = header_lines(column, arena), rules = rule_lines(table, column, arena);
        for (int k = 0; k == 0 || k < headers.n || k < rules.n; k++) {
            text_table_cell(text, STYLE_PLAIN, k ? "" : arena_printf(arena, "  %s", column->name));
            text_table_cell(text, STYLE_PLAIN, k ? "" : field_type_name(column->type));
            text_table_cell(text, STYLE_PLAIN, k < headers.n ? headers.items[k] : "");
            text_table_cell(text, STYLE_PLAIN, k < rules.n ? rules.items[k] : "");
            text_table_row(text);
        }
    }
    text_table_print(text, stdout);
    text_table_free(text);
}

/* "a", "b" */
static const char *quoted(const StringList *names, Arena *arena)
{
    const char *text = "";
    for (int i = 0; i < names->n; i++)
        text = arena_printf(arena, "%s%s\"%s\"", text, i ? ", " : "", names->items[i]);
    return text;
}

static void show_id(const Table *table, Arena *arena)
{
    const char *key = "";
    for (int i = 0; i < table->n_natural_key; i++)
        key = arena_printf(arena, "%s%s%s", key, i ? ", " : "", table->columns[table->natural_key[i]].name);
    out_print(stdout, "  id %s", table->id_column);
    if (table->id_headers.n > 0)
        out_print(stdout, " from %s", quoted(&table->id_headers, arena));
    if (table->n_natural_key > 0)
        out_print(stdout, "%s natural key %s", table->id_headers.n > 0 ? ", else" : " by", key);
    fputc('\n', stdout);
}

static void show_text(const Base *base, Arena *arena)
{
    static const char *const orders[] = {
        [DATE_MDY] = "month/day/year", [DATE_DMY] = "day/month/year", [DATE_AUTO] = "as each file shows"};
    out_print(stdout, "%sbase %s%s, from %s\n", style_begin(STYLE_BOLD), base->name, style_end(STYLE_BOLD),
           base->origin);
    out_print(stdout, "dates: %s\n", orders[base->date_order]);
    if (base->null_tokens.n > 0)
        out_print(stdout, "count as empty: %s\n", quoted(&base->null_tokens, arena));
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        out_print(stdout, "\n%s%s.%s%s from \"%s\"\n", style_begin(STYLE_BOLD), table->schema, table->name, style_end(STYLE_BOLD),
               table->file);
        show_id(table, arena);
        for (int k = 0; k < table->n_skips; k++)
            out_print(stdout, "  skipped where \"%s\" is %s\n",
                   table->skips[k].header,
                   quoted(&table->skips[k].values, arena));
        show_columns(table, arena);
    }
}

/* ---- JSON ---- */

static cJSON *names_json(const StringList *names)
{
    cJSON *list = cJSON_CreateArray();
    for (int i = 0; i < names->n; i++)
        cJSON_AddItemToArray(list, json_string(names->items[i]));
    return list;
}

static cJSON *column_json(const Table *table, const Column *column)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddItemToObject(json, "column", json_string(column->name));
    cJSON_AddItemToObject(json, "type", json_string(field_type_name(column->type)));
    cJSON_AddItemToObject(json, "headers", names_json(&column->headers));
    cJSON_AddItemToObject(json, "id_headers", names_json(&column->id_headers));
    cJSON_AddItemToObject(json, "to", json_string(column->to ? column->to->name : NULL));
    cJSON_AddItemToObject(json, "required", cJSON_CreateBool(column->required));
    cJSON_AddItemToObject(json, "multiple", json_string(column->multiple_first ? "first" : "reject"));
    cJSON_AddItemToObject(json, "on_invalid", json_string(column->on_invalid_null ? "null" : "reject"));
    cJSON_AddItemToObject(json, "default", json_string(column->default_value));
    cJSON_AddItemToObject(json, "min", json_string(column->min));
    cJSON_AddItemToObject(json, "max", json_string(column->max));
    cJSON_AddItemToObject(json, "decimal_mark", json_string(field_is_number(column->type) ? marks[column->mark] : NULL));
    const char *zone = column->type != FIELD_DATETIME ? NULL : column->zone ? column->zone : "UTC";
    cJSON_AddItemToObject(json, "time_zone", json_string(zone));
    cJSON_AddItemToObject(json, "choices", names_json(&column->choices));
    cJSON *aliases = cJSON_AddObjectToObject(json, "aliases");
    for (int i = 0; i < column->n_aliases; i++)
        cJSON_AddItemToObject(aliases, column->aliases[i].from, json_string(column->aliases[i].to));
    if (column->derive.pattern) {
        cJSON *derive = cJSON_AddObjectToObject(json, "derive");
        cJSON_AddItemToObject(derive, "from", json_string(table->columns[column->derive.from].name));
        cJSON_AddItemToObject(derive, "pattern", json_string(column->derive.pattern));
    } else {
        cJSON_AddNullToObject(json, "derive");
    }
    return json;
}

static void table_json(JsonOut *json, const Table *table)
{
    json_open(json, NULL, '{');
    json_text(json, "table", table->name);
    json_text(json, "file", table->file);
    cJSON *id = cJSON_CreateObject(), *key = cJSON_CreateArray(), *skip = cJSON_CreateObject();
    for (int i = 0; i < table->n_natural_key; i++)
        cJSON_AddItemToArray(key, json_string(table->columns[table->natural_key[i]].name));
    cJSON_AddItemToObject(id, "column", json_string(table->id_column));
    cJSON_AddItemToObject(id, "headers", names_json(&table->id_headers));
    cJSON_AddItemToObject(id, "natural_key", key);
    for (int i = 0; i < table->n_skips; i++)
        cJSON_AddItemToObject(skip, table->skips[i].header, names_json(&table->skips[i].values));
    json_item(json, "id", id);
    json_item(json, "skip", skip);
    json_open(json, "columns", '[');
    for (int i = 0; i < table->n_columns; i++)
        json_item(json, NULL, column_json(table, &table->columns[i]));
    json_close(json, ']');
    json_close(json, '}');
}

static void show_json(const Base *base)
{
    static const char *const orders[] = {[DATE_MDY] = "mdy", [DATE_DMY] = "dmy", [DATE_AUTO] = "auto"};
    JsonOut json = {0};
    json_begin(&json, stdout);
    json_text(&json, "name", base->name);
    json_text(&json, "origin", base->origin);
    json_text(&json, "schema", base->schema);
    json_text(&json, "date_order", orders[base->date_order]);
    json_text(&json, "decimal_mark", marks[base->mark]);
    json_text(&json, "time_zone", base->zone ? base->zone : "UTC");
    json_item(&json, "null_tokens", names_json(&base->null_tokens));
    json_open(&json, "tables", '[');
    for (int i = 0; i < base->n_tables; i++)
        table_json(&json, &base->tables[i]);
    json_close(&json, ']');
    json_end(&json);
}

static bool run(Cli *cli, Err *err)
{
    (void)err;
    if (cli->json)
        show_json(cli->base);
    else
        show_text(cli->base, &cli->arena);
    return true;
}

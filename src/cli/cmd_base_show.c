/* base show: the mapping as it was understood. */
#include "artsync/cli.h"

static bool run(Cli *cli, Err *err);

const Command cmd_base_show = {
    .name = "base show",
    .summary = "show the mapping: files, headers, columns, rules",
    .examples =
        "artsync base show\n"
        "artsync base show --json\n",
    .see_also = "base check, sync",
    .needs = NEED_BASE,
    .run = run,
};

/* ---- for people ---- */

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
    for (int i = 0; i < column->n_transform; i++)
        add_line(&lines, arena_printf(arena, "%s %s", i ? "then" : "first",
                                      transform_form(&column->transform[i], arena)));
    if (column->mask.kind != MASK_NONE)
        add_line(&lines, arena_printf(arena, "masked: %s", mask_form(&column->mask, arena)));
    if (column->was)
        add_line(&lines, arena_printf(arena, "was %s", column->was));
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

static void show_columns(Report *report, const Table *table)
{
    static const ReportColumn columns[] = {{.heading = "  column"},
                                           {.heading = "type"},
                                           {.heading = "header"},
                                           {.heading = "rules", .flags = WHERE_FILLED}};
    static const ReportTable shown = {COLUMNS(columns)};
    Arena arena = {0};
    report_table_begin(report, &shown, NULL);
    for (int i = 0; i < table->n_columns; i++) {
        const Column *column = &table->columns[i];
        Lines headers = header_lines(column, &arena), rules = rule_lines(table, column, &arena);
        for (int k = 0; k == 0 || k < headers.n || k < rules.n; k++)
            report_row(report,
                       (const char *[]){k ? "" : arena_printf(&arena, "  %s", column->name),
                                        k ? "" : field_type_name(column->type), k < headers.n ? headers.items[k] : "",
                                        k < rules.n ? rules.items[k] : ""});
    }
    report_table_end(report);
    arena_free(&arena);
}

/* "a", "b" */
static const char *quoted(const StringList *names, Arena *arena)
{
    Buf text = {0};
    for (int i = 0; i < names->n; i++)
        buf_printf(&text, "%s\"%s\"", i ? ", " : "", names->items[i]);
    const char *copy = arena_str(arena, text.data ? text.data : "");
    buf_free(&text);
    return copy;
}

static void show_id(Report *report, const Table *table)
{
    Arena *arena = report_arena(report);
    const char *key = "";
    for (int i = 0; i < table->n_natural_key; i++)
        key = arena_printf(arena, "%s%s%s", key, i ? ", " : "", table->columns[table->natural_key[i]].name);
    report_part(report, STYLE_PLAIN, "  id %s", table->id_column);
    if (table->id_headers.n > 0)
        report_part(report, STYLE_PLAIN, " from %s", quoted(&table->id_headers, arena));
    if (table->n_natural_key > 0)
        report_part(report, STYLE_PLAIN, "%s natural key %s", table->id_headers.n > 0 ? ", else" : " by", key);
    report_line_end(report);
}

static const char *shown_delimiter(const char *delimiter)
{
    return !delimiter ? "," : strcmp(delimiter, "\t") == 0 ? "tab" : delimiter;
}

static bool show_base(Report *report, void *ctx, Err *err)
{
    static const char *const orders[] = {
        [DATE_MDY] = "month/day/year", [DATE_DMY] = "day/month/year", [DATE_AUTO] = "as each file shows"};
    (void)err;
    const Base *base = ctx;
    report_part(report, STYLE_BOLD, "base %s", base->name);
    report_line(report, ", from %s", base->origin);
    report_line(report, "dates: %s", orders[base->date_order]);
    if (base->null_tokens.n > 0)
        report_line(report, "count as empty: %s", quoted(&base->null_tokens, report_arena(report)));
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        report_gap(report);
        report_part(report, STYLE_BOLD, "%s.%s", table->schema, table->name);
        if (table->patterns.n)
            report_line(report, " from the newest file that fits %s", quoted(&table->patterns, report_arena(report)));
        else
            report_line(report, " from \"%s\"", table->from.database ? table->from.name : table->file);
        if (table->csv.delimiter || table->csv.encoding)
            report_line(report, "  delimiter %s, encoding %s", shown_delimiter(table->csv.delimiter),
                        table->csv.encoding ? table->csv.encoding : "UTF-8");
        show_id(report, table);
        for (int k = 0; k < table->n_skips; k++)
            report_line(report, "  skipped where \"%s\" is %s", table->skips[k].header,
                        quoted(&table->skips[k].values, report_arena(report)));
        show_columns(report, table);
    }
    return true;
}

/* ---- for programs ---- */

static void write_list(Report *report, const char *key, const StringList *names)
{
    report_list(report, key);
    for (int i = 0; i < names->n; i++)
        report_text(report, NULL, names->items[i]);
    report_close(report);
}

static void write_rules(Report *report, const Table *table, const Column *column)
{
    report_object(report, "aliases");
    for (int i = 0; i < column->n_aliases; i++)
        report_text(report, column->aliases[i].from, column->aliases[i].to);
    report_close(report);
    if (column->derive.pattern) {
        report_object(report, "derive");
        report_text(report, "from", table->columns[column->derive.from].name);
        report_text(report, "pattern", column->derive.pattern);
        report_close(report);
    } else {
        report_text(report, "derive", NULL);
    }
    report_list(report, "transform");
    for (int i = 0; i < column->n_transform; i++)
        report_text(report, NULL, transform_form(&column->transform[i], report_arena(report)));
    report_close(report);
    report_text(report, "mask", column->mask.kind == MASK_NONE ? NULL : mask_form(&column->mask, report_arena(report)));
    report_text(report, "was", column->was);
}

static void write_column(Report *report, const Table *table, const Column *column)
{
    report_object(report, NULL);
    report_text(report, "column", column->name);
    report_text(report, "type", field_type_name(column->type));
    write_list(report, "headers", &column->headers);
    write_list(report, "id_headers", &column->id_headers);
    report_text(report, "to", column->to ? column->to->name : NULL);
    report_bool(report, "required", column->required);
    report_text(report, "multiple", column->multiple_first ? "first" : "reject");
    report_text(report, "on_invalid", column->on_invalid_null ? "null" : "reject");
    report_text(report, "default", column->default_value);
    report_text(report, "min", column->min);
    report_text(report, "max", column->max);
    report_text(report, "decimal_mark", field_is_number(column->type) ? marks[column->mark] : NULL);
    report_text(report, "time_zone", column->type != FIELD_DATETIME ? NULL : column->zone ? column->zone : "UTC");
    write_list(report, "choices", &column->choices);
    write_rules(report, table, column);
    report_close(report);
}

static void write_id(Report *report, const Table *table)
{
    report_object(report, "id");
    report_text(report, "column", table->id_column);
    write_list(report, "headers", &table->id_headers);
    report_list(report, "natural_key");
    for (int i = 0; i < table->n_natural_key; i++)
        report_text(report, NULL, table->columns[table->natural_key[i]].name);
    report_close(report);
    report_close(report);
    report_object(report, "skip");
    for (int i = 0; i < table->n_skips; i++)
        write_list(report, table->skips[i].header, &table->skips[i].values);
    report_close(report);
}

static bool write_base(Report *report, void *ctx, Err *err)
{
    static const char *const orders[] = {[DATE_MDY] = "mdy", [DATE_DMY] = "dmy", [DATE_AUTO] = "auto"};
    (void)err;
    const Base *base = ctx;
    report_text(report, "name", base->name);
    report_text(report, "origin", base->origin);
    report_text(report, "schema", base->schema);
    report_text(report, "date_order", orders[base->date_order]);
    report_text(report, "decimal_mark", marks[base->mark]);
    report_text(report, "time_zone", base->zone ? base->zone : "UTC");
    write_list(report, "null_tokens", &base->null_tokens);
    report_list(report, "tables");
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        report_object(report, NULL);
        report_text(report, "table", table->name);
        report_text(report, "schema", table->schema);
        report_text(report, "file", table->from.database ? table->from.name : table->file);
        write_list(report, "patterns", &table->patterns);
        report_object(report, "csv");
        report_text(report, "delimiter", table->csv.delimiter ? table->csv.delimiter : ",");
        report_text(report, "encoding", table->csv.encoding ? table->csv.encoding : "UTF-8");
        report_close(report);
        write_id(report, table);
        report_list(report, "columns");
        for (int k = 0; k < table->n_columns; k++)
            write_column(report, table, &table->columns[k]);
        report_close(report);
        report_close(report);
    }
    report_close(report);
    return true;
}

static bool run(Cli *cli, Err *err)
{
    static const ReportSection sections[] = {{FOR_PROGRAMS, 1, write_base}, {FOR_PEOPLE, 1, show_base}, {0}};
    return cli_report(cli, sections, cli->base, NULL, err);
}

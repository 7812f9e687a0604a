/* report_parity.c - the comparison of database and export: a row a table, and the first of what differs. */
#include "artsync/cells.h"
#include "validation.h"

enum { SAMPLE_VALUE_MAX = 40, REASON_MAX = 200, FOLDER_MAX = 200 };

/* ---- an entry of a sample ---- */

typedef struct Entry {
    Cells cells; /* name, value, name, value ... */
} Entry;

static const char *value(const Entry *entry, const char *name)
{
    for (int i = 0; i + 1 < entry->cells.n; i += 2)
        if (strcmp(entry->cells.items[i], name) == 0)
            return entry->cells.items[i + 1];
    return NULL;
}

static void entry_write(Report *report, const Entry *entry)
{
    report_object(report, NULL);
    for (int i = 0; i + 1 < entry->cells.n; i += 2)
        report_field(report, entry->cells.items[i], NULL,
                     strcmp(entry->cells.items[i], "line") == 0 ? CELL_COUNT : CELL_TEXT, entry->cells.items[i + 1]);
    report_close(report);
}

static const char *shown(Report *report, const char *text)
{
    return text ? out_safe(text, SAMPLE_VALUE_MAX, report_arena(report)) : "(empty)";
}

static const char *cause_words(const char *name)
{
    for (int c = 0; c < PARITY_CAUSES; c++)
        if (strcmp(parity_cause_name(c), name) == 0)
            return parity_cause_words(c);
    return name;
}

static void entry_line(Report *report, const ParityTable *t, const Entry *entry)
{
    const char *kind = value(entry, "kind"), *name = value(entry, "name"), *why = value(entry, "rejected");
    const char *line = value(entry, "line"), *column = value(entry, "column");
    bool rejected = strcmp(kind, "rejected") == 0;
    report_part(report, STYLE_PLAIN, "  %s %s", t->table->name, shown(report, value(entry, "id")));
    if (name)
        report_part(report, STYLE_PLAIN, " %s", shown(report, name));
    if (line)
        report_part(report, STYLE_PLAIN, " (line %s)", line);
    if (strcmp(kind, "differing") == 0)
        report_part(report, STYLE_PLAIN, ": %s is %s in the export, %s in the database: %s", column,
                    shown(report, value(entry, "export")), shown(report, value(entry, "database")),
                    cause_words(value(entry, "cause")));
    else if (strcmp(kind, "only_in_database") == 0)
        report_part(report, STYLE_PLAIN, ": only in the database, %s",
                    strcmp(value(entry, "made_by"), "people") == 0 ? "no sync wrote it" : "a sync wrote it");
    else
        report_part(report, STYLE_PLAIN, ": %s", rejected ? "rejected" : "only in the export");
    if (why)
        report_part(report, STYLE_PLAIN, "%s%s%s%s", rejected ? ": " : ", rejected: ", column ? column : "",
                    column ? " " : "", out_safe(why, REASON_MAX, report_arena(report)));
    report_line_end(report);
}

/* Every entry of the sample: to programs as an object, to people as a line. */
static void each_entry(Report *report, const ParityTable *t)
{
    Cells rows = {0};
    Entry entry = {0};
    Arena arena = {0};
    cells_split(arena_str(&arena, buf_view(&t->sample.cells).p), &rows);
    for (int r = 0; r < rows.n; r++) {
        cells_split(arena_str(&arena, rows.items[r]), &entry.cells);
        if (report_for(report) == FOR_PROGRAMS)
            entry_write(report, &entry);
        else
            entry_line(report, t, &entry);
    }
    cells_free(&rows);
    cells_free(&entry.cells);
    arena_free(&arena);
}

static void sample_lines(Report *report, const ParityTable *t)
{
    Arena *arena = report_arena(report);
    each_entry(report, t);
    if (t->changed_by_database > 0)
        report_line(report,
                    "  %s: %s what triggers of the database made of the export's value; not counted as differing",
                    t->table->name, out_noun(t->changed_by_database, "cell holds", "cells hold", arena));
    if (t->differing == 0)
        return;
    report_part(report, STYLE_PLAIN, "  %s: %s in %s:", t->table->name,
                out_noun(t->differing, "cell differs", "cells differ", arena),
                out_noun(t->differing_rows, "row", "rows", arena));
    const char *comma = " ";
    for (int c = 0; c < PARITY_CAUSES; c++) {
        if (t->by_cause[c])
            report_part(report, STYLE_PLAIN, "%s%s %s", comma, out_count(t->by_cause[c], arena), parity_cause_words(c));
        comma = t->by_cause[c] ? ", " : comma;
    }
    report_line_end(report);
}

/* ---- the tables ---- */

enum { P_FIXED = 13, P_CELLS = P_FIXED + PARITY_CAUSES + 1 };

static void write_row(Report *report, const ParityTable *t)
{
    const int64_t counts[] = {t->records,   t->skipped_records,  t->rows,      t->only_in_export,
                              t->rejected,  t->only_in_database, t->made_here, t->not_found,
                              t->differing, t->differing_rows};
    enum { TEXTS = 3, COUNTS = sizeof counts / sizeof counts[0] };
    _Static_assert(TEXTS + COUNTS == P_FIXED, "a cell for every column");
    const char *cells[P_CELLS] = {t->table->name, t->source.name, t->source.fingerprint};
    for (int i = 0; i < COUNTS; i++)
        cells[TEXTS + i] = report_number(report, counts[i]);
    for (int c = 0; c < PARITY_CAUSES; c++)
        cells[P_FIXED + c] = report_number(report, t->by_cause[c]);
    cells[P_FIXED + PARITY_CAUSES] = report_number(report, t->changed_by_database);
    report_row_begin(report, cells);
    report_list(report, "not_compared");
    for (int i = 0; i < t->not_compared.n; i++)
        report_text(report, NULL, t->not_compared.items[i]);
    report_close(report);
    if (report_for(report) == FOR_PROGRAMS) {
        report_list(report, "sample");
        each_entry(report, t);
        report_close(report);
    }
    report_row_end(report);
}

static void write_tables(Report *report, const Parity *parity)
{
    ReportColumn columns[P_CELLS] = {
        {.key = "table", .heading = "table"},
        {.key = "file"},
        {.key = "sha256"},
        {.key = "records", .heading = "records", .type = CELL_COUNT, .flags = AT_RIGHT},
        {.key = "skipped_records", .type = CELL_COUNT},
        {.key = "rows", .heading = "rows", .type = CELL_COUNT, .flags = AT_RIGHT},
        {.key = "only_in_export",
         .heading = "only in export",
         .type = CELL_COUNT,
         .style = STYLE_BAD,
         .flags = AT_RIGHT},
        {.key = "rejected", .heading = "rejected", .type = CELL_COUNT, .style = STYLE_BAD, .flags = AT_RIGHT},
        {.key = "only_in_database",
         .heading = "only in database",
         .type = CELL_COUNT,
         .style = STYLE_BAD,
         .flags = AT_RIGHT},
        {.key = "made_by_people", .type = CELL_COUNT},
        {.key = "not_found",
         .heading = "not found",
         .type = CELL_COUNT,
         .style = STYLE_WARN,
         .flags = AT_RIGHT | WHERE_FILLED},
        {.key = "differing", .heading = "cells differ", .type = CELL_COUNT, .style = STYLE_BAD, .flags = AT_RIGHT},
        {.key = "differing_rows", .type = CELL_COUNT},
    };
    for (int c = 0; c < PARITY_CAUSES; c++)
        columns[P_FIXED + c] = (ReportColumn){.key = parity_cause_name(c), .type = CELL_COUNT};
    columns[P_FIXED + PARITY_CAUSES] = (ReportColumn){.key = "changed_by_database", .type = CELL_COUNT};
    report_table_begin(report, &(ReportTable){.key = "tables", COLUMNS(columns)}, NULL);
    for (int i = 0; i < parity->n; i++)
        write_row(report, &parity->tables[i]);
    report_table_end(report);
}

void report_parity(Report *report, const char *export_dir, const Parity *parity, bool quiet)
{
    bool equal = parity_equal(parity);
    if (equal && quiet && report_for(report) != FOR_PROGRAMS)
        return;
    report_object(report, "parity");
    report_text(report, "status", equal ? "pass" : "fail");
    report_text(report, "export_dir", export_dir);
    report_gap(report);
    report_line(report, "Compared with %s, cell by cell:", out_safe(export_dir, FOLDER_MAX, report_arena(report)));
    report_gap(report);
    write_tables(report, parity);
    report_close(report);
    bool more = !equal;
    for (int i = 0; i < parity->n; i++)
        more |= parity->tables[i].changed_by_database > 0;
    if (more)
        report_gap(report);
    for (int i = 0; i < parity->n && report_for(report) != FOR_PROGRAMS; i++)
        sample_lines(report, &parity->tables[i]);
}

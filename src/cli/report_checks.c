/* report_checks.c - the report of `validate` and of a phase move: checks, parity, the verdict. */
#include "validation.h"

#include <time.h>

#include "artsync/log.h"

enum { SAMPLE_VALUE_MAX = 40 };

/* ---- running ---- */

bool validation_run(Cli *cli, const char *export_dir, Validation *v, Err *err)
{
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(v->at, sizeof v->at, "%Y-%m-%dT%H:%M:%SZ", &utc);
    v->export_dir = export_dir;
    bool compared = !export_dir || parity_run(cli->pg, cli->base, export_dir, &v->parity, err);
    log_progress_end(); /* of the files that were read */
    return compared && checks_run(cli->pg, &v->checks, err) && phase_read(cli->pg, cli->base->name, &v->phase, err);
}

bool validation_failed(const Validation *v)
{
    return checks_failed(&v->checks) || (v->export_dir && !parity_equal(&v->parity));
}

void validation_free(Validation *v)
{
    checks_free(&v->checks);
    parity_free(&v->parity);
}

/* ---- JSON ---- */

void check_json(JsonOut *json, const Check *check, bool ran)
{
    json_open(json, NULL, '{');
    json_text(json, "name", check->name);
    json_text(json, "severity", severity_name(check->severity));
    if (ran && check->sample)
        json_number(json, "violations", check->violations);
    else if (ran)
        json_null(json, "violations");
    json_text(json, "summary", check->summary);
    if (!ran)
        json_text(json, "advice", check->advice);
    if (ran)
        json_item(json, "sample", check->sample ? cJSON_Duplicate(check->sample, 1) : cJSON_CreateArray());
    if (check->broken)
        json_text(json, "broken", check->broken);
    json_close(json, '}');
}

static void json_parity_table(JsonOut *json, const ParityTable *t)
{
    json_open(json, NULL, '{');
    json_text(json, "table", t->table->name);
    json_text(json, "file", t->source.name);
    json_text(json, "sha256", t->source.fingerprint);
    json_number(json, "records", t->records);
    json_number(json, "skipped_records", t->skipped_records);
    json_number(json, "rows", t->rows);
    json_number(json, "only_in_export", t->only_in_export);
    json_number(json, "rejected", t->rejected);
    json_number(json, "only_in_database", t->only_in_database);
    json_number(json, "made_by_people", t->made_here);
    json_number(json, "differing", t->differing);
    json_number(json, "differing_rows", t->differing_rows);
    for (int c = 0; c < PARITY_CAUSES; c++)
        json_number(json, parity_cause_name(c), t->by_cause[c]);
    json_open(json, "not_compared", '[');
    for (int i = 0; i < t->not_compared.n; i++)
        json_text(json, NULL, t->not_compared.items[i]);
    json_close(json, ']');
    json_item(json, "sample", cJSON_Duplicate(t->sample, 1));
    json_close(json, '}');
}

void validation_json(const Cli *cli, JsonOut *json, const Validation *v)
{
    json_text(json, "at", v->at);
    json_text(json, "version", ARTSYNC_VERSION);
    json_text(json, "base", cli->base->name);
    json_text(json, "database", pg_describe(cli->pg));
    json_text(json, "phase", phase_name(v->phase));
    json_open(json, "checks", '[');
    for (int i = 0; i < v->checks.n; i++)
        check_json(json, &v->checks.items[i], true);
    json_close(json, ']');
    if (!v->export_dir)
        return;
    json_open(json, "parity", '{');
    json_text(json, "status", parity_equal(&v->parity) ? "pass" : "fail");
    json_text(json, "export_dir", v->export_dir);
    json_open(json, "tables", '[');
    for (int i = 0; i < v->parity.n; i++)
        json_parity_table(json, &v->parity.tables[i]);
    json_close(json, ']');
    json_close(json, '}');
}

/* ---- text: checks ---- */

/* Record ids and display names speak for themselves. */
static bool is_plain(const Base *base, const char *column)
{
    for (int i = 0; i < base->n_tables; i++) {
        const Table *t = &base->tables[i];
        if (strcmp(t->id_column, column) == 0 ||
            (t->name_column >= 0 && strcmp(t->columns[t->name_column].name, column) == 0))
            return true;
    }
    return false;
}

static void print_sample(const Base *base, const Check *check, Arena *arena)
{
    const cJSON *row, *cell;
    cJSON_ArrayForEach(row, check->sample)
    {
        fputs("        ", stdout);
        cJSON_ArrayForEach(cell, row)
        {
            const char *text = cJSON_IsString(cell) ? out_safe(cell->valuestring, SAMPLE_VALUE_MAX, arena) : "(empty)";
            bool plain = is_plain(base, cell->string);
            out_print(stdout, "%s%s%s%s", cell == row->child ? "" : ", ", plain ? "" : cell->string, plain ? "" : " ",
                    text);
        }
        fputc('\n', stdout);
    }
    if (check->violations > CHECK_SAMPLE)
        out_print(stdout, "        and %s\n", out_noun(check->violations - CHECK_SAMPLE, "other", "others", arena));
}

/* How much a check matters to the reader: the lower, the earlier it is printed. */
static int rank(const Check *check)
{
    if (check->broken)
        return 0;
    return check->violations == 0 ? 3 : check->severity == SEVERITY_ERROR ? 1 : 2;
}

static void print_check(const Cli *cli, const Check *check)
{
    static const char *const words[] = {"????", "FAIL", "warn", "ok"};
    static const Style styles[] = {STYLE_BAD, STYLE_BAD, STYLE_WARN, STYLE_GOOD};
    Arena arena = {0};
    int r = rank(check);
    out_print(stdout, "%s%-4s%s  %s", style_begin(styles[r]), words[r], style_end(styles[r]),
            *check->summary ? check->summary : check->name);
    if (!check->broken)
        out_print(stdout, ": %s", check->violations ? out_count(check->violations, &arena) : "none");
    out_print(stdout, "  %s[%s]%s\n", style_begin(STYLE_DIM), check->name, style_end(STYLE_DIM));
    if (check->broken)
        out_print(stdout, "        %s: %s\n", check->file, out_safe(check->broken, 1000, &arena));
    if (check->violations) {
        print_sample(cli->base, check, &arena);
        if (*check->advice)
            out_print(stdout, "      What to do: %s\n", check->advice);
    }
    arena_free(&arena);
}

/* "none failed" is said only where every check was run. */
static void print_sum(int n, const int64_t counts[4])
{
    static const char *const words[] = {"could not be run", "failed", "with warnings", "in order"};
    Arena arena = {0};
    Buf parts = {0};
    for (int r = 0; r < 4; r++) {
        if (counts[r] || (r > 0 && !counts[0]))
            buf_printf(&parts, "%s%s %s", parts.len ? ", " : "", counts[r] ? out_count(counts[r], &arena) : "none",
                       words[r]);
    }
    if (n == 0)
        out_print(stdout, "The base has no checks.\n");
    else
        out_print(stdout, counts[3] < n ? "\n%s: %s.\n" : "%s: %s.\n", out_noun(n, "check", "checks", &arena), parts.data);
    buf_free(&parts);
    arena_free(&arena);
}

static void checks_text(const Cli *cli, const Checks *checks)
{
    int64_t counts[4] = {0};
    for (int i = 0; i < checks->n; i++)
        counts[rank(&checks->items[i])]++;
    bool worth_it = !cli->quiet || counts[0] || counts[1];
    for (int r = 0; r < 4 && worth_it; r++)
        for (int i = 0; i < checks->n; i++)
            if (rank(&checks->items[i]) == r && (r < 3 || cli->verbose || checks->n == 1))
                print_check(cli, &checks->items[i]);
    if (worth_it)
        print_sum(checks->n, counts);
}

/* ---- text: parity ---- */

static const char *string(const cJSON *entry, const char *key)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(entry, key));
}

static const char *shown(const cJSON *entry, const char *key, Arena *arena)
{
    const char *text = string(entry, key);
    return text ? out_safe(text, SAMPLE_VALUE_MAX, arena) : "(empty)";
}

static const char *cause_words(const char *name)
{
    for (int c = 0; c < PARITY_CAUSES; c++)
        if (strcmp(parity_cause_name(c), name) == 0)
            return parity_cause_words(c);
    return name;
}

static void print_entry(const ParityTable *t, const cJSON *entry, Arena *arena)
{
    const char *kind = string(entry, "kind"), *name = string(entry, "name"), *why = string(entry, "rejected");
    const cJSON *line = cJSON_GetObjectItemCaseSensitive(entry, "line");
    bool differing = strcmp(kind, "differing") == 0, here = strcmp(kind, "only_in_database") == 0;
    out_print(stdout, "  %s %s", t->table->name, shown(entry, "id", arena));
    if (name)
        out_print(stdout, " %s", out_safe(name, SAMPLE_VALUE_MAX, arena));
    if (line)
        out_print(stdout, " (line %lld)", (long long)line->valuedouble);
    if (differing)
        out_print(stdout, ": %s is %s in the export, %s in the database: %s", string(entry, "column"),
                shown(entry, "export", arena), shown(entry, "database", arena), cause_words(string(entry, "cause")));
    else if (here)
        out_print(stdout, ": only in the database, %s",
                strcmp(string(entry, "made_by"), "people") == 0 ? "no sync wrote it" : "a sync wrote it");
    else
        out_print(stdout, ": %s", strcmp(kind, "rejected") == 0 ? "rejected" : "only in the export");
    if (why)
        out_print(stdout, "%s%s%s%s", strcmp(kind, "rejected") == 0 ? ": " : ", rejected: ",
                string(entry, "column") ? string(entry, "column") : "", string(entry, "column") ? " " : "",
                out_safe(why, 200, arena));
    fputc('\n', stdout);
}

static void print_samples(const ParityTable *t, Arena *arena)
{
    const cJSON *entry;
    cJSON_ArrayForEach(entry, t->sample) print_entry(t, entry, arena);
    if (t->differing > 0) {
        out_print(stdout, "  %s: %s in %s:", t->table->name,
                out_noun(t->differing, "cell differs", "cells differ", arena),
                out_noun(t->differing_rows, "row", "rows", arena));
        const char *comma = " ";
        for (int c = 0; c < PARITY_CAUSES; c++) {
            if (t->by_cause[c])
                out_print(stdout, "%s%s %s", comma, out_count(t->by_cause[c], arena), parity_cause_words(c));
            comma = t->by_cause[c] ? ", " : comma;
        }
        fputc('\n', stdout);
    }
}

static void print_parity(const Cli *cli, const Validation *v)
{
    const Parity *parity = &v->parity;
    Arena arena = {0};
    bool equal = parity_equal(parity);
    if (equal && cli->quiet)
        return;
    static const char *const headings[] = {"records",          "rows",        "only in export", "rejected",
                                           "only in database", "cells differ"};
    TextTable *table = text_table_new();
    text_table_column(table, "table", COLUMN_LEFT);
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        text_table_column(table, headings[i], COLUMN_RIGHT);
    for (int i = 0; i < parity->n; i++) {
        const ParityTable *t = &parity->tables[i];
        text_table_cell(table, STYLE_PLAIN, t->table->name);
        text_table_number(table, STYLE_PLAIN, t->records);
        text_table_number(table, STYLE_PLAIN, t->rows);
        text_table_number(table, STYLE_BAD, t->only_in_export);
        text_table_number(table, STYLE_BAD, t->rejected);
        text_table_number(table, STYLE_BAD, t->only_in_database);
        text_table_number(table, STYLE_BAD, t->differing);
        text_table_row(table);
    }
    out_print(stdout, "\nCompared with %s, cell by cell:\n\n", out_safe(v->export_dir, 200, &arena));
    text_table_print(table, stdout);
    text_table_free(table);
    if (!equal)
        fputc('\n', stdout);
    for (int i = 0; i < parity->n; i++)
        print_samples(&parity->tables[i], &arena);
    arena_free(&arena);
}

void validation_text(const Cli *cli, const Validation *v)
{
    bool failed = validation_failed(v);
    checks_text(cli, &v->checks);
    if (!v->export_dir)
        return;
    print_parity(cli, v);
    if (!cli->quiet || failed)
        out_print(stdout, "\n%s\n",
                !parity_equal(&v->parity) ? "Fail: the database and the export differ."
                : failed                  ? "Fail: the database and the export say the same, but checks failed."
                                          : "Pass: the database and the export say the same.");
}

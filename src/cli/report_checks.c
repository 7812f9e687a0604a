/* report_checks.c - the report of `validate` and of a phase move: checks, parity (report_parity.c), the verdict. */
#include "validation.h"

#include "artsync/cells.h"

enum { SAMPLE_VALUE_MAX = 40 };

/* ---- running ---- */

bool validation_run(Cli *cli, const char *export_dir, Validation *v, Err *err)
{
    clock_utc(v->at);
    v->export_dir = export_dir;
    bool compared =
        !export_dir || parity_run(cli->pg, cli->base, &(SourcePlaces){export_dir, cli_databases(cli)}, &v->parity, err);
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

/* ---- checks ---- */

enum { K_NAME, K_SEVERITY, K_SUMMARY, K_ADVICE };

/* Rows of a sample: each cell is a row, itself name, value, name, value ... */
static void write_sample(Report *report, const Buf *sample)
{
    Cells rows = {0}, cells = {0};
    Arena arena = {0};
    cells_split(arena_str(&arena, buf_view(sample).p), &rows);
    report_list(report, "sample");
    for (int r = 0; r < rows.n; r++) {
        cells_split(arena_str(&arena, rows.items[r]), &cells);
        report_object(report, NULL);
        for (int i = 0; i + 1 < cells.n; i += 2)
            report_field(report, cells.items[i], NULL, CELL_TEXT, cells.items[i + 1]);
        report_close(report);
    }
    report_close(report);
    cells_free(&rows);
    cells_free(&cells);
    arena_free(&arena);
}

void report_checks(Report *report, const Checks *checks, bool ran)
{
    static const ReportColumn when_run[] = {
        {.key = "name"}, {.key = "severity"}, {.key = "violations", .type = CELL_COUNT}, {.key = "summary"}};
    static const ReportColumn listed[] = {{.key = "name", .heading = "check"},
                                          {.key = "severity", .heading = "severity"},
                                          {.key = "summary", .heading = "what it finds"},
                                          {.key = "advice"}};
    static const ReportTable tables[] = {{.key = "checks", COLUMNS(listed)}, {.key = "checks", COLUMNS(when_run)}};
    report_table_begin(report, &tables[ran], NULL);
    for (int i = 0; i < checks->n; i++) {
        const Check *c = &checks->items[i];
        const char *severity = severity_name(c->severity);
        if (ran)
            report_row_begin(
                report,
                (const char *[]){c->name, severity, c->ran ? report_number(report, c->violations) : NULL, c->summary});
        else
            report_row_begin(report, (const char *[]){c->name, severity, c->summary, c->advice});
        if (ran)
            write_sample(report, &c->sample);
        if (c->broken)
            report_text(report, "broken", c->broken);
        report_row_end(report);
    }
    report_table_end(report);
}

/* ---- checks, for people ---- */

/* Record ids and display names need no column name. */
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

const char *check_sample_words(const Base *base, const char *packed, Arena *arena)
{
    Cells cells = {0};
    Buf text = {0};
    cells_split(arena_str(arena, packed), &cells);
    for (int i = 0; i + 1 < cells.n; i += 2) {
        const char *name = cells.items[i], *value = cells.items[i + 1];
        bool plain = is_plain(base, name);
        buf_printf(&text, "%s%s%s%s", i ? ", " : "", plain ? "" : name, plain ? "" : " ",
                   value ? out_safe(value, SAMPLE_VALUE_MAX, arena) : "(empty)");
    }
    const char *copy = arena_str(arena, buf_view(&text).p);
    buf_free(&text);
    cells_free(&cells);
    return copy;
}

static void sample_lines(Report *report, const Base *base, const Check *check)
{
    Cells rows = {0};
    Arena *arena = report_arena(report);
    cells_split(arena_str(arena, buf_view(&check->sample).p), &rows);
    for (int r = 0; r < rows.n; r++)
        report_line(report, "        %s", check_sample_words(base, rows.items[r], arena));
    if (check->violations > CHECK_SAMPLE)
        report_line(report, "        and %s", out_noun(check->violations - CHECK_SAMPLE, "other", "others", arena));
    cells_free(&rows);
}

/* How much a check matters to the reader: the lower, the earlier it is printed. */
int check_rank(const Check *check)
{
    if (check->broken)
        return 0;
    return check->violations == 0 ? 3 : check->severity == SEVERITY_ERROR ? 1 : 2;
}

static void check_lines(Report *report, const Cli *cli, const Check *check)
{
    static const char *const words[] = {"ERROR", "FAIL", "warn", "ok"};
    static const Style styles[] = {STYLE_BAD, STYLE_BAD, STYLE_WARN, STYLE_GOOD};
    Arena *arena = report_arena(report);
    int r = check_rank(check);
    report_part(report, styles[r], "%-5s", words[r]);
    report_part(report, STYLE_PLAIN, " %s", *check->summary ? check->summary : check->name);
    if (!check->broken)
        report_part(report, STYLE_PLAIN, ": %s", check->violations ? out_count(check->violations, arena) : "none");
    report_part(report, STYLE_PLAIN, "  ");
    report_part(report, STYLE_DIM, "[%s]", check->name);
    report_line_end(report);
    if (check->broken)
        report_line(report, "        %s: %s", check->file, out_safe(check->broken, 1000, arena));
    if (check->violations) {
        sample_lines(report, cli->base, check);
        if (*check->advice)
            report_line(report, "      What to do: %s", check->advice);
    }
}

/* "none failed" is said only where every check was run. */
static void sum_line(Report *report, int n, const int64_t counts[4])
{
    static const char *const words[] = {"could not be run", "failed", "with warnings", "passed"};
    Arena *arena = report_arena(report);
    Buf parts = {0};
    for (int r = 0; r < 4; r++) {
        if (counts[r] || (r > 0 && !counts[0]))
            buf_printf(&parts, "%s%s %s", parts.len ? ", " : "", counts[r] ? out_count(counts[r], arena) : "none",
                       words[r]);
    }
    report_gap(report);
    if (n == 0)
        report_line(report, "The base has no checks.");
    else
        report_line(report, "%s: %s.", out_noun(n, "check", "checks", arena), parts.data);
    buf_free(&parts);
}

static void checks_lines(Report *report, const Cli *cli, const Checks *checks)
{
    int64_t counts[4] = {0};
    for (int i = 0; i < checks->n; i++)
        counts[check_rank(&checks->items[i])]++;
    bool worth_it = !cli->quiet || counts[0] || counts[1];
    for (int r = 0; r < 4 && worth_it; r++)
        for (int i = 0; i < checks->n; i++)
            if (check_rank(&checks->items[i]) == r && (r < 3 || cli->verbose || checks->n == 1))
                check_lines(report, cli, &checks->items[i]);
    if (worth_it)
        sum_line(report, checks->n, counts);
}

/* ---- what both commands report ---- */

void validation_write(Report *report, const Cli *cli, const Validation *v)
{
    bool failed = validation_failed(v);
    report_text(report, "at", v->at);
    report_text(report, "version", ARTSYNC_VERSION);
    report_text(report, "base", cli->base->name);
    report_text(report, "database", pg_describe(cli->pg));
    report_text(report, "phase", phase_name(v->phase));
    report_checks(report, &v->checks, true);
    if (report_for(report) != FOR_PROGRAMS)
        checks_lines(report, cli, &v->checks);
    if (!v->export_dir)
        return;
    report_parity(report, v->export_dir, &v->parity, cli->quiet);
    if (cli->quiet && !failed)
        return;
    report_gap(report);
    report_line(report, "%s",
                !parity_equal(&v->parity) ? "Fail: the database and the export differ."
                : failed                  ? "Fail: the database and the export say the same, but checks failed."
                                          : "Pass: the database and the export say the same.");
}

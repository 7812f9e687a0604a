/* base check: everything that is wrong with base.json, in one go: its shape, its rules, and, where a migrated database
 * can be reached, whether the tables can hold it. */
#include "artsync/check.h"
#include "artsync/clean.h"
#include "artsync/cli.h"
#include "artsync/grants.h"
#include "artsync/log.h"
#include "artsync/schema.h"

static bool run(Cli *cli, Err *err);

const Command cmd_base_check = {
    .name = "base check",
    .summary = "list every problem in base.json, with its location",
    .details =
        "Compares the mapping and the checks with the tables, too, where a migrated database can be reached, and\n"
        "names SQL files beside base.json that are no migrations (NNNN_name.sql) and so are not applied.\n"
        "Ends with status 1 if there are problems.",
    .examples =
        "artsync base check\n"
        "artsync base check --json\n",
    .see_also = "base show, db grants",
    .needs = NEED_CONFIG,
    .run = run,
};

static bool any_table(CatalogTable *const *catalogs, int n)
{
    for (int i = 0; i < n; i++)
        if (catalogs[i]->exists || catalogs[i]->other_kind || catalogs[i]->known)
            return true;
    return false;
}

/* Once the tables are set up: may this role sync into them? */
static void check_grants(Pg *pg, const Base *base, Problems *problems, Err *trouble)
{
    bool there;
    if (!pg_trust(pg, base, NULL, 0, &there, trouble) || !there ||
        grants_require(pg, base, "sync", (StringList){0}, trouble))
        return;
    if (trouble->code == ERR_PRIVILEGE)
        problems_add(problems, base->origin, trouble->hint, "%s", trouble->message);
}

static void check_sequence(Pg *pg, const Table *table, const CatalogColumn *column, Problems *problems, Err *trouble)
{
    bool behind = false;
    Buf setval = {0}, place = {0};
    if (pg_sequence_behind(pg, table->catalog, column, &behind, trouble) && behind) {
        sql_setval(&setval, table->catalog, column);
        buf_printf(&place, "%s: table %s: column %s", table->base->origin, table->name, column->name);
        problems_add(problems, place.data, setval.data,
                     "its sequence %s is behind the rows: it will give a number that a row has already",
                     column->sequence);
    }
    buf_free(&setval);
    buf_free(&place);
}

/* Unique columns that a sequence numbers and no record gives. */
static void check_sequences(Pg *pg, const Base *base, Problems *problems, Err *trouble)
{
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        for (int k = 0; table->catalog && k < table->catalog->n_keys && trouble->code == ERR_NONE; k++) {
            const CatalogColumn *column = catalog_numbered(table->catalog, &table->catalog->keys[k]);
            if (column && table_column(table, column->name) < 0)
                check_sequence(pg, table, column, problems, trouble);
        }
    }
}

/* The mapping against the tables; *compared is false where there is no database or nothing of it is migrated. */
static bool compare(Cli *cli, Base *base, Problems *problems, bool *compared, Err *err)
{
    Err trouble = {0};
    CatalogTable **catalogs = NULL;
    Pg *pg = NULL;
    bool read = pg_open(&pg, cli->url, "artsync/base check", &trouble) && pg_begin(pg, PG_TX_READ, &trouble) &&
                pg_catalog(pg, base, &cli->arena, &catalogs, &trouble);
    *compared = read && any_table(catalogs, base->n_tables);
    if (read && !pg_zones_check(pg, base, &trouble) && trouble.code == ERR_CONFIG)
        problems_add(problems, base->origin, trouble.hint, "%s", trouble.message);
    if (*compared) {
        base_bind(base, catalogs, problems);
        base_check_labels(base, problems);
        check_grants(pg, base, problems, &trouble);
        check_sequences(pg, base, problems, &trouble);
    } else if (read)
        log_note("not compared with %s: it has none of the tables yet", pg_describe(pg));
    else if (trouble.code == ERR_INTERRUPTED || trouble.code == ERR_TERMINATED)
        err_set(err, trouble.code, trouble.hint, "%s", trouble.message);
    else
        log_note("not compared with a database: %s", trouble.message);
    if (read)
        pg_rollback(pg);
    pg_close(pg);
    err_clear(&trouble);
    return err->code == ERR_NONE;
}

static void add_broken(const Checks *checks, Problems *problems)
{
    for (int i = 0; i < checks->n; i++) {
        if (checks->items[i].broken)
            problems_add(problems, checks->items[i].file, NULL, "%s", checks->items[i].broken);
    }
}

/* The checks' heads and, where the schema is there, whether PostgreSQL understands their queries. */
static bool check_checks(Cli *cli, Base *base, bool compared, Problems *problems, Err *err)
{
    Checks checks = {0};
    Err trouble = {0};
    Pg *pg = NULL;
    bool ok = checks_load(cli->base_name, &checks, err);
    if (ok && compared) {
        bool tried = pg_open(&pg, cli->url, "artsync/base check", &trouble) && pg_begin(pg, PG_TX_READ, &trouble) &&
                     schema_require(pg, base, cli->base_name, &trouble) && checks_try(pg, &checks, &trouble);
        if (trouble.code == ERR_INTERRUPTED || trouble.code == ERR_TERMINATED)
            ok = err_set(err, trouble.code, trouble.hint, "%s", trouble.message);
        else if (!tried)
            log_note("the checks' queries were not tried: %s", trouble.message);
        pg_close(pg);
        err_clear(&trouble);
    }
    add_broken(&checks, problems);
    checks_free(&checks);
    return ok;
}

typedef struct Findings {
    const Problems *problems;
    const char *origin; /* of the base */
    bool compared;      /* with a database */
} Findings;

/* A hint may hold SQL, a statement a line. */
static void hint_lines(Report *report, const char *hint)
{
    for (const char *line = hint, *end; line; line = end ? end + 1 : NULL) {
        end = strchr(line, '\n');
        int n = end ? (int)(end - line) : (int)strlen(line);
        report_line(report, line == hint ? "  hint: %.*s" : "    %.*s", n, line);
    }
}

static void problem_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    report_line(report, "%s: %s", cells[0], cells[1]);
    if (cells[2])
        hint_lines(report, cells[2]);
}

static bool write_problems(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.key = "place", .heading = "place"},
                                           {.key = "message", .heading = "problem"},
                                           {.key = "hint", .heading = "hint"}};
    static const ReportTable table = {.key = "problems", COLUMNS(columns), .line = problem_line};
    (void)err;
    const Findings *findings = ctx;
    const Problems *problems = findings->problems;
    report_text(report, "base", findings->origin);
    report_text(report, "status", problems->n > 0 ? "fail" : "pass");
    report_bool(report, "compared_with_database", findings->compared);
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < problems->n; i++)
        report_row(report,
                   (const char *[]){problems->items[i].location, problems->items[i].message, problems->items[i].hint});
    report_table_end(report);
    report_gap(report);
    if (problems->n > 0)
        report_line(report, "%s in %s", out_noun(problems->n, "problem", "problems", report_arena(report)),
                    findings->origin);
    else
        report_line(report, "%s is valid%s", findings->origin,
                    findings->compared ? ", and the database's tables match it" : "");
    return true;
}

static const ReportSection sections[] = {{FOR_ALL, 1, write_problems}, {0}};

static bool run(Cli *cli, Err *err)
{
    Problems problems = {0};
    Buf origin = {0};
    Base *base = NULL;
    bool compared = false;
    bool ok = base_read(cli->base_name, &base, &origin, &problems, err), draft = problems.n > 0;
    for (int i = 0; ok && base && i < base->n_tables; i++)
        for (int k = 0; k < base->tables[i].n_columns; k++)
            field_check(base, &base->tables[i].columns[k], &problems);
    ok = ok && (draft || compare(cli, base, &problems, &compared, err)) &&
         check_checks(cli, base, compared && problems.n == 0, &problems, err) &&
         base_unused_files(cli->base_name, &problems, err);
    if (ok) {
        ok = cli_report(cli, sections, &(Findings){&problems, origin.data, compared}, NULL, err);
        if (problems.n > 0)
            cli->status = EXIT_ATTENTION;
    }
    base_free(base);
    problems_free(&problems);
    buf_free(&origin);
    return ok;
}

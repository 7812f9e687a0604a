/* db verify: the live catalog against what the migrations make. */
#include <string.h>

#include "artsync/schema.h"
#include "private.h"

static bool run(Cli *cli, Err *err);

const Command cmd_db_verify = {
    .name = "db verify",
    .summary = "compare the live schema with what the migrations make",
    .details = "Makes the schema anew inside a transaction that is always rolled back, and names every table, column,\n"
               "constraint, index, trigger, view, function and type that is missing or different. What others have\n"
               "added is listed, too, and is no error. Ends with status 1 if anything is missing or different.",
    .examples =
        "artsync db verify\n"
        "artsync db verify --json\n",
    .see_also = "db migrate, db status",
    .needs = NEED_BASE | NEED_DATABASE,
    .run = run,
};

typedef struct Verification {
    Cli *cli;
    Report *report;
    int64_t counts[3]; /* by DifferenceKind */
    int wrong;
} Verification;

static const struct {
    const char *name;
    Style style;
} kinds[] = {
    [DIFFERENCE_MISSING] = {"missing", STYLE_BAD},
    [DIFFERENCE_CHANGED] = {"different", STYLE_BAD},
    [DIFFERENCE_ADDITION] = {"addition", STYLE_DIM},
};

enum { D_KIND, D_TYPE, D_OBJECT, D_EXPECTED, D_FOUND, D_CELLS };

static const ReportColumn columns[D_CELLS] = {
    [D_KIND] = {.key = "difference", .heading = "difference"},
    [D_TYPE] = {.key = "type", .heading = "type"},
    [D_OBJECT] = {.key = "object", .heading = "object"},
    [D_EXPECTED] = {.key = "expected", .heading = "expected"},
    [D_FOUND] = {.key = "found", .heading = "found"},
};

/* Definitions of views and functions run over many lines: they are left to --json. */
static void definition_line(Report *report, const char *label, const char *text)
{
    enum { LONGEST = 200 };
    if (text && strlen(text) <= LONGEST && !strchr(text, '\n'))
        report_line(report, "           %s: %s", label, out_safe(text, LONGEST, report_arena(report)));
}

static void difference_line(Report *report, void *ctx, const char *const *cells)
{
    const Verification *v = ctx;
    DifferenceKind kind = DIFFERENCE_MISSING;
    while (strcmp(kinds[kind].name, cells[D_KIND]) != 0)
        kind++;
    if (v->cli->quiet && kind == DIFFERENCE_ADDITION)
        return;
    report_part(report, kinds[kind].style, "%-9s", kinds[kind].name);
    report_line(report, "  %s %s", cells[D_TYPE], cells[D_OBJECT]);
    if (kind == DIFFERENCE_CHANGED) {
        definition_line(report, "expected", cells[D_EXPECTED]);
        definition_line(report, "found", cells[D_FOUND]);
    }
}

static bool write_difference(void *ctx, const Difference *d, Err *err)
{
    (void)err;
    Verification *v = ctx;
    v->counts[d->kind]++;
    report_row(v->report, (const char *[]){kinds[d->kind].name, d->type, d->object, d->expected, d->found});
    return true;
}

static bool write_differences(Report *report, void *ctx, Err *err)
{
    static const ReportTable table = {.key = "differences", COLUMNS(columns), .line = difference_line};
    Verification *v = ctx;
    v->report = report;
    report_table_begin(report, &table, v);
    bool ok = schema_verify(v->cli->pg, v->cli->base, v->cli->base_name, write_difference, v, &v->wrong, err);
    report_table_end(report);
    report_text(report, "status", !ok || v->wrong ? "fail" : "pass");
    return ok;
}

static bool write_closing(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Verification *v = ctx;
    const char *database = pg_database(v->cli->pg);
    if (v->wrong || !v->cli->quiet)
        report_gap(report);
    if (v->wrong)
        report_line(report, "%s: %s", database, out_noun(v->wrong, "difference", "differences", report_arena(report)));
    else if (!v->cli->quiet)
        report_line(report, "The schema of %s is what the migrations make%s.", database,
                    v->counts[DIFFERENCE_ADDITION] ? "; others have added to it" : "");
    return true;
}

static bool run(Cli *cli, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_differences}, {FOR_PEOPLE, 2, write_closing}, {0}};
    Verification v = {.cli = cli};
    bool ok = cli_report(cli, sections, &v, NULL, err);
    if (ok && v.wrong)
        cli->status = EXIT_ATTENTION;
    return ok;
}

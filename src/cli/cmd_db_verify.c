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
    .needs = NEED_BASE | NEED_DATABASE,
    .run = run,
};

typedef struct Report {
    Cli *cli;
    JsonOut json;
    Arena arena;
    int64_t counts[3]; /* by DifferenceKind */
} Report;

static const struct {
    const char *name;
    Style style;
} kinds[] = {
    [DIFFERENCE_MISSING] = {"missing", STYLE_BAD},
    [DIFFERENCE_CHANGED] = {"different", STYLE_BAD},
    [DIFFERENCE_ADDITION] = {"addition", STYLE_DIM},
};

/* Definitions of views and functions run over many lines: they are left to --json. */
static void print_definition(Report *report, const char *label, const char *text)
{
    enum { LONGEST = 200 };
    if (text && strlen(text) <= LONGEST && !strchr(text, '\n'))
        out_print(stdout, "           %s: %s\n", label, out_safe(text, LONGEST, &report->arena));
}

static bool print_difference(void *ctx, const Difference *d, Err *err)
{
    Report *report = ctx;
    (void)err;
    report->counts[d->kind]++;
    if (report->cli->json) {
        json_open(&report->json, NULL, '{');
        json_text(&report->json, "difference", kinds[d->kind].name);
        json_text(&report->json, "type", d->type);
        json_text(&report->json, "object", d->object);
        json_text(&report->json, "expected", d->expected);
        json_text(&report->json, "found", d->found);
        json_close(&report->json, '}');
        return true;
    }
    if (report->cli->quiet && d->kind == DIFFERENCE_ADDITION)
        return true;
    Style style = kinds[d->kind].style;
    out_print(stdout, "%s%-9s%s  %s %s\n", style_begin(style), kinds[d->kind].name, style_end(style), d->type,
           d->object);
    if (d->kind == DIFFERENCE_CHANGED) {
        print_definition(report, "expected", d->expected);
        print_definition(report, "found", d->found);
    }
    arena_reset(&report->arena);
    return true;
}

static void print_end(Report *report, int wrong)
{
    const char *database = pg_database(report->cli->pg);
    bool listed = report->counts[DIFFERENCE_ADDITION] > 0 || wrong > 0;
    if (wrong)
        out_print(stdout, "\n%s: %s\n", database,
               out_noun(wrong, "difference", "differences", &report->arena));
    else if (!report->cli->quiet)
        out_print(stdout, listed ? "\nThe schema of %s is what the migrations make%s.\n"
                                 : "The schema of %s is what the migrations make%s.\n",
               database,
               report->counts[DIFFERENCE_ADDITION] ? "; others have added to it" : "");
}

static bool run(Cli *cli, Err *err)
{
    Report report = {.cli = cli};
    int wrong = 0;
    if (cli->json) {
        json_begin(&report.json, stdout);
        json_open(&report.json, "differences", '[');
    }
    bool ok = schema_verify(cli->pg, cli->base, cli->base_name, print_difference, &report, &wrong, err);
    if (cli->json) {
        json_close(&report.json, ']');
        json_text(&report.json, "status", !ok || wrong ? "fail" : "pass");
        if (!ok)
            json_item(&report.json, "error", json_error(err));
        json_end(&report.json);
        cli->reported = true;
    } else if (ok) {
        print_end(&report, wrong);
    }
    if (ok && wrong)
        cli->status = EXIT_ATTENTION;
    arena_free(&report.arena);
    return ok;
}

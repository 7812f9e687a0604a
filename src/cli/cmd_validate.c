#include "artsync/check.h"
#include "private.h"

enum { SAMPLE_VALUE_MAX = 40 };

static const Option options[] = {
    {"check", 0, OPTION_TEXT, "NAME", NULL, NULL, "run only this check"},
    {"list", 0, OPTION_FLAG, NULL, NULL, NULL, "list the checks instead of running them"},
    {0},
};

/* ---- JSON ---- */

static void json_check(JsonOut *json, const Check *check, bool ran)
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

static void print_json(const Checks *checks, bool ran, const Err *failed)
{
    JsonOut json;
    json_begin(&json, stdout);
    if (ran)
        json_text(&json, "status", checks_failed(checks) || failed->code != ERR_NONE ? "fail" : "pass");
    json_open(&json, "checks", '[');
    for (int i = 0; i < checks->n; i++)
        json_check(&json, &checks->items[i], ran);
    json_close(&json, ']');
    if (failed->code != ERR_NONE)
        json_item(&json, "error", json_error(failed));
    json_end(&json);
}

/* ---- text ---- */

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
            fprintf(stdout, "%s%s%s%s", cell == row->child ? "" : ", ", plain ? "" : cell->string, plain ? "" : " ",
                    text);
        }
        fputc('\n', stdout);
    }
    if (check->violations > CHECK_SAMPLE)
        fprintf(stdout, "        and %s\n", out_noun(check->violations - CHECK_SAMPLE, "other", "others", arena));
}

static void print_check(const Cli *cli, const Check *check)
{
    static const char *const words[] = {"FAIL", "warn"};
    Arena arena = {0};
    bool bad = check->violations > 0;
    Style style = check->broken                       ? STYLE_BAD
                  : !bad                              ? STYLE_GOOD
                  : check->severity == SEVERITY_ERROR ? STYLE_BAD
                                                      : STYLE_WARN;
    const char *word = check->broken ? "????" : bad ? words[check->severity] : "ok";
    if (!bad && !check->broken && cli->quiet)
        return;
    fprintf(stdout, "%s%-4s%s  %s", style_begin(style), word, style_end(style),
            *check->summary ? check->summary : check->name);
    if (!check->broken)
        fprintf(stdout, ": %s", bad ? out_count(check->violations, &arena) : "none");
    fprintf(stdout, "  %s[%s]%s\n", style_begin(STYLE_DIM), check->name, style_end(STYLE_DIM));
    if (check->broken)
        fprintf(stdout, "        %s: %s\n", check->file, out_safe(check->broken, 1000, &arena));
    if (bad) {
        print_sample(cli->base, check, &arena);
        if (*check->advice)
            fprintf(stdout, "      What to do: %s\n", check->advice);
    }
    arena_free(&arena);
}

static void print_text(const Cli *cli, const Checks *checks)
{
    Arena arena = {0};
    int errors = 0, warnings = 0;
    for (int i = 0; i < checks->n; i++) {
        const Check *check = &checks->items[i];
        print_check(cli, check);
        errors += check->violations > 0 && check->severity == SEVERITY_ERROR;
        warnings += check->violations > 0 && check->severity == SEVERITY_WARNING;
    }
    if (!cli->quiet || errors)
        fprintf(stdout, "\n%s: %s failed, %s with warnings.\n", out_noun(checks->n, "check", "checks", &arena),
                errors ? out_count(errors, &arena) : "none", warnings ? out_count(warnings, &arena) : "none");
    arena_free(&arena);
}

static void print_list(const Checks *checks)
{
    TextTable *table = text_table_new();
    text_table_column(table, "check", COLUMN_LEFT);
    text_table_column(table, "severity", COLUMN_LEFT);
    text_table_column(table, "what it finds", COLUMN_LEFT);
    for (int i = 0; i < checks->n; i++) {
        text_table_cell(table, STYLE_PLAIN, checks->items[i].name);
        text_table_cell(table, STYLE_PLAIN, severity_name(checks->items[i].severity));
        text_table_cell(table, STYLE_PLAIN, checks->items[i].summary);
        text_table_row(table);
    }
    text_table_print(table, stdout);
    text_table_free(table);
}

/* ---- the command ---- */

static bool choose(Cli *cli, Checks *checks, Err *err)
{
    const char *name = cli_text(cli, "check");
    if (!checks_load(cli->base_name, checks, err) || !name)
        return err->code == ERR_NONE;
    Names all = {arena_alloc(&cli->arena, sizeof(char *) * (size_t)(checks->n + 1)), 0};
    for (int i = 0; i < checks->n; i++)
        all.items[all.n++] = checks->items[i].name;
    if (checks_only(checks, name))
        return true;
    const char *hint = did_you_mean(name, &all, &cli->arena);
    return err_set(err, ERR_USAGE, hint ? hint : "artsync validate --list shows them", "base %s has no check %s",
                   cli->base->name, name);
}

static bool run_checks(Cli *cli, Checks *checks, Err *err)
{
    bool ok =
        cli_require(cli, NEED_SCHEMA, err) && pg_begin(cli->pg, PG_TX_READ, err) && checks_run(cli->pg, checks, err);
    pg_rollback(cli->pg);
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    Checks checks = {0};
    Err broken = {0};
    bool list = cli_flag(cli, "list");
    bool ok = choose(cli, &checks, err) && (list || run_checks(cli, &checks, err));
    if (ok) {
        checks_whole(&checks, &broken);
        cli->status = !list && checks_failed(&checks) ? EXIT_ATTENTION : EXIT_DONE;
        cli->reported = cli->json;
        if (cli->json)
            print_json(&checks, !list, &broken);
        else if (list)
            print_list(&checks);
        else
            print_text(cli, &checks);
    }
    checks_free(&checks);
    if (ok)
        *err = broken;
    return err->code == ERR_NONE;
}

const Command cmd_validate = {
    .name = "validate",
    .summary = "run the base's checks on the database",
    .details =
        "Each check is a question to the data, with what to do about what it finds. Checks that fail are errors\n"
        "(status 1) or warnings (status 0).",
    .needs = NEED_BASE,
    .options = options,
    .run = run,
};

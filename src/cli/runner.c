/* runner.c - from argv to exit status: parse, meet the command's needs, run it, report the error once. */
#include <stdlib.h>

#include "artsync/base_map.h"
#include "artsync/grants.h"
#include "artsync/interrupt.h"
#include "artsync/log.h"
#include "artsync/progress.h"
#include "artsync/schema.h"
#include "artsync/session.h"
#include "artsync/shell.h"
#include "private.h"

/* The --database of this command line, for commands that are printed. One with a password becomes the word URL: pasted
 * as it is, it reaches no database, and so not a wrong one. */
static const char *printable_database(const Cli *cli)
{
    for (int i = 0; i < cli->arguments.n_options; i++) {
        const OptionValue *value = &cli->arguments.options[i];
        if (value->option->name && strcmp(value->option->name, "database") == 0)
            return !value->origin || value->origin[0] != '-' ? NULL
                   : env_has_password(value->text)           ? "URL"
                                                             : value->text;
    }
    return NULL;
}

bool cli_configure(Cli *cli, Err *err)
{
    if (!env_read(cli_text(cli, "env-file"), option_keys(cli->arguments.commands), &cli->env, err))
        return false;
    cli->outcome.configured = true;
    if (!arguments_resolve(&cli->arguments, &cli->env, err))
        return false;
    env_export(&cli->env);
    cli->base_name = cli_text(cli, "base");
    cli->url = cli_text(cli, "database");
    command_context(&(CommandContext){.base = cli_given(cli, "base") ? cli->base_name : NULL,
                                      .env_file = cli_given(cli, "env-file") ? cli_text(cli, "env-file") : NULL,
                                      .database = printable_database(cli)});
    return true;
}

static bool read_config(Cli *cli, Err *err)
{
    unsigned needs = cli->arguments.command->needs;
    if (needs & NEED_BY_HAND)
        return true;
    return needs & NEED_CONFIG ? cli_configure(cli, err) : arguments_resolve(&cli->arguments, NULL, err);
}

/* `base check` shows all problems at once; here the first one is enough. A built-in base fits the schema that its
 * migrations make, so there the database drifted; else base.json may as well be wrong. */
static bool bind_base(Cli *cli, CatalogTable *const *catalogs, Err *err)
{
    Problems problems = {0};
    bool bound = base_bind(cli->base, catalogs, &problems);
    if (bound && base_metadata_exists(cli->base, catalogs, &problems))
        return true;
    bool drifted = cli->base->embedded || bound;
    for (int i = 0; i < cli->base->n_tables; i++)
        drifted = drifted || !catalogs[i]->exists;
    problems_raise(&problems, drifted ? ERR_SCHEMA : ERR_CONFIG, err);
    problems_free(&problems);
    return false;
}

/* Without --base in another base's database, the command for that base is the answer, not `db migrate`. */
static void name_the_base(Cli *cli, Err *err)
{
    Buf typed = {0};
    Err other = {0};
    if (err->code != ERR_SCHEMA || cli_given(cli, "base"))
        return;
    arguments_typed(&cli->arguments, &typed);
    pg_rollback(cli->pg);
    const BaseCommands again = {"db migrate", typed.data};
    if (!schema_default_base(cli->pg, cli->base, &again, &other) && other.code == ERR_USAGE) {
        err_clear(err);
        err_set(err, ERR_SCHEMA, other.hint, "%s", other.message);
    }
    err_clear(&other);
    buf_free(&typed);
}

static bool require_schema(Cli *cli, Err *err)
{
    const char *purpose = cli->arguments.command->purpose;
    CatalogTable **catalogs = NULL;
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) && schema_require(cli->pg, cli->base, cli->base_name, err);
    if (!ok)
        name_the_base(cli, err);
    ok = ok &&
              (!purpose || grants_require(cli->pg, cli->base, purpose, cli_tables(cli), err)) &&
              pg_catalog(cli->pg, cli->base, &cli->arena, &catalogs, err) && bind_base(cli, catalogs, err);
    pg_rollback(cli->pg);
    return ok;
}

/* Commands that may read records have the folder that these are in among their options. */
static bool reads_records(const Cli *cli)
{
    for (const Option *o = cli->arguments.command->options; o && (o->name || o->key); o++)
        if (o->key && strcmp(o->key, "ARTSYNC_EXPORT_DIR") == 0)
            return true;
    return false;
}

static bool load_base(Cli *cli, Err *err)
{
    if (cli->arguments.command->needs & ALSO_MAP && strcmp(cli->base_name, MAP_BASE) == 0) {
        cli->base = base_map_empty(); /* until the database says more */
        return true;
    }
    if (!(cli->base = base_load(cli->base_name, err)))
        return false;
    base_set_mask_key(cli->base, cli_text(cli, "ARTSYNC_MASK_KEY"));
    return !reads_records(cli) || base_require_mask_key(cli->base, err);
}

bool cli_require(Cli *cli, unsigned needs, Err *err)
{
    if ((needs & NEED_BASE) == NEED_BASE && !cli->base && !load_base(cli, err))
        return false;
    if ((needs & NEED_DATABASE) == NEED_DATABASE && !cli->pg) {
        if (!pg_open(&cli->pg, cli->url, "artsync", err))
            return false;
        log_detail("connected to %s", pg_describe(cli->pg));
    }
    if (cli->arguments.command->needs & ALSO_MAP && !map_base_use(cli, err))
        return false;
    if ((needs & NEED_SCHEMA) == NEED_SCHEMA && !require_schema(cli, err))
        return false;
    bool log = (needs & NEED_LOG) == NEED_LOG && !cli_is_dry(cli);
    return !log || pg_open(&cli->log, cli->url, "artsync", err);
}

const char *cli_setting(const Cli *cli, const char *key)
{
    const char *given = getenv(key);
    const EnvEntry *entry = env_find(&cli->env, key);
    return given && *given ? given : entry && *entry->value ? entry->value : NULL;
}

static const char *source_setting(void *cli, const char *key) { return cli_setting(cli, key); }

SourceDatabases *cli_databases(Cli *cli)
{
    if (!cli->databases)
        cli->databases = source_databases_new(source_setting, cli, cli->pg);
    return cli->databases;
}

/* The form of report whose option is given; else text. */
static const ReportForm *chosen_form(const Arguments *arguments)
{
    for (int i = 0; i < arguments->n_options; i++) {
        const OptionValue *value = &arguments->options[i];
        const ReportForm *form = value->option->name && value->text ? report_form(value->option->name) : NULL;
        if (form)
            return form;
    }
    return report_form("text");
}

/* The server refused one thing: say it with all that the role lacks for the command, so that the database's owner is
 * asked only once. */
static void name_missing_grants(Cli *cli, Err *err)
{
    const char *purpose = cli->arguments.command->purpose;
    Err list = {0};
    if (err->code != ERR_PRIVILEGE || !err->sqlstate[0] || !cli->pg || !cli->base)
        return;
    pg_rollback(cli->pg);
    if (!grants_require(cli->pg, cli->base, purpose ? purpose : "read", cli_tables(cli), &list) &&
        list.code == ERR_PRIVILEGE) {
        free(err->hint);
        err->hint = list.hint;
        list.hint = NULL;
    }
    err_clear(&list);
}

static bool run_command(Cli *cli, Err *err)
{
    cli->form = chosen_form(&cli->arguments);
    cli->quiet = cli_flag(cli, "quiet");
    cli->verbose = cli_flag(cli, "verbose");
    out_setup(cli_flag(cli, "no-color"));
    log_setup(cli->verbose ? LOG_VERBOSE : cli->quiet ? LOG_QUIET : LOG_NORMAL, cli_flag(cli, "no-color"));
    bool ok = read_config(cli, err) && cli_require(cli, cli->arguments.command->needs, err) && interrupt_check(err) &&
              cli->arguments.command->run(cli, err);
    if (!ok)
        name_missing_grants(cli, err);
    return ok;
}

/* --help, --version and a bare `artsync` are commands like any other. */
static bool choose_command(Arguments *arguments, Err *err)
{
    if (arguments->help) {
        if (arguments->command) {
            const char **name = arena_alloc(&arguments->arena, sizeof *name);
            *name = arguments->command->name;
            arguments->positional = (StringList){name, 1};
        }
        arguments->command = command_find(arguments->commands, "help");
    } else if (arguments->version) {
        arguments->command = command_find(arguments->commands, "version");
    } else if (!arguments->command) {
        return err_set(err, ERR_USAGE, "see artsync help", "a command is missing");
    }
    return true;
}

bool cli_report(Cli *cli, const ReportSection *sections, void *ctx, const Err *failed, Err *err)
{
    progress_end();
    cli->reported = report_audience(cli->form) == FOR_PROGRAMS;
    return report_write(cli->form, stdout, sections, ctx, failed, err);
}

bool cli_is_quiet(const Cli *cli) { return cli->quiet && report_audience(cli->form) != FOR_PROGRAMS; }

/* What a run did does not depend on whether its report could be printed. A reader that closes the pipe (| head) is no
 * failure. A report that a full disk cuts short is reported, and fails the commands whose only work is to print. */
static void finish_output(Cli *cli)
{
    Err output = {0};
    bool gone = false;
    if (!out_finish(&gone, &output) && !gone) {
        if (cli->status == EXIT_DONE && !cli->committed) {
            cli->status = err_status(output.code);
            log_error(&output);
        } else {
            log_attention("%s; the command did its work, only its report is incomplete", output.message);
        }
    }
    err_clear(&output);
}

static ExitStatus finish(Cli *cli, Err *err)
{
    progress_end();
    if (err->code != ERR_NONE) {
        if (cli->committed)
            err_context(err, "the changes were committed; what failed came after that");
        if (!cli->reported)
            cli_report(cli, (const ReportSection[]){{0}}, NULL, err, err);
        log_error(err);
        cli->status = cli->committed ? EXIT_ATTENTION : err_status(err->code);
    }
    outcome_print(cli, err);
    finish_output(cli);
    return cli->status;
}

ExitStatus cli_main(CommandTable table, int argc, char *const *argv)
{
    Cli cli = {.form = report_form(arguments_want_json(argc, argv) ? "json" : "text")};
    Err err = {0};
    const bool watched = strcmp(run_origin(), "watch") == 0;
    out_setup(false);
    log_setup(LOG_NORMAL, false);
    if (watched)
        interrupt_ignore_termination();
    if (arguments_parse(table, argc, argv, &cli.arguments, &err) && choose_command(&cli.arguments, &err))
        run_command(&cli, &err);
    ExitStatus status = finish(&cli, &err);
    const bool passing = err.code == ERR_LOST || err.code == ERR_TIMEOUT;
    source_databases_free(cli.databases);
    pg_close(cli.log);
    pg_close(cli.pg);
    cli.log = cli.pg = NULL;
    outcome_tell(&cli, status, &err);
    base_free(cli.base);
    env_free(&cli.env);
    arena_free(&cli.arena);
    arguments_free(&cli.arguments);
    err_clear(&err);
    return watched && passing ? EXIT_DATABASE : status; /* watch is to try again, as where there was no connection */
}

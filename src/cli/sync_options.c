/* sync_options.c - the options that sync and diff share, as the engine wants them. */
#include "private.h"

static bool add_file(Cli *cli, SyncOptions *options, SyncFile *files, const char *text, Err *err)
{
    const char *equals = strchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return err_set(err, ERR_USAGE, "e.g. --file editions=fixed.csv", "--file: \"%s\" is not TABLE=PATH", text);
    const char *table = arena_strn(&cli->arena, text, (size_t)(equals - text));
    if (!cli_table(cli, table, err))
        return false;
    for (int i = 0; i < options->n_files; i++)
        if (strcmp(files[i].table, table) == 0)
            return err_set(err, ERR_USAGE, "sync one after the other", "--file names a file for %s twice", table);
    for (int i = 0; strcmp(equals + 1, "-") == 0 && i < options->n_files; i++)
        if (strcmp(files[i].path, "-") == 0)
            return err_set(err, ERR_USAGE, "name a file for one of them",
                           "--file: standard input cannot be both %s and %s", files[i].table, table);
    files[options->n_files++] = (SyncFile){table, equals + 1};
    return true;
}

bool sync_choices_read(const Cli *cli, SyncOptions *options, Err *err)
{
    const char *on_conflict = cli_text(cli, "on-conflict");
    if (!sync_mode_parse(cli_text(cli, "mode"), &options->mode) ||
        (on_conflict && !on_conflict_parse(on_conflict, &options->on_conflict)))
        return err_set(err, ERR_USAGE, NULL, "a setting that was checked cannot be read"); /* rows and engine differ */
    return true;
}

bool sync_options_read(Cli *cli, SyncOptions *options, Err *err)
{
    StringList files = cli_list(cli, "file");
    *options = (SyncOptions){.tables = cli_list(cli, "table"),
                             .strict = cli_flag(cli, "strict"),
                             .force = cli_flag(cli, "force"),
                             .wait_seconds = (int)cli_number(cli, "wait")};
    if (!sync_choices_read(cli, options, err))
        return false;
    if (!limit_parse(cli_text(cli, "max-rejects"), &options->max_rejects) ||
        !limit_parse(cli_text(cli, "max-deactivate"), &options->max_deactivate))
        return err_set(err, ERR_USAGE, NULL, "a setting that was checked cannot be read"); /* rows and engine differ */
    for (int i = 0; i < options->tables.n; i++)
        if (!cli_table(cli, options->tables.items[i], err))
            return false;
    SyncFile *list = arena_alloc(&cli->arena, sizeof *list * (size_t)(files.n + 1));
    for (int i = 0; i < files.n; i++)
        if (!add_file(cli, options, list, files.items[i], err))
            return false;
    options->files = list;
    if (files.n == 0 || cli_given(cli, "export-dir"))
        options->places.folder = cli_text(cli, "export-dir");
    options->places.databases = cli_databases(cli);
    return true;
}

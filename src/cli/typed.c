/* typed.c - the command that was given: as words that can be pasted, and which tables it is about. */
#include "artsync/shell.h"
#include "private.h"

static bool is_typed(const OptionValue *value)
{
    return value->option->name && value->origin && strncmp(value->origin, "--", 2) == 0;
}

static void add_values(Buf *out, const OptionValue *value)
{
    const Option *option = value->option;
    bool list = option->kind == OPTION_LIST;
    for (int i = 0; i < (list ? value->list.n : 1); i++) {
        buf_printf(out, " --%s", option->name);
        if (option->kind != OPTION_FLAG) {
            buf_char(out, ' ');
            command_word(out, list ? value->list.items[i] : value->text);
        }
    }
}

void arguments_typed(const Arguments *arguments, Buf *out)
{
    buf_str(out, arguments->command->name);
    for (const Option *row = arguments->command->options; row && (row->name || row->key); row++)
        for (int i = 0; i < arguments->n_options; i++)
            if (arguments->options[i].option == row && is_typed(&arguments->options[i]))
                add_values(out, &arguments->options[i]);
    for (int i = 0; i < arguments->positional.n; i++) {
        buf_char(out, ' ');
        command_word(out, arguments->positional.items[i]);
    }
}

static const OptionValue *list_option(const Cli *cli, const char *name)
{
    for (int i = 0; i < cli->arguments.n_options; i++) {
        const OptionValue *value = &cli->arguments.options[i];
        if (value->option->name && value->option->kind == OPTION_LIST && strcmp(value->option->name, name) == 0)
            return value;
    }
    return NULL;
}

StringList cli_tables(Cli *cli)
{
    const OptionValue *tables = list_option(cli, "table"), *files = list_option(cli, "file");
    if (!tables || !files || !files->list.n)
        return tables ? tables->list : (StringList){0};
    bool folder = cli_given(cli, "export-dir");
    if (folder && !tables->list.n)
        return (StringList){0};
    StringList names = {arena_alloc(&cli->arena, sizeof(char *) * (size_t)(files->list.n + tables->list.n)), 0};
    for (int i = 0; i < files->list.n; i++)
        names.items[names.n++] = arena_strn(&cli->arena, files->list.items[i], strcspn(files->list.items[i], "="));
    for (int i = 0; folder && i < tables->list.n; i++)
        names.items[names.n++] = tables->list.items[i];
    return names;
}

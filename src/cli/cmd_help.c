/* cmd_help.c - help and version, printed from the rows of commands, options and exit statuses. */
#include <stdlib.h>

#include "artsync/utf8.h"
#include "private.h"

static bool run(Cli *cli, Err *err);
static bool run_version(Cli *cli, Err *err);

const Command cmd_help = {
    .name = "help",
    .arguments = "[COMMAND]",
    .max_arguments = 2,
    .summary = "show help, of one command if it is named",
    .examples =
        "artsync help\n"
        "artsync help sync\n"
        "artsync help db\n",
    .see_also = "version, completion",
    .run = run,
};

const Command cmd_version = {
    .name = "version",
    .summary = "show the version",
    .examples =
        "artsync version\n"
        "artsync --version\n",
    .see_also = "help",
    .run = run_version,
};

enum { LEFT_WIDTH = 30, PAGE_WIDTH = 80 };

/* Words of `text` from column `indent` on; the cursor is at `at`. */
static void print_wrapped(FILE *out, const char *text, size_t at, size_t indent)
{
    bool first = true;
    while (*text) {
        size_t n = strcspn(text, " \n");
        size_t width = utf8_width((Str){text, n});
        if (!first && at + 1 + width > PAGE_WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        fprintf(out, "%s%.*s", first ? "" : " ", (int)n, text);
        at += width + !first;
        first = false;
        text += n + (text[n] != '\0');
    }
    fputc('\n', out);
}

static void print_pair(FILE *out, const char *left, const char *right)
{
    size_t width = utf8_width(str_of(left));
    fputs(left, out);
    if (width + 2 > LEFT_WIDTH) {
        fputc('\n', out);
        width = 0;
    }
    fprintf(out, "%*s", (int)(LEFT_WIDTH - width), "");
    print_wrapped(out, right, LEFT_WIDTH, LEFT_WIDTH);
}

void option_help(const Option *option, Buf *out)
{
    buf_str(out, option->help);
    if (option->default_value || (option->key && option->name)) {
        buf_str(out, " (");
        if (option->default_value)
            buf_printf(out, "default %s", option->default_value);
        if (option->key && option->name)
            buf_printf(out, "%s%s", option->default_value ? "; " : "", option->key);
        buf_char(out, ')');
    }
}

static void print_option(FILE *out, const Option *option)
{
    Buf left = {0}, right = {0};
    if (option->letter)
        buf_printf(&left, "  -%c, ", option->letter);
    else
        buf_str(&left, "      ");
    buf_printf(&left, "--%s%s%s", option->name, option->value ? " " : "", option->value ? option->value : "");
    option_help(option, &right);
    print_pair(out, left.data, right.data);
    buf_free(&left);
    buf_free(&right);
}

static void print_command(FILE *out, const Command *command)
{
    Buf left = {0};
    buf_printf(&left, "  %s%s%s", command->name, command->arguments ? " " : "",
               command->arguments ? command->arguments : "");
    print_pair(out, left.data, command->summary);
    buf_free(&left);
}

static void print_settings(FILE *out)
{
    for (const Option *o = global_options; o->name || o->key; o++)
        if (!o->name) {
            Buf left = {0}, right = {0};
            buf_printf(&left, "  %s=%s", o->key, o->value);
            option_help(o, &right);
            print_pair(out, left.data, right.data);
            buf_free(&left);
            buf_free(&right);
        }
}

static void print_overview(FILE *out, CommandTable table)
{
    fputs("artsync keeps PostgreSQL in sync with Airtable's CSV exports.\n\n"
          "Usage: artsync [GLOBAL OPTIONS] COMMAND [OPTIONS]\n\nCommands\n",
          out);
    for (const Command *const *c = table; *c; c++)
        print_command(out, *c);
    fputs("\nGlobal options, before or after the command\n", out);
    for (const Option *o = global_options; o->name || o->key; o++)
        if (o->name)
            print_option(out, o);
    fputs("\nSettings come from the option, else the environment, else .env, else the default\n", out);
    print_settings(out);
    fputs("\nExit status\n", out);
    for (int i = 0; i < exit_row_count; i++) {
        char left[16];
        snprintf(left, sizeof left, "  %d", (int)exit_rows[i].status);
        fprintf(out, "%-7s", left);
        print_wrapped(out, exit_rows[i].meaning, 7, 7);
    }
    fputs("\nartsync help COMMAND says more about one.\n", out);
}

/* As they are: they are to be pasted. */
static void print_examples(FILE *out, const char *lines)
{
    for (size_t n; *lines; lines += n + 1) {
        n = strcspn(lines, "\n");
        fprintf(out, "  %.*s\n", (int)n, lines);
    }
}

static void print_one(FILE *out, const Command *command)
{
    bool has_options = command->options && command->options->name;
    fprintf(out, "Usage: artsync %s%s%s%s\n\n", command->name, has_options ? " [OPTIONS]" : "",
            command->arguments ? " " : "", command->arguments ? command->arguments : "");
    Buf summary = {0};
    buf_str(&summary, command->summary);
    summary.data[0] = (char)(summary.data[0] - ('a' - 'A')); /* summaries begin with a lower-case letter */
    buf_char(&summary, '.');
    print_wrapped(out, summary.data, 0, 0);
    buf_free(&summary);
    if (command->details)
        print_wrapped(out, command->details, 0, 0);
    if (has_options)
        fputs("\nOptions\n", out);
    for (const Option *o = command->options; o && o->name; o++)
        print_option(out, o);
    if (command->examples) {
        fputs("\nExamples\n", out);
        print_examples(out, command->examples);
    }
    if (command->see_also) {
        fputs("\nSee also\n  ", out);
        print_wrapped(out, command->see_also, 2, 2);
    }
    fputs("\nGlobal options such as --database, --base and --json: see artsync help.\n", out);
}

/* All commands whose name begins with `prefix` and a blank ("db"); false if there are none. */
static bool print_group(FILE *out, CommandTable table, const char *prefix)
{
    size_t n = strlen(prefix);
    bool found = false;
    for (const Command *const *c = table; *c; c++) {
        if (strncmp((*c)->name, prefix, n) != 0 || (*c)->name[n] != ' ')
            continue;
        if (!found)
            fprintf(out, "Usage: artsync %s COMMAND [OPTIONS]\n\nCommands\n", prefix);
        found = true;
        print_command(out, *c);
    }
    if (found)
        fprintf(out, "\nartsync help %s COMMAND says more about one.\n", prefix);
    return found;
}

/* ---- help as a command ---- */

typedef struct Help {
    CommandTable table;
    const char *name; /* of a command or a group; NULL: all */
} Help;

static bool wanted(const Command *command, const char *name)
{
    size_t n = name ? strlen(name) : 0;
    return !name || strcmp(command->name, name) == 0 ||
           (strncmp(command->name, name, n) == 0 && command->name[n] == ' ');
}

static void write_options(Report *report, const Option *rows)
{
    static const ReportColumn columns[] = {{.key = "name"}, {.key = "letter"},  {.key = "value"},
                                           {.key = "key"},  {.key = "default"}, {.key = "help"}};
    static const ReportTable table = {.key = "options", COLUMNS(columns)};
    report_table_begin(report, &table, NULL);
    for (const Option *o = rows; o && (o->name || o->key); o++) {
        const char letter[2] = {o->letter, '\0'};
        report_row(report, (const char *[]){o->name, filled(letter), o->value, o->key, o->default_value, o->help});
    }
    report_table_end(report);
}

/* A list of what is between `separators` in `text`. */
static void write_list(Report *report, const char *key, const char *text, const char *separators)
{
    report_list(report, key);
    while (text && *text) {
        size_t n = strcspn(text, separators);
        report_text(report, NULL, arena_strn(report_arena(report), text, n));
        text += n;
        text += strspn(text, separators) + strspn(text + strspn(text, separators), " ");
    }
    report_close(report);
}

static bool write_commands(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.key = "name"}, {.key = "arguments"}, {.key = "summary"}};
    static const ReportTable table = {.key = "commands", COLUMNS(columns)};
    (void)err;
    const Help *help = ctx;
    report_table_begin(report, &table, NULL);
    for (const Command *const *c = help->table; *c; c++) {
        if (!wanted(*c, help->name))
            continue;
        report_row_begin(report, (const char *[]){(*c)->name, (*c)->arguments, (*c)->summary});
        write_options(report, (*c)->options);
        write_list(report, "examples", (*c)->examples, "\n");
        write_list(report, "see_also", (*c)->see_also, ",");
        report_row_end(report);
    }
    report_table_end(report);
    write_options(report, global_options);
    return true;
}

static bool write_statuses(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.key = "status", .type = CELL_COUNT}, {.key = "meaning"}};
    static const ReportTable table = {.key = "exit_statuses", COLUMNS(columns)};
    (void)ctx;
    (void)err;
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < exit_row_count; i++)
        report_row(report, (const char *[]){report_number(report, exit_rows[i].status), exit_rows[i].meaning});
    report_table_end(report);
    return true;
}

static void print_help(FILE *out, void *ctx)
{
    const Help *help = ctx;
    const Command *command = help->name ? command_find(help->table, help->name) : NULL;
    if (command)
        print_one(out, command);
    else if (!help->name || !print_group(out, help->table, help->name))
        print_overview(out, help->table);
}

static bool write_help(Report *report, void *ctx, Err *err)
{
    return report_printed(report, NULL, print_help, ctx, err);
}

static bool is_known(CommandTable table, const char *name)
{
    for (const Command *const *c = table; *c; c++)
        if (wanted(*c, name))
            return true;
    return false;
}

static bool run(Cli *cli, Err *err)
{
    CommandTable table = cli->arguments.commands;
    const char *first = cli_argument(cli, 0), *second = cli_argument(cli, 1);
    const char *name = second ? arena_printf(&cli->arena, "%s %s", first, second) : first;
    if (name && !is_known(table, name)) {
        const char **names = arena_alloc(&cli->arena, sizeof *names * 64);
        StringList all = {names, 0};
        for (const Command *const *c = table; *c && all.n < 64; c++)
            names[all.n++] = (*c)->name;
        const char *hint = did_you_mean(name, &all, &cli->arena);
        return err_set(err, ERR_USAGE, hint ? hint : "see artsync help", "there is no command %s", name);
    }
    static const ReportSection sections[] = {
        {FOR_PROGRAMS, 1, write_commands}, {FOR_PROGRAMS, 2, write_statuses}, {FOR_PEOPLE, 1, write_help}, {0}};
    return cli_report(cli, sections, &(Help){table, name}, NULL, err);
}

/* ---- version ---- */

static bool write_version(Report *report, void *ctx, Err *err)
{
    (void)ctx;
    (void)err;
    report_text(report, "version", ARTSYNC_VERSION);
    report_line(report, "artsync %s", ARTSYNC_VERSION);
    return true;
}

static bool run_version(Cli *cli, Err *err)
{
    static const ReportSection sections[] = {{FOR_ALL, 1, write_version}, {0}};
    return cli_report(cli, sections, NULL, NULL, err);
}

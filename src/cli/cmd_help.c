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
    .run = run,
};

const Command cmd_version = {
    .name = "version",
    .summary = "show the version",
    .run = run_version,
};

enum { LEFT_WIDTH = 34, PAGE_WIDTH = 100 };

/* Words of `text` from column `indent` on; the cursor stands at `at`. */
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
    fputs("artsync keeps PostgreSQL in step with Airtable's CSV exports.\n\n"
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

static void print_one(FILE *out, const Command *command)
{
    bool has_options = command->options && command->options->name;
    fprintf(out, "Usage: artsync %s%s%s%s\n\n", command->name, has_options ? " [OPTIONS]" : "",
            command->arguments ? " " : "", command->arguments ? command->arguments : "");
    Buf summary = {0};
    buf_str(&summary, command->summary);
    summary.data[0] = (char)(summary.data[0] - ('a' - 'A')); /* summaries begin with a lower-case letter */
    fprintf(out, "%s.\n", summary.data);
    buf_free(&summary);
    if (command->details)
        fprintf(out, "%s\n", command->details);
    if (has_options)
        fputs("\nOptions\n", out);
    for (const Option *o = command->options; o && o->name; o++)
        print_option(out, o);
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

static void json_options(JsonOut *json, const Option *rows)
{
    json_open(json, "options", '[');
    for (const Option *o = rows; o && (o->name || o->key); o++) {
        cJSON *item = cJSON_CreateObject();
        const char letter[2] = {o->letter, '\0'};
        cJSON_AddItemToObject(item, "name", json_string(o->name));
        cJSON_AddItemToObject(item, "letter", json_string_or_null(letter));
        cJSON_AddItemToObject(item, "value", json_string(o->value));
        cJSON_AddItemToObject(item, "key", json_string(o->key));
        cJSON_AddItemToObject(item, "default", json_string(o->default_value));
        cJSON_AddItemToObject(item, "help", json_string(o->help));
        json_item(json, NULL, item);
    }
    json_close(json, ']');
}

static bool wanted(const Command *command, const char *name)
{
    size_t n = name ? strlen(name) : 0;
    return !name || strcmp(command->name, name) == 0 ||
           (strncmp(command->name, name, n) == 0 && command->name[n] == ' ');
}

static void print_json(CommandTable table, const char *name)
{
    JsonOut json;
    json_begin(&json, stdout);
    json_open(&json, "commands", '[');
    for (const Command *const *c = table; *c; c++) {
        if (!wanted(*c, name))
            continue;
        json_open(&json, NULL, '{');
        json_text(&json, "name", (*c)->name);
        json_text(&json, "arguments", (*c)->arguments);
        json_text(&json, "summary", (*c)->summary);
        json_options(&json, (*c)->options);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_options(&json, global_options);
    json_open(&json, "exit_statuses", '[');
    for (int i = 0; i < exit_row_count; i++) {
        json_open(&json, NULL, '{');
        json_number(&json, "status", exit_rows[i].status);
        json_text(&json, "meaning", exit_rows[i].meaning);
        json_close(&json, '}');
    }
    json_close(&json, ']');
    json_end(&json);
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
    const Command *command = name ? command_find(table, name) : NULL;
    if (cli->json)
        print_json(table, name);
    else if (command)
        print_one(stdout, command);
    else if (!name || !print_group(stdout, table, name))
        print_overview(stdout, table);
    return true;
}

/* ---- version ---- */

static bool run_version(Cli *cli, Err *err)
{
    (void)err;
    if (cli->json) {
        JsonOut json;
        json_begin(&json, stdout);
        json_text(&json, "version", ARTSYNC_VERSION);
        json_end(&json);
    } else {
        fprintf(stdout, "artsync %s\n", ARTSYNC_VERSION);
    }
    return true;
}

/* cmd_completion.c - completion for bash and zsh, printed from the rows of commands and options. */
#include <stdlib.h>

#include "private.h"

static bool run(Cli *cli, Err *err);

const Command cmd_completion = {
    .name = "completion",
    .arguments = "bash|zsh",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "print completion for a shell, to be sourced",
    .examples =
        "artsync completion bash > artsync.bash\n"
        ". ./artsync.bash\n",
    .see_also = "help",
    .run = run,
};

/* What may follow an option: words, files, folders, or nothing that is known. */
static void print_values(FILE *out, const Option *option)
{
    if (option->kind == OPTION_CHOICE) {
        fputs("words=\"", out);
        for (const char *c = option->value; *c; c++)
            fputc(*c == '|' ? ' ' : *c, out);
        fputs("\"", out);
    } else if (strstr(option->value, "DIR")) {
        fputs("what=folder", out);
    } else if (strstr(option->value, "FILE") || strstr(option->value, "PATH")) {
        fputs("what=file", out);
    } else {
        fputs("what=none", out);
    }
}

static void print_value_cases(FILE *out, const Option *rows, const char *command)
{
    for (const Option *o = rows; o && (o->name || o->key); o++) {
        if (!o->name || o->kind == OPTION_FLAG)
            continue;
        fprintf(out, "        \"%s:--%s\") ", command, o->name);
        print_values(out, o);
        fputs(" ;;\n", out);
        if (o->letter) {
            fprintf(out, "        \"%s:-%c\") ", command, o->letter);
            print_values(out, o);
            fputs(" ;;\n", out);
        }
    }
}

static void print_names(FILE *out, const Option *rows)
{
    for (const Option *o = rows; o && (o->name || o->key); o++)
        if (o->name)
            fprintf(out, " --%s", o->name);
}

/* First words of all commands, or second words of those that begin with `first`. */
static void print_words(FILE *out, CommandTable table, const char *first)
{
    char last[32] = "";
    for (const Command *const *c = table; *c; c++) {
        size_t n = strcspn((*c)->name, " ");
        if (first && strncmp((*c)->name, first, strlen(first)) == 0 && (*c)->name[strlen(first)] == ' ')
            fprintf(out, " %s", (*c)->name + strlen(first) + 1);
        if (!first && (strlen(last) != n || strncmp(last, (*c)->name, n) != 0)) {
            snprintf(last, sizeof last, "%.*s", (int)n, (*c)->name);
            fprintf(out, " %s", last);
        }
    }
}

/* "bash|zsh": one of these words; "[COMMAND]": a command. */
static void print_arguments(FILE *out, CommandTable table, const char *arguments)
{
    if (arguments && strcmp(arguments, "[COMMAND]") == 0)
        print_words(out, table, NULL);
    if (!arguments || !strchr(arguments, '|'))
        return;
    fputc(' ', out);
    for (const char *c = arguments; *c; c++)
        if (*c != '[' && *c != ']')
            fputc(*c == '|' ? ' ' : *c, out);
}

static void print_command_cases(FILE *out, CommandTable table)
{
    char last[32] = "";
    for (const Command *const *c = table; *c; c++) {
        size_t n = strcspn((*c)->name, " ");
        fprintf(out, "        \"%s\") words=\"", (*c)->name);
        print_names(out, (*c)->options);
        print_arguments(out, table, (*c)->arguments);
        fputs("\" ;;\n", out);
        if ((*c)->name[n] == ' ' && (strlen(last) != n || strncmp(last, (*c)->name, n) != 0)) {
            snprintf(last, sizeof last, "%.*s", (int)n, (*c)->name);
            fprintf(out, "        \"%s\") words=\"", last);
            print_words(out, table, last);
            fputs("\" ;;\n", out);
        }
    }
    fputs("        \"\") words=\"", out);
    print_words(out, table, NULL);
    fputs("\" ;;\n", out);
}

/* Global options that take a value, as a pattern of `case`. */
static void print_value_pattern(FILE *out)
{
    const char *between = "";
    for (const Option *o = global_options; o->name || o->key; o++) {
        if (!o->name || o->kind == OPTION_FLAG)
            continue;
        fprintf(out, "%s--%s", between, o->name);
        between = "|";
        if (o->letter)
            fprintf(out, "|-%c", o->letter);
    }
}

/* First words that need a second one, as a pattern of `case`. */
static void print_group_pattern(FILE *out, CommandTable table)
{
    char last[32] = "";
    for (const Command *const *c = table; *c; c++) {
        size_t n = strcspn((*c)->name, " ");
        if ((*c)->name[n] != ' ' || (strlen(last) == n && strncmp(last, (*c)->name, n) == 0))
            continue;
        fprintf(out, "%s%.*s", *last ? "|" : "", (int)n, (*c)->name);
        snprintf(last, sizeof last, "%.*s", (int)n, (*c)->name);
    }
}

static void print_bash(FILE *out, CommandTable table)
{
    fputs("# bash completion for artsync; made by: artsync completion bash\n"
          "_artsync() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= words= what= i\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case $command:${COMP_WORDS[i]} in\n"
          "        *:-*) case ${COMP_WORDS[i]} in ",
          out);
    print_value_pattern(out);
    fputs(") ((i++)) ;; esac ;;\n"
          "        :*) command=${COMP_WORDS[i]} ;;\n"
          "        *) case $command in ",
          out);
    print_group_pattern(out, table);
    fputs(") command=\"$command ${COMP_WORDS[i]}\" ;; esac ;;\n"
          "        esac\n"
          "    done\n"
          "    case \"$command:$prev\" in\n",
          out);
    for (const Command *const *c = table; *c; c++)
        print_value_cases(out, (*c)->options, (*c)->name);
    fputs("    esac\n    [ -n \"$words$what\" ] || case \":$prev\" in\n", out);
    print_value_cases(out, global_options, "");
    fputs("    esac\n    if [ -z \"$words$what\" ]; then\n        case \"$command\" in\n", out);
    print_command_cases(out, table);
    fputs("        esac\n        [[ $cur == -* ]] && words=\"$words", out);
    print_names(out, global_options);
    fputs("\"\n    fi\n"
          "    case $what in\n"
          "    file) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
          "    folder) COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n"
          "    none) COMPREPLY=() ;;\n"
          "    *) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
          "    esac\n"
          "}\n"
          "complete -o filenames -F _artsync artsync\n",
          out);
}

/* zsh runs bash's function through its own compatibility function. */
static void print_zsh(FILE *out, CommandTable table)
{
    fputs("#compdef artsync\n"
          "# zsh completion for artsync; made by: artsync completion zsh\n"
          "autoload -U +X bashcompinit && bashcompinit\n",
          out);
    print_bash(out, table);
    /* loaded by zsh itself, while it completes: answer that one, too */
    fputs("[[ ${funcstack[1]-} != _artsync ]] || _bash_complete -o filenames -F _artsync\n", out);
}

typedef struct Script {
    const char *shell;
    CommandTable commands;
    void (*print)(FILE *, CommandTable);
} Script;

static void print_script(FILE *out, void *ctx)
{
    const Script *script = ctx;
    script->print(out, script->commands);
}

static bool write_script(Report *report, void *ctx, Err *err)
{
    const Script *script = ctx;
    report_text(report, "shell", script->shell);
    return report_printed(report, "script", print_script, ctx, err);
}

static bool run(Cli *cli, Err *err)
{
    const char *shell = cli_argument(cli, 0);
    if (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0)
        return err_set(err, ERR_USAGE, choice_hint(shell, cmd_completion.arguments, &cli->arena),
                       "there is no completion for %s", shell);
    void (*print)(FILE *, CommandTable) = strcmp(shell, "bash") == 0 ? print_bash : print_zsh;
    static const ReportSection sections[] = {{FOR_ALL, 1, write_script}, {0}};
    return cli_report(cli, sections, &(Script){shell, cli->arguments.commands, print}, NULL, err);
}

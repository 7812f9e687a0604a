/* cmd_completion.c - completion for bash and zsh, printed from the rows of commands and options. */
#include <ctype.h>

#include "private.h"

/* What may follow an option: words, files, folders, or nothing that is known. */
static void print_values(const Option *option)
{
    if (option->kind == OPTION_CHOICE) {
        fputs("words=\"", stdout);
        for (const char *c = option->value; *c; c++)
            fputc(*c == '|' ? ' ' : *c, stdout);
        fputs("\"", stdout);
    } else if (strstr(option->value, "DIR")) {
        fputs("what=folder", stdout);
    } else if (strstr(option->value, "FILE") || strstr(option->value, "PATH")) {
        fputs("what=file", stdout);
    } else {
        fputs("what=none", stdout);
    }
}

static void print_value_cases(const Option *rows, const char *command)
{
    for (const Option *o = rows; o && (o->name || o->key); o++) {
        if (!o->name || o->kind == OPTION_FLAG)
            continue;
        fprintf(stdout, "        \"%s:--%s\") ", command, o->name);
        print_values(o);
        fputs(" ;;\n", stdout);
        if (o->letter) {
            fprintf(stdout, "        \"%s:-%c\") ", command, o->letter);
            print_values(o);
            fputs(" ;;\n", stdout);
        }
    }
}

static void print_names(const Option *rows)
{
    for (const Option *o = rows; o && (o->name || o->key); o++)
        if (o->name)
            fprintf(stdout, " --%s", o->name);
}

/* First words of all commands, or second words of those that begin with `first`. */
static void print_words(const char *first)
{
    char last[32] = "";
    for (const Command *const *c = commands; *c; c++) {
        size_t n = strcspn((*c)->name, " ");
        if (first && strncmp((*c)->name, first, strlen(first)) == 0 && (*c)->name[strlen(first)] == ' ')
            fprintf(stdout, " %s", (*c)->name + strlen(first) + 1);
        if (!first && (strlen(last) != n || strncmp(last, (*c)->name, n) != 0)) {
            snprintf(last, sizeof last, "%.*s", (int)n, (*c)->name);
            fprintf(stdout, " %s", last);
        }
    }
}

static void print_command_cases(void)
{
    char last[32] = "";
    for (const Command *const *c = commands; *c; c++) {
        size_t n = strcspn((*c)->name, " ");
        fprintf(stdout, "        \"%s\") words=\"", (*c)->name);
        print_names((*c)->options);
        fputs("\" ;;\n", stdout);
        if ((*c)->name[n] == ' ' && (strlen(last) != n || strncmp(last, (*c)->name, n) != 0)) {
            snprintf(last, sizeof last, "%.*s", (int)n, (*c)->name);
            fprintf(stdout, "        \"%s\") words=\"", last);
            print_words(last);
            fputs("\" ;;\n", stdout);
        }
    }
    fputs("        \"\") words=\"", stdout);
    print_words(NULL);
    fputs("\" ;;\n"
          "        \"help\") words=\"",
          stdout);
    print_words(NULL);
    fputs("\" ;;\n        \"completion\") words=\"bash zsh\" ;;\n", stdout);
}

static void print_bash(void)
{
    fputs("# bash completion for artsync; made by: artsync completion bash\n"
          "_artsync() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= words= what= i\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case ${COMP_WORDS[i]} in\n"
          "        -d|--database|--base|--env-file) ((i++)) ;;\n"
          "        -*) [ -z \"$command\" ] || break ;;\n"
          "        *) if [ -z \"$command\" ]; then command=${COMP_WORDS[i]}\n"
          "           elif [[ $command == db || $command == base ]]; then command=\"$command ${COMP_WORDS[i]}\"; fi ;;\n"
          "        esac\n"
          "    done\n"
          "    case \"$command:$prev\" in\n",
          stdout);
    for (const Command *const *c = commands; *c; c++)
        print_value_cases((*c)->options, (*c)->name);
    fputs("    esac\n    [ -n \"$words$what\" ] || case \":$prev\" in\n", stdout);
    print_value_cases(global_options, "");
    fputs("    esac\n    if [ -z \"$words$what\" ]; then\n        case \"$command\" in\n", stdout);
    print_command_cases();
    fputs("        esac\n        [[ $cur == -* ]] && words=\"$words", stdout);
    print_names(global_options);
    fputs("\"\n    fi\n"
          "    case $what in\n"
          "    file) COMPREPLY=($(compgen -f -- \"$cur\")) ;;\n"
          "    folder) COMPREPLY=($(compgen -d -- \"$cur\")) ;;\n"
          "    none) COMPREPLY=() ;;\n"
          "    *) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n"
          "    esac\n"
          "}\n"
          "complete -o filenames -F _artsync artsync\n",
          stdout);
}

/* zsh runs bash's function through its own bridge. */
static void print_zsh(void)
{
    fputs("#compdef artsync\n"
          "# zsh completion for artsync; made by: artsync completion zsh\n"
          "autoload -U +X bashcompinit && bashcompinit\n",
          stdout);
    print_bash();
}

static bool run(Cli *cli, Err *err)
{
    const char *shell = cli_argument(cli, 0);
    if (strcmp(shell, "bash") == 0)
        print_bash();
    else if (strcmp(shell, "zsh") == 0)
        print_zsh();
    else
        return err_set(err, ERR_USAGE, "it is one of bash, zsh", "there is no completion for %s", shell);
    return true;
}

const Command cmd_completion = {
    .name = "completion",
    .arguments = "bash|zsh",
    .min_arguments = 1,
    .max_arguments = 1,
    .summary = "print completion for a shell, to be sourced",
    .run = run,
};

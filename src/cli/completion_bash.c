/* completion_bash.c - completion for bash, which zsh uses, too. */
#include "completion.h"

#include <string.h>

static const char *const kinds[] = {[FILES] = "file",   [FOLDERS] = "folder", [TABLES] = "tables",
                                    [SYNCS] = "syncs", [CHECKS] = "checks", [NOTHING] = "none"};

static void print_values(FILE *out, const Option *option)
{
    Completed kind = completed_by(option->value, option->name);
    if (kind != WORDS) {
        fprintf(out, "what=%s", kinds[kind]);
        return;
    }
    fputs("words=\"", out);
    for (const char *c = option->value; *c; c++)
        fputc(*c == '|' ? ' ' : *c, out);
    fputs("\"", out);
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

/* "SYNC_ID": besides the options, one of these. */
static void print_argument_kind(FILE *out, const char *arguments)
{
    Completed kind = arguments ? completed_by(arguments, NULL) : NOTHING;
    if (kind != WORDS && kind != NOTHING)
        fprintf(out, " what=%s", kinds[kind]);
}

static void print_command_cases(FILE *out, CommandTable table)
{
    char last[32] = "";
    for (const Command *const *c = table; *c; c++) {
        size_t n = strcspn((*c)->name, " ");
        fprintf(out, "        \"%s\") words=\"", (*c)->name);
        print_names(out, (*c)->options);
        print_arguments(out, table, (*c)->arguments);
        fputs("\"", out);
        print_argument_kind(out, (*c)->arguments);
        fputs(" ;;\n", out);
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

/* The command so far, and the global options that say which base and database it concerns. bash takes `=` for a word of
 * its own, zsh does not. */
static void print_scan(FILE *out, CommandTable table)
{
    fputs("# bash completion for artsync; made by: artsync completion bash\n"
          "_artsync() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= words= what= prefix= i\n"
          "    local -a globals=()\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        case $command:${COMP_WORDS[i]} in\n"
          "        *:=) ((i++)) ;;\n"
          "        *:--*=*) globals+=(\"${COMP_WORDS[i]}\") ;;\n"
          "        *:-*) case ${COMP_WORDS[i]} in ",
          out);
    print_value_pattern(out);
    fputs(")\n"
          "                prefix=${COMP_WORDS[i]}\n"
          "                [[ ${COMP_WORDS[i+1]} != = ]] || ((i++))\n"
          "                ((++i < COMP_CWORD)) && globals+=(\"$prefix\" \"${COMP_WORDS[i]}\") ;; esac ;;\n"
          "        :*) command=${COMP_WORDS[i]} ;;\n"
          "        *) case $command in ",
          out);
    print_group_pattern(out, table);
    fputs(") command=\"$command ${COMP_WORDS[i]}\" ;; esac ;;\n"
          "        esac\n"
          "    done\n"
          "    prefix=\n"
          "    if [[ $cur == = ]]; then cur=\n"
          "    elif [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}\n"
          "    elif [[ $cur == --*=* ]]; then prev=${cur%%=*} prefix=${cur%%=*}= cur=${cur#*=}\n"
          "    fi\n",
          out);
}

/* Names are asked for with the global options of the command line. */
static void print_replies(FILE *out)
{
    fputs("    case $what in\n"
          "    tables|syncs|checks)\n"
          "        words=\"$words $(artsync ${globals[@]+\"${globals[@]}\"} completion \"$what\" 2>/dev/null)\" ;;\n"
          "    esac\n"
          "    case $what in\n"
          "    file|folder) local IFS=$'\\n' ;; # names may hold blanks\n"
          "    esac\n"
          "    case $what in\n"
          "    file) COMPREPLY=($(compgen -P \"$prefix\" -f -- \"$cur\")\n"
          "                     $(compgen -W \"${words// /$IFS}\" -- \"$cur\")) ;;\n"
          "    folder) COMPREPLY=($(compgen -P \"$prefix\" -d -- \"$cur\")) ;;\n"
          "    none) COMPREPLY=() ;;\n"
          "    *) COMPREPLY=($(compgen -P \"$prefix\" -W \"$words\" -- \"$cur\")) ;;\n"
          "    esac\n"
          "}\n"
          "complete -o filenames -F _artsync artsync\n",
          out);
}

void completion_bash(FILE *out, CommandTable table)
{
    print_scan(out, table);
    fputs("    case \"$command:$prev\" in\n", out);
    for (const Command *const *c = table; *c; c++)
        print_value_cases(out, (*c)->options, (*c)->name);
    fputs("    esac\n    [ -n \"$words$what\" ] || case \":$prev\" in\n", out);
    print_value_cases(out, global_options, "");
    fputs("    esac\n    if [ -z \"$words$what\" ]; then\n        case \"$command\" in\n", out);
    print_command_cases(out, table);
    fputs("        esac\n        [[ $cur == -* ]] && words=\"$words", out);
    print_names(out, global_options);
    fputs("\" what=\n    fi\n", out);
    print_replies(out);
}

/* zsh runs bash's function through its own compatibility function. */
void completion_zsh(FILE *out, CommandTable table)
{
    fputs("#compdef artsync\n"
          "# zsh completion for artsync; made by: artsync completion zsh\n"
          "autoload -U +X bashcompinit && bashcompinit\n",
          out);
    completion_bash(out, table);
    /* loaded by zsh itself, while it completes: answer that one, too */
    fputs("[[ ${funcstack[1]-} != _artsync ]] || _bash_complete -o filenames -F _artsync\n", out);
}

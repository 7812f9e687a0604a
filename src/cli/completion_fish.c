/* completion_fish.c - completion for fish. */
#include "completion.h"

#include <string.h>

/* In single quotes, as fish reads them. */
static void print_quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

/* What may follow, as the end of a line of `complete`. */
static void print_values(FILE *out, const char *called, const char *option)
{
    static const char *const dynamic[] = {[TABLES] = "tables", [SYNCS] = "syncs", [CHECKS] = "checks"};
    Completed kind = completed_by(called, option);
    if (kind == FILES)
        fputs(" -F", out);
    else if (kind == FOLDERS)
        fputs(" -a '(__fish_complete_directories)'", out);
    else if (kind == TABLES || kind == SYNCS || kind == CHECKS)
        fprintf(out, " -a '(__artsync_words %s)'", dynamic[kind]);
    else if (kind == WORDS) {
        fputs(" -a '", out);
        for (; *called; called++)
            if (*called != '[' && *called != ']')
                fputc(*called == '|' ? ' ' : *called, out);
        fputs("'", out);
    }
}

/* `condition`: when it is offered, or NULL: always. */
static void print_options(FILE *out, const Option *rows, const char *condition)
{
    for (const Option *o = rows; o && (o->name || o->key); o++) {
        if (!o->name)
            continue;
        fputs("complete -c artsync", out);
        if (condition)
            fprintf(out, " -n '__artsync_in %s'", condition);
        if (o->letter)
            fprintf(out, " -s %c", o->letter);
        fprintf(out, " -l %s", o->name);
        if (o->value) {
            fputs(completed_by(o->value, o->name) == FILES ? " -r" : " -x", out);
            print_values(out, o->value, o->name);
        }
        fputs(" -d ", out);
        print_quoted(out, o->help);
        fputc('\n', out);
    }
}

static void print_head(FILE *out)
{
    fputs("# fish completion for artsync; made by: artsync completion fish\n"
          "# the words of the command line that are no options and no values of global ones\n"
          "function __artsync_command\n"
          "    set -l words (commandline -opc)\n"
          "    set -e words[1]\n"
          "    set -l skip 0\n"
          "    for word in $words\n"
          "        if test $skip = 1\n"
          "            set skip 0\n"
          "            continue\n"
          "        end\n"
          "        switch $word\n"
          "            case",
          out);
    for (const Option *o = global_options; o->name || o->key; o++) {
        if (!o->name || o->kind == OPTION_FLAG)
            continue;
        fprintf(out, " --%s", o->name);
        if (o->letter)
            fprintf(out, " -%c", o->letter);
    }
    fputs("\n"
          "                set skip 1\n"
          "            case '-*'\n"
          "            case '*'\n"
          "                echo $word\n"
          "        end\n"
          "    end\n"
          "end\n"
          "function __artsync_in\n"
          "    set -l now (__artsync_command | string join ' ')\n"
          "    test \"$now\" = \"$argv\"; or string match -q -- \"$argv *\" \"$now\"\n"
          "end\n"
          "function __artsync_at\n"
          "    set -l now (__artsync_command)\n"
          "    test \"$now\" = \"$argv\"\n"
          "end\n"
          "# tables, syncs or checks, of the base and database that the command line names\n"
          "function __artsync_words\n"
          "    set -l words (commandline -opc)\n"
          "    set -l globals\n"
          "    for i in (seq 2 (count $words))\n"
          "        switch $words[$i]\n"
          "            case '--base=*' '--database=*' '--env-file=*'\n"
          "                set -a globals $words[$i]\n"
          "            case --base --database --env-file -d\n"
          "                set -a globals $words[$i] $words[(math $i + 1)]\n"
          "        end\n"
          "    end\n"
          "    artsync $globals completion $argv 2>/dev/null\n"
          "end\n"
          "complete -c artsync -f\n",
          out);
}

void completion_fish(FILE *out, CommandTable table)
{
    print_head(out);
    print_options(out, global_options, NULL);
    for (const Command *const *c = table; *c; c++) {
        const char *blank = strchr((*c)->name, ' ');
        fprintf(out, "complete -c artsync -n '__artsync_at %.*s' -a %s -d ", blank ? (int)(blank - (*c)->name) : 0,
                (*c)->name, blank ? blank + 1 : (*c)->name);
        print_quoted(out, (*c)->summary);
        fputc('\n', out);
        if (blank && (c == table || strncmp(c[-1]->name, (*c)->name, (size_t)(blank - (*c)->name) + 1) != 0))
            fprintf(out, "complete -c artsync -n '__artsync_at' -a %.*s\n", (int)(blank - (*c)->name), (*c)->name);
        print_options(out, (*c)->options, (*c)->name);
        if ((*c)->arguments && completed_by((*c)->arguments, NULL) != NOTHING) {
            fprintf(out, "complete -c artsync -n '__artsync_in %s'", (*c)->name);
            print_values(out, (*c)->arguments, NULL);
            fputc('\n', out);
        }
        if ((*c)->arguments && strcmp((*c)->arguments, "[COMMAND]") == 0)
            for (const Command *const *other = table; *other; other++)
                fprintf(out, "complete -c artsync -n '__artsync_at %s' -a '\"%s\"'\n", (*c)->name, (*other)->name);
    }
}

/* cli.h - the command line: one row a command, one row an option, and what the runner made ready for a command.
 *
 * A command is one file, src/cli/cmd_<name>.c: its row on top, its body below. The row says what it needs (a base, a
 * database, the schema, a second connection); the runner provides that once, in order, or fails with the right exit
 * status before the body starts. An option's row is all there is to say about it: parsing, environment key, help,
 * completion and man page follow from it (tests/unit/test_options.c finds drift).
 *
 * Ownership: rows are constants. Everything in Arguments and Cli lives until the runner returns.
 */
#ifndef ARTSYNC_CLI_H
#define ARTSYNC_CLI_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "artsync/base.h"
#include "artsync/config.h"
#include "artsync/err.h"
#include "artsync/mem.h"
#include "artsync/out.h"
#include "artsync/pg.h"
#include "artsync/report.h"
#include "artsync/source.h"

#define ARTSYNC_VERSION "1.0.0"
#define DEFAULT_BASE "art"

typedef struct Cli Cli;

/* ---- rows ---- */

typedef enum OptionKind {
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_LIST,   /* text, may be given several times */
    OPTION_CHOICE, /* one of Option.value, "a|b|c" */
    OPTION_NUMBER, /* a whole number, 0 or more */
    OPTION_LIMIT   /* a number of records or a percentage */
} OptionKind;

typedef struct Option {
    const char *name;     /* "export-dir"; NULL: a setting that has only an environment key */
    char letter;          /* 0: none */
    OptionKind kind;
    const char *value;    /* what help calls the value: "DIR"; the choices of OPTION_CHOICE; NULL: a flag */
    const char *key;      /* in the environment and in .env; NULL: none */
    const char *default_value; /* where no other value is given; NULL: none */
    const char *help;     /* one line, lower case, without a full stop */
} Option;

/* A list of options ends with an all-zero row. */
extern const Option global_options[];

typedef enum Need {
    NEED_CONFIG = 1,                             /* .env is read */
    NEED_BASE = 2 | NEED_CONFIG,                 /* cli->base, from base.json alone */
    NEED_DATABASE = 4 | NEED_CONFIG,             /* cli->pg */
    NEED_SCHEMA = 8 | NEED_DATABASE | NEED_BASE, /* all migrations applied; cli->base bound to the catalog */
    NEED_LOG = 16 | NEED_DATABASE,     /* cli->log, a second connection */
    NEED_BY_HAND = 32, /* the command calls cli_configure and cli_require itself, to tell what fails */
    ALSO_MAP = 64      /* of runs of `artsync map`, too: without --base where the database has no other */
} Need;

typedef struct Command {
    const char *name;      /* "sync", "db migrate" */
    const char *arguments; /* "[SYNC_ID]" as help shows them; NULL: none */
    int min_arguments, max_arguments;
    const char *summary;   /* one line, lower case, without a full stop */
    const char *details;   /* more sentences for `help COMMAND`, or NULL */
    const char *examples;  /* two to five lines for a shell, each with its line feed; they run as they are against
                              the demo */
    const char *see_also;  /* other commands, with commas between them */
    unsigned needs;        /* of Need */
    const char *purpose;   /* what its role has to be allowed to do, see grants.h: checked before it begins; NULL: to
                              read, which is looked at where the server refuses something */
    const Option *options; /* or NULL */
    bool (*run)(Cli *cli, Err *err);
} Command;

/* A command table: rows in the order of help, ending with NULL. Functions get it as an argument, commands find it in
 * cli->arguments.commands; `commands`, the program's own, is named by main.c and by tests alone: it needs every
 * command, so what a command uses must not need it. */
typedef const Command *const *CommandTable;
extern const Command *const commands[];

const Command *command_find(CommandTable table, const char *name);

/* Exit statuses and their meaning: help, man page and README print this. */
typedef struct ExitRow {
    ExitStatus status;
    const char *meaning;
} ExitRow;
extern const ExitRow exit_rows[];
extern const int exit_row_count;

/* ---- parsed arguments ---- */

typedef struct OptionValue {
    const Option *option;
    const char *text;   /* the value that counts; a flag: "" if set, else NULL */
    StringList list;         /* OPTION_LIST: all of them, in order */
    const char *origin; /* "--mode", "ARTSYNC_MODE", ".env, line 3"; NULL: the default, or not given */
} OptionValue;

typedef struct Arguments {
    CommandTable commands;
    const Command *command; /* NULL: none was named */
    OptionValue *options;   /* the global ones, then the command's */
    int n_options;
    StringList positional;
    bool help, version;
    Arena arena;
} Arguments;

/* Parse argv against the global options and the rows of `table`. ERR_USAGE, with what was probably meant as the
 * hint. */
bool arguments_parse(CommandTable table, int argc, char *const *argv, Arguments *out, Err *err);

/* Fill in what was not given: environment, then .env, then default; check every value. */
bool arguments_resolve(Arguments *arguments, const EnvFile *env, Err *err);
/* The same of one option, as if it were not given; text NULL: it has no value but perhaps a default. */
bool option_resolve(const Option *option, const EnvFile *env, OptionValue *value, Arena *arena, Err *err);
void arguments_free(Arguments *arguments);

/* Was --json given? Answers also for a command line that cannot be parsed. */
bool arguments_want_json(int argc, char *const *argv);

/* "did you mean X, Y or Z?": the candidates nearest to a word, at most three that are as near; NULL where none is near.
 * Lives in `arena`. */
const char *did_you_mean(const char *word, const StringList *candidates, Arena *arena);
/* "did you mean X? it is one of X, Y", of "X|Y". */
const char *choice_hint(const char *word, const char *choices, Arena *arena);

/* Environment keys of all options, ending with NULL. */
const char *const *option_keys(CommandTable table);
/* The first row with that key, or NULL. */
const Option *option_with_key(CommandTable table, const char *key);

/* ---- what a command gets ---- */

/* How a run ended, for those who are told (outcome.c): --notify and the heartbeat. A command with ROWS_NOTIFY
 * sets it. */
typedef struct Outcome {
    bool configured;     /* .env was read: every setting has its value, whether or not it is valid */
    FILE *report;        /* as JSON; NULL: it ended before it had one */
    char sync_id[51];
    const char *summary; /* one line; NULL: the error is all there is to say */
} Outcome;

struct Cli {
    Arguments arguments;
    EnvFile env;
    const ReportForm *form; /* of what goes to stdout */
    bool quiet, verbose;
    const char *base_name;
    const char *url; /* NULL: libpq's own rules */
    Base *base;
    Pg *pg, *log;
    SourceDatabases *databases; /* once asked for: cli_databases */
    Arena arena;
    ExitStatus status; /* EXIT_DONE; a command that found something sets EXIT_ATTENTION */
    Outcome outcome;
    bool reported;     /* the JSON object with the error is printed already */
    bool committed;    /* what was asked for is done, in the database or in files: the exit status does not depend on
                          whether the report can be printed */
};

/* Values by option name; a name that the command has no row for is a programming error and aborts. */
const char *cli_text(const Cli *cli, const char *option);
bool cli_flag(const Cli *cli, const char *option);
StringList cli_list(const Cli *cli, const char *option);
int64_t cli_number(const Cli *cli, const char *option);
bool cli_given(const Cli *cli, const char *option); /* given, i.e. not the default */
const char *cli_argument(const Cli *cli, int i);    /* NULL: not given */

/* A setting that is named elsewhere: from the environment, else from .env; NULL: it is not set. */
const char *cli_setting(const Cli *cli, const char *key);

/* The databases that tables are read from; cli->pg is connected. */
SourceDatabases *cli_databases(Cli *cli);

/* Read .env and give every option its value. */
bool cli_configure(Cli *cli, Err *err);

/* Meet further needs from within a command, where only some of its options have them. */
bool cli_require(Cli *cli, unsigned needs, Err *err);

/* ---- what a command tells ---- */

/* Keep the report for the notifier, where there is one. */
void outcome_keep(Cli *cli, const ReportSection *sections, void *ctx, const Err *failed);
/* Under `artsync watch`, where its line is all that a sync prints as text: print it. */
void outcome_print(Cli *cli, const Err *err);
/* The run is over, its lock released, its report printed: tell those who want to know. Nothing that they do changes
 * `status`. */
void outcome_tell(Cli *cli, ExitStatus status, const Err *err);

/* Print the report (report.h). `failed` is what the command ends with, or NULL. False with `err` where a section
 * failed. */
bool cli_report(Cli *cli, const ReportSection *sections, void *ctx, const Err *failed, Err *err);
/* With --quiet, people are told only what needs attention; programs get every report. */
bool cli_is_quiet(const Cli *cli);

/* The table called `name`; NULL with ERR_USAGE and the nearest name as the hint. */
const Table *cli_table(const Cli *cli, const char *name, Err *err);

/* Find the command in `table`, which has help and version, and run it: everything main does but for what belongs to the
 * process. */
ExitStatus cli_main(CommandTable table, int argc, char *const *argv);

/* An option's help with its default and its environment key, as help and man page show it. */
void option_help(const Option *option, Buf *out);

#endif

/* options.c - argv against the option rows: long options with `=` or a separate value, bundled letters, `--`. */
#include <stdio.h>
#include <stdlib.h>

#include "artsync/cli.h"

const Option global_options[] = {
    {"database", 'd', OPTION_TEXT, "URL", "DATABASE_URL", NULL, "the database; without it libpq's own rules hold"},
    {"base", 0, OPTION_TEXT, "NAME|DIR", "ARTSYNC_BASE", DEFAULT_BASE,
     "the base: a built-in name, or a folder, written with a slash: ./DIR"},
    {"env-file", 0, OPTION_TEXT, "FILE", NULL, NULL, "read settings from FILE instead of .env"},
    {"json", 0, OPTION_FLAG, NULL, NULL, NULL, "print one JSON object instead of text"},
    {"quiet", 'q', OPTION_FLAG, NULL, NULL, NULL, "print nothing unless something needs attention"},
    {"verbose", 'v', OPTION_FLAG, NULL, NULL, NULL, "say more about what is done"},
    {"no-color", 0, OPTION_FLAG, NULL, NULL, NULL, "no colour, not even on a terminal"},
    {"help", 'h', OPTION_FLAG, NULL, NULL, NULL, "show help, of a command with its name"},
    {"version", 'V', OPTION_FLAG, NULL, NULL, NULL, "show the version"},
    {NULL, 0, OPTION_CHOICE, "development|production", "ARTSYNC_ENV", "production",
     "what kind of database this is; db drop and db reset work in development only"},
    {NULL, 0, OPTION_TEXT, "KEY", "ARTSYNC_MASK_KEY", NULL, "the secret by which masked columns are masked"},
    {NULL, 0, OPTION_CHOICE, "always|attention|failure", "ARTSYNC_NOTIFY_ON", "attention",
     "which runs --notify is told of: attention are those that do not end with 0, failure those that did not sync"},
    {NULL, 0, OPTION_TEXT, "URL", "ARTSYNC_HEARTBEAT_URL", NULL,
     "called after every sync, with /fail appended to its path if it failed; a secret"},
    {NULL, 0, OPTION_TEXT, "FILE", "ARTSYNC_CA_FILE", NULL,
     "certificates of authorities to trust besides the system's, for https"},
    {0},
};

static bool is_end(const Option *option) { return !option->name && !option->key; }

const Command *command_find(CommandTable table, const char *name)
{
    for (const Command *const *c = table; *c; c++)
        if (strcmp((*c)->name, name) == 0)
            return *c;
    return NULL;
}

/* ---- what was meant ---- */

typedef struct NameList { /* Names under construction; the array lives in the arena */
    StringList names;
    Arena *arena;
} NameList;

static void name_add(NameList *list, const char *name)
{
    if ((list->names.n & (list->names.n - 1)) == 0) { /* at every power of two, and at 0 */
        int capacity = list->names.n ? list->names.n * 2 : 1;
        const char **items = arena_alloc(list->arena, sizeof *items * (size_t)capacity);
        if (list->names.n)
            memcpy(items, list->names.items, sizeof *items * (size_t)list->names.n);
        list->names.items = items;
    }
    list->names.items[list->names.n++] = name;
}

static bool unknown_option(Arguments *args, const char *word, Err *err)
{
    NameList list = {.arena = &args->arena};
    for (int i = 0; i < args->n_options; i++)
        if (args->options[i].option->name)
            name_add(&list, arena_printf(&args->arena, "--%s", args->options[i].option->name));
    const char *hint = did_you_mean(word, &list.names, &args->arena);
    if (args->command)
        return err_set(err, ERR_USAGE,
                       hint ? hint : arena_printf(&args->arena, "see artsync help %s", args->command->name),
                       "%s has no option %s", args->command->name, word);
    for (const Command *const *c = args->commands; *c && !hint; c++)
        for (const Option *o = (*c)->options; o && !is_end(o) && !hint; o++)
            if (o->name && strcmp(word + 2, o->name) == 0)
                hint = arena_printf(&args->arena, "give it after the command: artsync %s %s", (*c)->name, word);
    return err_set(err, ERR_USAGE, hint ? hint : "see artsync help", "there is no option %s", word);
}

/* `next` is the word behind it: "db migrate" is one command. */
static bool unknown_command(Arguments *args, const char *word, const char *next, Err *err)
{
    NameList firsts = {.arena = &args->arena}, pairs = {.arena = &args->arena};
    for (const Command *const *c = args->commands; *c; c++) {
        const char *name = (*c)->name;
        name_add(&firsts, arena_strn(&args->arena, name, strcspn(name, " ")));
        if (strchr(name, ' '))
            name_add(&pairs, name);
    }
    const char *whole = next ? arena_printf(&args->arena, "%s %s", word, next) : word;
    const char *hint = next ? did_you_mean(whole, &pairs.names, &args->arena) : NULL;
    hint = hint ? hint : did_you_mean(word, &firsts.names, &args->arena);
    return err_set(err, ERR_USAGE, hint ? hint : "see artsync help", "there is no command %s", word);
}

/* ---- parsing ---- */

typedef struct Scan {
    int argc;
    char *const *argv;
    int at;
    NameList positional;
    Arguments *args;
    Err *err;
} Scan;

static void add_rows(Arguments *args, const Option *rows)
{
    int n = 0;
    while (rows && !is_end(&rows[n]))
        n++;
    OptionValue *all = arena_alloc(&args->arena, sizeof *all * (size_t)(args->n_options + n + 1));
    if (args->n_options)
        memcpy(all, args->options, sizeof *all * (size_t)args->n_options);
    for (int i = 0; i < n; i++)
        all[args->n_options + i] = (OptionValue){.option = &rows[i]};
    args->options = all;
    args->n_options += n;
}

static OptionValue *by_name(Arguments *args, Str name)
{
    for (int i = 0; i < args->n_options; i++) {
        const char *candidate = args->options[i].option->name;
        if (candidate && str_eq(name, str_of(candidate)))
            return &args->options[i];
    }
    return NULL;
}

static OptionValue *by_letter(Arguments *args, char letter)
{
    for (int i = 0; i < args->n_options; i++)
        if (args->options[i].option->letter == letter)
            return &args->options[i];
    return NULL;
}

static void set_value(Arguments *args, OptionValue *value, const char *text)
{
    value->text = text;
    value->origin = arena_printf(&args->arena, "--%s", value->option->name);
    if (value->option->kind == OPTION_LIST) {
        NameList list = {value->list, &args->arena};
        name_add(&list, text);
        value->list = list.names;
    }
}

/* `inlined`: the text behind `=` or behind the letter; NULL: the next word is the value. */
static bool take_value(Scan *scan, OptionValue *value, const char *shown, const char *inlined)
{
    if (value->option->kind == OPTION_FLAG) {
        if (inlined)
            return err_set(scan->err, ERR_USAGE, NULL, "%s takes no value", shown);
        set_value(scan->args, value, "");
        return true;
    }
    if (!inlined && scan->at + 1 >= scan->argc)
        return err_set(scan->err, ERR_USAGE, NULL, "%s needs a value: %s %s", shown, shown, value->option->value);
    set_value(scan->args, value, inlined ? inlined : scan->argv[++scan->at]);
    return true;
}

static bool scan_long(Scan *scan, const char *word)
{
    const char *name = word + 2;
    size_t n = strcspn(name, "=");
    const char *shown = arena_strn(&scan->args->arena, word, n + 2);
    OptionValue *value = by_name(scan->args, (Str){name, n});
    if (!value)
        return unknown_option(scan->args, shown, scan->err);
    return take_value(scan, value, shown, name[n] == '=' ? name + n + 1 : NULL);
}

static bool scan_letters(Scan *scan, const char *word)
{
    for (const char *c = word + 1; *c; c++) {
        const char shown[3] = {'-', *c, '\0'};
        OptionValue *value = by_letter(scan->args, *c);
        if (!value)
            return err_set(scan->err, ERR_USAGE, "long options begin with two dashes; see artsync help",
                           "there is no option %s", c == word + 1 && (unsigned char)*c >= 0x80 ? word : shown);
        bool flag = value->option->kind == OPTION_FLAG;
        if (!take_value(scan, value, shown, flag || !c[1] ? NULL : c + 1))
            return false;
        if (!flag)
            break;
    }
    return true;
}

/* The first word that is no option names the command, with the next one where commands share it ("db migrate"). */
static bool scan_command(Scan *scan, const char *word)
{
    Arguments *args = scan->args;
    args->command = command_find(args->commands, word);
    if (!args->command) {
        size_t n = strlen(word);
        const char *next = scan->at + 1 < scan->argc ? scan->argv[scan->at + 1] : NULL;
        NameList group = {.arena = &args->arena};
        for (const Command *const *c = args->commands; *c; c++)
            if (strncmp((*c)->name, word, n) == 0 && (*c)->name[n] == ' ')
                name_add(&group, (*c)->name);
        if (group.names.n == 0)
            return unknown_command(args, word, next, scan->err);
        bool help = next && (strcmp(next, "-h") == 0 || strcmp(next, "--help") == 0);
        if (help) { /* `db --help`: as `help db` */
            args->help = true;
            name_add(&scan->positional, word);
            scan->at = scan->argc;
            return true;
        }
        const char *whole = next ? arena_printf(&args->arena, "%s %s", word, next) : NULL;
        args->command = whole ? command_find(args->commands, whole) : NULL;
        if (!args->command) {
            const char *hint = next ? did_you_mean(whole, &group.names, &args->arena) : NULL;
            return err_set(scan->err, ERR_USAGE, hint ? hint : arena_printf(&args->arena, "see artsync help %s", word),
                           next ? "there is no command %s %s" : "%s needs to know what to do", word, next);
        }
        scan->at++;
    }
    add_rows(args, args->command->options);
    return true;
}

static bool scan_words(Scan *scan)
{
    bool only_words = false;
    for (scan->at = 1; scan->at < scan->argc; scan->at++) {
        const char *word = scan->argv[scan->at];
        bool ok = true;
        if (!only_words && strcmp(word, "--") == 0)
            only_words = true;
        else if (!only_words && word[0] == '-' && word[1] == '-')
            ok = scan_long(scan, word);
        else if (!only_words && word[0] == '-' && word[1])
            ok = scan_letters(scan, word);
        else if (!scan->args->command)
            ok = scan_command(scan, word);
        else
            name_add(&scan->positional, word);
        if (!ok)
            return false;
    }
    return true;
}

/* An empty argument is refused: `artsync rollback "$ID"` with ID unset must not name a sync. */
static bool check_count(const Arguments *args, Err *err)
{
    const Command *command = args->command;
    int n = args->positional.n;
    for (int i = 0; command && !args->help && i < n; i++)
        if (!*args->positional.items[i])
            return err_set(err, ERR_USAGE, "a variable in a script may be unset", "an argument is empty: artsync %s %s",
                           command->name, command->arguments ? command->arguments : "");
    if (!command || args->help || (n >= command->min_arguments && n <= command->max_arguments))
        return true;
    const char *usage = command->arguments ? command->arguments : "";
    if (n < command->min_arguments)
        return err_set(err, ERR_USAGE, NULL, "an argument is missing: artsync %s %s", command->name, usage);
    return err_set(err, ERR_USAGE, command->max_arguments == 0 ? "it takes no arguments" : NULL,
                   "%s has one argument too many: %s", command->name, args->positional.items[command->max_arguments]);
}

bool arguments_parse(CommandTable table, int argc, char *const *argv, Arguments *out, Err *err)
{
    *out = (Arguments){.commands = table};
    add_rows(out, global_options);
    Scan scan = {.argc = argc, .argv = argv, .args = out, .err = err, .positional = {.arena = &out->arena}};
    if (!scan_words(&scan))
        return false;
    out->positional = scan.positional.names;
    out->help = out->help || by_name(out, STR("help"))->text != NULL;
    out->version = by_name(out, STR("version"))->text != NULL;
    return check_count(out, err);
}

bool arguments_want_json(int argc, char *const *argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

void arguments_free(Arguments *arguments)
{
    arena_free(&arguments->arena);
    *arguments = (Arguments){0};
}

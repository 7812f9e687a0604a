/* resolve.c - where a setting comes from: option, environment, .env, default; and whether its value is valid. */
#include <stdio.h>
#include <stdlib.h>

#include "private.h"
#include "artsync/sync.h"

enum { KEYS_MAX = 64, NUMBER_MAX = 1000000000 };

static const Option *row_with_key(const Option *rows, const char *key)
{
    for (const Option *o = rows; o && (o->name || o->key); o++)
        if (o->key && strcmp(o->key, key) == 0)
            return o;
    return NULL;
}

const Option *option_with_key(CommandTable table, const char *key)
{
    const Option *found = row_with_key(global_options, key);
    for (const Command *const *c = table; *c && !found; c++)
        found = row_with_key((*c)->options, key);
    return found;
}

static void add_keys(const char **keys, int *n, const Option *rows)
{
    for (const Option *o = rows; o && (o->name || o->key); o++) {
        bool known = !o->key;
        for (int k = 0; k < *n && !known; k++)
            known = strcmp(keys[k], o->key) == 0;
        if (!known && *n < KEYS_MAX - 1)
            keys[(*n)++] = o->key;
    }
}

const char *const *option_keys(CommandTable table)
{
    static const char *keys[KEYS_MAX];
    int n = 0;
    add_keys(keys, &n, global_options);
    for (const Command *const *c = table; *c; c++)
        add_keys(keys, &n, (*c)->options);
    keys[n] = NULL;
    return keys;
}

static void seek(Arena *arena, OptionValue *value, const EnvFile *env)
{
    const char *key = value->option->key;
    if (value->text || !key)
        return;
    const char *text = getenv(key);
    if (text && *text) {
        value->text = text;
        value->origin = key;
        return;
    }
    const EnvEntry *entry = env ? env_find(env, key) : NULL;
    if (entry && *entry->value) {
        value->text = entry->value;
        value->origin = arena_printf(arena, "%s, line %d: %s", env->path, entry->line, key);
    }
}

static bool choice_fits(const char *choices, const char *text)
{
    size_t n = strlen(text);
    for (const char *c = choices; n && *c; c += strcspn(c, "|"), c += *c == '|')
        if (strcspn(c, "|") == n && strncmp(c, text, n) == 0)
            return true;
    return false;
}

static bool number_fits(const char *text)
{
    char *end;
    long long n = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : -1;
    return n >= 0 && n <= NUMBER_MAX && *end == '\0';
}

static bool check(const OptionValue *value, Arena *arena, Err *err)
{
    const Option *option = value->option;
    Limit limit;
    if (!value->text)
        return true;
    if (option->kind == OPTION_CHOICE && !choice_fits(option->value, value->text))
        return err_set(err, ERR_USAGE, choice_hint(value->text, option->value, arena),
                       "%s: \"%s\" is not a valid value", value->origin, value->text);
    if (option->kind == OPTION_NUMBER && !number_fits(value->text))
        return err_set(err, ERR_USAGE, "a whole number from 0 on", "%s: \"%s\" is not a valid number", value->origin,
                       value->text);
    if (option->kind == OPTION_LIMIT && !limit_parse(value->text, &limit))
        return err_set(err, ERR_USAGE, "a number of records or a percentage, e.g. 25 or 10%",
                       "%s: \"%s\" is not a valid limit", value->origin, value->text);
    if ((option->kind == OPTION_TEXT || option->kind == OPTION_LIST) && !*value->text)
        return err_set(err, ERR_USAGE, NULL, "%s is empty", value->origin);
    return true;
}

bool option_resolve(const Option *option, const EnvFile *env, OptionValue *value, Arena *arena, Err *err)
{
    *value = (OptionValue){.option = option};
    seek(arena, value, env);
    return check(value, arena, err);
}

bool arguments_resolve(Arguments *arguments, const EnvFile *env, Err *err)
{
    for (int i = 0; i < arguments->n_options; i++) /* all, before one is refused: who is told of that is a setting,
                                                      too */
        seek(&arguments->arena, &arguments->options[i], env);
    for (int i = 0; i < arguments->n_options; i++) {
        OptionValue *value = &arguments->options[i];
        if (!check(value, &arguments->arena, err))
            return false;
        if (!value->text)
            value->text = value->option->default_value;
    }
    return true;
}

/* ---- asked by name ---- */

static const OptionValue *find(const Cli *cli, const char *name)
{
    for (int i = 0; i < cli->arguments.n_options; i++) {
        const Option *option = cli->arguments.options[i].option;
        if ((option->name && strcmp(option->name, name) == 0) || (option->key && strcmp(option->key, name) == 0))
            return &cli->arguments.options[i];
    }
    fprintf(stderr, "artsync: %s has no row for the option %s\n", cli->arguments.command->name, name);
    abort();
}

const char *cli_text(const Cli *cli, const char *option) { return find(cli, option)->text; }

bool cli_flag(const Cli *cli, const char *option) { return find(cli, option)->text != NULL; }

StringList cli_list(const Cli *cli, const char *option) { return find(cli, option)->list; }

bool cli_given(const Cli *cli, const char *option) { return find(cli, option)->origin != NULL; }

int64_t cli_number(const Cli *cli, const char *option)
{
    const char *text = find(cli, option)->text;
    return text ? strtoll(text, NULL, 10) : 0;
}

bool cli_is_dry(const Cli *cli)
{
    for (int i = 0; i < cli->arguments.n_options; i++) {
        const OptionValue *value = &cli->arguments.options[i];
        if (value->option->name && strcmp(value->option->name, "dry-run") == 0 && value->text)
            return true;
    }
    return false;
}

const char *cli_argument(const Cli *cli, int i)
{
    const StringList *positional = &cli->arguments.positional;
    return i < positional->n ? positional->items[i] : NULL;
}

const Table *cli_table(const Cli *cli, const char *name, Err *err)
{
    const Table *table = base_table(cli->base, name);
    if (table)
        return table;
    Arena arena = {0};
    StringList all = {arena_alloc(&arena, sizeof(char *) * (size_t)(cli->base->n_tables + 1)), 0};
    Buf list = {0};
    for (int i = 0; i < cli->base->n_tables; i++) {
        all.items[all.n++] = cli->base->tables[i].name;
        buf_printf(&list, "%s%s", i ? ", " : "it has ", cli->base->tables[i].name);
    }
    const char *hint = did_you_mean(name, &all, &arena);
    err_set(err, ERR_USAGE, hint ? hint : list.data, "base %s has no table %s", cli->base->name, name);
    buf_free(&list);
    arena_free(&arena);
    return NULL;
}

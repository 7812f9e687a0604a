/* base.json: "source", a database that a table's records are read from. */
#include "artsync/shell.h"
#include "base_build.h"

enum { SETTING_MAX = 63, QUERY_MAX = 100000, TABLE_MAX = 2 * (IDENTIFIER_MAX + 2) + 1 };

static bool is_setting(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_", digits[] = "0123456789";
    if (!strchr(letters, *name) || strlen(name) > SETTING_MAX)
        return false;
    for (const char *p = name; *p; p++)
        if (!strchr(letters, *p) && !strchr(digits, *p))
            return false;
    return true;
}

/* What it says instead of a name may be a password: it is not repeated. */
static void read_database(const Node *value, void *target)
{
    const char *name = node_text(value);
    if (name && !is_setting(name))
        node_problem(
            value,
            "write the connection string into .env, for example as PRODUCTION_DATABASE_URL=..., and that name here",
            "is not the name of a setting: letters, digits and _");
    else
        ((TableSource *)target)->database = name;
}

/* One name of "schema.table", plain or between double quotes, from *at on; NULL: it is none. */
static const char *take_name(const char **at, Arena *arena)
{
    Buf name = {0};
    const char *p = *at;
    bool quoted = *p == '"', closed = !quoted;
    for (p += quoted; *p && (quoted || *p != '.'); p++) {
        if (*p == '"' && quoted && p[1] != '"') {
            p++;
            closed = true;
            break;
        }
        p += *p == '"' && quoted;
        buf_char(&name, *p);
    }
    *at = p;
    const char *taken =
        closed && name.len && name.len <= IDENTIFIER_MAX ? arena_strn(arena, name.data, name.len) : NULL;
    buf_free(&name);
    return taken;
}

/* "schema.table", each plain or between double quotes, as a catalog has them. */
static bool table_name_parse(const char *text, Arena *arena, const char **schema, const char **table)
{
    *schema = "public";
    *table = take_name(&text, arena);
    if (*table && *text == '.') {
        text++;
        *schema = *table;
        *table = take_name(&text, arena);
    }
    return *table && *text == '\0';
}

static void read_source_table(const Node *value, void *target)
{
    TableSource *source = target;
    const char *text = node_text(value);
    if (text &&
        (strlen(text) > TABLE_MAX || !table_name_parse(text, value->doc->arena, &source->schema, &source->table)))
        node_problem(value, "write \"public.jobs\"; a name that holds a dot goes between double quotes",
                     "is not the name of a table");
}

static void read_query(const Node *value, void *target)
{
    const char *query = node_text(value);
    if (query && strlen(query) > QUERY_MAX)
        node_problem(value, NULL, "is longer than %d bytes", QUERY_MAX);
    ((TableSource *)target)->query = query;
}

static void read_where(const Node *value, void *target)
{
    const char *where = node_text(value);
    if (where && strlen(where) > QUERY_MAX)
        node_problem(value, NULL, "is longer than %d bytes", QUERY_MAX);
    ((TableSource *)target)->where = where;
}

static const JsonShape setting_shape = {.kind = SHAPE_TEXT, .most = SETTING_MAX, .pattern = "^[A-Za-z_][A-Za-z0-9_]*$"};
static const JsonShape table_shape = {.kind = SHAPE_TEXT, .most = TABLE_MAX};
static const JsonShape query_shape = {.kind = SHAPE_TEXT, .most = QUERY_MAX};

static const JsonKey keys[] = {
    {"database", true, read_database, 0, 0, &setting_shape,
     "the name of a setting (environment or `.env`) that holds the connection string, such as "
     "`PRODUCTION_DATABASE_URL`"},
    {"table", false, read_source_table, 0, 0, &table_shape,
     "`schema.table`, as the catalog has the names; a name that holds a dot goes between double quotes; without a "
     "schema "
     "`public`; this or `query` is needed"},
    {"query", false, read_query, 0, 0, &query_shape, "a SELECT instead of `table`; it names tables with their schema"},
    {"where", false, read_where, 0, 0, &query_shape,
     "a condition on the rows of `table`, such as `stage <> 'done'`; a query has its own"},
};

const KeyList source_key_list = {"source", keys, sizeof keys / sizeof *keys, "table query"};

static void name_source(TableSource *source, Arena *arena)
{
    const char *database = source->database ? source->database : "database";
    source->name = source->table ? arena_printf(arena, "%s/%s.%s", database, source->schema, source->table)
                                 : arena_printf(arena, "%s/query", database);
}

void read_source(const Node *value, void *target)
{
    Table *into = target;
    TableSource *source = &into->from;
    into->mark = MARK_POINT; /* as PostgreSQL's text has it: the base's is that of its files */
    if (!node_fields(value, keys, sizeof keys / sizeof *keys, source))
        return;
    Node table = node_get(value, "table"), query = node_get(value, "query");
    if (!table.json == !query.json)
        node_problem(value, NULL, "needs either \"table\" or \"query\"");
    if (query.json && source->where)
        node_problem(value, "write the condition into the query", "\"where\" is for a \"table\"");
    name_source(source, value->doc->arena);
}

/* identity.c - is what a source reads the table that is written to? By what the servers say of themselves: a connection
 * string does not show it, since hosts, ports, roles and poolers have many names. */
#include <cjson/cJSON.h>
#include <stdlib.h>

#include "artsync/embed.h"
#include "internal.h"

/* The answers of both connections to one question. */
static bool answers_equal(Pg *a, Pg *b, const char *query, bool *equal, Err *err)
{
    char *left = NULL, *right = NULL;
    bool ok = pg_value(a, sql_query(query), 0, NULL, &left, err) && pg_value(b, sql_query(query), 0, NULL, &right, err);
    *equal = ok && same_text(left, right);
    free(left);
    free(right);
    return ok;
}

static bool may_ask_cluster(Pg *pg, bool *may, Err *err)
{
    char *answer = NULL;
    bool ok = pg_value(pg, sql_query("identity_allowed"), 0, NULL, &answer, err);
    *may = ok && answer[0] == 't';
    free(answer);
    return ok;
}

/* The cluster tells it, also of a replica; where a role may not ask for it, the server's start does. */
static bool same_database(Pg *a, Pg *b, bool *same, Err *err)
{
    bool left = false, right = false;
    return may_ask_cluster(a, &left, err) && may_ask_cluster(b, &right, err) &&
           answers_equal(a, b, left && right ? "identity_cluster" : "identity_server", same, err);
}

/* The relations that a plan reads, views resolved: their schemas and names. */
static void add_relations(const cJSON *node, StringList *schemas, StringList *names, int *cap, Arena *arena)
{
    for (const cJSON *child = cJSON_IsObject(node) || cJSON_IsArray(node) ? node->child : NULL; child;
         child = child->next)
        add_relations(child, schemas, names, cap, arena);
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(node, "Schema");
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(node, "Relation Name");
    if (!cJSON_IsString(schema) || !cJSON_IsString(name))
        return;
    int cap_of_names = *cap;
    ARRAY_RESERVE(schemas->items, schemas->n, *cap);
    ARRAY_RESERVE(names->items, names->n, cap_of_names);
    schemas->items[schemas->n++] = arena_str(arena, schema->valuestring);
    names->items[names->n++] = arena_str(arena, name->valuestring);
}

static bool plan_relations(Pg *pg, const char *select, StringList *schemas, StringList *names, Arena *arena, Err *err)
{
    Buf sql = {0};
    char *plan = NULL;
    int cap = 0;
    buf_printf(&sql, "EXPLAIN (FORMAT JSON, VERBOSE) %s", select);
    bool ok = pg_value(pg, sql.data, 0, NULL, &plan, err);
    cJSON *json = ok ? cJSON_Parse(plan) : NULL;
    add_relations(json, schemas, names, &cap, arena);
    cJSON_Delete(json);
    free(plan);
    buf_free(&sql);
    return ok;
}

static bool reads_target(Pg *pg, const Table *table, const char *select, bool *reads, Err *err)
{
    Arena arena = {0};
    StringList schemas = {0}, names = {0};
    Buf schema_array = {0}, name_array = {0};
    char *answer = NULL;
    bool ok = plan_relations(pg, select, &schemas, &names, &arena, err);
    sql_array(&schema_array, schemas.items, schemas.n);
    sql_array(&name_array, names.items, names.n);
    ok = ok && pg_value(pg, sql_query("source_is_target"), 6,
                        (const char *[]){table->schema, table->name, schema_array.data, name_array.data,
                                         table->from.schema, table->from.table},
                        &answer, err);
    *reads = ok && answer[0] == 't';
    free(answer);
    free(schemas.items);
    free(names.items);
    buf_free(&schema_array);
    buf_free(&name_array);
    arena_free(&arena);
    return ok;
}

bool identity_check(const Source *source, Database *database, const char *select, Err *err)
{
    bool same = false, reads = false;
    Pg *target = source->databases->target;
    if (!target)
        return true;
    if (!same_database(target, database->pg, &same, err) ||
        (same && !reads_target(database->pg, source->table, select, &reads, err)))
        return false;
    return !reads || err_set(err, ERR_CONFIG, "name another database, or another table of this one",
                             "the source is the table that is written to: %s.%s in %s", source->table->schema,
                             source->table->name, pg_database(target));
}

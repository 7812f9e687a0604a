/* The mapping against the catalog. */
#include "artsync/shell.h"
#include "artsync/utf8.h"
#include "base_build.h"

enum { DERIVED_ID = 20 }; /* characters of an id made from a natural key */

typedef struct Binding {
    const Base *base;
    const Table *table;
    const CatalogTable *catalog;
    Problems *problems;
    Arena arena; /* words of messages */
} Binding;

static const char *table_place(Binding *binding)
{
    return arena_printf(&binding->arena, "%s: table %s", binding->base->origin, binding->table->name);
}

static const char *column_place(Binding *binding, const char *column)
{
    return arena_printf(&binding->arena, "%s: column %s", table_place(binding), column);
}

static void missing_column(Binding *binding, const char *name)
{
    const CatalogTable *catalog = binding->catalog;
    const char **names = arena_alloc(&binding->arena, ((size_t)catalog->n_columns + 1) * sizeof *names);
    for (int i = 0; i < catalog->n_columns; i++)
        names[i] = catalog->columns[i].name;
    const char *hint = nearest_hint(&binding->arena, name, names, catalog->n_columns);
    if (!hint && table_column(binding->table, name) >= 0)
        hint = arena_printf(&binding->arena,
                            "correct its name in base.json; if the column was renamed in the database, give the new "
                            "name there, and \"was\": \"%s\"",
                            name);
    problems_add(binding->problems, column_place(binding, name), hint, "%s.%s has no such column", catalog->schema,
                 catalog->name);
}

/* ---- the id ---- */

static bool unique_alone(const CatalogTable *catalog, int column, bool *deferrable)
{
    bool found = false;
    *deferrable = true;
    for (int i = 0; i < catalog->n_keys; i++) {
        const CatalogKey *key = &catalog->keys[i];
        if (key->parts || key->n_columns != 1 || key->columns[0] != column)
            continue;
        found = true;
        *deferrable = *deferrable && key->deferrable;
    }
    return found;
}

/* char(n): its values come back with blanks behind them, so that no cell would ever equal its row. */
static bool is_padded(const PgType *type)
{
    return strcmp(type->name, "character") == 0 || strncmp(type->name, "character(", 10) == 0;
}

static void bind_id_key(Binding *binding, int column, const char *place)
{
    const CatalogTable *catalog = binding->catalog;
    bool deferrable;
    if (unique_alone(catalog, column, &deferrable)) {
        if (deferrable)
            problems_add(binding->problems, place, "declare it NOT DEFERRABLE",
                         "the unique key of the id column is deferrable");
    } else if (catalog->partition_key) {
        problems_add(
            binding->problems, place,
            arena_printf(&binding->arena,
                         "partition the table by the id (PARTITION BY HASH (%s)) with a UNIQUE constraint on that "
                         "column, or map a table that is not partitioned",
                         binding->table->id_column),
            "the id column is not unique alone: the table is partitioned by %s, and PostgreSQL wants the partition "
            "key in every unique key",
            catalog->partition_key);
    } else {
        problems_add(binding->problems, place, "add a UNIQUE constraint on this column alone",
                     "the id column is not unique");
    }
}

static bool is_part(const Table *table, const CatalogTable *catalog, int column)
{
    for (int i = 0; i < table->n_id_parts; i++)
        if (strcmp(table->columns[table->id_parts[i]].name, catalog->columns[column].name) == 0)
            return true;
    return false;
}

static bool unique_together(const Table *table, const CatalogTable *catalog)
{
    for (int k = 0; k < catalog->n_keys; k++) {
        const CatalogKey *key = &catalog->keys[k];
        bool all = !key->parts && !key->predicate && key->n_columns <= table->n_id_parts;
        for (int i = 0; all && i < key->n_columns; i++)
            all = is_part(table, catalog, key->columns[i]);
        if (all)
            return true;
    }
    return false;
}

/* An id of several columns. Rows that are only updated need no key: two with one id are found when they are read. */
static void bind_id_parts(Binding *binding)
{
    const Table *table = binding->table;
    for (int i = 0; i < table->n_id_parts; i++) {
        const char *name = table->columns[table->id_parts[i]].name;
        int index = catalog_column(binding->catalog, name);
        if (index < 0)
            continue; /* told of the mapped column */
        const CatalogColumn *column = &binding->catalog->columns[index];
        PgKind kind = column->type.kind;
        if ((kind != PG_TEXT && kind != PG_ENUM && kind != PG_INTEGER && kind != PG_NUMERIC && kind != PG_DATE) ||
            is_padded(&column->type) || strstr(column->type.name, "citext") || column->folding)
            problems_add(binding->problems, column_place(binding, name), NULL,
                         "a column of type %s cannot be a part of the id", column->type.name);
    }
    if (!table->updates_only && !unique_together(table, binding->catalog))
        problems_add(binding->problems, table_place(binding), "add a UNIQUE constraint on these columns",
                     "the id columns %s are not unique together", table->id_column);
}

static void bind_id(Binding *binding)
{
    const Table *table = binding->table;
    if (table->n_id_parts) {
        bind_id_parts(binding);
        return;
    }
    int index = catalog_column(binding->catalog, table->id_column);
    if (index < 0) {
        missing_column(binding, table->id_column);
        return;
    }
    const CatalogColumn *column = &binding->catalog->columns[index];
    const char *place = column_place(binding, table->id_column);
    Problems *problems = binding->problems;
    bool folds = strstr(column->type.name, "citext") != NULL; /* ids that differ only in case are two */
    if (column->type.kind != PG_TEXT || is_padded(&column->type) || folds)
        problems_add(problems, place, "make it text or varchar", "a record id is text, the column is %s",
                     column->type.name);
    else if (table->n_natural_key > 0 && column->type.length > 0 && column->type.length < DERIVED_ID)
        problems_add(problems, place, NULL, "is too short for the ids made from a natural key (%d characters)",
                     DERIVED_ID);
    if (column->generated)
        problems_add(problems, place, NULL, "the database generates it, so that no id can be written");
    if (!column->not_null)
        problems_add(problems, place, "declare it NOT NULL UNIQUE", "the id column may be NULL");
    if (column->folding)
        problems_add(problems, place, "give it COLLATE \"C\", or another deterministic collation",
                     "its collation %s treats different record ids as equal", column->folding);
    bind_id_key(binding, index, place);
}

/* ---- the mapped columns ---- */

static bool has_label(const PgType *type, const char *text)
{
    for (int i = 0; i < type->n_labels; i++) {
        if (strcmp(type->labels[i], text) == 0)
            return true;
    }
    return false;
}

static const char *label_list(Binding *binding, const PgType *type)
{
    const char *list = "";
    for (int i = 0; i < type->n_labels; i++)
        list = arena_printf(&binding->arena, "%s%s\"%s\"", list, i ? ", " : "", type->labels[i]);
    return list;
}

/* The enum itself where the column is an array of it. */
static const char *label_type(Binding *binding, const PgType *type)
{
    int n = (int)strlen(type->base);
    return type->kind == PG_ENUM_ARRAY ? arena_printf(&binding->arena, "%.*s", n - 2, type->base) : type->base;
}

static void bind_link(Binding *binding, const Column *column, const CatalogTable *to, const char *place)
{
    if (!to->exists)
        return; /* said once, at that table */
    if (to->primary_key < 0) {
        problems_add(binding->problems, place, "a link holds the linked row's primary key",
                     "%s.%s has no primary key of a single column", to->schema, to->name);
        return;
    }
    const PgType *key = &to->columns[to->primary_key].type, *own = &column->catalog->type;
    if (own->kind != key->kind || own->bytes < key->bytes ||
        (own->kind >= PG_ENUM && strcmp(own->base, key->base) != 0))
        problems_add(binding->problems, place, NULL, "the column is %s, but the primary key of %s is %s", own->name,
                     column->to->name, key->name);
}

static void bind_choices(Binding *binding, const Column *column, const char *place)
{
    const PgType *type = &column->catalog->type;
    for (int i = 0; type->kind == PG_TEXT && type->length > 0 && i < column->choices.n; i++) {
        if (utf8_length(str_of(column->choices.items[i])) > (size_t)type->length)
            problems_add(binding->problems, place, NULL, "the choice \"%s\" is too long for %s",
                         column->choices.items[i], type->name);
    }
}

static void bind_column(Binding *binding, Column *column, CatalogTable *const *catalogs)
{
    int index = catalog_column(binding->catalog, column->name);
    if (index < 0) {
        missing_column(binding, column->name);
        return;
    }
    column->catalog = &binding->catalog->columns[index];
    const PgType *type = &column->catalog->type;
    const char *place = column_place(binding, column->name);
    Problems *problems = binding->problems;
    if (column->catalog->generated)
        problems_add(problems, place, NULL, "the database generates this column; it cannot be written");
    if (column->type == FIELD_LINK)
        bind_link(binding, column, catalogs[column->to->index], place);
    else if (!field_accepts(column->type, type->kind))
        problems_add(problems, place, field_refusal(column->type, type, &binding->arena),
                     "a column of type %s cannot hold a field of type %s", type->name, field_type_name(column->type));
    if (is_padded(type))
        problems_add(problems, place, "make it varchar or text", "%s pads its values with blanks", type->name);
    if (column->catalog->not_null && column->on_invalid_null)
        problems_add(problems, place, "leave out \"on_invalid\" or drop NOT NULL",
                     "\"on_invalid\": \"null\" is impossible, the column is NOT NULL");
    if (column->type == FIELD_CHOICE)
        bind_choices(binding, column, place);
}

/* A column that must have a value, and nothing gives it one: no record could ever be inserted. */
static void forgotten_columns(Binding *binding)
{
    const CatalogTable *catalog = binding->catalog;
    for (int i = 0; i < catalog->n_columns && !binding->table->updates_only; i++) {
        const CatalogColumn *column = &catalog->columns[i];
        if (!column->not_null || column->has_default || column->generated ||
            strcmp(column->name, binding->table->id_column) == 0 || table_has_metadata(binding->table, column->name) ||
            table_column(binding->table, column->name) >= 0)
            continue;
        problems_add(binding->problems, column_place(binding, column->name), "map it or give it a default",
                     "is NOT NULL without a default, and base.json does not map it");
    }
}

/* ---- the table itself ---- */

static void missing_table(Binding *binding, const char *never_made)
{
    const CatalogTable *catalog = binding->catalog;
    const char *schema = binding->table->schema, *name = binding->table->name, *place = table_place(binding);
    if (catalog->other_kind)
        problems_add(binding->problems, place, "map the table that holds the rows",
                     "%s.%s is a %s; a sync writes to tables only", schema, name, catalog->other_kind);
    else if (!catalog->known)
        problems_add(binding->problems, place, never_made, "the database has no table %s.%s", schema, name);
    else if (catalog->likely)
        problems_add(
            binding->problems, place,
            arena_printf(&binding->arena,
                         "artsync was set up for a table that base.json does not name: %s; if it is the same one, "
                         "give its new name in base.json, or rename it back",
                         catalog->likely),
            "the table %s.%s no longer exists: it was renamed or dropped", schema, name);
    else
        problems_add(binding->problems, place,
                     "give the table's new name in base.json, or rename it back; if it was dropped, restore it from a "
                     "backup or take it out of base.json",
                     "the table %s.%s no longer exists: it was renamed or dropped", schema, name);
}

bool base_tables_exist(const Base *base, CatalogTable *const *catalogs, const char *never_made, Problems *problems)
{
    int before = problems->n;
    for (int i = 0; i < base->n_tables; i++) {
        Binding binding = {.base = base, .table = &base->tables[i], .catalog = catalogs[i], .problems = problems};
        if (!catalogs[i]->exists)
            missing_table(&binding, never_made);
        arena_free(&binding.arena);
    }
    return problems->n == before;
}

bool base_metadata_exists(const Base *base, CatalogTable *const *catalogs, Problems *problems)
{
    int before = problems->n;
    for (int i = 0; i < base->n_tables; i++) {
        Binding binding = {.base = base, .table = &base->tables[i], .catalog = catalogs[i], .problems = problems};
        for (int role = 0; role < META_COUNT; role++) {
            const char *name = binding.table->metadata[role];
            if (name && catalog_column(catalogs[i], name) < 0)
                problems_add(problems, column_place(&binding, name), command_hint("run: {}", "db migrate"),
                             "%s.%s has no such column, which a sync needs", catalogs[i]->schema, catalogs[i]->name);
        }
        arena_free(&binding.arena);
    }
    return problems->n == before;
}

static void check_label(Binding *binding, const Column *column, const char *choice)
{
    const PgType *type = &column->catalog->type;
    const char *place = column_place(binding, column->name);
    bool yes;
    if (type->kind == PG_BOOLEAN && !boolean_word(str_of(choice), &yes))
        problems_add(binding->problems, place,
                     "make the choices \"true\" and \"false\", and the other words \"aliases\" of these",
                     "the choice \"%s\" is neither yes nor no, and the column is boolean", choice);
    else if ((type->kind == PG_ENUM || type->kind == PG_ENUM_ARRAY) && !has_label(type, choice))
        problems_add(
            binding->problems, place,
            arena_printf(&binding->arena, "the labels of %s: %s", label_type(binding, type), label_list(binding, type)),
            "the choice \"%s\" is not a label of the enum %s", choice, label_type(binding, type));
}

static void check_labels(Binding *binding, const Column *column)
{
    for (int i = 0; (column->type == FIELD_CHOICE || column->type == FIELD_LIST) && i < column->choices.n; i++)
        check_label(binding, column, column->choices.items[i]);
}

void base_check_labels(const Base *base, Problems *problems)
{
    for (int i = 0; i < base->n_tables; i++) {
        const Table *table = &base->tables[i];
        Binding binding = {.base = base, .table = table, .catalog = table->catalog, .problems = problems};
        for (int k = 0; k < table->n_columns; k++) {
            if (table->columns[k].catalog)
                check_labels(&binding, &table->columns[k]);
        }
        arena_free(&binding.arena);
    }
}

bool base_bind(Base *base, CatalogTable *const *catalogs, Problems *problems)
{
    int before = problems->n;
    for (int i = 0; i < base->n_tables; i++) {
        Table *table = &base->tables[i];
        Binding binding = {.base = base, .table = table, .catalog = catalogs[i], .problems = problems};
        if (!catalogs[i]->exists) {
            missing_table(&binding, command_hint("run: {}", "db migrate"));
        } else {
            table->catalog = catalogs[i];
            bind_id(&binding);
            for (int k = 0; k < table->n_columns; k++)
                bind_column(&binding, &table->columns[k], catalogs);
            forgotten_columns(&binding);
            table_fingerprint(table);
        }
        arena_free(&binding.arena);
    }
    return problems->n == before;
}

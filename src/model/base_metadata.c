/* base.json: "metadata", the columns in which a sync keeps what it knows of a row. */
#include "base_build.h"

static const char *const roles[META_COUNT] = {
    [META_SYNCED_AT] = "last_synced_at", [META_VERSION] = "sync_version",  [META_ACTIVE] = "is_active",
    [META_CREATED_AT] = "created_at",    [META_UPDATED_AT] = "updated_at",
};

bool table_has_metadata(const Table *table, const char *name)
{
    for (int role = 0; role < META_COUNT; role++)
        if (table->metadata[role] && strcmp(table->metadata[role], name) == 0)
            return true;
    return false;
}

void metadata_defaults(Table *table)
{
    for (int role = 0; role < META_COUNT; role++)
        table->metadata[role] = roles[role];
}

/* One function a role: a key's row has no space for which one it is. */
static void read_role(const Node *value, Table *table, MetadataRole role)
{
    table->metadata[role] = cJSON_IsNull(value->json) ? NULL : node_identifier(value);
}

static void read_synced_at(const Node *value, void *table) { read_role(value, table, META_SYNCED_AT); }
static void read_version(const Node *value, void *table) { read_role(value, table, META_VERSION); }
static void read_active(const Node *value, void *table) { read_role(value, table, META_ACTIVE); }
static void read_created_at(const Node *value, void *table) { read_role(value, table, META_CREATED_AT); }
static void read_updated_at(const Node *value, void *table) { read_role(value, table, META_UPDATED_AT); }

static const JsonShape none = {.kind = SHAPE_NULL};
static const JsonShape role_shape = {.kind = SHAPE_EITHER, .item = &shape_name, .other = &none};

static const JsonKey keys[] = {
    {"last_synced_at", false, read_synced_at, 0, 0, &role_shape, "the last write by a sync"},
    {"sync_version", false, read_version, 0, 0, &role_shape, "how often a sync wrote the row"},
    {"is_active", false, read_active, 0, 0, &role_shape, "false: a sync or people deactivated the row"},
    {"created_at", false, read_created_at, 0, 0, &role_shape, "when the row was made"},
    {"updated_at", false, read_updated_at, 0, 0, &role_shape, "when the row was last written, by anybody"},
};

const KeyList metadata_key_list = {"metadata", keys, sizeof keys / sizeof *keys, NULL};

void read_metadata(const Node *value, void *target)
{
    Table *table = target;
    if (cJSON_IsBool(value->json)) {
        table->foreign = cJSON_IsFalse(value->json);
        for (int role = 0; table->foreign && role < META_COUNT; role++)
            table->metadata[role] = NULL;
        return;
    }
    node_fields(value, keys, sizeof keys / sizeof *keys, table);
    for (int role = 0; role < META_COUNT; role++) {
        const char *name = table->metadata[role];
        if (name && table->id_column && strcmp(name, table->id_column) == 0)
            node_problem(value, NULL, "%s is the id column and cannot be %s", name, roles[role]);
        for (int other = 0; name && other < role; other++)
            if (table->metadata[other] && strcmp(table->metadata[other], name) == 0)
                node_problem(value, NULL, "%s and %s name the same column, %s", roles[other], roles[role], name);
    }
}

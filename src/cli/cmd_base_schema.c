/* base schema: what base.json may look like, as a JSON Schema, drawn from the rows that the parser reads (base_keys.h).
 *
 * Draft 7, which editors and validators know. It says what each key may hold and which keys go together; what depends
 * on other parts of the file (a link to a table, a header that is mapped twice) only `base check` finds. */
#include "artsync/base_keys.h"
#include "artsync/cli.h"

static bool run(Cli *cli, Err *err);

const Command cmd_base_schema = {
    .name = "base schema",
    .summary = "print the JSON Schema of base.json, for editors and validators",
    .details =
        "Editors that know JSON Schema complete and check base.json with it. Write it to a file beside base.json and\n"
        "name that file in it: \"$schema\": \"./base.schema.json\".",
    .examples =
        "artsync base schema > base.schema.json\n"
        "artsync base schema --json\n",
    .see_also = "base check, base show",
    .run = run,
};

static void write_shape(Report *report, const JsonShape *shape);

static void write_type(Report *report, const char *type) { report_text(report, "type", type); }

static void write_text(Report *report, const JsonShape *shape)
{
    write_type(report, "string");
    if (!shape->empty)
        report_count(report, "minLength", 1);
    if (shape->most)
        report_count(report, "maxLength", shape->most);
    if (shape->pattern)
        report_text(report, "pattern", shape->pattern);
}

static void write_scalar(Report *report, const JsonShape *shape)
{
    report_list(report, "type");
    static const char *const types[] = {"string", "number", "boolean"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        report_text(report, NULL, types[i]);
    report_close(report);
    if (!shape->empty)
        report_count(report, "minLength", 1);
}

static void write_words(Report *report, const char *const *words)
{
    report_list(report, "enum");
    for (; *words; words++)
        report_text(report, NULL, *words);
    report_close(report);
}

static void write_named(Report *report, const char *key, const JsonShape *shape)
{
    report_object(report, key);
    write_shape(report, shape);
    report_close(report);
}

/* {"enum": [types]}, for a mask of a key. */
static void write_types(Report *report, unsigned mask)
{
    report_object(report, "properties");
    report_object(report, "type");
    report_list(report, "enum");
    for (int type = 0; type < FIELD_COUNT; type++)
        if (mask >> type & 1)
            report_text(report, NULL, field_type_name((FieldType)type));
    report_close(report);
    report_close(report);
    report_close(report);
}

/* A key that only some types take: where it is present, the type is one of them. */
static void write_dependencies(Report *report, const KeyList *list)
{
    unsigned all = (1u << FIELD_COUNT) - 1, any = 0;
    for (size_t i = 0; i < list->n; i++)
        any |= list->keys[i].types & all;
    if (!any)
        return;
    report_object(report, "dependencies");
    for (size_t i = 0; i < list->n; i++) {
        unsigned types = list->keys[i].types & all;
        if (types == 0 || types == all)
            continue;
        report_object(report, list->keys[i].name);
        write_types(report, types);
        report_close(report);
    }
    report_close(report);
}

/* A key that some types need. */
static void write_needs(Report *report, const KeyList *list)
{
    report_list(report, "allOf");
    for (size_t i = 0; i < list->n; i++) {
        if (!list->keys[i].needed)
            continue;
        report_object(report, NULL);
        report_object(report, "if");
        write_types(report, list->keys[i].needed);
        report_list(report, "required");
        report_text(report, NULL, "type");
        report_close(report);
        report_close(report);
        report_object(report, "then");
        report_list(report, "required");
        report_text(report, NULL, list->keys[i].name);
        report_close(report);
        report_close(report);
        report_close(report);
    }
    report_close(report);
}

static void write_any_of(Report *report, const char *names)
{
    report_list(report, "anyOf");
    while (*names) {
        size_t n = strcspn(names, " ");
        report_object(report, NULL);
        report_list(report, "required");
        report_text(report, NULL, arena_strn(report_arena(report), names, n));
        report_close(report);
        report_close(report);
        names += n + (names[n] == ' ');
    }
    report_close(report);
}

static void write_keys(Report *report, const KeyList *list)
{
    bool required = false, needed = false;
    write_type(report, "object");
    report_object(report, "properties");
    for (size_t i = 0; i < list->n; i++) {
        const JsonKey *key = &list->keys[i];
        report_object(report, key->name);
        report_text(report, "description", key->means);
        write_shape(report, key->shape);
        report_close(report);
        required = required || key->required;
        needed = needed || key->needed;
    }
    report_close(report);
    report_bool(report, "additionalProperties", false);
    if (required) {
        report_list(report, "required");
        for (size_t i = 0; i < list->n; i++)
            if (list->keys[i].required)
                report_text(report, NULL, list->keys[i].name);
        report_close(report);
    }
    if (list->any_of)
        write_any_of(report, list->any_of);
    write_dependencies(report, list);
    if (needed)
        write_needs(report, list);
}

static void write_shape(Report *report, const JsonShape *shape)
{
    switch (shape->kind) {
    case SHAPE_TEXT:
        write_text(report, shape);
        break;
    case SHAPE_SCALAR:
        write_scalar(report, shape);
        break;
    case SHAPE_BOOLEAN:
        write_type(report, "boolean");
        break;
    case SHAPE_INTEGER:
        write_type(report, "integer");
        break;
    case SHAPE_NULL:
        write_type(report, "null");
        break;
    case SHAPE_WORD:
        write_words(report, shape->words);
        break;
    case SHAPE_LIST:
        write_type(report, "array");
        report_count(report, "minItems", 1);
        report_bool(report, "uniqueItems", !shape->repeats);
        write_named(report, "items", shape->item);
        break;
    case SHAPE_MAP:
        write_type(report, "object");
        write_named(report, "additionalProperties", shape->item);
        break;
    case SHAPE_OBJECT:
        write_keys(report, shape->keys);
        break;
    case SHAPE_EITHER:
        report_list(report, "anyOf");
        write_named(report, NULL, shape->item);
        write_named(report, NULL, shape->other);
        report_close(report);
        break;
    }
}

static bool write_schema(Report *report, void *ctx, Err *err)
{
    (void)ctx, (void)err;
    report_text(report, "$schema", "http://json-schema.org/draft-07/schema#");
    report_text(report, "title", "base.json of artsync");
    write_keys(report, &base_key_list);
    return true;
}

/* JSON is the only form of it, with --json and without. */
static bool run(Cli *cli, Err *err)
{
    static const ReportSection sections[] = {{FOR_PROGRAMS, 1, write_schema}, {0}};
    cli->form = report_form("json");
    return cli_report(cli, sections, NULL, NULL, err);
}

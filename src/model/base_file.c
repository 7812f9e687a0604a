/* Where a table's records are: "file", a name or patterns, and "csv", how such a file is written. */
#include "artsync/charset.h"
#include "artsync/glob.h"
#include "base_build.h"

enum { FILE_NAME_MAX = 255, ENCODING_MAX = 40 };

static const JsonShape name_shape = {.kind = SHAPE_TEXT, .most = FILE_NAME_MAX, .pattern = "^[^/]*$"};
static const JsonShape patterns_shape = {.kind = SHAPE_LIST, .item = &name_shape};
const JsonShape file_shape = {.kind = SHAPE_EITHER, .item = &name_shape, .other = &patterns_shape};

/* ---- "file" ---- */

static bool check_file(const Node *value, const char *file)
{
    if (strchr(file, '/') || strcmp(file, ".") == 0 || strcmp(file, "..") == 0)
        node_problem(value, "--export-dir names the folder, --file any other path", "must be a file name, not a path");
    else if (strlen(file) > FILE_NAME_MAX)
        node_problem(value, NULL, "is longer than %d bytes", FILE_NAME_MAX);
    else
        return true;
    return false;
}

/* The name under which export writes such a table: one that a pattern fits. */
static void read_patterns(const Node *value, Table *table)
{
    Arena *arena = value->doc->arena;
    table->patterns = node_names(value, false);
    for (int i = 0; i < table->patterns.n; i++) {
        const char *pattern = table->patterns.items[i];
        Node item = node_item(value, i, cJSON_GetArrayItem(value->json, i), NULL);
        if (!check_file(&item, pattern))
            continue;
        const char *name = glob_example(pattern, table->name ? table->name : "export", arena);
        if (!name)
            node_problem(&item, "write it with * and ?", "no file name was found that fits the pattern \"%s\"",
                         pattern);
        else if (!table->file && check_file(&item, name))
            table->file = name;
    }
}

void read_file(const Node *value, void *target)
{
    Table *table = target;
    if (cJSON_IsArray(value->json)) {
        read_patterns(value, table);
        return;
    }
    const char *file = node_text(value);
    if (!file)
        return;
    check_file(value, file);
    table->file = file;
}

bool table_takes_file(const Table *table, const char *name)
{
    for (int i = 0; i < table->patterns.n; i++)
        if (glob_matches(table->patterns.items[i], name))
            return true;
    return table->patterns.n == 0 && table->file && strcmp(table->file, name) == 0;
}

/* ---- "csv" ---- */

static const char *const delimiters[] = {",", ";", "\t", "|", CSV_AUTO, NULL};

static void read_delimiter(const Node *value, void *target)
{
    const char *text = node_text(value);
    for (int i = 0; text && delimiters[i]; i++)
        if (strcmp(text, delimiters[i]) == 0) {
            ((CsvDialect *)target)->delimiter = delimiters[i];
            return;
        }
    if (text)
        node_problem(value, strcmp(text, "tab") == 0 || strcmp(text, "\\t") == 0 ? "a tab is written as \"\\t\"" : NULL,
                     "must be \",\", \";\", \"\\t\" (a tab), \"|\" or \"auto\"");
}

static void read_encoding(const Node *value, void *target)
{
    const char *text = node_text(value);
    if (!text)
        return;
    if (strcmp(text, CSV_AUTO) != 0 && (strlen(text) > ENCODING_MAX || !charset_is_known(text)))
        node_problem(value, "iconv -l lists the names, e.g. UTF-16, windows-1252, ISO-8859-15; or \"auto\"",
                     "\"%s\" is no character encoding that this machine knows", text);
    ((CsvDialect *)target)->encoding = text;
}

static const JsonShape delimiter_shape = {.kind = SHAPE_WORD, .words = delimiters};
static const JsonShape encoding_shape = {.kind = SHAPE_TEXT, .most = ENCODING_MAX};

static const JsonKey csv_keys[] = {
    {"delimiter", false, read_delimiter, 0, 0, &delimiter_shape,
     "between the cells: `,` (default), `;`, `\\t` (a tab), `|`, or `auto`: what the file shows"},
    {"encoding", false, read_encoding, 0, 0, &encoding_shape,
     "a name that `iconv -l` lists, such as `UTF-16` or `windows-1252`; default `UTF-8`; `auto`: what the file shows"},
};

static const KeyList csv_key_list = {"csv", csv_keys, sizeof csv_keys / sizeof csv_keys[0], NULL};
const JsonShape csv_shape = {.kind = SHAPE_OBJECT, .keys = &csv_key_list};

void read_csv(const Node *value, CsvDialect *dialect)
{
    node_fields(value, csv_keys, sizeof csv_keys / sizeof csv_keys[0], dialect);
}

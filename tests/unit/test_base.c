/* base.json: what is understood, and that every mistake is found, with its place, in one go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "artsync/base.h"
#include "case.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* JSON in C reads better with ' for ". */
static Base *parse(const char *json, Problems *problems)
{
    char *text = mem_dup(json);
    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    Base *base = base_parse(text, strlen(text), "base.json", problems);
    free(text);
    return base;
}

static Base *good(const char *json)
{
    Problems problems = {0};
    Base *base = parse(json, &problems);
    for (int i = 0; i < problems.n; i++)
        print_error("%s: %s\n", problems.items[i].location, problems.items[i].message);
    assert_non_null(base);
    return base;
}

/* All problems, a line each: "place: message [hint]". */
static char *all_problems(const Problems *problems)
{
    Buf text = {0};
    buf_reserve(&text, 1);
    for (int i = 0; i < problems->n; i++) {
        const Problem *problem = &problems->items[i];
        buf_printf(&text, "%s%s: %s", i ? "\n" : "", problem->location, problem->message);
        if (problem->hint)
            buf_printf(&text, " [%s]", problem->hint);
    }
    return text.data;
}

static void expect(const char *json, const char *expected)
{
    Problems problems = {0};
    Base *base = parse(json, &problems);
    char *found = all_problems(&problems);
    if (strcmp(found, expected) != 0)
        print_error("for %s\n", json);
    assert_string_equal(found, expected);
    assert_null(base);
    free(found);
    problems_free(&problems);
}

#define BASE(tables)   "{'name': 'b', 'tables': [" tables "]}"
#define ID             "'id': {'column': 'rid', 'headers': ['Record ID']}"
#define TABLE(columns) BASE("{'table': 't', 'file': 't.csv', " ID ", 'columns': [" columns "]}")
#define PLAIN          "{'column': 'name', 'headers': ['Name'], 'type': 'text'}"
#define AT             "base.json: tables[0] (t)"
#define COLUMN         AT ": columns[0] (c)"

/* ---- what is understood ---- */

static void reads_the_art_base(void **state)
{
    (void)state;
    Err err = {0};
    Base *base = base_load("art", &err);
    assert_non_null(base);
    assert_string_equal(base->name, "art");
    assert_string_equal(base->origin, "sql/art/base.json (embedded)");
    assert_int_equal(base->n_tables, 3);
    const Table *editions = base_table(base, "editions");
    assert_string_equal(editions->file, "Editions-All Records.csv");
    assert_string_equal(editions->state, "state_editions");
    const Column *print = &editions->columns[table_column(editions, "print_id")];
    assert_ptr_equal(print->to, base_table(base, "prints"));
    assert_true(print->required);
    assert_string_equal(print->id_headers.items[0], "print_record_id");
    const Column *number = &editions->columns[table_column(editions, "edition_number")];
    assert_int_equal(number->derive.from, table_column(editions, "edition_display_name"));
    const Column *frame = &editions->columns[table_column(editions, "frame_type")];
    assert_string_equal(frame->aliases[0].to, "Framed");
    assert_null(frame->aliases[4].to);
    assert_null(base_table(base, "Editions"));
    assert_int_equal(table_column(editions, "id"), -1);
    base_free(base);
}

static void reads_every_key(void **state)
{
    (void)state;
    Base *base =
        good("{'name': 'b', 'schema': 'shop', 'date_order': 'dmy', 'null_tokens': ['-', 'n/a'], 'tables': ["
             "{'table': 'child', 'file': 'c.csv', 'skip': {'Name': ['', ' - ']},"
             " 'id': {'column': 'rid', 'natural_key': ['at', 'name']}, 'columns': ["
             "  {'column': 'parent', 'headers': ['P'], 'id_headers': ['P id'], 'type': 'link', 'to': 'parent',"
             "   'multiple': 'first', 'on_invalid': 'null'},"
             "  {'column': 'name', 'headers': ['Name', 'Title'], 'type': 'text', 'required': true, 'default': 'none'},"
             "  {'column': 'at', 'type': 'date', 'headers': ['At'], 'min': '2000-01-01'},"
             "  {'column': 'n', 'type': 'integer', 'min': -1, 'max': 2.5, 'derive': {'from': 'name', 'pattern': "
             "'([0-9]+)'}},"
             "  {'column': 'ok', 'type': 'boolean', 'headers': ['Ok'], 'default': true},"
             "  {'column': 'size', 'headers': ['Size'], 'type': 'choice', 'choices': ['S', 'L'],"
             "   'aliases': {' small ': 'S', '?': null}} ]},"
             "{'table': 'parent', 'file': 'p.csv', " ID ", 'columns': [" PLAIN "]}]}");
    assert_int_equal(base->date_order, DATE_DMY);
    assert_int_equal(base->null_tokens.n, 2);
    const Table *parent = &base->tables[0], *child = &base->tables[1]; /* linked tables first */
    assert_string_equal(parent->name, "parent");
    assert_int_equal(child->index, 1);
    assert_string_equal(child->schema, "shop");
    assert_memory_equal(child->state, "state_shop_child_", 17); /* and a hash: no other schema and table share it */
    assert_int_equal(strlen(child->state), 33);
    assert_string_equal(child->skips[0].values.items[1], "-"); /* trimmed, as cells are */
    assert_int_equal(child->natural_key[0], 2);
    assert_int_equal(child->name_column, 2); /* the first of the natural key */
    assert_int_equal(parent->name_column, 0);
    const Column *columns = child->columns;
    assert_ptr_equal(columns[0].to, parent);
    assert_true(columns[0].multiple_first && columns[0].on_invalid_null && !columns[0].required);
    assert_string_equal(columns[1].default_value, "none");
    assert_string_equal(columns[2].min, "2000-01-01");
    assert_string_equal(columns[3].min, "-1");
    assert_string_equal(columns[3].max, "2.5");
    assert_string_equal(columns[3].derive.pattern, "([0-9]+)");
    assert_string_equal(columns[4].default_value, "true");
    assert_string_equal(columns[5].aliases[0].from, "small");
    assert_null(columns[5].aliases[1].to);
    base_free(base);
}

static void order_follows_links_and_is_stable(void **state)
{
    (void)state;
#define LINKED(name, to)                                                                                               \
    "{'table': '" name "', 'file': '" name "', " ID ", 'columns': [" PLAIN                                             \
    ", {'column': 'l', 'headers': ['L'], 'type': 'link', 'to': '" to "'}]}"
#define FREE(name) "{'table': '" name "', 'file': '" name "', " ID ", 'columns': [" PLAIN "]}"
    Base *base = good(BASE(FREE("z") ", " LINKED("a", "b") ", " LINKED("b", "c") ", " FREE("y") ", " FREE("c")));
    Buf order = {0};
    for (int i = 0; i < base->n_tables; i++)
        buf_str(&order, base->tables[i].name);
    assert_string_equal(order.data, "zycba");
    assert_ptr_equal(base->tables[4].columns[1].to, &base->tables[3]);
    buf_free(&order);
    base_free(base);
    expect(BASE(FREE("z") ", " LINKED("a", "b") ", " LINKED("b", "c") ", " LINKED("c", "b")),
           "base.json: tables: links in a circle: c -> b -> c [leave one of these links unmapped]");
    expect(BASE(LINKED("a", "a")), "base.json: tables: links in a circle: a -> a [leave one of these links unmapped]");
}

static void long_table_names_get_a_hash(void **state)
{
    (void)state;
#define LONG "l234567890l234567890l234567890l234567890é234567890"
    Base *base = good("{'name': 'b', 'schema': 'a_schema', 'tables': [{'table': '" LONG "', 'file': 'f', " ID
                      ", 'columns': [" PLAIN "]}]}");
    const char *name = base->tables[0].state;
    assert_int_equal(strlen(name), 63);
    assert_memory_equal(name, "state_a_schema_l234567890l234567890l2345678901", 42);
    base_free(base);
}

static uint64_t fingerprint(const char *json)
{
    Base *base = good(json);
    uint64_t hash = base->tables[base->n_tables - 1].fingerprint;
    base_free(base);
    return hash;
}

static void fingerprint_follows_the_rules(void **state)
{
    (void)state;
    uint64_t plain = fingerprint(TABLE(PLAIN));
    assert_int_equal(plain, fingerprint(BASE("{'file': 'other.csv', 'table': 't', " ID ", 'columns': [" PLAIN "]}")));
    const char *const others[] = {
        TABLE("{'column': 'name', 'headers': ['Name'], 'type': 'text', 'required': true}"),
        TABLE("{'column': 'name', 'headers': ['Name', 'N'], 'type': 'text'}"),
        TABLE("{'column': 'name', 'headers': ['Name'], 'type': 'text', 'default': 'x'}"),
        TABLE("{'column': 'name', 'headers': ['Name'], 'type': 'json'}"),
        TABLE("{'column': 'name', 'headers': ['Name'], 'type': 'text', 'aliases': {'x': null}}"),
        TABLE("{'column': 'name', 'headers': ['Name'], 'type': 'text', 'aliases': {'x': '-'}}"),
        "{'name': 'b', 'date_order': 'auto', 'tables': [{'table': 't', 'file': 't.csv', " ID ", 'columns': [" PLAIN
        "]}]}",
        "{'name': 'b', 'null_tokens': ['-'], 'tables': [{'table': 't', 'file': 't.csv', " ID ", 'columns': [" PLAIN
        "]}]}",
        BASE("{'table': 't', 'file': 't.csv', " ID ", 'skip': {'Name': ['']}, 'columns': [" PLAIN "]}"),
    };
    for (size_t i = 0; i < COUNT(others); i++) {
        CASE("%s", others[i]);
        assert_true(fingerprint(others[i]) != plain);
    }
}

/* ---- what is refused: the JSON ---- */

#define M10 "\xCC\x96\xCC\x96\xCC\x96\xCC\x96\xCC\x96\xCC\x96\xCC\x96\xCC\x96\xCC\x96\xCC\x96"

static void syntax_has_line_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *json, *problem;
    } cases[] = {
        {"", "base.json: line 1, column 1: not valid JSON: it ends too early "
             "[a missing comma, quote or bracket just before?]"},
        {"{'name': 'b'\n 'tables': []}", "base.json: line 2, column 2: not valid JSON "
                                         "[a missing comma, quote or bracket just before?]"},
        {"{'é': [1}", "base.json: line 1, column 9: not valid JSON [a missing comma, quote or bracket just before?]"},
        {"{}\n x", "base.json: line 2, column 2: text after the closing bracket"},
        {"{'name': 'a\\u0000b'}", "base.json: line 1, column 12: \\u0000 cannot be part of a text"},
        {"{'name': 'a\nb'}",
         "base.json: line 1, column 12: a control character inside a string (write \\n, \\t or \\u00XX)"},
        {"{'name': 'b\\u0301" M10 M10 M10 "'}",
         "base.json: the text \"b\xCC\x81" M10 M10 M10 "\" has more than 30 combining marks in a row"},
        {"{\x01}", "base.json: line 1, column 2: a control character"},
        {"{'name': '\xFF'}", "base.json: line 1, column 11: invalid UTF-8 [save the file as UTF-8]"},
        {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1", "base.json: line 1, column 33: nested too deeply"},
        {"{'x': 1e999}", "base.json: a number is out of range [write it as a string]"},
        {"[]", "base.json: must be an object, not a list"},
        {"{'name': 'x', 'name': 'y', 'tables': 3}", "base.json: the key \"name\" is given twice"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CASE("%s", cases[i].json);
        expect(cases[i].json, cases[i].problem);
    }
    Problems problems = {0};
    assert_null(base_parse("{\0}", 3, "base.json", &problems));
    char *found = all_problems(&problems);
    assert_string_equal(found, "base.json: line 1, column 2: a NUL byte");
    free(found);
    problems_free(&problems);
}

static void size_is_limited_and_a_bom_is_fine(void **state)
{
    (void)state;
    Problems problems = {0};
    size_t size = 1024 * 1024 + 1;
    char *text = mem_alloc(size);
    memset(text, ' ', size);
    assert_null(base_parse(text, size, "base.json", &problems));
    assert_string_equal(problems.items[0].message, "is larger than 1 MB");
    free(text);
    problems_free(&problems);
    base_free(good("\xEF\xBB\xBF" TABLE(PLAIN) "\n\n"));
}

/* ---- what is refused: the base and its tables ---- */

static void base_keys_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *json, *problem;
    } cases[] = {
        {"{}", "base.json: the key \"name\" is missing\nbase.json: the key \"tables\" is missing"},
        {"{'name': 7, 'tables': {}}",
         "base.json: name: must be a string, not a number\nbase.json: tables: must be a list, not an object"},
        {"{'Name': 'b', 'name': '', 'tables': []}",
         "base.json: unknown key \"Name\" [did you mean \"name\"?]\nbase.json: name: must not be empty\n"
         "base.json: tables: must not be empty"},
        {"{'name': 'b', 'date_order': 'ymd', 'zzzzzz': 1, 'tables': ["
         "7]}",
         "base.json: unknown key \"zzzzzz\"\n"
         "base.json: date_order: \"ymd\" is not one of mdy, dmy and auto [did you mean \"mdy\"?]\n"
         "base.json: tables[0]: must be an object, not a number"},
        {"{'name': 'artsync', 'schema': 'artsync', 'null_tokens': ['x', 'x', '', null], 'tables': [{'table': 't', "
         "'file': 'f', " ID ", 'columns': [" PLAIN "]}]}",
         "base.json: name: a base cannot be called artsync [give it another name]\n"
         "base.json: schema: the schema artsync is not for a base's tables\n"
         "base.json: null_tokens[1]: \"x\" is given twice\nbase.json: null_tokens[2]: must not be empty\n"
         "base.json: null_tokens[3]: must be a string, not null"},
        {BASE("{'tabel': 't', 'file': 'a/b', 'id': {'column': 'rid'}, 'columns': []}"),
         "base.json: tables[0]: unknown key \"tabel\" [did you mean \"table\"?]\n"
         "base.json: tables[0]: the key \"table\" is missing\n"
         "base.json: tables[0]: file: must be a file name, not a path "
         "[--export-dir names the folder, --file any other path]\n"
         "base.json: tables[0]: id: needs \"headers\", \"natural_key\" or both: records cannot be identified without one of them\n"
         "base.json: tables[0]: columns: must not be empty"},
        {BASE("{'table': 't', 'file': 'f', " ID ", 'columns': [" PLAIN "]}, "
              "{'table': 't', 'file': 'f', " ID ", 'columns': [" PLAIN "]}, "
              "{'table': 'sync_logs', 'file': 'g', " ID ", 'columns': [" PLAIN "]}"),
         "base.json: tables[1] (t): the table t is mapped twice\n"
         "base.json: tables[1] (t): the file \"f\" is mapped twice\n"
         "base.json: tables[2] (sync_logs): the table sync_logs is artsync's own"},
        {BASE("{'table': 't', 'file': 'f', 'skip': {' ': [], 'A': ['', '']}, 'id': {'column': 'rid', 'headers': ['R'], "
              "'natural_key': ['nam', 'pic', 7]}, 'columns': [" PLAIN
              ", {'column': 'pic', 'type': 'attachments', 'headers': ['Pic']}]}"),
         AT ": id: natural_key[2]: must be a string, not a number\n" AT ": skip:  : must not be empty\n" AT
            ": skip: a header must not be empty\n" AT ": skip: A[1]: \"\" is given twice\n" AT
            ": id: natural_key: \"nam\" is not a mapped column of this table [did you mean \"name\"?]\n" AT
            ": id: natural_key: attachments change with every export and identify nothing"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        CASE("%s", cases[i].json);
        expect(cases[i].json, cases[i].problem);
    }
}

static void headers_feed_one_column(void **state)
{
    (void)state;
    expect(TABLE("{'column': 'a', 'headers': ['Name', ' '], 'type': 'text'},"
                 "{'column': 'b', 'headers': ['NAME '], 'type': 'text'},"
                 "{'column': 'c', 'headers': ['record id', '_reject_reason'], 'type': 'text'}"),
           AT ": columns[0] (a): a header must not be empty\n" AT
              ": columns[2] (c): headers that begin with _reject_ are ignored in a file\n" AT
              ": columns[1] (b): the header \"NAME \" is already mapped to a\n" AT
              ": columns[2] (c): the header \"record id\" is already mapped to the id");
    base_free(good(TABLE("{'column': 'a', 'headers': ['Name', 'NAME'], 'type': 'text'}"))); /* of one column: fine */
}

static void columns_are_mapped_once(void **state)
{
    (void)state;
    expect(TABLE(PLAIN ", {'column': 'name', 'headers': ['N'], 'type': 'text'},"
                       "{'column': 'rid', 'headers': ['R'], 'type': 'text'},"
                       "{'column': 'is_active', 'headers': ['A'], 'type': 'boolean'}"),
           AT ": columns[1] (name): the column name is mapped twice\n" AT
              ": columns[2] (rid): the id column is mapped by \"id\" and cannot be mapped again\n" AT
              ": columns[3] (is_active): is_active is kept by artsync itself and cannot be mapped "
              "[give artsync's column another name with \"metadata\"]");
}

/* ---- what is refused: columns ---- */

#define X64 "x234567890123456789012345678901234567890123456789012345678901234"

static const struct {
    const char *json, *problem;
} column_cases[] = {
    {"{'column': 'c'}", COLUMN ": the key \"type\" is missing"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'interger'}",
     COLUMN ": type: \"interger\" is not one of text, integer, decimal, currency, percent, boolean, date, datetime, "
            "duration, choice, list, attachments, link and json [did you mean \"integer\"?]"},
    {"{'column': '" X64 "', 'headers': ['C'], 'type': 'text'}",
     AT ": columns[0] (" X64 "): column: is longer than 63 bytes, which PostgreSQL would cut"},
    {"{'column': 'c', 'type': 'text'}", COLUMN ": needs \"headers\": no header of the file is mapped to this column"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'date', 'choices': ['x']}",
     COLUMN ": choices: makes no sense for the type date [it is for choice and list]"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'text', 'to': 'x', 'min': 1, 'multiple': 'all'}", COLUMN
     ": multiple: \"all\" is not one of reject and first\n" COLUMN
     ": to: makes no sense for the type text [it is for link]\n" COLUMN
     ": multiple: makes no sense for the type text [it is for link]\n" COLUMN ": min: makes no sense for the type text "
     "[it is for integer, decimal, currency, percent, date, datetime and duration]"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'text', 'required': true, 'on_invalid': 'null'}",
     COLUMN ": on_invalid: \"null\" is impossible for a required column [leave out one of the two]"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'integer', 'required': 'yes', 'min': 12345678901234567890}",
     COLUMN ": required: must be true or false, not a string\n" COLUMN
            ": min: this number loses digits [write it as a string]"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'choice'}",
     COLUMN ": the key \"choices\" is missing [a column of type choice needs it]"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'choice', 'choices': ['Small', 'SMALL', 'Large'], "
     "'aliases': {'XL': 'Larg', 'small': 'Large', ' ': null, 'a': 'Large', ' a': 'Large', 'b': 3}}",
     COLUMN ": choices: \"Small\" and \"SMALL\" differ only in case or spaces\n" COLUMN
            ": aliases: an alias cannot be empty [\"default\" is the value of an empty cell]\n" COLUMN
            ": aliases: \"a\" is given twice, spaces aside\n" COLUMN
            ": aliases: b: must be a string, not a number\n" COLUMN
            ": aliases: the alias \"XL\" means \"Larg\", which is not one of the choices [did you mean \"Large\"?]\n" COLUMN
            ": aliases: \"small\" is a choice itself, so this alias would never apply\n" COLUMN
            ": aliases: \"small\" is a choice itself, so this alias would never apply"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'text', 'aliases': []}", COLUMN ": aliases: must be an object, not a list"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'link'}",
     COLUMN ": the key \"to\" is missing [a column of type link needs it]"},
    {"{'column': 'c', 'headers': ['C'], 'type': 'link', 'to': 'tt'}",
     COLUMN ": to: \"tt\" is not a table of this base [did you mean \"t\"?]"},
    {"{'column': 'c', 'type': 'text', 'derive': {'from': 'c'}}",
     COLUMN ": derive: the key \"pattern\" is missing\n" COLUMN ": derive: from: a column cannot come from itself"},
    {"{'column': 'c', 'type': 'text', 'derive': {'from': 'd', 'pattern': '(x'}}, "
     "{'column': 'd', 'type': 'text', 'derive': {'from': 'e', 'pattern': 'x'}}",
     COLUMN ": derive: pattern: is not a POSIX extended regular expression: Unmatched ( or \\(\n" AT
            ": columns[1] (d): derive: pattern: has no group to take "
            "[write the part to take in parentheses, e.g. \" - (-?[0-9]+)$\"]\n" COLUMN
            ": derive: from: d is derived itself; name the column that it comes from\n" AT
            ": columns[1] (d): derive: from: \"e\" is not a mapped column of this table [did you mean \"c\"?]"},
    /* each + doubles what is compiled: without a bound this takes all memory there is */
    {"{'column': 'c', 'type': 'text', 'derive': {'from': 'd', 'pattern': '(x+++++++++++++++++++++++++++++++++++++++++++)'}}, "
     "{'column': 'd', 'type': 'text', 'headers': ['D']}",
     COLUMN ": derive: pattern: is too long, or repeats repetitions"},
    {"{'column': 'c', 'type': 'text', 'derive': {'from': 'd', 'pattern': '(((((((((((((((a)+)+)+)+)+)+)+)+)+)+)+)+)+)+)+'}}, "
     "{'column': 'd', 'type': 'text', 'headers': ['D']}",
     COLUMN ": derive: pattern: is too long, or repeats repetitions"},
    {"{'column': 'c', 'type': 'text', 'derive': {'from': 'd', 'pattern': '((a{1,200}){200})'}}, "
     "{'column': 'd', 'type': 'text', 'headers': ['D']}",
     COLUMN ": derive: pattern: is too long, or repeats repetitions"},
    {"{'column': 'c', 'type': 'text', 'derive': {'from': 'd', 'pattern': '(.*)\\\\1x'}}, "
     "{'column': 'd', 'type': 'text', 'headers': ['D']}",
     COLUMN ": derive: pattern: has a back reference, \\1 to \\9 [repeat the pattern of the group instead]"},
    {"{'column': 'c', 'type': 'text', 'derive': {'from': 'd', 'pattern': '(.*)[[:alpha:][]\\\\1]'}}, "
     "{'column': 'd', 'type': 'text', 'headers': ['D']}",
     COLUMN ": derive: pattern: has a back reference, \\1 to \\9 [repeat the pattern of the group instead]"},
};

static void columns_are_checked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(column_cases); i++) {
        CASE("%s", column_cases[i].json);
        char json[1024];
        snprintf(json, sizeof json, TABLE("%s"), column_cases[i].json);
        expect(json, column_cases[i].problem);
    }
    base_free(good(TABLE("{'column': 'c', 'type': 'text', 'derive': {'from': 'd', "
                         "'pattern': '^[[:alpha:]+{}]+ - ([0-9]{1,4})[+\\\\1]+\\\\\\\\1([a-z]+ )+$'}}, "
                         "{'column': 'd', 'type': 'text', 'headers': ['D']}")));
}

static void links_by_name_need_a_name(void **state)
{
    (void)state;
#define PARENT "{'table': 'p', 'file': 'p', " ID ", 'columns': [{'column': 'n', 'headers': ['N'], 'type': 'integer'}]}"
#define CHILD(headers)                                                                                                 \
    "{'table': 't', 'file': 't', " ID ", 'columns': [" PLAIN ", {'column': 'c', " headers                              \
    ", 'type': 'link', 'to': 'p'}]}"
    expect(BASE(CHILD("'headers': ['C']") ", " PARENT),
           AT ": columns[1] (c): to: no column of p holds a name to link by "
              "[give it a natural_key or a text column, or link by id_headers alone]");
    base_free(good(BASE(CHILD("'id_headers': ['C']") ", " PARENT)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_art_base),
        cmocka_unit_test(reads_every_key),
        cmocka_unit_test(order_follows_links_and_is_stable),
        cmocka_unit_test(long_table_names_get_a_hash),
        cmocka_unit_test(fingerprint_follows_the_rules),
        cmocka_unit_test(syntax_has_line_and_column),
        cmocka_unit_test(size_is_limited_and_a_bom_is_fine),
        cmocka_unit_test(base_keys_are_checked),
        cmocka_unit_test(headers_feed_one_column),
        cmocka_unit_test(columns_are_mapped_once),
        cmocka_unit_test(columns_are_checked),
        cmocka_unit_test(links_by_name_need_a_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

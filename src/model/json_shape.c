#include "json_shape.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "artsync/utf8.h"

/* ---- shapes that many keys have ---- */

static const JsonShape any_text = {.kind = SHAPE_TEXT, .empty = true};

const JsonShape shape_text = {.kind = SHAPE_TEXT};
const JsonShape shape_name = {.kind = SHAPE_TEXT, .most = IDENTIFIER_MAX};
const JsonShape shape_scalar = {.kind = SHAPE_SCALAR};
const JsonShape shape_boolean = {.kind = SHAPE_BOOLEAN};
const JsonShape shape_names = {.kind = SHAPE_LIST, .item = &shape_text};
const JsonShape shape_texts = {.kind = SHAPE_LIST, .item = &any_text};

/* ---- the path of a value ---- */

Node node_root(JsonDoc *doc, const cJSON *json) { return (Node){.doc = doc, .json = json, .index = -1}; }

Node node_get(const Node *object, const char *key)
{
    const cJSON *json = cJSON_IsObject(object->json) ? cJSON_GetObjectItemCaseSensitive(object->json, key) : NULL;
    return (Node){.doc = object->doc, .up = object, .json = json, .key = key, .index = -1};
}

Node node_item(const Node *array, int index, const cJSON *json, const char *label_key)
{
    const cJSON *label = label_key && cJSON_IsObject(json) ? cJSON_GetObjectItemCaseSensitive(json, label_key) : NULL;
    return (Node){.doc = array->doc, .up = array, .json = json, .index = index, .label = cJSON_GetStringValue(label)};
}

static void add_place(Buf *out, const Node *node)
{
    if (!node->up) {
        buf_str(out, node->doc->origin);
        return;
    }
    add_place(out, node->up);
    if (node->index >= 0)
        buf_printf(out, "[%d]", node->index);
    else
        buf_printf(out, ": %s", node->key);
    if (node->label)
        buf_printf(out, " (%s)", node->label);
}

void node_problem(const Node *node, const char *hint, const char *format, ...)
{
    Buf place = {0}, message = {0};
    add_place(&place, node);
    buf_reserve(&message, 64);
    va_list args;
    va_start(args, format);
    buf_vprintf(&message, format, args);
    va_end(args);
    problems_add(node->doc->problems, place.data, hint, "%s", message.data);
    buf_free(&place);
    buf_free(&message);
}

/* ---- values of one shape ---- */

static void expected(const Node *node, const char *what)
{
    const cJSON *json = node->json;
    const char *found = cJSON_IsNull(json)     ? "null"
                        : cJSON_IsBool(json)   ? "true or false"
                        : cJSON_IsNumber(json) ? "a number"
                        : cJSON_IsString(json) ? "a string"
                        : cJSON_IsArray(json)  ? "a list"
                                               : "an object";
    node_problem(node, NULL, "must be %s, not %s", what, found);
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

bool node_object(const Node *node)
{
    if (!node->json)
        return false;
    if (!cJSON_IsObject(node->json)) {
        expected(node, "an object");
        return false;
    }
    int n = cJSON_GetArraySize(node->json), i = 0;
    if (n > JSON_ITEMS) {
        node_problem(node, NULL, "has more than %d keys", JSON_ITEMS);
        return false;
    }
    const char **keys = mem_alloc(((size_t)n + 1) * sizeof *keys);
    for (const cJSON *child = node->json->child; child; child = child->next)
        keys[i++] = child->string;
    qsort(keys, (size_t)n, sizeof *keys, by_text);
    bool ok = true;
    for (i = 1; i < n; i++)
        if (strcmp(keys[i - 1], keys[i]) == 0 && (i == 1 || strcmp(keys[i - 2], keys[i]) != 0)) {
            node_problem(node, NULL, "the key \"%s\" is given twice", keys[i]);
            ok = false;
        }
    free(keys);
    return ok;
}

bool node_fields(const Node *object, const JsonKey *keys, size_t n, void *target)
{
    if (!node_object(object))
        return false;
    Arena *arena = object->doc->arena;
    const char **names = arena_alloc(arena, n * sizeof *names);
    for (size_t i = 0; i < n; i++)
        names[i] = keys[i].name;
    for (const cJSON *child = object->json->child; child; child = child->next) {
        size_t i = 0;
        while (i < n && strcmp(names[i], child->string) != 0)
            i++;
        if (i == n)
            node_problem(object, nearest_hint(arena, child->string, names, (int)n), "unknown key \"%s\"",
                         child->string);
    }
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        Node value = node_get(object, names[i]);
        if (value.json)
            keys[i].read(&value, target);
        else if (keys[i].required) {
            node_problem(object, NULL, "the key \"%s\" is missing", names[i]);
            ok = false;
        }
    }
    return ok;
}

int node_array(const Node *node)
{
    if (!node->json)
        return 0;
    if (!cJSON_IsArray(node->json)) {
        expected(node, "a list");
        return 0;
    }
    int n = cJSON_GetArraySize(node->json);
    if (n == 0)
        node_problem(node, NULL, "must not be empty");
    if (n > JSON_ITEMS)
        node_problem(node, NULL, "has more than %d elements", JSON_ITEMS);
    return n > JSON_ITEMS ? 0 : n;
}

const char *node_text(const Node *node)
{
    if (!node->json)
        return NULL;
    if (!cJSON_IsString(node->json)) {
        expected(node, "a string");
        return NULL;
    }
    if (!*node->json->valuestring) {
        node_problem(node, NULL, "must not be empty");
        return NULL;
    }
    return arena_str(node->doc->arena, node->json->valuestring);
}

const char *node_identifier(const Node *node)
{
    const char *name = node_text(node);
    if (name && strlen(name) > IDENTIFIER_MAX) {
        node_problem(node, NULL, "is longer than %d bytes, which PostgreSQL would cut", IDENTIFIER_MAX);
        return NULL;
    }
    return name;
}

const char *node_scalar(const Node *node)
{
    Arena *arena = node->doc->arena;
    if (cJSON_IsBool(node->json))
        return arena_str(arena, cJSON_IsTrue(node->json) ? "true" : "false");
    if (!cJSON_IsNumber(node->json))
        return node_text(node);
    double number = node->json->valuedouble;
    const char *text = arena_printf(arena, "%.15g", number);
    if (strchr(text, 'e') || strtod(text, NULL) != number) {
        node_problem(node, "write it as a string", "this number loses digits");
        return NULL;
    }
    return text;
}

bool node_boolean(const Node *node, bool absent)
{
    if (!node->json)
        return absent;
    if (cJSON_IsBool(node->json))
        return cJSON_IsTrue(node->json);
    expected(node, "true or false");
    return absent;
}

StringList node_names(const Node *node, bool empty_ok)
{
    StringList names = {0};
    int n = node_array(node);
    if (n == 0)
        return names;
    names.items = arena_alloc(node->doc->arena, (size_t)n * sizeof *names.items);
    int i = 0;
    for (const cJSON *json = node->json->child; json; json = json->next) {
        Node item = node_item(node, i++, json, NULL);
        const char *name = empty_ok && cJSON_IsString(json) && !*json->valuestring ? "" : node_text(&item);
        if (!name)
            continue;
        bool repeated = false;
        for (int k = 0; k < names.n && !repeated; k++)
            repeated = strcmp(names.items[k], name) == 0;
        if (repeated)
            node_problem(&item, NULL, "\"%s\" is given twice", name);
        else
            names.items[names.n++] = name;
    }
    return names;
}

int node_word(const Node *node, const char *const *words, int absent)
{
    const char *word = node_text(node);
    if (!word)
        return node->json ? -1 : absent;
    int n = 0;
    for (; words[n]; n++)
        if (strcmp(words[n], word) == 0)
            return n;
    node_problem(node, nearest_hint(node->doc->arena, word, words, n), "\"%s\" is not one of %s", word,
                 list_words(node->doc->arena, words, n));
    return -1;
}

/* ---- words for messages ---- */

const char *nearest_hint(Arena *arena, const char *word, const char *const *words, int n)
{
    Arena own = {0}, each = {0};
    Str folded = utf8_fold(str_of(word), &own);
    size_t limit = folded.n < 6 ? 2 : 3, best = limit + 1;
    const char *nearest = NULL;
    for (int i = 0; i < n; i++) {
        size_t distance = utf8_distance(folded, utf8_fold(str_of(words[i]), &each), limit);
        if (distance < best) {
            best = distance;
            nearest = words[i];
        }
        arena_reset(&each);
    }
    arena_free(&each);
    arena_free(&own);
    return nearest ? arena_printf(arena, "did you mean \"%s\"?", nearest) : NULL;
}

const char *list_words(Arena *arena, const char *const *words, int n)
{
    Buf text = {0};
    for (int i = 0; i < n; i++)
        buf_printf(&text, "%s%s", i == 0 ? "" : i < n - 1 ? ", " : " and ", words[i]);
    const char *kept = arena_strn(arena, buf_view(&text).p, text.len);
    buf_free(&text);
    return kept;
}

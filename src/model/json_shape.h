/* json_shape.h - strict JSON for settings that people write by hand: a parser that refuses what cJSON accepts wrongly,
 * and typed access that reports a wrong shape with its place and goes on, so that all problems are found at once.
 *
 * A Node is a JSON value and its path. Nodes live on the caller's stack; the path is only written out for a problem. A
 * value that is absent gives a Node whose `json` is NULL, which every function accepts.
 */
#ifndef ARTSYNC_MODEL_JSON_SHAPE_H
#define ARTSYNC_MODEL_JSON_SHAPE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

#include "artsync/base.h"
#include "artsync/base_keys.h"
#include "artsync/mem.h"

enum { JSON_MAX = 1024 * 1024, JSON_DEPTH = 32, JSON_ITEMS = 5000, IDENTIFIER_MAX = 63 };

typedef struct JsonDoc {
    const char *origin; /* names the file in places */
    Arena *arena;       /* strings handed out live here */
    Problems *problems;
} JsonDoc;

typedef struct Node {
    JsonDoc *doc;
    const struct Node *up; /* NULL: the whole document */
    const cJSON *json;     /* NULL: absent */
    const char *key;       /* in an object */
    int index;             /* in an array; -1: in an object */
    const char *label;     /* what people call it: "(editions)"; or NULL */
} Node;

/* The text as a tree (for cJSON_Delete), or NULL with one problem that names line and column. Refused beyond syntax:
 * more than JSON_MAX bytes or JSON_DEPTH levels, bytes behind the value, invalid UTF-8, \u0000 and raw control
 * characters in strings, numbers that are not finite, long runs of combining marks. */
cJSON *json_read(JsonDoc *doc, const char *text, size_t size);

Node node_root(JsonDoc *doc, const cJSON *json);
Node node_get(const Node *object, const char *key);
Node node_item(const Node *array, int index, const cJSON *json, const char *label_key);

/* Add a problem at this node. */
void node_problem(const Node *node, const char *hint, const char *format, ...) ART_PRINTF(3, 4);

/* True for an object of at most JSON_ITEMS keys, none repeated; else a problem. */
bool node_object(const Node *node);

/* Check an object against its keys (repeated, unknown, missing ones are problems) and read it, in the order of `keys`.
 * False where it is no object or a required key is missing. */
bool node_fields(const Node *object, const JsonKey *keys, size_t n, void *target);

/* Length of an array of 1 to JSON_ITEMS elements; 0 if absent, 0 and a problem if it is something else. */
int node_array(const Node *node);

/* A copy of a string that is not empty; NULL if absent, NULL and a problem for anything else. */
const char *node_text(const Node *node);

/* As node_text, and at most 63 bytes: a name for PostgreSQL. */
const char *node_identifier(const Node *node);

/* As node_text, but also a number or boolean, as the text a cell would hold. */
const char *node_scalar(const Node *node);

bool node_boolean(const Node *node, bool absent);

/* An array of strings without repetitions; `empty_ok`: "" may be among them. */
StringList node_names(const Node *node, bool empty_ok);

/* The index of a string in `words`, NULL-terminated; `absent` if absent; -1 and a problem otherwise. */
int node_word(const Node *node, const char *const *words, int absent);

/* "did you mean \"x\"?" for the nearest of n words, or NULL if none is near. */
const char *nearest_hint(Arena *arena, const char *word, const char *const *words, int n);

/* "a, b and c" */
const char *list_words(Arena *arena, const char *const *words, int n);

#endif

/* base_keys.h - the keys of base.json, described once: what the parser reads, what `base schema` prints, and what
 * docs/REFERENCE.md and the manual page base.json(5) say come from these rows.
 *
 * Add a key by one row in its list (src/model/base_*.c): its name, the function that reads it, its shape and its
 * meaning. `make docs` then writes both documents, and a test compares what the parser takes with what the shape
 * allows. */
#ifndef ARTSYNC_BASE_KEYS_H
#define ARTSYNC_BASE_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct Node;
struct KeyList;

typedef enum ShapeKind {
    SHAPE_TEXT = 1, /* a string */
    SHAPE_SCALAR,   /* a string, a number, true or false */
    SHAPE_BOOLEAN,
    SHAPE_INTEGER,
    SHAPE_NULL,
    SHAPE_WORD,   /* one of `words` */
    SHAPE_LIST,   /* of `item`; never empty */
    SHAPE_MAP,    /* an object with any keys, each value an `item` */
    SHAPE_OBJECT, /* an object with the keys of `keys` */
    SHAPE_EITHER  /* `item` or `other` */
} ShapeKind;

/* What a value may look like, as far as that can be said without the rest of base.json. */
typedef struct JsonShape {
    ShapeKind kind;
    bool empty;                    /* SHAPE_TEXT: "" is allowed */
    bool repeats;                  /* SHAPE_LIST: two elements may be equal */
    int most;                      /* SHAPE_TEXT: at most so many characters; 0: any number */
    const char *pattern;           /* SHAPE_TEXT: an ECMA 262 regular expression; or NULL */
    const char *const *words;      /* SHAPE_WORD: NULL-terminated */
    const struct JsonShape *item, *other;
    const struct KeyList *keys;    /* SHAPE_OBJECT */
} JsonShape;

extern const JsonShape shape_text;    /* a string that is not empty */
extern const JsonShape shape_name;    /* the same, at most 63 bytes: a name for PostgreSQL */
extern const JsonShape shape_scalar;
extern const JsonShape shape_boolean;
extern const JsonShape shape_names;   /* a list of different strings, none empty */
extern const JsonShape shape_texts;   /* a list of different strings; "" may be among them */

/* One row per key that an object may have. */
typedef struct JsonKey {
    const char *name;
    bool required;
    void (*read)(const struct Node *value, void *target); /* called where the key is present */
    unsigned types;         /* columns: a bit per FieldType where it makes sense; 0: all */
    unsigned needed;        /* columns: a bit per FieldType where it must be; 0: as `required` says */
    const JsonShape *shape;
    const char *means;      /* for people, on one line; `x` is code */
} JsonKey;

typedef struct KeyList {
    const char *object;     /* what the documents call it: "base", "table", "column" ... */
    const JsonKey *keys;
    size_t n;
    const char *any_of;     /* names between spaces of which one must be there; or NULL */
} KeyList;

extern const KeyList base_key_list; /* the whole document: every other list is below it */

#endif

/* transforms.h - one row per step of "transform" and per kind of "mask". Add one by its row here, its function in
 * src/clean/transform.c or mask.c and its cases in tests/cases/transform.cases; names in base.json and messages follow
 * from the row.
 *
 *   STEP(NAME, name, arguments, form)   arguments: how many texts follow it, behind colons; `form` as documents show it
 *   MASK(NAME, name, number, keyed, form)   number: a whole number follows; keyed: it needs ARTSYNC_MASK_KEY
 */
#ifndef ARTSYNC_TRANSFORMS_H
#define ARTSYNC_TRANSFORMS_H

#define TRANSFORM_STEPS(STEP)                                                                                          \
    STEP(TRIM, "trim", 0, "trim")                                                                                      \
    STEP(LOWER, "lower", 0, "lower")                                                                                   \
    STEP(UPPER, "upper", 0, "upper")                                                                                   \
    STEP(DIGITS, "digits", 0, "digits")                                                                                \
    STEP(COLLAPSE_SPACES, "collapse_spaces", 0, "collapse_spaces")                                                     \
    STEP(STRIP, "strip", 1, "strip:TEXT")                                                                              \
    STEP(REPLACE, "replace", 2, "replace:FROM:TO")                                                                     \
    STEP(PREFIX, "prefix", 1, "prefix:TEXT")                                                                           \
    STEP(SPLIT, "split", 2, "split:SEP:N")

#define MASKS(MASK)                                                                                                    \
    MASK(NULL, "null", false, false, "null")                                                                           \
    MASK(HASH, "hash", false, true, "hash")                                                                            \
    MASK(EMAIL, "email", false, false, "email")                                                                        \
    MASK(PHONE, "phone", false, false, "phone")                                                                        \
    MASK(NAME, "name", false, false, "name")                                                                           \
    MASK(KEEP, "keep", true, false, "keep:N")

#define STEP_NUMBER(NAME, ...) STEP_##NAME,
typedef enum StepKind { TRANSFORM_STEPS(STEP_NUMBER) STEP_KINDS } StepKind;

#define MASK_NUMBER(NAME, ...) MASK_##NAME,
typedef enum MaskKind { MASK_NONE, MASKS(MASK_NUMBER) MASK_KINDS } MaskKind;

enum { STEP_ARGUMENTS = 2 };

/* One step of "transform". */
typedef struct TransformStep {
    StepKind kind;
    const char *arguments[STEP_ARGUMENTS]; /* as many as the kind has; never NULL there */
    int number;                            /* split: which part, from 1 on */
} TransformStep;

/* "mask" of a column. */
typedef struct Mask {
    MaskKind kind;
    int number; /* keep: how many characters */
} Mask;

#endif

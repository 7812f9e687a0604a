/* From bytes to a tree. cJSON does the parsing; what it lets pass is refused here (see json_shape.h). */
#include <math.h>

#include "artsync/utf8.h"
#include "json_shape.h"

/* A problem at a byte of the text, by line and column (in characters), as editors count. */
static void syntax_problem(JsonDoc *doc, const char *text, size_t offset, const char *hint, const char *message)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < offset; i++)
        if (text[i] == '\n') {
            line++;
            start = i + 1;
        }
    size_t column = 1;
    for (size_t i = start; i < offset; i++)
        column += ((unsigned char)text[i] & 0xC0) != 0x80;
    problems_add(doc->problems, doc->origin, hint, "line %zu, column %zu: %s", line, column, message);
}

/* Check strings and brackets: what cJSON would accept silently. Broken syntax is left for cJSON to find. */
static bool lexically_sound(JsonDoc *doc, const char *text, size_t size)
{
    bool in_string = false;
    int depth = 0;
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)text[i];
        const char *fault = NULL;
        if (c == '\0')
            fault = "a NUL byte";
        else if (in_string && c == '\\') {
            if (size - i >= 6 && memcmp(text + i, "\\u0000", 6) == 0)
                fault = "\\u0000 cannot be part of a text";
            else
                i++;
        } else if (in_string && c < 0x20)
            fault = "a control character inside a string (write \\n, \\t or \\u00XX)";
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && c < 0x20 && c != '\n' && c != '\r' && c != '\t')
            fault = "a control character";
        else if (!in_string && (c == '[' || c == '{') && ++depth > JSON_DEPTH)
            fault = "nested too deeply";
        else if (!in_string && (c == ']' || c == '}'))
            depth--;
        if (fault) {
            syntax_problem(doc, text, i, NULL, fault);
            return false;
        }
    }
    return true;
}

static bool text_sound(JsonDoc *doc, const char *text)
{
    if (!text || utf8_stream_safe(str_of(text)))
        return true;
    Arena arena = {0};
    problems_add(doc->problems, doc->origin, NULL, "the text \"%s\" %s", utf8_printable(str_of(text), 60, &arena),
                 UTF8_MARKS_REASON);
    arena_free(&arena);
    return false;
}

/* What only the parsed values show: escapes may hide it. */
static bool values_sound(JsonDoc *doc, const cJSON *json)
{
    if (cJSON_IsNumber(json) && !isfinite(json->valuedouble)) {
        problems_add(doc->problems, doc->origin, "write it as a string", "a number is out of range");
        return false;
    }
    if (!text_sound(doc, json->string) || !text_sound(doc, json->valuestring))
        return false;
    for (const cJSON *child = json->child; child; child = child->next)
        if (!values_sound(doc, child))
            return false;
    return true;
}

cJSON *json_read(JsonDoc *doc, const char *text, size_t size)
{
    if (size > JSON_MAX) {
        problems_add(doc->problems, doc->origin, NULL, "is larger than 1 MB");
        return NULL;
    }
    if (size >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        size -= 3;
    }
    size_t bad = 0;
    if (!utf8_valid((Str){text, size}, &bad)) {
        syntax_problem(doc, text, bad, "save the file as UTF-8", "invalid UTF-8");
        return NULL;
    }
    if (!lexically_sound(doc, text, size))
        return NULL;
    const char *end = text;
    cJSON *json = cJSON_ParseWithLengthOpts(text, size, &end, false);
    if (!json) {
        size_t at = end ? (size_t)(end - text) : 0;
        syntax_problem(doc, text, at < size ? at : size, "a missing comma, quote or bracket just before?",
                       at < size ? "not valid JSON" : "not valid JSON: it ends too early");
        return NULL;
    }
    size_t rest = (size_t)(end - text);
    while (rest < size && (text[rest] == ' ' || text[rest] == '\t' || text[rest] == '\r' || text[rest] == '\n'))
        rest++;
    if (rest < size)
        syntax_problem(doc, text, rest, NULL, "text after the closing bracket");
    else if (values_sound(doc, json))
        return json;
    cJSON_Delete(json);
    return NULL;
}

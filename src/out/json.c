#include "artsync/out.h"
#include "artsync/utf8.h"

cJSON *json_string(const char *text)
{
    if (!text)
        return cJSON_CreateNull();
    Str rest = str_of(text);
    size_t bad;
    if (utf8_valid(rest, &bad))
        return cJSON_CreateString(text);
    Buf clean = {0};
    do {
        buf_add(&clean, rest.p, bad);
        buf_str(&clean, "\xEF\xBF\xBD");
        rest = (Str){rest.p + bad + 1, rest.n - bad - 1};
    } while (!utf8_valid(rest, &bad));
    buf_add(&clean, rest.p, rest.n);
    cJSON *item = cJSON_CreateString(clean.data);
    buf_free(&clean);
    return item;
}

cJSON *json_string_or_null(const char *text) { return json_string(text && *text ? text : NULL); }

static void print_point(FILE *out, int32_t point)
{
    unsigned p = (unsigned)point;
    if (p < 0x10000)
        fprintf(out, "\\u%04x", p);
    else
        fprintf(out, "\\u%04x\\u%04x", 0xD800 + ((p - 0x10000) >> 10), 0xDC00 + ((p - 0x10000) & 0x3FF));
}

/* Complete JSON. What a terminal would act on or hide can only be inside a string: there \uNNNN means the same. */
static void print_json(FILE *out, const char *json)
{
    Str text = str_of(json);
    size_t done = 0;
    for (size_t i = 0, size; i < text.n; i += size) {
        unsigned char c = (unsigned char)text.p[i];
        bool hidden = false;
        int32_t point = c;
        size = 1;
        if (c >= 0x7F)
            point = utf8_next(text, i, &size, &hidden);
        if (!hidden || point < 0)
            continue;
        fwrite(text.p + done, 1, i - done, out);
        print_point(out, point);
        done = i + size;
    }
    fwrite(text.p + done, 1, text.n - done, out);
}

static void print_item(FILE *out, cJSON *item)
{
    char *text = cJSON_PrintUnformatted(item); /* cannot fail: out_setup gave cJSON an allocator that cannot */
    print_json(out, text);
    cJSON_free(text);
    cJSON_Delete(item);
}

/* The comma and the key; what is at depth 0 of a document gets lines of its own, for readers. */
static void place(JsonOut *json, const char *key)
{
    uint64_t bit = UINT64_C(1) << json->depth;
    if (json->filled & bit)
        fputc(',', json->out);
    if (json->depth <= 2)
        fprintf(json->out, "\n%*s", json->depth * 2, "");
    json->filled |= bit;
    if (key) {
        print_item(json->out, json_string(key));
        fputs(json->depth <= 2 ? ": " : ":", json->out);
    }
}

static void deeper(JsonOut *json, char bracket)
{
    fputc(bracket, json->out);
    json->depth++;
    json->filled &= ~(UINT64_C(1) << json->depth);
}

void json_begin(JsonOut *json, FILE *out)
{
    *json = (JsonOut){.out = out};
    deeper(json, '{');
}

void json_close(JsonOut *json, char bracket)
{
    uint64_t bit = UINT64_C(1) << json->depth;
    json->depth--;
    if ((json->filled & bit) && json->depth < 2)
        fprintf(json->out, "\n%*s", json->depth * 2, "");
    fputc(bracket, json->out);
}

void json_end(JsonOut *json)
{
    json_close(json, '}');
    fputc('\n', json->out);
}

void json_open(JsonOut *json, const char *key, char bracket)
{
    place(json, key);
    deeper(json, bracket);
}

void json_item(JsonOut *json, const char *key, cJSON *item)
{
    place(json, key);
    print_item(json->out, item);
}

void json_raw(JsonOut *json, const char *key, const char *text)
{
    place(json, key);
    print_json(json->out, text);
}

void json_text(JsonOut *json, const char *key, const char *text) { json_item(json, key, json_string(text)); }

void json_number(JsonOut *json, const char *key, int64_t n)
{
    place(json, key);
    fprintf(json->out, "%lld", (long long)n);
}

void json_bool(JsonOut *json, const char *key, bool yes) { json_raw(json, key, yes ? "true" : "false"); }

void json_null(JsonOut *json, const char *key) { json_raw(json, key, "null"); }

cJSON *json_error(const Err *err)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "code", err_name(err->code));
    cJSON_AddItemToObject(object, "message", json_string(err->message));
    cJSON_AddItemToObject(object, "hint", json_string(err->hint));
    cJSON_AddItemToObject(object, "sqlstate", json_string_or_null(err->sqlstate));
    return object;
}

#include "shape.h"

#include <stdlib.h>

#include <cjson/cJSON.h>

#include "artsync/csv_writer.h"

/* ---- dates: 2025-03-09 as 3/9/2025 or 9/3/2025; a time of day stays behind it as it is ---- */

static bool is_iso_day(const char *text)
{
    static const char shape[] = "0000-00-00";
    for (size_t i = 0; i < sizeof shape - 1; i++)
        if (shape[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    return text[10] == '\0' || (text[10] == ' ' && text[11] >= '0' && text[11] <= '9'); /* and not BC */
}

static int number(const char *digits, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

static const char *unpadded(const char *two_digits) { return two_digits + (two_digits[0] == '0'); }

static int width(const char *two_digits) { return two_digits[0] == '0' ? 1 : 2; }

/* Where the files' order is to be found out (auto), the ISO form leaves nothing to guess. */
static const char *shape_date(DateOrder order, const char *text, Buf *out)
{
    if (order == DATE_AUTO || !is_iso_day(text))
        return text;
    const char *month = text + 5, *day = text + 8;
    const char *first = order == DATE_DMY ? day : month, *second = order == DATE_DMY ? month : day;
    buf_printf(out, "%.*s/%.*s/%.4s%s", width(first), unpadded(first), width(second), unpadded(second), text,
               text + 10);
    return out->data;
}

/* 2025-07-01 10:40:00.5+00 as 2025-07-01 11:40:00.5 in the column's zone; with its offset where the zone repeats the
 * time. */
static const char *in_zone(const Zone *zone, const char *text, Buf *out)
{
    size_t n = strlen(text);
    if (!zone || !is_iso_day(text) || n < 22 || strcmp(text + n - 3, "+00") != 0)
        return text;
    int year = number(text, 4), month = number(text + 5, 2), day = number(text + 8, 2), second;
    int64_t utc =
        civil_seconds(year, month, day, (number(text + 11, 2) * 60 + number(text + 14, 2)) * 60 + number(text + 17, 2));
    int64_t offset = zone_offset_of_utc(zone, utc), local = utc + offset;
    civil_date(local, &year, &month, &day, &second);
    bool repeated = zone_offset_of_local(zone, local) != offset;
    if (year < 1 || year > 9999 || (repeated && offset % 60 != 0))
        return text; /* as UTC */
    buf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d%.*s", year, month, day, second / 3600, second / 60 % 60, second % 60,
               (int)(n - 3 - 19), text + 19);
    if (repeated)
        buf_printf(out, "%c%02d:%02d", offset < 0 ? '-' : '+', (int)(llabs(offset) / 3600),
                   (int)(llabs(offset) / 60 % 60));
    return out->data;
}

/* ---- arrays: {a,"b, c",NULL} as PostgreSQL prints it ---- */

/* One element into `out`; returns what follows it, at a comma or the closing bracket. *null: the bare word NULL. */
static const char *read_element(const char *p, Buf *out, bool *null)
{
    bool quoted = *p == '"';
    buf_clear(out);
    buf_reserve(out, 0);
    if (quoted) {
        for (p++; *p && *p != '"'; p++) {
            if (*p == '\\' && p[1])
                p++;
            buf_char(out, *p);
        }
        p += *p == '"';
    } else {
        for (; *p && *p != ',' && *p != '}'; p++) {
            if (*p == '\\' && p[1])
                p++;
            buf_char(out, *p);
        }
    }
    *null = !quoted && str_eq(buf_view(out), STR("NULL"));
    return p;
}

/* The last part of a URL's path, which is what cleaning calls an attachment that has no name. */
static Str url_name(const char *url)
{
    size_t end = strcspn(url, "?#"), start = end;
    while (start && url[start - 1] != '/')
        start--;
    return start == end ? STR("attachment") : (Str){url + start, end - start};
}

static void add_attachment(Buf *out, const char *url)
{
    Str name = url_name(url);
    if (strncmp(url, "https://", 8) == 0 || strncmp(url, "http://", 7) == 0)
        buf_printf(out, "%.*s (%s)", (int)name.n, name.p, url);
    else
        csv_quote_element(out, url); /* no URL: it will not read back, and the record will say so */
}

static const char *shape_array(bool attachments, const char *text, Buf *out)
{
    Buf element = {0};
    const char *p = text, *comma = "";
    if (*p++ != '{')
        return text;
    while (*p && *p != '}') {
        bool null;
        p = read_element(p, &element, &null);
        if (!null) {
            buf_str(out, comma);
            if (attachments)
                add_attachment(out, element.data);
            else
                csv_quote_element(out, element.data);
            comma = ",";
        }
        p += *p == ',';
    }
    buf_free(&element);
    return buf_view(out).p;
}

/* An array in JSON: its strings. One that people gave other values goes out as it is: it is no list. */
static const char *shape_json_array(const char *text, Buf *out)
{
    cJSON *list = cJSON_Parse(text);
    bool plain = list != NULL;
    const cJSON *item;
    cJSON_ArrayForEach(item, list) {
        if (!cJSON_IsString(item)) {
            plain = false;
            break;
        }
        buf_str(out, out->len ? "," : "");
        csv_quote_element(out, item->valuestring);
    }
    cJSON_Delete(list);
    return plain ? buf_view(out).p : text;
}

/* ---- numbers: 1.500 could be read as thousands, 01.500 cannot, whatever other cells show ---- */

static const char *shape_number(const Column *column, const char *text, Buf *out)
{
    size_t sign = *text == '-', whole = strspn(text + sign, "0123456789");
    const char *point = text + sign + whole;
    bool marked = *point == '.';
    bool ambiguous =
        marked && whole <= 3 && text[sign] != '0' && strspn(point + 1, "0123456789") == 3 && point[4] == '\0';
    buf_printf(out, "%.*s%s%.*s", (int)sign, text, ambiguous && column->mark == MARK_AUTO ? "0" : "", (int)whole,
               text + sign);
    buf_printf(out, "%s%s", marked ? (column->mark == MARK_COMMA ? "," : ".") : "", point + marked);
    if (column->type == FIELD_PERCENT)
        buf_char(out, '%');
    return out->data;
}

/* ---- cells ---- */

static const char *shape_datetime(const Column *column, DateOrder order, const char *text, Buf *scratch)
{
    Buf local = {0}, day = {0};
    const char *shown = in_zone(column->zone_offsets, text, &local);
    size_t n = strlen(shown);
    if (column->type == FIELD_DATE && n > 10 && strncmp(shown + 10, " 00:00:00", 9) == 0 &&
        (shown[19] == '\0' || (!column->zone_offsets && strcmp(shown + 19, "+00") == 0))) {
        buf_add(&day, shown, 10); /* midnight there: a date again */
        shown = buf_view(&day).p;
    }
    const char *cell = shape_date(order, shown, scratch);
    if (cell == local.data || cell == day.data) { /* it was not shaped further */
        buf_str(scratch, cell);
        cell = scratch->data;
    }
    buf_free(&local);
    buf_free(&day);
    return cell;
}

const char *shape_cell(const Column *column, DateOrder order, const char *text, Buf *scratch)
{
    buf_clear(scratch);
    if (!text || !*text)
        return "";
    switch (column->type) {
    case FIELD_BOOLEAN:
        return text[0] == 'f' || strcmp(text, "0") == 0 ? "" : "checked";
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_CURRENCY:
    case FIELD_PERCENT:
        return shape_number(column, text, scratch);
    case FIELD_DATE:
    case FIELD_DATETIME:
        return shape_datetime(column, order, text, scratch);
    case FIELD_CHOICE:
        return column->catalog->type.kind == PG_BOOLEAN ? boolean_choice(column, text[0] == 't') : text;
    case FIELD_LIST:
        return text[0] == '[' ? shape_json_array(text, scratch) : shape_array(false, text, scratch);
    case FIELD_ATTACHMENTS:
        return shape_array(true, text, scratch);
    default:
        return text;
    }
}

const char *shape_link(const char *name, Buf *scratch)
{
    buf_clear(scratch);
    if (!name)
        return "";
    csv_quote_element(scratch, name);
    return buf_view(scratch).p;
}

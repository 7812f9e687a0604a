/* record_id.c - which record it is: its id, or the values of its natural key. */
#include "artsync/ascii.h"
#include "artsync/utf8.h"
#include "internal.h"

enum { ID_MAX = 255 };

/* Printable ASCII, as ids are: valid and trimmed. */
static bool is_plain(Str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] <= ' ' || text.p[i] > '~')
            return false;
    return true;
}

bool cleaner_read_id(Cleaner *c)
{
    Str id = cleaner_content(c, c->binding.id);
    const char *column = c->table->id_column;
    if (id.n == 0)
        return cleaner_reject(c, REJECT_NO_ID, column, NULL, "is empty: the record has no id");
    if (!is_plain(id) && !utf8_valid(id, NULL))
        return cleaner_reject(c, REJECT_ENCODING, column, cleaner_shown(c, id), "is not valid UTF-8");
    const char *code, *reason;
    if (!cleaner_encodes(c, id, 0, &code, &reason))
        return cleaner_reject(c, code, column, cleaner_shown(c, id), reason);
    if (utf8_length(id) > ID_MAX)
        return cleaner_reject(c, REJECT_TOO_LONG, column, cleaner_shown(c, id), "is longer than 255 characters");
    c->record.id = cleaner_kept(c, id);
    ExcelDamage damage = c->report && !c->options.of_rows ? excel_damage(NULL, id) : EXCEL_NONE;
    if (damage != EXCEL_NONE)
        cleaning_report_excel(c->report, c->table, column, c->raw->position.line, damage, id, NULL);
    return true;
}

/* Airtable's: rec and 14 letters or digits. */
static bool is_record_id(Str text)
{
    if (text.n != 17 || memcmp(text.p, "rec", 3) != 0)
        return false;
    for (size_t i = 3; i < text.n; i++)
        if (!ascii_digit(text.p[i]) && !ascii_letter(text.p[i]))
            return false;
    return true;
}

/* Cells that are missing or too many shift the ones behind them. The id counts as read only if, of all places where
 * it may have been put, exactly one holds an Airtable id: a wrong id would do harm, a missing one does not. */
void cleaner_read_shifted_id(Cleaner *c)
{
    int id = c->binding.id, shift = c->raw->n_cells - c->binding.n_headers;
    if (id < 0)
        return;
    int first = shift < 0 ? id + shift : id, last = shift < 0 ? id : id + shift, found = 0;
    for (int i = first < 0 ? 0 : first; i <= last && i < c->raw->n_cells; i++) {
        Str text = utf8_trim(c->raw->cells[i]);
        if (is_record_id(text)) {
            found++;
            c->record.id = cleaner_kept(c, text);
        }
    }
    if (found != 1)
        c->record.id = NULL;
}

static bool reject_no_key(Cleaner *c, const char *column)
{
    return cleaner_reject(c, REJECT_NO_ID, column, NULL, "is empty: without an id the record needs its natural key");
}

/* Without an id: the natural key's values, before the rest is cleaned. They are cleaned without a report, since
 * clean_columns cleans them again, unless the record is rejected here. Parts may be empty, but not all of them. False:
 * it is rejected. */
bool cleaner_read_natural_key(Cleaner *c)
{
    bool empty = true;
    for (int i = 0; i < c->table->n_natural_key; i++) {
        const Column *column = &c->table->columns[c->table->natural_key[i]];
        c->quiet = true;
        bool ok = cleaner_column(c, column);
        c->quiet = false;
        if (!ok) {
            cleaner_column(c, column);
            return strcmp(c->record.reject.code, REJECT_REQUIRED) == 0 && reject_no_key(c, column->name);
        }
        const char *text = c->values[column->index].text;
        empty &= !text || !*text;
    }
    return !empty || reject_no_key(c, c->table->columns[c->table->natural_key[0]].name);
}

/* ---- an id of several columns ---- */

static void add_part(Buf *id, Str text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '/' || text.p[i] == '\\')
            buf_char(id, '\\');
        buf_char(id, text.p[i]);
    }
}

/* Looked at quietly, as a natural key's values are. False: the record is rejected. */
bool cleaner_read_id_parts(Cleaner *c)
{
    Buf id = {0};
    bool ok = true;
    for (int i = 0; ok && i < c->table->n_id_parts; i++) {
        const Column *column = &c->table->columns[c->table->id_parts[i]];
        c->quiet = true;
        ok = cleaner_column(c, column);
        c->quiet = false;
        const char *text = ok ? c->values[column->index].text : NULL;
        if (ok && text && *text) {
            buf_str(&id, i ? "/" : "");
            add_part(&id, value_canonical(column, text, &c->arena));
            continue;
        }
        if (ok || strcmp(c->record.reject.code, REJECT_REQUIRED) == 0)
            cleaner_reject(c, REJECT_NO_ID, column->name, NULL, "is empty: it is a part of the record's id");
        ok = false;
    }
    if (ok && utf8_length(buf_view(&id)) > ID_MAX)
        ok = cleaner_reject(c, REJECT_TOO_LONG, c->table->id_column, cleaner_shown(c, buf_view(&id)),
                            "is longer than 255 characters");
    if (ok)
        c->record.id = arena_strn(&c->arena, id.data, id.len);
    buf_free(&id);
    return ok;
}

/* One column of one record: its own cell, what it derives from another, its default, and what becomes of a bad cell. */
#include "artsync/hash.h"
#include "artsync/utf8.h"
#include "internal.h"

enum {
    SHOWN_MAX = 200,
    DERIVE_GROUPS = 2,
    DERIVE_BYTES = 4096 /* of a cell that a pattern is tried on: the time grows with the square of it */
};

/* Seed of the hash of a cell that holds '': cell_hash of no bytes and no seed is NULL's. */
enum { CELL_OF_EMPTY_TEXT = 7 };

/* ---- cells ---- */

/* What it says is kept in the database, too. */
const char *cleaner_shown(Cleaner *c, Str cell)
{
    return charset_shown(c->encoding.charset, utf8_printable(cell, SHOWN_MAX, &c->arena), &c->arena);
}

void cleaner_open_encoding(Cleaner *c)
{
    const char *name = c->table->catalog ? c->table->catalog->encoding : NULL;
    Err opened = {0}; /* the connection could open it before */
    if (name)
        charset_open(&c->encoding.charset, name, &opened);
    c->encoding.counts_bytes = name && strcmp(name, "SQL_ASCII") == 0;
    err_clear(&opened);
}

bool cleaner_encodes(Cleaner *c, Str value, int length, const char **code, const char **reason)
{
    int32_t lacks;
    if (!charset_holds(c->encoding.charset, value, &lacks)) {
        *code = REJECT_CHARACTER;
        *reason = arena_printf(&c->arena, "has the character U+%04X, which the database's encoding %s lacks",
                               (unsigned)lacks, c->table->catalog->encoding);
        return false;
    }
    if (c->encoding.counts_bytes && length > 0 && value.n > (size_t)length) {
        *code = REJECT_TOO_LONG;
        *reason = arena_printf(&c->arena, "is %zu bytes long, the column allows %d in a database with the encoding %s",
                               value.n, length, c->table->catalog->encoding);
        return false;
    }
    return true;
}

static void check_encoding(Cleaner *c, const Column *column, Cleaned *cleaned)
{
    if ((!c->encoding.charset && !c->encoding.counts_bytes) || cleaned->code || !cleaned->text)
        return;
    if (!cleaner_encodes(c, str_of(cleaned->text), column->catalog->type.length, &cleaned->code, &cleaned->reason))
        cleaned->text = NULL;
}

const char *cleaner_kept(Cleaner *c, Str text)
{
    return text.p[text.n] == '\0' ? text.p : arena_strn(&c->arena, text.p, text.n);
}

/* Trimmed, and nothing where it is a null token. */
Str cleaner_content(const Cleaner *c, int cell)
{
    if (cell < 0 || c->raw->cells[cell].n == 0)
        return STR("");
    Str text = utf8_trim(c->raw->cells[cell]);
    return names_hold(&c->table->base->null_tokens, text) ? STR("") : text;
}

bool cleaner_reject(Cleaner *c, const char *code, const char *column, const char *value, const char *reason)
{
    c->record.reject = (Reject){code, column, value, charset_shown(c->encoding.charset, reason, &c->arena)};
    return false;
}

/* ---- one column ---- */

static void note_evidence(Cleaner *c, const Column *column, Str cell, const Cleaned *cleaned)
{
    if (c->quiet)
        return;
    if (cleaned->only_mdy)
        evidence_add(&c->dates, DATE_MDY, c->raw->position.line, cell);
    if (cleaned->only_dmy)
        evidence_add(&c->dates, DATE_DMY, c->raw->position.line, cell);
    c->marks.shown[2 * column->index] |= cleaned->point;
    c->marks.shown[2 * column->index + 1] |= cleaned->comma;
}

static void note_warning(Cleaner *c, const Column *column, const char *code, const char *text)
{
    if (c->quiet)
        return;
    c->record.n_warnings++;
    if (c->report && c->options.of_rows)
        cleaning_report_warn_id(c->report, c->table, column->name, c->record.id, c->raw->position.line, code, text);
    else if (c->report)
        cleaning_report_warn(c->report, c->table, column->name, c->raw->position.line, code, text);
}

static void note_change(Cleaner *c, const Column *column, const char *from, const char *to)
{
    if (from && c->report && !c->quiet)
        cleaning_report_change(c->report, c->table, column->name, from, to);
}

/* Of a database an empty cell is NULL, also of a boolean, and text of no characters is a text. True: that was it. */
static bool clean_database_null(const Column *column, Str cell, Cleaned *cleaned)
{
    if (cell.n)
        return false;
    *cleaned = (Cleaned){.text = column->type == FIELD_TEXT && raw_is_empty_text(cell) ? "" : NULL};
    return true;
}

/* What Excel did to the cell, for people; it is read as it is. */
static void note_excel(Cleaner *c, const Column *column, Str cell)
{
    ExcelDamage damage = c->report && !c->quiet ? excel_damage(column, utf8_trim(cell)) : EXCEL_NONE;
    if (damage != EXCEL_NONE)
        cleaning_report_excel(c->report, c->table, column->name, c->raw->position.line, damage, utf8_trim(cell), NULL);
}

static Str clean_own(Cleaner *c, const Column *column, Cleaned *cleaned)
{
    const CleanContext *context = &c->columns.contexts[column->index];
    int at = c->binding.cells[column->index], ids_at = c->binding.ids[column->index];
    Str cell = at >= 0 ? c->raw->cells[at] : STR("");
    if (ids_at < 0) {
        if (column->from_database && clean_database_null(column, cell, cleaned))
            return cell;
        field_clean(column, cell, context, cleaned);
        note_evidence(c, column, cell, cleaned);
        if (!column->from_database)
            note_excel(c, column, cell);
        return cell;
    }
    Str ids = c->raw->cells[ids_at];
    field_clean_link(column, ids, cell, context, cleaned);
    return cell.n ? cell : ids;
}

static void refuse_source(Cleaner *c, const Column *column, Str source, Cleaned *cleaned)
{
    cleaned->code = REJECT_TOO_LONG;
    cleaned->reason = arena_printf(&c->arena, "is %zu bytes long, too long to derive %s from it (at most %d)", source.n,
                                   column->name, DERIVE_BYTES);
}

/* What the pattern finds in the source column's cell; empty: nothing. The source itself if it is refused. */
static Str derived(Cleaner *c, const Column *column, Cleaned *cleaned)
{
    if (column->derive.from < 0)
        return STR("");
    Str source = cleaner_content(c, c->binding.cells[column->derive.from]);
    if (source.n > DERIVE_BYTES) {
        refuse_source(c, column, source, cleaned);
        return source;
    }
    regmatch_t groups[DERIVE_GROUPS];
    const char *text = cleaner_kept(c, source);
    int outcome = source.n ? regexec(&c->columns.derive[column->index], text, DERIVE_GROUPS, groups, 0) : REG_NOMATCH;
    if (outcome != 0 && outcome != REG_NOMATCH) /* it fails because memory ran out only, and has found nothing out */
        mem_exhausted();
    if (outcome == REG_NOMATCH || groups[1].rm_so < 0)
        return STR("");
    size_t n = (size_t)(groups[1].rm_eo - groups[1].rm_so);
    return (Str){arena_strn(&c->arena, text + groups[1].rm_so, n), n};
}

/* What replaces an empty cell; a header that is absent says nothing, so there is no default for it. */
static Str fallback_value(Cleaner *c, const Column *column, bool own, Cleaned *cleaned)
{
    Str text = derived(c, column, cleaned);
    return !text.n && own && column->default_value ? str_of(column->default_value) : text;
}

/* The reason, with the element that is wrong where the type has not named it. */
static const char *reason_of(Cleaner *c, const Cleaned *cleaned)
{
    if (!cleaned->element)
        return cleaned->reason;
    const char *element = arena_printf(&c->arena, "\"%s\"", cleaner_shown(c, str_of(cleaned->element)));
    if (strstr(cleaned->reason, element))
        return cleaned->reason;
    return arena_printf(&c->arena, "%s (the element %s)", cleaned->reason, element);
}

static void replace_invalid_with_null(Cleaner *c, const Column *column, Str cell, Cleaned *cleaned)
{
    note_change(c, column, cleaner_shown(c, cell), NULL);
    note_warning(c, column, cleaned->code, reason_of(c, cleaned));
    *cleaned = (Cleaned){0};
}

static Str cell_at(const Cleaner *c, int at)
{
    return at < 0 || !c->raw->cells[at].n ? STR("") : utf8_trim(c->raw->cells[at]);
}

/* What the file says about the column: its own cell, the record ids of a link, and the cell that it may derive from. */
static uint32_t hash_cells(const Cleaner *c, const Column *column, const Cleaned *cleaned)
{
    const Binding *b = &c->binding;
    bool names = column->type == FIELD_ATTACHMENTS && cleaned->compare; /* URLs are new in every export */
    Str own = names ? str_of(cleaned->compare) : cell_at(c, b->cells[column->index]);
    if (column->from_database && !own.n && cleaned->text && !*cleaned->text)
        return cell_hash(own, CELL_OF_EMPTY_TEXT);
    Str ids = cell_at(c, b->ids[column->index]);
    Str source = column->derive.from < 0 ? STR("") : cell_at(c, b->cells[column->derive.from]);
    uint64_t seed = ids.n ? hash64(ids, 1) : 0;
    return cell_hash(own, source.n ? hash64(source, seed + 2) : seed);
}

static void set_value(Cleaner *c, const Column *column, bool present, const Cleaned *cleaned)
{
    c->values[column->index] = (Value){0};
    if (!present)
        return;
    bool has_meaning = cleaned->text && cleaned->compare;
    uint64_t hash = has_meaning ? value_hash(cleaned->compare) : value_meaning(column, cleaned->text, &c->arena);
    c->values[column->index] =
        (Value){.text = cleaned->text, .hash = hash, .cell = hash_cells(c, column, cleaned), .present = true};
}

/* Most cells of a base are empty, and in most columns that is NULL, whatever the type. */
static bool is_simply_null(const Cleaner *c, const Column *column)
{
    int at = c->binding.cells[column->index];
    return at >= 0 && c->raw->cells[at].n == 0 && !raw_is_empty_text(c->raw->cells[at]) &&
           c->binding.ids[column->index] < 0 && column->derive.from < 0 && !column->default_value &&
           !column->required && (column->type != FIELD_BOOLEAN || column->from_database);
}

/* "default": "" */
static const char *empty_value(const Column *column)
{
    PgKind kind = column->catalog ? column->catalog->type.kind : field_usual_type(column->type)->kind;
    if (column->type != FIELD_LIST && column->type != FIELD_ATTACHMENTS)
        return "";
    return kind == PG_JSON || kind == PG_JSONB ? "[]" : "{}";
}

bool cleaner_column(Cleaner *c, const Column *column)
{
    Cleaned cleaned;
    if (is_simply_null(c, column)) {
        c->values[column->index] = (Value){.hash = value_hash(NULL), .cell = CELL_EMPTY, .present = true};
        return true;
    }
    bool own = binding_has_own(&c->binding, column), present = own;
    Str cell = STR(""), instead = {0};
    if (own)
        cell = clean_own(c, column, &cleaned);
    else
        cleaned = (Cleaned){0};
    if (!cleaned.code && !cleaned.text)
        instead = fallback_value(c, column, own, &cleaned);
    if (instead.n && !cleaned.code) {
        note_change(c, column, cleaned.from, cleaned.to);
        const CleanContext *context = &c->columns.contexts[column->index];
        CleanContext base = field_own_context(context);
        field_clean(column, instead, instead.p == column->default_value ? &base : context, &cleaned);
        present = true;
    }
    if (!cleaned.code && !cleaned.text && own && column->default_value && !*column->default_value)
        cleaned.text = empty_value(column);
    check_encoding(c, column, &cleaned);
    if (cleaned.code && !column->on_invalid_null)
        return cleaner_reject(c, cleaned.code, column->name, cleaner_shown(c, instead.n ? instead : cell),
                              reason_of(c, &cleaned));
    if (cleaned.code)
        replace_invalid_with_null(c, column, instead.n ? instead : cell, &cleaned);
    if (column->required && !cleaned.text)
        return cleaner_reject(c, REJECT_REQUIRED, column->name, cell.n ? cleaner_shown(c, cell) : NULL,
                              "is empty, but a value is required");
    note_change(c, column, cleaned.from, cleaned.to);
    if (cleaned.warning)
        note_warning(c, column, NULL, cleaned.warning);
    set_value(c, column, present, &cleaned);
    return true;
}

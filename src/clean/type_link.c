/* type_link.c - a linked record as the key of its row: by record id where the export has one, else by name. */
#include "field.h"

#include "artsync/utf8.h"

static const char *shown(const Field *field, Str text) { return utf8_printable(utf8_trim(text), 60, field->arena); }

static const char *target(const Field *field)
{
    return field->column->to ? field->column->to->name : "the linked table";
}

static void refuse_element(const Field *field, Str element, const char *code, const char *reason)
{
    field->out->element = field_keep(field, element);
    field_refuse(field, code, "%s", reason);
}

/* A row's record id is what comparing means: made again, the row has another key and is the same. */
static void found(const Field *field, const Link *link)
{
    field_value(field, link->key);
    field->out->compare = link->identity;
    if (link->other_row)
        field_warn(field,
                   "the name is that of a record in this export and, in the database, of another row: the link means "
                   "the record");
}

/* One name. False: refused, or nothing said where `must` is not set and no row has the name. */
static bool by_name(const Field *field, Str name, bool must)
{
    Link link;
    LinkOutcome outcome = link_by_name(field->context->links, name, &link);
    if (outcome == LINK_FOUND)
        found(field, &link);
    else if (outcome == LINK_AMBIGUOUS)
        refuse_element(field, name, REJECT_LINK_AMBIGUOUS,
              arena_printf(field->arena, "links to \"%s\", but several %s of %s have this name", shown(field, name),
                           link_index_has_export(field->context->links) ? "records or rows" : "rows", target(field)));
    else if (outcome == LINK_NO_ROW)
        refuse_element(field, name, REJECT_LINK_MISSING,
                       arena_printf(field->arena,
                                    "links to \"%s\", which is the record %s of %s in this export, but that record "
                                    "has no row: was it rejected?",
                                    shown(field, name), link.id, target(field)));
    else if (must)
        refuse_element(field, name, REJECT_LINK_MISSING,
              arena_printf(field->arena, "links to \"%s\", but no row of %s has this name", shown(field, name),
                           target(field)));
    return outcome == LINK_FOUND;
}

/* An id that no row has: the name decides only where its row's id is not Airtable's. */
static void by_id(const Field *field, Str id, Str name)
{
    const LinkIndex *links = field->context->links;
    Link link;
    if (link_by_id(links, id, &link) == LINK_FOUND ||
        (name.n && link_by_name(links, name, &link) == LINK_FOUND && link.derived_id)) {
        found(field, &link);
        return;
    }
    const char *named = name.n ? arena_printf(field->arena, " (\"%s\")", shown(field, name)) : "";
    refuse_element(field, id, REJECT_LINK_MISSING,
          arena_printf(field->arena, "links to %s%s, but no row of %s has this id", shown(field, id), named,
                       target(field)));
}

/* "Harbour", "Lighthouse" and 3 more */
static const char *listed(const Field *field, const Str *elements, size_t n)
{
    const char *first = shown(field, elements[0]), *second = shown(field, elements[1]);
    return n == 2 ? arena_printf(field->arena, "\"%s\" and \"%s\"", first, second)
                  : arena_printf(field->arena, "\"%s\", \"%s\" and %zu more", first, second, n - 2);
}

/* Several elements: the first, where the column says so; else refused. */
static bool take_first(const Field *field, const Str *elements, size_t n)
{
    if (n <= 1)
        return true;
    if (field->column->multiple_first) {
        field_warn(field, "several linked records: the first one was used");
        return true;
    }
    refuse_element(field, elements[1], REJECT_LINK_MULTIPLE,
                   arena_printf(field->arena, "links to %zu records (%s), the column allows only one", n,
                                listed(field, elements, n)));
    return false;
}

static void link_by_ids(const Field *field, const Str *ids, size_t n, Str names)
{
    Link link;
    if (n == 1 && link_by_id(field->context->links, ids[0], &link) == LINK_FOUND) {
        found(field, &link);
        return;
    }
    Str *elements;
    size_t n_names = link_split(field->context->links, names, field->arena, &elements);
    bool paired = n_names == n; /* then names are nicer to read than ids */
    if (take_first(field, paired ? elements : ids, n))
        by_id(field, ids[0], paired || n_names == 1 ? elements[0] : STR(""));
}

static void link_by_names(const Field *field, Str names)
{
    const LinkIndex *links = field->context->links;
    if (by_name(field, names, false) || field->out->code)
        return;
    Str *elements;
    Link link;
    bool any = false;
    size_t n = link_split(links, names, field->arena, &elements);
    for (size_t i = 0; i < n; i++)
        any = any || link_by_name(links, elements[i], &link) != LINK_NONE;
    if (n > 1 && !any &&
        !field->column->multiple_first) /* one unknown name with a comma, as likely as two unknown ones */
        (void)by_name(field, utf8_trim(names), true);
    else if (n && take_first(field, elements, n))
        (void)by_name(field, elements[0], true);
}

/* A cell that says nothing: blank, a null token, an alias for NULL. Aliases for other names are put in its place. */
static Str resolve(const Field *field, Str cell)
{
    Str trimmed = utf8_trim(cell);
    const char *to = NULL;
    if (trimmed.n == 0)
        return STR("");
    bool null = field_is_null(field->context, trimmed);
    if (!null && !field_alias(field, trimmed, &to))
        return cell;
    field_changed(field, trimmed, to);
    return to ? str_of(to) : STR("");
}

size_t link_cell_names(const Field *field, Str cell, Str **names)
{
    return link_split(field->context->links, resolve(field, cell), field->arena, names);
}

void clean_link_cells(const Field *field, Str id_cell, Str name_cell)
{
    Str *ids;
    Str names = resolve(field, name_cell);
    size_t n = field_is_null(field->context, utf8_trim(id_cell)) ? 0 : link_split_ids(id_cell, field->arena, &ids);
    if (!field->context->links) { /* nothing to resolve by: the cell represents itself */
        Str whole = utf8_trim(n ? id_cell : names);
        field_value(field, whole.n ? field_keep(field, whole) : NULL);
    } else if (n) {
        link_by_ids(field, ids, n, names);
    } else if (names.n) {
        link_by_names(field, names);
    }
    if (field->out->code)
        field->out->from = field->out->to = NULL;
}

void clean_link(const Field *field, Str cell) { clean_link_cells(field, STR(""), cell); }

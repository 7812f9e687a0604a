/* plan_keys.c - the statements that look over the stage for unique keys and checks. */
#include "artsync/pg.h"
#include "artsync/plan.h"
#include "artsync/stage.h"

/* The mapped column behind a catalog column: its index, -1 for the id column, -2: artsync does not write it. */
static int mapped(const Plan *plan, int catalog_index)
{
    const char *name = plan->table->catalog->columns[catalog_index].name;
    if (strcmp(name, plan->table->id_column) == 0)
        return -1;
    int c = table_column(plan->table, name);
    return c >= 0 && plan->present[c] ? c : -2;
}

static bool is_active_column(const Plan *plan, int catalog_index)
{
    const char *active = plan->table->metadata[META_ACTIVE];
    return active && strcmp(plan->table->catalog->columns[catalog_index].name, active) == 0;
}

static bool knows(const Plan *plan, const int *columns, int n)
{
    for (int i = 0; i < n; i++)
        if (mapped(plan, columns[i]) == -2)
            return false;
    return n > 0;
}

bool plan_knows_key(const Plan *plan, const CatalogKey *key)
{
    if (key->parts || (key->n_columns == 1 && mapped(plan, key->columns[0]) == -1))
        return false; /* ids are known to be unique: records were matched by them */
    return knows(plan, key->columns, key->n_columns);
}

bool plan_follows_key(const Plan *plan, const CatalogKey *key)
{
    bool moves = false;
    for (int i = 0; i < key->n_columns; i++) {
        int c = mapped(plan, key->columns[i]);
        if (c == -2 && plan->table->catalog->columns[key->columns[i]].generated)
            return false; /* what it will be is not known before the row is written */
        moves |= c >= 0 || (c == -1 && key->parts) || is_active_column(plan, key->columns[i]);
    }
    return moves;
}

bool plan_knows_check(const Plan *plan, const CatalogCheck *check)
{
    return knows(plan, check->columns, check->n_columns);
}

/* ---- keys: "moves" are live records with a key which their row does not hold already ---- */

/* A staged key column; an enum stays the text it is staged as: a label that it lacks is for the database to refuse. */
static void key_value(Buf *out, const Plan *plan, int catalog_index)
{
    int c = mapped(plan, catalog_index);
    if (c < 0)
        buf_str(out, "s.rid");
    else
        buf_printf(out, "s.c%d", c);
}

/* The same column of the table's row, to compare with. */
static void key_of_row(Buf *out, const Plan *plan, int catalog_index)
{
    const CatalogColumn *column = &plan->table->catalog->columns[catalog_index];
    buf_str(out, "t.");
    sql_ident(out, column->name);
    if (plan_staged_as(&column->type))
        buf_printf(out, "::%s", plan_staged_as(&column->type));
}

static int n_parts(const CatalogKey *key) { return key->parts ? key->n_parts : key->n_columns; }

/* A key over expressions, of some rows only, or with columns that artsync does not write. */
static bool is_derived(const Plan *plan, const CatalogKey *key)
{
    return key->parts || !knows(plan, key->columns, key->n_columns);
}

/* Part i of a derived key as an expression over the plain names of the columns. */
static void derived_part(Buf *out, const Plan *plan, const CatalogKey *key, int i)
{
    buf_char(out, '(');
    if (key->parts)
        buf_str(out, key->parts[i]);
    else
        sql_ident(out, plan->table->catalog->columns[key->columns[i]].name);
    buf_char(out, ')');
}

static void staged_moves(Buf *out, const Plan *plan, const CatalogKey *key, const char *operations)
{
    buf_printf(out, "WHERE s.live AND s.op IN (%s) AND s.new_keys & %lld <> 0", operations,
               (long long)key_bit((int)(key - plan->table->catalog->keys)));
}

static void with_plain_moves(Buf *out, const Plan *plan, const CatalogKey *key)
{
    buf_str(out, "WITH moves AS (SELECT s.seq, s.line, s.op, s.at_id, true");
    for (int i = 0; !key->nulls_equal && i < key->n_columns; i++) {
        buf_str(out, " AND ");
        key_value(out, plan, key->columns[i]);
        buf_str(out, " IS NOT NULL");
    }
    buf_str(out, " AS holds");
    for (int i = 0; i < key->n_columns; i++) {
        buf_str(out, ", ");
        key_value(out, plan, key->columns[i]);
        buf_printf(out, " AS k%d", i);
    }
    buf_str(out, " FROM pg_temp.artsync_stage AS s ");
    staged_moves(out, plan, key, "'i', 'u'");
    buf_str(out, ") ");
}

/* The column as it will be: staged, or as its row r has it. *inserts: known of new rows, too. */
static void derived_column(Buf *out, const Plan *plan, int catalog_index, bool *inserts)
{
    int c = mapped(plan, catalog_index);
    const char *name = plan->table->catalog->columns[catalog_index].name;
    Buf row = {0};
    buf_str(&row, "r.");
    sql_ident(&row, name);
    if (c >= 0)
        plan_staged_value(out, "s", &plan->table->columns[c]);
    else if (c == -1)
        buf_str(out, "s.rid");
    else if (!is_active_column(plan, catalog_index))
        buf_str(out, row.data);
    else if (plan->undo)
        buf_printf(out, "coalesce(s.active, %s)", row.data);
    else
        buf_printf(out, "(s.op = 'i' OR s.reactivates OR %s)", row.data);
    *inserts = *inserts && (c != -2 || is_active_column(plan, catalog_index));
    buf_str(out, " AS ");
    sql_ident(out, name);
    buf_free(&row);
}

static void with_derived_moves(Buf *out, const Plan *plan, const CatalogKey *key)
{
    bool inserts = true;
    buf_printf(out,
               "WITH moves AS (SELECT artsync_seq AS seq, artsync_line AS line, artsync_op AS op, artsync_at AS at_id, "
               "coalesce(%s, false)",
               key->predicate ? key->predicate : "true");
    for (int i = 0; !key->nulls_equal && i < n_parts(key); i++) {
        buf_str(out, " AND ");
        derived_part(out, plan, key, i);
        buf_str(out, " IS NOT NULL");
    }
    buf_str(out, " AS holds");
    for (int i = 0; i < n_parts(key); i++) {
        buf_str(out, ", ");
        derived_part(out, plan, key, i);
        buf_printf(out, " AS k%d", i);
    }
    buf_str(out,
            " FROM (SELECT s.seq AS artsync_seq, s.line AS artsync_line, s.op AS artsync_op, s.at_id AS artsync_at");
    for (int i = 0; i < key->n_columns; i++) {
        buf_str(out, ", ");
        derived_column(out, plan, key->columns[i], &inserts);
    }
    sql_expand(out, plan->table, " FROM pg_temp.artsync_stage AS s LEFT JOIN {table} AS r ON {r.id=s.at_id} ");
    staged_moves(out, plan, key, inserts ? "'i', 'u'" : "'u'");
    buf_str(out, ") AS x) ");
}

static void with_moves(Buf *out, const Plan *plan, const CatalogKey *key)
{
    if (is_derived(plan, key))
        with_derived_moves(out, plan, key);
    else
        with_plain_moves(out, plan, key);
}

static void key_text(Buf *out, const CatalogKey *key)
{
    buf_str(out, "concat_ws(', '");
    for (int i = 0; i < n_parts(key); i++)
        buf_printf(out, key->nulls_equal ? ", coalesce(c.k%d::text, 'NULL')" : ", c.k%d::text", i);
    buf_str(out, ")");
}

static void part_of_row(Buf *out, const Plan *plan, const CatalogKey *key, int i)
{
    if (is_derived(plan, key))
        derived_part(out, plan, key, i);
    else
        key_of_row(out, plan, key->columns[i]);
}

/* " AND part = c.k": the row t has the key of c. Where NULLs are equal, arrays are compared: unlike IS NOT
 * DISTINCT FROM they can be hashed and sorted. */
static void row_matches(Buf *out, const Plan *plan, const CatalogKey *key)
{
    for (int i = 0; i < n_parts(key); i++) {
        buf_str(out, key->nulls_equal ? " AND ARRAY[" : " AND ");
        part_of_row(out, plan, key, i);
        buf_printf(out, key->nulls_equal ? "] = ARRAY[c.k%d]" : " = c.k%d", i);
    }
}

/* Rows that hold some key: id, active, k0 ...; the caller adds conditions. */
static void holders(Buf *out, const Plan *plan, const CatalogKey *key)
{
    sql_expand(out, plan->table, "(SELECT {t.id} AS id, coalesce({active}, true) AS active");
    for (int i = 0; i < n_parts(key); i++) {
        buf_str(out, ", ");
        part_of_row(out, plan, key, i);
        buf_printf(out, " AS k%d", i);
    }
    sql_expand(out, plan->table, " FROM {table} AS t WHERE ");
    buf_printf(out, "(%s)", key->predicate ? key->predicate : "true");
}

bool plan_key_has_index(const Plan *plan, const CatalogKey *key)
{
    bool plain = !key->nulls_equal;
    for (int i = 0; i < key->n_columns; i++)
        plain = plain && !plan_staged_as(&plan->table->catalog->columns[key->columns[i]].type);
    return plain;
}

void plan_key_holders(Buf *out, const Plan *plan, const CatalogKey *key, bool by_index)
{
    with_moves(out, plan, key);
    buf_str(out, "SELECT c.seq, c.op, h.id::text, ");
    key_text(out, key);
    buf_str(out, ", h.active, o.seq, o.seq IS NOT NULL AND (NOT o.holds");
    for (int i = 0; i < n_parts(key); i++)
        buf_printf(out, " OR o.k%d IS DISTINCT FROM h.k%d", i, i);
    buf_str(out, by_index ? ") FROM moves AS c CROSS JOIN LATERAL " : ") FROM moves AS c JOIN ");
    holders(out, plan, key);
    if (by_index) {
        row_matches(out, plan, key);
        /* OFFSET 0: the planner must not take the subquery apart and join in another order */
        buf_str(out, " OFFSET 0) AS h");
    } else {
        buf_str(out, ") AS h ON true");
        for (int i = 0; i < n_parts(key); i++)
            buf_printf(out, key->nulls_equal ? " AND ARRAY[h.k%d] = ARRAY[c.k%d]" : " AND h.k%d = c.k%d", i, i);
    }
    buf_str(out, " LEFT JOIN moves AS o ON o.op = 'u' AND o.at_id = h.id "
                 "WHERE c.holds AND h.id IS DISTINCT FROM c.at_id ORDER BY c.seq");
}

void plan_duplicate_keys(Buf *out, const Plan *plan, const CatalogKey *key)
{
    with_moves(out, plan, key);
    buf_str(out, "SELECT c.seq, c.first, c.first_line, ");
    key_text(out, key);
    buf_str(out, ", c.line");
    buf_str(out, " FROM (SELECT *, first_value(seq) OVER w AS first, first_value(line) OVER w AS first_line "
                 "FROM moves WHERE holds WINDOW w AS (PARTITION BY ");
    for (int i = 0; i < n_parts(key); i++)
        buf_printf(out, "%sk%d", i ? ", " : "", i);
    buf_str(out, " ORDER BY seq)) AS c WHERE c.first < c.seq ORDER BY c.first, c.seq");
}

/* ---- checks ---- */

void plan_check(Buf *out, const Plan *plan, const CatalogCheck *check)
{
    const Table *table = plan->table;
    Buf seq = {0}; /* a name that no column of the table has */
    buf_str(&seq, "artsync_seq");
    while (catalog_column(table->catalog, seq.data) >= 0)
        buf_char(&seq, '_');
    buf_printf(out, "SELECT x.%s, x.", seq.data);
    sql_ident(out, table->catalog->columns[check->columns[0]].name);
    buf_printf(out, "::text FROM (SELECT s.seq AS %s, s.rid AS ", seq.data);
    buf_free(&seq);
    sql_ident(out, table->id_column);
    for (int c = 0; c < table->n_columns; c++) {
        buf_str(out, ", ");
        plan_staged_value(out, "s", &table->columns[c]);
        buf_str(out, " AS ");
        sql_ident(out, table->columns[c].name);
    }
    buf_printf(out, " FROM pg_temp.artsync_stage AS s WHERE s.live AND s.op IN ('i', 'u')) AS x WHERE (%s) IS FALSE",
               check->expression);
}

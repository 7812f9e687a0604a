/* What the cleaner adds to the types: bad cells, defaults, derived values, links, the raw hash, the order of dates. */
#include "cleaning.h"
#include "case.h"

/* ---- one cell ---- */

static void the_first_bad_column_rejects(void **state)
{
    (void)state;
    expect("Work,Price,Number,Record ID\nA,-5,x,r1\n,1,1,r2\nB,x,1,r3\n", "2: r1 REJECT invalid_value, number [x]\n"
                                                                          "3: skipped r2\n"
                                                                          "4: r3 REJECT invalid_value, price [x]\n");
    expect("Work,Price,Record ID\nNaN,1,r1\n", "2: r1 REJECT missing_required, name [NaN]\n");
    expect("Work,Notes,Record ID\n\"a\xFF\x01\",1,r1\n",
           "2: r1 REJECT invalid_utf8, name [a\\xFF\\x01]\nunmapped Notes\n");
}

static void required_cells(void **state)
{
    (void)state;
    Table table = works;
    table.n_skips = 0;
    Run run = {0};
    expect_run(&run, &table, "Work,Price,Record ID\n,1,r1\n", "2: r1 REJECT missing_required, name []\n");
    assert_string_equal(run.reason, "is empty, but a value is required");
    end(&run);
}

static void bad_cells_may_become_null(void **state)
{
    (void)state;
    Run run = {0};
    expect_run(&run, &works, "Work,Seen,Record ID\nA,1/1/202,r1\nB,nonsense,r2\nC,NaN,r3\nD,2/30/2024,r4\n",
               "2: r1 name=A seen=NULL\n3: r2 name=B seen=NULL\n4: r3 name=C seen=NULL\n5: r4 name=D seen=NULL\n");
    assert_int_equal(run.warnings, 3);
    assert_int_equal(cleaning_report_warning_count(run.report, &works), 3);
    const CleaningChange *changes;
    size_t n = cleaning_report_changes(run.report, &changes);
    assert_int_equal(n, 4); /* the three, and the null token */
    assert_string_equal(changes[0].column, "seen");
    assert_null(changes[0].to);
    end(&run);
}

static void empty_cells_take_the_default(void **state)
{
    (void)state;
    expect("Work,Frame,Record ID\nA,,r1\nB, ,r2\nC,Oak,r3\n",
           "2: r1 name=A frame=plain\n3: r2 name=B frame=plain\n4: r3 name=C frame=Oak\n");
    Column columns[N_WORK_COLUMNS];
    memcpy(columns, work_columns, sizeof columns);
    columns[PRICE].default_value = "-1";
    Table table = works;
    table.columns = columns;
    Run run = {0};
    expect_run(&run, &table, "Work,Price,Record ID\nA,,r1\n", "2: r1 REJECT out_of_range, price [-1]\n");
    end(&run);
}

static void numbers_come_from_names(void **state)
{
    (void)state;
    expect("Work,Number,Record ID\nA - 7,,r1\nA - 7,8,r2\nA - -1,NaN,r3\nA,,r4\n",
           "2: r1 name=A - 7 number=7\n3: r2 name=A - 7 number=8\n4: r3 name=A - -1 number=-1\n5: r4 name=A "
           "number=NULL\n");
    expect("Work,Record ID\nA - 7 ,r1\nA,r2\nA - 99999999999999999999,r3\n",
           "2: r1 name=A - 7 number=7\n3: r2 name=A\n"
           "4: r3 REJECT out_of_range, number [99999999999999999999]\n");
}

/* Matching takes time with the square of the cell's length. */
static void no_number_comes_from_a_long_name(void **state)
{
    (void)state;
    Buf csv = {0};
    Run run = {0};
    buf_str(&csv, "Work,Number,Record ID\n");
    buf_printf(&csv, "%*s - 7,,r1\n%*s - 7,,r2\n%*s - 7,8,r3\n", 4092, "A", 4093, "A", 4093, "A");
    for (char *blank = csv.data; (blank = strstr(blank, "   ")); blank++)
        *blank = 'A';
    assert_true(clean(&run, &works, csv.data));
    assert_non_null(strstr(run.text.data, " number=7\n"));
    assert_non_null(strstr(run.text.data, "3: r2 REJECT too_long, number ["));
    assert_non_null(strstr(run.text.data, " number=8\n"));
    assert_string_equal(run.reason, "is 4097 bytes long, too long to derive number from it (at most 4096)");
    end(&run);
    buf_free(&csv);
}

static void a_pattern_that_is_none(void **state)
{
    (void)state;
    Column columns[N_WORK_COLUMNS];
    memcpy(columns, work_columns, sizeof columns);
    columns[NUMBER].derive.pattern = "(";
    Table table = works;
    table.columns = columns;
    Run run = {0};
    assert_false(clean(&run, &table, "Work,Record ID\nA,r1\n"));
    assert_int_equal(run.err.code, ERR_CONFIG);
    assert_non_null(strstr(run.err.message, "works: column number: the pattern \"(\" cannot be used"));
    end(&run);
    columns[NUMBER].derive.pattern = "[0-9]"; /* no group: nothing to take */
    expect_run(&run, &table, "Work,Record ID\nA 1,r1\n", "2: r1 name=A 1\n");
    end(&run);
}

static void changes_are_counted(void **state)
{
    (void)state;
    Run run = {0};
    expect_run(&run, &works, "Work,Size,Record ID\nA,XL,r1\nB,XL,r2\nC,Unknown,r3\n",
               "2: r1 name=A size=Large\n3: r2 name=B size=Large\n4: r3 name=C size=NULL\n");
    const CleaningChange *changes;
    assert_int_equal(cleaning_report_changes(run.report, &changes), 2);
    assert_string_equal(changes[0].from, "XL");
    assert_string_equal(changes[0].to, "Large");
    assert_int_equal(changes[0].count, 2);
    assert_string_equal(changes[1].from, "Unknown");
    assert_null(changes[1].to);
    end(&run);
}

static void ambiguous_cells_warn(void **state)
{
    (void)state;
    Run run = {0};
    expect_run(&run, &works, "Work,Record ID\nA\xEF\xBF\xBD,r1\n", "2: r1 name=A\xEF\xBF\xBD\n");
    assert_int_equal(run.warnings, 1);
    assert_int_equal(cleaning_report_warning_count(run.report, &works), 1);
    end(&run);
}

static void the_element_to_blame_is_named(void **state)
{
    (void)state;
    Column columns[N_WORK_COLUMNS];
    memcpy(columns, work_columns, sizeof columns);
    columns[SIZE].type = FIELD_LIST;
    Table table = works;
    table.columns = columns;
    Run run = {0};
    expect_run(&run, &table, "Work,Size,Record ID\nA,\"Small,Huge\",r1\n",
               "2: r1 REJECT invalid_value, size [Small,Huge]\n");
    assert_non_null(strstr(run.reason, "\"Huge\""));
    end(&run);
}

/* A natural key that is a date is looked at twice, and counts once. */
static void dates_as_keys_count_once(void **state)
{
    (void)state;
    Table table = works;
    table.natural_key = (int[]){SOLD};
    table.n_natural_key = 1;
    Run run = {.only_put = true};
    expect_run(&run, &table, "Work,Date Sold\nA,12/31/2024\nB,31/12/2024\n",
               "2: no id name=A sold=2024-12-31\n3: no id REJECT invalid_value, sold [31/12/2024]\n");
    end(&run);
    assert_false(clean(&run, &table, "Work,Date Sold\nA,12/31/2024\nB,31/12/2024\nC,30/12/2024\n"));
    assert_non_null(
        strstr(run.err.message, "2 dates only fit day first (dmy), such as \"31/12/2024\" in line 3; 1 only"));
    end(&run);
}

/* ---- links ---- */

static void links(void **state)
{
    (void)state;
    LinkIndex *index = link_index_new();
    link_index_add(index, ID, "North", "7", false);
    link_index_add(index, ID2, "South", "8", false);
    Run run = {.links = {index}};
    expect_run(&run, &works, "Work,Shop,Record ID\nA,North,r1\nB,,r2\n",
               "2: r1 name=A shop=7\n3: r2 name=B shop=NULL\n");
    end(&run);
    run.links[0] = index;
    expect_run(&run, &works, "Work,Shop,shop_record_id,Record ID\nA,North," ID2 ",r1\nB,,,r2\n",
               "2: r1 name=A shop=8\n3: r2 name=B shop=NULL\n");
    end(&run);
    run.links[0] = index;
    expect_run(&run, &works, "Work,shop_record_id,Record ID\nA," ID ",r1\n", "2: r1 name=A shop=7\n");
    end(&run);
    run.links[0] = index;
    assert_true(clean(&run, &works, "Work,Shop,Record ID\nA,West,r1\nB,\"North,South\",r2\n"));
    assert_non_null(strstr(run.text.data, "2: r1 REJECT link_not_found, shop [West]"));
    assert_non_null(strstr(run.text.data, "3: r2 REJECT link_multiple, shop [North,South]"));
    assert_non_null(strstr(run.reason, "\"South\""));
    end(&run);
    Column columns[N_WORK_COLUMNS];
    memcpy(columns, work_columns, sizeof columns);
    columns[SHOP].on_invalid_null = true;
    Table table = works;
    table.columns = columns;
    run.links[0] = index;
    expect_run(&run, &table, "Work,Shop,Record ID\nA,West,r1\n", "2: r1 name=A shop=NULL\n");
    assert_int_equal(run.warnings, 1);
    end(&run);
    link_index_free(index);
}

/* ---- the raw hash ---- */

static uint64_t raw_of(const Table *table, DateOrder order, const char *csv)
{
    Run run = {.order = order};
    assert_true(clean(&run, table, csv));
    assert_int_equal(run.n_raw, 1);
    uint64_t raw = run.raw[0];
    end(&run);
    return raw;
}

static void raw_hashes(void **state)
{
    (void)state;
    Table other = works;
    other.fingerprint++;
    const char *csv = "Work,Size,Image,Record ID\nA,Small,a.jpg (https://x.test/1),r1\n";
    uint64_t raw = raw_of(&works, DATE_MDY, csv);
    /* the same */
    assert_int_equal(raw, raw_of(&works, DATE_MDY, csv));
    assert_int_equal(raw, raw_of(&works, DATE_MDY,
                                 "Size,Extra,Image,record_id,Title\n"
                                 "Small,x,a.jpg (https://x.test/2),r1,A\n"));
    /* another cell, id, boundary, order of dates, mapping, set of headers */
    const char *const others[] = {
        "Work,Size,Image,Record ID\nB,Small,a.jpg (https://x.test/1),r1\n",
        "Work,Size,Image,Record ID\nA,Small,a.jpg (https://x.test/1),r2\n",
        "Work,Size,Image,Record ID\nA,Small,b.jpg (https://x.test/1),r1\n",
        "Work,Size,Image,Record ID\nASmall,,a.jpg (https://x.test/1),r1\n",
        "Work,Image,Record ID\nA,a.jpg (https://x.test/1),r1\n",
        "Work,Frame,Image,Record ID\nA,Small,a.jpg (https://x.test/1),r1\n",
        "Work,Size,Image,Frame,Record ID\nA,Small,a.jpg (https://x.test/1),,r1\n",
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CASE("%s", others[i]);
        assert_true(raw != raw_of(&works, DATE_MDY, others[i]));
    }
    assert_true(raw != raw_of(&works, DATE_DMY, csv));
    assert_true(raw != raw_of(&other, DATE_MDY, csv));
    /* the ids of links count, and ragged records have hashes as well */
    assert_true(raw_of(&works, DATE_MDY, "Work,shop_record_id,Record ID\nA,,r1\n") !=
                raw_of(&works, DATE_MDY, "Work,shop_record_id,Record ID\nA," ID ",r1\n"));
    assert_true(raw_of(&works, DATE_MDY, "Work,Record ID\nA,r1,x\n") !=
                raw_of(&works, DATE_MDY, "Work,Record ID\nA,r1,y\n"));
}

static void value_hashes(void **state)
{
    (void)state;
    const char *const texts[] = {NULL, "a", "b", "NULL"};
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 4; k++)
            assert_int_equal(value_hash(texts[i]) == value_hash(texts[k]), i == k);
    assert_true(value_hash(NULL) != 0);
    assert_true(value_hash("") == value_hash(NULL)); /* a CSV cell cannot tell them apart */
}

/* ---- the order of dates ---- */

static void cells_of_the_other_order_are_rejects(void **state)
{
    (void)state;
    Run run = {0};
    assert_true(clean(&run, &works, "Work,Date Sold,Record ID\nA,12/31/2024,r1\nB,31/12/2024,r2\nC,1/2/2024,r3\n"));
    assert_non_null(strstr(run.text.data, "2: r1 name=A sold=2024-12-31\n"));
    assert_non_null(strstr(run.text.data, "3: r2 REJECT invalid_value, sold [31/12/2024]"));
    assert_non_null(strstr(run.text.data, "4: r3 name=C sold=2024-01-02\n"));
    end(&run);
}

static void more_of_the_other_order_fail_the_file(void **state)
{
    (void)state;
    const char *csv = "Work,Date Sold,Seen,Record ID\nA,12/31/2024,,r1\nB,31/12/2024,,r2\nC,1/2/2024,25/12/2024,r3\n";
    Run run = {0};
    assert_false(clean(&run, &works, csv));
    assert_int_equal(run.err.code, ERR_CSV);
    assert_string_equal(run.err.message, "works.csv: date_order is month first (mdy), but 2 dates only fit day first "
                                         "(dmy), such as \"31/12/2024\" in line 3; 1 only fit the setting");
    assert_string_equal(run.err.hint, "set \"date_order\": \"dmy\" in base.json");
    end(&run);
    run.order = DATE_DMY;
    assert_true(clean(&run, &works, csv));
    end(&run);
}

/* Records that are known unchanged are not cleaned, but their dates speak: the two bad ones stay two rejects. */
static void unchanged_records_speak_for_their_order(void **state)
{
    (void)state;
    const char *csv = "Work,Date Sold,Seen,Record ID\nA,12/31/2024,12/30/2024,r1\nB,31/12/2024,,r2\nC,30/12/2024,,r3\n";
    Run run = {.unchanged = "r1"};
    assert_true(clean(&run, &works, csv));
    end(&run);
    run.unchanged = "r1";
    assert_false(clean(&run, &works, "Work,Date Sold,Seen,Record ID\nA,,x,r1\nB,31/12/2024,,r2\n"));
    end(&run);
}

static DateOrder order_of(const char *csv, Err *err)
{
    DateOrder order = DATE_AUTO;
    const Base automatic = {.origin = "base.json", .date_order = DATE_AUTO};
    Table table = works;
    table.base = &automatic;
    Detector *detector = detector_new(&table, "works.csv");
    if (csv_read_bytes(str_of(csv), "works.csv", detector_put, detector, err))
        detector_date_order(detector, &order, err);
    detector_free(detector);
    return order;
}

static void date_orders(void **state)
{
    (void)state;
    Err err = {0};
    assert_int_equal(order_of("Work,Date Sold,Seen,Record ID\nA,1/2/2024,12/31/2024,r1\n", &err), DATE_MDY);
    assert_int_equal(order_of("Work,Date Sold,Seen,Record ID\nA,1/2/2024,31/12/2024,r1\nB,1\n", &err), DATE_DMY);
    assert_int_equal(order_of("Work,Date Sold,Record ID\nA,1/2/2024,r1\nB,2024-12-31,r2\n", &err), DATE_MDY);
    assert_int_equal(err.code, ERR_NONE);
    assert_int_equal(order_of("Work,Date Sold,Record ID\nA,12/31/2024,r1\n\nB,31/12/2024,r2\n", &err), DATE_AUTO);
    assert_int_equal(err.code, ERR_CSV);
    assert_string_equal(err.message, "works.csv: dates of both orders: line 4 has \"31/12/2024\" (day first), line 2 "
                                     "\"12/31/2024\" (month first)");
    err_clear(&err);
    order_of("Work,Work,Record ID\n", &err);
    assert_int_equal(err.code, ERR_HEADER);
    err_clear(&err);
    detector_free(NULL);
    cleaner_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_bad_column_rejects),
        cmocka_unit_test(required_cells),
        cmocka_unit_test(bad_cells_may_become_null),
        cmocka_unit_test(empty_cells_take_the_default),
        cmocka_unit_test(numbers_come_from_names),
        cmocka_unit_test(a_pattern_that_is_none),
        cmocka_unit_test(no_number_comes_from_a_long_name),
        cmocka_unit_test(changes_are_counted),
        cmocka_unit_test(ambiguous_cells_warn),
        cmocka_unit_test(the_element_to_blame_is_named),
        cmocka_unit_test(dates_as_keys_count_once),
        cmocka_unit_test(links),
        cmocka_unit_test(raw_hashes),
        cmocka_unit_test(value_hashes),
        cmocka_unit_test(cells_of_the_other_order_are_rejects),
        cmocka_unit_test(more_of_the_other_order_fail_the_file),
        cmocka_unit_test(unchanged_records_speak_for_their_order),
        cmocka_unit_test(date_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

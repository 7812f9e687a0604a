/* Whole records through the cleaner: which header feeds which column, and which record is which. */
#include "cleaning.h"

static void expect_error(const Table *table, const char *csv, ErrCode code, const char *message)
{
    Run run = {0};
    bool ok = clean(&run, table, csv);
    if (ok || run.err.code != code || !strstr(run.err.message, message) || !run.err.hint)
        fail_msg("expected \"%s\", got \"%s\" (%s)", message, ok ? "success" : run.err.message, run.err.hint);
    end(&run);
}

static void expect_warning(const Run *run, const char *column, int64_t line, const char *text)
{
    const CleaningWarning *warnings;
    size_t n = cleaning_report_warnings(run->report, &warnings);
    for (size_t i = 0; i < n; i++) {
        bool here = column ? warnings[i].column && strcmp(warnings[i].column, column) == 0 : !warnings[i].column;
        if (here && strstr(warnings[i].text, text) && warnings[i].lines[0] == line)
            return;
    }
    fail_msg("no warning \"%s\"", text);
}

/* ---- headers ---- */

#define ID  "recAAAAAAAAAAAAAA"
#define ID2 "recBBBBBBBBBBBBBB"

static void a_whole_record(void **state)
{
    (void)state;
    expect("Work,Number,Size,Price,Date Sold,Seen,Frame,Image,Shop,Record ID\n"
           " Harbour ,7,XL,\xC2\xA3"
           "950,10/7/2024,2024-10-08,Oak,a.jpg (https://x.test/1),," ID "\n",
           "2: " ID " name=Harbour shop=NULL number=7 size=Large price=950 sold=2024-10-07 seen=2024-10-08 "
           "frame=Oak image={https://x.test/1}\n");
}

static void columns_may_stand_anywhere(void **state)
{
    (void)state;
    expect("record_id,Extra,PRICE , title\n" ID ",x,5,Harbour\n", "2: " ID " name=Harbour price=5\nunmapped Extra\n");
    expect("Title,Price,Record ID,_reject_reason,_reject_reason,\nHarbour,1,r1,why,,\n",
           "2: r1 name=Harbour price=1\n");
}

static void repeated_headers_are_errors(void **state)
{
    (void)state;
    expect_error(&works, "Work,Extra,Record ID,Work\n", ERR_HEADER,
                 "works.csv: the header \"Work\" appears twice, as columns 1 and 4");
    expect_error(&works, "Record ID,Work,Record ID\n", ERR_HEADER, "the header \"Record ID\" appears twice");
    expect_error(&works, "Work,Title,Record ID\n", ERR_HEADER, "the headers \"Work\" and \"Title\" are mapped to the same column");
    expect_error(&works, "Work,work,Record ID\n", ERR_HEADER, "the headers \"Work\" and \"work\" are mapped to the same column");
    expect_error(&works, "Work,Record ID,record_id\n", ERR_HEADER, "\"Record ID\" and \"record_id\" are mapped to the same column");
    expect_error(&works, "Work,Shop,SHOP,Record ID\n", ERR_HEADER, "\"Shop\" and \"SHOP\" are mapped to the same column");
}

static void an_unmapped_header_may_be_repeated(void **state)
{
    (void)state;
    Run run = {0};
    expect_run(&run, &works, "Extra,Work,Extra,Record ID,Extra\n1,A,2,r1,3\n", "2: r1 name=A\nunmapped Extra\n");
    end(&run);
}

static void a_skip_header_is_found_once(void **state)
{
    (void)state;
    SkipRule rule = {"Hidden", NAMES("yes")};
    Table table = works;
    table.skips = &rule;
    expect_error(&table, "Work,Record ID,Hidden,hidden\n", ERR_HEADER, "\"Hidden\" and \"hidden\" are mapped to the same column");
    Run run = {0};
    expect_run(&run, &table, "Work,Record ID,hidden\nA,r1, yes \nB,r2,no\n", "2: skipped r1\n3: r2 name=B\n");
    end(&run);
    expect_run(&run, &table, "Work,Record ID\nA,r1\n", "2: r1 name=A\n");
    expect_warning(&run, NULL, 0, "no header \"Hidden\": its skip rule has no effect");
    end(&run);
}

static void a_missing_required_header(void **state)
{
    (void)state;
    expect_error(
        &works, "Shop,Workers,Wrk,Zebra,a,b,c,Record ID\n", ERR_HEADER,
        "works.csv: no header \"Work\" or \"Title\" for the required column name; unmapped headers of the file: "
        "\"Wrk\", \"Workers\", ");
    expect_error(&works, "Shop,Wrk,a,b,c,d,e,Record ID\n", ERR_HEADER, " and 1 more");
    expect_error(&works, "Shop,Record ID\n", ERR_HEADER, "every header of the file is mapped");
}

static void a_missing_optional_header(void **state)
{
    (void)state;
    Run run = {0};
    expect_run(&run, &works, "Work,Sizes,Record ID\nA - 1,x,r1\n", "2: r1 name=A - 1 number=1\nunmapped Sizes\n");
    expect_warning(&run, "size", 0,
                   "no header \"Size\": the column is not changed; unmapped headers of the file: \"Sizes\"");
    expect_warning(&run, "shop", 0, "no header \"Shop\" or \"shop_record_id\"");
    assert_true(run.has[NAME] && run.has[NUMBER] && !run.has[SIZE] && run.has_id);
    assert_int_equal(cleaning_report_warning_count(run.report, &works), 0);
    end(&run);
}

static void headers_without_names(void **state)
{
    (void)state;
    Run run = {0};
    expect_run(&run, &works, "Work,Record ID,, \nA,r1,x,y\n", "2: r1 name=A\n");
    expect_warning(&run, NULL, 0, "2 columns of the file have no name");
    end(&run);
}

static void headers_only_drops_records(void **state)
{
    (void)state;
    Run run = {.headers_only = true};
    expect_run(&run, &works, "Work,Record ID\nA,r1,broken\n", "");
    end(&run);
}

/* ---- which record ---- */

static void ragged_records_are_rejected(void **state)
{
    (void)state;
    expect("Work,Record ID\nA\nB,r1,x\n,\nC," ID ",\n" ID2 "\n,," ID2 "\n" ID "," ID2 ",x\n" ID2 "," ID "," ID "\n",
           "2: no id REJECT wrong_field_count, record []\n"
           "3: no id REJECT wrong_field_count, record []\n"
           "4: skipped no id\n"
           "5: " ID " REJECT wrong_field_count, record []\n"
           "6: " ID2 " REJECT wrong_field_count, record []\n"
           "7: " ID2 " REJECT wrong_field_count, record []\n"
           "8: " ID2 " REJECT wrong_field_count, record []\n"
           "9: no id REJECT wrong_field_count, record []\n");
    Run run = {0};
    expect_run(&run, &shops, "Name\nA,B\n", "2: no id REJECT wrong_field_count, record []\n");
    assert_string_equal(run.reason, "has 2 cells, the header has 1: is a quote or a comma missing?");
    end(&run);
    expect("Work,Record ID\nA,recAAAAAAAAAAAAA-,x\n", "2: no id REJECT wrong_field_count, record []\n");
}

static void shells_are_skipped(void **state)
{
    (void)state;
    expect("Work,Size,Record ID\n - ,Small,r1\n-,Small,\n,Small, r2 \n\"\n\",#ERROR!,r3\nA,,r4\n- 1,NaN,r5\n",
           "2: skipped r1\n3: skipped no id\n4: skipped r2\n5: skipped r3\n7: r4 name=A size=NULL\n"
           "8: r5 name=- 1 size=NULL\n");
    Run run = {0};
    expect_run(&run, &shops, "Name,Notes,Record ID\n,NaN,r1\n , ,\n", "2: skipped r1\n3: skipped no id\n");
    end(&run);
}

static void ids(void **state)
{
    (void)state;
    char csv[800], expected[800], longest[260];
    expect("Work,Record ID\nA,\nB, r\xC3\xA9 \nC,\xFF"
           "1\nD,NaN\n",
           "2: no id REJECT missing_id, work_id []\n"
           "3: r\xC3\xA9 name=B\n"
           "4: no id REJECT invalid_utf8, work_id [\\xFF1]\n"
           "5: no id REJECT missing_id, work_id []\n");
    memset(longest, 'x', sizeof longest);
    longest[255] = '\0';
    snprintf(csv, sizeof csv, "Work,Record ID\nA,%s\n", longest);
    snprintf(expected, sizeof expected, "2: %s name=A\n", longest);
    expect(csv, expected);
    Run run = {0};
    snprintf(csv, sizeof csv, "Work,Record ID\nA,%sx\n", longest);
    assert_true(clean(&run, &works, csv));
    assert_non_null(strstr(run.text.data, "no id REJECT too_long, work_id ["));
    end(&run);
}

static void natural_keys_stand_in_for_ids(void **state)
{
    (void)state;
    Run run = {.unchanged = "Old"};
    expect_run(&run, &shops, "Name,Notes\n New ,x\nOld,y\nNaN,z\n\xFF,w\n",
               "2: no id name=New notes=x\n3: unchanged\n"
               "4: no id REJECT missing_id, name []\n"
               "5: no id REJECT invalid_utf8, name [\\xFF]\n");
    assert_false(run.has_id);
    assert_int_equal(run.n_known, 2);
    expect_warning(&run, "shop_id", 0, "no header \"Record ID\": records are matched by their natural key");
    end(&run);
    /* a key is looked at twice, and its ambiguous character is told once */
    expect_run(&run, &shops, "Name,Notes\nN\xEF\xBF\xBDw,x\n", "2: no id name=N\xEF\xBF\xBDw notes=x\n");
    assert_int_equal(cleaning_report_warning_count(run.report, &shops), 1);
    end(&run);
    Column optional[2] = {shop_columns[0], shop_columns[1]};
    optional[0].required = false;
    Table table = shops;
    table.columns = optional;
    expect_run(&run, &table, "Name,Notes\n,x\n", "2: no id REJECT missing_id, name []\n");
    end(&run);
    expect_error(&table, "Notes,x\n", ERR_HEADER,
                 "no header \"Record ID\" for the record id, nor one for the natural key");
    expect_error(&works, "Work,Recrd\n", ERR_HEADER,
                 "no header \"Record ID\" or \"record_id\" for the record id; unmapped headers of the file: \"Recrd\"");
}

static void known_records_are_not_cleaned(void **state)
{
    (void)state;
    Run run = {.unchanged = "r2"};
    expect_run(&run, &works, "Work,Price,Record ID\nA,1,r1\nB,nonsense,r2\nC,3,r3\n",
               "2: r1 name=A price=1\n3: unchanged\n4: r3 name=C price=3\n");
    end(&run);
}

static void sinks_may_fail_or_do_without(void **state)
{
    (void)state;
    Run run = {.broken = true};
    assert_false(clean(&run, &works, "Work,Record ID\nA,r1\n"));
    assert_int_equal(run.err.code, ERR_LOST);
    end(&run);
    run.only_put = true;
    expect_run(&run, &works, "Work,Record ID\n-,r1\nB,r2\n", "3: r2 name=B\n");
    end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_record),
        cmocka_unit_test(columns_may_stand_anywhere),
        cmocka_unit_test(repeated_headers_are_errors),
        cmocka_unit_test(an_unmapped_header_may_be_repeated),
        cmocka_unit_test(a_skip_header_is_found_once),
        cmocka_unit_test(a_missing_required_header),
        cmocka_unit_test(a_missing_optional_header),
        cmocka_unit_test(headers_without_names),
        cmocka_unit_test(headers_only_drops_records),
        cmocka_unit_test(ragged_records_are_rejected),
        cmocka_unit_test(shells_are_skipped),
        cmocka_unit_test(ids),
        cmocka_unit_test(natural_keys_stand_in_for_ids),
        cmocka_unit_test(known_records_are_not_cleaned),
        cmocka_unit_test(sinks_may_fail_or_do_without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

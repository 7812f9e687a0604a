/* The report as a page: markup and hostile bytes, tables, entries, charts, what is left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "artsync/cells.h"
#include "artsync/report.h"
#include "case.h"

/* What is between <main> and </main> of the page of one section, malloc'ed. */
static char *page_of(bool (*write)(Report *report, void *ctx, Err *err), void *ctx)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    Err err = {0};
    const ReportSection sections[] = {{FOR_PAGE, 1, write}, {0}};
    assert_true(report_write(report_form("page"), out, sections, ctx, NULL, &err));
    assert_int_equal(fclose(out), 0);
    char *begin = strstr(text, "<main>\n"), *end = strstr(text, "</main>\n</body>\n</html>\n");
    assert_non_null(begin);
    assert_non_null(end);
    assert_int_equal(strlen(end), strlen("</main>\n</body>\n</html>\n"));
    *end = '\0';
    char *main = mem_dup(begin + strlen("<main>\n"));
    free(text);
    return main;
}

static bool write_line(Report *report, void *ctx, Err *err)
{
    (void)err;
    report_part(report, STYLE_PLAIN, "%s", (const char *)ctx);
    report_line_end(report);
    return true;
}

static void any_bytes_stay_text(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"<script>alert('x')</script>", "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
        {"a & b \"c\" ]]> --", "a &amp; b &quot;c&quot; ]]&gt; --"},
        {"bell \a end", "bell <i class=code>U+0007</i> end"},
        {"turned \xE2\x80\xAE" "exe", "turned <i class=code>U+202E</i>exe"},
        {"isolate \xE2\x81\xA6x", "isolate <i class=code>U+2066</i>x"},
        {"cut \xC3", "cut <i class=code>\\xC3</i>"},
        {"joined \xE2\x80\x8D end", "joined \xE2\x80\x8D end"},
        {"two\nlines", "two\nlines"},
        {"\xD7\xA9\xD7\x9C", "\xD7\xA9\xD7\x9C"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CASE("%s", cases[i][1]);
        char *main = page_of(write_line, (void *)(uintptr_t)cases[i][0]), want[200];
        snprintf(want, sizeof want, "<p>%s</p>\n", cases[i][1]);
        assert_string_equal(main, want);
        free(main);
    }
}

static bool write_values(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {
        {.heading = "name"},
        {.key = "hidden"},
        {.heading = "rows", .type = CELL_COUNT, .style = STYLE_BAD, .flags = AT_RIGHT},
        {.heading = "never", .flags = WHERE_FILLED},
    };
    static const ReportTable table = {.title = "A & B", COLUMNS(columns)};
    (void)ctx;
    (void)err;
    report_table_begin(report, &table, NULL);
    report_row(report, (const char *[]){"<b>", "x", "8400", NULL});
    report_row(report, (const char *[]){NULL, "x", "0", ""});
    report_table_end(report);
    return true;
}

static void a_table_has_its_headings_in_every_cell(void **state)
{
    (void)state;
    char *main = page_of(write_values, NULL);
    assert_string_equal(main, "<section>\n<h2>A &amp; B</h2>\n<table role=table>\n<thead role=rowgroup><tr role=row>"
                              "<th role=columnheader scope=col>name</th><th role=columnheader scope=col class=right>rows</th>"
                              "</tr></thead>\n<tbody role=rowgroup>\n"
                              "<tr role=row><td role=cell data-label=\"name\"><bdi>&lt;b&gt;</bdi></td>"
                              "<td role=cell class=right data-label=\"rows\"><span class=\"bad\"><bdi>8,400</bdi></span></td></tr>\n"
                              "<tr role=row><td role=cell data-label=\"name\"></td>"
                              "<td role=cell class=right data-label=\"rows\"><span class=\"dim\"><bdi>0</bdi></span></td></tr>\n"
                              "</tbody>\n</table>\n</section>\n");
    free(main);
}

static bool write_changes(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.heading = "id"}, {.heading = "changes", .type = CELL_CHANGES}};
    static const ReportTable table = {COLUMNS(columns)};
    (void)err;
    report_table_begin(report, &table, NULL);
    for (const char *const *row = ctx; *row; row++)
        report_row(report, (const char *[]){"r1", *row});
    report_table_end(report);
    return true;
}

static void changes_are_old_and_new(void **state)
{
    (void)state;
    static const char *const rows[] = {"price\t1\t2\tnote\t\\N\tx\t", "price\t\\N\t2\tnote\t\\N\t\\N\t", "price\t1\t\\N\t", NULL};
    static const char *const want[] = {
        "<div><dt>price</dt><dd><del>1</del> <span class=arrow>&rarr;</span> <ins>2</ins></dd></div>"
        "<div><dt>note</dt><dd><span class=dim>(empty)</span> <span class=arrow>&rarr;</span> <ins>x</ins></dd></div>",
        "<dl class=changes><div><dt>price</dt><dd><ins>2</ins></dd></div></dl>",
        "<dl class=changes><div><dt>price</dt><dd><del>1</del></dd></div></dl>",
    };
    char *main = page_of(write_changes, (void *)(uintptr_t)rows);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        CASE("%s", rows[i]);
        assert_non_null(strstr(main, want[i]));
    }
    free(main);
}

static bool write_days(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.heading = "day"}, {.heading = "Syncs", .type = CELL_COUNT, .flags = PLOTTED},
                                           {.heading = "Rows", .type = CELL_COUNT, .flags = PLOTTED_LINE}};
    static const ReportTable table = {COLUMNS(columns)};
    (void)ctx;
    (void)err;
    report_table_begin(report, &table, NULL);
    report_row(report, (const char *[]){"Mon", "4", "100"});
    report_row(report, (const char *[]){"Tue", NULL, "100"});
    report_row(report, (const char *[]){"Wed", "2", "50"});
    report_table_end(report);
    return true;
}

static void a_chart_says_its_numbers(void **state)
{
    (void)state;
    char *main = page_of(write_days, NULL);
    static const char *const want[] = {
        "<b>Syncs</b> <span>last 2, most 4</span>", "aria-label=\"Syncs from Mon to Wed, at most 4\"",
        "<rect x=1 y=0.0 width=8 height=100.0><title>Mon: 4</title></rect><rect x=21 y=50.0 width=8 height=50.0>",
        "<polyline points=\"5,4.0 15,4.0 25,52.0 \"/>",
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        CASE("%s", want[i]);
        assert_non_null(strstr(main, want[i]));
    }
    free(main);
}

/* Rows of 4 KiB end before there are ten thousand of them: the page has a size that browsers open. */
static bool write_much(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[] = {{.heading = "a"}, {.heading = "b"}};
    static const ReportTable table = {COLUMNS(columns)};
    (void)err;
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < 20000; i++)
        report_row(report, (const char *[]){ctx, ctx});
    report_table_end(report);
    return true;
}

static void a_page_has_a_greatest_size(void **state)
{
    (void)state;
    char *text = mem_alloc(5001);
    memset(text, 'x', 5000);
    char *main = page_of(write_much, text);
    assert_in_range(strlen(main), 1024 * 1024, 32 * 1024 * 1024);
    assert_non_null(strstr(main, "x&hellip; <span class=cut>(cut: 5,000 characters in all)</span>"));
    assert_non_null(strstr(main, " more are left out: this page shows the first "));
    free(main);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_bytes_stay_text),     cmocka_unit_test(a_table_has_its_headings_in_every_cell),
        cmocka_unit_test(changes_are_old_and_new), cmocka_unit_test(a_chart_says_its_numbers),
        cmocka_unit_test(a_page_has_a_greatest_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* field_tool: what the case files clean to, one line per accepted value, for a test that asks PostgreSQL:
 *     file:line <tab> SQL type <tab> input <tab> value
 * Backslashes, tabs and line ends are escaped as in COPY's text format. */
#include "cases.h"

/* Where a line names no SQL type: what the field usually goes into; a link's key is what its line says. */
static const char *sql_type(const CaseSettings *settings)
{
    FieldType type = settings->column.type;
    return *settings->sql ? settings->sql : type == FIELD_LINK ? "text" : field_usual_type(type)->base;
}

static void put(const char *text)
{
    for (; *text; text++) {
        const char *special = strchr("\\\t\n\r", *text);
        if (special)
            printf("\\%c", "\\tnr"[special - "\\\t\n\r"]);
        else
            putchar(*text);
    }
}

static void put_line(const Case *one, void *ctx)
{
    (void)ctx;
    const CaseSettings *settings = one->settings;
    if (one->cleaned.code || !one->cleaned.text)
        return;
    printf("%s:%d\t%s\t", one->file, one->line, sql_type(settings));
    put(one->input.p);
    putchar('\t');
    put(one->cleaned.text);
    putchar('\n');
}

int main(int argc, char **argv)
{
    for (FieldType type = 0; type < FIELD_COUNT; type++)
        cases_run(argc > 1 ? argv[1] : "tests/cases", type, put_line, NULL);
    return fflush(stdout) == 0 ? 0 : 1;
}

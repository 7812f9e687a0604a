/* field_tool: what the case files clean to, one line per accepted value, for a test that asks PostgreSQL:
 *     file:line <tab> SQL type <tab> input <tab> value
 * Backslashes, tabs and line ends are escaped as in COPY's text format. */
#include "cases.h"

/* Where a line names no SQL type: what the field usually goes into. */
static const char *const usual[FIELD_COUNT] = {
    [FIELD_TEXT] = "text",        [FIELD_INTEGER] = "bigint",     [FIELD_DECIMAL] = "numeric",
    [FIELD_CURRENCY] = "numeric", [FIELD_PERCENT] = "numeric",    [FIELD_BOOLEAN] = "boolean",
    [FIELD_DATE] = "date",        [FIELD_DATETIME] = "timestamp", [FIELD_DURATION] = "interval",
    [FIELD_CHOICE] = "text",      [FIELD_LIST] = "text[]",        [FIELD_ATTACHMENTS] = "text[]",
    [FIELD_LINK] = "text",        [FIELD_JSON] = "jsonb",
};

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
    printf("%s:%d\t%s\t", one->file, one->line, *settings->sql ? settings->sql : usual[settings->column.type]);
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

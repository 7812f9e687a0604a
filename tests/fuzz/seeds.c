/* seeds FOLDER: writes the cells of tests/cases/ as inputs of fuzz_field (FOLDER/field) and fuzz_links (FOLDER/links).
 */
#include <sys/stat.h>
#include <unistd.h>

#include "../unit/cases.h"

static const char names[] = "Harbour\0Lighthouse\0Ghost, clone\0a,b,c\0\"Q\" one\0Twin\0Twin\0Lion \n";
static int number;

static FILE *seed(const char *folder, const char *target)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s/case%04d", folder, target, ++number);
    FILE *file = fopen(path, "wb");
    if (!file)
        case_die(path, 0, "cannot be written");
    return file;
}

static void put_case(const Case *one, void *folder)
{
    const CaseSettings *settings = one->settings;
    const PgType *type = &settings->catalog.type;
    bool words = settings->column.n_aliases || settings->column.choices.n || settings->base.null_tokens.n;
    bool narrow = type->length || type->precision || type->bytes == 2;
    int how = settings->column.catalog ? (int)type->kind : 31;
    FILE *file = seed(folder, "field");
    fputc(settings->column.type, file);
    fputc(how | (settings->context.date_order == DATE_DMY) << 5 | words << 6 | narrow << 7, file);
    fwrite(one->input.p, 1, one->input.n, file);
    fclose(file);
    if (settings->column.type != FIELD_LINK)
        return;
    file = seed(folder, "links");
    fputc(settings->column.multiple_first, file);
    fwrite(one->input.p, 1, one->input.n + 1, file);
    fwrite(names, 1, sizeof names, file);
    fclose(file);
}

int main(int argc, char **argv)
{
    static const char *const targets[] = {"", "/field", "/links"};
    char path[512];
    if (argc != 2)
        case_die("seeds", 0, "needs a folder");
    for (size_t i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", argv[1], targets[i]);
        if (mkdir(path, 0755) != 0 && access(path, W_OK) != 0)
            case_die(path, 0, "cannot be made");
    }
    for (FieldType type = 0; type < FIELD_COUNT; type++)
        cases_run("tests/cases", type, put_case, argv[1]);
    printf("%d seeds\n", number);
    return 0;
}

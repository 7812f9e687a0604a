/* The bare cost of reading CSV: libcsv in strict mode over whole files, every cell looked at and forgotten. */
#include <csv.h>
#include <stdio.h>

static void on_cell(void *bytes, size_t n, void *ctx)
{
    (void)bytes;
    *(size_t *)ctx += n + 1;
}

static void on_row(int c, void *ctx)
{
    (void)c;
    (void)ctx;
}

int main(int argc, char **argv)
{
    static char chunk[256 * 1024];
    size_t sum = 0;
    for (int i = 1; i < argc; i++) {
        struct csv_parser parser;
        FILE *file = fopen(argv[i], "rb");
        if (!file || csv_init(&parser, CSV_STRICT) != 0)
            return 1;
        for (size_t n; (n = fread(chunk, 1, sizeof chunk, file)) > 0;)
            if (csv_parse(&parser, chunk, n, on_cell, on_row, &sum) != n)
                return 1;
        csv_fini(&parser, on_cell, on_row, &sum);
        csv_free(&parser);
        fclose(file);
    }
    printf("%zu\n", sum);
    return 0;
}

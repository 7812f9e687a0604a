/* Any bytes as a .env file: no crash; keys are names, lines are in order, and no message shows a value. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "artsync/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
    if (!ok)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    EnvFile file = {0};
    Err err = {0};
    Buf text = {0};
    buf_reserve(&text, 1);
    buf_add(&text, data, size);
    bool ok = env_parse(buf_view(&text), "x", &file, &err);
    must(ok == (err.code == ERR_NONE));
    must(ok || err.code == ERR_CONFIG);
    must(ok || strlen(err.message) < 80); /* the place and what is wrong, nothing of the line */
    for (int i = 0; i < file.n; i++) {
        must(file.items[i].key[0] && strspn(file.items[i].key, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                                               "0123456789_") == strlen(file.items[i].key));
        must(strlen(file.items[i].value) <= size && !strchr(file.items[i].value, '\n'));
        must(i == 0 || file.items[i].line > file.items[i - 1].line);
        must(env_find(&file, file.items[i].key) >= &file.items[i]);
    }
    env_free(&file);
    err_clear(&err);
    buf_free(&text);
    return 0;
}

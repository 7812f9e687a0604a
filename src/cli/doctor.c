/* doctor.c - findings, and the settings that checks look at. */
#include "doctor.h"

#include <stdlib.h>

static void add(Doctor *doctor, Finding finding)
{
    ARRAY_RESERVE(doctor->items, doctor->n, doctor->cap);
    doctor->items[doctor->n++] = finding;
    doctor->problems += !finding.ok;
}

static const char *formatted(Doctor *doctor, const char *format, va_list args)
{
    Buf text = {0};
    buf_vprintf(&text, format, args);
    const char *kept = arena_strn(doctor->arena, buf_view(&text).p, text.len);
    buf_free(&text);
    return kept;
}

void doctor_fine(Doctor *doctor, const char *name, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(doctor, (Finding){.name = name, .message = formatted(doctor, format, args), .ok = true});
    va_end(args);
}

void doctor_problem(Doctor *doctor, const char *name, const char *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add(doctor, (Finding){.name = name, .message = formatted(doctor, format, args), .command = command});
    va_end(args);
}

void doctor_error(Doctor *doctor, const char *name, const char *command, Err *err)
{
    Buf text = {0};
    buf_printf(&text, "%s%s%s", err->message ? err->message : "it failed", err->hint ? "; " : "",
               err->hint ? err->hint : "");
    for (size_t i = 0; i < text.len; i++) /* other programs' messages may have lines */
        if (text.data[i] == '\n' || text.data[i] == '\t')
            text.data[i] = ' ';
    doctor_problem(doctor, name, command, "%s", text.data);
    buf_free(&text);
    err_clear(err);
}

const char *doctor_setting(const Doctor *doctor, const char *key)
{
    const char *given = getenv(key);
    const EnvEntry *entry = env_find(&doctor->cli->env, key);
    return given && *given ? given : entry && *entry->value ? entry->value : NULL;
}

#include "archive.h"

#include <stdlib.h>
#include <string.h>

static bool begins(const char *text, const char *word) { return strncmp(text, word, strlen(word)) == 0; }

/* Kinds that exist once in a schema for everybody: only those that the manifest names. */
static bool is_shared_kind(const char *entry)
{
    static const char *const kinds[] = {"FUNCTION ", "PROCEDURE ", "TYPE ", "DOMAIN "};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (begins(entry, kinds[i]))
            return true;
    return false;
}

static bool is_table_kind(const char *entry)
{
    static const char *const kinds[] = {"TABLE ",      "VIEW ",          "MATERIALIZED VIEW ", "SEQUENCE ",  "DEFAULT ",
                                        "CONSTRAINT ", "FK CONSTRAINT ", "CHECK CONSTRAINT ",  "INDEX ",     "TRIGGER ",
                                        "RULE ",       "POLICY ",        "ROW SECURITY ",      "STATISTICS "};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (begins(entry, kinds[i]))
            return true;
    return false;
}

/* What follows the schema's name, if the text begins with it. A line feed in a name is printed as a blank. */
static const char *behind(const char *text, const char *schema)
{
    for (; *schema; schema++, text++)
        if (*text != (*schema == '\n' || *schema == '\r' ? ' ' : *schema))
            return NULL;
    return *text == ' ' ? text + 1 : NULL;
}

/* COMMENT <schema> TABLE|COLUMN|... <name>, in one of the schemas that the backup is of. */
static bool is_taken_comment(const char *entry, const Manifest *manifest)
{
    if (!begins(entry, "COMMENT "))
        return false;
    const char *rest = entry + sizeof "COMMENT " - 1;
    if (begins(rest, "- SCHEMA artsync ") || begins(rest, "artsync "))
        return true;
    for (int i = 0; i < manifest->n_tables; i++) {
        const char *what = behind(rest, manifest->tables[i].schema);
        if (what && (is_table_kind(what) || begins(what, "COLUMN ")))
            return true;
    }
    return false;
}

static bool is_taken(int64_t oid, const char *entry, const Manifest *manifest)
{
    if (!is_shared_kind(entry))
        return is_table_kind(entry) || is_taken_comment(entry, manifest);
    for (int i = 0; i < manifest->n_objects; i++)
        if (manifest->objects[i].oid == oid)
            return true;
    return false;
}

const char *archive_entry(const char *line, int64_t *oid)
{
    char *p;
    if (*line < '0' || *line > '9')
        return NULL;
    strtoll(line, &p, 10);
    if (*p != ';')
        return NULL;
    strtoll(p + 1, &p, 10);
    *oid = strtoll(p, &p, 10);
    return *p == ' ' ? p + 1 : NULL;
}

void archive_choose(const char *list, const Manifest *manifest, FILE *out)
{
    for (const char *line = list, *next; *line; line = next) {
        int64_t oid = 0;
        size_t n = strcspn(line, "\n");
        next = line + n + (line[n] == '\n');
        const char *entry = archive_entry(line, &oid);
        if (entry && is_taken(oid, entry, manifest))
            fprintf(out, "%.*s\n", (int)n, line);
    }
}

/* cmd_watch.c - sync whenever a new export has arrived. */
#include <stdlib.h>

#include "artsync/log.h"
#include "artsync/watch.h"
#include "private.h"

static const Option options[] = {
    {"interval", 0, OPTION_TEXT, "TIME", NULL, "1h", "longest time between two syncs: 30s, 15m, 1h, 1d"},
    {"once", 0, OPTION_FLAG, NULL, NULL, NULL, "end with the first sync that reaches the database, and as it ends"},
    ROW_MODE,
    ROW_EXPORT_DIR,
    ROW_ON_CONFLICT,
    ROWS_LIMITS,
    ROW_NOTIFY,
    ROW_REPORT,
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_watch = {
    .name = "watch",
    .summary = "sync whenever a new export has arrived, and at intervals",
    .details =
        "A new export is read once no file of the folder has changed for 5 seconds. While the database is away, it\n"
        "tries again after 1 second, then 2, 4 and so on up to 60. One line per sync on stdout. SIGTERM ends it with\n"
        "0 once the sync under way is complete; Ctrl-C interrupts that sync. As a service of systemd it says when it\n"
        "is ready, what it does, and that it is alive (Type=notify, WatchdogSec=).",
    .examples = "artsync watch --once\n"
                "artsync watch --once --quiet --mode merge\n",
    .see_also = "sync, status, history",
    .needs = NEED_BASE,
    .options = options,
    .run = run,
};

/* "15m" in ms; -1: it is no time. */
static int64_t interval_of(const char *text)
{
    static const struct {
        char unit;
        int64_t ms;
    } units[] = {{'s', 1000}, {'m', 60000}, {'h', 3600000}, {'d', 86400000}};
    enum { DAYS_MAX = 366 };
    char *end;
    long long n = text[0] >= '0' && text[0] <= '9' ? strtoll(text, &end, 10) : 0;
    for (size_t i = 0; n > 0 && i < sizeof units / sizeof units[0]; i++)
        if (*end == units[i].unit && !end[1] && n <= DAYS_MAX * units[3].ms / units[i].ms)
            return n * units[i].ms;
    return -1;
}

/* The options that were given and that sync has, too: what comes from the environment or .env, it reads itself. */
static char **sync_arguments(Cli *cli)
{
    static const char *const own[] = {"interval", "once", "database"};
    char **list = arena_alloc(&cli->arena, sizeof *list * (size_t)(cli->arguments.n_options * 2 + 3));
    int n = 0;
    list[n++] = "artsync";
    list[n++] = "sync";
    for (int i = 0; i < cli->arguments.n_options; i++) {
        const OptionValue *value = &cli->arguments.options[i];
        bool passed = value->origin && value->origin[0] == '-';
        for (size_t k = 0; passed && k < sizeof own / sizeof own[0]; k++)
            passed = strcmp(value->option->name, own[k]) != 0;
        if (!passed)
            continue;
        list[n++] = arena_printf(&cli->arena, "--%s", value->option->name);
        if (value->option->kind != OPTION_FLAG)
            list[n++] = arena_str(&cli->arena, value->text);
    }
    list[n] = NULL;
    return list;
}

/* Tests do not wait as long as people have to. */
static int64_t time_of_test(const char *variable, int64_t otherwise)
{
    const char *text = getenv(variable);
    return text ? strtoll(text, NULL, 10) : otherwise;
}

static bool run(Cli *cli, Err *err)
{
    const char *interval = cli_text(cli, "interval");
    const char *database =
        cli_given(cli, "database") ? cli->url : NULL; /* by the environment: no list of processes has it */
    WatchOptions watch = {.folder = cli_text(cli, "export-dir"),
                          .interval_ms = interval_of(interval),
                          .still_ms = time_of_test("ARTSYNC_TEST_STILL_MS", WATCH_STILL_MS),
                          .look_ms = time_of_test("ARTSYNC_TEST_LOOK_MS", WATCH_LOOK_MS),
                          .once = cli_flag(cli, "once"),
                          .arguments = sync_arguments(cli)};
    if (watch.interval_ms < 0)
        return err_set(err, ERR_USAGE, "a number and s, m, h or d, up to 366d: 15m", "--interval: \"%s\" is not a time",
                       interval);
    watch.environment = (const char *[]){
        ORIGIN_VARIABLE "=watch", database ? arena_printf(&cli->arena, "DATABASE_URL=%s", database) : NULL, NULL};
    if (!watch.once)
        log_note("watching %s; syncing every %s at the latest", watch.folder, interval);
    return watch_run(&watch, &cli->status, err);
}

/* outcome.c - how a run ended: one line, and who is told. */
#include <stdlib.h>
#include <string.h>

#include "artsync/clock.h"
#include "artsync/counters.h"
#include "artsync/file.h"
#include "artsync/log.h"
#include "artsync/notify.h"
#include "artsync/utf8.h"
#include "private.h"

enum { SUMMARY_MAX = 199 }; /* characters */

/* ---- in one line ---- */

static void add_counts(Buf *out, const SyncResult *result)
{
    const TableCounts sum = counters_total(result);
    const struct {
        int64_t n;
        const char *what;
    } parts[] = {{sum.created, "created"},   {sum.updated, "updated"},         {sum.deactivated, "deactivated"},
                 {sum.rejected, "rejected"}, {sum.new_rejects, "of them new"}, {sum.conflicts, "in conflict"}};
    size_t before = out->len;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (parts[i].n)
            buf_printf(out, ", %lld %s", (long long)parts[i].n, parts[i].what);
    if (out->len == before)
        buf_str(out, ", nothing changed");
}

/* Each end of a line, with the white space around it, as one space. */
static void add_in_one_line(Buf *out, const char *message)
{
    buf_str(out, ": ");
    for (const char *c = message; *c;) {
        size_t space = strspn(c, " \t\r\n");
        bool ends_line = strcspn(c, "\r\n") < space;
        size_t n = space ? space : 1;
        if (ends_line)
            buf_char(out, ' ');
        else
            buf_add(out, c, n);
        c += n;
    }
}

const char *sync_summary(const SyncResult *result, const Base *base, ExitStatus status, const Err *failed, Arena *arena)
{
    Buf line = {0};
    buf_printf(&line, "%s: %s", base->name,
               status == EXIT_DONE        ? "synced"
               : status == EXIT_ATTENTION ? "synced, needs attention"
                                          : "not synced");
    if (failed->code == ERR_NONE && result)
        add_counts(&line, result);
    else if (failed->message)
        add_in_one_line(&line, failed->message);
    const char *text = utf8_printable(buf_view(&line), SUMMARY_MAX, arena);
    buf_free(&line);
    return text;
}

/* ---- who is told ---- */

static const char *notifier_of(const Cli *cli)
{
    const char *program = cli->outcome.configured && !cli_is_dry(cli) ? cli_text(cli, "notify") : NULL;
    return program && *program ? program : NULL; /* an empty name was refused: there is no one to tell */
}

static bool has_option(const Cli *cli, const char *name)
{
    for (int i = 0; i < cli->arguments.n_options; i++) {
        const char *option = cli->arguments.options[i].option->name;
        if (option && strcmp(option, name) == 0)
            return true;
    }
    return false;
}

static void keep(FILE **to, const ReportSection *sections, void *ctx, const Err *failed)
{
    Err err = {0};
    *to = file_temporary(&err);
    if (*to)
        report_write(report_form("json"), *to, sections, ctx, failed, &err);
    if (err.code != ERR_NONE && err.code != failed->code)
        log_attention("the report for --notify is incomplete: %s", err.message);
    err_clear(&err);
}

void outcome_keep(Cli *cli, const ReportSection *sections, void *ctx, const Err *failed)
{
    if (notifier_of(cli))
        keep(&cli->outcome.report, sections, ctx, failed);
}

bool outcome_is_line(const Cli *cli)
{
    return report_audience(cli->form) != FOR_PROGRAMS && has_option(cli, "notify") && !has_option(cli, "interval") &&
           strcmp(run_origin(), "watch") == 0;
}

/* What there is to say of a run that ended before its report. */
static void complete(Cli *cli, ExitStatus status, const Err *failed)
{
    const char *base = cli->base ? cli->base->name : cli->base_name ? cli->base_name : "artsync";
    if (!cli->outcome.summary)
        cli->outcome.summary = sync_summary(NULL, &(Base){.name = base}, status, failed, &cli->arena);
}

void outcome_print(Cli *cli, const Err *err)
{
    char now[CLOCK_UTC];
    if (!cli->arguments.command || !outcome_is_line(cli) || (cli->quiet && cli->status == EXIT_DONE))
        return;
    clock_utc(now);
    complete(cli, cli->status, err);
    out_print(stdout, "%s %s\n", now, cli->outcome.summary);
}

/* watch tries again and again while the database is away: that is told once. */
static bool was_told(ExitStatus status)
{
    const char *told = getenv("ARTSYNC_TOLD_STATUS");
    return status >= EXIT_USAGE && strcmp(run_origin(), "watch") == 0 && told && strtol(told, NULL, 10) == (long)status;
}

static bool wants(const Cli *cli, ExitStatus status)
{
    const char *when = cli_text(cli, "ARTSYNC_NOTIFY_ON");
    if (when && strcmp(when, "always") == 0)
        return true;
    return status > (when && strcmp(when, "failure") == 0 ? EXIT_ATTENTION : EXIT_DONE);
}

static void notify(Cli *cli, const char *program, ExitStatus status, const Err *failed)
{
    Err err = {0};
    Outcome *outcome = &cli->outcome;
    if (!outcome->report)
        keep(&outcome->report, (const ReportSection[]){{0}}, NULL, failed);
    complete(cli, status, failed);
    if (!notify_run(&(Notice){program, outcome->report, status, outcome->sync_id, outcome->summary, NOTIFY_TIMEOUT_MS},
                    &err))
        log_attention("%s was not told: %s", program, err.message);
    err_clear(&err);
}

static void call_heartbeat(Cli *cli, const char *url, ExitStatus status)
{
    Err err = {0};
    if (!heartbeat_send(url, status <= EXIT_ATTENTION, cli_text(cli, "ARTSYNC_CA_FILE"), &err))
        log_attention("the URL of ARTSYNC_HEARTBEAT_URL was not reached: %s", err.message);
    err_clear(&err);
}

void outcome_tell(Cli *cli, ExitStatus status, const Err *err)
{
    if (cli->outcome.configured && !cli_is_dry(cli) && has_option(cli, "notify") && !has_option(cli, "interval") &&
        !was_told(status)) {
        const char *program = notifier_of(cli), *url = cli_text(cli, "ARTSYNC_HEARTBEAT_URL");
        if (url)
            call_heartbeat(cli, url, status);
        if (program && wants(cli, status))
            notify(cli, program, status, err);
    }
    if (cli->outcome.report)
        fclose(cli->outcome.report);
    cli->outcome.report = NULL;
}

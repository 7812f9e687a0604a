/* doctor: everything that a run at night will need, looked at one by one. */
#include <stdlib.h>

#include "artsync/interrupt.h"
#include "doctor.h"
#include "private.h"

static const Option options[] = {
    ROW_EXPORT_DIR,
    {"online", 0, OPTION_FLAG, NULL, NULL, NULL, "also try to reach the servers that settings name"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_doctor = {
    .name = "doctor",
    .summary = "check everything that a run at night needs, and say what fixes it",
    .details =
        "Looks at settings, base.json, connection, privileges, schema, export, backups, the timer and the last runs.\n"
        "Nothing is changed. Ends with status 1 if there is a problem, else with 0. A missing timer or backup is a\n"
        "problem in production only (ARTSYNC_ENV). Secrets are not shown.",
    .examples =
        "artsync doctor || echo \"see the lines that say problem\"\n"
        "artsync doctor --json > doctor.json || echo \"there are problems\"\n",
    .see_also = "status, base check, db verify",
    .needs = NEED_BY_HAND,
    .options = options,
    .run = run,
};

/* ---- the report ---- */

enum { F_NAME, F_OK, F_MESSAGE, F_COMMAND, F_CELLS };

static void finding_line(Report *report, void *ctx, const char *const *cells)
{
    (void)ctx;
    bool ok = cells[F_OK][0] == 't';
    report_part(report, ok ? STYLE_GOOD : STYLE_BAD, "%-7s", ok ? "fine" : "problem");
    report_line(report, "  %-12s  %s", cells[F_NAME], cells[F_MESSAGE]);
    if (cells[F_COMMAND])
        report_line(report, "         %-12s  fix it: %s", "", cells[F_COMMAND]);
}

static bool write_findings(Report *report, void *ctx, Err *err)
{
    static const ReportColumn columns[F_CELLS] = {
        [F_NAME] = {.key = "name", .heading = "name"},
        [F_OK] = {.key = "ok", .type = CELL_FLAG},
        [F_MESSAGE] = {.key = "message", .heading = "message"},
        [F_COMMAND] = {.key = "command", .heading = "command"},
    };
    static const ReportTable table = {.key = "findings", COLUMNS(columns), .line = finding_line};
    const Doctor *doctor = ctx;
    (void)err;
    report_table_begin(report, &table, NULL);
    for (int i = 0; i < doctor->n; i++) {
        const Finding *f = &doctor->items[i];
        if (!f->ok || !cli_is_quiet(doctor->cli))
            report_row(report, (const char *[]){f->name, report_flag(f->ok), f->message, f->command});
    }
    report_table_end(report);
    return true;
}

static bool write_closing(Report *report, void *ctx, Err *err)
{
    (void)err;
    const Doctor *doctor = ctx;
    if (doctor->problems == 0 && cli_is_quiet(doctor->cli))
        return true;
    report_gap(report);
    if (doctor->problems)
        report_line(report, "%s in %d things looked at.",
                    out_noun(doctor->problems, "problem", "problems", report_arena(report)), doctor->n);
    else
        report_line(report, "%d things looked at, and all of them are fine.", doctor->n);
    return true;
}

static const ReportSection sections[] = {{FOR_ALL, 1, write_findings}, {FOR_PEOPLE, 2, write_closing}, {0}};

static void look(Doctor *doctor)
{
    if (!doctor_settings(doctor))
        return;
    if (cli_flag(doctor->cli, "online"))
        doctor_online(doctor);
    if (doctor_connection(doctor)) {
        doctor_schema(doctor);
        doctor_sessions(doctor);
        doctor_runs(doctor);
    }
    doctor_export(doctor);
    doctor_backups(doctor);
    doctor_timer(doctor);
}

static bool run(Cli *cli, Err *err)
{
    Doctor doctor = {.cli = cli, .arena = &cli->arena};
    look(&doctor);
    bool ok = interrupt_check(err) && cli_report(cli, sections, &doctor, NULL, err);
    if (ok && doctor.problems)
        cli->status = EXIT_ATTENTION;
    free(doctor.items);
    return ok;
}

/* cmd_phase.c - the stage of the move: shown, or changed. */
#include "artsync/embed.h"
#include "artsync/grants.h"
#include "artsync/log.h"
#include "artsync/shell.h"
#include "validation.h"

static const Option options[] = {
    ROW_EXPORT_DIR,
    {"force", 0, OPTION_FLAG, NULL, NULL, NULL, "move forward although checks or parity fail (recorded in the log)"},
    {0},
};

static bool run(Cli *cli, Err *err);

const Command cmd_phase = {
    .name = "phase",
    .arguments = "[parallel|primary|archive]",
    .max_arguments = 1,
    .summary = "show or set the stage of the move",
    .details =
        "parallel: Airtable leads. primary: the database leads; conflicts keep its value, and merge and full need "
        "--force.\n"
        "archive: the database is authoritative; sync refuses. Moving forward runs validate with parity and refuses\n"
        "if it fails; moving back is always allowed. Every move is kept in artsync.setting_changes.",
    .examples =
        "artsync phase\n"
        "artsync phase primary\n"
        "artsync phase parallel\n",
    .see_also = "validate, sync, export",
    .needs = NEED_SCHEMA,
    .options = options,
    .run = run,
};

static const char *const meanings[] = {
    [PHASE_PARALLEL] = "Airtable leads, the database follows",
    [PHASE_PRIMARY] = "the database leads, Airtable still has changes",
    [PHASE_ARCHIVE] = "the database is authoritative, nothing is synced into it",
};

typedef struct Move {
    bool known; /* the phase that is stored is one of the three */
    Phase from, to;
    const char *stored; /* NULL: nothing is stored, which means parallel */
    const char *since, *by;
    int64_t age;
    bool gated;  /* checks and parity were run */
    bool forced; /* ... and failed, which --force lifted */
    bool moved;
    Validation validation;
} Move;

static bool read_stored(Cli *cli, Move *move, Err *err)
{
    PgRows *rows = NULL;
    if (!pg_query(cli->pg, sql_query("phase_since"), 1, (const char *[]){cli->base->name}, &rows, err))
        return false;
    if (pg_count(rows) == 1) {
        move->stored = arena_str(&cli->arena, pg_get(rows, 0, 0));
        move->since = arena_str(&cli->arena, pg_get(rows, 0, 1));
        move->age = pg_int(rows, 0, 2);
        move->by = arena_str(&cli->arena, pg_get(rows, 0, 3));
    }
    pg_rows_free(rows);
    move->known = !move->stored || phase_parse(move->stored, &move->from);
    return true;
}

/* ---- what is shown ---- */

typedef struct PhaseReport {
    const Cli *cli;
    const Move *move;
    bool failed;
} PhaseReport;

static void write_fields(Report *report, const Cli *cli, const Move *move)
{
    if (move->gated) {
        report_text(report, "status", validation_failed(&move->validation) ? "fail" : "pass");
        validation_write(report, cli, &move->validation);
        report_text(report, "to", phase_name(move->to));
    } else {
        report_text(report, "phase", phase_name(move->moved ? move->to : move->from));
    }
    report_text(report, "from", phase_name(move->from));
    report_bool(report, "moved", move->moved);
    report_bool(report, "forced", move->forced);
    if (!move->moved && !move->gated) {
        report_text(report, "since", move->since);
        report_text(report, "by", move->by);
    }
}

static bool write_validation(Report *report, void *ctx, Err *err)
{
    (void)err;
    const PhaseReport *phase = ctx;
    const Move *move = phase->move;
    if (report_for(report) == FOR_PROGRAMS)
        write_fields(report, phase->cli, move);
    else if (move->gated && (phase->failed || move->forced || !phase->cli->quiet))
        validation_write(report, phase->cli, &move->validation);
    return true;
}

static bool write_move(Report *report, void *ctx, Err *err)
{
    (void)err;
    const PhaseReport *phase = ctx;
    const Move *move = phase->move;
    const char *base = phase->cli->base->name;
    Phase now = move->moved ? move->to : move->from;
    bool dull = phase->cli->quiet && move->moved && !move->forced;
    if (phase->failed || dull)
        return true;
    report_gap(report);
    if (move->moved)
        report_line(report, "Base %s moved from phase %s to %s%s: %s.", base, phase_name(move->from), phase_name(now),
                    move->forced ? ", by force" : "", meanings[now]);
    else
        report_line(report, "Base %s is in phase %s: %s.", base, phase_name(now), meanings[now]);
    if (!move->moved && move->since)
        report_line(report, "Set %s by %s.", out_age(move->age, report_arena(report)),
                    out_safe(move->by, 200, report_arena(report)));
    return true;
}

static const ReportSection sections[] = {{FOR_ALL, 1, write_validation}, {FOR_PEOPLE, 2, write_move}, {0}};

/* ---- the move ---- */

/* Checks and parity, which may write nothing. False: they could not be run. */
static bool run_gate(Cli *cli, Move *move, Err *err)
{
    Pg *pg = cli->pg;
    move->gated = checks_load(cli->base_name, &move->validation.checks, err) && pg_savepoint(pg, "artsync_gate", err) &&
                  pg_run(pg, sql_query("read_only"), 0, NULL, NULL, err) &&
                  validation_run(cli, cli_text(cli, "export-dir"), &move->validation, err) &&
                  pg_rollback_to(pg, "artsync_gate", err);
    return move->gated;
}

static bool pass_gate(Cli *cli, Move *move, Err *err)
{
    if (!run_gate(cli, move, err))
        return false;
    Err broken = {0};
    bool whole = checks_runnable(&move->validation.checks, &broken), failed = validation_failed(&move->validation);
    move->forced = (!whole || failed) && cli_flag(cli, "force");
    if (move->forced) /* with --force the failures are known: status 0 */
        err_clear(&broken);
    else if (!whole)
        *err = broken;
    else if (failed)
        err_set(err, ERR_REFUSED, "fix what is listed and try again, or give --force",
                "the base %s stays in phase %s: checks or parity fail", cli->base->name, phase_name(move->from));
    return err->code == ERR_NONE;
}

static bool make_move(Cli *cli, Move *move, Err *err)
{
    if (!move->known && move->to != PHASE_PARALLEL)
        return err_set(err, ERR_SCHEMA, command_hint("set it again: {}", "phase parallel"),
                       "artsync.settings holds the unknown phase \"%s\"", move->stored);
    bool forward = move->known && move->to > move->from;
    if (move->known && move->to == move->from)
        return true;
    if (forward && !pass_gate(cli, move, err))
        return false;
    if (!phase_write(cli->pg, cli->base->name, move->stored, move->to, move->forced, err))
        return false;
    move->moved =
        pg_commit(cli->pg, &(PgProof){.look = command_hint("once the database is back, see: {}", "phase")}, err);
    move->validation.phase = move->moved ? move->to : move->from;
    return move->moved;
}

static bool change(Cli *cli, Move *move, Err *err)
{
    bool ok = pg_begin(cli->pg, PG_TX_WRITE, err) && phase_lock(cli->pg, cli->base->name, err) &&
              read_stored(cli, move, err) && make_move(cli, move, err);
    pg_rollback(cli->pg);
    return ok;
}

static bool show(Cli *cli, Move *move, Err *err)
{
    bool ok = pg_begin(cli->pg, PG_TX_READ, err) && read_stored(cli, move, err) &&
              phase_read(cli->pg, cli->base->name, &move->from, err);
    pg_rollback(cli->pg);
    return ok;
}

static bool run(Cli *cli, Err *err)
{
    const char *name = cli_argument(cli, 0);
    Move move = {0};
    if (name && !phase_parse(name, &move.to))
        return err_set(err, ERR_USAGE, choice_hint(name, "parallel|primary|archive", &cli->arena),
                       "there is no phase %s", name);
    bool ok = !name || grants_require(cli->pg, cli->base, "phase", (StringList){0}, err);
    ok = ok && (name ? change(cli, &move, err) : show(cli, &move, err));
    cli->committed = name && ok;
    if (ok || move.gated) {
        cli_report(cli, sections, &(PhaseReport){cli, &move, !ok}, err, err);
    }
    validation_free(&move.validation);
    return ok;
}

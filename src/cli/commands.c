/* commands.c - the command table: add a command by its line here and its file beside. In the order of help. */
#include "private.h"

#define COMMANDS(ROW) \
    ROW(cmd_sync) \
    ROW(cmd_watch) \
    ROW(cmd_diff) \
    ROW(cmd_map) \
    ROW(cmd_status) \
    ROW(cmd_validate) \
    ROW(cmd_stats) \
    ROW(cmd_history) \
    ROW(cmd_rejects) \
    ROW(cmd_report) \
    ROW(cmd_rollback) \
    ROW(cmd_export) \
    ROW(cmd_phase) \
    ROW(cmd_doctor) \
    ROW(cmd_backup) \
    ROW(cmd_restore) \
    ROW(cmd_detach) \
    ROW(cmd_db_migrate) \
    ROW(cmd_db_status) \
    ROW(cmd_db_verify) \
    ROW(cmd_db_mark) \
    ROW(cmd_db_grants) \
    ROW(cmd_db_drop) \
    ROW(cmd_db_reset) \
    ROW(cmd_base_show) \
    ROW(cmd_base_schema) \
    ROW(cmd_base_check) \
    ROW(cmd_help) \
    ROW(cmd_version) \
    ROW(cmd_completion)

#define DECLARED(command) extern const Command command;
#define LISTED(command) &command,

COMMANDS(DECLARED)

const Command *const commands[] = {COMMANDS(LISTED) NULL};

/* commands.c - the command table: add a command by adding its row here and its file beside. */
#include "private.h"

const Command *const commands[] = {
    &cmd_sync,       &cmd_diff,      &cmd_status,    &cmd_validate,   &cmd_stats,    &cmd_history,
    &cmd_rejects,    &cmd_rollback,  &cmd_export,    &cmd_phase,      &cmd_backup,   &cmd_restore,
    &cmd_db_migrate, &cmd_db_status, &cmd_db_verify, &cmd_db_grants,  &cmd_db_drop,  &cmd_db_reset,
    &cmd_base_show,  &cmd_base_check, &cmd_help,     &cmd_version,    &cmd_completion, NULL,
};

/* doctor.h - findings: what a run without anyone watching needs, one after the other, and what fixes it.
 *
 * Each check is a function that adds findings. What a check cannot look at because an earlier one failed is left out.
 */
#ifndef ARTSYNC_CLI_DOCTOR_H
#define ARTSYNC_CLI_DOCTOR_H

#include "artsync/cli.h"

typedef struct Finding {
    const char *name, *message;
    const char *command; /* what fixes it, as it is typed; NULL: there is no one command */
    bool ok;
} Finding;

typedef struct Doctor {
    Cli *cli;
    Arena *arena;
    Finding *items;
    int n, cap, problems;
    bool production; /* what only a database in earnest needs is missing: a problem */
    bool bound;      /* cli->base fits the database */
    const char *origin; /* what started a run lately, by itself; or NULL */
} Doctor;

void doctor_fine(Doctor *doctor, const char *name, const char *format, ...) ART_PRINTF(3, 4);
void doctor_problem(Doctor *doctor, const char *name, const char *command, const char *format, ...) ART_PRINTF(4, 5);
/* What failed, with its hint; clears it. */
void doctor_error(Doctor *doctor, const char *name, const char *command, Err *err);

/* A setting by its environment key: from the environment, else from .env; NULL: not given. */
const char *doctor_setting(const Doctor *doctor, const char *key);

bool doctor_settings(Doctor *doctor); /* false: without them nothing else can be looked at */
void doctor_online(Doctor *doctor);

bool doctor_connection(Doctor *doctor); /* false: there is none */
void doctor_schema(Doctor *doctor);
void doctor_sessions(Doctor *doctor);
void doctor_runs(Doctor *doctor);

void doctor_export(Doctor *doctor);
void doctor_backups(Doctor *doctor);
void doctor_timer(Doctor *doctor);

#endif

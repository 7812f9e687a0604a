/* doctor_settings.c - settings and where each comes from, .env, base.json, and what can be reached by them. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "artsync/notify.h"
#include "artsync/shell.h"
#include "doctor.h"

/* Connection strings and URLs may hold passwords in many spellings, so no part of one is shown. */
static bool is_secret(const char *key)
{
    static const char *const ends[] = {"URL", "TOKEN", "SECRET", "KEY", "PASSWORD"};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t n = strlen(key), end = strlen(ends[i]);
        if (n >= end && strcmp(key + n - end, ends[i]) == 0)
            return true;
    }
    return false;
}

static void look_at_setting(Doctor *doctor, const Option *option)
{
    Err err = {0};
    OptionValue value;
    bool ok = option_resolve(option, &doctor->cli->env, &value, doctor->arena, &err);
    if (!ok)
        doctor_error(doctor, "settings", NULL, &err);
    else if (value.text)
        doctor_fine(doctor, "settings", "%s=%s, from %s", option->key, is_secret(option->key) ? "***" : value.text,
                    strcmp(value.origin, option->key) == 0 ? "the environment" : value.origin);
}

static void look_at_settings(Doctor *doctor)
{
    CommandTable table = doctor->cli->arguments.commands;
    for (const char *const *key = option_keys(table); *key; key++)
        look_at_setting(doctor, option_with_key(table, *key));
}

static void look_at_file(Doctor *doctor)
{
    const EnvFile *env = &doctor->cli->env;
    struct stat info;
    if (!env->path) {
        doctor_fine(doctor, ".env", "there is none in this folder; settings come from the environment");
    } else if (env_holds_secret(env) && stat(env->path, &info) == 0 && (info.st_mode & (S_IRGRP | S_IROTH))) {
        doctor_problem(doctor, ".env", command_on_file(doctor->arena, "chmod 600", env->path),
                       "%s holds a password and others can read it", env->path);
    } else {
        doctor_fine(doctor, ".env", "%s, %s", env->path, out_noun(env->n, "setting", "settings", doctor->arena));
    }
}

static void look_at_notifier(Doctor *doctor)
{
    const char *program = doctor_setting(doctor, "ARTSYNC_NOTIFY");
    struct stat info;
    if (!program)
        return;
    if (stat(program, &info) != 0)
        doctor_problem(doctor, "notify", NULL, "ARTSYNC_NOTIFY: there is no program %s", program);
    else if (!S_ISREG(info.st_mode))
        doctor_problem(doctor, "notify", NULL, "ARTSYNC_NOTIFY: %s is not a file", program);
    else if (access(program, X_OK) != 0)
        doctor_problem(doctor, "notify", command_on_file(doctor->arena, "chmod +x", program),
                       "ARTSYNC_NOTIFY: %s cannot be run", program);
    else
        doctor_fine(doctor, "notify", "%s can be run", program);
}

bool doctor_settings(Doctor *doctor)
{
    Cli *cli = doctor->cli;
    Err err = {0};
    bool read = cli_configure(cli, &err);
    if (!read && !cli->env.n) { /* .env itself */
        doctor_error(doctor, ".env", NULL, &err);
        return false;
    }
    err_clear(&err);
    look_at_file(doctor);
    look_at_settings(doctor);
    look_at_notifier(doctor);
    if (!read)
        return false;
    const char *kind = cli_text(cli, "ARTSYNC_ENV");
    doctor->production = strcmp(kind, "production") == 0;
    if (cli_require(cli, NEED_BASE, &err))
        doctor_fine(doctor, "base.json", "base %s, %s, from %s", cli->base->name,
                    out_noun(cli->base->n_tables, "table", "tables", doctor->arena), cli->base->origin);
    else
        doctor_error(doctor, "base.json", command_line(doctor->arena, "base check"), &err);
    return true;
}

void doctor_online(Doctor *doctor)
{
    const char *url = doctor_setting(doctor, "ARTSYNC_HEARTBEAT_URL");
    Err err = {0};
    if (!url)
        doctor_fine(doctor, "heartbeat", "ARTSYNC_HEARTBEAT_URL is not set, so no URL is called");
    else if (heartbeat_try(url, cli_text(doctor->cli, "ARTSYNC_CA_FILE"), &err))
        doctor_fine(doctor, "heartbeat", "the server of ARTSYNC_HEARTBEAT_URL answers%s; no heartbeat was sent",
                    strncmp(url, "https:", 6) == 0 ? " by TLS" : "");
    else
        doctor_error(doctor, "heartbeat", NULL, &err);
}

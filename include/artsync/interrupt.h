/* interrupt.h - the signals that end a run, as a flag and a readable file descriptor: SIGINT and SIGQUIT interrupt it,
 * SIGTERM, SIGHUP, SIGXCPU and the signals that a user or a timer may send (SIGUSR1, SIGALRM ...) terminate it. SIGPIPE
 * and SIGXFSZ are ignored: the write fails instead.
 *
 * Every wait polls interrupt_fd() beside its own descriptor, so a signal is seen at once; loops over records ask
 * interrupt_check(), which also moves the progress line on. Once COMMIT is sent, or a failed run is being ended, a
 * signal does not stop the work any more (interrupt_hold): it only shortens what is waited for, by interrupt_at().
 */
#ifndef ARTSYNC_INTERRUPT_H
#define ARTSYNC_INTERRUPT_H

#include <stdbool.h>
#include <stdint.h>

#include "artsync/err.h"

void interrupt_setup(void);
void interrupt_ignore_termination(void); /* from here on only SIGINT and SIGQUIT are signals; others are ignored */
int interrupt_fd(void);           /* readable once a signal came; -1: before setup, or held and a signal came */
bool interrupt_check(Err *err);   /* false with ERR_INTERRUPTED or ERR_TERMINATED if a signal came, unless held */
void interrupt_hold(void);        /* from here on signals only shorten waiting */
void interrupt_sleep(int ms);     /* a signal ends it at once, and the progress line may shorten it */
int64_t interrupt_at(void);       /* when the first signal came, in ms of CLOCK_MONOTONIC; 0: none came */

#endif

/* interrupt.h - SIGINT and SIGTERM as a flag and a readable file descriptor; SIGPIPE is ignored.
 *
 * Every wait polls interrupt_fd() beside its own descriptor, so a signal is seen at once; loops over records ask
 * interrupt_check(). Once COMMIT is sent signals are ignored (interrupt_ignore).
 */
#ifndef ARTSYNC_INTERRUPT_H
#define ARTSYNC_INTERRUPT_H

#include <stdbool.h>

#include "artsync/err.h"

void interrupt_setup(void);
int interrupt_fd(void);           /* readable once a signal came; -1 before setup */
bool interrupt_check(Err *err);   /* false with ERR_INTERRUPTED or ERR_TERMINATED if a signal came */
void interrupt_ignore(void);      /* from here on signals do nothing */

#endif

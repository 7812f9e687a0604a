/* style.h - what a value means to a reader: each form of report shows it in its own way, a terminal by colour. */
#ifndef ARTSYNC_STYLE_H
#define ARTSYNC_STYLE_H

typedef enum Style { STYLE_PLAIN, STYLE_BOLD, STYLE_DIM, STYLE_GOOD, STYLE_WARN, STYLE_BAD, STYLE_COMMAND } Style;

#endif

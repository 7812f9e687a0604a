/* html_page.c - the frame of a page: its head, its sections, what is open in them. */
#include "html.h"

/* What may be loaded is said to the browser, too: nothing. */
static void begin_titled(Report *report, const char *title)
{
    PageState *state = report->state;
    if (state->begun)
        return;
    state->begun = true;
    fputs("<!doctype html>\n<html lang=en dir=ltr>\n<head>\n<meta charset=utf-8>\n"
          "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'; img-src "
          "data:\">\n"
          "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=color-scheme content=\"light dark\">\n<meta name=referrer content=no-referrer>\n"
          "<link rel=icon href=\"data:,\">\n<title>",
          report->out);
    html_text(report->out, title, 200);
    fputs("</title>\n<style>\n", report->out);
    for (const char *const *part = html_style; *part; part++)
        fputs(*part, report->out);
    fputs("</style>\n</head>\n<body>\n<main>\n", report->out);
}

void page_begin(Report *report) { begin_titled(report, "artsync"); }

void page_end_block(Report *report)
{
    static const char *const ends[] = {"", "</p>\n", "</dl>\n", "</dl>\n"};
    PageState *state = report->state;
    fputs(ends[state->block], report->out);
    state->block = BLOCK_NONE;
}

void page_heading(Report *report, const char *text)
{
    PageState *state = report->state;
    const char *level = state->begun ? "h2" : "h1";
    begin_titled(report, text);
    page_end_block(report);
    fprintf(report->out, "%s<section>\n<%s>", state->in_section ? "</section>\n" : "", level);
    state->in_section = true;
    html_text(report->out, text, LINE_SHOWN);
    fprintf(report->out, "</%s>\n", level);
}

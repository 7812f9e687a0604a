/* forms.c - the forms of report: add one by its row here and its file beside. */
#include <string.h>

#include "form.h"

#define FORMS(ROW) \
    ROW(report_form_text) \
    ROW(report_form_page) \
    ROW(report_form_json)

#define DECLARED(form) extern const ReportForm form;
#define LISTED(form) &form,

FORMS(DECLARED)

static const ReportForm *const forms[] = {FORMS(LISTED)};

const ReportForm *report_form(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i]->name, name) == 0)
            return forms[i];
    return NULL;
}

Audience report_audience(const ReportForm *form) { return form->audience; }

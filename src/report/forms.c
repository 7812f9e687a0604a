/* forms.c - the forms of report: add one by its row here and its file beside. */
#include <string.h>

#include "form.h"

static const ReportForm *const forms[] = {&report_form_text, &report_form_json};

const ReportForm *report_form(const char *name)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++)
        if (strcmp(forms[i]->name, name) == 0)
            return forms[i];
    return NULL;
}

Audience report_audience(const ReportForm *form) { return form->audience; }

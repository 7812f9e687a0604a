/* date_read.c - a cell as day and time: ISO, numbers in either order, English month names, 12 and 24 hours, zones. */
#include "artsync/ascii.h"
#include "field.h"

typedef struct Scan { /* a cell read from left to right */
    Str text;
    size_t at;
} Scan;

static char peek(const Scan *scan) { return scan->at < scan->text.n ? scan->text.p[scan->at] : '\0'; }

static bool take(Scan *scan, char c)
{
    if (peek(scan) != c || scan->at == scan->text.n)
        return false;
    scan->at++;
    return true;
}

/* Digits as a number: the result is how many there were; more than `most` stay unread. */
static size_t take_digits(Scan *scan, size_t most, int *value)
{
    size_t n = 0;
    *value = 0;
    for (; n < most && ascii_digit(peek(scan)); n++)
        *value = *value * 10 + (scan->text.p[scan->at++] - '0');
    return n;
}

static void take_blanks(Scan *scan)
{
    for (;;) {
        Str rest = {scan->text.p + scan->at, scan->text.n - scan->at};
        if (rest.n && (*rest.p == ' ' || *rest.p == '\t'))
            scan->at += 1;
        else if (rest.n >= 2 && memcmp(rest.p, "\xC2\xA0", 2) == 0)
            scan->at += 2;
        else if (rest.n >= 3 && memcmp(rest.p, "\xE2\x80\xAF", 3) == 0) /* U+202F, between time and am */
            scan->at += 3;
        else
            return;
    }
}

/* ---- the calendar ---- */

int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool is_day(int year, int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= days_in_month(year, month);
}

/* A year is four digits: anything else is a typing error (202) or would be a guess (25). */
static DateFault set_day(DateTime *out, size_t year_digits, int year, int month, int day)
{
    if (year_digits != 4 || year == 0)
        return DATE_YEAR;
    out->year = year;
    out->month = month;
    out->day = day;
    return is_day(year, month, day) ? DATE_OK : DATE_NO_DAY;
}

/* ---- the three ways to write a day ---- */

enum { YEAR_DIGITS = 5 }; /* one more than a year has, so that too many are seen */

/* 1/2/2025: the order decides; a day that exists in one order only is evidence. */
static DateFault read_numeric(Scan *scan, int first, char separator, DateOrder order, DateTime *out, DateOrders *orders)
{
    int second, year;
    if (!take_digits(scan, 2, &second) || !take(scan, separator))
        return DATE_NOT;
    size_t digits = take_digits(scan, YEAR_DIGITS, &year);
    if (!digits)
        return DATE_NOT;
    bool mdy = is_day(year, first, second), dmy = is_day(year, second, first);
    orders->only_mdy = digits == 4 && mdy && !dmy;
    orders->only_dmy = digits == 4 && dmy && !mdy;
    bool day_first = order == DATE_DMY;
    DateFault fault = set_day(out, digits, year, day_first ? second : first, day_first ? first : second);
    return fault == DATE_NO_DAY && (mdy || dmy) ? DATE_ORDER : fault;
}

/* 2025-10-29, 2025/10/29 */
static DateFault read_iso(Scan *scan, int year, char separator, DateTime *out)
{
    int month, day;
    if (!take_digits(scan, 2, &month) || !take(scan, separator) || !take_digits(scan, 2, &day))
        return DATE_NOT;
    return set_day(out, 4, year, month, day);
}

static int take_month(Scan *scan)
{
    static const char *const months[] = {"january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december"};
    char word[10] = {0};
    size_t n = 0;
    for (char c = peek(scan); n < sizeof word - 1 && ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); c = peek(scan)) {
        word[n++] = (char)(c | 0x20);
        scan->at++;
    }
    for (int i = 0; n >= 3 && i < 12; i++) { /* "Sept" is as common as "Sep" */
        if (strcmp(word, months[i]) == 0 || (n == 3 && memcmp(word, months[i], 3) == 0) ||
            (i == 8 && strcmp(word, "sept") == 0)) {
            take(scan, '.');
            return i + 1;
        }
    }
    return 0;
}

/* October 29, 2025 */
static DateFault read_month_first(Scan *scan, DateTime *out)
{
    int month = take_month(scan), day, year;
    take_blanks(scan);
    if (!month || !take_digits(scan, 2, &day))
        return DATE_NOT;
    bool apart = take(scan, ',');
    size_t before = scan->at;
    take_blanks(scan);
    if (!apart && scan->at == before) /* October 2025 has no day */
        return DATE_NOT;
    size_t digits = take_digits(scan, YEAR_DIGITS, &year);
    return digits ? set_day(out, digits, year, month, day) : DATE_NOT;
}

/* 29 October 2025, 29-Oct-2025 */
static DateFault read_day_first(Scan *scan, int day, DateTime *out)
{
    int year;
    bool dashes = take(scan, '-');
    take_blanks(scan);
    int month = take_month(scan);
    if (!month || (dashes && !take(scan, '-')))
        return DATE_NOT;
    take(scan, ',');
    take_blanks(scan);
    size_t digits = take_digits(scan, YEAR_DIGITS, &year);
    return digits ? set_day(out, digits, year, month, day) : DATE_NOT;
}

static bool is_separator(char c) { return c == '/' || c == '-' || c == '.'; }

static DateFault read_day(Scan *scan, DateOrder order, DateTime *out, DateOrders *orders)
{
    int first;
    size_t digits = take_digits(scan, YEAR_DIGITS, &first);
    if (digits == 0)
        return read_month_first(scan, out);
    char separator = peek(scan);
    if (digits <= 2 && (separator == ' ' ||
                        (separator == '-' && scan->at + 1 < scan->text.n && !ascii_digit(scan->text.p[scan->at + 1]))))
        return read_day_first(scan, first, out);
    if (!is_separator(separator))
        return DATE_NOT;
    scan->at++;
    if (digits <= 2)
        return read_numeric(scan, first, separator, order, out, orders);
    DateFault fault = digits == 4 ? read_iso(scan, first, separator, out) : DATE_NOT;
    return digits == 3 || digits == YEAR_DIGITS ? DATE_YEAR : fault;
}

/* ---- the time of day ---- */

int micros_read(Str text, size_t *at)
{
    int micros = 0, digits = 0;
    if (*at == text.n || text.p[*at] != '.')
        return 0;
    for (++*at; *at < text.n && ascii_digit(text.p[*at]); ++*at, digits++) {
        if (digits < 6)
            micros = micros * 10 + (text.p[*at] - '0');
        else if (text.p[*at] != '0')
            return MICROS_FINE;
    }
    for (int i = digits; i < 6; i++)
        micros *= 10;
    return digits ? micros : -1;
}

/* am and pm, with or without dots; 12am is midnight. */
static bool take_half(Scan *scan, DateTime *out)
{
    take_blanks(scan);
    char half = peek(scan) | 0x20;
    if (half != 'a' && half != 'p')
        return true;
    scan->at++;
    bool dots = take(scan, '.');
    if ((peek(scan) | 0x20) != 'm' || out->hour < 1 || out->hour > 12)
        return false;
    scan->at++;
    if (dots && !take(scan, '.'))
        return false;
    out->hour = out->hour % 12 + (half == 'p' ? 12 : 0);
    return true;
}

/* Z, UTC, GMT, +hh, +hhmm, +hh:mm */
static bool take_zone(Scan *scan, DateTime *out)
{
    take_blanks(scan);
    Str rest = {scan->text.p + scan->at, scan->text.n - scan->at};
    if (rest.n == 0)
        return true;
    out->has_zone = true;
    if (str_eq(rest, STR("Z")) || str_eq(rest, STR("z")) || str_eq(rest, STR("UTC")) || str_eq(rest, STR("GMT"))) {
        scan->at = scan->text.n;
        return true;
    }
    bool west = take(scan, '-');
    int hours, minutes = 0;
    if ((!west && !take(scan, '+')) || take_digits(scan, 2, &hours) != 2)
        return false;
    bool colon = take(scan, ':');
    size_t digits = take_digits(scan, 2, &minutes);
    if (digits == 1 || (digits == 0 && colon) || hours > 15 || minutes > 59)
        return false;
    out->zone = (hours * 60 + minutes) * (west ? -1 : 1);
    return true;
}

static DateFault read_clock(Scan *scan, DateTime *out)
{
    take_digits(scan, 2, &out->hour); /* the caller has seen a digit */
    bool minutes = take(scan, ':');
    if (minutes && take_digits(scan, 2, &out->minute) != 2)
        return DATE_CLOCK;
    if (minutes && take(scan, ':')) {
        if (take_digits(scan, 2, &out->second) != 2)
            return DATE_CLOCK;
        out->micros = micros_read(scan->text, &scan->at);
        if (out->micros == MICROS_FINE)
            return DATE_FINE;
    }
    if (!take_half(scan, out) || out->micros < 0 || out->hour > 23 || out->minute > 59 || out->second > 59)
        return DATE_CLOCK;
    char last = scan->text.p[scan->at - 1];
    if (!minutes && (last | 0x20) != 'm' && last != '.') /* 8pm, 8 p.m., but not a mere 8 */
        return DATE_CLOCK;
    out->has_time = true;
    return take_zone(scan, out) && scan->at == scan->text.n ? DATE_OK : DATE_CLOCK;
}

DateFault date_read(Str text, DateOrder order, DateTime *out, DateOrders *orders)
{
    Scan scan = {text, 0};
    *out = (DateTime){0};
    *orders = (DateOrders){0};
    DateFault fault = read_day(&scan, order, out, orders);
    if (fault == DATE_NOT || scan.at == text.n)
        return fault;
    bool apart = take(&scan, 'T') || take(&scan, ',');
    size_t before = scan.at;
    take_blanks(&scan);
    if ((!apart && before == scan.at) || !ascii_digit(peek(&scan))) {
        *orders = (DateOrders){0};
        return fault == DATE_YEAR ? fault : DATE_NOT;
    }
    DateFault clock = read_clock(&scan, out);
    return fault == DATE_OK ? clock : fault;
}

"""A second opinion on what an export says: cleaning and comparing written anew from the contract, for the art base.

It shares nothing with the program: no base.json, no C. It covers well-formed exports of the real layout; records that
cannot be written are told apart only as far as the tests need it.
"""
import csv
import datetime
import re
import sys
import unicodedata
from decimal import Decimal

import make_export

csv.field_size_limit(sys.maxsize)
NULLS = {"", "#ERROR!", "NaN"}
SIZES = {"Small": "Small", "Large": "Large", "Extra Large": "Extra Large", "Unknown": None}
FRAMES = {"Framed": "Framed", "Mounted": "Mounted", "Tube only": "Tube only", "Ikea": "Framed", "B&Q": "Framed",
          "Unknown Frame": None, "None": None}


class Invalid(Exception):
    """A cell that cannot be written."""


def read(path):
    """A CSV file as (header, rows as dicts)."""
    with open(path, encoding="utf-8-sig", newline="") as f:
        rows = list(csv.reader(f, strict=True))
    return rows[0], [dict(zip(rows[0], r)) for r in rows[1:]]


def text(cell):
    value = unicodedata.normalize("NFC", cell).strip()
    return None if value in NULLS else value


def whole(cell):
    value = text(cell)
    if value is None:
        return None
    if not re.fullmatch(r"-?\d+", value):
        raise Invalid(cell)
    return int(value)


def money(cell):
    value = text(cell)
    if value is None:
        return None
    if not re.fullmatch(r"£?\d+(\.\d\d?)?", value):
        raise Invalid(cell)
    return Decimal(value.lstrip("£")).quantize(Decimal("0.01"))


def percent(cell):
    value = text(cell)
    return None if value is None else Decimal(value.rstrip("%")).quantize(Decimal("0.01"))


def tick(cell):
    return text(cell) == "checked"


def day(cell):
    value = text(cell)
    if value is None:
        return None
    for form in ("%m/%d/%Y", "%B %d, %Y", "%Y-%m-%d"):
        try:
            found = datetime.datetime.strptime(value, form).date()
        except ValueError:
            continue
        if found.year >= 1990:
            return found
    raise Invalid(cell)


def choice(table):
    def clean(cell):
        value = text(cell)
        if value is None:
            return None
        if value not in table:
            raise Invalid(cell)
        return table[value]
    return clean


def or_null(clean):
    def lenient(cell):
        try:
            return clean(cell)
        except Invalid:
            return None
    return lenient


def names(cell):
    """Attachments by file name: what is before each URL."""
    return tuple(re.findall(r"(?:^|,)(.*?) \(https://[^)]*\)", cell)) or None


def year(cell):
    value = whole(cell)
    if value is not None and not 1990 <= value <= 2200:
        raise Invalid(cell)
    return value


ID = {"prints": "Record_id", "distributors": "Record_id", "editions": "record_id"}
COLUMNS = {
    "prints": {"name": ("Print Name", text), "image_urls": ("Image", names), "description": ("Description", text),
               "total_editions": ("Total Editions", whole), "web_link": ("Web link", text), "notes": ("Notes", text)},
    "distributors": {
        "name": ("Name", text), "commission_percentage": ("Commission", percent), "notes": ("Notes", text),
        "contact_number": ("Contact Number", text), "web_address": ("Web address", text),
        "net_revenue": ("Net Revenue", money), "distributor_revenue": ("Distributor Revenue", money),
        "retail_amount_sold": ("Retail Amount Sold", money), "net_revenue_unpaid": ("Net Revenue Unpaid", money),
        "net_revenue_unpaid_by_invoice_month": ("Net Revenue Unpaid by Invoice Month", money),
        "last_update_date": ("Date", or_null(day))},
    "editions": {
        "edition_display_name": ("Print - Edition", text), "print_id": ("print_record_id", text),
        "edition_number": ("Print Edition", whole), "is_printed": ("Printed", tick),
        "size": ("Size", choice(SIZES)), "frame_type": ("Frame", choice(FRAMES)),
        "distributor_id": ("distributor_record_id", text), "is_sold": ("Sold", tick),
        "retail_price": ("Retail Price", money), "date_sold": ("Date Sold", day), "is_settled": ("Settled", tick),
        "notes": ("Notes", text), "variation": ("Variation", text),
        "date_in_gallery": ("Date in Gallery", or_null(day)), "is_stock_checked": ("Stock Checked", tick),
        "to_check_in_detail": ("To check in detail", tick), "commission_percentage": ("Commission", percent),
        "invoice_amount": ("Invoice Amount", money), "commission_amount": ("Commissions", money),
        "payment_note": ("Payment", text), "month_sold": ("Month Sold", text),
        "year_sold": ("Year Sold", or_null(year)), "weeks_in_gallery": ("Weeks in Gallery", or_null(whole))},
}


def clean_row(table, row):
    """The row's values; columns whose header the file lacks are left out."""
    values = {c: clean(row[h]) for c, (h, clean) in COLUMNS[table].items() if h in row}
    if table == "editions" and values["edition_number"] is None:
        found = re.search(r" - (-?[0-9]+)$", values["edition_display_name"] or "")
        values["edition_number"] = int(found.group(1)) if found else None
    return values


def load(folder):
    """An export as {table: {record id: values}}, without what a rule skips; links are record ids here."""
    out = {}
    for table, file in make_export.FILES.items():
        _, rows = read(folder / file)
        out[table] = {}
        for row in rows:
            if table == "editions" and row["Print - Edition"].strip() in ("", "-"):
                continue
            assert row[ID[table]] not in out[table]
            out[table][row[ID[table]]] = clean_row(table, row)
    return out


def skipped(folder):
    _, rows = read(folder / make_export.FILES["editions"])
    return sum(r["Print - Edition"].strip() in ("", "-") for r in rows)


def diff(before, after):
    """{table: (created ids, {updated id: changed columns}, gone ids)}"""
    out = {}
    for table in COLUMNS:
        old, new = before[table], after[table]
        changed = {i: {c for c in new[i] if new[i][c] != old[i][c]} for i in new.keys() & old.keys()}
        out[table] = (new.keys() - old.keys(), {i: c for i, c in changed.items() if c}, old.keys() - new.keys())
    return out


def stored(db, table):
    """The same shape out of the database: {record id: values}, links as the parent's record id, pictures by name."""
    rows = {"prints": "SELECT * FROM prints", "distributors": "SELECT * FROM distributors", "editions":
            "SELECT e.*, p.airtable_id AS parent_print, d.airtable_id AS parent_distributor FROM editions e "
            "LEFT JOIN prints p ON p.id = e.print_id LEFT JOIN distributors d ON d.id = e.distributor_id"}
    out = {}
    for row in db.rows(rows[table]):
        values = {c: row[c] for c in COLUMNS[table]}
        if table == "editions":
            values.update(print_id=row["parent_print"], distributor_id=row["parent_distributor"])
        out[row["airtable_id"]] = values
    return out

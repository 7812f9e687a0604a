#!/usr/bin/python3
"""Invents an Airtable export of an art business in the real layout: the same options give the same bytes.

    tests/make_export.py --out airtable_export              what `make demo` loads
    tests/make_export.py --out tests/export_later --state 2 the same base ten weeks later

Nothing in it is real. Every quirk that real exports have is put in on purpose, with a comment that says why it is
there; none of them makes a reject, unless --quirks rejects adds those that do. Tests import `build` and `write`.
"""
import argparse
import copy
import datetime
import hashlib
import os
import random
import string
from decimal import ROUND_HALF_UP, Decimal

FILES = {
    "prints": "Prints-Grid view.csv",
    "distributors": "Distributors-Grid view.csv",
    "editions": "Editions-All Records.csv",
}
HEADERS = {
    "prints": ["Print Name", "Image", "Description", "Total Editions", "Web link", "Editions", "Notes", "Record_id"],
    "distributors": [
        "Name", "Image", "Commission", "Notes", "Prints", "Prints copy", "Contact Number", "Web address",
        "Net Revenue", "Distributor Revenue", "Retail Amount Sold", "Net Revenue Unpaid",
        "Net Revenue Unpaid by Invoice Month", "Date", "Record_id"],
    "editions": [
        "Print - Edition", "Print", "Print Edition", "Printed", "Size", "Frame", "Distributor", "Sold",
        "Retail Price", "Date Sold", "Settled", "Notes", "Variation", "Date in Gallery", "Stock Checked",
        "To check in detail", "Commission", "Invoice Amount", "Commissions", "Payment", "Month Sold", "Year Sold",
        "Weeks in Gallery", "Print - Edition copy", "Print copy", "record_id", "print_record_id",
        "distributor_record_id"],
}
# What each layout hides. reduced: formulas, lookups and the last-modified date, as some saved views do.
# names: the record ids of the linked tables, so that links and their identity rest on names.
HIDDEN = {
    "full": {},
    "reduced": {
        "distributors": ["Net Revenue", "Distributor Revenue", "Retail Amount Sold", "Net Revenue Unpaid",
                         "Net Revenue Unpaid by Invoice Month", "Date"],
        "editions": ["Commission", "Invoice Amount", "Commissions", "Month Sold", "Year Sold", "Weeks in Gallery"]},
    "names": {
        "prints": ["Record_id"], "distributors": ["Record_id"],
        "editions": ["print_record_id", "distributor_record_id"]},
}
TODAY = {1: datetime.date(2025, 8, 20), 2: datetime.date(2025, 10, 29)}

RENAMED = ("Harbour Lights", "Harbour Lights at Dusk")
CROWDED = "Summer Orchard"  # more editions than its total: two of them have no number
SPECIAL_PRINTS = [
    RENAMED[0],
    "Tidal Clock\n",             # somebody pressed Return at the end of the name
    "Low Water ",                # trailing space
    "Heron, Standing",           # a comma: linked cells quote the name inside the cell
    'The "Quiet" Meadow',        # quotes: the same
    'Salt, "Sand" and Slate',    # both
    "WINTER ORCHARD", CROWDED,   # all capitals beside title case
    "Moon\u00a0Garden",          # a no-break space inside, as pasted from a web page
    "Fox and Fern \U0001F98A",   # emoji
    "E\u0301te\u0301 Dunes",     # accents as combining marks (NFD)
    "007 Gulls",                 # leading zeros: text, not a number
]
SPECIAL_DISTRIBUTORS = [
    "checked",                   # looks like a ticked box
    "Gorse, Reed & Sons",        # comma
    "Lantern Yard  ",            # trailing spaces
    "THE OLD MILL",
    'Studio "North"',
    "Reedbank\u00a0Gallery",
]
FIRST = ("Amber Silver Northern Quiet Hidden Broken Early Distant Copper Drifting Hollow Velvet Frozen Wandering "
         "Scarlet Misty Golden Weathered Sleeping Ivory").split()
SECOND = ("Estuary Lantern Meadow Cliffs Pines Causeway Orchard Dunes Heath Quarry Saltmarsh Ferry Beacon Thicket "
          "Reservoir Shingle Moor Lagoon Terrace Boathouse").split()
SHOPS = "Bramble Cobble Juniper Pebble Willow Foxglove Kestrel Harrow Tanner Marlow Sorrel Thistle".split()
SHOP_KINDS = ["Gallery", "Framers", "Rooms", "& Co", "Print House", "Arts"]
FRAMES = (["Framed"] * 5 + ["Mounted"] * 4 + ["Tube only"] * 5
          + ["Ikea", "B&Q"]                # shops that represent "Framed"
          + ["Unknown Frame", "None"])     # unknown; the word None
SIZES = ["Small"] * 6 + ["Large"] * 5 + ["Extra Large"] * 2 + ["Unknown"]
PRICES = {"Small": (45, 95), "Large": (120, 280), "Extra Large": (300, 650)}
NOTES = ["Corner slightly bent", "Signed on the back", "Reserved, see mail", 'Frame has a "nick" at the top',
         "Two lines:\nsecond one", "Lovely \U0001F5BC\ufe0f", "\u00a0from the spring show\u00a0", "ask again in May"]


def money(value):
    return "£%.2f" % value


def us_date(day):
    return "%d/%d/%d" % (day.month, day.day, day.year)


def long_date(day):
    return "%s %d, %d" % (day.strftime("%B"), day.day, day.year)


def record_id(rng):
    return "rec" + "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(14))


def attachments(names, state):
    """Airtable makes the URLs anew for every export, and they die within hours."""
    def url(name):
        token = hashlib.sha256(("%d %s" % (state, name)).encode()).hexdigest()
        return "https://v5.airtableusercontent.com/v3/u/%d/%d/%s/%s" % (30 + state, 30 + state, token[:24], token[24:])
    return ",".join("%s (%s)" % (name, url(name)) for name in names)


def linked(names):
    """A linked-record cell: names joined by commas; one that holds a comma or a quote is quoted inside the cell."""
    return ",".join('"%s"' % n.replace('"', '""') if "," in n or '"' in n else n for n in names)


# ---- the base, as people entered it: plain values, formulas come later ----

def new_print(rng, name):
    image = rng.random() < 0.7
    slug = name.strip().lower().replace(" ", "-").replace('"', "")
    return {
        "Record_id": record_id(rng), "Print Name": name,
        "images": [slug + ".jpg"] if image else [],
        "Description": "A view of %s, in %d colours." % (name.strip().lower(), rng.randint(2, 7)),
        "Total Editions": rng.choice([25, 30, 50, 100]),
        "Web link": "https://prints.example/" + slug.replace(",", ""),
        "Notes": rng.choice(NOTES) if rng.random() < 0.2 else "",
    }


def new_distributor(rng, name, today):
    return {
        "Record_id": record_id(rng), "Name": name, "images": ["logo.png"] if rng.random() < 0.3 else [],
        "Commission": rng.choice([None, 30, 40, 40, 45, 50]),
        "Notes": rng.choice(NOTES) if rng.random() < 0.3 else "",
        "Contact Number": "020 7946 0%03d" % rng.randint(0, 999) if rng.random() < 0.8 else "",
        "Web address": "https://%s.example" % name.split()[0].lower().strip(',"') if rng.random() < 0.6 else "",
        "Date": today - datetime.timedelta(days=rng.randint(0, 40)),
    }


def sell(rng, edition, today):
    """A sale as it should be entered: price, date, after it came to the gallery."""
    size = edition["Size"] if edition["Size"] in PRICES else "Small"
    edition["Sold"] = edition["Printed"] = True
    edition["Retail Price"] = edition["Retail Price"] or Decimal(rng.randrange(*PRICES[size], 5))
    earliest = edition["Date in Gallery"] or today - datetime.timedelta(days=700)
    edition["Date Sold"] = earliest + datetime.timedelta(days=rng.randint(0, max(0, (today - earliest).days)))
    edition["Settled"] = rng.random() < 0.7
    edition["Payment"] = rng.choice(["", "", "bank transfer", "invoice " + str(rng.randint(100, 999))])


def new_edition(rng, print_, number, distributors, today):
    edition = {
        "record_id": record_id(rng), "print": print_["Record_id"], "Print Edition": number, "show_number": True,
        "Printed": rng.random() < 0.8, "Size": rng.choice(SIZES) if rng.random() < 0.5 else "",
        "Frame": rng.choice(FRAMES) if rng.random() < 0.5 else "", "distributor": None, "Sold": False,
        "Retail Price": None, "Date Sold": None, "Settled": False,
        "Notes": rng.choice(NOTES) if rng.random() < 0.06 else "",
        "Variation": rng.choice(["Blue", "Gold leaf", "Artist's proof"]) if rng.random() < 0.05 else "",
        "Date in Gallery": None, "Stock Checked": rng.random() < 0.4, "To check in detail": rng.random() < 0.05,
        "Payment": "", "shell": False,
    }
    if edition["Printed"] and rng.random() < 0.6:
        edition["distributor"] = rng.choice(distributors)["Record_id"]
        edition["Date in Gallery"] = today - datetime.timedelta(days=rng.randint(20, 900))
        edition["Retail Price"] = Decimal(rng.randrange(*PRICES.get(edition["Size"], (45, 95)), 5))
    if rng.random() < 0.35:
        sell(rng, edition, today)
    return edition


def shell(rng):
    """About 1% of the editions are empty: somebody added a row and left it. The display formula makes ` - ` of it."""
    edition = dict.fromkeys(["Size", "Frame", "Notes", "Variation", "Payment"], "")
    edition.update(dict.fromkeys(["print", "Print Edition", "distributor", "Retail Price", "Date Sold",
                                  "Date in Gallery"]))
    edition.update(dict.fromkeys(["Printed", "Sold", "Settled", "Stock Checked", "To check in detail"], False))
    edition.update({"record_id": record_id(rng), "show_number": True, "shell": True})
    return edition


def names(rng, special, count, first, second):
    found = list(special[:count])
    pairs = [a + " " + b for a in first for b in second]
    rng.shuffle(pairs)
    series = 1
    while len(found) < count:
        found += [p if series == 1 else "%s %d" % (p, series) for p in pairs[:count - len(found)]]
        series += 1
    return found


def build(rows=600, prints=40, distributors=12, state=1, quirks="clean", seed=1):
    """The whole base as {"prints": [...], "distributors": [...], "editions": [...]}, before formulas."""
    rng = random.Random(seed)
    today = TODAY[1]
    world = {
        "prints": [new_print(rng, n) for n in names(rng, SPECIAL_PRINTS, prints, FIRST, SECOND)],
        "distributors": [new_distributor(rng, n, today)
                         for n in names(rng, SPECIAL_DISTRIBUTORS, distributors, SHOPS, SHOP_KINDS)],
        "editions": [], "overrides": {}, "state": 1,
    }
    shells = rows // 100
    for i in range(rows - shells):
        owner = world["prints"][i % prints]
        shops = world["distributors"][:-1]  # the last one is new and has nothing yet
        world["editions"].append(new_edition(rng, owner, i // prints + 1, shops, today))
    most = (rows - shells - 1) // prints + 1
    for p in world["prints"]:
        p["Total Editions"] = max(p["Total Editions"], most + 5)
    clean_quirks(rng, world)
    if quirks == "rejects":
        reject_quirks(rng, world)
    order = {p["Record_id"]: i for i, p in enumerate(world["prints"])}
    world["editions"].sort(key=lambda e: order[e["print"]])
    for _ in range(shells):
        world["editions"].insert(rng.randrange(len(world["editions"])), shell(rng))
    return later(world, seed) if state == 2 else world


def clean_quirks(rng, world):
    """Oddities that cleaning handles or validate warns about; no record is rejected for them."""
    editions = world["editions"]
    picked = rng.sample(editions, min(len(editions), max(40, len(editions) // 20)))

    def some(n):
        n = n * max(1, len(editions) // 600)
        chosen, picked[:n] = picked[:n], []
        return chosen

    for e in some(5):                    # the number only in the display name
        e["show_number"] = False
    for e in some(3):                    # a name, ` - ` and no number
        e["Print Edition"] = None
    for e in some(2):                    # numbers that make no sense: 0 and `X - -1` ...
        e["Print Edition"] = 0
    used = set()
    for e in some(2):
        e["Print Edition"] = -1 if e["print"] not in used else -2 - len(used)
        used.add(e["print"])
    for e in some(4):                    # sold without a price
        sell(rng, e, TODAY[1])
        e["Retail Price"] = None
    for e in some(3):                    # a date without a sale
        sell(rng, e, TODAY[1])
        e["Sold"] = e["Settled"] = False
    for e in some(3):                    # sold but not printed
        sell(rng, e, TODAY[1])
        e["Printed"] = False
    for e in some(3):                    # came to the gallery after the sale
        sell(rng, e, TODAY[1])
        e["Date in Gallery"] = e["Date Sold"] + datetime.timedelta(days=9)
    for e in some(2):                    # impossible dates: year 202, and 1920
        world["overrides"][e["record_id"]] = {"Date in Gallery": "3/14/202", "Weeks in Gallery": "NaN"}
    for e in some(1):
        world["overrides"][e["record_id"]] = {"Date in Gallery": "7/2/1920", "Weeks in Gallery": "5475"}
    for e in some(1):                    # a price below 10, one above 1000
        e["Retail Price"] = Decimal(5)
    for e in some(1):
        e["Retail Price"] = Decimal(1250)
    zeros = {}
    for e in editions:                   # ... but no two of one print
        if e["Print Edition"] == 0 and zeros.setdefault(e["print"], e) is not e:
            e["Print Edition"] = None

    by_name = {p["Print Name"]: p for p in world["prints"]}
    if CROWDED in by_name:               # two editions without number more than its total
        crowded = by_name[CROWDED]
        own = [e for e in editions if e["print"] == crowded["Record_id"]]
        crowded["Total Editions"] = max([len(own) - 2] + [e["Print Edition"] or 0 for e in own[:-2]])
        for e in own[-2:]:
            e["Print Edition"] = None
    world["prints"][0]["images"] = ["harbour (final, v2).jpg", "harbour-detail.png"]  # parentheses and a comma
    world["prints"][-1]["Total Editions"] = None
    world["prints"][-1]["Description"] = ""
    if len(world["distributors"]) > 3:   # a total carried over from older books: it matches no editions
        world["overrides"][world["distributors"][3]["Record_id"]] = {"Net Revenue": "£110485.61"}


def reject_quirks(rng, world):
    """Records that cannot be written as they are, as often as in real exports."""
    editions, prints = world["editions"], world["prints"]
    plain = [e for e in editions if e["print"] != prints[-2]["Record_id"]]
    rng.shuffle(plain)
    two, rest = plain[:len(plain) // 25], plain[len(plain) // 25:]
    for e in two:                        # 4% link two prints in the one cell
        other = rng.choice([p for p in prints if p["Record_id"] != e["print"]])
        own = next(p for p in prints if p["Record_id"] == e["print"])
        world["overrides"][e["record_id"]] = {
            "Print": linked([own["Print Name"], other["Print Name"]]),
            "print_record_id": own["Record_id"] + ", " + other["Record_id"]}
    seen = {}
    pairs = 0
    for e in rest:                       # about 1% share print and number
        if e["print"] in seen and pairs < max(2, len(editions) // 110):
            e["Print Edition"], e["show_number"] = seen.pop(e["print"])["Print Edition"], True
            pairs += 1
        elif e["Print Edition"] and e["show_number"]:
            seen[e["print"]] = e
    prints[-2]["Print Name"] = prints[-3]["Print Name"]  # two prints with one name
    for e in rest[:3]:                   # a date of sale in the year 202
        sell(rng, e, TODAY[1])
        world["overrides"][e["record_id"]] = {"Date Sold": "5/17/202"}
    for e in rest[3:5]:                  # a price that is none
        world["overrides"].setdefault(e["record_id"], {})["Retail Price"] = "on request"


# ---- ten weeks later ----

def later(world, seed):
    """State 2: some records are new, some gone, one print has a new name, and about one edition in twelve changed."""
    rng = random.Random(seed + 1000)
    world = copy.deepcopy(world)
    world["state"] = 2
    today = TODAY[2]
    prints, distributors, editions = world["prints"], world["distributors"], world["editions"]
    real = [e for e in editions if not e["shell"] and e["record_id"] not in world["overrides"]]

    for p in prints:                     # renamed: the Print cell and display name of all its editions change
        if p["Print Name"] == RENAMED[0]:
            p["Print Name"] = RENAMED[1]
    for p in rng.sample(prints[1:-3], min(4, len(prints) - 4)):
        p["Notes"] = "reprint planned"
        if p["Total Editions"] is not None:
            p["Total Editions"] += 10
    prints[0]["images"] = prints[0]["images"][:1] + ["harbour-new.png"]  # other files, not just other URLs
    for d in rng.sample(distributors, 3):
        d["Contact Number"] = "020 7946 0%03d" % rng.randint(0, 999)
        d["Date"] = today - datetime.timedelta(days=rng.randint(0, 30))

    for e in rng.sample(real, len(real) // 12):
        kind = rng.random()
        if kind < 0.4 and not e["Sold"]:
            sell(rng, e, today)
        elif kind < 0.6 and e["Sold"]:
            e["Settled"] = True
        elif kind < 0.75:
            e["Notes"] = "" if e["Notes"] else rng.choice(NOTES)
        elif kind < 0.9:
            e["distributor"] = rng.choice(distributors[:-1])["Record_id"]
            e["Date in Gallery"] = e["Date in Gallery"] or today - datetime.timedelta(days=rng.randint(1, 60))
        else:
            e["Stock Checked"] = not e["Stock Checked"]
    for e in [e for e in real if e["Frame"] == "Ikea"][:2]:
        e["Frame"] = "Framed"            # another cell, the same value after cleaning
    for p in prints[2:6]:                # two numbers of one print change places
        own = [e for e in real if e["print"] == p["Record_id"] and e["Print Edition"] and e["show_number"]]
        if len(own) >= 2:
            own[0]["Print Edition"], own[1]["Print Edition"] = own[1]["Print Edition"], own[0]["Print Edition"]

    distributors.append(new_distributor(rng, "Sedge Island Arts", today))
    distributors.pop(-2)                 # gone, like four editions below: it never sold anything
    prints.append(new_print(rng, "Ninth Wave"))
    for number in range(1, 11):
        editions.append(new_edition(rng, prints[-1], number, distributors, today))
    empty = [e for e in editions if e["shell"]]
    for e in empty[:1]:                  # a shell that was filled in
        filled = new_edition(rng, prints[-1], 11, distributors, today)
        filled["record_id"] = e["record_id"]
        editions[editions.index(e)] = filled
    for e in rng.sample(real, 4):        # gone: deleted, or hidden by a filter; an export does not say
        editions.remove(e)
    return world


# ---- formulas and files ----

def rendered(world):
    """The cells as Airtable exports them, formulas and all: {"prints": [{header: cell}], ...}."""
    prints = {p["Record_id"]: p for p in world["prints"]}
    shops = {d["Record_id"]: d for d in world["distributors"]}
    out = {"prints": [], "distributors": [], "editions": []}
    of_print = {i: [] for i in prints}
    of_shop = {i: [] for i in shops}
    for e in world["editions"]:
        row = render_edition(e, prints.get(e["print"]), shops.get(e["distributor"]))
        row.update(world["overrides"].get(e["record_id"], {}))
        out["editions"].append(row)
        if e["print"]:
            of_print[e["print"]].append(row["Print - Edition"])
        if e["distributor"]:
            of_shop[e["distributor"]].append((e, row))
    for p in world["prints"]:
        out["prints"].append({
            "Print Name": p["Print Name"], "Image": attachments(p["images"], world["state"]),
            "Description": p["Description"], "Web link": p["Web link"], "Notes": p["Notes"],
            "Total Editions": "" if p["Total Editions"] is None else str(p["Total Editions"]),
            "Editions": linked(of_print[p["Record_id"]]), "Record_id": p["Record_id"]})
    for d in world["distributors"]:
        row = render_distributor(d, of_shop[d["Record_id"]], world["state"])
        row.update(world["overrides"].get(d["Record_id"], {}))
        out["distributors"].append(row)
    return out


def amounts(e, shop):
    """(commission, invoice) of an edition, rounded to the penny."""
    price = e["Retail Price"] or Decimal(0)
    rate = Decimal(shop["Commission"] or 0) if shop else Decimal(0)
    commission = (price * rate / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return commission, price - commission


def render_edition(e, print_, shop):
    name = print_["Print Name"] if print_ else ""
    number = "" if e["Print Edition"] is None else str(e["Print Edition"])
    commission, invoice = amounts(e, shop)
    tick = {True: "checked", False: ""}
    display = "%s - %s" % (name, number)
    weeks = "NaN"  # the formula's answer where one of the dates is missing
    if e["Date Sold"] and e["Date in Gallery"]:
        weeks = str((e["Date Sold"] - e["Date in Gallery"]).days // 7)
    return {
        "Print - Edition": display, "Print": linked([name]) if print_ else "",
        "Print Edition": number if e["show_number"] else "", "Printed": tick[e["Printed"]], "Size": e["Size"],
        "Frame": e["Frame"], "Distributor": linked([shop["Name"]]) if shop else "", "Sold": tick[e["Sold"]],
        "Retail Price": money(e["Retail Price"]) if e["Retail Price"] is not None else "",
        "Date Sold": us_date(e["Date Sold"]) if e["Date Sold"] else "", "Settled": tick[e["Settled"]],
        "Notes": e["Notes"], "Variation": e["Variation"],
        "Date in Gallery": us_date(e["Date in Gallery"]) if e["Date in Gallery"] else "",
        "Stock Checked": tick[e["Stock Checked"]], "To check in detail": tick[e["To check in detail"]],
        "Commission": "%d%%" % shop["Commission"] if shop and shop["Commission"] is not None else "",
        "Invoice Amount": money(invoice), "Commissions": money(commission), "Payment": e["Payment"],
        "Month Sold": e["Date Sold"].strftime("%m %B") if e["Date Sold"] else "#ERROR!",
        "Year Sold": str(e["Date Sold"].year) if e["Date Sold"] else "#ERROR!",
        "Weeks in Gallery": weeks, "Print - Edition copy": "" if e["shell"] else display, "Print copy": "",
        "record_id": e["record_id"], "print_record_id": print_["Record_id"] if print_ else "",
        "distributor_record_id": shop["Record_id"] if shop else ""}


def render_distributor(d, own, state):
    sold = [(e, amounts(e, d)) for e, _ in own if e["Sold"]]
    unpaid = sum((a[1] for e, a in sold if not e["Settled"]), Decimal(0))
    return {
        "Name": d["Name"], "Image": attachments(d["images"], state), "Notes": d["Notes"],
        "Commission": "%d%%" % d["Commission"] if d["Commission"] is not None else "",
        "Prints": linked([row["Print - Edition"] for _, row in own]), "Prints copy": "",
        "Contact Number": d["Contact Number"], "Web address": d["Web address"],
        "Net Revenue": money(sum((a[1] for _, a in sold), Decimal(0))),
        "Distributor Revenue": money(sum((a[0] for _, a in sold), Decimal(0))),
        "Retail Amount Sold": money(sum((e["Retail Price"] or Decimal(0) for e, _ in sold), Decimal(0))),
        "Net Revenue Unpaid": money(unpaid), "Net Revenue Unpaid by Invoice Month": money(unpaid),
        "Date": long_date(d["Date"]), "Record_id": d["Record_id"]}


def csv_cell(text):
    return '"%s"' % text.replace('"', '""') if any(c in text for c in ',"\n\r') else text


def csv_bytes(header, rows, bom=True, crlf=False):
    """As Airtable writes: BOM, LF, minimal quoting, every row full width, no newline at the end."""
    lines = [",".join(csv_cell(h) for h in header)]
    lines += [",".join(csv_cell(row.get(h, "")) for h in header) for row in rows]
    return (b"\xef\xbb\xbf" if bom else b"") + ("\r\n" if crlf else "\n").join(lines).encode()


def write(world, out, layout="full", bom=True, crlf=False, shuffle=0):
    """Write the three files of a base into the folder `out`; `shuffle` is a seed for another order of columns."""
    os.makedirs(out, exist_ok=True)
    cells = rendered(world)
    for table, file in FILES.items():
        header = [h for h in HEADERS[table] if h not in HIDDEN[layout].get(table, [])]
        if shuffle:
            random.Random(shuffle).shuffle(header)
        with open(os.path.join(out, file), "wb") as f:
            f.write(csv_bytes(header, cells[table], bom, crlf))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--state", type=int, choices=[1, 2], default=1)
    parser.add_argument("--rows", type=int, default=600, help="editions")
    parser.add_argument("--prints", type=int, default=40)
    parser.add_argument("--distributors", type=int, default=12)
    parser.add_argument("--layout", choices=sorted(HIDDEN), default="full")
    parser.add_argument("--quirks", choices=["clean", "rejects"], default="clean")
    parser.add_argument("--crlf", action="store_true")
    parser.add_argument("--no-bom", action="store_true")
    parser.add_argument("--shuffle-columns", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    world = build(args.rows, args.prints, args.distributors, args.state, args.quirks, args.seed)
    write(world, args.out, args.layout, not args.no_bom, args.crlf, args.seed if args.shuffle_columns else 0)


if __name__ == "__main__":
    main()

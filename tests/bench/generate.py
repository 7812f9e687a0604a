#!/usr/bin/python3
"""Writes a large art export for `make bench`: realistic widths and links, a million editions in seconds.

    tests/bench/generate.py --out DIR --rows 1000000                     20,000 prints, 200 distributors
    tests/bench/generate.py --out DIR --rows 1000000 --changed 0.001     the same, one record in a thousand changed

The small export with all its quirks is tests/make_export.py's work; here only the size matters, and that every record
can be written. --clean writes beside each file DIR/<table>.copy, the same rows as PostgreSQL's COPY text, ids and links
as integers, columns as in the table: what the benchmark's yardstick L loads.
"""
import argparse
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import make_export  # noqa: E402

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
NOTES = ["", "", "", "", "", "", "Corner slightly bent", "Signed on the back", "\"Reserved, see the mail of June\"",
         "Frame ordered; ask again in May before the spring show opens"]
SIZES = ["", "", "", "Small", "Large", "Extra Large"]
FRAMES = ["", "", "", "Framed", "Mounted", "Tube only", "Ikea"]
FRAME_VALUES = {"": "\\N", "Ikea": "Framed"}
MONTHS = ("01 January,02 February,03 March,04 April,05 May,06 June,07 July,08 August,09 September,10 October,"
          "11 November,12 December").split(",")
RATES = [30, 40, 45, 50]


def record_id(kind, number):
    """Distinct and looks random: the number times an odd constant, modulo 62^10."""
    number = number * 0x9E3779B97F4A7C15 % 62 ** 10
    digits = []
    for _ in range(10):
        number, digit = divmod(number, 62)
        digits.append(ALPHABET[digit])
    return "rec%s00%s" % (kind, "".join(digits)) if len(kind) == 2 else "rec" + kind + "".join(digits)


def prints(out, clean, names):
    out.write("\ufeff" + ",".join(make_export.HEADERS["prints"]))
    for i, name in enumerate(names, 1):
        image = "view-%d.jpg (https://v5.airtableusercontent.com/v3/u/41/41/%024d/%040d)" % (i, i, i * 7)
        text = "A view of %s in %d colours" % (name.lower(), i % 7 + 1)
        out.write("\n%s,%s,%s,%d,https://prints.example/%d,,,%s" % (
            name, image, text, 500, i, record_id("Prnt", i)))
        if clean:
            clean.write("%d\t%s\t%s\t%s\t500\thttps://prints.example/%d\t\\N\t{%s}\n" % (
                i, record_id("Prnt", i), name, text, i, image[image.index("(") + 1:-1]))


def distributors(out, clean, count):
    out.write("\ufeff" + ",".join(make_export.HEADERS["distributors"]))
    for i in range(1, count + 1):
        rate = RATES[i % 4]
        out.write("\nGallery %d,,%d%%,,,,020 7946 %04d,https://gallery%d.example,£1000.00,£400.00,£1400.00,£90.00,"
                  '£0.00,"October %d, 2025",%s' % (i, rate, i, i, i % 28 + 1, record_id("Dist", i)))
        if clean:
            clean.write("%d\t%s\tGallery %d\t%d.00\t\\N\t020 7946 %04d\thttps://gallery%d.example\t1000.00\t400.00\t"
                        "1400.00\t90.00\t0.00\t2025-10-%02d\n" % (i, record_id("Dist", i), i, rate, i, i, i % 28 + 1))


def edition(i, names, n_distributors, changed):
    """One edition: (CSV line, COPY line). Everything follows from its number, so that the same file comes again."""
    p = (i - 1) % len(names)
    number = (i - 1) // len(names) + 1
    mix = i * 2654435761 & 0xFFFFFFFF
    d = mix % (n_distributors * 2)  # half of the editions are at home
    sold = mix >> 8 & 3 == 0
    price = 45 + (mix >> 10) % 600
    rate = RATES[(d + 1) % 4] if d < n_distributors else 0
    commission = price * rate
    month, day, year = (mix >> 12) % 12 + 1, (mix >> 16) % 28 + 1, 2018 + (mix >> 20) % 7
    note = "moved to the back shelf" if changed else NOTES[(mix >> 4) % len(NOTES)]
    size, frame = SIZES[(mix >> 6) % len(SIZES)], FRAMES[(mix >> 14) % len(FRAMES)]
    shop = "Gallery %d" % (d + 1) if d < n_distributors else ""
    in_gallery = "%d/%d/%d" % (month, day, year - 1) if shop else ""
    weeks = str(52) if sold and shop else "NaN"
    name = names[p]
    form = ("%s - %d,%s,%d,checked,%s,%s,%s,%s,£%d.00,%s,%s,%s,,%s,%s,,%s,£%d.%02d,£%d.%02d,%s,%s,%s,%s,"
            "%s - %d,,%s,%s,%s")
    line = form % (
        name, number, name, number, size, frame, shop, "checked" if sold else "", price,
        "%d/%d/%d" % (month, day, year) if sold else "", "checked" if sold and mix & 1 else "", note, in_gallery,
        "checked" if mix & 2 else "", "%d%%" % rate if rate else "", (price * 100 - commission) // 100,
        (price * 100 - commission) % 100, commission // 100, commission % 100, "bank transfer" if sold else "",
        MONTHS[month - 1] if sold else "#ERROR!", str(year) if sold else "#ERROR!", weeks, name, number,
        record_id("Ed", i), record_id("Prnt", p + 1), record_id("Dist", d + 1) if shop else "")
    copy = (i, record_id("Ed", i), p + 1, d + 1 if shop else "\\N", number, "%s - %d" % (name, number), size or "\\N",
            FRAME_VALUES.get(frame, frame), "\\N", "t", "t" if sold else "f", "t" if sold and mix & 1 else "f",
            "t" if mix & 2 else "f", "f", "%d.00" % price,
            "%d-%02d-%02d" % (year, month, day) if sold else "\\N",
            "%d.%02d" % divmod(price * 100 - commission, 100), "%d.00" % rate if rate else "\\N",
            "%d.%02d" % divmod(commission, 100),
            "%d-%02d-%02d" % (year - 1, month, day) if shop else "\\N", "52" if weeks == "52" else "\\N",
            note.strip('"') or "\\N", "bank transfer" if sold else "\\N", MONTHS[month - 1] if sold else "\\N",
            str(year) if sold else "\\N")
    return line, copy


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", required=True, metavar="DIR")
    parser.add_argument("--rows", type=int, default=1000000, help="editions")
    parser.add_argument("--prints", type=int, help="default: one per 50 editions")
    parser.add_argument("--distributors", type=int, default=200)
    parser.add_argument("--changed", type=float, default=0, metavar="SHARE", help="of the editions, spread evenly")
    parser.add_argument("--clean", action="store_true", help="write the rows as COPY text too")
    args = parser.parse_args()
    os.makedirs(args.out, exist_ok=True)
    count = args.prints or max(1, args.rows // 50)
    rng = random.Random(7)
    names = ["%s %s %d" % (rng.choice(make_export.FIRST), rng.choice(make_export.SECOND), i + 1) for i in range(count)]
    step = round(1 / args.changed) if args.changed else 0

    def files(table):
        path = os.path.join(args.out, make_export.FILES[table])
        copy = os.path.join(args.out, table + ".copy")
        return (open(path, "w", encoding="utf-8", newline="", buffering=1 << 20),
                open(copy, "w", encoding="utf-8", newline="", buffering=1 << 20) if args.clean else None)

    for table in ("prints", "distributors", "editions"):
        out, clean = files(table)
        if table == "prints":
            prints(out, clean, names)
        elif table == "distributors":
            distributors(out, clean, args.distributors)
        else:
            out.write("\ufeff" + ",".join(make_export.HEADERS["editions"]))
            for i in range(1, args.rows + 1):
                line, copy = edition(i, names, args.distributors, step and i % step == 0)
                out.write("\n" + line)
                if clean:
                    clean.write("\t".join(map(str, copy)) + "\n")
        out.close()
        if clean:
            clean.close()


if __name__ == "__main__":
    main()

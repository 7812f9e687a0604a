"""The row-at-a-time way: read with pandas, look each row up, insert or update it, one query after the other.
rows.py URL EXPORT"""
import sys

import pandas
from sqlalchemy import MetaData, Table, create_engine, insert, select, update


def money(text):
    return text.replace("£", "") or None


def main():
    url, export = sys.argv[1:]
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg2://"))
    meta = MetaData()
    read = {"dtype": str, "keep_default_na": False, "encoding": "utf-8-sig"}
    with engine.begin() as db:
        prints, editions = (Table(name, meta, autoload_with=db) for name in ("prints", "editions"))
        keys = {}
        for row in pandas.read_csv(export + "/Prints-Grid view.csv", **read).to_dict("records"):
            values = {"name": row["Print Name"], "airtable_id": row["Record_id"]}
            keys[row["Record_id"]] = db.execute(insert(prints).values(values).returning(prints.c.id)).scalar()
        for row in pandas.read_csv(export + "/Editions-All Records.csv", **read).to_dict("records"):
            values = {"airtable_id": row["record_id"], "print_id": keys[row["print_record_id"]],
                      "edition_number": int(row["Print Edition"]), "edition_display_name": row["Print - Edition"],
                      "is_sold": row["Sold"] == "checked", "retail_price": money(row["Retail Price"]),
                      "notes": row["Notes"] or None}
            found = db.execute(select(editions.c.id).where(editions.c.airtable_id == row["record_id"])).scalar()
            if found is None:
                db.execute(insert(editions).values(values))
            else:
                db.execute(update(editions).where(editions.c.id == found).values(values))


if __name__ == "__main__":
    main()

"""What the model of the engine (model.py) remembers: rows, last-synced state, changes; keys and which record gets them."""
import ctypes
import re

COLUMNS = {"prints": ["name", "total_editions", "notes"],
           "editions": ["edition_display_name", "print_id", "edition_number", "frame_type", "retail_price", "date_sold",
                        "notes", "payment_note"]}
NATURAL = {"prints": "name", "editions": "edition_display_name"}


class Unknown:
    """A column of which no last-synced value is known: one object, also in copies."""

    def __reduce__(self):
        return "UNKNOWN"


UNKNOWN = Unknown()
NEVER = (UNKNOWN, None, None)
ID = "airtable_id"


def derived(name, attempt):
    """The id of a record that has none."""
    text = name.encode() + b"\x1f"
    hash64 = ctypes.CDLL("libxxhash.so.0").XXH3_64bits_withSeed
    hash64.restype, hash64.argtypes = ctypes.c_uint64, [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_uint64]
    return "~key_%016x" % hash64(text, len(text), attempt)


def generated(key):
    return re.fullmatch("~(key|app)_[0-9a-f]{16}", key)


def slot(value, cell, made=None):
    """What the state knows of a column: the value that the export had, the cell that it was read from, and what the database
    made of it, if that is something else."""
    return (value, cell, made)


class Row:
    def __init__(self, uid, values, clock, synced):
        self.uid, self.values, self.active, self.version = uid, values, True, 1
        self.updated = clock
        self.synced = clock if synced else None


class State:
    def __init__(self, slots, log, created, mapping):
        self.slots, self.log, self.created, self.deactivated = slots, log, created, False
        self.mapping = mapping
        self.cells = None  # of the record as it was last accepted; None: it is looked at again


class Change:
    def __init__(self, key, action, columns, state, row, clock):
        self.key, self.action, self.columns = key, action, columns
        self.state_before, self.state_after = state
        self.deactivated_before = self.deactivated_after = False
        self.before = row  # (updated, synced, version)
        self.clock = clock
        self.mapping = None


class Table:
    def __init__(self):
        self.rows, self.state = {}, {}
        self.last = None       # what the last completed run of this table rests on
        self.readers = []      # syncs that read it, the undone ones aside: (sync id, their rejects)


def row_values(table, key):
    row = table.rows.get(key)
    return row.values if row else dict.fromkeys(["name", "print_id", "edition_number"])


def same_slot(a, b):
    """The cell tells where a value came from, not what it is."""
    return a[0] is b[0] and a[2] == b[2] or a[0] is not UNKNOWN and b[0] is not UNKNOWN and (a[0], a[2]) == (b[0], b[2])


class Ambiguous(Exception):
    """The contract does not say; the walk goes elsewhere."""


class Refused(Ambiguous):
    """A trigger refuses what a rollback would put back."""


def key_of(table, values):
    if table == "prints":
        return values["name"]
    return (values["print_id"], values["edition_number"]) if values["edition_number"] is not None else None


def unique_repeats(name, table, targets, at=None):
    """Which of the records that want to be `targets` (in file order) break the unique key, by the contract's rule: the
    row that keeps it, then the first record; a refused record frees nothing."""
    live, lost = dict(targets), set()
    taken = {a: k for k, a in (at or {}).items()}  # row -> the record that takes it over

    def violations():
        keepers = {}
        for key, row in table.rows.items():
            own = key_of(name, row.values)
            record = taken.get(key, key)
            if own is not None and (record not in live or key_of(name, live[record]) == own):
                keepers[own] = record
        return [k for k, v in live.items() if keepers.get(key_of(name, v), k) != k]

    while True:
        repeats = violations()
        if not repeats:
            seen = {}
            for key, values in live.items():
                wanted = key_of(name, values)
                if wanted is not None and seen.setdefault(wanted, key) != key:
                    repeats.append(key)
        if not repeats:
            return lost
        for key in repeats:
            del live[key]
            lost.add(key)

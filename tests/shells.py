#!/usr/bin/env python3
"""What `meson install` puts beside the program, used by those who read it.

    tests/shells.py build/eagerly [--meson PROGRAM --build FOLDER] [-v]

The manual page goes through man and mandoc, the completions into bash, zsh and fish, where command
lines are typed on a terminal and completed by the Tab key. What the machine does not have is
skipped, and said so. Without --meson the program itself is asked for the files. The last line
counts the checks; the exit status is 1 if one failed.
"""
import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from run import Tally
from terminal import Terminal, terminals_are_there

FILES = {"share/man/man1/eagerly.1": ["manpage"],
         "share/bash-completion/completions/eagerly": ["completions", "bash"],
         "share/zsh/site-functions/_eagerly": ["completions", "zsh"],
         "share/fish/vendor_completions.d/eagerly.fish": ["completions", "fish"]}

TYPED = {  # a line, and what the Tab key makes of it
    "eagerly exp": "eagerly explain ",
    "eagerly check --exit": "eagerly check --exit-zero ",
    "eagerly --exit": "eagerly --exit-zero ",
    "eagerly check --color al": "eagerly check --color always ",
    "eagerly --color=ne": "eagerly --color=never ",
    "eagerly graph --format s": "eagerly graph --format svg ",
    "eagerly rules --format m": "eagerly rules --format markdown ",
    "eagerly rules --sel": "eagerly rules --sel",
    "eagerly explain EAG90": "eagerly explain EAG900 ",
    "eagerly --select EAG2,missing-s": "eagerly --select EAG2,missing-select-related ",
    "eagerly check --surface view,te": "eagerly check --surface view,template ",
    "eagerly help conf": "eagerly help config ",
    "eagerly completions z": "eagerly completions zsh ",
    "eagerly check spac": "eagerly check space\\ d.py ",
    "eagerly check --config spac": "eagerly check --config space\\ d.py ",
    "eagerly check -j": "eagerly check -j",
}
LISTED = {  # a line, and some of what a second Tab shows
    "eagerly graph --format ": {"mermaid", "dot", "svg", "json"},
    "eagerly baseline --": {"--write", "--prune", "--baseline"},
    "eagerly ": {"check", "why", "space d.py"},
}


def install(folder, options):
    """The files as they are installed below a folder: its prefix."""
    if options.meson:
        subprocess.run([options.meson, "install", "--no-rebuild", "-C", options.build, "--destdir",
                        str(folder)], check=True, stdout=subprocess.DEVNULL)
        prefixes = [path.parent for path in folder.rglob("bin") if path.is_dir()]
        return prefixes[0] if prefixes else folder
    (folder / "bin").mkdir(parents=True)
    shutil.copy(options.eagerly, folder / "bin" / "eagerly")
    for name, words in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(subprocess.run([options.eagerly, *words], check=True,
                                        stdout=subprocess.PIPE).stdout)
    return folder


def check_wheel(tally, options):
    """What a wheel is made of has a place in it; pyproject.toml leaves our FILES out."""
    plan = json.loads((Path(options.build) / "meson-info/intro-install_plan.json").read_text())
    names = {Path(name).name for name in FILES}
    wrong = [entry["destination"] for group in plan.values() for path, entry in group.items()
             if not entry["destination"].startswith(("{bindir}/", "{datadir}/"))
             and Path(path).name not in names]
    tally.check(plan["targets"] and not wrong, "all else has a place in a wheel", str(wrong))


def check_installed(tally, prefix, options):
    for name, words in FILES.items():
        path = prefix / name
        said = subprocess.run([options.eagerly, *words], stdout=subprocess.PIPE, check=True).stdout
        tally.check(path.is_file() and path.read_bytes() == said, "installed: " + name)
    program = prefix / "bin" / "eagerly"
    done = subprocess.run([str(program), "--version"], stdout=subprocess.PIPE)
    tally.check(done.returncode == 0, "installed: bin/eagerly runs")


# ---- the manual page

def check_manual(tally, prefix):
    page = str(prefix / "share/man/man1/eagerly.1")
    readers = {"man": ["man", "--warnings", "-E", "UTF-8", "-l", page],
               "groff": ["groff", "-man", "-Tutf8", "-ww", page],
               "mandoc": ["mandoc", "-T", "utf8", page]}
    for name, command in readers.items():
        if not shutil.which(name):
            tally.skip("manual page: there is no %s on this machine" % name)
            continue
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=60,
                              env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "80"})
        text = re.sub("\x1b\\[[0-9;]*m|.\x08", "", done.stdout.decode())
        lines = [" ".join(line.split()) for line in text.splitlines()]
        tally.check(done.returncode == 0 and not done.stderr and "EXIT STATUS" in lines
                    and "--min-confidence=possible|likely|certain" in lines,
                    name + " shows the manual page", done.stderr.decode() + text[-300:])
    if shutil.which("mandoc"):
        done = subprocess.run(["mandoc", "-T", "lint", "-W", "warning", page],
                              stdout=subprocess.PIPE, timeout=60)
        # the page bears the version and no date, so that it is the same whenever it is made
        said = [line for line in done.stdout.decode().splitlines() if "missing date" not in line]
        tally.check(not said, "mandoc finds no fault with it", "\n".join(said))


# ---- shells

BASH = r'''
PS1='READY> '; set +o history
bind 'set bell-style none'; bind 'set completion-query-items 0'; bind 'set page-completions off'
show() { printf 'BUFFER<%%s>\n' "$READLINE_LINE"; }; bind -x '"\C-xp": show'
source %s/share/bash-completion/completions/eagerly
'''
ZSH = r'''
PROMPT='READY> '; LISTMAX=9999; unsetopt beep
fpath=(%s/share/zsh/site-functions $fpath); autoload -Uz compinit; compinit -u -D
show() { print -r -- "BUFFER<$BUFFER>" }; zle -N show; bindkey '^Xp' show
'''


class Shell:
    """A shell at a terminal. Ctrl-X p shows the line as it is, Ctrl-U forgets it."""

    def __init__(self, name, set_up, prefix, folder):
        home = folder.parent / name
        home.mkdir()
        (home / ".zshrc").write_text(set_up % prefix)
        command = {"bash": ["bash", "--noprofile", "--rcfile", str(home / ".zshrc"), "-i"],
                   "zsh": ["zsh", "-d", "-i"]}
        environment = {**environment_of(prefix, folder), "ZDOTDIR": str(home)}
        self.terminal = Terminal(command[name], folder, environment)
        self.good = self.terminal.wait_for(lambda text: "READY> " in text)

    def line(self, text, tabs=1):
        """The line after the Tab key, and all that has been printed since it was typed."""
        self.terminal.text = ""
        self.terminal.send("\x15" + text + "\t" * tabs + "\x18p")
        found = self.terminal.wait_for(lambda seen: re.search(r"BUFFER<(.*?)>", seen))
        return found[1] if found else None, self.terminal.text

    def close(self):
        self.terminal.send("\x15exit\n")
        self.terminal.close(10)


def environment_of(prefix, folder):
    return {"PATH": "%s/bin:%s" % (prefix, os.environ["PATH"]), "HOME": str(folder.parent),
            "TERM": "dumb", "LC_ALL": "C.UTF-8", "XDG_DATA_DIRS": "%s/share" % prefix,
            "XDG_CONFIG_HOME": str(folder.parent / "config")}


def check_typed(tally, name, set_up, prefix, folder):
    shell = Shell(name, set_up, prefix, folder)
    tally.check(shell.good, name + " loads its completions", shell.terminal.text[-500:])
    for line, wanted in TYPED.items():
        got, seen = shell.line(line)
        tally.check(got is not None and got.rstrip(" ,") == wanted.rstrip(),
                    "%s completes '%s'" % (name, line), "%r %r" % (got, seen[-300:]))
    for line, wanted in LISTED.items():
        seen = shell.line(line, 3)[1]
        lacks = {word for word in wanted if word not in seen.replace("\\ ", " ")}
        tally.check(not lacks, "%s lists the words behind '%s'" % (name, line),
                    "%s not in %r" % (lacks, seen[-1500:]))
    shell.close()


def check_fish(tally, prefix, folder):
    """fish tells what it would complete a line by."""
    def ask(line):
        done = subprocess.run(["fish", "--private", "-c", "complete -C '%s'" % line], cwd=folder,
                              env=environment_of(prefix, folder), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        return ([word.split("\t")[0] for word in done.stdout.decode().splitlines()],
                done.stderr.decode())
    for line, wanted in TYPED.items():
        wanted = re.split(r"(?<!\\) ", wanted.rstrip())[-1].replace("\\ ", " ")
        kept = wanted == line.split(" ")[-1]
        got, errors = ask(line)
        tally.check((got == [] if kept else got == [wanted]) and not errors or line.endswith("-j"),
                    "fish completes '%s'" % line, "%s %s" % (got, errors))
    for line, wanted in LISTED.items():
        got, errors = ask(line)
        tally.check(wanted <= set(got) and not errors, "fish lists the words behind '%s'" % line,
                    "%s %s" % (got, errors))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("eagerly", type=os.path.abspath)
    parser.add_argument("--meson")
    parser.add_argument("--build")
    parser.add_argument("-v", action="store_true")
    options = parser.parse_args(arguments)
    tally = Tally(options.v)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve() / "typed"
        folder.mkdir()
        (folder / "space d.py").touch()
        (folder / "other.py").touch()
        prefix = install(Path(name).resolve() / "installed", options)
        check_installed(tally, prefix, options)
        if options.meson:
            check_wheel(tally, options)
        check_manual(tally, prefix)
        for shell, set_up in (("bash", BASH), ("zsh", ZSH)):
            if not terminals_are_there():
                tally.skip("completions of %s: this machine gives no terminal" % shell)
            elif shutil.which(shell):
                check_typed(tally, shell, set_up, prefix, folder)
            else:
                tally.skip("completions: there is no %s on this machine" % shell)
        if shutil.which("fish"):
            check_fish(tally, prefix, folder)
        else:
            tally.skip("completions: there is no fish on this machine")
    print("%d passed, %d failed, %d skipped" % (tally.passed, tally.failed, tally.skipped))
    return 1 if tally.failed or not tally.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

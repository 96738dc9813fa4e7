#!/usr/bin/env python3
"""Compares our .gitignore dialect with git's own answers, on random patterns and paths.

    tests/ignore_differential.py BUILD/unit-ignore_test [ROUNDS [SEED]]

Prints each difference; exit status 1 if there is one. A path's parents are kept out of the
question: git is only asked about paths none of whose parents it ignores, since a walk never
comes to the others.
"""
import os
import random
import subprocess
import sys
import tempfile

PIECES = ["a", "b", "ab", "*", "**", "***", "?", "/", "/", "**/", "/**", "[ab]", "[!a]", "[^b-c]",
          "[a-c]", "[]]", "[", "]", "\\", "\\*", "\\a", "!", "#", " ", "-", ".", "[[:alpha:]]",
          "[[:x]", "[a-]", "[\\]]", "c", "a/", "/b", "\\ ", "\\/", "[b\\-d]", "\r"]
NAMES = ["a", "b", "c", "ab", "abc", "ba", "a b", "*", "[", "]", "!a", "#a", "-", "a.b", "\\", " a",
         "a ", "aab", "[a]", ".", ".a"]


def random_line(rng):
    line = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 6)))
    return ("!" if rng.random() < 0.15 else "") + line


def tree_make(root, rng):
    """Random folders and files; returns their paths, folders marked by d."""
    paths = []
    for _ in range(60):
        folder = root
        below = []
        for _ in range(rng.randint(0, 3)):
            below.append(rng.choice([name for name in NAMES if name != "."]))
        name = rng.choice([name for name in NAMES if name != "."])
        try:
            os.makedirs(os.path.join(folder, *below), exist_ok=True)
            path = os.path.join(root, *below, name)
            if not os.path.lexists(path):
                open(path, "w").close()
        except OSError:  # a file stands where a folder was wanted
            continue
    for at, folders, files in os.walk(root):
        if at == root:
            folders[:] = [name for name in folders if name != ".git"]
        for kind, names in (("d", folders), ("f", files)):
            paths += [(os.path.relpath(os.path.join(at, name), root), kind) for name in names]
    return sorted(path for path in paths if path[0] != ".gitignore")


def git_answers(root, paths):
    """path -> ignored, for all paths; as `git check-ignore` sees them."""
    asked = b"".join(os.fsencode(path) + b"\0" for path, _ in paths)
    run = subprocess.run(["git", "-C", root, "check-ignore", "-z", "-v", "-n", "--no-index",
                          "--stdin"], input=asked, capture_output=True)
    fields = run.stdout.split(b"\0")[:-1]
    answers = {}
    for at in range(0, len(fields), 4):
        pattern, path = fields[at + 2], os.fsdecode(fields[at + 3])
        answers[path] = bool(fields[at]) and not pattern.startswith(b"!")
    return answers


def compare(program, rng):
    differences = 0
    asked = 0
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(["git", "init", "-q", root], check=True)
        paths = tree_make(root, rng)
        for _ in range(20):
            text = "\n".join(random_line(rng) for _ in range(rng.choice([1, 1, 1, 2, 4]))) + "\n"
            with open(os.path.join(root, ".gitignore"), "w", newline="") as file:
                file.write(text)
            git = git_answers(root, paths)
            ours_input = b"".join(os.fsencode(f"{text}\0/w/{path}\0{kind}\0")
                                  for path, kind in paths)
            run = subprocess.run([program, "--answer"], input=ours_input, capture_output=True,
                                 check=True)
            ours = dict(zip((path for path, _ in paths), run.stdout.split()))
            for path, kind in paths:
                parts = path.split("/")
                if any(git["/".join(parts[:i])] for i in range(1, len(parts))):
                    continue
                asked += 1
                if git[path] != (ours[path] == b"1"):
                    differences += 1
                    print(f"git {git[path]}, ours {ours[path]}: {text!r} {path!r} {kind}")
    return differences, asked


def main():
    program = os.path.abspath(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    rng = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    differences = asked = 0
    for _ in range(rounds):
        found, count = compare(program, rng)
        differences += found
        asked += count
    print(f"{asked} paths asked, {differences} differences")
    return differences > 0


if __name__ == "__main__":
    sys.exit(main())

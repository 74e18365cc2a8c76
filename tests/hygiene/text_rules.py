# SPDX-License-Identifier: Apache-2.0
"""Rules about single files. Each takes the tree and yields findings, `path[:line]: what`."""

import re

from tree import CPP, VERILOG, suffix

MAXIMUM_BYTES = 16 << 20
COLUMNS = {**dict.fromkeys(CPP | VERILOG, 100), ".py": 120}
LICENCE = re.compile(r"SPDX-License-Identifier: (Apache-2\.0|CC-BY-4\.0)\b")
# Put together so that this file does not find itself.
UNFINISHED = re.compile(r"\b(" + "|".join(("TO" + "DO", "FIX" + "ME", "X" + "XX")) + r")\b")
MACHINE_PATH = re.compile(r"(?<![\w./}-])/(" + "|".join(("wo" + "rk", "ro" + "ot")) + r")(?![\w-])")
TEMPORARY_PATH = re.compile(r"(?<![\w./}-])/" + "tmp/")


def licence_lines(tree):
    for name in filter(tree.is_source, tree.texts):
        if not LICENCE.search("\n".join(tree.lines(name)[:3])):
            yield f"{name}: no SPDX line among the first three"


def ascii_only(tree):
    for name in tree.texts:
        if not tree.texts[name].isascii():
            at = next(i for i, line in enumerate(tree.lines(name), 1) if not line.isascii())
            yield f"{name}:{at}: not ASCII"


def columns(tree):
    for name in tree.texts:
        limit = COLUMNS.get(suffix(name))
        for number, line in enumerate(tree.lines(name), 1) if limit else ():
            if len(line) > limit:
                yield f"{name}:{number}: {len(line)} columns, at most {limit}"


def whitespace(tree):
    for name in tree.texts:
        if b"\r" in tree.texts[name]:
            yield f"{name}: carriage returns"
        if tree.is_source(name) and not tree.texts[name].endswith(b"\n"):
            yield f"{name}: no newline at the end"
        for number, line in enumerate(tree.lines(name), 1) if tree.is_source(name) else ():
            if line != line.rstrip() or "\t" in line:
                yield f"{name}:{number}: a tab or white space at the end"


def sizes(tree):
    for name in tree.files:
        if tree.size(name) > MAXIMUM_BYTES:
            yield f"{name}: {tree.size(name)} bytes, at most {MAXIMUM_BYTES}"


def matches(tree, pattern, names, what):
    for name in names:
        for number, line in enumerate(tree.lines(name), 1):
            if pattern.search(line):
                yield f"{name}:{number}: {what}"


def machine_paths(tree):
    yield from matches(tree, MACHINE_PATH, tree.texts, "a path of one machine")
    outside = [name for name in tree.texts if not name.startswith("tests/")]
    yield from matches(tree, TEMPORARY_PATH, outside, "a temporary folder by name")


def unfinished(tree):
    yield from matches(tree, UNFINISHED, tree.texts, "unfinished work")


def contract_first(lines):
    """Whether `///` comes before the first declaration, at the top of the file or right above it."""
    for line in lines:
        if line.startswith("///"):
            return True
        if line and not line.startswith(("//", "#", "namespace ", "}")):
            return False
    return False


def header_contracts(tree):
    """A header says what it is for before its first declaration; those of tests may do without."""
    for name in tree.texts:
        if suffix(name) == ".hpp" and not name.startswith("tests/"):
            if not contract_first(tree.lines(name)):
                yield f"{name}: no contract (///) before the first declaration"
            if "#pragma once" not in tree.lines(name):
                yield f"{name}: no #pragma once"


RULES = (licence_lines, ascii_only, columns, whitespace, sizes, machine_paths, unfinished, header_contracts)

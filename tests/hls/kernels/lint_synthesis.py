# SPDX-License-Identifier: Apache-2.0
"""Checks that hls/ stays what a synthesis tool accepts: `lint_synthesis.py ROOT`.

Pragmas:   a directive is one that the tool knows; a name in variable= or port= exists in the function that holds the
           pragma, its members in a struct, its dim in the array (the tool ignores what does not without a word);
           instances= is a function; a promise (dependence, loop_tripcount) has its reason in the comment above it.
Language:  no floating point, allocation, exceptions, library containers, unbounded loops, arrays of a size that runs,
           virtual dispatch, function pointers or recursion, direct or through others, in what is synthesised.
Switch:    only hls/support/vendor.hpp reads the vendor's macro, only hls/support its translation.
Layering:  a folder includes what the table of hls/README.md allows.
Scripts:   hls/vitis/common.tcl lists every source that is synthesised.
Exit code 0 when clean; findings go to stdout as file:line: text. lint_self_test.py checks the checks.
"""

import pathlib
import re
import sys

from lint_language import (check_arrays, check_loops, check_words, end_of, find_recursion, functions, without_comments,
                           without_pragmas)

ALLOWED = {"fixed": {"fixed", "support/number.hpp", "support/quantise.hpp"}, "support": {"fixed", "support", "program"},
           "program": {"fixed", "program"}, "kernels": {"fixed", "support", "program", "kernels"},
           "top": {"fixed", "support", "program", "kernels", "top"}}
# Simulation only: not given to the synthesis tool, so the language rules do not apply.
SIMULATION = {"top/accelerator.cpp", "top/accelerator.hpp", "top/simulation_probe.cpp",
              "top/simulation_probe.hpp", "support/stream.cpp", "support/stream.hpp",
              "support/observer.hpp", "support/vector_product.cpp", "support/vector_product.hpp",
              "support/wide_product.cpp", "fixed/generate_tables.cpp",
              "fixed/generate_fine_tables.cpp", "program/print.cpp", "program/print.hpp",
              "program/expert_visits.cpp", "program/expert_visits.hpp", "program/routing.hpp"}
DIRECTIVES = {"aggregate", "allocation", "array_partition", "array_reshape", "bind_op", "bind_storage", "dataflow",
              "dependence", "inline", "interface", "latency", "loop_flatten", "loop_merge", "loop_tripcount",
              "pipeline", "reset", "stable", "stream", "unroll"}
DIRECTIVE = re.compile(r"#pragma\s+HLS\s+(\w+)", re.I)
NAMED = re.compile(r"#pragma HLS \w+.*?\b(?:variable|port)\s*=\s*([\w.]+)(?:[^\n]*\bdim\s*=\s*(\d+))?")
PROMISE = re.compile(r"#pragma HLS (dependence|loop_tripcount)\b")
STRUCT = re.compile(r"\b(?:struct|class)\s+\w+[^;{}()]*\{")
MEMBER = re.compile(r"(\w+)((?:\s*\[[^\[\]]*\])*)\s*(?:=[^;{}]*|\{[^;{}]*\})?;")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def members_of(codes):
    """{name: most dimensions} of every member that a struct of hls/ declares."""
    members = {}
    for code in codes:
        for struct in STRUCT.finditer(code):
            for match in MEMBER.finditer(code[struct.end():end_of(code, struct.end())]):
                members[match[1]] = max(members.get(match[1], 0), match[2].count("["))
    return members


def check_directives(code):
    for match in DIRECTIVE.finditer(code):
        if match[1].lower() not in DIRECTIVES:
            yield match.start(), f"pragma {match[1]}, which the tool does not have"


def check_names(code, members):
    bodies = [(begin, end) for _, _, begin, _, end in functions(code)]
    for match in NAMED.finditer(code):
        around = [body for body in bodies if body[0] <= match.start() < body[1]]
        name, *path = match[1].split(".")
        if not around or name == "return":  # constructor with initialisers; the block-level port
            continue
        body = without_pragmas(code[around[-1][0]:around[-1][1]])
        if not re.search(r"\b%s\b" % re.escape(name), body):
            yield match.start(), f"pragma names {name}, which its function does not have"
        for member in path:
            if member not in members:
                yield match.start(), f"pragma names {match[1]}, but no struct has a member {member}"
        if path and path[-1] in members and int(match[2] or 0) > members[path[-1]]:
            yield match.start(), f"pragma partitions dim {match[2]} of {path[-1]}, which has {members[path[-1]]}"


def check_instances(code, known):
    for match in re.finditer(r"#pragma HLS allocation function instances\s*=\s*(\w+)", code):
        if match[1] not in known:
            yield match.start(), f"pragma limits {match[1]}, which is no function of hls/"


def check_promises(text):
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if PROMISE.search(line) and not re.search(r"//.*(because|typical)", lines[number - 1]):
            yield sum(len(l) + 1 for l in lines[:number]), "a promise without its reason above it"


def check_switch(relative, code):
    folder = relative.split("/")[0]
    if "__SYNTHESIS__" in code and relative != "support/vendor.hpp":
        yield code.index("__SYNTHESIS__"), "reads the vendor's macro"
    for macro in ("EDGEMOE_SYNTHESIS", "EDGEMOE_VENDOR_TYPES"):
        if macro in code and folder != "support":
            yield code.index(macro), "reads the vendor switch outside hls/support"


def check_layers(relative, text):
    allowed = ALLOWED[relative.split("/")[0]]
    for match in re.finditer(r'#include "([^"]+)"', text):
        parts = match[1].split("/")
        if parts[0] != "hls" or not {parts[1], "/".join(parts[1:])} & allowed:
            yield match.start(), f"may not include {match[1]}"


def check_file(relative, text, known, members):
    """(line, finding) of one file; recursion apart."""
    code = without_comments(text)
    found = list(check_promises(text)) + list(check_switch(relative, code)) + list(check_layers(relative, text))
    found += list(check_directives(code)) + list(check_names(code, members)) + list(check_instances(code, known))
    if relative not in SIMULATION:
        plain = without_pragmas(code)
        found += list(check_words(plain)) + list(check_loops(plain)) + list(check_arrays(plain))
    return sorted((line_of(text, position), what) for position, what in found)


def check_all(texts):
    """`file:line: finding` of all files: {path below hls/: text}."""
    codes = {relative: without_comments(text) for relative, text in texts.items()}
    known = {name for code in codes.values() for name, *_ in functions(code)}
    members = members_of(codes.values())
    for relative, text in texts.items():
        for line, what in check_file(relative, text, known, members):
            yield f"hls/{relative}:{line}: {what}"
    synthesised = {relative: code for relative, code in codes.items() if relative not in SIMULATION}
    for relative, position, what in find_recursion(synthesised):
        yield f"hls/{relative}:{line_of(codes[relative], position)}: {what}"


def check_scripts(root):
    """Differences between the sources that common.tcl lists and those that exist."""
    script = (root / "vitis/common.tcl").read_text()
    folders = ("kernels", "program", "support", "top")
    listed = set(re.findall(r"\bhls/((?:%s)/\w+\.cpp)" % "|".join(folders), script))
    exist = {str(p.relative_to(root)) for f in folders for p in (root / f).glob("*.cpp")}
    wanted = exist - SIMULATION
    for name in sorted(wanted ^ (listed - {"support/stream.cpp", "support/wide_product.cpp"})):
        fault = "not listed" if name in wanted else "listed but not synthesised"
        yield f"hls/vitis/common.tcl:1: {name} is {fault}"


def main():
    root = pathlib.Path(sys.argv[1]) / "hls"
    files = sorted(p for p in root.rglob("*.?pp") if p.parts[-2] in ALLOWED)
    texts = {str(p.relative_to(root)): p.read_text() for p in files}
    findings = [*check_all(texts), *check_scripts(root)]
    for finding in findings if texts else [f"no sources below {root}"]:
        print(finding)
    return 1 if findings or not texts else 0


if __name__ == "__main__":
    sys.exit(main())

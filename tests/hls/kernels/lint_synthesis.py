# SPDX-License-Identifier: Apache-2.0
"""Checks that hls/ stays what a synthesis tool accepts: `lint_synthesis.py ROOT`.

Pragmas:   a name in variable=, port= or instances= exists in the function that holds the pragma
           (the tool ignores one that does not without a word); a promise (dependence,
           loop_tripcount) has its reason in the comment above it.
Language:  no floating point, allocation, exceptions, library containers or unbounded loops in what
           is synthesised; no direct recursion.
Switch:    only hls/support/vendor.hpp reads the vendor's macro, only hls/support its translation.
Layering:  a folder includes what the table of hls/README.md allows.
Scripts:   hls/vitis/common.tcl lists every source that is synthesised.
Exit code 0 when clean; findings go to stdout as file:line: text. `--self-test` checks the checks.
"""

import pathlib
import re
import sys

ALLOWED = {"fixed": {"fixed", "support/number.hpp", "support/quantise.hpp"}, "support": {"fixed", "support", "program"},
           "program": {"fixed", "program"}, "kernels": {"fixed", "support", "program", "kernels"},
           "top": {"fixed", "support", "program", "kernels", "top"}}
# Simulation only: not given to the synthesis tool, so the language rules do not apply.
SIMULATION = {"top/accelerator.cpp", "top/accelerator.hpp", "top/simulation_probe.cpp",
              "top/simulation_probe.hpp", "support/stream.cpp", "support/stream.hpp",
              "support/observer.hpp", "support/vector_product.cpp", "support/vector_product.hpp",
              "support/wide_product.cpp", "fixed/generate_tables.cpp",
              "fixed/generate_fine_tables.cpp"}
FORBIDDEN = [(r"\b(float|double)\b", "floating point"),
             (r"\b(new|delete|malloc|calloc|free)\b\s*[\w(]", "allocation"),
             (r"\b(throw|try|catch)\b", "exceptions"),
             (r"\bstd::(vector|map|string|list|deque|function|unique_ptr)\b", "a library container"),
             (r"\bwhile\s*\(", "a loop without a fixed form"), (r"\bgoto\b", "goto")]
NAMED = re.compile(r"#pragma HLS \w+.*?\b(?:variable|port)\s*=\s*([\w.]+)")
PROMISE = re.compile(r"#pragma HLS (dependence|loop_tripcount)\b")
FUNCTION = re.compile(r"\b(\w+)\(((?:[^()]|\([^()]*\))*)\)\s*(?:const\s*)?(?::[^{;]*)?\{")
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "static_assert"}


def without_comments(text):
    """Comments replaced by spaces, so that positions stay."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)


def functions(code):
    """(name, begin, end) of every function body, parameters included."""
    for match in FUNCTION.finditer(code):
        if match[1] in KEYWORDS:
            continue
        depth, at = 1, match.end()
        while depth and at < len(code):
            depth += {"{": 1, "}": -1}.get(code[at], 0)
            at += 1
        yield match[1], match.start(), at


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_names(code):
    bodies = list(functions(code))
    for match in NAMED.finditer(code):
        around = [b for b in bodies if b[1] <= match.start() < b[2]]
        name = match[1].split(".")[0]
        if not around or name == "return":  # constructor with initialisers; the block-level port
            continue
        body = re.sub(r"#pragma[^\n]*", "", code[around[-1][1]:around[-1][2]])
        if not re.search(r"\b%s\b" % re.escape(name), body):
            yield match.start(), f"pragma names {name}, which its function does not have"


def check_instances(code, known):
    for match in re.finditer(r"#pragma HLS allocation function instances\s*=\s*(\w+)", code):
        if match[1] not in known:
            yield match.start(), f"pragma limits {match[1]}, which is no function of hls/"


def check_promises(text):
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if PROMISE.search(line) and not re.search(r"//.*(because|typical)", lines[number - 1]):
            yield sum(len(l) + 1 for l in lines[:number]), "a promise without its reason above it"


def check_language(code):
    for pattern, what in FORBIDDEN:
        for match in re.finditer(pattern, code):
            yield match.start(), f"{what} in synthesised code: {match[0].strip()}"
    for name, begin, end in functions(code):
        head = code.index("{", begin)
        template = "template" in code[max(0, begin - 80):begin]
        if not template and re.search(r"(?<![\w.:])%s\s*\(" % name, code[head:end]):
            yield begin, f"{name} calls itself"


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


def check_file(relative, text, known):
    code = without_comments(text)
    found = list(check_promises(text)) + list(check_switch(relative, code))
    found += list(check_layers(relative, text))
    found += list(check_names(code)) + list(check_instances(code, known))
    if relative not in SIMULATION and not relative.startswith("program/"):
        found += list(check_language(code))
    return [(line_of(text, position), what) for position, what in found]


def check_scripts(root):
    """Differences between the sources that common.tcl lists and those that exist."""
    script = (root / "vitis/common.tcl").read_text()
    folders = ("kernels", "program", "support", "top")
    listed = set(re.findall(r"\bhls/((?:%s)/\w+\.cpp)" % "|".join(folders), script))
    exist = {str(p.relative_to(root)) for f in folders for p in (root / f).glob("*.cpp")}
    wanted = exist - SIMULATION - {"program/print.cpp", "program/expert_visits.cpp"}
    for name in sorted(wanted ^ (listed - {"support/stream.cpp", "support/wide_product.cpp"})):
        fault = "not listed" if name in wanted else "listed but not synthesised"
        yield f"hls/vitis/common.tcl:1: {name} is {fault}"


def self_test():
    """Each rule finds its own violation."""
    promise = "void f(int* a) {\n#pragma HLS dependence variable = a inter false\n}\n"
    ghost = "void f(int a) {\n#pragma HLS allocation function instances = ghost limit = 1\n}\n"
    bad = {"may not include": '#include "hls/top/execute.hpp"\n',
           "calls itself": "int f(int n) { return f(n - 1); }\n",
           "floating point": "float f(int n) { return n; }\n",
           "exceptions": "void f(int n) { throw n; }\n",
           "does not have": "void f(int a) {\n#pragma HLS unroll variable = b\n g(a); }\n",
           "without its reason": promise, "no function": ghost,
           "outside hls/support": "#if EDGEMOE_SYNTHESIS\n#endif\n"}
    for expected, text in bad.items():
        found = [what for _, what in check_file("kernels/x.cpp", text, {"f"})]
        if not any(expected in what for what in found):
            print(f"self-test: '{expected}' was not found in {text!r}, only {found}")
            return 1
    return 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    root = pathlib.Path(sys.argv[1]) / "hls"
    files = sorted(p for p in root.rglob("*.?pp") if p.parts[-2] in ALLOWED)
    texts = {str(p.relative_to(root)): p.read_text() for p in files}
    known = {name for text in texts.values() for name, _, _ in functions(without_comments(text))}
    findings = 0
    for relative, text in texts.items():
        for line, what in check_file(relative, text, known):
            print(f"hls/{relative}:{line}: {what}")
            findings += 1
    for finding in check_scripts(root):
        print(finding)
        findings += 1
    if not texts:
        print(f"no sources below {root}")
    return 1 if findings or not texts else 0


if __name__ == "__main__":
    sys.exit(main())

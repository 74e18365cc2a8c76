# SPDX-License-Identifier: Apache-2.0
"""Which folder may include which, and that every folder describes itself."""

import pathlib
import re

from tree import CPP, VERILOG, suffix

HLS = ("hls/fixed", "hls/support", "hls/program")
BELOW_HOST = HLS + ("hls/kernels", "hls/top", "models/schema", "models/io", "models/reference", "models/import",
                    "models/datasets", "sim/engine", "sim/dram", "sim/units", "sim/published", "rtl/harness")
SIM_UNITS = ("sim/engine", "sim/dram", "hls/program", "models/schema")
# Every folder may include itself. hls/support speaks of commands in observer.hpp, and its number types
# lie below hls/fixed (tests/hls/kernels/lint_synthesis.py says which of its files); sim/engine holds
# the client of the DRAM model, which is free of SystemC and therefore cannot hold it itself.
ALLOWED = {
    "hls/fixed": ("hls/support",), "hls/program": ("hls/fixed",), "hls/support": ("hls/program",),
    "hls/kernels": HLS, "hls/top": HLS + ("hls/kernels",), "hls/vitis": HLS + ("hls/kernels", "hls/top"),
    "models/schema": (), "models/io": (), "models/reference": ("models/schema", "models/io"),
    "models/datasets": ("models/schema", "models/io"),
    "models/import": ("models/schema", "models/io", "models/reference"),
    "models/training": (), "models/zoo": (),
    "sim/engine": ("sim/dram",), "sim/dram": (), "sim/units": SIM_UNITS, "sim/published": SIM_UNITS,
    "host/compiler": BELOW_HOST, "host/energy": BELOW_HOST + ("host/compiler",), "host/report": BELOW_HOST,
    "host/run": BELOW_HOST + ("host/compiler", "host/energy", "host/report"),
    "host/cli": BELOW_HOST + ("host/compiler", "host/energy", "host/report", "host/run"),
}
# The harness (it writes registers), and the generators of packages (commands, timing rules) and tables.
RTL = ("sim/dram", "sim/units", "hls/fixed", "hls/program", "hls/support", "rtl/register_file")
OTHERS_WITH_README = ("", "hls", "models", "sim", "rtl", "host", "tests", "bench", "constraints")
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')
MENTION = re.compile(r"`([A-Za-z0-9_./-]+\.(?:cpp|hpp|py|tcl|sv|svh|cmake|md|sh))`|\]\(([^)#:\s]+)\)")


def folder_of(path):
    return "/".join(path.split("/")[:2])


def allowed_for(folder):
    """Folders that a folder may include; None for a folder that the table does not know."""
    return RTL if folder.startswith("rtl/") else ALLOWED.get(folder)


def includes(tree, name):
    for number, line in enumerate(tree.lines(name), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found.group(1)


def layering(tree):
    """C++ of a folder of the table includes its own folder and those that the table allows."""
    for name in tree.texts:
        own = folder_of(name)
        allowed = allowed_for(own)
        if allowed is None or suffix(name) not in CPP:
            continue
        for number, path in includes(tree, name):
            target = folder_of(path)
            if target != own and target not in allowed and not path.startswith("V"):
                yield f"{name}:{number}: {own} may not include {path}"


def known_layers(tree):
    """Code lives in folders of the table, or in tests and bench, which nobody includes."""
    for name in tree.texts:
        known = allowed_for(folder_of(name)) is not None or name.split("/")[0] in ("tests", "bench")
        if suffix(name) in CPP and not known:
            yield f"{name}: {folder_of(name)} is not in the table of layers"


def readmes(tree):
    for folder in (*ALLOWED, *OTHERS_WITH_README):
        path = f"{folder}/README.md".lstrip("/")
        if (folder or ".") in tree.folders and path not in tree.texts:
            yield f"{path}: missing"


def exists(tree, folder, mention):
    """Relative to the README, to one of its parents, or, for a bare name, anywhere."""
    if "/" not in mention and mention in tree.names:
        return True
    for base in (folder, *folder.parents):
        if (tree.root / base / mention).exists():
            return True
    return False


def mentioned_files(tree):
    for name in tree.texts:
        if suffix(name) != ".md":
            continue
        for number, line in enumerate(tree.lines(name), 1):
            for quoted, linked in MENTION.findall(line):
                if not exists(tree, pathlib.PurePath(name).parent, quoted or linked):
                    yield f"{name}:{number}: {quoted or linked} does not exist"


def module_names(tree):
    """A SystemVerilog file is named after its module, so that tools find it."""
    for name in tree.texts:
        if suffix(name) in VERILOG and suffix(name) == ".sv":
            modules = re.findall(r"^\s*(?:module|package)\s+(\w+)", "\n".join(tree.lines(name)), re.M)
            if pathlib.PurePath(name).stem not in modules:
                yield f"{name}: holds no module or package of its name"


RULES = (layering, known_layers, readmes, mentioned_files, module_names)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each hygiene rule finds what it forbids and accepts what it asks for."""

import os
import pathlib
import tempfile
import unittest

import layer_rules
import text_rules
from tree import Tree

SPDX = "// SPDX-License-Identifier: Apache-2.0\n"
GOOD_HEADER = SPDX + "/// What for.\n#pragma once\n"


def findings(rule, files):
    """Findings of a rule on a tree of {path: text or bytes}."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return list(rule(Tree(folder)))


class TextRules(unittest.TestCase):
    def expect(self, rule, good, bad):
        """`bad` files give one finding each, `good` ones none."""
        self.assertEqual(findings(rule, good), [])
        self.assertEqual(len(findings(rule, bad)), len(bad))

    def test_licence_lines(self):
        self.expect(text_rules.licence_lines,
                    {"a.cpp": SPDX, "b.py": "#!x\n#\n# SPDX-License-Identifier: CC-BY-4.0\n", "c.md": "x"},
                    {"a.cpp": "int a;\n", "CMakeLists.txt": "x\n", "script": "#!/bin/sh\n", "b.sv": "\n" * 3 + SPDX})

    def test_ascii_only(self):
        self.expect(text_rules.ascii_only, {"a.md": "a", "a.png": b"\x89\xff"}, {"a.md": "\u00b5s", "b.cpp": "\u2192"})

    def test_columns(self):
        self.expect(text_rules.columns, {"a.cpp": "x" * 100, "a.py": "x" * 120, "a.md": "x" * 500},
                    {"a.cpp": "x" * 101, "a.py": "x" * 121, "a.sv": "x" * 101})

    def test_whitespace(self):
        self.expect(text_rules.whitespace, {"a.cpp": "int a;\n", "a.md": "two spaces  \n"},
                    {"a.cpp": "int a; \n", "b.cpp": "\tint a;\n", "c.py": "a = 1"})

    def test_sizes(self):
        self.expect(text_rules.sizes, {"a.bin": bytes(1000)}, {"a.bin": bytes(text_rules.MAXIMUM_BYTES + 1)})

    def test_machine_paths(self):
        self.expect(text_rules.machine_paths,
                    {"a.md": "out/" + "tmp/x a/" + "work/b frame" + "work", "tests/a.sh": "/" + "tmp/x"},
                    {"a.md": "cd /" + "work/x", "b.py": "'/" + "root'", "c.sh": "rm /" + "tmp/x"})

    def test_unfinished(self):
        self.expect(text_rules.unfinished,
                    {"a.sh": "mktemp " + "X" * 6}, {"a.cpp": "// TO" + "DO: b", "b.md": "X" + "XX"})

    def test_header_contracts(self):
        self.expect(text_rules.header_contracts,
                    {"hls/a.hpp": GOOD_HEADER, "hls/b.hpp": SPDX + "#pragma once\nnamespace a {\n/// B.\nclass B;\n",
                     "tests/c.hpp": SPDX},
                    {"hls/a.hpp": SPDX + "#pragma once\nclass B;\n", "hls/b.hpp": SPDX + "/// What for.\n"})


class LayerRules(unittest.TestCase):
    def test_layering(self):
        def include(path):
            return f'{SPDX}#include "{path}"\n'
        good = {"hls/kernels/a.cpp": include("hls/fixed/b.hpp"), "models/io/a.cpp": include("models/io/b.hpp"),
                "rtl/unit/a.cpp": include("hls/fixed/b.hpp"), "tests/host/a.cpp": include("host/run/b.hpp")}
        bad = {"hls/fixed/a.cpp": include("hls/kernels/b.hpp"), "models/reference/a.cpp": include("hls/top/b.hpp"),
               "sim/units/a.cpp": include("host/run/b.hpp"), "host/run/a.cpp": include("tests/host/b.hpp"),
               "host/compiler/a.cpp": include("host/run/b.hpp"), "rtl/unit/a.cpp": include("hls/top/b.hpp"),
               "sim/dram/a.cpp": include("b.hpp")}
        self.assertEqual(findings(layer_rules.layering, good), [])
        self.assertEqual(len(findings(layer_rules.layering, bad)), len(bad))

    def test_known_layers(self):
        self.assertEqual(len(findings(layer_rules.known_layers, {"new/folder/a.cpp": "", "tests/a.cpp": ""})), 1)

    def test_readmes(self):
        found = findings(layer_rules.readmes, {"README.md": "", "hls/fixed/a.hpp": "", "bench/README.md": ""})
        self.assertEqual(sorted(found), ["hls/README.md: missing", "hls/fixed/README.md: missing"])

    def test_mentioned_files(self):
        files = {"README.md": "`a/b.cpp` `c.hpp` [x](a/b.cpp) [y](https://a.b/c) `NAME.png`\n",
                 "a/b.cpp": "", "d/c.hpp": "",
                 "a/README.md": "`b.cpp`, `d/c.hpp`\n"}
        self.assertEqual(findings(layer_rules.mentioned_files, files), [])
        files["README.md"] += "`gone.cpp` and [z](a/gone.md)\n"
        self.assertEqual(len(findings(layer_rules.mentioned_files, files)), 2)

    def test_module_names(self):
        files = {"rtl/a/good.sv": "module good;\nendmodule\n", "rtl/a/other.sv": "module good;\nendmodule\n"}
        self.assertEqual(len(findings(layer_rules.module_names, files)), 1)


if __name__ == "__main__":
    os.environ["GIT_CEILING_DIRECTORIES"] = tempfile.gettempdir()  # the trees above are no checkouts
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules that hold for every file of the repository: hygiene_test.py [path/to/repository]."""

import pathlib
import sys

import layer_rules
import text_rules
from tree import Tree


def main():
    here = pathlib.Path(__file__).resolve()
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else here.parents[2])
    found = 0
    for rule in text_rules.RULES + layer_rules.RULES:
        for finding in rule(tree):
            print(f"{finding} [{rule.__name__}]")
            found += 1
    print(f"{len(tree.files)} files, {found} findings")
    return 1 if found or not tree.files else 0


if __name__ == "__main__":
    sys.exit(main())

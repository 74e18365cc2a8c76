#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Integer code gives the same bits at -O0, with address and undefined-behaviour sanitizers, and in this build.

  same_bits_test.py CMAKE COMPILER path/to/repository FOLDER path/to/kernels_digest

Configures the presets o0 and sanitize below FOLDER, builds kernels_digest alone in each, and compares what the three
programs print. A sanitizer's finding ends its program and fails the test.
"""
import pathlib
import re
import subprocess
import sys

from digest_test import differences, digest, report

PRESETS = {"o0": "-O0", "sanitize": "-fsanitize=address,undefined"}


def kernel_flags(ninja):
    """Compiler flags of every object of hls/."""
    return re.findall(r"^build hls/[^\n]*\.cpp\.o: .*?^  FLAGS = ([^\n]*)", ninja, re.M | re.S)


def build(preset, cmake, compiler, root, folder):
    """-> the program of a preset; checks that the preset's flag really is in use."""
    binary = folder / preset
    for command in ([cmake, "--preset", preset, "-S", root, "-B", binary, "-DBUILD_TESTING=ON",
                     f"-DCMAKE_CXX_COMPILER={compiler}"],
                    [cmake, "--build", binary, "--target", "kernels_digest", "--parallel", "2"]):
        done = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{preset}: {command[1]} failed:\n{done.stdout}")
    flags = kernel_flags((binary / "build.ninja").read_text())
    if not flags or not all(PRESETS[preset] in line and " -O2" not in line for line in flags):
        raise RuntimeError(f"{preset}: not every file of hls/ is compiled with {PRESETS[preset]}")
    return binary / "tests/builds/kernels_digest"


def main():
    if len(sys.argv) != 6:
        print(__doc__, file=sys.stderr)
        return 2
    cmake, compiler = sys.argv[1:3]
    root, folder, program = map(pathlib.Path, sys.argv[3:6])
    here = digest(program, root)
    same = True
    for preset in PRESETS:
        there = digest(build(preset, cmake, compiler, root, folder), root)
        same = report(preset, differences(here, there)) and same
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())

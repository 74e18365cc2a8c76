#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The kernels give the committed bits: tests/golden/kernels_digest.txt, in whichever build this runs.

  digest_test.py path/to/kernels_digest path/to/repository [--write]

--write replaces the committed file; say in the commit why the bits changed.
"""
import argparse
import itertools
import pathlib
import subprocess
import sys


def digest(program, root):
    """Standard output of kernels_digest on all committed images; raises when it fails."""
    images = sorted((root / "tests/golden/images").glob("*.bin"))
    if not images:
        raise FileNotFoundError("no images in tests/golden/images")
    return subprocess.run([program, *images], check=True, stdout=subprocess.PIPE, text=True).stdout


def differences(expected, got):
    """Lines that differ as (expected, got), in order."""
    pairs = itertools.zip_longest(expected.splitlines(), got.splitlines(), fillvalue="(nothing)")
    return [pair for pair in pairs if pair[0] != pair[1]]


def report(what, different):
    """Prints the first difference, which is the first command that went another way."""
    if different:
        expected, got = different[0]
        print(f"{what}: {len(different)} lines differ, first:\n  expected {expected}\n  got      {got}")
    return not different


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--write", action="store_true")
    args = parser.parse_args()
    golden = args.root / "tests/golden/kernels_digest.txt"
    got = digest(args.program, args.root)
    if args.write:
        golden.write_text(got, encoding="ascii")
        return 0
    return 0 if report("kernels", differences(golden.read_text(encoding="ascii"), got)) else 1


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The float32 reference against an independent computation in float64, on shipped scenes, at every tap.

  float64_taps_test.py path/to/float64_taps_check path/to/repository [--scenes 4]

Dumps are made by models/training/reference_float64.py, which needs no more than numpy and readers for
YAML and PNG. Exit code 77 (skipped) when one of these or the shipped weights are not there.
"""
import argparse
import importlib.util
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77


def missing(root, model):
    """Why the test cannot run here; empty when it can."""
    for module in ("numpy", "yaml", "PIL"):
        if importlib.util.find_spec(module) is None:
            return f"no Python module {module}"
    for needed in (model / "model.yaml", root / "models/training/reference_float64.py"):
        if not needed.exists():
            return f"no {needed.relative_to(root)}"
    return "" if list(model.glob("*.safetensors")) else "no shipped weights"


def check_scene(program, root, model, image):
    """True when all tasks of one image pass."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, root / "models/training/reference_float64.py", "--model", model,
                        "--image", image, "--out", folder], check=True, stdout=sys.stderr)
        dumps = sorted(path.parent for path in pathlib.Path(folder).rglob("embed.npy"))
        if not dumps:
            print(f"{image}: no taps were dumped", file=sys.stderr)
            return False
        codes = [subprocess.run([program, model, image, dump.name, dump]).returncode
                 for dump in dumps]
        return not any(codes)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program")
    parser.add_argument("root", type=pathlib.Path)
    parser.add_argument("--scenes", type=int, default=4)
    args = parser.parse_args()
    model = args.root / "models/zoo/m3vit-tiny-scenes"
    reason = missing(args.root, model)
    if reason:
        print(f"skipped: {reason}")
        return SKIPPED
    images = [path for path in sorted((model / "samples").glob("*.png")) if "." not in path.stem]
    images = images[::max(1, len(images) // max(1, args.scenes))]
    passed = [check_scene(args.program, args.root, model, image) for image in images]
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())

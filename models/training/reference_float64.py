#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Dumps every tap of a shipped model in float64.

  reference_float64.py --model FOLDER --image FILE.png --out DIR

leaves DIR/IMAGE/TASK/TAP.npy for every task of the model (float64; moe.index int32), IMAGE being the file name without
its ending. A check of the C++ reference runs it; needs python3-numpy, python3-yaml and python3-pil, no PyTorch.
"""

import argparse
import pathlib
import sys

import numpy as np
import yaml

if __name__ == "__main__":  # run by path: the folder of this file gives way to the repository
    sys.path[0] = str(pathlib.Path(__file__).resolve().parents[2])

from models.training.float64_network import Float64Network
from models.training.picture import PictureError, read_rgb
from models.training.safetensors_reader import SafetensorsError, read_shards


class ModelError(Exception):
    """A model folder that cannot be computed here."""


def read_model(folder):
    """-> (plain dictionary of model.yaml, {name: array}). The C++ reader checks keys; this one only reads."""
    path = folder / "model.yaml"
    try:
        model = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModelError(f"{path}: {error}") from None
    files = model.get("weights", {}).get("files") if isinstance(model, dict) else None
    if not files:
        raise ModelError(f"{path}: expected a model with weight files")
    return model, read_shards([folder / name for name in files])


def dump(network, pixels, folder):
    """All tasks of one image -> the number of files written."""
    written = 0
    for number, task in enumerate(network.model["tasks"]):
        target = folder / task["name"]
        target.mkdir(parents=True, exist_ok=True)

        def tap(name, value):
            nonlocal written
            np.save(target / f"{name}.npy", np.ascontiguousarray(value))
            written += 1
        network.run(pixels, number, tap)
    return written


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", type=pathlib.Path, required=True, help="folder with model.yaml and weights")
    parser.add_argument("--image", type=pathlib.Path, required=True, help="RGB PNG of the model's size")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the taps")
    args = parser.parse_args()
    try:
        network = Float64Network(*read_model(args.model))
        written = dump(network, read_rgb(args.image), args.out / args.image.stem)
    except (ModelError, PictureError, SafetensorsError, ValueError, KeyError, OSError) as error:
        print(f"reference_float64: {error}", file=sys.stderr)
        return 4
    print(f"{written} taps")
    return 0


if __name__ == "__main__":
    sys.exit(main())

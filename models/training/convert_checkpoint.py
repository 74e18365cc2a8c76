# SPDX-License-Identifier: Apache-2.0
"""PyTorch checkpoints to safetensors that `edgemoe import` reads.

    python3 -m models.training.convert_checkpoint SOURCE --out FOLDER

SOURCE is a file (.pth, .pt, .tar) or the folder that training on several processes leaves (0.pth, 1.pth,
...); each becomes FOLDER/NAME.safetensors. Of a training checkpoint, the entry `state_dict` (or `model`)
is taken, otherwise the dictionary itself. Keys, types and values stay as they are. Needs Python's standard
library alone; nothing in a file is executed (pickle_reader.py).

Exit codes: 0 ok, 2 usage, 4 file or data. FOLDER appears as a whole or not at all.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import struct
import sys

from models.training.pickle_reader import Tensor
from models.training.torch_file import TYPES, TorchFileError, open_torch_file

ENDINGS = (".pth", ".pt", ".tar", ".bin")


def source_files(source):
    """Files in rank order."""
    if source.is_file():
        return [source]
    if not source.is_dir():
        raise TorchFileError(f"{source}: error: expected a file or folder, got nothing there")
    files = [path for path in source.iterdir() if path.suffix in ENDINGS and path.is_file()]
    if not files:
        raise TorchFileError(f"{source}: error: expected .pth files in the folder, got none")

    def rank(path):
        number = re.search(r"\d+", path.name)
        return (int(number.group()) if number else 0, path.name)
    return sorted(files, key=rank)


def state_dict(contents):
    """-> {name: Tensor}; every entry that is none is an error."""
    value = contents.value
    for key in ("state_dict", "model"):
        if isinstance(value, dict) and isinstance(value.get(key), dict):
            value = value[key]
            break
    if not isinstance(value, dict) or not value:
        raise contents.error(f"expected a dictionary of tensors, got {type(value).__name__}")
    wrong = [str(name) for name, item in value.items()
             if not isinstance(name, str) or not isinstance(item, Tensor)]
    if wrong:
        raise contents.error(f"expected tensors only, got something else under {', '.join(wrong[:20])}")
    return value


def write_safetensors(contents, tensors, path):
    header, end = {}, 0
    for name, tensor in tensors.items():
        kind, size = TYPES[tensor.storage.kind]
        begin, end = end, end + contents.check(name, tensor) * size
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for name, tensor in tensors.items():
            file.write(contents.tensor_bytes(name, tensor))


def convert(source, out):
    """-> lines of text about what was written."""
    source, out = pathlib.Path(source), pathlib.Path(out)
    files = source_files(source)
    if out.exists():
        raise TorchFileError(f"{out}: error: expected a new folder, got something that is there")
    out.parent.mkdir(parents=True, exist_ok=True)
    temporary = out.parent / f".{out.name}.{os.getpid()}.tmp"
    temporary.mkdir()
    lines = []
    try:
        for file in files:
            contents = open_torch_file(str(file))
            tensors = state_dict(contents)
            name = re.sub(r"(\.pth|\.pt|\.tar|\.bin)+$", "", file.name) + ".safetensors"
            write_safetensors(contents, tensors, temporary / name)
            lines.append(f"{out / name}: {len(tensors)} tensors")
        os.rename(temporary, out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return lines


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="convert_checkpoint", description=__doc__.split("\n\n")[0])
    parser.add_argument("source", metavar="SOURCE")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    options = parser.parse_args(arguments)
    try:
        print("\n".join(convert(options.source, options.out)))
    except (TorchFileError, OSError) as error:
        print(error, file=sys.stderr)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Reads safetensors files into numpy arrays; needs nothing but numpy.

A file is a little-endian 64-bit header length, a JSON header {name: {dtype, shape, data_offsets}} and
the data. Files are untrusted: every size is checked before anything is allocated, as models/io does.
"""

import json
import math
import os
import pathlib
import struct

import numpy as np

DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "I8": "i1", "U8": "u1", "I16": "<i2",
          "I32": "<i4", "I64": "<i8"}
MAXIMUM_HEADER_BYTES = 16 << 20


class SafetensorsError(Exception):
    """A file that is missing, cut short or inconsistent; the text begins with its path."""


def checked_header(path, file, size):
    """-> (header without metadata, offset of the data)."""
    if size < 8:
        raise SafetensorsError(f"{path}: expected at least 8 bytes, got {size}")
    length, = struct.unpack("<Q", file.read(8))
    if length > min(size - 8, MAXIMUM_HEADER_BYTES):
        raise SafetensorsError(f"{path}: a header of {length} bytes does not fit into {size}")
    try:
        header = json.loads(file.read(length).decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise SafetensorsError(f"{path}: header: {error}") from None
    if not isinstance(header, dict):
        raise SafetensorsError(f"{path}: header: expected an object")
    header.pop("__metadata__", None)
    return header, 8 + length


def is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def checked_entry(path, name, entry, data_bytes):
    """-> (numpy dtype, shape, begin, end) of one tensor that fits."""
    def fail(what):
        raise SafetensorsError(f"{path}: {name}: {what}")
    if not isinstance(entry, dict) or entry.get("dtype") not in DTYPES:
        fail(f"expected a dtype of {', '.join(DTYPES)}")
    shape, offsets = entry.get("shape"), entry.get("data_offsets")
    if not isinstance(shape, list) or not all(map(is_count, shape)):
        fail("expected a shape of whole numbers")
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(map(is_count, offsets)):
        fail("expected two data_offsets")
    dtype, (begin, end) = np.dtype(DTYPES[entry["dtype"]]), offsets
    if not begin <= end <= data_bytes:
        fail(f"data_offsets {offsets} leave the {data_bytes} bytes of data")
    if math.prod(shape) * dtype.itemsize != end - begin:
        fail(f"shape {shape} does not take {end - begin} bytes")
    return dtype, shape, begin, end


def read_safetensors(path):
    """One file -> {name: array of the stored type}."""
    path, tensors = pathlib.Path(path), {}
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            header, start = checked_header(path, file, size)
            for name, entry in header.items():
                dtype, shape, begin, end = checked_entry(path, name, entry, size - start)
                file.seek(start + begin)
                blob = file.read(end - begin)
                if len(blob) != end - begin:
                    raise SafetensorsError(f"{path}: {name}: the file ends too early")
                tensors[name] = np.frombuffer(blob, dtype=dtype).reshape(shape)
    except OSError as error:
        raise SafetensorsError(f"{path}: {error.strerror}") from None
    return tensors


def read_shards(paths):
    """Several files -> one {name: array}; a name may occur once only."""
    tensors = {}
    for path in paths:
        for name, value in read_safetensors(path).items():
            if name in tensors:
                raise SafetensorsError(f"{path}: {name}: is in an earlier file too")
            tensors[name] = value
    return tensors

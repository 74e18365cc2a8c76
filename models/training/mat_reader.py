# SPDX-License-Identifier: Apache-2.0
"""MATLAB 5 files without scipy: numbers as numpy arrays [rows, columns], text as str, a structure or cell array as
a list of its elements (a structure's element is the list of its fields). Mirrors models/io/mat.hpp, with its limits.
"""

import struct
import zlib

import numpy as np

TYPES = {1: "i1", 2: "u1", 3: "<i2", 4: "<u2", 5: "<i4", 6: "<u4", 7: "<f4", 9: "<f8", 12: "<i8", 13: "<u8",
         16: "u1", 17: "<u2", 18: "<u4"}
MATRIX, COMPRESSED = 14, 15
CELL, STRUCT, CHAR = 1, 2, 4
MAXIMUM_BYTES = 64 << 20
MAXIMUM_DEPTH = 32


class MatError(Exception):
    """A file that is damaged or of another kind; the text begins with its path."""


class Parser:
    def __init__(self, path):
        self.path, self.inflated = path, 0

    def fail(self, expected, got):
        raise MatError(f"{self.path}: error: mat: expected {expected}, got {got}")

    def take(self, data, at):
        """-> type, bytes, where the next element begins."""
        if at + 8 > len(data):
            self.fail("an element", "the end of the file")
        kind, size = struct.unpack_from("<II", data, at)
        if kind >> 16:
            return kind & 0xffff, data[at + 4:at + 4 + min(kind >> 16, 4)], at + 8
        if at + 8 + size > len(data):
            self.fail(f"{size} bytes", "the end of the file")
        end = at + 8 + size
        return kind, data[at + 8:end], end if kind == COMPRESSED else (end + 7) // 8 * 8

    def inflate(self, data):
        engine = zlib.decompressobj()
        try:
            out = engine.decompress(data, MAXIMUM_BYTES + 1 - self.inflated)
        except zlib.error as error:
            self.fail("whole compressed data", error)
        self.inflated += len(out)
        if self.inflated > MAXIMUM_BYTES or not engine.eof:
            self.fail(f"whole data of at most {MAXIMUM_BYTES} bytes", "more or less")
        return out

    def variables(self, data):
        found, at = {}, 128
        while at < len(data):
            kind, body, at = self.take(data, at)
            if kind == COMPRESSED:
                kind, body, _ = self.take(self.inflate(body), 0)
            if kind == MATRIX:
                name, value = self.matrix(body, 0)
                found[name] = value
        return found

    def matrix(self, data, depth):
        if depth > MAXIMUM_DEPTH:
            self.fail(f"at most {MAXIMUM_DEPTH} levels", "more")
        if not data:
            return "", []
        _, flags, at = self.take(data, 0)
        _, dimensions, at = self.take(data, at)
        _, name, at = self.take(data, at)
        shape = np.frombuffer(dimensions[:len(dimensions) // 4 * 4], "<i4").astype(np.int64)
        if len(flags) != 8 or len(shape) < 2 or (shape < 0).any() or np.prod(shape.astype(float)) > MAXIMUM_BYTES:
            self.fail("an array", "something else")
        name, kind, count = name.decode("latin-1"), flags[0], int(np.prod(shape))
        if kind == CELL:
            return name, self.items(data, at, count, depth)[0]
        if kind == STRUCT:
            return name, self.structure(data, at, count, depth)
        return name, self.numbers(data, at, kind, shape)

    def items(self, data, at, count, depth):
        values = []
        for _ in range(count):
            kind, body, at = self.take(data, at)
            if kind != MATRIX:
                self.fail("an array", f"an element of type {kind}")
            values.append(self.matrix(body, depth + 1)[1])
        return values, at

    def structure(self, data, at, count, depth):
        _, width, at = self.take(data, at)
        _, names, at = self.take(data, at)
        width = struct.unpack("<I", width)[0] if len(width) == 4 else 0
        if not width or len(names) % width:
            self.fail("names of fields", "something else")
        elements = []
        for _ in range(count):
            fields, at = self.items(data, at, len(names) // width, depth)
            elements.append(fields)
        return elements

    def numbers(self, data, at, kind, shape):
        stored, body, _ = self.take(data, at)
        if stored not in TYPES or len(body) != int(np.prod(shape)) * np.dtype(TYPES[stored]).itemsize:
            self.fail(f"{int(np.prod(shape))} numbers", f"{len(body)} bytes of type {stored}")
        values = np.frombuffer(body, TYPES[stored])
        if kind == CHAR:
            return "".join(chr(code) for code in values)
        return values.reshape(tuple(shape), order="F")


def read_mat(path):
    try:
        with open(path, "rb") as file:
            data = file.read(MAXIMUM_BYTES + 1)
    except OSError as error:
        raise MatError(f"{path}: error: mat: {error.strerror}") from None
    if len(data) > MAXIMUM_BYTES or data[:6] != b"MATLAB" or data[126:128] != b"IM":
        raise MatError(f"{path}: error: mat: expected a little-endian MATLAB 5 file, got something else")
    return Parser(path).variables(data)

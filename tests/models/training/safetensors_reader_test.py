#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Files that are no safetensors files, or lie about sizes, are refused with their path; sound ones are read exactly.

  safetensors_reader_test.py path/to/repository
"""
import json
import pathlib
import struct
import sys
import tempfile
import unittest

import numpy as np


def file_bytes(header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length is None else length) + text + data


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


class Reader(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name, "a.safetensors")
        self.addCleanup(self.folder.cleanup)

    def read(self, data):
        self.path.write_bytes(data)
        return reader.read_safetensors(self.path)

    def refuse(self, data, word):
        with self.assertRaisesRegex(reader.SafetensorsError, f"a.safetensors: .*{word}"):
            self.read(data)

    def test_values_types_and_shapes_survive(self):
        one, two = np.arange(6, dtype="<f4").reshape(2, 3), np.array([1.5, -2], "<f2")
        header = {"__metadata__": {"x": "y"}, "one": entry("F32", [2, 3], [0, 24]),
                  "two": entry("F16", [2], [24, 28]), "none": entry("I8", [0, 5], [28, 28]),
                  "scalar": entry("U8", [], [28, 29])}
        got = self.read(file_bytes(header, one.tobytes() + two.tobytes() + b"\x07"))
        self.assertEqual(sorted(got), ["none", "one", "scalar", "two"])
        np.testing.assert_array_equal(got["one"], one)
        np.testing.assert_array_equal(got["two"], two)
        self.assertEqual((got["two"].dtype, got["none"].shape, int(got["scalar"])), (np.float16, (0, 5), 7))

    def test_headers_that_lie_are_refused(self):
        self.refuse(b"", "8 bytes")
        self.refuse(b"1234567", "8 bytes")
        self.refuse(file_bytes({}, length=1 << 62), "does not fit")
        self.refuse(file_bytes(b"{"), "header")
        self.refuse(file_bytes(b"\xff\xfe"), "header")
        self.refuse(file_bytes(b"[" * 100000), "header")
        self.refuse(file_bytes([1]), "object")

    def test_entries_that_lie_are_refused(self):
        data = bytes(8)
        for bad, word in ((5, "dtype"), (entry("BF17"), "dtype"), (entry(shape=[-2]), "whole"),
                          (entry(shape=[2.0]), "whole"), (entry(shape=[True, 2]), "whole"),
                          (entry(offsets=[0]), "two"), (entry(offsets=[0, -8]), "two"),
                          (entry(offsets=[8, 0]), "leave"), (entry(offsets=[4, 12]), "leave"),
                          (entry(shape=[3]), "take"), (entry(shape=[1 << 40, 1 << 40]), "take")):
            self.refuse(file_bytes({"a": bad}, data), word)

    def test_missing_files_and_repeated_names_are_refused(self):
        with self.assertRaisesRegex(reader.SafetensorsError, "a.safetensors"):
            reader.read_safetensors(self.path)
        self.read(file_bytes({"a": entry()}, bytes(8)))
        with self.assertRaisesRegex(reader.SafetensorsError, "earlier"):
            reader.read_shards([self.path, self.path])


if __name__ == "__main__":
    sys.path.insert(0, sys.argv.pop(1))
    from models.training import safetensors_reader as reader
    unittest.main()

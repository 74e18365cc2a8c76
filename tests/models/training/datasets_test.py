#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Small data sets in the published layouts give the same labels in Python (for training) and in C++ (for compare).

  datasets_test.py path/to/repository path/to/dump_dataset
"""
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest
import zlib

import numpy as np
from PIL import Image

SIZE = (24, 36)


def element(kind, data):
    data = struct.pack("<II", kind, len(data)) + data
    return data + b"\0" * (-len(data) % 8)


def matrix(kind, shape, content, name=b""):
    return element(14, element(6, struct.pack("<II", kind, 0)) + element(5, struct.pack(f"<{len(shape)}i", *shape))
                   + element(1, name) + content)


def numbers(array, name=b""):
    array = np.asarray(array, np.uint16)
    return matrix(11, array.shape, element(4, array.tobytes(order="F")), name)


def text(value):
    return matrix(4, (1, len(value)), element(4, value.encode("utf-16-le")))


def structure(fields, elements, name=b""):
    names = b"".join(field.encode().ljust(32, b"\0") for field in fields)
    return matrix(2, (1, len(elements)), element(5, struct.pack("<i", 32)) + element(1, names)
                  + b"".join(item for one in elements for item in one), name)


def mat_file(variable):
    packed = zlib.compress(variable)
    return b"MATLAB 5.0 MAT-file".ljust(124) + b"\x00\x01IM" + struct.pack("<II", 15, len(packed)) + packed


class Readers(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name, "data")
        self.out = pathlib.Path(folder.name, "out")
        self.out.mkdir()
        self.random = np.random.default_rng(3)

    def path(self, name):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def picture(self, name, array):
        Image.fromarray(array).save(self.path(name), **({"quality": 95} if name.endswith("jpg") else {}))

    def blobs(self, below, dtype=np.uint8):
        """Regions of 6 x 6 pixels, so that edges and thinning have something to do."""
        small = self.random.integers(0, below, (SIZE[0] // 6, SIZE[1] // 6))
        return np.kron(small, np.ones((6, 6), int)).astype(dtype)

    def pixels(self):
        return self.random.integers(0, 256, (*SIZE, 3)).astype(np.uint8)

    def compare(self, tasks, size=SIZE, split="val"):
        samples = datasets.open_dataset(self.root, split, tasks, size)
        command = [DUMP, self.root, split, *map(str, size), self.out, *tasks]
        subprocess.run(list(map(str, command)), check=True)
        self.assertGreater(len(samples), 0)
        for i in range(len(samples)):
            sample = samples[i]
            for task in ("image", *tasks):
                other = np.load(self.out / f"{sample['name']}.{task}.npy")
                if task != "image":
                    other = np.moveaxis(other, 0, -1) if task == "normals" else other[0]
                tolerance = 1 if task == "image" and size != SIZE else 0
                np.testing.assert_allclose(sample[task].astype(float), other, rtol=1e-6, atol=tolerance, err_msg=task)
        return samples

    def test_cityscapes_arrays(self):
        for i in (0, 2, 10):
            np.save(self.path(f"val/image/{i}.npy"), self.pixels() / 255)
            np.save(self.path(f"val/label_7/{i}.npy"), self.blobs(8).astype(float) - 1)
            np.save(self.path(f"val/depth/{i}.npy"), self.random.random((*SIZE, 1)))
        samples = self.compare(("semseg", "depth"))
        self.assertEqual([samples[i]["name"] for i in range(3)], ["0", "2", "10"])
        self.compare(("semseg", "depth"), (12, 20))

    def test_cityscapes_pictures(self):
        self.picture("leftImg8bit/val/ulm/ulm_1_leftImg8bit.png", self.pixels())
        self.picture("gtFine/val/ulm/ulm_1_gtFine_labelIds.png", self.blobs(36))
        self.picture("disparity/val/ulm/ulm_1_disparity.png", self.random.integers(0, 65536, SIZE).astype(np.uint16))
        self.compare(("semseg", "depth"))

    def test_nyud(self):
        self.path("gt_sets/val.txt").write_text("0001\n")
        self.picture("images/0001.jpg", self.pixels())
        self.picture("segmentation/0001.png", self.blobs(41))
        np.save(self.path("depth/0001.npy"), self.random.random(SIZE).astype(np.float32) * 10)
        np.save(self.path("normals/0001.npy"), self.random.random((*SIZE, 3)).astype(np.float32))
        np.save(self.path("edge/0001.npy"), self.blobs(2).astype(np.float32))
        self.compare(("semseg", "normals", "edge", "depth"))

    def test_pascal_context(self):
        self.path("ImageSets/Context/val.txt").write_text("2008_000008\n2008_000009\n")
        for name in ("2008_000008", "2008_000009"):
            self.picture(f"JPEGImages/{name}.jpg", self.pixels())
            self.picture(f"semseg/VOC12/{name}.png", self.blobs(21))
            self.picture(f"sal_distill/{name}.png", self.random.integers(0, 256, SIZE).astype(np.uint8))
            self.picture(f"normals_distill/{name}.png", self.pixels())
            regions = self.random.choice([2, 9, 158, 284, 431, 440], (SIZE[0] // 4, SIZE[1] // 4))
            regions = np.kron(regions, np.ones((4, 4), int))
            self.path(f"pascal-context/trainval/{name}.mat").write_bytes(mat_file(numbers(regions, b"LabelMap")))
            parts = structure(("part_name", "mask"), [(text("torso"), numbers(self.blobs(2))),
                                                      (text("lfoot"), numbers(self.blobs(2)))])
            empty = element(14, b"")
            objects = structure(("class", "class_ind", "mask", "parts"), [
                (text("person"), numbers([[15]]), numbers(self.blobs(2)), parts),
                (text("dog"), numbers([[12]]), numbers(self.blobs(2)), parts),
                (text("person"), numbers([[15]]), numbers(self.blobs(2)), empty)])
            anno = structure(("imname", "objects"), [(text(name), objects)], b"anno")
            self.path(f"human_parts/{name}.mat").write_bytes(mat_file(anno))
        samples = self.compare(("semseg", "human_parts", "sal", "normals", "edge"))
        self.assertEqual(sorted(np.unique(samples[0]["human_parts"])), [0, 2, 6])
        self.assertGreater(samples[0]["edge"].sum(), 0)
        self.compare(("edge", "normals"), (20, 20))

    def test_what_is_wrong_is_named(self):
        with self.assertRaisesRegex(datasets.DatasetError, "expected Cityscapes, NYUD-v2 or PASCAL-Context"):
            datasets.open_dataset(self.root, "val", ("semseg",), SIZE)
        self.path("gt_sets/val.txt").write_text("0001\n")
        with self.assertRaisesRegex(datasets.DatasetError, "no human_parts"):
            datasets.open_dataset(self.root, "val", ("human_parts",), SIZE)
        with self.assertRaisesRegex(datasets.DatasetError, "images/0001.jpg: error: image"):
            datasets.open_dataset(self.root, "val", ("depth",), SIZE)[0]
        self.picture("images/0001.jpg", self.pixels())
        np.save(self.path("depth/0001.npy"), np.array([{"code": 1}], dtype=object))
        with self.assertRaisesRegex(datasets.DatasetError, "depth/0001.npy: error: array"):
            datasets.open_dataset(self.root, "val", ("depth",), SIZE)[0]
        self.path("gt_sets/val.txt").write_text("../x\n")
        with self.assertRaisesRegex(datasets.DatasetError, "expected plain names"):
            datasets.open_dataset(self.root, "val", ("depth",), SIZE)

    def test_damaged_mat_files_never_do_more_than_raise(self):
        whole = mat_file(structure(("a", "b"), [(numbers(self.blobs(3)), text("head"))], b"anno"))
        plain = whole[:128] + zlib.decompress(whole[136:])
        for i in range(3000):
            data = bytearray(plain if i % 2 else whole)
            for _ in range(self.random.integers(1, 4)):
                data[self.random.integers(len(data))] = self.random.integers(256)
            path = self.path("a.mat")
            path.write_bytes(bytes(data[:self.random.integers(len(data))] if i % 4 == 0 else data))
            try:
                mat_reader.read_mat(path)
            except mat_reader.MatError:
                pass


if __name__ == "__main__":
    sys.path.insert(0, sys.argv.pop(1))
    DUMP = sys.argv.pop(1)
    from models.training import datasets, mat_reader
    unittest.main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""PyTorch files become safetensors with the same bits; hostile and damaged ones are refused and nothing of them runs.

  convert_checkpoint_test.py path/to/repository

Files are made by hand, so that the test needs no PyTorch; with it, files of torch.save are read as well.
"""
import collections
import contextlib
import io
import os
import pathlib
import pickle
import random
import struct
import sys
import tempfile
import types
import unittest
import zipfile

import numpy as np

FLOATS = [0.5, -1.25, 3e-8, 2.0, float("inf"), -0.0]


def fake_module(name, **members):
    module = types.ModuleType(name)
    for member, value in members.items():
        value.__module__, value.__qualname__ = name, member
        setattr(module, member, value)
    return module


class Fake:
    """Stands for a tensor while it is pickled."""

    def __init__(self, kind, key, count, offset, shape, strides, rebuild):
        self.pid = ("storage", kind, key, "cpu", count)
        self.state = (offset, shape, strides, False, collections.OrderedDict())
        self.rebuild = rebuild

    def __reduce__(self):
        return self.rebuild, (StorageMark(self.pid), *self.state)


class StorageMark:
    def __init__(self, pid):
        self.pid = pid


class Pickler(pickle.Pickler):
    def persistent_id(self, item):
        return item.pid if isinstance(item, StorageMark) else None


class Maker:
    """Pickles as PyTorch writes them, with modules of its name that exist only meanwhile."""

    def __init__(self):
        self.storages = {}
        self.kinds = {kind: type(kind, (), {})
                      for kind in ("FloatStorage", "HalfStorage", "LongStorage", "BoolStorage")}

        def _rebuild_tensor_v2(*arguments):
            raise AssertionError("executed")
        self.rebuild = _rebuild_tensor_v2

    def tensor(self, kind, data, shape, strides=None, offset=0, count=None):
        key = str(len(self.storages))
        self.storages[key] = data
        size = {"FloatStorage": 4, "HalfStorage": 2, "LongStorage": 8, "BoolStorage": 1}[kind]
        if strides is None:
            strides = tuple(int(np.prod(shape[i + 1:])) for i in range(len(shape)))
        return Fake(self.kinds[kind], key, len(data) // size if count is None else count, offset, tuple(shape),
                    tuple(strides), self.rebuild)

    def floats(self, *shape):
        data = [FLOATS[i % len(FLOATS)] for i in range(int(np.prod(shape)))]
        return self.tensor("FloatStorage", struct.pack(f"<{len(data)}f", *data), shape)

    def pickled(self, value, protocol=2):
        modules = {"torch": fake_module("torch", **self.kinds),
                   "torch._utils": fake_module("torch._utils", _rebuild_tensor_v2=self.rebuild)}
        saved = {name: sys.modules.get(name) for name in modules}
        sys.modules.update(modules)
        try:
            out = io.BytesIO()
            Pickler(out, protocol).dump(value)
        finally:
            for name, module in saved.items():
                if module is None:
                    del sys.modules[name]
                else:
                    sys.modules[name] = module
        return out.getvalue()

    def zip_file(self, path, value, protocol=2, compression=zipfile.ZIP_STORED, text=None):
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("archive/data.pkl", self.pickled(value, protocol) if text is None else text)
            for key, data in self.storages.items():
                archive.writestr(f"archive/data/{key}", data)
            archive.writestr("archive/version", "3\n")

    def stream_file(self, path, value):
        with open(path, "wb") as file:
            for item in (torch_file.STREAM_MAGIC, 1001, {"little_endian": True}):
                file.write(pickle.dumps(item, 2))
            file.write(self.pickled(value))
            file.write(pickle.dumps(list(self.storages), 2))
            for data in self.storages.values():
                file.write(struct.pack("<q", len(data) // 4) + data)


class Converter(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.path, self.out = self.folder / "a.pth", self.folder / "out"
        self.maker = Maker()

    def convert(self):
        convert_checkpoint.convert(self.path, self.out)
        return safetensors_reader.read_safetensors(self.out / "a.safetensors")

    def refused(self, *parts):
        errors = io.StringIO()
        with contextlib.redirect_stderr(errors), contextlib.redirect_stdout(io.StringIO()):
            code = convert_checkpoint.main([str(self.path), "--out", str(self.out)])
        self.assertEqual(code, 4, errors.getvalue())
        self.assertIn(str(self.path), errors.getvalue())
        for part in parts:
            self.assertIn(part, errors.getvalue())
        self.assertFalse(self.out.exists())
        self.assertFalse([p for p in self.folder.iterdir() if p.name.endswith(".tmp")])

    def checkpoint(self):
        state = collections.OrderedDict()
        state["module.backbone.cls_token"] = self.maker.floats(1, 1, 6)
        state["module.steps"] = self.maker.tensor("LongStorage", struct.pack("<q", 74400), ())
        state["module.half"] = self.maker.tensor("HalfStorage", struct.pack("<3e", 1, -2, 0.1), (3,))
        return {"epoch": 3, "state_dict": state, "best_result": {"semseg": {"mIoU": 61.5}}, "backbone": "vit_moe",
                "optimizer": {"state": {0: {"momentum_buffer": self.maker.floats(2, 2)}},
                              "param_groups": [{"lr": 0.1, "params": [0, 1]}]}}

    def test_values_keep_their_bits(self):
        for protocol in (2, 3, 4):
            self.maker = Maker()
            self.maker.zip_file(self.path, self.checkpoint(), protocol)
            got = self.convert()
            self.assertEqual(sorted(got), ["module.backbone.cls_token", "module.half", "module.steps"])
            self.assertEqual(got["module.backbone.cls_token"].astype("<f4").tobytes(), struct.pack("<6f", *FLOATS))
            self.assertEqual(got["module.steps"].item(), 74400)
            self.assertEqual(got["module.half"].tolist(), np.array([1, -2, 0.1], "<f2").tolist())
            for file in self.out.iterdir():
                file.unlink()
            self.out.rmdir()

    def test_the_older_form_is_read(self):
        self.maker.stream_file(self.path, {"state_dict": {"a": self.maker.floats(2, 3), "b": self.maker.floats(4)}})
        got = self.convert()
        self.assertEqual(got["a"].astype("<f4").tobytes(), struct.pack("<6f", *FLOATS))
        self.assertEqual(got["b"].shape, (4,))

    def test_views_are_gathered(self):
        data = struct.pack("<12f", *range(12))
        turned = self.maker.tensor("FloatStorage", data, (4, 3), (1, 4))
        inner = self.maker.tensor("FloatStorage", data, (2, 2), (4, 1), offset=5)
        empty = self.maker.tensor("FloatStorage", data, (0, 5), (5, 1))
        self.maker.zip_file(self.path, {"turned": turned, "inner": inner, "empty": empty})
        got = self.convert()
        np.testing.assert_array_equal(got["turned"], np.arange(12).reshape(3, 4).T)
        np.testing.assert_array_equal(got["inner"], [[5, 6], [9, 10]])
        self.assertEqual(got["empty"].shape, (0, 5))

    def test_a_folder_of_ranks_becomes_a_folder_of_files(self):
        source = self.folder / "best_model.pth.tar"
        source.mkdir()
        for rank in (0, 1, 10):
            maker = Maker()
            maker.zip_file(source / f"{rank}.pth", {"state_dict": {"x": maker.floats(rank + 1)}})
        convert_checkpoint.convert(source, self.out)
        self.assertEqual(sorted(p.name for p in self.out.iterdir()),
                         ["0.safetensors", "1.safetensors", "10.safetensors"])

    def test_hostile_pickles_are_refused_and_not_run(self):
        witness = self.folder / "witness"

        class Shell:
            def __reduce__(self):
                return os.system, (f"touch {witness}",)

        class Evaluate:
            def __reduce__(self):
                return eval, (f"open({str(witness)!r}, 'w')",)

        class Attribute:
            def __reduce__(self):
                return getattr, ("text", "upper")
        for hostile in (Shell(), Evaluate(), Attribute(), os.system, pathlib.Path("/etc")):
            for value in (hostile, {"state_dict": {"x": hostile}}, {"optimizer": [hostile]}):
                for protocol in (0, 1, 2, 4):
                    text = pickle.dumps(value, protocol)
                    self.maker.zip_file(self.path, None, text=text)
                    self.refused("refused")
                    self.path.write_bytes(text)
                    self.refused()
        self.assertFalse(witness.exists())

    def test_names_of_torch_are_no_way_to_call_others(self):
        for text in (b"ctorch._utils\n_rebuild_qtensor\n(tR.", b"ctorch\nload\n(S'x'\ntR.", b"cos\nsystem\n.",
                     b"c__builtin__\nset\n(tRcos\nsystem\nb.", b"(S'x'\nios\nsystem\n.", b"\x82\x01."):
            self.maker.zip_file(self.path, None, text=text)
            self.refused("pickle")

    def test_memo_and_sizes_cannot_take_memory(self):
        for text in (b"N" + b"r\xff\xff\xff\xff.", b"\x8d" + b"\xff" * 7 + b"\x7fx.",
                     b"\x8a\xff" + b"\xff" * 20 + b"."):
            self.maker.zip_file(self.path, None, text=text)
            self.refused()
        for shape, strides, count in (((1 << 40,), (0,), None), ((7,), (1,), None), ((2, 3), (3, 2), None),
                                      ((6,), (1,), 1 << 60)):
            self.maker = Maker()
            fake = self.maker.tensor("FloatStorage", b"\0" * 24, shape, strides, count=count)
            self.maker.zip_file(self.path, {"x": fake})
            self.refused("expected")

    def test_compressed_missing_and_wrong_entries_are_refused(self):
        self.maker.zip_file(self.path, {"x": self.maker.floats(1000)}, compression=zipfile.ZIP_DEFLATED)
        self.refused("stored without compression")
        value = {"x": self.maker.floats(2)}
        self.maker.storages.clear()
        self.maker.zip_file(self.path, value)
        self.refused("expected this entry, got none")
        self.path.write_bytes(b"\x89PNG\r\n")
        self.refused()
        self.maker.zip_file(self.path, {"state_dict": {"x": 3}})
        self.refused("expected tensors only")
        self.maker.zip_file(self.path, [])
        self.refused("expected a dictionary of tensors")

    def test_damaged_files_never_end_in_a_traceback(self):
        self.maker.zip_file(self.path, self.checkpoint())
        whole, chance = self.path.read_bytes(), random.Random(1)
        self.maker = Maker()
        self.maker.stream_file(self.path, {"state_dict": {"a": self.maker.floats(2)}})
        stream = self.path.read_bytes()
        for i in range(600):
            data = bytearray(whole if i % 2 else stream)
            for _ in range(chance.randint(1, 4)):
                at = chance.randrange(len(data))
                data[at:at + chance.randint(0, 3)] = bytes(chance.randrange(256) for _ in range(chance.randint(0, 3)))
            self.path.write_bytes(bytes(data[:chance.randrange(1, len(data) + 1)] if i % 5 == 0 else data))
            with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
                code = convert_checkpoint.main([str(self.path), "--out", str(self.out)])
            self.assertIn(code, (0, 4))
            if self.out.exists():
                for file in self.out.iterdir():
                    file.unlink()
                self.out.rmdir()

    def test_a_place_that_is_taken_is_left_alone(self):
        self.maker.zip_file(self.path, {"x": self.maker.floats(2)})
        self.out.mkdir()
        with self.assertRaises(torch_file.TorchFileError):
            convert_checkpoint.convert(self.path, self.out)

    def test_files_of_pytorch_itself(self):
        try:
            import torch
        except ImportError:
            self.skipTest("needs PyTorch")
        network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4)).half()
        optimizer = torch.optim.SGD(network.parameters(), 0.1, momentum=0.9)
        checkpoint = {"state_dict": network.state_dict(), "optimizer": optimizer.state_dict(),
                      "best_result": np.float64(0.5), "epoch": 1}
        for older in (False, True):
            torch.save(checkpoint, self.path, _use_new_zipfile_serialization=not older)
            convert_checkpoint.convert(self.path, self.out)
            got = safetensors_reader.read_safetensors(self.out / "a.safetensors")
            for name, tensor in network.state_dict().items():
                np.testing.assert_array_equal(got[name], tensor.numpy())
            for file in self.out.iterdir():
                file.unlink()
            self.out.rmdir()


if __name__ == "__main__":
    sys.path.insert(0, sys.argv.pop(1))
    from models.training import convert_checkpoint, safetensors_reader, torch_file
    unittest.main()

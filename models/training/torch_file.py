# SPDX-License-Identifier: Apache-2.0
"""PyTorch's files as named tensors, with Python's standard library alone.

Both forms are read: the zip archive (since 1.6: NAME/data.pkl and the raw storages NAME/data/KEY, stored
without compression) and the older stream (four pickles, the storages' keys, then each storage with its
length). Pickles go through pickle_reader.py, which executes nothing. Sizes are checked before memory is
taken. Errors: TorchFileError, whose text begins with the path.
"""

import io
import os
import struct
import zipfile

from models.training import pickle_reader

TYPES = {"Float": ("F32", 4), "Half": ("F16", 2), "BFloat16": ("BF16", 2), "Double": ("F64", 8),
         "Long": ("I64", 8), "Int": ("I32", 4), "Short": ("I16", 2), "Char": ("I8", 1), "Byte": ("U8", 1),
         "Bool": ("U8", 1)}
STREAM_MAGIC = 0x1950a86a20f9469cfc6c
STREAM_PROTOCOL = 1001
MAXIMUM_PICKLE_BYTES = 64 << 20


class TorchFileError(Exception):
    """A file that is damaged, of another kind, or asks for more than data."""


class Contents:
    """What a file holds: the unpickled value, and access to the storages' bytes."""

    def __init__(self, path, value, read_storage):
        self.path, self.value, self._read, self._cached = path, value, read_storage, (None, b"")

    def error(self, text):
        return TorchFileError(f"{self.path}: error: {text}")

    def storage_bytes(self, storage):
        if self._cached[0] != storage.key:
            self._cached = (storage.key, self._read(storage))
        data = self._cached[1]
        if len(data) < storage.count * TYPES[storage.kind][1]:
            raise self.error(f"storage {storage.key}: expected {storage.count} elements, got {len(data)} bytes")
        return data

    def check(self, name, tensor):
        """-> number of elements; the view must lie inside its storage and not repeat elements."""
        count, last = 1, tensor.offset
        for size, stride in zip(tensor.shape, tensor.strides):
            count *= size
            last += (size - 1) * stride if size else 0
        if count and (last >= tensor.storage.count or count > tensor.storage.count):
            raise self.error(f"{name}: expected a view inside a storage of {tensor.storage.count} elements, got "
                             f"shape {list(tensor.shape)} at {tensor.offset}")
        return count

    def tensor_bytes(self, name, tensor):
        """The elements in C order."""
        count, size = self.check(name, tensor), TYPES[tensor.storage.kind][1]
        if not count:
            return b""
        data = self.storage_bytes(tensor.storage)
        if is_contiguous(tensor):
            return data[tensor.offset * size:(tensor.offset + count) * size]
        out = bytearray()
        gather(memoryview(data), size, tensor.offset, tensor.shape, tensor.strides, out)
        return bytes(out)


def is_contiguous(tensor):
    expected = 1
    for size, stride in zip(reversed(tensor.shape), reversed(tensor.strides)):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


def gather(data, size, offset, shape, strides, out):
    if not shape:
        out += data[offset * size:(offset + 1) * size]
        return
    for i in range(shape[0]):
        gather(data, size, offset + i * strides[0], shape[1:], strides[1:], out)


def open_zip(path):
    try:
        archive = zipfile.ZipFile(path)
        entries = {entry.filename: entry for entry in archive.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise TorchFileError(f"{path}: error: not a whole zip archive ({error})") from None
    pickles = [name for name in entries if name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise TorchFileError(f"{path}: error: expected one data.pkl in the archive, got {len(pickles)}")
    folder = pickles[0][:-len("data.pkl")]
    whole = os.path.getsize(path)

    def read(name, limit):
        entry = entries.get(name)
        if entry is None:
            raise TorchFileError(f"{path}: error: {name}: expected this entry, got none")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size > min(limit, whole):
            raise TorchFileError(f"{path}: error: {name}: expected at most {min(limit, whole)} bytes, stored "
                                 f"without compression, got {entry.file_size}")
        try:
            return archive.read(entry)
        except (zipfile.BadZipFile, OSError, RuntimeError, EOFError) as error:
            raise TorchFileError(f"{path}: error: {name}: damaged ({error})") from None

    order = read(folder + "byteorder", 16) if folder + "byteorder" in entries else b"little"
    if order != b"little":
        raise TorchFileError(f"{path}: error: expected little-endian storages, got {order!r}")
    value = unpickle(path, io.BytesIO(read(pickles[0], MAXIMUM_PICKLE_BYTES)))
    return Contents(path, value, lambda storage: read(f"{folder}data/{storage.key}", whole))


def unpickle(path, stream):
    try:
        return pickle_reader.load(stream)
    except pickle_reader.PickleError as error:
        raise TorchFileError(f"{path}: error: pickle: {error}") from None


def open_stream(path, stream):
    if unpickle(path, stream) != STREAM_MAGIC or unpickle(path, stream) != STREAM_PROTOCOL:
        raise TorchFileError(f"{path}: error: expected a file of PyTorch, got another pickle")
    system = unpickle(path, stream)
    if isinstance(system, dict) and system.get("little_endian") is False:
        raise TorchFileError(f"{path}: error: expected little-endian storages, got big-endian ones")
    value, keys = unpickle(path, stream), unpickle(path, stream)
    kinds = storage_kinds(value)
    places, whole = {}, os.path.getsize(path)
    for key in keys if isinstance(keys, list) else []:
        length = stream.read(8)
        count = struct.unpack("<q", length)[0] if len(length) == 8 else -1
        size = TYPES[kinds[key]][1] if key in kinds else 0
        if not size or count < 0 or stream.tell() + count * size > whole:
            raise TorchFileError(f"{path}: error: storage {key}: expected its elements, got the end of the file")
        places[key] = (stream.tell(), count * size)
        stream.seek(count * size, os.SEEK_CUR)

    def read(storage):
        if storage.key not in places:
            raise TorchFileError(f"{path}: error: storage {storage.key}: expected its elements, got none")
        with open(path, "rb") as file:
            file.seek(places[storage.key][0])
            return file.read(places[storage.key][1])

    return Contents(path, value, read)


def storage_kinds(value):
    """Type of every storage that the value refers to, by key."""
    kinds, waiting, seen = {}, [value], set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, pickle_reader.Tensor):
            kinds[item.storage.key] = item.storage.kind
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, (list, tuple)):
            waiting.extend(item)
    return kinds


def open_torch_file(path):
    """-> Contents."""
    try:
        with open(path, "rb") as stream:
            if stream.read(2) == b"PK":
                return open_zip(path)
            stream.seek(0)
            return open_stream(path, stream)
    except OSError as error:
        raise TorchFileError(f"{path}: error: cannot read: {error.strerror}") from None

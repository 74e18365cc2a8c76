# SPDX-License-Identifier: Apache-2.0
"""Cityscapes, NYUD-v2 and PASCAL-Context in the layouts that models/datasets reads, for training.

    for sample in open_dataset(folder, "train", tasks=("semseg", "depth"), size=(128, 256)):
        sample["image"]     # uint8 [H, W, 3]
        sample["semseg"]    # uint8 [H, W], 255 ignored; likewise human_parts, sal, edge
        sample["depth"]     # float32 [H, W], 0: none
        sample["normals"]   # float32 [H, W, 3], zero vector: none

Both sides give the same labels (tests/models/training/datasets_test.py compares files of the C++ reader);
pictures that are resized may differ by a step of 255. Needs numpy and PIL. Errors: DatasetError.
"""

import pathlib

import numpy as np
from PIL import Image

from models.training import mat_reader, region_edges

CATEGORIES = np.full(256, 255, np.uint8)
for _number, (_first, _last) in enumerate(((7, 10), (11, 16), (17, 20), (21, 22), (23, 23), (24, 25), (26, 33))):
    CATEGORIES[_first:_last + 1] = _number
TRAIN_IDS = np.full(256, 255, np.uint8)
TRAIN_IDS[[7, 8, 11, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 31, 32, 33]] = np.arange(19)
PARTS = {name: number for number, names in enumerate((
    (), ("hair", "head", "lear", "lebrow", "leye", "mouth", "nose", "rear", "rebrow", "reye"), ("neck", "torso"),
    ("luarm", "ruarm"), ("llarm", "rlarm", "lhand", "rhand"), ("luleg", "ruleg"),
    ("llleg", "rlleg", "lfoot", "rfoot"))) for name in names}
PERSON = 15


class DatasetError(Exception):
    """A file of a data set is absent or of another kind; the text begins with its path."""


def nearest(array, size):
    rows, columns = (((2 * np.arange(to) + 1) * at) // (2 * to) for at, to in zip(array.shape, size))
    return array[rows][:, columns]


def read_picture(path, mode="RGB"):
    try:
        with Image.open(path) as image:
            if mode == "L" and image.mode == "P":
                return np.array(image)  # indices are the classes
            return np.array(image if mode == "L" else image.convert(mode))
    except (OSError, ValueError) as error:
        raise DatasetError(f"{path}: error: image: {error}") from None


def read_array(path, channels):
    try:
        array = np.load(path, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError, EOFError) as error:
        raise DatasetError(f"{path}: error: array: {error}") from None
    if array.ndim == 3 and array.shape[2] == 1 and channels == 1:
        array = array[:, :, 0]
    if array.ndim != (2 if channels == 1 else 3) or (channels > 1 and array.shape[2] != channels):
        raise DatasetError(f"{path}: error: array: expected {channels} channels, got shape {list(array.shape)}")
    return array


def read_split(path):
    try:
        names = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    except OSError as error:
        raise DatasetError(f"{path}: error: split: {error.strerror}") from None
    if not names or any("/" in name or name.startswith(".") for name in names):
        raise DatasetError(f"{path}: error: split: expected plain names")
    return names


class CityscapesArrays:
    def __init__(self, folder, split, classes):
        self.folder, self.classes = folder / split, classes
        self.names = sorted((p.stem for p in (self.folder / "image").glob("*.npy") if p.stem.isdigit()), key=int)

    def image(self, name):
        return np.rint(np.clip(read_array(self.folder / "image" / f"{name}.npy", 3), 0, 1) * 255).astype(np.uint8)

    def semseg(self, name, _):
        labels = read_array(self.folder / f"label_{self.classes}" / f"{name}.npy", 1)
        return np.where(labels == -1, 255, labels).astype(np.uint8)

    def depth(self, name, _):
        return read_array(self.folder / "depth" / f"{name}.npy", 1)


class CityscapesPictures:
    def __init__(self, folder, split, classes):
        self.folder, self.split = folder, split
        self.table = TRAIN_IDS if classes == 19 else CATEGORIES
        found = (folder / "leftImg8bit" / split).rglob("*_leftImg8bit.png")
        self.cities = {p.name[:-len("_leftImg8bit.png")]: p.parent.name for p in found}
        self.names = sorted(self.cities)

    def path(self, part, name, ending):
        return self.folder / part / self.split / self.cities[name] / (name + ending)

    def image(self, name):
        return read_picture(self.path("leftImg8bit", name, "_leftImg8bit.png"))

    def semseg(self, name, _):
        return self.table[np.minimum(read_picture(self.path("gtFine", name, "_gtFine_labelIds.png"), "L"), 255)]

    def depth(self, name, _):
        disparity = read_picture(self.path("disparity", name, "_disparity.png"), "L").astype(np.float32)
        return np.where(disparity > 0, (disparity - 1) / np.float32(256 * 128), 0).astype(np.float32)


class Nyud:
    def __init__(self, folder, split, _):
        self.folder, self.names = folder, read_split(folder / "gt_sets" / f"{split}.txt")

    def image(self, name):
        return read_picture(self.folder / "images" / f"{name}.jpg")

    def semseg(self, name, _):
        labels = read_picture(self.folder / "segmentation" / f"{name}.png", "L")
        return np.where(labels == 0, 255, labels.astype(np.int32) - 1).astype(np.uint8)

    def depth(self, name, _):
        return read_array(self.folder / "depth" / f"{name}.npy", 1)

    def normals(self, name, _):
        return read_array(self.folder / "normals" / f"{name}.npy", 3)

    def edge(self, name, _):
        return (read_array(self.folder / "edge" / f"{name}.npy", 1) > 0.5).astype(np.uint8)


class PascalContext:
    def __init__(self, folder, split, _):
        self.folder, self.names = folder, read_split(folder / "ImageSets" / "Context" / f"{split}.txt")

    def image(self, name):
        return read_picture(self.folder / "JPEGImages" / f"{name}.jpg")

    def semseg(self, name, _):
        path = self.folder / "semseg" / "VOC12" / f"{name}.png"
        return read_picture(path if path.exists() else self.folder / "semseg" / "pascal-context" / f"{name}.png", "L")

    def sal(self, name, _):
        return (read_picture(self.folder / "sal_distill" / f"{name}.png", "L") > 127).astype(np.uint8)

    def variables(self, *parts):
        path = self.folder.joinpath(*parts)
        try:
            return path, mat_reader.read_mat(path)
        except mat_reader.MatError as error:
            raise DatasetError(str(error)) from None

    def regions(self, name):
        path, variables = self.variables("pascal-context", "trainval", f"{name}.mat")
        if "LabelMap" not in variables:
            raise DatasetError(f"{path}: error: mat: expected a variable LabelMap")
        return np.asarray(variables["LabelMap"])

    def edge(self, name, _):
        return region_edges.region_edges(self.regions(name))

    def normals(self, name, _):
        colours = read_picture(self.folder / "normals_distill" / f"{name}.png")
        none = np.all((colours == 127) | (colours == 128), axis=2)
        none |= ~np.isin(self.regions(name), region_edges.NORMALS_REGIONS)
        return np.where(none[:, :, None], 0, 2 * colours.astype(np.float32) / 255 - 1).astype(np.float32)

    def human_parts(self, name, size):
        path, variables = self.variables("human_parts", f"{name}.mat")
        target = np.zeros(size, np.uint8)
        try:
            objects = variables["anno"][0][1]
            for item in objects:
                if len(item) < 4 or np.ravel(item[1])[0] != PERSON:
                    continue
                for part in item[3]:
                    target[np.asarray(part[1]).astype(bool)] = PARTS[part[0]]
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise DatasetError(f"{path}: error: mat: expected parts of people ({error!r})") from None
        return target


class Samples:
    """A sequence of dictionaries."""

    def __init__(self, layout, tasks, size):
        self.layout, self.tasks, self.size = layout, tasks, size
        missing = [task for task in tasks if not hasattr(layout, task)]
        if missing or not layout.names:
            raise DatasetError(f"{layout.folder}: error: expected images with {', '.join(tasks)}, got none "
                               f"({len(layout.names)} images, no {', '.join(missing) or 'missing task'})")

    def __len__(self):
        return len(self.layout.names)

    def __getitem__(self, index):
        name = self.layout.names[index]
        picture = self.layout.image(name)
        sample = {"name": name, "image": picture}
        if picture.shape[:2] != tuple(self.size):
            sample["image"] = np.array(Image.fromarray(picture).resize(self.size[::-1], Image.BILINEAR))
        for task in self.tasks:
            labels = getattr(self.layout, task)(name, picture.shape[:2])
            if labels.shape[:2] != picture.shape[:2]:
                raise DatasetError(f"{self.layout.folder}: error: {name}: {task}: expected the size of its image, "
                                   f"{list(picture.shape[:2])}, got {list(labels.shape[:2])}")
            sample[task] = nearest(labels, self.size)
        return sample


def open_dataset(folder, split, tasks, size, classes=7):
    """`classes` matters for Cityscapes only: 7 or 19."""
    folder = pathlib.Path(folder)
    for layout, sign in ((PascalContext, ("ImageSets", "Context")), (Nyud, ("gt_sets",)),
                         (CityscapesPictures, ("leftImg8bit",)), (CityscapesArrays, (split, "image"))):
        if folder.joinpath(*sign).is_dir():
            return Samples(layout(folder, split, classes), tuple(tasks), tuple(size))
    raise DatasetError(f"{folder}: error: expected Cityscapes, NYUD-v2 or PASCAL-Context with split {split}, got "
                       "none of them")

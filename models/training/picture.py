# SPDX-License-Identifier: Apache-2.0
"""PNG files of scenes: RGB uint8, 8-bit gray and 16-bit gray, to and from numpy arrays.

Formats of a labelled scene NAME: NAME.png (RGB), NAME.labels.png (class ids, IGNORE = not judged),
NAME.depth.png (16-bit gray, inverse depth * 65535, 0 = no depth). Files are written under a
temporary name and renamed, so an interrupted run leaves no half-written picture.
"""

import os
import pathlib

import numpy as np

IGNORE = 255
DEPTH_UNIT = 65535
MAXIMUM_PIXELS = 1 << 24  # far above any scene; a header may promise anything


class PictureError(Exception):
    """A file that is missing, is no PNG, or has another pixel format than asked for."""


def imaging():
    try:
        from PIL import Image
    except ImportError:
        raise PictureError("PNG files need the Python imaging library: install python3-pil") from None
    return Image


def write_png(path, pixels):
    """[H,W,3] uint8, [H,W] uint8 or [H,W] uint16 -> PNG."""
    pixels = np.ascontiguousarray(pixels)
    rgb, gray = pixels.ndim == 3 and pixels.shape[2] == 3, pixels.ndim == 2
    if not (pixels.dtype == np.uint8 and (rgb or gray)) and not (pixels.dtype == np.uint16 and gray):
        raise PictureError(f"{path}: cannot write {pixels.dtype} pixels of shape {pixels.shape}")
    if pixels.dtype == np.uint16:
        image = imaging().frombytes("I;16", pixels.shape[::-1], pixels.astype("<u2").tobytes())
    else:
        image = imaging().fromarray(pixels, "RGB" if rgb else "L")
    temporary = pathlib.Path(f"{path}.{os.getpid()}.part")
    try:
        image.save(temporary, format="PNG", optimize=True)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def open_png(path, modes):
    library = imaging()
    try:
        image = library.open(path)
    except (OSError, library.DecompressionBombError) as error:
        raise PictureError(f"{path}: {error}") from None
    if image.format != "PNG" or image.mode not in modes:
        raise PictureError(f"{path}: expected a PNG of mode {' or '.join(modes)}, got "
                           f"{image.format} of mode {image.mode}")
    if image.width * image.height > MAXIMUM_PIXELS:
        raise PictureError(f"{path}: {image.width} x {image.height} pixels are too many")
    try:
        image.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise PictureError(f"{path}: {error}") from None
    return image


def read_rgb(path):
    return np.array(open_png(path, ("RGB",)), dtype=np.uint8)


def read_gray8(path):
    return np.array(open_png(path, ("L",)), dtype=np.uint8)


def read_gray16(path):
    return np.array(open_png(path, ("I", "I;16", "I;16B")), dtype=np.uint16)


def encode_depth(inverse):
    """Inverse depth in [0, 1] -> uint16; a valid pixel is never 0, the sign of no depth."""
    code = np.clip(np.rint(np.asarray(inverse, np.float64) * DEPTH_UNIT), 1, DEPTH_UNIT)
    return np.where(np.asarray(inverse) > 0, code, 0).astype(np.uint16)


def decode_depth(code):
    return (code.astype(np.float64) / DEPTH_UNIT).astype(np.float32)


def write_scene(folder, name, image, labels, inverse):
    """image [H,W,3] uint8, labels [H,W] uint8, inverse depth [H,W] float -> the three files."""
    folder = pathlib.Path(folder)
    write_png(folder / f"{name}.labels.png", labels)
    write_png(folder / f"{name}.depth.png", encode_depth(inverse))
    write_png(folder / f"{name}.png", image)


def scene_names(folder):
    """Names of all scenes in a folder, in order."""
    suffix = ".labels.png"
    return sorted(p.name[:-len(suffix)] for p in pathlib.Path(folder).glob(f"*{suffix}"))


def read_scene(folder, name):
    """-> (image [H,W,3] uint8, labels [H,W] uint8, inverse depth [H,W] float32) of one size."""
    folder = pathlib.Path(folder)
    image, labels = read_rgb(folder / f"{name}.png"), read_gray8(folder / f"{name}.labels.png")
    depth = decode_depth(read_gray16(folder / f"{name}.depth.png"))
    if not image.shape[:2] == labels.shape == depth.shape:
        raise PictureError(f"{folder / name}: image, labels and depth differ in size: "
                           f"{image.shape[:2]}, {labels.shape}, {depth.shape}")
    return image, labels, depth

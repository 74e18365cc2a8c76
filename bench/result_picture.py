# SPDX-License-Identifier: Apache-2.0
"""Makes the README's picture from what a run left: input, segmentation and depth side by side, twice the size.

  ./edgemoe run --out out/picture
  /usr/bin/python3 bench/result_picture.py out/picture/val-00 bench/pictures/result.png
"""
import pathlib
import sys

from PIL import Image

folder, target = map(pathlib.Path, sys.argv[1:3])
parts = [Image.open(folder / name).convert("RGB") for name in ("input.png", "semseg.png", "depth.png")]
scale, gap = 2, 8
width, height = parts[0].size
sheet = Image.new("RGB", (3 * width * scale + 2 * gap, height * scale), "white")
for i, part in enumerate(parts):
    sheet.paste(part.resize((width * scale, height * scale), Image.NEAREST), (i * (width * scale + gap), 0))
sheet.save(target, optimize=True)

# SPDX-License-Identifier: Apache-2.0
"""Writes labelled validation scenes as PNG files, three a scene (see picture.py).

  python3 -m models.training.make_scenes --count 512 --out scenes
  python3 -m models.training.make_scenes --count 4 --renderer alt --prefix alt --out scenes

Scene numbers FIRST .. FIRST + COUNT - 1; a number always gives the same scene. Scenes that are
already there complete are kept, so that an interrupted run goes on where it stopped; a folder must
therefore hold the scenes of one renderer under one prefix.
"""

import argparse
import pathlib
import sys
import time

from models.training import picture

HIGHEST = 1 << 31


def parse(arguments=None):
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--count", type=int, required=True)
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--renderer", choices=("main", "alt"), default="main")
    p.add_argument("--out", type=pathlib.Path, required=True)
    p.add_argument("--prefix", default="val")
    p.add_argument("--batch", type=int, default=8)
    args = p.parse_args(arguments)
    if args.count < 1 or args.batch < 1 or args.first < 0 or args.first + args.count > HIGHEST:
        p.error(f"--count and --batch must be at least 1, scene numbers 0 to {HIGHEST - 1}")
    if not args.prefix or any(c in args.prefix for c in "/\\\0"):
        p.error("--prefix must be a plain name")
    return args


def names(prefix, first, count):
    """Two digits up to 100 scenes in all, one for the four of the second renderer, else three or more."""
    end = first + count
    digits = len(str(end - 1))
    width = max(digits, 1 if prefix == "alt" else 2 if end <= 100 else 3)
    return [f"{prefix}-{number:0{width}d}" for number in range(first, end)]


def render_main(numbers):
    """Scene numbers -> (image, labels, inverse depth) in numpy, one by one."""
    import torch
    from models.training import scenes
    seeds = torch.tensor(numbers, dtype=torch.int64) + scenes.VALIDATION_SEED
    image, labels, depth = scenes.render(seeds, batch=len(numbers))
    return list(zip(image.permute(0, 2, 3, 1).numpy(), labels.numpy(), depth.numpy()))


def render_alt(numbers):
    from models.training import scenes_alt
    return [scenes_alt.render(number) for number in numbers]


def is_there(folder, name):
    return all((folder / f"{name}{kind}.png").exists() for kind in ("", ".labels", ".depth"))


def make(args, progress):
    render = {"main": render_main, "alt": render_alt}[args.renderer]
    args.out.mkdir(parents=True, exist_ok=True)
    wanted = list(enumerate(names(args.prefix, args.first, args.count), args.first))
    wanted = [(number, name) for number, name in wanted if not is_there(args.out, name)]
    if len(wanted) < args.count:
        progress(f"{args.count - len(wanted)} scenes are there already and stay")
    began, done = time.monotonic(), 0
    for start in range(0, len(wanted), args.batch):
        part = wanted[start:start + args.batch]
        for (_, name), scene in zip(part, render([number for number, _ in part])):
            picture.write_scene(args.out, name, *scene)
        done += len(part)
        progress(f"{done} of {len(wanted)} scenes after {time.monotonic() - began:.0f} s")


def main():
    args = parse()
    try:
        make(args, lambda text: print(text, file=sys.stderr, flush=True))
    except (picture.PictureError, OSError) as error:
        sys.exit(f"error: {error}")
    except ImportError as error:
        sys.exit(f"error: {error}; scenes need numpy, those of the main renderer PyTorch (python3-torch)")


if __name__ == "__main__":
    main()

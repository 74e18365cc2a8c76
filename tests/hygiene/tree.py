# SPDX-License-Identifier: Apache-2.0
"""The repository's files and their text, read once."""

import os
import pathlib
import subprocess

BINARY = {".png", ".safetensors", ".bin", ".npy"}
CPP = {".cpp", ".hpp", ".cc", ".h"}
VERILOG = {".sv", ".svh", ".v", ".vlt"}
SOURCE = CPP | VERILOG | {".py", ".sh", ".cmake", ".yaml", ".yml", ".tcl", ".js", ".css", ".in", ".xdc"}
SKIPPED_FOLDERS = ("build", "out", ".git", "__pycache__", ".pytest_cache")


def listed(root):
    """Paths of a git checkout, or of all files where git does not help (an unpacked archive)."""
    try:
        done = subprocess.run(["git", "-C", root, "ls-files", "-z"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=True)
        names = [name.decode() for name in done.stdout.split(b"\0") if name]
    except (OSError, subprocess.CalledProcessError):
        names = []
    if names:
        return names
    for folder, inner, files in os.walk(root):
        inner[:] = [name for name in inner if not name.startswith(SKIPPED_FOLDERS)]
        names += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return names


class Tree:
    """`files`: paths relative to the root with forward slashes, those that exist, in order."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.files = sorted(name for name in listed(self.root) if (self.root / name).is_file())
        self.folders = {str(parent) for name in self.files for parent in pathlib.PurePath(name).parents}
        self.names = {pathlib.PurePath(name).name for name in self.files}
        self.texts = {name: (self.root / name).read_bytes() for name in self.files
                      if suffix(name) not in BINARY}

    def size(self, name):
        return (self.root / name).stat().st_size

    def lines(self, name):
        return self.texts[name].decode("utf-8", "replace").split("\n")

    def scripts(self, name):
        return self.texts[name].startswith(b"#!")

    def is_source(self, name):
        return (suffix(name) in SOURCE or pathlib.PurePath(name).name == "CMakeLists.txt"
                or name in self.texts and self.scripts(name))


def suffix(name):
    return pathlib.PurePath(name).suffix

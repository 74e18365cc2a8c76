# SPDX-License-Identifier: Apache-2.0
"""Reads the pickles inside PyTorch files without ever executing what they ask for.

A pickle is a program: its GLOBAL names a Python object and its REDUCE calls it, so loading one from
elsewhere with the pickle module can run anything. This interpreter knows the opcodes that plain data
and tensors need, keeps a name as a name, and has a table of the few names that stand in tensor files,
each with a harmless stand-in of its own. Every other name is an error. It imports nothing that a file
names.
"""

import pickletools


class PickleError(Exception):
    """Not a pickle, or one that wants more than data."""


class Name:
    """A global that the file names; never looked up."""

    def __init__(self, module, name):
        self.text = f"{module}.{name}"


class Opaque:
    """Something that is allowed to be there and of no use: numpy scalars, devices, hooks."""


class Storage:
    """Typed memory of a file: which one, of which type, how many elements."""

    def __init__(self, kind, key, count):
        self.kind, self.key, self.count = kind, key, count


class Tensor:
    """A view on a storage; sizes are unchecked here."""

    def __init__(self, storage, offset, shape, strides):
        self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides


STORAGES = {f"torch.{kind}Storage" for kind in (
    "Float", "Half", "BFloat16", "Double", "Long", "Int", "Short", "Char", "Byte", "Bool")}
OPAQUE = {"numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "numpy.dtype", "torch.device",
          "torch.Size", "torch.dtype", "builtins.set", "__builtin__.set", "_codecs.encode"}


def rebuild_tensor(arguments):
    if len(arguments) < 4 or not isinstance(arguments[0], Storage):
        raise PickleError("a tensor is built from something else than a storage")
    storage, offset, shape, strides = arguments[:4]
    integers = [offset, *as_tuple(shape), *as_tuple(strides)]
    if not all(isinstance(n, int) and n >= 0 for n in integers) or len(shape) != len(strides):
        raise PickleError("a tensor's shape is no list of sizes")
    return Tensor(storage, offset, tuple(shape), tuple(strides))


def as_tuple(value):
    if not isinstance(value, (tuple, list)):
        raise PickleError("expected a tuple of sizes")
    return tuple(value)


def call(function, arguments):
    """What a REDUCE gives: the whole list of what a file can make happen."""
    name = function.text if isinstance(function, Name) else type(function).__name__
    if name == "collections.OrderedDict":
        return {}
    if name in ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor"):
        return rebuild_tensor(arguments)
    if name in ("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state"):
        if not arguments or not isinstance(arguments[0], Tensor):
            raise PickleError("a parameter is built from something else than a tensor")
        return arguments[0]
    if name in OPAQUE:
        return Opaque()
    raise PickleError(f"it calls {name}, which no tensor file needs; refused")


def known(name):
    return name in STORAGES or name in OPAQUE or name == "collections.OrderedDict" or (
        name.startswith("torch._utils._rebuild_"))


MARK = object()
VALUES = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
LITERALS = {"BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4", "BINFLOAT", "FLOAT", "BINUNICODE",
            "SHORT_BINUNICODE", "BINUNICODE8", "UNICODE", "BINSTRING", "SHORT_BINSTRING", "STRING", "BINBYTES",
            "SHORT_BINBYTES", "BINBYTES8"}
EMPTY = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_SET": set}
TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


class Machine:
    """A stack machine over one pickle."""

    def __init__(self):
        self.stack, self.memo, self.last = [], {}, None

    def pop(self):
        if not self.stack or self.stack[-1] is MARK:
            raise PickleError("it takes more from the stack than is there")
        return self.stack.pop()

    def pop_mark(self):
        items = []
        while self.stack:
            item = self.stack.pop()
            if item is MARK:
                return items[::-1]
            items.append(item)
        raise PickleError("a mark is missing")

    def top(self, kind):
        if not self.stack or not isinstance(self.stack[-1], kind):
            raise PickleError(f"expected a {kind.__name__} on the stack")
        return self.stack[-1]

    def set_items(self, items):
        target = self.top(dict)
        if len(items) % 2:
            raise PickleError("a key without a value")
        for key, value in zip(items[::2], items[1::2]):
            if not isinstance(key, (str, int, float, bytes, bool, type(None))):
                raise PickleError(f"a dictionary's key is a {type(key).__name__}")
            target[key] = value

    def name(self, module, name):
        text = Name(module, name)
        if not known(text.text):
            raise PickleError(f"it names {text.text}, which no tensor file needs; refused")
        self.stack.append(text)

    def persistent(self, key):
        if not (isinstance(key, tuple) and len(key) >= 5 and key[0] == "storage" and isinstance(key[1], Name)
                and key[1].text in STORAGES and isinstance(key[2], str) and isinstance(key[4], int)
                and key[4] >= 0):
            raise PickleError("a persistent object that is no storage")
        if len(key) > 5 and key[5] is not None:
            raise PickleError("a view of a storage, which is a format of before 2017")
        self.stack.append(Storage(key[1].text[6:-7], key[2], key[4]))

    def step(self, code, argument):
        if code in LITERALS:
            self.stack.append(argument)
        elif code in VALUES:
            self.stack.append(VALUES[code])
        elif code in EMPTY:
            self.stack.append(EMPTY[code]())
        elif code in TUPLES:
            self.stack.append(tuple([self.pop() for _ in range(TUPLES[code])][::-1]))
        elif code in ("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"):
            self.memo[len(self.memo) if code == "MEMOIZE" else argument] = self.stack[-1] if self.stack else None
        elif code in ("GET", "BINGET", "LONG_BINGET"):
            if argument not in self.memo:
                raise PickleError("it recalls what it never stored")
            self.stack.append(self.memo[argument])
        elif not self.step_compound(code, argument):
            raise PickleError(f"its opcode {code} is none of plain data and tensors; refused")

    def step_compound(self, code, argument):
        if code == "MARK":
            self.stack.append(MARK)
        elif code == "TUPLE":
            self.stack.append(tuple(self.pop_mark()))
        elif code == "LIST":
            self.stack.append(self.pop_mark())
        elif code == "DICT":
            items = self.pop_mark()
            self.stack.append({})
            self.set_items(items)
        elif code == "SETITEM":
            value, key = self.pop(), self.pop()
            self.set_items([key, value])
        elif code == "SETITEMS":
            self.set_items(self.pop_mark())
        elif code in ("APPEND", "APPENDS"):
            items = self.pop_mark() if code == "APPENDS" else [self.pop()]
            self.top(list).extend(items)
        elif code == "ADDITEMS":
            self.pop_mark()  # sets hold nothing that is wanted
            self.top(set)
        elif code == "POP":
            self.stack.pop() if self.stack and self.stack[-1] is MARK else self.pop()
        elif code == "POP_MARK":
            self.pop_mark()
        elif code == "GLOBAL":
            self.name(*argument.split(" ", 1))
        elif code == "STACK_GLOBAL":
            name, module = self.pop(), self.pop()
            self.name(str(module), str(name))
        elif code == "BINPERSID":
            self.persistent(self.pop())
        elif code in ("REDUCE", "NEWOBJ"):
            arguments, function = self.pop(), self.pop()
            self.stack.append(call(function, as_tuple(arguments)))
        elif code == "BUILD":
            self.pop()  # attributes: of state dicts and scalars, not wanted
            self.top(object)
        else:
            return code in ("PROTO", "FRAME")
        return True


def load(stream):
    """The value of the pickle at the stream's position, which moves behind it."""
    machine = Machine()
    try:
        for opcode, argument, _ in pickletools.genops(stream):
            if opcode.name == "STOP":
                return machine.pop()
            machine.step(opcode.name, argument)
    except (ValueError, UnicodeError, OverflowError, TypeError, MemoryError, RecursionError) as error:
        raise PickleError(f"not a whole pickle ({error})") from None
    raise PickleError("it does not end")

# SPDX-License-Identifier: Apache-2.0
"""What synthesis forbids, found in the text of C++ sources: language, loops, arrays, recursion.

Works on code without comments (`without_comments`). A function is what has a body; a call is resolved by name and
number of arguments over all files, so that recursion shows through any chain of calls. Calls of members of other
objects are not followed: the kernels' classes call nothing but themselves.
"""

import re

FUNCTION = re.compile(r"\b(\w+)\(((?:[^()]|\([^()]*\))*)\)\s*(?:const\s*)?(?::[^{;]*)?\{")
KEYWORDS = {"if", "for", "while", "switch", "return", "sizeof", "static_assert", "static_cast", "catch", "decltype"}
CALL = re.compile(r"(?<![\w.>])(?:(\w+)::)*(\w+)\s*(?:<[^;(){}<>]*(?:<[^;(){}<>]*>)?[^;(){}<>]*>)?\s*\(")
FORBIDDEN = [
    (r"\b(float|double)\b", "floating point"),
    (r"\b(new|delete|malloc|calloc|realloc|free|alloca)\b\s*[\w(\[]", "allocation"),
    (r"\b(throw|try|catch)\b", "exceptions"),
    (r"\b(while|do)\b\s*[({]", "a loop without a fixed form"),
    (r"\bgoto\b", "goto"),
    (r"\b(virtual|override|dynamic_cast|typeid)\b", "virtual dispatch"),
    (r"\(\s*(?:\w+::)*\*\s*\w*\s*(?:\[[^\]]*\])?\)\s*\(", "a function pointer"),
    (r"\breinterpret_cast\b", "a cast between pointers"),
    (r"\b(printf|fprintf|puts|exit|abort|getenv|time|rand|fopen)\s*\(", "a system call"),
    (r"\b(asm|__asm__|setjmp|longjmp|thread_local)\b", "a construct of processors"),
]
# All of std:: that a kernel may name.
STANDARD = re.compile(r"\bstd::(?!u?int(?:8|16|32|64)_t\b|size_t\b)(\w+)")
INCLUDE = re.compile(r"#include <([^>]+)>")
INCLUDES = {"cstdint", "cstddef", "ap_int.h", "ap_fixed.h", "hls_stream.h"}
LOOP = re.compile(r"\bfor\s*\(")
DECLARATION = re.compile(r"(?:^|[;{}])\s*((?:const\s+|static\s+)*[A-Za-z_][\w:<>, ]*[\s&*]+)(\w+)"
                         r"((?:\[[^\[\]]*\])+)\s*(?:[;={])")
TYPE_KEYWORDS = {"return", "case", "else", "goto", "using", "typename", "delete", "new", "throw"}


def without_comments(text):
    """Comments replaced by spaces, so that positions stay."""
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.S)


def without_pragmas(code):
    return re.sub(r"#pragma[^\n]*", lambda m: " " * len(m[0]), code)


def end_of(code, at, opening="{", closing="}"):
    """The position after the bracket that closes the one before `at`."""
    depth = 1
    while depth and at < len(code):
        depth += {opening: 1, closing: -1}.get(code[at], 0)
        at += 1
    return at


def functions(code):
    """(name, parameters, begin, body, end) of every function with a body; begin is that of its name."""
    for match in FUNCTION.finditer(code):
        if match[1] not in KEYWORDS:
            yield match[1], match[2], match.start(), match.end(), end_of(code, match.end())


def split_list(text):
    """Elements of a parameter or argument list; commas in brackets do not separate."""
    depth, parts, last = 0, [], 0
    for at, char in enumerate(text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(char, 0)
        # A template's brackets: `<` behind a name that begins a type, up to its `>`.
        if char == "<" and re.search(r"(?:\w+_cast|[A-Z]\w*|_of|\w::\w+)$", text[:at]):
            depth += 1
        elif char == ">" and depth and text[at - 1] != "-" and "<" in text[:at] and text[at + 1:at + 2] != "=":
            depth -= 1 if re.search(r"<[^()]*$", text[:at]) else 0
        elif char == "," and depth == 0:
            parts.append(text[last:at])
            last = at + 1
    parts.append(text[last:])
    return [part for part in parts if part.strip()]


def check_words(code):
    for pattern, what in FORBIDDEN:
        for match in re.finditer(pattern, code):
            yield match.start(), f"{what} in synthesised code: {match[0].strip()}"
    for match in STANDARD.finditer(code):
        yield match.start(), f"a library facility in synthesised code: std::{match[1]}"
    for match in INCLUDE.finditer(code):
        if match[1] not in INCLUDES:
            yield match.start(), f"a library header in synthesised code: <{match[1]}>"


def check_loops(code):
    """A `for` counts: a condition that compares, on a variable that the step moves and the body leaves alone."""
    for match in LOOP.finditer(code):
        end = end_of(code, match.end(), "(", ")")
        head = code[match.end():end - 1].split(";")
        if len(head) != 3:
            yield match.start(), "a loop over a range: write its bounds"
            continue
        counter, rises = step_of(head[2])
        if counter is None or not bounds(head[1], counter, rises):
            yield match.start(), "an unbounded loop: its condition stops no counter that its step moves"
            continue
        body = loop_body(code, end)
        if re.search(r"(?<![\w.])%s\s*(?:[-+*/]?=(?!=)|\+\+|--)|(?:\+\+|--)\s*%s\b" % (counter, counter), body):
            yield match.start(), f"a loop without a fixed form: its body changes {counter}"


def step_of(step):
    """(counter, whether it rises) of a loop's step; (None, False) when it has another form."""
    match = re.fullmatch(r"\s*(?:(\+\+|--)\s*(\w+)|(\w+)\s*(\+\+|--)|(\w+)\s*(\+=|-=|>>=|<<=)\s*[^,]+)\s*", step)
    if match is None:
        return None, False
    counter = match[2] or match[3] or match[5]
    return counter, (match[1] or match[4] or match[6]) in ("++", "+=", "<<=")


def bounds(condition, counter, rises):
    """The condition ends the loop: the counter moves towards what it is compared with."""
    if "||" in condition:
        return False
    below, above = (r"<=?|!=", r">=?|!=") if rises else (r">=?|!=", r"<=?|!=")
    ends = r"(?<![\w.])%s\s*(?:%s)(?!<)|(?:%s)\s*%s\b" % (counter, below, above, counter)
    return re.search(ends, condition) is not None


def loop_body(code, at):
    """The block or statement behind a loop's head."""
    rest = re.compile(r"\s*").match(code, at).end()
    if code[rest:rest + 1] == "{":
        return code[rest:end_of(code, rest + 1)]
    return code[rest:code.find(";", rest)]


def check_arrays(code):
    """Sizes of arrays are constants: numbers, kNames, parameters of templates, calls with them."""
    for match in DECLARATION.finditer(code):
        if set(re.findall(r"\w+", match[1])) & TYPE_KEYWORDS:
            continue
        for size in re.findall(r"\[([^\[\]]*)\]", match[3]):
            for name in re.finditer(r"[A-Za-z_]\w*", size):
                behind = size[name.end():].lstrip()
                if name[0][0].islower() and not re.match(r"k[A-Z]", name[0]) and behind[:1] not in ("(", "<", ":"):
                    yield match.start(2), f"an array of a size that runs: {match[2]}[{size}]"


def signature(parameters):
    """(fewest, most) arguments of a call."""
    parts = split_list(parameters)
    if [part.strip() for part in parts] == ["void"]:
        return 0, 0
    return sum("=" not in part for part in parts), len(parts)


def calls(body):
    """(name, number of arguments) of every call of a function; members of objects left out."""
    for match in CALL.finditer(body):
        if match[2] not in KEYWORDS and match[1] != "std":
            end = end_of(body, match.end(), "(", ")")
            yield match[2], len(split_list(body[match.end():end - 1]))


def find_recursion(sources):
    """(file, position, text) for every function that reaches itself; sources: {file: code}."""
    nodes, by_name = [], {}
    for name, code in sources.items():
        code = without_pragmas(code)
        for function, parameters, begin, body, end in functions(code):
            node = (name, begin, function, signature(parameters), set(calls(code[body:end])))
            by_name.setdefault(function, []).append(len(nodes))
            nodes.append(node)
    edges = [sorted({target for callee, count in node[4] for target in by_name.get(callee, [])
                     if nodes[target][3][0] <= count <= nodes[target][3][1] and differ(node, nodes[target])})
             for node in nodes]
    for start, node in enumerate(nodes):
        path = path_back(start, edges)
        if path:
            yield node[0], node[1], " -> ".join(nodes[at][2] for at in path) + ": recursion"


def differ(caller, callee):
    """Overloads of one name and length call each other to convert: a call between them is no recursion, unless a
    function calls its own."""
    return caller[2] != callee[2] or caller[:2] == callee[:2]


def path_back(start, edges):
    """Shortest way from a node to itself."""
    queue, seen = [[start]], set()
    for path in queue:
        for target in edges[path[-1]]:
            if target == start:
                return path + [start]
            if target not in seen:
                seen.add(target)
                queue.append(path + [target])
    return None

# SPDX-License-Identifier: Apache-2.0
"""Plants every violation that lint_synthesis.py looks for and expects it to be found, and nothing in clean code."""

import unittest

from lint_synthesis import check_all

PARTITION = ("struct S {\n  int value[4][8];\n};\nvoid f(S& s) {\n"
             "#pragma HLS array_partition variable = s.%s complete dim = %d\n  s.value[0][0] = 1;\n}\n")


def findings(*sources):
    """What the lint says of kernels/x0.cpp, kernels/x1.cpp, ... with these texts."""
    return list(check_all({f"kernels/x{i}.cpp": text for i, text in enumerate(sources)}))


class Violations(unittest.TestCase):
    def expect(self, what, *sources):
        found = findings(*sources)
        self.assertTrue(any(what in finding for finding in found), f"{what!r} not in {found} of {sources}")

    def test_pragmas_that_name_nothing(self):
        self.expect("its function does not have", "void f(int a) {\n#pragma HLS unroll variable = b\n  g(a);\n}\n")
        self.expect("no function of hls",
                    "void f(int a) {\n#pragma HLS allocation function instances = ghost limit = 1\n}\n")
        self.expect("no struct has a member", PARTITION % ("valeu", 1))
        self.expect("which has 2", PARTITION % ("value", 3))
        self.expect("the tool does not have", "void f(int a) {\n#pragma HLS pipelin II = 1\n}\n")

    def test_promises_without_a_reason(self):
        self.expect("without its reason", "void f(int* a) {\n#pragma HLS dependence variable = a inter false\n}\n")

    def test_layers_and_the_switch(self):
        self.expect("may not include", '#include "hls/top/execute.hpp"\n')
        self.expect("outside hls/support", "#if EDGEMOE_SYNTHESIS\n#endif\n")
        self.expect("outside hls/support", "#if EDGEMOE_VENDOR_TYPES\n#endif\n")
        self.expect("reads the vendor's macro", "#ifdef __SYNTHESIS__\n#endif\n")

    def test_words_of_the_language(self):
        for what, text in {
                "floating point": "float f(int n) { return n; }\n",
                "exceptions": "void f(int n) { throw n; }\n",
                "allocation": "void f(int n) { int* p = new int[n]; }\n",
                "virtual dispatch": "struct A { virtual int f() const { return 1; } };\n",
                "a function pointer": "int f(int (*g)(int)) { return g(1); }\n",
                "goto": "void f(int n) { goto end; end: n = 1; }\n",
                "a cast between pointers": "int f(char* p) { return *reinterpret_cast<int*>(p); }\n",
                "a system call": "void f(int n) { printf(\"%d\", n); }\n",
                "std::vector": "int f(const std::vector<int>& v) { return v[0]; }\n",
                "std::deque": "std::deque<int> queue;\n",
                "std::function": "void f(std::function<int()> g) { g(); }\n",
                "<vector>": "#include <vector>\n"}.items():
            self.expect(what, text)

    def test_function_pointers_of_members_and_in_tables(self):
        self.expect("a function pointer", "struct A { int (A::*step)(int); };\n")
        self.expect("a function pointer", "int f(int i) { static int (*t[2])(int) = {g, h}; return t[i](1); }\n")

    def test_loops_without_a_bound(self):
        for text in ("void f(int n) { while (n > 0) --n; }\n", "void f(int n) { do { --n; } while (n > 0); }\n",
                     "void f(int n) { for (;;) n = n + 1; }\n", "void f(int n) { for (int i = 0; n > 0; ++i) g(i); }\n",
                     "void f(int n) { for (int i = 0; i < n;) g(i); }\n",
                     "void f(int n) { for (int i = 0; i >= 0; ++i) g(i); }\n",
                     "void f(int n) { for (int i = n; i < 9; --i) g(i); }\n",
                     "void f(int n) { for (int i = 0; i < 4 || n > 0; ++i) g(i); }\n",
                     "void f(int n) { for (int i = 0; i < n; ++i) { if (g(i)) i = 0; } }\n",
                     "void f(const int (&a)[4]) { for (int x : a) g(x); }\n"):
            self.expect("loop", text)

    def test_arrays_of_a_size_that_runs(self):
        self.expect("size that runs: a[n]", "void f(int n) { int a[n]; g(a); }\n")
        self.expect("size that runs", "void f(const Job& job) {\n  std::int32_t row[kRows][job.dim] = {};\n}\n")

    def test_recursion_direct_and_through_others(self):
        self.expect("f -> f: recursion", "int f(int n) { return f(n - 1); }\n")
        self.expect("recursion", "int odd(int n);\nint even(int n) { return n == 0 ? 1 : odd(n - 1); }\n"
                                 "int odd(int n) { return n == 0 ? 0 : even(n - 1); }\n")
        self.expect("a -> b -> c -> a", "int a(int n) { return b(n, 1); }\n",
                    "int b(int n, int m) { return c<4>(n); }\n",
                    "template <int N>\nint c(int n, int m = 2) { return fixed::a(n); }\n")
        self.expect("recursion", "template <typename T>\nint f(T n) {\n  return n > 0 ? f<T>(n - 1) : 0;\n}\n")

    def test_clean_code_has_no_finding(self):
        self.assertEqual(findings(
            "#include <cstdint>\n"
            "struct S {\n  int value[4][8];\n};\n"
            "template <int Rows>\nvoid g(S& s) {\n"
            "#pragma HLS array_partition variable = s.value complete dim = 2\n"
            "  std::int32_t row[Rows][kLanes * 2];\n"
            "  for (int i = 0; i < Rows; ++i) {\n#pragma HLS pipeline II = 1\n    row[i][0] = s.value[i][0];\n  }\n"
            "  for (int step = 32; step > 0; step >>= 1) h(s, row[0][0], step);\n"
            "  for (int k = 3; k >= 0; --k) s.value[k][1] = clip(k);  // while it lasts\n}\n"
            "int clip(int x) { return clip(x, 3); }\n"
            "int clip(int x, int limit) { return x > limit ? limit : x; }\n"), [])


if __name__ == "__main__":
    unittest.main()

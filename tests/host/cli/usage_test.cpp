// SPDX-License-Identifier: Apache-2.0
// Exit code 2: one clear message with the nearest name.
#include "tests/host/cli/program.hpp"

namespace edgemoe::host::test {
namespace {

class Usage : public Program {};

TEST_F(Usage, UnknownVerb) {
  expect_error(call("rnu"), 2, "unknown verb \"rnu\"");
  EXPECT_NE(call("rnu").err.find("did you mean \"run\"?"), std::string::npos);
  EXPECT_NE(call("frobnicate").err.find("lists the verbs"), std::string::npos);
}

TEST_F(Usage, VerbsThatAreNotThereYetAreUnknown) {
  for (const char* verb : {"sweep"}) expect_error(call(verb), 2, "unknown verb");
}

TEST_F(Usage, NoVerb) { expect_error(call(""), 2, "expected a verb"); }

TEST_F(Usage, UnknownOptionWithTheNearestOne) {
  expect_error(run("--egnine cycle"), 2, "unknown option \"--egnine\"");
  EXPECT_NE(run("--egnine cycle").err.find("did you mean \"--engine\"?"), std::string::npos);
}

TEST_F(Usage, AbbreviationsAreNotGuessed) { expect_error(run("--eng cycle"), 2, "unknown option"); }

TEST_F(Usage, WordWithoutAnOption) {
  expect_error(call("run picture.png"), 2, "images are given with --image");
}

TEST_F(Usage, OptionWithoutItsValue) { expect_error(call("run --model"), 2, "--model"); }

TEST_F(Usage, OptionGivenTwice) { expect_error(call("run --model a --model b"), 2, "--model"); }

TEST_F(Usage, UnknownTask) {
  expect_error(run("--task semsge"), 2,
               "--task: error: expected one of semseg, depth, got \"semsge\"");
  EXPECT_NE(run("--task semsge").err.find("did you mean \"semseg\"?"), std::string::npos);
  expect_error(run("--task semseg,semseg"), 2, "twice");
  expect_error(run("--task semseg,,depth"), 2, "separated by commas");
  expect_error(run("--task ''"), 2, "separated by commas");
}

TEST_F(Usage, UnknownEngine) { expect_error(run("--engine cylce"), 2, "did you mean \"cycle\"?"); }

TEST_F(Usage, CompareWithTheReferenceItself) {
  expect_error(call("compare --engine reference --model test-tiny-synthetic"), 2,
               "expected kernels or cycle");
}

TEST_F(Usage, BadSeed) {
  for (const char* seed : {"-1", "abc", "99999999999999999999", "1.5", "''"}) {
    EXPECT_EQ(run(std::string("--seed ") + seed).code, 2) << seed;
  }
  expect_error(run("--seed x"), 2, "--seed: error: expected a number");
}

TEST_F(Usage, BadCycleLimit) {
  expect_error(run("--max-cycles -3"), 2, "--max-cycles: error: expected a number");
}

TEST_F(Usage, BadBoundFactor) {
  for (const char* factor : {"0", "-1", "nan", "x"}) {
    EXPECT_EQ(
        call(std::string("compare --model test-tiny-synthetic --bound-factor ") + factor).code, 2)
        << factor;
  }
}

TEST_F(Usage, BadOverride) {
  expect_error(run("--set array.out_lanes=8"), 2, "--set");
  expect_error(run("--set desing.clock_mhz=8"), 2, "did you mean \"design\"?");
  expect_error(run("--set design.clock_mhz"), 2, "expected design.KEY=VALUE");
}

TEST_F(Usage, HelpAndVersionAreResults) {
  for (const char* words : {"--help", "run --help", "compare --help", "describe --help",
                            "list --help", "import --help", "run -h", "--version"}) {
    const Outcome outcome = call(words);
    EXPECT_EQ(outcome.code, 0) << words;
    EXPECT_GT(outcome.out.size(), 10u) << words;
    EXPECT_EQ(outcome.err, "") << words;
  }
}

TEST_F(Usage, OverviewListsWhatWorksOnly) {
  const std::string text = call("--help").out;
  for (const char* verb : {"run", "compare", "describe", "import", "list", "synth", "test"})
    EXPECT_NE(text.find(verb), std::string::npos) << verb;
  for (const char* verb : {"sweep"})
    EXPECT_EQ(text.find(verb), std::string::npos) << verb;
}

}  // namespace
}  // namespace edgemoe::host::test

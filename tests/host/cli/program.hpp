// SPDX-License-Identifier: Apache-2.0
/// Runs the program as a user does: a process with its own standard output, error and exit code.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace edgemoe::host::test {

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

inline std::string text_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

class Program : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("cli_") + info->test_suite_name() + "_" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  /// `words` go through a shell; `redirect` replaces the capture of standard output.
  Outcome call(const std::string& words, const std::string& redirect = "") const {
    const std::string out = (folder_ / "stdout.txt").string(),
                      err = (folder_ / "stderr.txt").string();
    const std::string command =
        "cd '" + folder_.string() +
        "' && EDGEMOE_ROOT='" EDGEMOE_SOURCE_DIR "' '" EDGEMOE_PROGRAM "' " + words + " >" +
        (redirect.empty() ? "'" + out + "'" : redirect) + " 2>'" + err + "' </dev/null";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, redirect.empty() ? text_of(out) : "",
            text_of(err)};
  }

  /// `words` of `run` on the small model.
  Outcome run(const std::string& words, const std::string& redirect = "") const {
    return call("run --model test-tiny-synthetic --design m3-test " + words, redirect);
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
  }

  std::filesystem::path folder_;
};

/// Exit code and a part of the message; nothing on standard output.
inline void expect_error(const Outcome& outcome, int code, const std::string& part) {
  EXPECT_EQ(outcome.code, code) << outcome.err;
  EXPECT_NE(outcome.err.find(part), std::string::npos) << outcome.err;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << outcome.err;
}

}  // namespace edgemoe::host::test

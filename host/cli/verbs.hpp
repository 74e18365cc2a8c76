// SPDX-License-Identifier: Apache-2.0
/// The verbs of the command line. Each takes its words, returns an exit code and appends its
/// results to `out`, which the caller prints; errors are exceptions, see main.cpp.
#pragma once

#include <string>
#include <vector>

#include "host/run/locate.hpp"

namespace edgemoe::host {

enum ExitCode { kOk = 0, kOutOfBounds = 1, kUsage = 2, kConfiguration = 3, kData = 4, kStuck = 5 };

/// What a verb gets from its surroundings.
struct Context {
  Locations locations;
  std::string version;
  std::string revision;
};

struct Verb {
  const char* name;
  const char* what;  ///< one line for the overview
  int (*run)(const std::vector<std::string>& words, const Context& context, std::string* out);
};

int run_verb(const std::vector<std::string>& words, const Context& context, std::string* out);
int compare_verb(const std::vector<std::string>& words, const Context& context, std::string* out);
int describe_verb(const std::vector<std::string>& words, const Context& context, std::string* out);
int import_verb(const std::vector<std::string>& words, const Context& context, std::string* out);
int synth_verb(const std::vector<std::string>& words, const Context& context, std::string* out);
int list_verb(const std::vector<std::string>& words, const Context& context, std::string* out);

const std::vector<Verb>& verbs();

/// Overview of all verbs.
std::string overview();

/// Finds the verb and runs it; `--help` and `--version` as well. Throws UsageError for an unknown
/// verb.
int dispatch(const std::vector<std::string>& words, const Context& context, std::string* out);

}  // namespace edgemoe::host

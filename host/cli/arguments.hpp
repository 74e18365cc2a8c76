// SPDX-License-Identifier: Apache-2.0
/// From the words of the command line to checked requests. Errors: UsageError (exit code 2).
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "host/run/session.hpp"

namespace edgemoe::host {

constexpr unsigned kHelpWidth = 100;  ///< columns of a help text

/// Options that choose model, design, board and overrides; every verb but `list` has them.
void add_setup_options(boost::program_options::options_description* options);
/// Options that choose images, tasks and what is computed.
void add_frame_options(boost::program_options::options_description* options);

/// Parses `words` strictly: no abbreviations, no words without an option. Unknown options carry the
/// nearest known name. `--help` is recognised before anything else is checked.
boost::program_options::variables_map parse_words(
    const std::string& verb, const std::vector<std::string>& words,
    const boost::program_options::options_description& options);

/// What the options above say.
SessionOptions session_options(const boost::program_options::variables_map& values);

/// A whole number of at most 19 digits, strictly: no sign, no space.
std::uint64_t parse_number(const std::string& option, const std::string& text);

/// `a,b,c` to its words; empty words are an error of `option`.
std::vector<std::string> split_list(const std::string& option, const std::string& text);

/// Whether `--help` or `-h` stands anywhere.
bool asks_for_help(const std::vector<std::string>& words);

/// Help of one verb.
std::string verb_help(const std::string& verb, const std::string& what,
                      const boost::program_options::options_description& options);

}  // namespace edgemoe::host

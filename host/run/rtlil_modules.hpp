// SPDX-License-Identifier: Apache-2.0
/// Takes a design that Yosys has elaborated (RTLIL, as `write_ilang` prints it) apart into modules
/// that can be synthesised one by one.
///
/// Text:     where things stand in the sources (`src`) and the running numbers in generated names
///           (`$add$FILE:LINE$NUMBER`) are taken out, so that a module's text, and with it its key,
///           depends on what the module is and on nothing else. Generated names are numbered in
///           the order in which they are declared.
/// Children: instances of modules of the design, by count; primitives of the technology are none.
/// Errors:   std::runtime_error for a text that is no RTLIL, or that lacks the top module.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace edgemoe::host {

struct RtlilModule {
  std::string name;   ///< as Yosys knows it, without the leading backslash of a plain name
  std::string text;   ///< normalised, from `module` to `end`
  std::string ports;  ///< the same module as a black box: ports and parameters alone
  std::map<std::string, int> children;
  std::size_t lines() const;
};

/// Modules that `top` reaches, itself included; black boxes and unused ones left out. In an order
/// that depends on their names alone.
std::vector<RtlilModule> read_rtlil(const std::string& text, const std::string& top);

/// A text that Yosys reads by itself: the module, with all its children as black boxes.
std::string standalone(const RtlilModule& module, const std::vector<RtlilModule>& all);

}  // namespace edgemoe::host

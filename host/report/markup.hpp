// SPDX-License-Identifier: Apache-2.0
/// Small helpers of the page: escaping, numbers, kinds of commands and their colours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace edgemoe::host {

/// Text made safe for element content and quoted attributes. Bytes that are no UTF-8 become `?`.
std::string escape_html(std::string_view text);

/// JSON text made safe inside a script element.
std::string escape_script(std::string_view json);

std::string base64(std::string_view bytes);

/// `value` with three to four significant digits and no exponent between 1e-3 and 1e7; a dash when
/// empty or not finite.
std::string figure(std::optional<double> value, int digits = 4);

/// 12345678 -> `12 345 678` with narrow no-break spaces.
std::string grouped(std::uint64_t value);

/// 15,012,864 bytes -> `15.0 MB` (powers of ten).
std::string bytes_text(std::uint64_t bytes);

/// The kinds that commands and slices are grouped and coloured by, in display order.
const std::vector<std::string>& command_kinds();

/// Kind of a command by its name: embed, norm, attention, mlp, gate, experts, load, store or other.
std::string kind_of(const std::string& command_name);

/// Index into command_kinds() (the CSS colour `--k<index>`).
int kind_index(const std::string& kind);

/// A horizontal stacked bar with a legend table below.
struct BarPart {
  std::string label;
  double value = 0.0;
  int colour = 0;
  std::string text;  ///< figure in the legend
};
std::string stacked_bar(const std::vector<BarPart>& parts, const std::string& caption);

}  // namespace edgemoe::host

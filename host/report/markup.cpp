// SPDX-License-Identifier: Apache-2.0
#include "host/report/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/report/layers_csv.hpp"

namespace edgemoe::host {
namespace {

/// Length of the UTF-8 sequence at `at`, or 0 when it is malformed.
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  std::size_t length = 0;
  if (lead < 0x80)
    length = 1;
  else if (lead >= 0xC2 && lead < 0xE0)
    length = 2;
  else if (lead >= 0xE0 && lead < 0xF0)
    length = 3;
  else if (lead >= 0xF0 && lead < 0xF5)
    length = 4;
  if (length == 0 || at + length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[at + i]) & 0xC0) != 0x80) return 0;
  }
  return length;
}

bool contains(const std::string& text, const char* word) {
  return text.find(word) != std::string::npos;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text, at);
    const char c = text[at];
    if (length == 0)
      out += '?';
    else if (length > 1)
      out += text.substr(at, length);
    else if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&#39;";
    else if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
      out += '?';
    else
      out += c;
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string escape_script(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (const char c : json) {
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
  return out;
}

std::string base64(std::string_view bytes) {
  static const char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      group = group << 8 | (at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0);
    }
    const std::size_t present = std::min<std::size_t>(3, bytes.size() - at);
    for (std::size_t i = 0; i < 4; ++i) {
      out += i <= present ? kDigits[group >> (18 - 6 * i) & 63] : '=';
    }
  }
  return out;
}

std::string figure(std::optional<double> value, int digits) {
  if (!value || !std::isfinite(*value)) return "&ndash;";
  const double magnitude = std::fabs(*value);
  if (magnitude == 0.0) return "0";
  if (magnitude < 1e-3 || magnitude >= 1e7) return fmt::format("{:.{}e}", *value, digits - 2);
  const int before = static_cast<int>(std::floor(std::log10(magnitude))) + 1;
  return fmt::format("{:.{}f}", *value, std::max(0, digits - before));
}

std::string grouped(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (int at = static_cast<int>(digits.size()) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), "&#8239;");
  }
  return digits;
}

std::string bytes_text(std::uint64_t bytes) {
  const double value = static_cast<double>(bytes);
  if (value >= 1e9) return figure(value / 1e9, 3) + " GB";
  if (value >= 1e6) return figure(value / 1e6, 3) + " MB";
  if (value >= 1e3) return figure(value / 1e3, 3) + " kB";
  return std::to_string(bytes) + " B";
}

const std::vector<std::string>& command_kinds() {
  static const std::vector<std::string> kinds{"embed", "attention", "mlp",   "experts", "gate",
                                              "norm",  "load",      "store", "other",   "waiting"};
  return kinds;
}

std::string kind_of(const std::string& command_name) {
  const std::string part = split_command_name(command_name).part;
  if (contains(part, "load") || contains(part, "prefetch")) return "load";
  if (contains(part, "store") || contains(part, "write")) return "store";
  if (contains(part, "norm") || contains(part, "copy")) return "norm";
  if (contains(part, "gate") || contains(part, "route")) return "gate";
  if (contains(part, "moe") || contains(part, "expert")) return "experts";
  if (contains(part, "fc") || contains(part, "mlp")) return "mlp";
  for (const char* word : {"qkv", "attn", "attention", "proj"}) {
    if (contains(part, word)) return "attention";
  }
  return contains(part, "embed") ? "embed" : "other";
}

int kind_index(const std::string& kind) {
  const auto& kinds = command_kinds();
  const auto at = std::find(kinds.begin(), kinds.end(), kind);
  return static_cast<int>(at == kinds.end() ? kinds.size() - 2 : at - kinds.begin());
}

std::string stacked_bar(const std::vector<BarPart>& parts, const std::string& caption) {
  double total = 0.0;
  for (const BarPart& part : parts) total += part.value;
  if (total <= 0.0) return "";
  std::string bar, legend;
  for (const BarPart& part : parts) {
    if (part.value <= 0.0) continue;
    const double percent = 100.0 * part.value / total;
    bar +=
        fmt::format("<i style=\"width:{:.3f}%;background:var(--k{})\" title=\"{}: {:.1f} %\"></i>",
                    percent, part.colour, escape_html(part.label), percent);
    legend += fmt::format(
        "<tr><td><b class=\"dot\" style=\"background:var(--k{})\"></b>{}</td><td "
        "class=\"n\">{}</td>"
        "<td class=\"n\">{:.1f} %</td></tr>\n",
        part.colour, escape_html(part.label), part.text, percent);
  }
  return fmt::format(
      "<div class=\"bar\" role=\"img\" aria-label=\"{}\">{}</div>\n<table "
      "class=\"legend\">{}</table>\n",
      escape_html(caption), bar, legend);
}

}  // namespace edgemoe::host

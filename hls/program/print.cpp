// SPDX-License-Identifier: Apache-2.0
#include "hls/program/print.hpp"

#include <cstring>

#include "hls/program/fields.hpp"

namespace edgemoe {
namespace program {
namespace {

const char* value_name(Buffer value) { return name_of(value); }
const char* value_name(Post value) {
  static const char* const kNames[] = {"residual", "embed", "int8", "gelu"};
  return kNames[static_cast<int>(value)];
}
const char* value_name(ScaleSource value) {
  return value == ScaleSource::kToken ? "token" : "unity";
}
const char* value_name(LoopOrder value) {
  return value == LoopOrder::kTokenOuter ? "token_outer" : "weight_outer";
}

/// Appends ` name=value` where the value is not that of a fresh command. Waits, signal, id, opcode
/// and the expert list have a form of their own.
struct Printer {
  std::string* text;

  static bool special(const char* name) {
    return std::strncmp(name, "wait", 4) == 0 || std::strncmp(name, "signal", 6) == 0 ||
           std::strncmp(name, "expert_list", 11) == 0 || std::strcmp(name, "id") == 0 ||
           std::strcmp(name, "opcode") == 0 || std::strcmp(name, "segments") == 0;
  }
  void append(const char* name, const std::string& value) {
    *text += std::string(" ") + name + "=" + value;
  }

  template <typename T>
  void enumerated(const char* name, T value) {
    if (value != T()) append(name, value_name(value));
  }
  void show(const char* name, Buffer value) { enumerated(name, value); }
  void show(const char* name, Post value) { enumerated(name, value); }
  void show(const char* name, ScaleSource value) { enumerated(name, value); }
  void show(const char* name, LoopOrder value) { enumerated(name, value); }
  void show(const char*, Opcode) {}
  void show(const char*, WaitMode) {}
  void show(const char*, SignalMode) {}
  void show(const char* name, std::uint64_t value) {
    if (value != 0) append(name, std::to_string(value));
  }

  template <typename T>
  void operator()(const char* name, int, int, int, const T& value) {
    if (!special(name)) show(name, value);
  }
};

void append_sync(const Command& c, std::string* text) {
  for (const Wait& wait : c.wait) {
    if (wait.mode == WaitMode::kNone) continue;
    *text += " wait=c" + std::to_string(wait.counter) + ">=" + std::to_string(wait.value);
    if (wait.mode == WaitMode::kGroup) *text += "+g";
  }
  if (c.signal_mode == SignalMode::kNone) return;
  *text += " signal=c" + std::to_string(c.signal);
  *text += c.signal_mode == SignalMode::kGroup ? "/group" : "/end";
}

}  // namespace

const char* name_of(Opcode opcode) {
  static const char* const kNames[] = {
      "end",          "barrier",     "load_weights", "prefetch_experts",
      "load_experts", "load_pixels", "load_tokens",  "store_tokens",
      "embed",        "linear",      "attention",    "gate",
      "norm",         "copy",        "route",        "experts",
      "spill",        "fill",        "fence",        "store_experts"};
  return kNames[static_cast<int>(opcode)];
}

const char* name_of(Unit unit) {
  static const char* const kNames[] = {"sequencer", "loader", "array", "norm", "router", "writer"};
  return kNames[static_cast<int>(unit)];
}

const char* name_of(Buffer buffer) {
  static const char* const kNames[] = {"none",     "pixels", "position",      "residual",
                                       "norm_out", "qkv",    "attention_out", "hidden",
                                       "logits",   "queues", "key_value"};
  return kNames[static_cast<int>(buffer)];
}

std::string to_string(const Command& command) {
  std::string text = std::to_string(command.id) + " " + name_of(command.opcode);
  Printer printer{&text};
  visit_fields(command, printer);
  if (command.segments != 1) text += " segments=" + std::to_string(command.segments);
  if (command.list_count > 0) {
    text += " list=";
    for (int i = 0; i < command.list_count && i < kMaxListedExperts; ++i) {
      text += (i == 0 ? "" : ",") + std::to_string(command.expert_list[i]);
    }
  }
  append_sync(command, &text);
  return text;
}

}  // namespace program
}  // namespace edgemoe

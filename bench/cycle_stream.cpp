// SPDX-License-Identifier: Apache-2.0
// Does a stream of frames lose time when the task changes? Frames of one program, each with a
// routing of its own: cycles from the first issue of a frame to that of the next, where two tasks
// take turns and where one stays. A frame is compared with itself: same task, image and place.
//
//   cycle_stream DESIGN.yaml BOARD.yaml [active=12] [seed=1] [phases=8] [details=0]
//   cycle_stream figures DESIGN.yaml BOARD.yaml     9 to 16 active experts, lines `NAME VALUE`
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "models/schema/board_config.hpp"
#include "models/schema/design_config.hpp"
#include "models/schema/error.hpp"
#include "tests/host/compiler/sample_stream.hpp"

namespace {

using namespace edgemoe;

constexpr int kPhases = 8;  // of the memory's refresh

void print_details(const host::StreamSetting& setting) {
  const host::StreamTimes s = host::time_stream(setting, {0, 1, 0, 1, 0});
  for (const sim::CommandTiming& t : s.result.commands) {
    fmt::print("{:4} {:24} {:>8} {:>8} busy {:>6}", t.id, s.lowered.info[t.id].name, t.begin, t.end,
               t.busy);
    for (const auto& [reason, cycles] : t.stall) fmt::print("  {} {}", reason, cycles);
    fmt::print("\n");
  }
}

/// The longest frame of all in turn, less that of the streams of one task.
std::int64_t longer(const host::SwitchStudy& s) {
  return static_cast<std::int64_t>(s.longest_in_turn) -
         static_cast<std::int64_t>(std::max(s.longest_alone[0], s.longest_alone[1]));
}

void print_table(const host::StreamSetting& setting, int phases) {
  const host::SwitchStudy s = host::study_switches(setting, phases);
  fmt::print("{} active experts, {} phases of the refresh, cycles of a frame\n", setting.active,
             phases);
  fmt::print("longest of task 0 all the time {}\nlongest of task 1 all the time {}\n",
             s.longest_alone[0], s.longest_alone[1]);
  fmt::print("longest in turn                {} ({:+})\n", s.longest_in_turn, longer(s));
  fmt::print("a frame in turn longer than where its task stays {:+}; refresh alone makes {}\n",
             s.more, s.spread);
}

void print_figures(host::StreamSetting setting) {
  const double cycle_ms = 1e-3 / setting.design.clock_mhz;
  for (setting.active = 9; setting.active <= 16; ++setting.active) {
    const host::SwitchStudy s = host::study_switches(setting, kPhases);
    const std::string prefix = fmt::format("stream.{}.{}", setting.board.name, setting.active);
    for (int t = 0; t < 2; ++t) {
      fmt::print("{}.task{}.ms {:.4f}\n", prefix, t,
                 static_cast<double>(s.longest_alone[t]) * cycle_ms);
    }
    fmt::print("{}.both.ms {:.4f}\n", prefix, static_cast<double>(s.longest_in_turn) * cycle_ms);
    fmt::print("{}.longer {:+}\n", prefix, longer(s));
    fmt::print("{}.more {:+}\n{}.spread {}\n", prefix, s.more, prefix, s.spread);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  const bool figures = argc == 4 && std::string(argv[1]) == "figures";
  const int first = figures ? 2 : 1;
  if (argc < first + 2) throw std::invalid_argument("expected DESIGN.yaml BOARD.yaml");
  host::StreamSetting setting;
  setting.design = models::read_design(argv[first]);
  setting.board = models::read_board(argv[first + 1]);
  int phases = kPhases;
  bool details = false;
  for (int i = first + 2; i < argc; ++i) {
    const std::string text = argv[i];
    if (text.rfind("active=", 0) == 0)
      setting.active = std::stoi(text.substr(7));
    else if (text.rfind("seed=", 0) == 0)
      setting.seed = static_cast<std::uint64_t>(std::stoi(text.substr(5)));
    else if (text.rfind("phases=", 0) == 0)
      phases = std::stoi(text.substr(7));
    else if (text.rfind("details=", 0) == 0)
      details = text.substr(8) != "0";
    else
      throw std::invalid_argument("unknown argument " + text);
  }
  if (setting.active < 2 || setting.active > 16) throw std::invalid_argument("active 2..16");
  if (phases < 1 || phases > 1000) throw std::invalid_argument("phases 1..1000");
  if (figures)
    print_figures(setting);
  else
    print_table(setting, phases);
  if (details) print_details(setting);
  return 0;
} catch (const models::ConfigError& error) {
  for (const std::string& line : error.messages()) fmt::print(stderr, "{}\n", line);
  return 3;
} catch (const std::exception& error) {
  fmt::print(stderr, "cycle_stream: {}\n", error.what());
  return 2;
}

// SPDX-License-Identifier: Apache-2.0
#include "host/report/layers_csv.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>

#include "host/report/csv.hpp"

namespace edgemoe::host {
namespace {

bool is_block_name(const std::string& word) {
  return word.size() >= 3 && word[0] == 'l' &&
         std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string joined(const std::vector<std::string>& words, const char* separator) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : separator) + word;
  return text;
}

std::string command_line(const RunRecord& run, const CommandRecord& command) {
  std::uint64_t stalled = 0, most = 0;
  std::string main_reason;
  for (const auto& [reason, cycles] : command.stall) {
    stalled += cycles;
    if (cycles > most) {
      most = cycles;
      main_reason = reason;
    }
  }
  const CommandParts parts = split_command_name(command.name);
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{},{},{}\n", csv_field(run.image),
                     csv_field(joined(run.tasks, " ")), parts.layer, csv_field(parts.part),
                     csv_field(command.task), command.unit, command.begin, command.end,
                     command.end - command.begin, command.macs ? std::to_string(*command.macs) : "",
                     command.bytes, stalled, csv_field(main_reason));
}

}  // namespace

CommandParts split_command_name(const std::string& name) {
  CommandParts parts{"-", ""};
  std::istringstream words(name);
  for (std::string word; std::getline(words, word, '.');) {
    if (parts.layer == "-" && is_block_name(word)) {
      const std::size_t digits = std::min(word.find_first_not_of('0', 1), word.size() - 1);
      parts.layer = word.substr(digits);
    } else {
      parts.part += (parts.part.empty() ? "" : ".") + word;
    }
  }
  return parts;
}

std::string layers_csv(const Report& report) {
  std::string text =
      "image,tasks,layer,part,task,unit,begin,end,cycles,macs,bytes,stall_cycles,main_stall\n";
  const auto add = [&text](const std::vector<RunRecord>& runs) {
    for (const RunRecord& run : runs) {
      if (!run.commands) continue;
      for (const CommandRecord& command : *run.commands) text += command_line(run, command);
    }
  };
  add(report.runs);
  if (report.stream) add(report.stream->programs);
  return text;
}

}  // namespace edgemoe::host

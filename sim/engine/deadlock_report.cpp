// SPDX-License-Identifier: Apache-2.0
#include "sim/engine/errors.hpp"
#include "sim/engine/kernel.hpp"

namespace edgemoe::sim {
namespace {

std::string sentence(const BlockedProcess& process) {
  std::string text = "\n  " + process.process + (process.service ? " (service)" : "") +
                     ": since cycle " + std::to_string(process.since) + ", " + process.reason;
  if (process.channel.empty()) {
    text += ", until a time that it computed or another process wakes it";
  } else {
    text += ", on " + process.detail;
  }
  if (!process.wants.empty()) text += "; waits for " + process.wants;
  return text;
}

}  // namespace

std::string describe_stuck(const std::string& headline,
                           const std::vector<BlockedProcess>& blocked) {
  std::string text = headline;
  for (const BlockedProcess& process : blocked) text += sentence(process);
  return text;
}

}  // namespace edgemoe::sim

// SPDX-License-Identifier: Apache-2.0
/// How a simulation can end other than well.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "sim/engine/types.hpp"

namespace edgemoe::sim {

/// One process that had not finished when the simulation could not go on.
struct BlockedProcess {
  std::string process;
  std::string reason;   ///< the stall reason that the unit named
  std::string channel;  ///< name of what it waits on; empty: it waits for a time
  std::string wants;    ///< e.g. "5 or more, sees 3"
  std::string detail;   ///< Channel::describe()
  Cycle since = 0;      ///< blocked since this cycle
  bool service = false;
};

/// The report of a deadlock or a time-out; what() holds it in words, one line per blocked process.
class StuckError : public std::runtime_error {
 public:
  StuckError(const std::string& text, Cycle at, std::vector<BlockedProcess> blocked)
      : std::runtime_error(text), at_(at), blocked_(std::move(blocked)) {}
  Cycle at() const { return at_; }
  const std::vector<BlockedProcess>& blocked() const { return blocked_; }

 private:
  Cycle at_;
  std::vector<BlockedProcess> blocked_;
};

/// Nothing can ever happen again and a main process has not finished.
class DeadlockError : public StuckError {
  using StuckError::StuckError;
};

/// The cycle limit was reached.
class TimeoutError : public StuckError {
  using StuckError::StuckError;
};

}  // namespace edgemoe::sim

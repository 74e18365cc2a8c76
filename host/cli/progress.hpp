// SPDX-License-Identifier: Apache-2.0
/// One line of progress on standard error, on terminals only.
#pragma once

#include <string>

#include "host/run/session.hpp"

namespace edgemoe::host {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();  ///< removes the line
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const ProgressStep& step);
  /// A remark that stays, also without a terminal.
  void note(const std::string& text);
  bool terminal() const { return terminal_; }

 private:
  void clear();
  bool terminal_ = false;
  bool shown_ = false;
};

}  // namespace edgemoe::host

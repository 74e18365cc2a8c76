// SPDX-License-Identifier: Apache-2.0
#include "host/cli/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace edgemoe::host {

ProgressLine::ProgressLine() : terminal_(isatty(STDERR_FILENO) != 0) {}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::clear() {
  if (!shown_) return;
  std::fputs("\r\033[K", stderr);
  shown_ = false;
}

void ProgressLine::show(const ProgressStep& step) {
  if (!terminal_) return;
  constexpr int kWidth = 24;
  const auto filled = static_cast<int>(kWidth * step.done / std::max<std::size_t>(step.total, 1));
  const std::string bar = std::string(static_cast<std::size_t>(filled), '#') +
                          std::string(static_cast<std::size_t>(kWidth - filled), '.');
  std::fprintf(stderr, "\r\033[K[%s] %zu of %zu  %.60s", bar.c_str(), step.done, step.total,
               step.what.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::note(const std::string& text) {
  clear();
  std::fprintf(stderr, "edgemoe: note: %s\n", text.c_str());
}

}  // namespace edgemoe::host

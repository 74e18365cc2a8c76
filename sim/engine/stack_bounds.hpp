// SPDX-License-Identifier: Apache-2.0
/// Private to sim/engine: tells AddressSanitizer whose stack runs.
///
/// SystemC switches between stacks without telling it, and an exception on a stack that it does not
/// know leaves stale red zones, that is, false reports. Everything here is empty in other builds.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#include <pthread.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace edgemoe::sim {

/// Stack of a process; asked for explicitly so that its bounds are known.
constexpr std::size_t kProcessStackBytes = 512 * 1024;

#if defined(__SANITIZE_ADDRESS__)

class StackBounds {
 public:
  /// The part of a process's stack below the frame at `frame`.
  void set_below(const void* frame) {
    bottom_ = static_cast<const char*>(frame) - kProcessStackBytes;
    bytes_ = kProcessStackBytes;
  }
  /// The stack of the thread that calls.
  void set_native() {
    pthread_attr_t attributes;
    void* bottom = nullptr;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;
    pthread_attr_getstack(&attributes, &bottom, &bytes_);
    pthread_attr_destroy(&attributes);
    bottom_ = bottom;
  }
  /// To be called after control has come (back) to this stack.
  void enter() const {
    void* fake = nullptr;
    __sanitizer_start_switch_fiber(&fake, bottom_, bytes_);
    __sanitizer_finish_switch_fiber(fake, nullptr, nullptr);
  }

 private:
  const void* bottom_ = nullptr;
  std::size_t bytes_ = 0;
};

#else

class StackBounds {
 public:
  void set_below(const void*) {}
  void set_native() {}
  void enter() const {}
};

#endif

}  // namespace edgemoe::sim

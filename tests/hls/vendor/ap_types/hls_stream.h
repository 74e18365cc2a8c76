// SPDX-License-Identifier: Apache-2.0
/// A stand-in for the vendor's hls_stream.h, written for these tests from its documented interface
/// (UG1399, "HLS Stream Library"). See ap_int.h beside it. A stream is unbounded; reading an empty
/// one gives a default value.
#pragma once

#include <deque>
#include <string>

namespace hls {

template <typename T>
class stream {
 public:
  stream() = default;
  explicit stream(const std::string& name) : name_(name) {}
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;

  bool empty() { return values_.empty(); }
  void write(const T& value) { values_.push_back(value); }
  T read() {
    if (values_.empty()) return T();
    const T value = values_.front();
    values_.pop_front();
    return value;
  }

 private:
  std::string name_;
  std::deque<T> values_;
};

}  // namespace hls

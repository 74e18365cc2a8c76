// SPDX-License-Identifier: Apache-2.0
/// Stream: a bounded, named FIFO between two stages of a kernel.
///
/// Synthesis: the vendor's stream of the same depth. With vendor types under g++: the vendor's
///            stream, and the checks below.
/// Under g++: reading an empty or writing a full stream throws StreamError with the stream's name,
///           where the vendor's own simulation only warns and goes on with a default value. Stages
///           are called one after another, so a depth that is too small for a stage's burst shows
///           at once.
/// Leftovers: expect_drained() throws when values were never read; kernels call it where a stream
///           ends.
#pragma once

#include "hls/support/vendor.hpp"

#if EDGEMOE_VENDOR_TYPES
#include <hls_stream.h>
#endif
#if !EDGEMOE_SYNTHESIS
#include <stdexcept>
#endif

namespace edgemoe {
namespace hls {

#if !EDGEMOE_SYNTHESIS
/// What a stream does wrong in software where hardware would hang.
class StreamError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Throws StreamError: `stream "name": what`.
[[noreturn]] void throw_stream_error(const char* name, const char* what);
#endif

#if EDGEMOE_SYNTHESIS
template <typename T, int Depth>
class Stream {
 public:
  explicit Stream(const char* name)
      : stream_(name){
#pragma HLS inline
#pragma HLS stream variable = stream_ depth = Depth
        } T read() {
#pragma HLS inline
    return stream_.read();
  }
  void write(const T& value) {
#pragma HLS inline
    stream_.write(value);
  }
  void expect_drained() const {}

 private:
  ::hls::stream<T> stream_;
};
#elif EDGEMOE_VENDOR_TYPES
/// The vendor's stream with the checks of our own.
template <typename T, int Depth>
class Stream {
  static_assert(Depth >= 1, "a stream holds at least one value");

 public:
  explicit Stream(const char* name) : name_(name), stream_(name) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  T read() {
    if (stream_.empty()) throw_stream_error(name_, "read while empty");
    --fill_;
    return stream_.read();
  }
  void write(const T& value) {
    if (fill_ == Depth) throw_stream_error(name_, "written while full");
    ++fill_;
    stream_.write(value);
  }
  void expect_drained() const {
    if (fill_ != 0) throw_stream_error(name_, "ended with values that nobody read");
  }

 private:
  const char* name_;
  int fill_ = 0;
  ::hls::stream<T> stream_;
};
#else
template <typename T, int Depth>
class Stream {
  static_assert(Depth >= 1, "a stream holds at least one value");

 public:
  explicit Stream(const char* name) : name_(name) {}
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  T read() {
    if (fill_ == 0) throw_stream_error(name_, "read while empty");
    const int at = head_;
    head_ = (head_ + 1) % Depth;
    --fill_;
    return values_[at];
  }
  void write(const T& value) {
    if (fill_ == Depth) throw_stream_error(name_, "written while full");
    values_[(head_ + fill_) % Depth] = value;
    ++fill_;
  }
  void expect_drained() const {
    if (fill_ != 0) throw_stream_error(name_, "ended with values that nobody read");
  }

 private:
  const char* name_;
  int head_ = 0;
  int fill_ = 0;
  T values_[Depth] = {};
};
#endif

}  // namespace hls
}  // namespace edgemoe

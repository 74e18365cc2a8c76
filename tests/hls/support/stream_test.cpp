// SPDX-License-Identifier: Apache-2.0
#include "hls/support/stream.hpp"

#include <gtest/gtest.h>

#include <string>

namespace edgemoe::hls {
namespace {

template <typename Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const StreamError& error) {
    return error.what();
  }
  return "";
}

TEST(Stream, KeepsOrderAroundItsEnd) {
  Stream<int, 3> stream("ring");
  for (int i = 0; i < 10; ++i) {
    stream.write(i);
    stream.write(100 + i);
    EXPECT_EQ(stream.read(), i);
    EXPECT_EQ(stream.read(), 100 + i);
  }
  stream.expect_drained();
}

TEST(Stream, ReadingEmptyThrowsItsName) {
  Stream<int, 2> stream("scores");
  EXPECT_EQ(message_of([&] { stream.read(); }), "stream \"scores\": read while empty");
  stream.write(1);
  stream.read();
  EXPECT_THROW(stream.read(), StreamError);
}

TEST(Stream, WritingBeyondItsDepthThrowsItsName) {
  Stream<int, 1> stream("weights");
  stream.write(7);
  EXPECT_EQ(message_of([&] { stream.write(8); }), "stream \"weights\": written while full");
  EXPECT_EQ(stream.read(), 7);
}

TEST(Stream, LeftoversAreReported) {
  Stream<int, 2> stream("queue");
  stream.write(1);
  EXPECT_EQ(message_of([&] { stream.expect_drained(); }),
            "stream \"queue\": ended with values that nobody read");
}

}  // namespace
}  // namespace edgemoe::hls

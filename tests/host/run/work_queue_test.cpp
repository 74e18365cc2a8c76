// SPDX-License-Identifier: Apache-2.0
// Each piece of work is done once, begun in order, and nothing is begun after a failure.
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "host/run/work_queue.hpp"

namespace edgemoe::host {
namespace {

TEST(WorkQueue, EachPieceIsBegunInOrderAndDoneOnce) {
  for (const std::size_t threads : {0u, 1u, 3u, 9u}) {
    std::vector<std::size_t> begun;
    std::vector<std::atomic<int>> done(5);
    run_queue(5, threads, [&](std::size_t n) { begun.push_back(n); },
              [&](std::size_t n) { ++done[n]; });
    EXPECT_EQ(begun, (std::vector<std::size_t>{0, 1, 2, 3, 4}));
    for (const std::atomic<int>& count : done) EXPECT_EQ(count, 1);
  }
}

TEST(WorkQueue, NoPiecesIsNoWork) {
  run_queue(0, 4, [](std::size_t) { FAIL(); }, [](std::size_t) { FAIL(); });
}

TEST(WorkQueue, AFailureEndsTheQueueAndIsThrownAgain) {
  std::size_t begun = 0;
  const auto work = [](std::size_t n) {
    if (n == 1) throw std::runtime_error("piece 1");
  };
  EXPECT_THROW(run_queue(100, 1, [&](std::size_t) { ++begun; }, work), std::runtime_error);
  EXPECT_EQ(begun, 2u);
  EXPECT_THROW(run_queue(3, 3, [](std::size_t) {}, work), std::runtime_error);
}

}  // namespace
}  // namespace edgemoe::host

// SPDX-License-Identifier: Apache-2.0
// The published order of experts is that of plan_experts (sim/units): prefetched active ones in
// list order, then by descending length, ties by index; and it is there in time.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "Vorder16.h"
#include "Vorder8.h"
#include "rtl/harness/bits.hpp"
#include "sim/units/expert_order.hpp"

namespace edgemoe::rtl {
namespace {

program::RoutingTrace routing_of(const std::vector<int>& lengths) {
  program::SegmentRouting segment;
  segment.top_k = 1;
  for (std::size_t e = 0; e < lengths.size(); ++e) {
    for (int i = 0; i < lengths[e]; ++i)
      segment.choices.push_back({static_cast<std::uint16_t>(e), 0, false});
  }
  segment.tokens = static_cast<std::uint16_t>(segment.choices.size());
  return {{segment}};
}

sim::ExpertPlan planned(const std::vector<int>& lengths, const std::vector<int>& list) {
  program::Command experts, prefetch;
  prefetch.list_count = static_cast<std::uint8_t>(list.size());
  for (std::size_t i = 0; i < list.size(); ++i)
    prefetch.expert_list[i] = static_cast<std::uint8_t>(list[i]);
  return sim::plan_experts(experts, static_cast<int>(lengths.size()),
                           list.empty() ? nullptr : &prefetch, routing_of(lengths),
                           models::DesignConfig{});
}

template <typename Model>
class Bench {
 public:
  Bench() {
    model_.rst_ni = 0;
    model_.begin_i = 0;
    clock_cycle(model_);
    model_.rst_ni = 1;
  }

  void expect_order(const std::vector<int>& lengths, const std::vector<int>& list) {
    const int count = static_cast<int>(lengths.size());
    for (int e = 0; e < count; ++e)
      put_bits(model_.lengths_i, static_cast<std::size_t>(e * 9), 9,
               lengths[static_cast<std::size_t>(e)]);
    model_.list_count_i = static_cast<CData>(list.size());
    for (std::size_t i = 0; i < list.size(); ++i) put_bits(model_.list_i, 8 * i, 8, list[i]);
    model_.begin_i = 1;
    clock_cycle(model_);
    model_.begin_i = 0;
    int cycles = 1;
    for (; cycles < 64 && model_.ready_o == 0; ++cycles) clock_cycle(model_);
    EXPECT_LE(cycles, count + 2);
    compare(planned(lengths, list), count);
  }

 private:
  void compare(const sim::ExpertPlan& plan, int count) {
    const int width = count == 16 ? 4 : 3;
    ASSERT_EQ(model_.exec_count_o, plan.execution.size());
    ASSERT_EQ(model_.rest_count_o, plan.rest.size());
    for (std::size_t i = 0; i < plan.execution.size(); ++i) {
      EXPECT_EQ(get_bits(model_.exec_list_o, i * static_cast<std::size_t>(width), width),
                static_cast<std::uint64_t>(plan.execution[i].expert));
    }
    for (std::size_t i = 0; i < plan.rest.size(); ++i) {
      EXPECT_EQ(get_bits(model_.rest_list_o, i * static_cast<std::size_t>(width), width),
                static_cast<std::uint64_t>(plan.rest[i].expert));
    }
    for (int e = 0; e < count; ++e)
      EXPECT_EQ((model_.active_o >> e) & 1, plan.active(e) ? 1 : 0) << "expert " << e;
  }

  Model model_;
};

template <typename Model>
void random_orders(int experts, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto pick = [&](int n) { return std::uniform_int_distribution<int>(0, n)(random); };
  Bench<Model> bench;
  for (int i = 0; i < 400; ++i) {
    std::vector<int> lengths(static_cast<std::size_t>(experts));
    const int most = i % 3 == 0 ? 2 : 20;  // few lengths: many ties
    for (int& length : lengths) length = pick(2) == 0 ? 0 : pick(most);
    std::vector<int> list(static_cast<std::size_t>(experts));
    std::iota(list.begin(), list.end(), 0);
    std::shuffle(list.begin(), list.end(), random);
    list.resize(static_cast<std::size_t>(pick(experts)));
    bench.expect_order(lengths, list);
  }
}

TEST(ExpertOrder, RandomQueuesAndLists) {
  random_orders<Vorder16>(16, 3);
  random_orders<Vorder8>(8, 4);
}

TEST(ExpertOrder, NobodyEverybodyAndAllTokensInOne) {
  Bench<Vorder16> bench;
  std::vector<int> all(16);
  std::iota(all.begin(), all.end(), 0);
  bench.expect_order(std::vector<int>(16, 0), {});
  bench.expect_order(std::vector<int>(16, 0), all);
  bench.expect_order(std::vector<int>(16, 7), {});
  bench.expect_order(std::vector<int>(16, 7), all);
  std::vector<int> one(16, 0);
  one[15] = 272;
  bench.expect_order(one, {});
  bench.expect_order(one, {3, 15, 0});
}

}  // namespace
}  // namespace edgemoe::rtl

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "hls/kernels/attention.hpp"
#include "tests/hls/golden.hpp"
#include "tests/hls/kernels/fixture.hpp"

namespace edgemoe::hls {
namespace {

using testing::golden_cases;
using Json = nlohmann::json;

/// Keys of the case that are valid; the kernel attends to every key it is given.
std::vector<int> valid_keys(const Json& in) {
  std::vector<int> keys;
  for (std::size_t k = 0; k < in.at("valid").size(); ++k) {
    if (in.at("valid")[k].get<bool>()) keys.push_back(static_cast<int>(k));
  }
  return keys;
}

/// Rows of one head: every row asks the same query, so that more queries than keys need no extra
/// rows.
void fill(const Json& in, const Json& query, const std::vector<int>& keys, int dim,
          testing::Tokens& tokens) {
  for (std::size_t t = 0; t < keys.size(); ++t) {
    for (int j = 0; j < dim; ++j) {
      tokens.qkv[t][j] = query[j].get<std::int8_t>();
      tokens.qkv[t][dim + j] = in.at("k")[keys[t]][j].get<std::int8_t>();
      tokens.qkv[t][2 * dim + j] = in.at("v")[keys[t]][j].get<std::int8_t>();
    }
  }
}

TEST(KernelGolden, AttentionMatchesForEveryQuery) {
  const auto tokens = testing::make_tokens();
  for (const Json& c : golden_cases("attention")) {
    const Json& in = c.at("in");
    const std::vector<int> keys = valid_keys(in);
    const int dim = static_cast<int>(in.at("q")[0].size());
    const AttentionJob job{RowSet{0, static_cast<int>(keys.size()), 1, 0},
                           1,
                           dim,
                           in.at("score_mult").get<std::uint16_t>(),
                           in.at("score_shift").get<std::uint8_t>(),
                           in.at("out_mult").get<std::uint16_t>(),
                           in.at("r1").get<std::uint8_t>(),
                           in.at("r2").get<std::uint8_t>()};
    for (std::size_t q = 0; q < in.at("q").size(); ++q) {
      fill(in, in.at("q")[q], keys, dim, *tokens);
      Counters counters;
      attention(job, *tokens, counters);
      for (std::size_t t = 0; t < keys.size(); ++t) {
        for (int j = 0; j < dim; ++j) {
          ASSERT_EQ(tokens->attention_out[t][j], c.at("out").at("out")[q][j].get<int>())
              << "query " << q << " row " << t << " dim " << j << " of " << c;
        }
      }
    }
  }
}

}  // namespace
}  // namespace edgemoe::hls

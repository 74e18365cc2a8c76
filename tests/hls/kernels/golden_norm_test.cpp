// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "hls/kernels/layer_norm.hpp"
#include "tests/hls/golden.hpp"
#include "tests/hls/kernels/fixture.hpp"

namespace edgemoe::hls {
namespace {

using testing::golden_cases;
using Json = nlohmann::json;

NormJob job_of(const Json& in) {
  NormJob job = {};
  job.rows = RowSet{0, 1, 1, 0};
  job.dim = static_cast<int>(in.at("x").size());
  job.inv_d = in.at("inv_d").get<std::int64_t>();
  job.sqrt_d = in.at("sqrt_d").get<std::int64_t>();
  job.eps_acc = in.at("eps_acc").get<std::uint64_t>();
  job.gamma_frac = in.at("gamma_frac").get<int>();
  job.low_plane = true;
  return job;
}

TEST(KernelGolden, LayerNormMatchesOnBothPlanesAndTheScale) {
  const auto tokens = testing::make_tokens();
  for (const Json& c : golden_cases("layer_norm")) {
    const Json& in = c.at("in");
    const NormJob job = job_of(in);
    std::vector<std::uint8_t> memory(program::param_rows(job.dim) *
                                     std::size_t{program::kRowBytes});
    for (int d = 0; d < job.dim; ++d) {
      program::put_norm(memory.data(), d,
                        {in.at("gamma")[d].get<int>(), in.at("beta")[d].get<int>()});
      tokens->residual[0][d] = in.at("x")[d].get<int>();
    }
    layer_norm(testing::to_words(memory).data(), job, *tokens);
    EXPECT_EQ(tokens->norm_scale[0], c.at("out").at("scale").get<std::uint32_t>()) << c;
    for (int d = 0; d < job.dim; ++d) {
      ASSERT_EQ(tokens->norm_out[0][d], c.at("out").at("z8")[d].get<int>()) << d << " of " << c;
      ASSERT_EQ(tokens->norm_low[0][d], c.at("out").at("lo")[d].get<int>()) << d << " of " << c;
    }
  }
}

}  // namespace
}  // namespace edgemoe::hls

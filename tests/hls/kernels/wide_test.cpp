// SPDX-License-Identifier: Apache-2.0
// The kernels in w16a16 and w16a32 against their definitions, written here a second time with
// 128-bit integers (linear, gate) or in double precision (LayerNorm, attention).
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <memory>
#include <vector>

#include "hls/kernels/attention.hpp"
#include "hls/kernels/gate.hpp"
#include "hls/kernels/layer_norm.hpp"
#include "hls/kernels/linear.hpp"
#include "tests/hls/kernels/fixture.hpp"
#include "tests/hls/kernels/random_values.hpp"

namespace edgemoe::hls {
namespace {

using testing::Random;
using testing::uniform;
using Wide = __int128;

template <typename Format>
using Tokens = TokenMemory<Format, SimulationLimits>;

template <typename Format>
std::unique_ptr<Tokens<Format>, void (*)(void*)> make_tokens() {
  return {static_cast<Tokens<Format>*>(std::calloc(1, sizeof(Tokens<Format>))), &std::free};
}

struct WideMatrix {
  int out, in;
  std::vector<std::int16_t> weights;
  std::vector<testing::ChannelValue> channels;
};

WideMatrix random_wide(Random& random, int out, int in, int highest_multiplier) {
  WideMatrix m{out, in, {}, {}};
  for (int i = 0; i < out * in; ++i) {
    m.weights.push_back(static_cast<std::int16_t>(uniform(random, -32768, 32767)));
  }
  for (int n = 0; n < out; ++n) {
    m.channels.push_back({static_cast<std::int32_t>(uniform(random, -2000000, 2000000)),
                          static_cast<std::uint16_t>(1 << uniform(random, 0, highest_multiplier))});
  }
  return m;
}

std::vector<Word> pack(const WideMatrix& m) {
  const std::size_t params = program::param_rows(m.out) * std::size_t{program::kRowBytes};
  std::vector<std::uint8_t> image(params +
                                  program::tile_rows(m.out, m.in, program::Precision::kW16A16) *
                                      std::size_t{program::kRowBytes});
  for (int n = 0; n < m.out; ++n) {
    program::put_channel(image.data(), n, {m.channels[n].bias, m.channels[n].multiplier});
  }
  program::pack_wide_matrix(m.weights.data(), m.out, m.in, image.data() + params);
  return testing::to_words(image);
}

template <typename Row>
Wide dot(const WideMatrix& m, int n, const Row& row) {
  Wide sum = 0;
  for (int i = 0; i < m.in; ++i) sum += static_cast<Wide>(m.weights[n * m.in + i]) * row[i];
  return sum;
}

Wide floor_shift(Wide x, int shift) { return x >> shift; }
Wide wrap(Wide x) { return static_cast<std::int32_t>(static_cast<std::uint32_t>(x)); }

LinearJob job_of(const WideMatrix& m, const RowSet& rows, LinearPost post) {
  LinearJob job = {};
  job.matrix = MatrixRef{0, static_cast<int>(program::param_rows(m.out)), m.in, m.out};
  job.rows = rows;
  job.source = OperandSource::kNormOut;
  job.scale = TokenScale::kUnity;
  job.post = post;
  return job;
}

TEST(WideLinear, W16A16RoundsOnceAfterExactSums) {
  Random random(5);
  for (const int in : {1, 16, 47, 768}) {
    const auto tokens = make_tokens<W16A16>();
    const WideMatrix m = random_wide(random, 35, in, 4);
    const RowSet rows{0, 9, 1, 0};
    for (int t = 0; t < rows.tokens; ++t) {
      for (int d = 0; d < in; ++d) {
        tokens->norm_out[t][d] = static_cast<std::int16_t>(uniform(random, -32767, 32767));
      }
    }
    LinearJob job = job_of(m, rows, LinearPost::kSigned);
    job.requant.r2 = 16 + 24;
    job.requant.bias_shift = 7;
    std::vector<Word> memory = pack(m);
    Counters counters;
    linear(memory.data(), job, *tokens, counters);
    for (int t = 0; t < rows.tokens; ++t) {
      for (int n = 0; n < m.out; ++n) {
        const Wide sum = dot(m, n, tokens->norm_out[t]) * m.channels[n].multiplier +
                         (static_cast<Wide>(m.channels[n].bias) << 7);
        const Wide value = floor_shift(sum + (1 << 23), 24);
        const Wide clipped = value > 32767 ? 32767 : (value < -32767 ? -32767 : value);
        ASSERT_EQ(tokens->qkv[t][n], static_cast<std::int64_t>(clipped)) << t << ", " << n;
      }
    }
    EXPECT_EQ(counters.accumulator_saturations, 0u);
  }
}

TEST(WideLinear, W16A32TruncatesAndWraps) {
  Random random(6);
  const auto tokens = make_tokens<W16A32>();
  const WideMatrix m = random_wide(random, 33, 80, 0);
  const RowSet rows{0, 5, 2, 8};
  std::uint64_t wrapped = 0;
  for (int r = 0; r < 16; ++r) {
    for (int d = 0; d < m.in; ++d) {
      tokens->norm_out[r][d] = static_cast<std::int32_t>(uniform(random, INT32_MIN, INT32_MAX));
    }
  }
  LinearJob job = job_of(m, rows, LinearPost::kSigned);
  job.requant.r1 = 14;
  job.requant.r2 = 16;
  job.requant.bias_shift = 20;
  std::vector<Word> memory = pack(m);
  Counters counters;
  linear(memory.data(), job, *tokens, counters);
  for (int g = 0; g < 2; ++g) {
    for (int t = 0; t < rows.tokens; ++t) {
      const int row = row_of(rows, g, t);
      for (int n = 0; n < m.out; ++n) {
        const Wide sum =
            dot(m, n, tokens->norm_out[row]) + (static_cast<Wide>(m.channels[n].bias) << 20);
        const Wide exact = floor_shift(sum, 14);
        wrapped += wrap(exact) != exact ? 1 : 0;
        ASSERT_EQ(tokens->qkv[row][n], static_cast<std::int64_t>(wrap(exact)));
      }
    }
  }
  EXPECT_GT(wrapped, 0u) << "the values are meant to leave the format";
  EXPECT_EQ(counters.accumulator_saturations, wrapped);
}

TEST(WideLinear, ScoresMultiplySumAndBias) {
  Random random(7);
  const auto tokens = make_tokens<W16A32>();
  const WideMatrix m = random_wide(random, 16, 16, 0);
  tokens->queue_length[3] = 1;
  tokens->queue[3][0] = QueueEntry{2, 40000};
  for (int d = 0; d < m.in; ++d) {
    tokens->hidden[0][d] = static_cast<std::int32_t>(uniform(random, -1 << 22, 1 << 22));
  }
  LinearJob job = job_of(m, RowSet{0, 1, 1, 0}, LinearPost::kResidualAdd);
  job.source = OperandSource::kHidden;
  job.scale = TokenScale::kQueueScore;
  job.expert = 3;
  job.requant.r1 = 14;
  job.requant.r2 = 16;
  std::vector<Word> memory = pack(m);
  Counters counters;
  linear(memory.data(), job, *tokens, counters);
  for (int n = 0; n < m.out; ++n) {
    const Wide u = wrap(floor_shift(dot(m, n, tokens->hidden[0]) + m.channels[n].bias, 14));
    ASSERT_EQ(tokens->residual[2][n], static_cast<std::int64_t>(floor_shift(u * 40000, 16)));
  }
}

TEST(WideGate, IsOneMatrixOfExpertsWithTheFormatsLogits) {
  Random random(8);
  const auto small = make_tokens<W16A16>();
  const auto published = make_tokens<W16A32>();
  const WideMatrix m = random_wide(random, 5, 40, 0);
  std::vector<Word> memory = pack(m);
  const MatrixRef matrix{0, static_cast<int>(program::param_rows(m.out)), m.in, m.out};
  for (int d = 0; d < m.in; ++d) {
    small->norm_out[0][d] = static_cast<std::int16_t>(uniform(random, -32767, 32767));
    published->norm_out[0][d] = static_cast<std::int32_t>(uniform(random, -1 << 24, 1 << 24));
  }
  small->norm_scale[0] = 65536;
  Counters counters;
  gate(memory.data(), GateJob{matrix, 0, 1, 5, 20}, *small, counters);
  gate(memory.data(), GateJob{matrix, 0, 1, 5, 14}, *published, counters);
  for (int e = 0; e < 5; ++e) {
    const Wide rounded = floor_shift(dot(m, e, small->norm_out[0]) * 65536 + (1 << 19), 20);
    const Wide logit = rounded + m.channels[e].bias;
    const Wide largest = INT32_MAX, lowest = INT32_MIN;
    const Wide kept = logit > largest ? largest : (logit < lowest ? lowest : logit);
    EXPECT_EQ(small->logits[0][e], static_cast<std::int64_t>(kept));
    const Wide exact = floor_shift(dot(m, e, published->norm_out[0]), 14) + m.channels[e].bias;
    EXPECT_EQ(published->logits[0][e], static_cast<std::int64_t>(wrap(exact)));
  }
}

/// Largest error of a normalised row against double precision, in real units.
template <typename Format>
double norm_error(int dim, double residual_step, int gamma_frac, double beta_step, double z_step,
                  int output_shift) {
  Random random(9);
  const auto tokens = make_tokens<Format>();
  std::vector<std::uint8_t> memory(program::param_rows(dim) * std::size_t{program::kRowBytes});
  std::vector<double> x(dim), gamma(dim), beta(dim);
  for (int d = 0; d < dim; ++d) {
    const auto value = static_cast<std::int32_t>(uniform(random, -200000, 200000) * 16);
    const auto g = static_cast<std::int32_t>(uniform(random, -1000, 3000));
    const auto b = static_cast<std::int32_t>(uniform(random, -30000, 30000));
    tokens->residual[0][d] = value;
    program::put_norm(memory.data(), d, {g, b});
    x[d] = value * residual_step;
    gamma[d] = std::ldexp(g, -gamma_frac);
    beta[d] = b * beta_step;
  }
  const NormJob job{RowSet{0, 1, 1, 0},
                    dim,
                    0,
                    std::llround(4294967296.0 / dim),
                    std::llround(std::sqrt(dim) * 4096.0),
                    static_cast<std::uint64_t>(std::llround(1e-6 * 4294967296.0 * dim)),
                    gamma_frac,
                    false,
                    output_shift};
  std::vector<Word> words = testing::to_words(memory);
  layer_norm(words.data(), job, *tokens);
  double mean = 0.0, variance = 0.0, worst = 0.0;
  for (const double v : x) mean += v / dim;
  for (const double v : x) variance += (v - mean) * (v - mean) / dim;
  for (int d = 0; d < dim; ++d) {
    const double exact = (x[d] - mean) / std::sqrt(variance + 1e-6) * gamma[d] + beta[d];
    worst = std::max(worst, std::fabs(tokens->norm_out[0][d] * z_step - exact));
  }
  EXPECT_EQ(tokens->norm_scale[0], 65536u);
  return worst;
}

TEST(WideNorm, IsWithinAStepOfTheExactFunction) {
  for (const int dim : {2, 33, 192, 768}) {
    const double coarse = std::ldexp(1.0, -12);
    EXPECT_LT(norm_error<W16A16>(dim, std::ldexp(1.0, -16), 11, std::ldexp(1.0, -16), coarse, 4),
              0.52 * coarse + 6e-5);
    // 1/sigma carries 18 bits, everything else 22: a few times 2^-18 of a value of up to 3.
    const double fine = std::ldexp(1.0, -22);
    EXPECT_LT(norm_error<W16A32>(dim, fine, 11, fine, fine, 0), 6e-5);
  }
}

template <typename Format>
double attention_error(const AttentionJob& job, double in_step, double out_step,
                       std::int64_t limit) {
  Random random(10);
  const auto tokens = make_tokens<Format>();
  const int width = job.heads * job.head_dim, n = job.rows.tokens;
  for (int t = 0; t < n; ++t) {
    for (int j = 0; j < 3 * width; ++j) {
      tokens->qkv[t][j] = static_cast<typename Format::Signed>(uniform(random, -limit, limit));
    }
  }
  Counters counters;
  attention(job, *tokens, counters);
  double worst = 0.0;
  for (int h = 0; h < job.heads; ++h) {
    for (int t = 0; t < n; ++t) {
      std::vector<double> score(n);
      double top = -1e300, total = 0.0;
      for (int k = 0; k < n; ++k) {
        for (int i = 0; i < job.head_dim; ++i) {
          score[k] += in_step * in_step * tokens->qkv[t][h * job.head_dim + i] *
                      tokens->qkv[k][width + h * job.head_dim + i] / std::sqrt(job.head_dim);
        }
        top = std::max(top, score[k]);
      }
      for (double& s : score) total += s = std::exp(s - top);
      for (int i = 0; i < job.head_dim; ++i) {
        double exact = 0.0;
        for (int k = 0; k < n; ++k) {
          exact += score[k] / total * in_step * tokens->qkv[k][2 * width + h * job.head_dim + i];
        }
        const double got = tokens->attention_out[t][h * job.head_dim + i] * out_step;
        worst = std::max(worst, std::fabs(got - exact));
      }
    }
  }
  return worst;
}

TEST(WideAttention, IsCloseToTheExactSoftmax) {
  for (const int n : {1, 7, 129}) {
    // Values of up to 4: exponentials of 15 bits leave 4 * 129 * 2^-16 at the very worst.
    AttentionJob job = {};
    job.rows = RowSet{0, n, 1, 0};
    job.heads = 2;
    job.head_dim = 24;
    const double step = std::ldexp(1.0, -13);
    const double factor = step * step / std::sqrt(24.0) * 1.4426950408889634 * 4194304.0;
    job.score_shift = 17;
    job.score_mult = static_cast<std::uint16_t>(std::lround(std::ldexp(factor, 17)));
    job.r2 = 20;
    EXPECT_LT(attention_error<W16A16>(job, step, step, 32767), 1.5e-3) << n;
    const double fine = std::ldexp(1.0, -22);
    job.score_mult = static_cast<std::uint16_t>(std::lround(std::ldexp(1.0 / std::sqrt(24.0), 18)));
    job.score_shift = 18;
    EXPECT_LT(attention_error<W16A32>(job, fine, fine, 4 << 22), 3e-4) << n;
  }
}

}  // namespace
}  // namespace edgemoe::hls

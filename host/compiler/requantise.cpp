// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/requantise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "models/io/error.hpp"
#include "models/schema/error.hpp"

namespace edgemoe::host {
namespace {

constexpr int kMaxExponent = 61;          // keeps every shift and product within 63 bits
constexpr int kMaxR2 = 46;                // u * S_t has 44 bits: nothing is left beyond
constexpr int kMaxBiasShift = 30;         // b << bias_shift within 62 bits
constexpr double kLargestU = 67108863.0;  // 2^26 - 1
constexpr std::int64_t kAccumulatorLimit = std::int64_t{1} << 26;
constexpr double kLargestBias = 2147483647.0;

[[noreturn]] void fail_range(const std::string& name, const std::string& what) {
  throw models::DataError(fmt::format(
      "weights: error: {}: expected scales that the requantiser can express, got {}", name, what));
}

void check_accumulators(const RequantRequest& request) {
  for (std::size_t n = 0; n < request.bound.size(); ++n) {
    if (request.bound[n] < kAccumulatorLimit) continue;
    throw models::ConfigError({fmt::format(
        "error: accumulator: channel {} of {} can reach {}, the requantiser takes less than {} "
        "(2^26)",
        n, request.name, request.bound[n], kAccumulatorLimit)});
  }
}

/// Largest e with round(largest * 2^e) <= 65535.
int largest_exponent(const RequantRequest& request) {
  const double largest = *std::max_element(request.factor.begin(), request.factor.end());
  if (!std::isfinite(largest)) fail_range(request.name, "a scale that is not finite");
  if (largest <= 0) return 16;  // all channels are zero: any exponent serves
  int e = std::min(kMaxExponent, static_cast<int>(std::floor(std::log2(65535.0 / largest))));
  while (std::round(std::ldexp(largest, e)) > 65535) --e;
  if (e < 0) fail_range(request.name, fmt::format("a factor of {}", largest));
  return e;
}

double largest_u(const RequantRequest& request, const RequantPlan& plan, int e) {
  double largest = 0.0;
  for (std::size_t n = 0; n < request.bound.size(); ++n) {
    largest = std::max(largest, static_cast<double>(request.bound[n]) * plan.multiplier[n]);
  }
  if (request.bias_before_scale) largest += std::ldexp(request.bias_limit, e);
  return largest;
}

int smallest_bias_shift(const RequantRequest& request, int fraction) {
  int shift = 0;
  while (shift <= kMaxBiasShift &&
         std::ldexp(request.bias_limit, fraction - shift) > kLargestBias - 1) {
    ++shift;
  }
  if (shift > kMaxBiasShift) {
    fail_range(request.name, fmt::format("a bias of {} steps", request.bias_limit));
  }
  return shift;
}

}  // namespace

double RequantPlan::effective_factor(std::size_t channel) const {
  return std::ldexp(static_cast<double>(multiplier[channel]), -(shifts.r1 + shifts.r2));
}

std::int32_t RequantPlan::bias(double value) const {
  const int fraction = shifts.bias_before_scale ? shifts.r1 + shifts.r2 : shifts.r2;
  const double scaled = std::round(std::ldexp(value, fraction - shifts.bias_shift));
  return static_cast<std::int32_t>(std::clamp(scaled, -kLargestBias, kLargestBias));
}

RequantPlan plan_requant(const RequantRequest& request) {
  check_accumulators(request);
  RequantPlan plan;
  int e = largest_exponent(request);
  int r1 = 0;
  for (;; --e) {  // fewer bits of M where bias or r2 would not fit otherwise
    if (e < 0) fail_range(request.name, "results beyond every format");
    plan.multiplier.clear();
    for (const double factor : request.factor) {
      plan.multiplier.push_back(static_cast<std::uint16_t>(std::round(std::ldexp(factor, e))));
    }
    const double u = largest_u(request, plan, e);
    r1 = 0;
    while (std::ldexp(u, -r1) > kLargestU - 1) ++r1;
    if (r1 > e) fail_range(request.name, "results beyond every format");
    if (e - r1 <= kMaxR2) break;
  }
  plan.shifts.r1 = static_cast<std::uint8_t>(r1);
  plan.shifts.r2 = static_cast<std::uint8_t>(e - r1);
  plan.shifts.bias_before_scale = request.bias_before_scale;
  const int fraction = request.bias_before_scale ? e : e - r1;
  plan.shifts.bias_shift = static_cast<std::uint8_t>(smallest_bias_shift(request, fraction));
  return plan;
}

}  // namespace edgemoe::host

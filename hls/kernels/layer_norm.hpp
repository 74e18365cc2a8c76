// SPDX-License-Identifier: Apache-2.0
/// layer_norm: residual -> z8 with a scale per token, and the low plane for the gate.
///
/// Shapes:   rows x dim; gamma and beta come from the command's parameter rows, channel n at
///           record n.
/// Numbers:  hls/README.md "LayerNorm of one token" and what it says of the other formats; variance
///           in two passes, exact in 62 bits (w16a32: of the deviations' upper bits).
/// Requires: 2 <= dim <= Limits::kDim, eps_acc in [2^12, 2^61], inv_d = round(2^32 / dim),
///           gamma_frac <= 60 (hls/top checks): these keep every shift non-negative and every sum
///           within 64 bits.
/// Edges:    constant rows (variance 0) give o = beta; an all-zero result has S_t = 1.
#pragma once

#include "hls/kernels/token_memory.hpp"
#include "hls/kernels/weights.hpp"

namespace edgemoe {
namespace hls {

struct NormJob {
  RowSet rows;
  int dim;
  std::uint64_t params;  ///< address of the parameter rows
  Value<33> inv_d;
  Value<33> sqrt_d;
  std::uint64_t eps_acc;
  int gamma_frac;
  bool low_plane;
  int output_shift;  ///< w16a16: LSB 2^-16 to the static step of z
};

/// Gain and offset of every channel.
template <typename Limits>
struct NormGains {
  Int<32> gamma[Limits::kDim];
  Int<32> beta[Limits::kDim];
};

/// One token: writes 256 z8 + lo of `dim` values to z16 and returns S_t. In w16a16 and w16a32 what
/// is written is z itself, and the scale is unity.
template <typename Format, typename Limits>
UInt<17> normalise_token(const NormJob& job, const NormGains<Limits>& gains,
                         const Int<Format::kResidualBits> (&x)[Limits::kDim],
                         Int<32> (&z16)[Limits::kDim]);

template <typename Format, typename Limits>
void layer_norm(MemoryPort memory, const NormJob& job, TokenMemory<Format, Limits>& tokens);

}  // namespace hls
}  // namespace edgemoe

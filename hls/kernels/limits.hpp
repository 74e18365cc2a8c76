// SPDX-License-Identifier: Apache-2.0
/// Capacities of the on-chip buffers: compile-time sizes, against which hls/top checks every
/// command. Model dimensions are run-time fields; only these limits are fixed when an accelerator
/// is built.
#pragma once

namespace edgemoe {
namespace hls {

constexpr int kPatchSide = 16;
constexpr int kPatchPixels = 3 * kPatchSide * kPatchSide;  ///< inputs of the patch embedding

constexpr int larger(int a, int b) { return a > b ? a : b; }

/// Large enough for the published base model and for two tasks of a 480 x 640 frame;
/// heap-allocated.
struct SimulationLimits {
  static constexpr int kRows = 2560;        ///< token rows over all segments, or of a tile
  static constexpr int kKeys = 8192;        ///< keys of a tiled attention, a multiple of 16
  static constexpr int kQueueRows = 32768;  ///< tokens that can be routed, over all segments
  static constexpr int kDim = 768;          ///< D, a multiple of 16
  static constexpr int kHidden = 3072;      ///< MLP and expert hidden, a multiple of 16
  static constexpr int kHeadDim = 128;      ///< a multiple of 16
  static constexpr int kExperts = 256;      ///< a multiple of 16
  static constexpr int kImageWidth = 4096;  ///< pixels
  static constexpr int kTags = 65536;       ///< ring tags are below this
};

/// The ZCU102 build: two tasks of 129 tokens in rows of 136, M3ViT-tiny. Static in synthesis.
struct BoardLimits {
  static constexpr int kRows = 272;
  static constexpr int kKeys = 272;
  static constexpr int kQueueRows = 272;
  static constexpr int kDim = 192;
  static constexpr int kHidden = 768;
  static constexpr int kHeadDim = 64;
  static constexpr int kExperts = 32;
  static constexpr int kImageWidth = 1024;
  static constexpr int kTags = 1024;
};

/// Checks that tiles never straddle the end of a buffer's row.
template <typename Limits>
struct CheckedLimits {
  static_assert(Limits::kKeys % 16 == 0, "keys come in tiles");
  static_assert(Limits::kDim % 16 == 0, "a row of D values is a whole number of tiles");
  static_assert(Limits::kHidden % 16 == 0, "a hidden row is a whole number of tiles");
  static_assert(Limits::kHeadDim % 16 == 0, "a head is a whole number of tiles");
  static_assert(Limits::kExperts % 16 == 0, "gate outputs come in tiles");
  static_assert(Limits::kImageWidth % kPatchSide == 0, "an image row is a whole number of patches");
  static constexpr int kInputs = larger(kPatchPixels, larger(Limits::kDim, Limits::kHidden));
  static constexpr int kInBlocks = kInputs / 16;
};

}  // namespace hls
}  // namespace edgemoe

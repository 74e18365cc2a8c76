// SPDX-License-Identifier: Apache-2.0
/// One instruction of the accelerator: the contract of compiler, kernels, cycle engine and RTL.
///
/// Why:     model dimensions are run-time fields: one accelerator runs all models that fit.
/// Form:    128 bytes in memory, little-endian, offsets in fields.hpp; unused fields are 0.
/// Order:   commands lie in memory in `id` order 0, 1, 2, ...; executing them one by one in this
///          order is the meaning of a program (kernels). Units run concurrently: each takes its own
///          commands in order, and `wait`/`signal` say what must be finished before.
/// Rows:    a token buffer row is one token. Task t of a frame lives in rows t*segment_stride on; a
///          command over several segments repeats itself per segment. The class token comes last.
/// Groups:  token_lanes consecutive rows of a segment; group numbers run on over the segments.
/// Layout:  the fields are a table with aligned comments, out of reach of clang-format.
#pragma once

#include <cstdint>
// clang-format off
namespace edgemoe {
namespace program {

constexpr int kCommandBytes = 128;
constexpr int kRowBytes = 256;        ///< one DRAM row of the weight stream = one 16 x 16 int8 tile
constexpr int kTile = 16;
constexpr int kParamsPerRow = 32;     ///< int32 bias or gamma, then uint16 multiplier or int32 beta
constexpr int kMaxWaits = 3;
constexpr int kMaxCounters = 128;
constexpr int kMaxListedExperts = 16;
constexpr int kMaxTopK = 4;
constexpr int kUnityScale = 65536;    ///< S_t where the input scale is static

enum class Opcode : std::uint8_t {
  kEnd = 0,          ///< sequencer: all units are done when all earlier commands are
  kBarrier = 1,      ///< sequencer: only waits
  kLoadWeights = 2,  ///< loader: param_rows + rows rows from `address` into the ring under `tag`
  kPrefetchExperts = 3,  ///< loader: experts of expert_list of `tag`, before the gate has spoken
  kLoadExperts = 4,  ///< loader: active experts of `tag` that are not resident, in execution order
  kLoadPixels = 5,   ///< loader: uint8 image [3][height][width] -> pixel buffer [patch][3*16*16]
  kLoadTokens = 6,   ///< loader: int32 rows [tokens][out_dim] -> dst buffer (position table)
  kStoreTokens = 7,  ///< writer: residual -> address, int32 [segment][tokens][out_dim]
  kEmbed = 8,        ///< array: pixels x weights + position -> residual; class row: position
  kLinear = 9,       ///< array: src x weights -> dst through the requantiser
  kAttention = 10,   ///< array + softmax: Q, K, V -> attention output, per segment
  kGate = 11,        ///< array: two planes x two digits -> logits of segment `task_slot`
  kNorm = 12,        ///< norm unit: residual -> z8 (and the low plane), token scales
  kCopy = 13,        ///< norm unit: residual rows of segment 0 -> segments 1 .. segments-1
  kRoute = 14,       ///< router: logits of one segment -> queues
  kExperts = 15,     ///< array: every active expert over its queue, added to the residual
  // Token tiling (README.md "Tiled programs"):
  kSpill = 16,       ///< writer: rows of a tile -> records in DRAM; K and V as tiles
  kFill = 17,        ///< loader: records in DRAM -> rows of a tile
  kFence = 18,       ///< writer: ends when all earlier writes are in DRAM
  kStoreExperts = 19,  ///< writer: contributions of a tiled kExperts
};

enum class Unit : std::uint8_t { kSequencer, kLoader, kArray, kNorm, kRouter, kWriter };

enum class Buffer : std::uint8_t {
  kNone = 0, kPixels, kPosition, kResidual, kNormOut, kQkv, kAttentionOut, kHidden, kLogits,
  kQueues, kKeyValue  ///< kSpill: the K and V columns of kQkv, as tiles
};

enum class Post : std::uint8_t { kResidualAdd = 0, kEmbed, kInt8, kGelu };
enum class ScaleSource : std::uint8_t { kUnity = 0, kToken };   ///< S_t: 65536, or the LayerNorm's
enum class LoopOrder : std::uint8_t { kTokenOuter = 0, kWeightOuter };
enum class WaitMode : std::uint8_t { kNone = 0, kStart, kGroup };
enum class SignalMode : std::uint8_t { kNone = 0, kEnd, kGroup };

/// kStart: counter >= value before the command begins. kGroup: >= value + g + 1 before its group g.
struct Wait {
  WaitMode mode = WaitMode::kNone;
  std::uint8_t counter = 0;
  std::uint16_t value = 0;
};

/// Requantiser constants, see hls/README.md "Requantiser".
struct Requant {
  std::uint8_t r1 = 0;
  std::uint8_t r2 = 0;
  std::uint8_t bias_shift = 0;
  bool bias_before_scale = false;
};

struct Command {
  Opcode opcode = Opcode::kEnd;
  std::uint8_t layer = 0;          ///< block, for names; 0 for what stands before block 0
  std::uint8_t task_slot = 0;      ///< segment a per-task command works on (gate, route)
  std::uint16_t id = 0;
  Wait wait[kMaxWaits];
  SignalMode signal_mode = SignalMode::kNone;
  std::uint8_t signal = 0;         ///< counter: +1 per group in order (kGroup) or at the end

  // memory
  std::uint64_t address = 0;       ///< bytes, 256-aligned
  std::uint32_t rows = 0;          ///< tile rows; expert loads: of both matrices
  std::uint16_t param_rows = 0;    ///< parameter rows before tiles; experts: of both matrices
  std::uint32_t expert_stride_rows = 0;  ///< rows from one expert's record to the next
  std::uint16_t tag = 0;           ///< ring entry: made by the load, freed by its one consumer

  // shape
  Buffer src = Buffer::kNone;
  Buffer dst = Buffer::kNone;
  std::uint16_t tokens = 0;        ///< M: valid rows per segment
  std::uint16_t segments = 1;
  std::uint16_t segment_stride = 0;
  std::uint16_t in_dim = 0;        ///< K (D for norm)
  std::uint16_t out_dim = 0;       ///< N
  std::uint16_t hidden_dim = 0;    ///< Fe (kExperts)
  std::uint16_t image_width = 0;
  std::uint16_t image_height = 0;
  LoopOrder order = LoopOrder::kTokenOuter;

  // arithmetic
  Post post = Post::kResidualAdd;
  ScaleSource scale_source = ScaleSource::kUnity;
  Requant requant;                 ///< kLinear, kEmbed, kAttention (PV; r1, r2), kExperts first
  Requant requant2;                ///< kExperts' second matrix (bias before the scale)
  std::uint16_t gelu_mult = 0;
  std::uint8_t gelu_shift = 0;
  std::uint8_t zero_point = 0;     ///< of the GELU output
  std::uint8_t heads = 0;
  std::uint16_t head_dim = 0;
  std::uint16_t score_mult = 0;    ///< attention
  std::uint8_t score_shift = 0;
  std::uint16_t out_mult = 0;
  std::uint32_t inv_d = 0;         ///< norm: round(2^32 / D)
  std::uint32_t sqrt_d = 0;        ///< round(sqrt(D) * 2^12)
  std::uint64_t eps_acc = 0;       ///< round(eps * 2^32 * D)
  std::uint8_t gamma_frac = 0;
  bool low_plane = false;          ///< norm also writes lo

  // gate, router, experts
  std::uint16_t experts = 0;
  std::uint8_t top_k = 0;
  std::uint8_t window_lo = 0;
  std::uint8_t window_hi = 0;      ///< exclusive
  std::uint8_t gate_shift = 0;
  std::uint32_t threshold = 0;     ///< score, LSB 2^-16; choices below are dropped
  bool first_route = false;        ///< clears the queues before
  bool last_route = false;         ///< publishes active set and order after
  std::uint8_t list_count = 0;
  std::uint8_t expert_list[kMaxListedExperts] = {};

  // token tiling
  bool tiled = false;              ///< row 0 is token token_begin of segment task_slot
  std::uint8_t adds = 0;           ///< kFill of the residual: contributions added to each row
  std::uint16_t token_begin = 0;   ///< first token of the tile, within its segment
  std::uint16_t frame_tokens = 0;  ///< tokens of the whole segment: keys of an attention
};

/// The unit that executes a command.
Unit unit_of(Opcode opcode);

}  // namespace program
}  // namespace edgemoe

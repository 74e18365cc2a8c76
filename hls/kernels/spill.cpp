// SPDX-License-Identifier: Apache-2.0
#include "hls/kernels/spill.hpp"

#include "hls/kernels/requantiser_wide.hpp"
#include "hls/program/token_record.hpp"

namespace edgemoe {
namespace hls {
namespace {

constexpr std::uint32_t kScaleMask = 0x1FFFF;  // S_t and scores have 17 bits

std::uint64_t piece_of(const PieceJob& job, int token) {
  return job.address + static_cast<std::uint64_t>(token) * job.stride;
}

template <typename Element, int Columns>
void write_words(MemoryPort memory, std::uint64_t address, int dim, const Element (&row)[Columns]) {
#pragma HLS inline
WriteWords:
  for (int d = 0; d < dim; ++d) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
    write_word(memory, address + static_cast<std::uint64_t>(d) * kWordBytes,
               static_cast<Word>(row[d]));
  }
}

/// Activations of one width in a word.
template <typename Format>
struct Lanes {
  static constexpr int kBytes = static_cast<int>(program::activation_bytes(Format::kPrecision));
  static constexpr int kCount = kWordBytes / kBytes;
  static constexpr std::uint32_t kMask = 0xFFFFFFFFu >> (8 * (kWordBytes - kBytes));
};

/// `dim` activations, as many a word as fit; the last word is padded with 0.
template <typename Format, int Columns>
void write_activations(MemoryPort memory, std::uint64_t address, int dim,
                       const typename Format::Signed (&row)[Columns]) {
#pragma HLS inline
  using Packing = Lanes<Format>;
WriteActivations:
  for (int d = 0; d < dim; d += Packing::kCount) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
    std::uint32_t word = 0;
    for (int b = 0; b < Packing::kCount; ++b) {
#pragma HLS unroll
      if (d + b < dim) {
        word |= (static_cast<std::uint32_t>(row[d + b]) & Packing::kMask)
                << (8 * Packing::kBytes * b);
      }
    }
    write_word(memory, address + static_cast<std::uint64_t>(d) * Packing::kBytes, word);
  }
}

template <typename Format, int Columns>
void read_activations(MemoryPort memory, std::uint64_t address, int dim,
                      typename Format::Signed (&row)[Columns]) {
#pragma HLS inline
  using Packing = Lanes<Format>;
ReadActivations:
  for (int d = 0; d < dim; d += Packing::kCount) {
#pragma HLS pipeline II = 1
    // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
    const std::uint32_t word =
        read_word(memory, address + static_cast<std::uint64_t>(d) * Packing::kBytes);
    for (int b = 0; b < Packing::kCount; ++b) {
#pragma HLS unroll
      if (d + b < dim) {
        row[d + b] = static_cast<typename Format::Signed>(word >> (8 * Packing::kBytes * b));
      }
    }
  }
}

/// A tile of K or V in its rows, by width.
inline void pack_keys(const std::int8_t weights[program::kTile][program::kTile],
                      std::uint8_t* rows) {
  program::pack_tile(weights, rows);
}
inline void pack_keys(const std::int16_t weights[program::kTile][program::kTile],
                      std::uint8_t* rows) {
  program::pack_wide_tile(weights, rows);
}
inline void pack_keys(const std::int32_t weights[program::kTile][program::kTile],
                      std::uint8_t* rows) {
  program::pack_feature_tile(weights, rows);
}
inline void unpack_keys(const std::uint8_t* rows,
                        std::int8_t weights[program::kTile][program::kTile]) {
  program::unpack_tile(rows, weights);
}
inline void unpack_keys(const std::uint8_t* rows,
                        std::int16_t weights[program::kTile][program::kTile]) {
  program::unpack_wide_tile(rows, weights);
}
inline void unpack_keys(const std::uint8_t* rows,
                        std::int32_t weights[program::kTile][program::kTile]) {
  program::unpack_feature_tile(rows, weights);
}

template <typename Format>
constexpr int key_tile_bytes() {
  return static_cast<int>(program::key_tile_rows(Format::kPrecision)) * program::kRowBytes;
}

template <typename Format>
std::uint64_t head_address(const KeyValueRef& where, int head, bool values) {
  const std::uint64_t tiles = program::head_tiles(where.frame_tokens, where.head_dim);
  const std::uint64_t first = 2 * static_cast<std::uint64_t>(head) * tiles + (values ? tiles : 0);
  return where.address + first * key_tile_bytes<Format>();
}

/// A tile's corner in the rows of K or V.
struct KeyTileAt {
  int first_key;  ///< row of the buffer
  int valid;      ///< keys from there on
  int column;
  int first_dim;  ///< within the head
};

template <typename Format, typename Limits>
void write_key_tile(MemoryPort memory, std::uint64_t address, const KeyTileAt& at, int head_dim,
                    bool values, const TokenMemory<Format, Limits>& tokens) {
  using Packed = typename Format::Packed;
  Packed weights[program::kTile][program::kTile];  // [out][in]
TileKeys:
  for (int k = 0; k < program::kTile; ++k) {
#pragma HLS pipeline II = 1
    for (int d = 0; d < program::kTile; ++d) {
#pragma HLS unroll
      const bool inside = k < at.valid && at.first_dim + d < head_dim;
      const int column = at.column + at.first_dim + d;
      weights[values ? d : k][values ? k : d] =
          inside ? static_cast<Packed>(tokens.qkv[at.first_key + k][column]) : Packed(0);
    }
  }
  std::uint8_t rows[key_tile_bytes<Format>()];
  pack_keys(weights, rows);
TileWords:
  for (int i = 0; i < key_tile_bytes<Format>() / kWordBytes; ++i) {
#pragma HLS pipeline II = 1
    write_word(memory, address + static_cast<std::uint64_t>(i) * kWordBytes,
               word_of_bytes(rows + i * kWordBytes));
  }
}

template <typename Format, typename Limits>
void read_key_tile(MemoryPort memory, std::uint64_t address, int first_key, int column, bool values,
                   TokenMemory<Format, Limits>& tokens) {
  std::uint8_t rows[key_tile_bytes<Format>()];
  typename Format::Packed weights[program::kTile][program::kTile];
  read_block(memory, address, rows);
  unpack_keys(rows, weights);
TileKeys:
  for (int k = 0; k < program::kTile; ++k) {
#pragma HLS pipeline II = 1
    for (int d = 0; d < program::kTile; ++d) {
#pragma HLS unroll
      tokens.keys[first_key + k][column + d] = weights[values ? d : k][values ? k : d];
    }
  }
}

}  // namespace

template <typename Format, typename Limits>
void spill_residual(MemoryPort memory, const PieceJob& job,
                    const TokenMemory<Format, Limits>& tokens) {
SpillResidual:
  for (int t = 0; t < job.tokens; ++t) {
    // Trip count: typical: tiles of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
    write_words(memory, piece_of(job, t), job.dim, tokens.residual[t]);
  }
}

template <typename Format, typename Limits>
void spill_norm(MemoryPort memory, const PieceJob& job, const TokenMemory<Format, Limits>& tokens) {
SpillNorm:
  for (int t = 0; t < job.tokens; ++t) {
    // Trip count: typical: tiles of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
    const std::uint64_t at = piece_of(job, t);
    write_activations<Format>(memory, at, job.dim, tokens.norm_out[t]);
    if (program::scale_bytes(Format::kPrecision) == 0) continue;
    write_word(memory, at + program::scale_offset(static_cast<std::uint32_t>(job.dim)),
               tokens.norm_scale[t]);
  }
}

template <typename Format, typename Limits>
void spill_queries(MemoryPort memory, const PieceJob& job,
                   const TokenMemory<Format, Limits>& tokens) {
SpillQueries:
  for (int t = 0; t < job.tokens; ++t) {
    // Trip count: typical: tiles of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
    write_activations<Format>(memory, piece_of(job, t), job.dim, tokens.qkv[t]);
  }
}

template <typename Format, typename Limits>
void fill_residual(MemoryPort memory, const PieceJob& job, const AddedChoices& added,
                   TokenMemory<Format, Limits>& tokens, Counters& counters) {
FillTokens:
  for (int t = 0; t < job.tokens; ++t) {
    // Trip count: typical: tiles of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
  FillChoices:
    for (int c = 0; c <= added.choices; ++c) {
      // Trip count: holds because the decoder bounds `adds` by kMaxTopK
#pragma HLS loop_tripcount min = 1 max = 5
      const bool first = c == 0;
      if (!first && !tokens.choices[added.first_queue_row + t][c - 1].kept) continue;
      const std::uint64_t behind =
          first ? 0 : added.offset + static_cast<std::uint64_t>(c - 1) * added.choice_stride;
    FillValues:
      for (int d = 0; d < job.dim; ++d) {
#pragma HLS pipeline II = 1
        // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
        const std::uint64_t at =
            piece_of(job, t) + behind + static_cast<std::uint64_t>(d) * kWordBytes;
        const std::int32_t value = static_cast<std::int32_t>(read_word(memory, at));
        Value<32> before = tokens.residual[t][d];
        if (first) before = 0;
        tokens.residual[t][d] = add_residual<Format>(value, before, counters);
      }
    }
  }
}

template <typename Format, typename Limits>
void fill_queries(MemoryPort memory, const PieceJob& job, TokenMemory<Format, Limits>& tokens) {
FillQueries:
  for (int t = 0; t < job.tokens; ++t) {
    // Trip count: typical: tiles of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
    read_activations<Format>(memory, piece_of(job, t), job.dim, tokens.qkv[t]);
  }
}

template <typename Format, typename Limits>
void fill_positions(MemoryPort memory, const PieceJob& job, TokenMemory<Format, Limits>& tokens) {
FillPositions:
  for (int t = 0; t < job.tokens; ++t) {
    // Trip count: typical: tiles of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
  PositionWords:
    for (int d = 0; d < job.dim; ++d) {
#pragma HLS pipeline II = 1
      // Trip count: holds because hls/top bounds dim by Limits::kDim
#pragma HLS loop_tripcount min = 1 max = 768
      tokens.position[t][d] = static_cast<std::int32_t>(
          read_word(memory, piece_of(job, t) + static_cast<std::uint64_t>(d) * kWordBytes));
    }
  }
}

template <typename Format, typename Limits>
void spill_keys(MemoryPort memory, const KeyValueRef& where, int token_begin, int count,
                TokenMemory<Format, Limits>& tokens) {
  const int width = where.heads * where.head_dim;
  const int dim_blocks = program::blocks_of(where.head_dim);
SpillHeads:
  for (int half = 0; half < 2 * where.heads; ++half) {
    // Trip count: typical: K and V of 12 heads
#pragma HLS loop_tripcount min = 2 max = 24
    const int head = half / 2;
    const bool values = half % 2 == 1;
  SpillTiles:
    for (int i = 0; i < program::blocks_of(count) * dim_blocks; ++i) {
      // Trip count: typical: 8 key blocks, 4 dim blocks
#pragma HLS loop_tripcount min = 1 max = 32
      const int key = i / dim_blocks * program::kTile;
      const KeyTileAt at{key, count - key, (values ? 2 : 1) * width + head * where.head_dim,
                         i % dim_blocks * program::kTile};
      const std::uint64_t tile =
          static_cast<std::uint64_t>(token_begin / program::kTile * dim_blocks + i);
      write_key_tile(memory,
                     head_address<Format>(where, head, values) + tile * key_tile_bytes<Format>(),
                     at, where.head_dim, values, tokens);
    }
  }
}

template <typename Format, typename Limits>
void load_head(MemoryPort memory, const KeyValueRef& where, int head,
               TokenMemory<Format, Limits>& tokens) {
  const int dim_blocks = program::blocks_of(where.head_dim);
  const int tiles = static_cast<int>(program::head_tiles(where.frame_tokens, where.head_dim));
LoadTiles:
  for (int i = 0; i < 2 * tiles; ++i) {
    // Trip count: typical: 1,201 keys, 2 dim blocks
#pragma HLS loop_tripcount min = 2 max = 304
    const bool values = i >= tiles;
    const int tile = values ? i - tiles : i;
    const std::uint64_t address = head_address<Format>(where, head, values) +
                                  static_cast<std::uint64_t>(tile) * key_tile_bytes<Format>();
    read_key_tile(memory, address, tile / dim_blocks * program::kTile,
                  (values ? Limits::kHeadDim : 0) + tile % dim_blocks * program::kTile, values,
                  tokens);
  }
}

template <typename Format, typename Limits>
void gather_records(MemoryPort memory, const PieceJob& norms, int expert, int begin,
                    TokenMemory<Format, Limits>& tokens) {
GatherRows:
  for (int i = 0; i < norms.tokens; ++i) {
    // Trip count: typical: chunks of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
    const std::uint64_t at = piece_of(norms, tokens.queue[expert][begin + i].row);
    read_activations<Format>(memory, at, norms.dim, tokens.staged[i]);
    tokens.staged_scale[i] = static_cast<std::uint32_t>(program::kUnityScale);
    if (program::scale_bytes(Format::kPrecision) == 0) continue;
    const std::uint32_t scale =
        read_word(memory, at + program::scale_offset(static_cast<std::uint32_t>(norms.dim)));
    tokens.staged_scale[i] = scale & kScaleMask;
  }
}

template <typename Format, typename Limits>
void scatter_contributions(MemoryPort memory, const PieceJob& contributions,
                           std::uint64_t choice_stride, int expert, int begin,
                           const TokenMemory<Format, Limits>& tokens) {
ScatterRows:
  for (int i = 0; i < contributions.tokens; ++i) {
    // Trip count: typical: chunks of 128 tokens
#pragma HLS loop_tripcount min = 1 max = 128
    const QueueEntry& entry = tokens.queue[expert][begin + i];
    write_words(memory, piece_of(contributions, entry.row) + entry.choice * choice_stride,
                contributions.dim, tokens.residual[i]);
  }
}

#define EDGEMOE_INSTANTIATE(FORMAT, LIMITS)                                                      \
  template void spill_residual(MemoryPort, const PieceJob&, const TokenMemory<FORMAT, LIMITS>&); \
  template void spill_norm(MemoryPort, const PieceJob&, const TokenMemory<FORMAT, LIMITS>&);     \
  template void spill_queries(MemoryPort, const PieceJob&, const TokenMemory<FORMAT, LIMITS>&);  \
  template void fill_residual(MemoryPort, const PieceJob&, const AddedChoices&,                  \
                              TokenMemory<FORMAT, LIMITS>&, Counters&);                          \
  template void fill_queries(MemoryPort, const PieceJob&, TokenMemory<FORMAT, LIMITS>&);         \
  template void fill_positions(MemoryPort, const PieceJob&, TokenMemory<FORMAT, LIMITS>&);       \
  template void spill_keys(MemoryPort, const KeyValueRef&, int, int,                             \
                           TokenMemory<FORMAT, LIMITS>&);                                        \
  template void load_head(MemoryPort, const KeyValueRef&, int, TokenMemory<FORMAT, LIMITS>&);    \
  template void gather_records(MemoryPort, const PieceJob&, int, int,                            \
                               TokenMemory<FORMAT, LIMITS>&);                                    \
  template void scatter_contributions(MemoryPort, const PieceJob&, std::uint64_t, int, int,      \
                                      const TokenMemory<FORMAT, LIMITS>&)
EDGEMOE_INSTANTIATE(W8A8, SimulationLimits);
EDGEMOE_INSTANTIATE(W8A8, BoardLimits);
EDGEMOE_INSTANTIATE(W16A16, SimulationLimits);
EDGEMOE_INSTANTIATE(W16A32, SimulationLimits);
#undef EDGEMOE_INSTANTIATE

}  // namespace hls
}  // namespace edgemoe

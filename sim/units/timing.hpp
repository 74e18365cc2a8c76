// SPDX-License-Identifier: Apache-2.0
/// Every fixed latency of the units of m3, in PL cycles. The RTL takes the same numbers.
///
/// Convention: something that happens "in cycle c" occupies c; the first cycle after it is c + 1.
/// An issue of n
///             cycles that starts in s ends at s + n (exclusive). See README.md "Time".
/// Source:     pipeline depths chosen for 300 MHz on UltraScale+ (DSP48E2 with all registers, BRAM
/// with output
///             register); engineering choices, which the RTL keeps; no place and route was run.
#pragma once

#include "sim/engine/types.hpp"

namespace edgemoe::sim::timing {

// Communication.
constexpr Cycle kSignal =
    2;                       ///< end of the last write of a group -> the waiting unit may act on it
constexpr Cycle kQueue = 2;  ///< sequencer's dispatch -> the unit sees the command's index
constexpr Cycle kDecode =
    2;                      ///< index seen -> command in the unit's registers (program memory read)
constexpr Cycle kDone = 1;  ///< end of a command -> the sequencer's count of finished commands
constexpr Cycle kBuffer =
    1;  ///< a local buffer half or drain result -> its neighbour inside one unit

// Sequencer.
constexpr int kFetchOutstanding = 4;  ///< program rows in flight
constexpr int kProgramCommands =
    1024;  ///< that the program memory holds; each unit's queue has as many indices
constexpr std::size_t kProgramHalf =
    kProgramCommands / 2;  ///< of a tiled program, a half is overwritten once it has ended

// Loader and rings.
constexpr Cycle kRingWrite =
    6;  ///< last beat of a row -> the row may be read (assembler, fixed write slot)
constexpr Cycle kRingCredit = 2;     ///< last read of a row -> its space may be requested for
constexpr int kParameterRing = 512;  ///< rows of 256 B of the parameter ring
constexpr Cycle kSkip = 1;           ///< passing over one listed expert that is known to be idle

// Array and requantiser.
constexpr Cycle kArrayPipeline =
    18;  ///< last tile issued -> its sums are complete in the accumulators
constexpr Cycle kRequantPipeline = 14;  ///< accumulator read -> int8 or residual written
constexpr Cycle kGeluPipeline = 6;      ///< more, where GELU follows
constexpr Cycle kErfPipeline = 42;      ///< instead, with an erf by arithmetic (ablation)
constexpr std::uint64_t kErfWork = 8;   ///< its 16 products over the 2 of the table (ablation)

// Attention.
constexpr Cycle kScoreWrite = 2;        ///< accumulator -> score buffer and running maximum
constexpr Cycle kSoftmaxPipeline = 20;  ///< score read -> exponential and sum written

// Norm.
constexpr Cycle kNormTurn =
    23;  ///< end of a token's pass -> its mean or rsqrt is usable in the next pass
constexpr Cycle kNormTail = 40;  ///< end of the last pass -> reciprocal known, first z written
constexpr Cycle kCopyTail = 4;

// Router.
constexpr Cycle kRoutePipeline = 40;  ///< token's logits read -> pushed into its queues
constexpr Cycle kPublish = 8;         ///< and one cycle per expert: active set and order

// Gather, writer.
constexpr Cycle kGatherPipeline = 4;
constexpr int kGatherBytes = 16;  ///< a cycle
constexpr int kWriterBytes = 64;  ///< read from the residual buffer a cycle

}  // namespace edgemoe::sim::timing

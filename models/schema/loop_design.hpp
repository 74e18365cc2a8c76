// SPDX-License-Identifier: Apache-2.0
/// An HLS design as pipelined loops joined by streams, and the routing that it is run with.
///
/// What for:  `sim/published` simulates it; the keys are those of `constraints/published/*.yaml`.
/// Formulas:  integer expressions over the network's shapes, the routing, the indices of repeated
///            steps and the names under `define` (grammar: sim/published/expression.hpp). They are
///            kept as text with the place where they stand and are evaluated by `sim/published`.
/// Errors:    the readers throw ConfigError with all findings, each naming file, line and key.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "models/schema/design_config.hpp"
#include "models/schema/override.hpp"

namespace edgemoe::models {

struct Formula {
  std::string text;
  std::string where;  ///< `file:line:column: error: path.of.key`: how a message about it begins
};

/// Data that a loop takes from or puts on an AXI port. Read beats are needed, and written beats
/// handed over, at slots of the pipeline that follow from its depth (sim/published/README.md).
struct LoopAccess {
  std::string port;
  Formula bytes;  ///< each time
  Formula every;  ///< of so many iterations one does it
  Formula run;    ///< bytes of one contiguous request; 0: all of the loop in one
  Formula span;   ///< bytes after which addresses begin anew; 0: never
};

/// Tokens that a loop takes from or puts on a stream: `count` of them in one of `every` iterations
/// (taken in the first of these, put in the last), of those iterations only that are among the
/// `first` of every `period`, and at most `most` times.
struct LoopTokens {
  std::string stream;
  Formula count;
  Formula every;
  Formula first;   ///< of a period
  Formula period;  ///< 0: the whole loop counts
  Formula most;    ///< -1: no limit
};

/// What an iteration of a loop does, counted for energy; time does not depend on it.
struct LoopWork {
  Formula macs{"0", ""};     ///< products of the network or of padding, in the design's precision
  Formula results{"0", ""};  ///< values that leave an adder tree (scaled, biased or rounded)
  Formula gelu{"0", ""};     ///< values through GELU
  Formula exponentials{"0", ""};   ///< of softmax
  Formula norm_elements{"0", ""};  ///< values through LayerNorm
  Formula bram_read_bits{"0", ""};
  Formula bram_write_bits{"0", ""};
};

struct LoopConfig {
  std::string name;
  Formula trips;
  Formula ii;
  Formula depth;
  LoopWork work;
  std::vector<LoopAccess> reads;
  std::vector<LoopAccess> writes;
  std::vector<LoopTokens> pops;
  std::vector<LoopTokens> pushes;
};

/// One function of a dataflow region: loops that run one after the other, `repeat` times.
struct LoopProcessConfig {
  std::string name;
  Formula when;
  Formula repeat;
  std::vector<LoopConfig> loops;
};

/// `fifo`: a place is taken by a put and freed by a take. `buffer` (ping-pong with depth 2): a
/// producer takes a place when it begins the group of `every` iterations that ends with the put,
/// and a consumer frees it when the group that began with the take has left its pipeline.
enum class LoopStreamKind { kFifo, kBuffer };

struct LoopStreamConfig {
  std::string name;
  LoopStreamKind kind = LoopStreamKind::kFifo;
  Formula depth;
};

/// Either a dataflow region (`processes` and `streams`; it ends when all its processes have ended)
/// or a sequence (`steps`, run one after the other, `repeat` times with `index` counting from 0).
struct LoopStepConfig {
  std::string name;
  std::string group;  ///< row of the breakdown; empty: that of the step around it
  Formula when;
  Formula repeat;
  std::string index;
  std::vector<LoopStreamConfig> streams;
  std::vector<LoopProcessConfig> processes;
  std::vector<LoopStepConfig> steps;
};

/// An AXI master of the kernel and the memory port behind it.
struct LoopPortConfig {
  std::string name;
  int kernel_bits = 256;      ///< width of a beat at the kernel
  int port_bits = 128;        ///< width of a beat at the memory port
  int latency_cycles = 54;    ///< one-way latencies of request and response together, unloaded
  int max_burst_beats = 16;   ///< kernel beats of a burst
  int port_burst_beats = 16;  ///< port beats of a burst: longer ones are split by the port
  int outstanding = 16;       ///< bursts of one access that may be on their way
};

/// What the design takes of its FPGA, for its energy; -1: not known.
struct LoopResources {
  std::string source;
  int dsp = -1;
  int bram36 = -1;
  int uram = -1;
  int lut = -1;
  int ff = -1;
};

struct LoopDesignConfig {
  std::string name;
  std::string source;
  std::string board = "zcu102";  ///< that it was published for
  Precision precision = Precision::kW16A32;
  std::string kernels;  ///< design whose kernels compute its values, in its formats; empty: none
  LoopResources resources;
  double clock_mhz = 300.0;
  int axi_latency = 64;    ///< cycles that the HLS tool assumed from request to data
  int control_cycles = 2;  ///< entering and leaving a loop, a process or a region, each
  std::vector<std::pair<std::string, Formula>> define;
  std::vector<LoopPortConfig> ports;
  std::vector<LoopStepConfig> steps;
};

/// Overrides are `--set design.KEY=VALUE`, mostly `design.define.NAME=VALUE`.
LoopDesignConfig read_loop_design(const std::filesystem::path& file,
                                  const Overrides& overrides = {});

/// Whether the file describes loops (its top level has `steps`) and not an accelerator of our own.
/// False for files that cannot be read: the reader of the other form says what is wrong.
bool is_loop_design(const std::filesystem::path& file);

/// Hash (16 hex digits) of the file's resolved content (inheritance and overrides applied).
std::string loop_design_hash(const std::filesystem::path& file, const Overrides& overrides = {});

/// Queue lengths of the experts, per MoE block in order.
struct ExpertQueues {
  std::string source;
  std::vector<std::vector<int>> queues;
};

/// Reads a file with `queues: [[...], ...]`, each list of `experts` numbers.
ExpertQueues read_expert_queues(const std::filesystem::path& file, int blocks, int experts);

}  // namespace edgemoe::models

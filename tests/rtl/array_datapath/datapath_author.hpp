// SPDX-License-Identifier: Apache-2.0
/// Writes scripts: random commands in the cycles in which sim/units would issue them, and what
/// hls/kernels make of them.
///
/// Cycles: the rules of sim/units/array.cpp, attention_run.cpp and expert_run.cpp with all weights
/// there and waits only for what a command reads; commands follow each other at the shortest
/// distances that these allow.
#pragma once

#include <memory>
#include <random>

#include "hls/kernels/linear.hpp"
#include "hls/kernels/token_memory.hpp"
#include "tests/rtl/array_datapath/datapath_script.hpp"

namespace edgemoe::rtl {

using Tokens = hls::TokenMemory<hls::W8A8, hls::BoardLimits>;

class Author {
 public:
  Author(const DatapathShape& shape, Outside& outside, std::uint32_t seed);

  /// A model: dimensions that stay for the commands that follow.
  struct Model {
    int tokens, segments, dim, heads, hidden, expert_hidden, experts, patches_per_row;
  };
  void begin(const Model& model, Cycle now);

  void norm();
  void embed(program::LoopOrder order, Cycle pause);
  void qkv(program::LoopOrder order);
  void attention();
  void project(program::LoopOrder order);
  void expand(program::LoopOrder order);    ///< fc1
  void contract(program::LoopOrder order);  ///< fc2
  void gate(int segment);
  void experts(bool every_token);

  Script script;
  bool extremes = false;  ///< ends of ranges and any legal shift: everything saturates
  Cycle now() const { return now_; }
  const hls::Counters& counters() const { return counters_; }

 private:
  struct Matrix {
    int out, in, records;
    std::vector<std::uint32_t> image;  // as kernels read it
    int slot, param_slot;
    hls::MatrixRef ref() const;
  };

  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  std::int8_t weight();
  std::uint8_t shift(int low, int high);
  program::Requant requant();
  program::Command start(program::Opcode opcode, std::initializer_list<program::Buffer> reads);
  Matrix matrix(int out, int in, int param_records, bool gate);
  hls::RowSet row_set() const;
  void announce(const program::Command& command);
  Cycle block(const Matrix* matrix, int n, int k_tiles, Tile tile);
  /// Cycles in which a block leaves the accumulators.
  Cycle drain_of(const Tile& tile) const;
  Cycle planes_block(const Matrix& m, int n, int planes, Tile tile);
  hls::LinearJob job(const program::Command& c, const Matrix& m, hls::OperandSource source,
                     hls::LinearPost post) const;
  void linear(const program::Command& c, const Matrix& m, int src, int dst);
  void expect_block(const Tile& t, Cycle end);
  std::size_t pixel_place(int patch, int k) const;
  template <typename Value>
  void expect(program::Buffer buffer, int row, int word, const Value* values, Cycle deadline);
  void written(program::Buffer buffer, Cycle cycle);

  // ATTENTION
  struct Pair {
    Cycle scores_written = 0, softmax_read = 0, softmax_done = 0, pv_issued = 0;
  };
  void scores(int p, std::vector<Pair>& pairs);
  void softmax_up_to(int p, std::vector<Pair>& pairs);
  void values(int p, std::vector<Pair>& pairs);

  // EXPERTS
  struct Job {
    int expert, index, rows;
    Cycle issued, done;
  };
  struct Expert {
    int expert, length;
    Matrix up, down;
    std::vector<std::vector<std::uint8_t>> hidden;
    Cycle hidden_written;
  };
  void queues(bool every_token);
  void expert_up(Expert& x, const program::Command& c);
  Cycle gathered(std::size_t job, std::vector<Job>& jobs);
  void first_matrix(std::vector<Expert>& list, std::size_t e, std::vector<Job>& jobs);
  void second_matrix(std::vector<Expert>& list, std::size_t e);

  DatapathShape shape_;
  Outside& outside_;
  std::mt19937 random_;
  std::unique_ptr<Tokens> tokens_;
  hls::Counters counters_;
  Model model_{};
  int patches_per_row_ = 8;
  Cycle now_ = 0;
  Cycle drain_ready_ = 0;
  Cycle softmax_free_ = 0;
  int softmax_next_ = 0;
  Cycle gather_free_ = 0;
  std::size_t next_gather_ = 0;
  std::size_t next_job_ = 0;
  bool interleave_ = false;
  int context_ = 0;
  int id_ = 0;
  int next_slot_ = 0;
  int next_param_ = 0;
  std::map<program::Buffer, Cycle> ready_;
};

template <typename Value>
void Author::expect(program::Buffer buffer, int row, int word, const Value* values,
                    Cycle deadline) {
  Expectation e;
  e.writes = 1;
  e.deadline = deadline;
  for (std::size_t n = 0; n < 16; ++n) e.value[n] = values[n];
  script.expected[Place{id_, static_cast<int>(buffer), row, word}].push_back(e);
}

}  // namespace edgemoe::rtl

// SPDX-License-Identifier: Apache-2.0
/// Drives one verilated module: clock, reset, stalls, and streams with a time-out that says who
/// waits.
///
/// Dut<Model>: owns context and model; inputs are set through `->`, then tick().
///   A tick is one cycle: inputs settle, outputs can be looked at by `settle()`, the clock rises.
/// run_stream(): feeds words into one valid/ready port and collects from another under two stallers
///   (stalls.hpp); a source that has offered a word keeps offering it, as the handshake rules say.
/// Errors:   std::runtime_error with module, cycle and handshake states when nothing moves.
#pragma once

#include <verilated.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/stalls.hpp"

namespace edgemoe::test {

template <typename Model>
class Dut {
 public:
  explicit Dut(std::string name = "dut")
      : name_(std::move(name)),
        context_(std::make_unique<VerilatedContext>()),
        model_(std::make_unique<Model>(context_.get())) {
    model_->clk_i = 0;
    model_->rst_ni = 0;
    model_->eval();
  }
  ~Dut() { model_->final(); }
  Dut(const Dut&) = delete;
  Dut& operator=(const Dut&) = delete;

  Model* operator->() { return model_.get(); }
  Model& operator*() { return *model_; }

  void reset(int cycles = 3) {
    model_->rst_ni = 0;
    for (int i = 0; i < cycles; ++i) tick();
    model_->rst_ni = 1;
    settle();
    cycle_ = 0;
  }

  /// Outputs follow the inputs of this cycle.
  void settle() { model_->eval(); }

  /// Ends this cycle.
  void tick() {
    model_->eval();
    model_->clk_i = 1;
    model_->eval();
    context_->timeInc(1);
    model_->clk_i = 0;
    model_->eval();
    context_->timeInc(1);
    ++cycle_;
  }

  std::uint64_t cycle() const { return cycle_; }

  [[noreturn]] void fail(const std::string& what) const {
    throw std::runtime_error(name_ + ", cycle " + std::to_string(cycle_) + ": " + what);
  }

 private:
  std::string name_;
  std::unique_ptr<VerilatedContext> context_;
  std::unique_ptr<Model> model_;
  std::uint64_t cycle_ = 0;
};

struct StreamOptions {
  Stall source = Stall::kNone;
  Stall sink = Stall::kNone;
  std::uint32_t seed = 1;
  std::uint64_t idle_limit = 500;  ///< cycles without any transfer
};

/// `Ports` has: set_input(model, word, valid), input_ready(model), set_ready(model, ready),
/// ready(model), output_valid(model), output(model) -> Out. Returns what came out, `expected`
/// words.
template <typename Ports, typename Model, typename In>
auto run_stream(Dut<Model>& dut, const Ports& ports, const std::vector<In>& words,
                std::size_t expected, const StreamOptions& options = {}) {
  std::vector<decltype(ports.output(*dut))> out;
  Staller source(options.source, options.seed);
  Staller sink(options.sink, options.seed + 1);
  std::size_t sent = 0;
  bool offered = false;
  std::uint64_t idle = 0;
  while (sent < words.size() || out.size() < expected) {
    const bool will = source.willing();
    offered = sent < words.size() && (offered || will);
    ports.set_input(*dut, offered ? words[sent] : In{}, offered);
    ports.set_ready(*dut, sink.willing());
    dut.settle();
    const bool in = offered && ports.input_ready(*dut);
    const bool outgoing = ports.ready(*dut) && ports.output_valid(*dut);
    if (outgoing) out.push_back(ports.output(*dut));
    if (in) {
      ++sent;
      offered = false;
    }
    idle = in || outgoing ? 0 : idle + 1;
    if (idle > options.idle_limit) {
      dut.fail("nothing moves: sent " + std::to_string(sent) + " of " +
               std::to_string(words.size()) + ", received " + std::to_string(out.size()) + " of " +
               std::to_string(expected) + ", input ready " +
               std::to_string(ports.input_ready(*dut)) + ", output valid " +
               std::to_string(ports.output_valid(*dut)));
    }
    dut.tick();
  }
  ports.set_input(*dut, In{}, false);
  ports.set_ready(*dut, false);
  dut.settle();
  return out;
}

/// Bits [low, low + bits) of a port, bits <= 64. Ports of up to 64 bits are integers, others
/// VlWide.
template <std::size_t kWords>
std::uint64_t get_bits(const VlWide<kWords>& port, std::size_t low, std::size_t bits) {
  std::uint64_t value = 0;
  for (std::size_t b = 0; b < bits; ++b) {
    const std::size_t at = low + b;
    value |= std::uint64_t{(port[at / 32] >> (at % 32)) & 1u} << b;
  }
  return value;
}

inline std::uint64_t get_bits(std::uint64_t port, std::size_t low, std::size_t bits) {
  return (port >> low) & (bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1);
}

template <std::size_t kWords>
void set_bits(VlWide<kWords>& port, std::size_t low, std::size_t bits, std::uint64_t value) {
  for (std::size_t b = 0; b < bits; ++b) {
    const std::size_t at = low + b;
    const std::uint32_t bit = std::uint32_t{1} << (at % 32);
    port[at / 32] = (value >> b) & 1u ? port[at / 32] | bit : port[at / 32] & ~bit;
  }
}

}  // namespace edgemoe::test

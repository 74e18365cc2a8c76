// SPDX-License-Identifier: Apache-2.0
#include "rtl/harness/run_rtl.hpp"

#include <algorithm>
#include <tuple>

#include "rtl/harness/buffer_shadow.hpp"
#include "rtl/harness/doorbell.hpp"
#include "rtl/harness/memory_side.hpp"
#include "rtl/register_file/registers.hpp"

namespace edgemoe::rtl {
namespace {

using sim::EventKind;

constexpr std::uint64_t kUnknown = ~std::uint64_t{0};
constexpr int kResetCycles = 4;
constexpr std::uint64_t kStartCycles = 1000;  // within which the doorbell must have rung
constexpr std::uint64_t kLookEvery = 4096;    // cycles between looks at assertions and progress

/// Image at address 0, the interrupt, then the doorbell.
std::vector<std::pair<std::uint16_t, std::uint32_t>> start_writes() {
  return {{kImageLow, 0}, {kImageHigh, 0}, {kInterruptEnable, 1}, {kControl, kControlStart}};
}

std::string cause_of(std::uint32_t error) {
  std::string text;
  if ((error & kErrorProgram) != 0) text += ", the program";
  if ((error & kErrorRead) != 0) text += ", an answer to a read";
  if ((error & kErrorWrite) != 0) text += ", an answer to a write";
  return text;
}

class Run {
 public:
  Run(Model& model, const std::vector<program::Command>& commands,
      std::vector<std::uint8_t>* image, const RunOptions& options)
      : model_(model),
        commands_(commands),
        options_(options),
        memory_(options.memory, options.load_ports, options.program_port, image, options.manners),
        shadow_({options.segments, options.segment_rows, model.shape().norm_lanes}, commands,
                options.observer),
        doorbell_(start_writes()) {
    result_.commands.assign(commands.size(), {kUnknown, kUnknown});
  }

  RunResult execute();

 private:
  void reset();
  void ring();
  bool step();
  void wave();
  void collect_events();
  void event(const TraceEvent& event, EventKind kind);
  void begin(std::uint16_t id, std::uint64_t cycle);
  void collect_ends();
  void look();
  std::uint32_t read_register(std::uint16_t address);
  void read_registers();
  std::uint64_t store_begin(std::uint16_t id) const;
  [[noreturn]] void stuck(const std::string& why);
  void finish();

  Model& model_;
  const std::vector<program::Command>& commands_;
  const RunOptions& options_;
  MemorySide memory_;
  BufferShadow shadow_;
  Doorbell doorbell_;
  ModelInputs inputs_;
  ModelOutputs outputs_;
  RunResult result_;
  std::uint64_t cycle_ = 0, active_ = 0;
  bool ended_ = false, waving_ = false;
};

void Run::reset() {
  inputs_.reset = true;
  for (int i = 0; i < kResetCycles; ++i) {
    model_.settle(inputs_, &outputs_);
    model_.edge();
  }
  inputs_.reset = false;
}

/// Until cycle 0, whose outputs are left in outputs_.
void Run::ring() {
  for (std::uint64_t i = 0; i < kStartCycles; ++i) {
    doorbell_.drive(&inputs_);
    model_.settle(inputs_, &outputs_);
    doorbell_.observe(inputs_, outputs_);
    if (outputs_.started) return;
    model_.edge();
  }
  throw StuckError("RTL: the start register has no effect", {});
}

void Run::begin(std::uint16_t id, std::uint64_t cycle) {
  CommandSpan& span = result_.commands.at(id);
  if (span.begin == kUnknown) span.begin = cycle;
}

void Run::event(const TraceEvent& event, EventKind kind) {
  if (!event.valid) return;
  active_ = cycle_;
  if (kind == EventKind::kRowWrite) {
    begin(event.id, store_begin(event.id));
  } else if (kind != EventKind::kDispatch && kind != EventKind::kRowReadable) {
    begin(event.id, cycle_);
  }
  if (options_.record_events) result_.events.push_back({cycle_, kind, event.id, event.index});
}

/// The event is the address of a store's first row, which follows on its reads.
std::uint64_t Run::store_begin(std::uint16_t id) const {
  const program::Command& c = commands_.at(id);
  const std::uint64_t words = std::uint64_t{c.out_dim} / 16 * c.tokens * c.segments;
  return cycle_ - std::min<std::uint64_t>(words, 4);
}

void Run::collect_events() {
  event(outputs_.dispatch, EventKind::kDispatch);
  if (outputs_.barrier.valid) begin(outputs_.barrier.id, cycle_);
  for (int p = 0; p < model_.shape().ports; ++p) {
    event(outputs_.request[p], EventKind::kRowRequest);
    event(outputs_.readable[p], EventKind::kRowReadable);
  }
  event(outputs_.block, EventKind::kBlock);
  event(outputs_.scores, EventKind::kScores);
  event(outputs_.norm, EventKind::kNormPass);
  event(outputs_.route, EventKind::kRouteGroup);
  event(outputs_.write, EventKind::kRowWrite);
}

void Run::collect_ends() {
  for (int e = 0; e < outputs_.ends; ++e) {
    const std::uint16_t id = outputs_.end_id[e];
    active_ = cycle_;
    begin(id, cycle_);
    result_.commands.at(id).end = cycle_;
    shadow_.end(id);
    if (commands_.at(id).opcode == program::Opcode::kEnd) {
      ended_ = true;
      result_.cycles = cycle_;
    }
  }
}

void Run::wave() {
  const bool wanted = !options_.wave_file.empty() && cycle_ >= options_.wave_begin &&
                      cycle_ < options_.wave_end;
  if (wanted == waving_) return;
  waving_ = wanted;
  model_.wave(wanted ? options_.wave_file : "");
}

/// One cycle, whose outputs are in outputs_; false when it was the last one.
bool Run::step() {
  memory_.take(cycle_, inputs_, outputs_);
  shadow_.write(outputs_);
  collect_events();
  collect_ends();
  if (ended_ || outputs_.interrupt) return false;
  if (cycle_ % kLookEvery == 0) look();
  model_.edge();
  ++cycle_;
  wave();
  doorbell_.drive(&inputs_);
  memory_.give(cycle_, &inputs_);
  model_.settle(inputs_, &outputs_);
  doorbell_.observe(inputs_, outputs_);
  return true;
}

void Run::look() {
  const std::string failure = model_.failure();
  if (!failure.empty()) {
    throw ModelError("RTL: assertion failed before cycle " + std::to_string(cycle_) + ": " +
                     failure);
  }
  if (options_.progress) options_.progress(cycle_);
  if (cycle_ > options_.max_cycles) stuck("not ended after the most cycles allowed");
  if (cycle_ > active_ + options_.quiet_cycles) stuck("nothing has happened for long");
}

void Run::stuck(const std::string& why) {
  std::string text = "RTL: " + why + " (cycle " + std::to_string(cycle_) + "); not ended:";
  int listed = 0;
  for (std::size_t id = 0; id < result_.commands.size() && listed < 8; ++id) {
    if (result_.commands[id].end != kUnknown) continue;
    const bool begun = result_.commands[id].begin != kUnknown;
    text += " command " + std::to_string(id) + (begun ? " (begun)" : "") + ",";
    ++listed;
  }
  text.back() = '.';
  finish();
  throw StuckError(text, std::move(result_));
}

/// The memory is left as it is: what it would still answer is not waited for.
std::uint32_t Run::read_register(std::uint16_t address) {
  inputs_ = {};
  inputs_.axil_arvalid = true;
  inputs_.axil_araddr = address;
  for (std::uint64_t i = 0; i < kStartCycles; ++i) {
    model_.settle(inputs_, &outputs_);
    if (outputs_.axil_rvalid) {
      const std::uint32_t value = outputs_.axil_rdata;
      inputs_.axil_arvalid = false;
      model_.edge();
      return value;
    }
    const bool taken = inputs_.axil_arvalid && outputs_.axil_arready;
    model_.edge();
    if (taken) inputs_.axil_arvalid = false;
  }
  throw StuckError("RTL: the registers do not answer", {});
}

/// As the host's driver does after the interrupt.
void Run::read_registers() {
  std::uint32_t status = kStatusBusy;
  for (int i = 0; i < 16 && (status & kStatusBusy) != 0; ++i) status = read_register(kStatus);
  const std::uint32_t error = read_register(kError);
  result_.counted = read_register(kCyclesLow);
  if (status == kStatusDone && error == 0) return;
  throw FaultError("RTL: the accelerator reports an error in cycle " + std::to_string(cycle_) +
                       " (status " + std::to_string(status) + ", error " + std::to_string(error) +
                       cause_of(error) + ")",
                   status, error);
}

void Run::finish() {
  result_.routing = shadow_.routing();
  result_.read_bytes = memory_.read_bytes();
  result_.write_bytes = memory_.write_bytes();
  std::sort(result_.events.begin(), result_.events.end(),
            [](const sim::UnitEvent& a, const sim::UnitEvent& b) {
              return std::tie(a.cycle, a.kind, a.command, a.index) <
                     std::tie(b.cycle, b.kind, b.command, b.index);
            });
}

RunResult Run::execute() {
  reset();
  ring();
  memory_.start();
  while (step()) {
  }
  if (waving_) model_.wave("");
  look();
  read_registers();
  finish();
  return std::move(result_);
}

}  // namespace

RunResult run_rtl(Model& model, const std::vector<program::Command>& commands,
                  std::vector<std::uint8_t>* image, const RunOptions& options) {
  return Run(model, commands, image, options).execute();
}

}  // namespace edgemoe::rtl

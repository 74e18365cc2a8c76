// SPDX-License-Identifier: Apache-2.0
/// The accelerator's pins as plain data: what the harness and a verilated model exchange in a
///          cycle.
///
/// Why:    a model is built per set of Verilog parameters, on demand, as a shared library; this
///         header and the four functions below are all that the two sides have in common.
/// Cycle:  `settle` applies the inputs of a cycle and gives its outputs; `edge` ends the cycle.
///         Trace fields are those of trc_* (rtl/top); a group is valid only with its flag.
/// Limits: kMaxPorts load ports, kMaxNormLanes lanes, kMaxEnds ends and kMaxDrainRows rows of
/// the array a cycle.
#pragma once

#include <cstdint>

namespace edgemoe::rtl {

constexpr int kMaxPorts = 4;
constexpr int kMaxNormLanes = 32;
constexpr int kMaxDrainRows = 2;
constexpr int kMaxEnds = kMaxPorts + 8;
constexpr int kModelVersion = 2;  ///< of this header; a library of another one is refused

struct ReadAddress {
  bool valid = false;
  std::uint64_t address = 0;
  int beats = 0;
};
struct ReadBeat {
  bool valid = false;
  bool last = false;
  std::uint8_t response = 0;
  std::uint8_t data[16] = {};
};
struct WriteBeat {
  bool valid = false;
  bool last = false;
  std::uint8_t data[16] = {};
};

/// The memory's ready inputs are up unless it has manners of its own (memory_side.hpp).
struct ModelInputs {
  bool reset = false;
  bool axil_awvalid = false, axil_wvalid = false, axil_bready = true;
  bool axil_arvalid = false, axil_rready = true;
  std::uint16_t axil_awaddr = 0, axil_araddr = 0;
  std::uint32_t axil_wdata = 0;
  ReadBeat program;
  ReadBeat load[kMaxPorts];
  bool program_ready = true;
  bool load_ready[kMaxPorts] = {true, true, true, true};   ///< read addresses
  bool store_ready[kMaxPorts] = {true, true, true, true};  ///< write addresses
  bool data_ready[kMaxPorts] = {true, true, true, true};   ///< write data
  bool written[kMaxPorts] = {};                            ///< write response
  std::uint8_t write_response[kMaxPorts] = {};
};

struct TraceEvent {
  bool valid = false;
  std::uint16_t id = 0;
  std::uint32_t index = 0;
};
/// A word of 16 values written into a buffer.
struct TraceWord {
  bool valid = false;
  int buffer = 0;  ///< program::Buffer
  std::uint16_t id = 0;
  bool experts = false;  ///< hidden rows of EXPERTS, which no tap shows
  int row = 0;           ///< hardware row
  int word = 0;
  std::int32_t values[16] = {};
};
struct TraceNorm {
  bool valid = false;
  bool last = false;
  bool low = false;
  int row = 0, beat = 0;
  std::uint32_t scale = 0;
  std::int32_t z8[kMaxNormLanes] = {}, lo[kMaxNormLanes] = {};
};
struct TraceCopy {
  bool valid = false;
  int row = 0, beat = 0;
  std::int32_t values[kMaxNormLanes] = {};
};
struct TraceChoice {
  bool valid = false;
  int row = 0;
  unsigned chosen = 0, kept = 0;  ///< bit per place
  int expert[4] = {};
  std::uint32_t score[4] = {};
};

struct ModelOutputs {
  bool axil_awready = false, axil_wready = false, axil_bvalid = false;
  bool axil_arready = false, axil_rvalid = false;
  std::uint32_t axil_rdata = 0;
  ReadAddress program;
  ReadAddress load[kMaxPorts];
  ReadAddress store[kMaxPorts];  ///< write addresses
  WriteBeat data[kMaxPorts];
  bool interrupt = false;

  bool started = false;  ///< cycle 0
  TraceEvent dispatch, barrier, block, scores, norm, route, write;
  TraceEvent request[kMaxPorts], readable[kMaxPorts];
  int ends = 0;
  std::uint16_t end_id[kMaxEnds] = {};
  TraceWord word[kMaxDrainRows], hidden[kMaxDrainRows], logits;
  TraceNorm norm_beat;
  TraceCopy copy;
  TraceChoice choice;
};

struct ModelShape {
  int version = 0;
  int ports = 0;
  int norm_lanes = 0;
};

}  // namespace edgemoe::rtl

extern "C" {
/// The entry points of a model library.
void edgemoe_rtl_shape(edgemoe::rtl::ModelShape* shape);
void* edgemoe_rtl_open();
void edgemoe_rtl_close(void* model);
void edgemoe_rtl_settle(void* model, const edgemoe::rtl::ModelInputs* inputs,
                        edgemoe::rtl::ModelOutputs* outputs);
void edgemoe_rtl_edge(void* model);
/// Begins a waveform file, or ends it with null; false: this library was built without.
bool edgemoe_rtl_wave(void* model, const char* file);
/// The first assertion that failed, or null.
const char* edgemoe_rtl_failure(void* model);
}

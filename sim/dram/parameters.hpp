// SPDX-License-Identifier: Apache-2.0
/// Parameters of the DDR4 model: plain numbers, no defaults taken from a board.
///
/// Why:     sim/dram depends on nothing of ours, so the host converts its board configuration into
///          this struct (names match field by field).
/// Units:   every `t...` field is in memory clocks (tCK = 2 / data rate); cycles are PL cycles.
/// Errors:  `check_parameters` throws std::invalid_argument naming the field.
#pragma once

#include <cstdint>
#include <vector>

namespace edgemoe::sim {

/// Time of the memory model; see `TimeBase` for its length.
using Tick = std::uint64_t;

/// "No time": later than everything.
constexpr Tick kNever = ~Tick{0};

/// One AXI port of the PL into the memory controller (read and write channels are independent).
struct PortParameters {
  int width_bytes = 16;             ///< one beat; power of two, at most 128
  int request_latency_cycles = 0;   ///< address (or last write beat) at the port -> controller
  int response_latency_cycles = 0;  ///< data (or write done) at the controller -> the port
  int max_burst_beats = 16;         ///< AXI3: 16; longer requests are split
};

/// The controller's fixed choices; small enough that the engine can look ahead (see README).
struct ControllerParameters {
  int read_window = 16;         ///< DRAM bursts of reads that the scheduler sees; 1..64
  int write_window = 32;        ///< the same for writes; 1..64
  int write_high = 24;          ///< waiting writes that start a drain
  int write_low = 8;            ///< waiting writes at which such a drain ends
  int write_idle_tck = 16;      ///< no read for so long: writes go out
  int write_max_age_tck = 512;  ///< a write older than this starts a drain
  int max_row_bypass = 8;       ///< row hits that may overtake an older request to the same bank
  int cap_depth_bursts = 128;   ///< bucket of the efficiency cap: covers a refresh, so that the cap
                               ///< is a maximum with the timing and does not multiply with it
};

struct DramParameters {
  double clock_mhz = 300.0;        ///< PL clock: the clock of the ports
  double data_rate_mt_s = 2133.0;  ///< DDR transfers per second; 2133 means 2133.33
  int bus_bits = 64;
  int bank_groups = 4;
  int banks_per_group = 4;
  std::uint64_t row_bytes = 8192;  ///< one row over the whole bus
  std::uint64_t size_bytes = 4294967296ull;
  int burst_length = 8;  ///< transfers; one DRAM burst = bus_bits / 8 * burst_length bytes
  int cl = 15, cwl = 14, trcd = 15, trp = 15, tras = 36;
  int trrd_s = 4, trrd_l = 6, tfaw = 23;
  int tccd_s = 4, tccd_l = 6;
  int twr = 16, twtr_s = 3, twtr_l = 8, trtp = 8;
  int trefi = 8320, trfc = 278;  ///< trefi 0: no refresh
  int refresh_phase = 0;         ///< memory clocks by which the first refresh comes earlier
  double efficiency_cap = 1.0;   ///< (0, 1]: fraction of the peak handed out at most; 1 = no cap
  std::vector<PortParameters> ports = std::vector<PortParameters>(1);
  ControllerParameters controller;
  int histogram_window_cycles = 1024;  ///< PL cycles per entry of the bandwidth histogram; 0 = none
};

/// Lengths of the clocks in ticks: the smallest pair of integers whose ratio meets clock_mhz and
/// the memory clock within 4e-4 (data rates are published rounded: 2133 for 2133.33, 2666 for
/// 2666.67). 300 MHz and 2133: 32 ticks a PL cycle, 9 a tCK, so a tick is 1 / 9.6 GHz.
struct TimeBase {
  Tick cycle = 0;  ///< ticks per PL cycle
  Tick tck = 0;    ///< ticks per memory clock
};

/// Throws std::invalid_argument when no pair of integers below 4096 meets the ratio.
TimeBase resolve_time_base(double clock_mhz, double data_rate_mt_s);

/// Throws std::invalid_argument with the field's name for values that the model cannot carry.
void check_parameters(const DramParameters& parameters);

/// Bytes of one DRAM burst.
inline std::uint64_t burst_bytes(const DramParameters& p) {
  return static_cast<std::uint64_t>(p.bus_bits / 8) * static_cast<std::uint64_t>(p.burst_length);
}

}  // namespace edgemoe::sim

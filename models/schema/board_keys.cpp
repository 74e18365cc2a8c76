// SPDX-License-Identifier: Apache-2.0
#include "models/schema/board_keys.hpp"

namespace edgemoe::models {

namespace {

void visit_resources(ResourceConfig* resources, Visitor* visitor) {
  constexpr IntegerRange kCount{0, 100'000'000};
  visit_integer(visitor, required("dsp", "DSP slices"), kCount, &resources->dsp);
  visit_integer(visitor, required("bram36", "block RAMs", "36 Kbit"), kCount, &resources->bram36);
  visit_integer(visitor, required("uram", "UltraRAMs", "288 Kbit"), kCount, &resources->uram);
  visit_integer(visitor, required("lut", "look-up tables"), kCount, &resources->lut);
  visit_integer(visitor, required("ff", "flip-flops"), kCount, &resources->ff);
}

void visit_dram_shape(DramConfig* dram, Visitor* visitor) {
  visitor->real(required("data_rate_mt_s", "transfers per second and pin", "MT/s"),
                {100.0, 10000.0}, &dram->data_rate_mt_s);
  visit_integer(visitor, required("bus_bits", "width of the data bus", "bit"), {8, 128, true},
                &dram->bus_bits);
  visit_integer(visitor, required("bank_groups", "bank groups"), {1, 8, true}, &dram->bank_groups);
  visit_integer(visitor, required("banks_per_group", "banks of a group"), {1, 8, true},
                &dram->banks_per_group);
  visit_integer(visitor, required("row_bytes", "one row over the whole bus", "byte"),
                {64, 1 << 20, true}, &dram->row_bytes);
  visit_integer(visitor, required("size_bytes", "size of the memory", "byte"),
                {1 << 20, std::int64_t{1} << 40}, &dram->size_bytes);
  visit_integer(visitor, required("burst_length", "transfers of one burst"), {8, 8, true},
                &dram->burst_length);
  visitor->real(
      optional("efficiency_cap", "share of the peak bandwidth that the controller hands out"),
      {0.0, 1.0, true}, &dram->efficiency_cap);
}

void visit_dram_timing(DramConfig* dram, Visitor* visitor) {
  const auto cycles = [&](const char* name, const char* description, int* value) {
    visit_integer(visitor, required(name, description, "tCK"), {1, 65535}, value);
  };
  cycles("cl", "read latency", &dram->cl);
  cycles("cwl", "write latency", &dram->cwl);
  cycles("trcd", "activate to read or write", &dram->trcd);
  cycles("trp", "precharge to activate", &dram->trp);
  cycles("tras", "activate to precharge", &dram->tras);
  cycles("trrd_s", "activate to activate, other bank group", &dram->trrd_s);
  cycles("trrd_l", "activate to activate, same bank group", &dram->trrd_l);
  cycles("tfaw", "window of four activates", &dram->tfaw);
  cycles("tccd_s", "burst to burst, other bank group", &dram->tccd_s);
  cycles("tccd_l", "burst to burst, same bank group", &dram->tccd_l);
  cycles("twr", "end of write data to precharge", &dram->twr);
  cycles("twtr_s", "end of write data to read, other bank group", &dram->twtr_s);
  cycles("twtr_l", "end of write data to read, same bank group", &dram->twtr_l);
  cycles("trtp", "read to precharge", &dram->trtp);
  cycles("trefi", "refresh to refresh", &dram->trefi);
  cycles("trfc", "refresh to activate", &dram->trfc);
}

void visit_port(PortConfig* port, Visitor* visitor) {
  visitor->text(required("name", "name of the port"), TextRule::kToken, &port->name);
  visit_integer(visitor, required("width_bits", "width of its data bus", "bit"), {8, 1024, true},
                &port->width_bits);
  visit_integer(
      visitor,
      required("latency_cycles", "cycles that the path adds to a read, both ways", "cycle"),
      {0, 1000}, &port->latency_cycles);
  visit_integer(visitor, required("max_burst_beats", "longest burst", "beat"), {1, 256, true},
                &port->max_burst_beats);
}

void visit_coefficient(const CoefficientName& name, Coefficient* coefficient, Visitor* visitor) {
  visitor->real(required("value", name.description, name.unit), {0.0, 1e9}, &coefficient->value);
  visitor->text(required("unit", "must be " + name.unit), TextRule::kLine, &coefficient->unit);
  visitor->text(required("source", "where the value comes from"), TextRule::kLine,
                &coefficient->source);
  visitor->real(required("uncertainty", "relative; 0.5 = +-50 %"), {0.0, 10.0},
                &coefficient->uncertainty);
}

}  // namespace

const std::vector<CoefficientName>& coefficient_names() {
  static const std::vector<CoefficientName> kNames{
      {"mac_w8a8", "pJ", "one int8 multiply-accumulate"},
      {"mac_w16a16", "pJ", "one int16 multiply-accumulate", false},
      {"mac_w16a32", "pJ", "one multiply-accumulate of 16 by 32 bit", false},
      {"bram_read", "pJ/bit", "one bit read from on-chip memory"},
      {"bram_write", "pJ/bit", "one bit written to on-chip memory"},
      {"logic_lut", "pJ", "one look-up table with its registers and nets, clocked for a cycle"},
      {"logic_dsp", "pJ", "the logic around one DSP slice for a cycle, where LUTs are not known"},
      {"logic_op", "pJ", "one requantised result, or one GELU result"},
      {"norm_op", "pJ", "one element through LayerNorm"},
      {"softmax_op", "pJ", "one exponential of softmax"},
      {"dram_activate", "pJ", "one activate and precharge of a row, all devices of the rank"},
      {"dram_burst", "pJ/bit", "one bit read from or written to DRAM, devices and their I/O"},
      {"dram_background", "W", "DRAM in active standby, all devices"},
      {"axi_beat", "pJ", "one 128-bit beat between DRAM controller and logic"},
      {"static_pl", "W", "programmable logic: leakage and clock tree at idle"},
      {"ps", "W", "processing system with its memory controller"},
  };
  return kNames;
}

void visit(BoardConfig* board, Visitor* visitor) {
  if (!visitor->open_map(Key{}, true)) return;
  visit_file_keys(visitor);
  visitor->text(required("name", "name of the board"), TextRule::kName, &board->name);
  visitor->text(required("part", "FPGA part"), TextRule::kName, &board->part);
  visit_map(visitor, required("resources", "what the part has"), true,
            [&] { visit_resources(&board->resources, visitor); });
  visit_map(visitor, required("dram", "DDR4 memory"), true, [&] {
    visit_dram_shape(&board->dram, visitor);
    visit_dram_timing(&board->dram, visitor);
  });
  visit_list(visitor, required("ports", "memory ports of the logic"), {1, 16}, &board->ports,
             [&](PortConfig* port) {
               visit_map(visitor, Key{}, true, [&] { visit_port(port, visitor); });
             });
  visit_map(visitor, required("energy", "energy coefficients"), true, [&] {
    for (const CoefficientName& name : coefficient_names()) {
      Key key = optional(name.name, name.description);
      key.required = name.required;
      visit_map(visitor, key, board->energy.count(name.name) == 1,
                [&] { visit_coefficient(name, &board->energy[name.name], visitor); });
    }
  });
  visitor->close_map();
}

}  // namespace edgemoe::models

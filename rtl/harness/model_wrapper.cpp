// SPDX-License-Identifier: Apache-2.0
// One verilated accelerator behind the C functions of model_ports.hpp. Compiled by build_model.sh
// together with the model; Vaccelerator is what Verilator calls it there.
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

#include "Vaccelerator.h"
#include "rtl/harness/bits.hpp"
#include "rtl/harness/model_ports.hpp"
#if VM_TRACE
#include <verilated_fst_c.h>
#endif
#if VM_COVERAGE
#include <verilated_cov.h>
#endif

namespace {

using namespace edgemoe::rtl;

std::string first_failure;

#if VM_COVERAGE
/// Counts of one run: a file of its own in the folder that EDGEMOE_RTL_COVERAGE names.
void write_coverage(VerilatedContext& context) {
  const char* folder = std::getenv("EDGEMOE_RTL_COVERAGE");
  if (folder == nullptr) return;
  const std::string name = std::string(folder) + "/coverage-" + std::to_string(::getpid()) + "-";
  int run = 0;  // the library is loaded anew for a run: nothing here counts them
  while (::access((name + std::to_string(run) + ".dat").c_str(), F_OK) == 0) ++run;
  context.coveragep()->write((name + std::to_string(run) + ".dat").c_str());
}
#endif

struct Model {
  Model() : context(std::make_unique<VerilatedContext>()) {
#if VM_TRACE
    context->traceEverOn(true);
#endif
    top = std::make_unique<Vaccelerator>(context.get());
  }
  ~Model() {
    top->final();
#if VM_COVERAGE
    write_coverage(*context);
#endif
  }

  std::unique_ptr<VerilatedContext> context;
  std::unique_ptr<Vaccelerator> top;
#if VM_TRACE
  std::unique_ptr<VerilatedFstC> wave;
#endif
};

template <typename Port>
void put_bytes(Port& port, std::size_t offset, const std::uint8_t* data) {
  for (std::size_t i = 0; i < 4; ++i) {
    std::uint32_t word = 0;
    std::memcpy(&word, data + 4 * i, 4);
    put_bits(port, offset + 32 * i, 32, word);
  }
}

template <typename Port>
void get_bytes(const Port& port, std::size_t offset, std::uint8_t* data) {
  for (std::size_t i = 0; i < 4; ++i) {
    const auto word = static_cast<std::uint32_t>(get_bits(port, offset + 32 * i, 32));
    std::memcpy(data + 4 * i, &word, 4);
  }
}

template <typename Port>
void get_values(const Port& port, std::size_t first, int count, int width, bool is_signed,
                std::int32_t* values) {
  for (int i = 0; i < count; ++i) {
    const auto offset = first + static_cast<std::size_t>(i) * static_cast<std::size_t>(width);
    values[i] = static_cast<std::int32_t>(is_signed ? get_signed(port, offset, width)
                                                    : static_cast<std::int64_t>(
                                                          get_bits(port, offset, width)));
  }
}

bool bit(std::uint64_t mask, std::size_t at) { return ((mask >> at) & 1u) != 0; }

void apply(const ModelInputs& in, Vaccelerator& top) {
  top.rst_ni = !in.reset;
  top.s_axil_awaddr_i = in.axil_awaddr;
  top.s_axil_awvalid_i = in.axil_awvalid;
  top.s_axil_wdata_i = in.axil_wdata;
  top.s_axil_wstrb_i = 0xF;
  top.s_axil_wvalid_i = in.axil_wvalid;
  top.s_axil_bready_i = in.axil_bready;
  top.s_axil_araddr_i = in.axil_araddr;
  top.s_axil_arvalid_i = in.axil_arvalid;
  top.s_axil_rready_i = in.axil_rready;
  top.m_prog_arready_i = in.program_ready;
  top.m_prog_rvalid_i = in.program.valid;
  if (in.program.valid) {
    top.m_prog_rlast_i = in.program.last;
    top.m_prog_rresp_i = in.program.response;
    put_bytes(top.m_prog_rdata_i, 0, in.program.data);
  }
  const std::size_t ports = EDGEMOE_PORTS;
  std::uint64_t valid = 0, last = 0, written = 0, loads = 0, stores = 0, data = 0;
  for (std::size_t p = 0; p < ports; ++p) {
    if (in.load[p].valid) {
      valid |= 1u << p;
      last |= static_cast<std::uint64_t>(in.load[p].last) << p;
      put_bits(top.m_axi_rresp_i, 2 * p, 2, in.load[p].response);
      put_bytes(top.m_axi_rdata_i, 128 * p, in.load[p].data);
    }
    written |= static_cast<std::uint64_t>(in.written[p]) << p;
    put_bits(top.m_axi_bresp_i, 2 * p, 2, in.write_response[p]);
    loads |= static_cast<std::uint64_t>(in.load_ready[p]) << p;
    stores |= static_cast<std::uint64_t>(in.store_ready[p]) << p;
    data |= static_cast<std::uint64_t>(in.data_ready[p]) << p;
  }
  put_bits(top.m_axi_rvalid_i, 0, EDGEMOE_PORTS, static_cast<std::int64_t>(valid));
  put_bits(top.m_axi_rlast_i, 0, EDGEMOE_PORTS, static_cast<std::int64_t>(last));
  put_bits(top.m_axi_bvalid_i, 0, EDGEMOE_PORTS, static_cast<std::int64_t>(written));
  put_bits(top.m_axi_arready_i, 0, EDGEMOE_PORTS, static_cast<std::int64_t>(loads));
  put_bits(top.m_axi_awready_i, 0, EDGEMOE_PORTS, static_cast<std::int64_t>(stores));
  put_bits(top.m_axi_wready_i, 0, EDGEMOE_PORTS, static_cast<std::int64_t>(data));
}

void read_bus(const Vaccelerator& top, ModelOutputs* out) {
  out->axil_awready = top.s_axil_awready_o != 0;
  out->axil_wready = top.s_axil_wready_o != 0;
  out->axil_bvalid = top.s_axil_bvalid_o != 0;
  out->axil_arready = top.s_axil_arready_o != 0;
  out->axil_rvalid = top.s_axil_rvalid_o != 0;
  out->axil_rdata = top.s_axil_rdata_o;
  out->interrupt = top.irq_o != 0;
  out->program.valid = top.m_prog_arvalid_o != 0;
  if (out->program.valid) {
    out->program.address = top.m_prog_araddr_o;
    out->program.beats = top.m_prog_arlen_o + 1;
  }
  const std::uint64_t reads = top.m_axi_arvalid_o, writes = top.m_axi_awvalid_o,
                      data = top.m_axi_wvalid_o;
  for (std::size_t p = 0; p < EDGEMOE_PORTS; ++p) {
    out->load[p].valid = bit(reads, p);
    if (out->load[p].valid) {
      out->load[p].address = get_bits(top.m_axi_araddr_o, 48 * p, 48);
      out->load[p].beats = static_cast<int>(get_bits(top.m_axi_arlen_o, 8 * p, 8)) + 1;
    }
    out->store[p].valid = bit(writes, p);
    if (out->store[p].valid) {
      out->store[p].address = get_bits(top.m_axi_awaddr_o, 48 * p, 48);
      out->store[p].beats = static_cast<int>(get_bits(top.m_axi_awlen_o, 8 * p, 8)) + 1;
    }
    out->data[p].valid = bit(data, p);
    if (out->data[p].valid) {
      out->data[p].last = bit(top.m_axi_wlast_o, p);
      get_bytes(top.m_axi_wdata_o, 128 * p, out->data[p].data);
    }
  }
}

void read_events(const Vaccelerator& top, ModelOutputs* out) {
  out->started = top.trc_start_o != 0;
  out->dispatch = {top.trc_dispatch_valid_o != 0, top.trc_dispatch_id_o, top.trc_dispatch_id_o};
  out->barrier = {top.trc_barrier_valid_o != 0, top.trc_barrier_id_o, 0};
  out->block = {top.trc_block_valid_o != 0, top.trc_block_id_o, top.trc_block_index_o};
  out->scores = {top.trc_scores_valid_o != 0, top.trc_scores_id_o, top.trc_scores_index_o};
  out->norm = {top.trc_norm_valid_o != 0, top.trc_norm_id_o, top.trc_norm_index_o};
  out->route = {top.trc_route_valid_o != 0, top.trc_route_id_o, top.trc_route_index_o};
  out->write = {top.trc_write_valid_o != 0, top.trc_write_id_o, top.trc_write_index_o};
  for (std::size_t p = 0; p < EDGEMOE_PORTS; ++p) {
    out->request[p] = {bit(top.trc_request_valid_o, p), top.trc_request_id_o,
                       static_cast<std::uint32_t>(get_bits(top.trc_request_index_o, 32 * p, 32))};
    out->readable[p] = {bit(top.trc_readable_valid_o, p),
                        static_cast<std::uint16_t>(get_bits(top.trc_readable_id_o, 16 * p, 16)),
                        static_cast<std::uint32_t>(get_bits(top.trc_readable_index_o, 32 * p, 32))};
  }
  out->ends = 0;
  const std::uint64_t ends = top.trc_end_valid_o;
  for (std::size_t e = 0; ends >> e != 0; ++e) {
    if (bit(ends, e)) {
      out->end_id[out->ends++] = static_cast<std::uint16_t>(get_bits(top.trc_end_id_o, 16 * e, 16));
    }
  }
}

/// The `n`th of the rows that leave the array in a cycle.
void read_row(const Vaccelerator& top, std::size_t n, ModelOutputs* out) {
  TraceWord& w = out->word[n];
  w.valid = bit(top.trc_wr_valid_o, n);
  if (w.valid) {
    w.buffer = top.trc_wr_dst_o;
    w.id = top.trc_wr_id_o;
    w.row = static_cast<int>(get_bits(top.trc_wr_row_o, 16 * n, 16));
    w.word = top.trc_wr_word_o;
    constexpr int kResidual = 3;  // program::Buffer::kResidual
    get_values(top.trc_wr_data_o, 384 * n, 16, w.buffer == kResidual ? 24 : 8, true, w.values);
  }
  TraceWord& h = out->hidden[n];
  h.valid = bit(top.trc_hid_valid_o, n);
  if (h.valid) {
    h.id = top.trc_hid_id_o;
    h.experts = top.trc_hid_experts_o != 0;
    h.row = static_cast<int>(get_bits(top.trc_hid_row_o, 16 * n, 16));
    h.word = top.trc_hid_word_o;
    get_values(top.trc_hid_data_o, 128 * n, 16, 8, false, h.values);
  }
}

void read_words(const Vaccelerator& top, ModelOutputs* out) {
  for (std::size_t n = 0; n < EDGEMOE_DRAIN_ROWS; ++n) read_row(top, n, out);
  TraceWord& l = out->logits;
  l.valid = top.trc_lgt_valid_o != 0;
  if (l.valid) {
    l.id = top.trc_lgt_id_o;
    l.row = top.trc_lgt_row_o;
    l.word = top.trc_lgt_word_o;
    get_values(top.trc_lgt_data_o, 0, 16, 32, true, l.values);
  }
}

void read_norm_and_choices(const Vaccelerator& top, ModelOutputs* out) {
  TraceNorm& n = out->norm_beat;
  n.valid = top.trc_nwr_valid_o != 0;
  if (n.valid) {
    n.last = top.trc_nwr_last_o != 0;
    n.low = top.trc_nwr_low_o != 0;
    n.row = top.trc_nwr_row_o;
    n.beat = top.trc_nwr_beat_o;
    n.scale = top.trc_nwr_scale_o;
    get_values(top.trc_nwr_z8_o, 0, EDGEMOE_NORM_LANES, 8, true, n.z8);
    get_values(top.trc_nwr_lo_o, 0, EDGEMOE_NORM_LANES, 8, true, n.lo);
  }
  TraceCopy& c = out->copy;
  c.valid = top.trc_cwr_valid_o != 0;
  if (c.valid) {
    c.row = top.trc_cwr_row_o;
    c.beat = top.trc_cwr_beat_o;
    get_values(top.trc_cwr_data_o, 0, EDGEMOE_NORM_LANES, 24, true, c.values);
  }
  TraceChoice& t = out->choice;
  t.valid = top.trc_choice_valid_o != 0;
  if (t.valid) {
    t.row = top.trc_choice_row_o;
    t.chosen = top.trc_choice_chosen_o;
    t.kept = top.trc_choice_kept_o;
    for (std::size_t k = 0; k < 4; ++k) {
      t.expert[k] = static_cast<int>(get_bits(top.trc_choice_expert_o, 8 * k, 8));
      t.score[k] = static_cast<std::uint32_t>(get_bits(top.trc_choice_score_o, 17 * k, 17));
    }
  }
}

}  // namespace

// Verilator calls this for a failed assertion; the run is stopped by the harness.
void vl_stop(const char* file, int line, const char* scope) VL_MT_UNSAFE {
  if (first_failure.empty()) {
    const char* name = std::strrchr(file, '/');
    first_failure = std::string(name != nullptr ? name + 1 : file) + ":" + std::to_string(line) +
                    " in " + scope;
  }
}

extern "C" {

void edgemoe_rtl_shape(ModelShape* shape) {
  *shape = {kModelVersion, EDGEMOE_PORTS, EDGEMOE_NORM_LANES};
}

void* edgemoe_rtl_open() {
  first_failure.clear();
  return new Model;
}

void edgemoe_rtl_close(void* model) { delete static_cast<Model*>(model); }

void edgemoe_rtl_settle(void* model, const ModelInputs* inputs, ModelOutputs* outputs) {
  Model& m = *static_cast<Model*>(model);
  m.top->clk_i = 0;
  apply(*inputs, *m.top);
  m.top->eval();
#if VM_TRACE
  if (m.wave) m.wave->dump(m.context->time());
#endif
  m.context->timeInc(1);
  read_bus(*m.top, outputs);
  read_events(*m.top, outputs);
  read_words(*m.top, outputs);
  read_norm_and_choices(*m.top, outputs);
}

void edgemoe_rtl_edge(void* model) {
  Model& m = *static_cast<Model*>(model);
  m.top->clk_i = 1;
  m.top->eval();
#if VM_TRACE
  if (m.wave) m.wave->dump(m.context->time());
#endif
  m.context->timeInc(1);
}

bool edgemoe_rtl_wave(void* model, const char* file) {
#if VM_TRACE
  Model& m = *static_cast<Model*>(model);
  if (m.wave) m.wave->close();
  m.wave.reset();
  if (file != nullptr) {
    m.wave = std::make_unique<VerilatedFstC>();
    m.top->trace(m.wave.get(), 99);
    m.wave->open(file);
  }
  return true;
#else
  (void)model;
  (void)file;
  return false;
#endif
}

const char* edgemoe_rtl_failure(void*) {
  return first_failure.empty() ? nullptr : first_failure.c_str();
}
}

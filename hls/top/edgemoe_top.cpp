// SPDX-License-Identifier: Apache-2.0
#include "hls/top/edgemoe_top.hpp"

#include "hls/top/sequencer.hpp"

extern "C" void edgemoe_top(edgemoe::hls::MemoryPort memory, std::uint64_t size,
                            edgemoe::hls::StatusRegisters* status) {
#pragma HLS interface m_axi port = memory offset = slave depth = 1048576 max_widen_bitwidth = 128
#pragma HLS interface s_axilite port = memory bundle = control
#pragma HLS interface s_axilite port = size bundle = control
#pragma HLS interface s_axilite port = status bundle = control
#pragma HLS interface s_axilite port = return bundle = control
  // One linear unit serves embedding, linears, gate and experts, which are inlined down to here.
#pragma HLS allocation function instances = linear limit = 1
  using edgemoe::hls::BoardLimits;
  using edgemoe::hls::W8A8;
  static edgemoe::hls::Machine<W8A8, BoardLimits> machine;
  // 8 tokens x 16 inputs a cycle into the array; 16 outputs a cycle out of the requantiser.
#pragma HLS array_partition variable = machine.tokens.pixels cyclic factor = 8 dim = 1
#pragma HLS array_partition variable = machine.tokens.pixels cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = machine.tokens.norm_out cyclic factor = 8 dim = 1
#pragma HLS array_partition variable = machine.tokens.norm_out cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = machine.tokens.norm_low cyclic factor = 8 dim = 1
#pragma HLS array_partition variable = machine.tokens.norm_low cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = machine.tokens.attention_out cyclic factor = 8 dim = 1
#pragma HLS array_partition variable = machine.tokens.attention_out cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = machine.tokens.hidden cyclic factor = 8 dim = 1
#pragma HLS array_partition variable = machine.tokens.hidden cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = machine.tokens.staged cyclic factor = 8 dim = 1
#pragma HLS array_partition variable = machine.tokens.staged cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = machine.tokens.qkv cyclic factor = 16 dim = 1
#pragma HLS array_partition variable = machine.tokens.qkv cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = machine.tokens.residual cyclic factor = 16 dim = 2
#pragma HLS array_partition variable = machine.tokens.position cyclic factor = 16 dim = 2
  edgemoe::hls::NoHooks hooks;
  const edgemoe::hls::RunStatus run = edgemoe::hls::run_image(memory, size, machine, hooks);
  status->error = static_cast<std::uint32_t>(run.error);
  status->failed_command = run.failed_command;
  status->residual_saturations = run.residual_saturations;
  status->accumulator_saturations = run.accumulator_saturations;
  status->int8_saturations = run.int8_saturations;
  status->macs = run.macs;
}

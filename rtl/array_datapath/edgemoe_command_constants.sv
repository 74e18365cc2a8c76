// SPDX-License-Identifier: Apache-2.0
// edgemoe_command_constants: what the blocks of the commands in flight need of their commands.
//
// Interface  write: a command's word under one of 8 numbers. Read: one port for each place in the
//            pipeline that asks; combinational.
// Latency    a command written in cycle c is read from c + 1 on.
// Reset      none: a number is written before it is used.
// Numbers    dim_words: words of 16 in a row of the width D: EMBED's outputs, else the inputs.
// Verified   tests/rtl/array_datapath.
module edgemoe_command_constants #(
  parameter int unsigned WordW = 6
) (
  input  logic             clk_i,

  input  logic             valid_i,
  input  logic [2:0]       ctx_i,
  input  logic [1023:0]    command_i,

  // scale of a block's rows
  input  logic [2:0]       scale_ctx_i,
  output logic             token_scale_o,
  // requantiser, gate, values of attention
  input  logic [2:0]       drain_ctx_i,
  input  logic             drain_matrix_i,
  output logic [5:0]       r1_o,
  output logic [5:0]       r2_o,
  output logic [4:0]       bias_shift_o,
  output logic             bias_before_o,
  output logic [5:0]       gate_shift_o,
  output logic [15:0]      out_mult_o,
  // destination
  input  logic [2:0]       target_ctx_i,
  output logic [WordW-1:0] dim_words_o,
  // GELU
  input  logic [2:0]       gelu_ctx_i,
  output logic [15:0]      gelu_mult_o,
  output logic [5:0]       gelu_shift_o,
  output logic [7:0]       zero_point_o,
  // softmax
  input  logic [2:0]       softmax_ctx_i,
  output logic [15:0]      score_mult_o,
  output logic [5:0]       score_shift_o
);

  localparam int unsigned RequantW = 18;

  logic                token_scale_mem [0:7];
  logic [RequantW-1:0] requant_mem [0:7], requant2_mem [0:7];
  logic [5:0]          gate_mem [0:7];
  logic [15:0]         out_mem [0:7];
  logic [WordW-1:0]    dim_mem [0:7];
  logic [29:0]         gelu_mem [0:7];
  logic [21:0]         score_mem [0:7];

  logic                embed;
  logic [RequantW-1:0] requant0, requant1;
  logic [WordW-1:0]    dim_words;
  always_comb begin
    embed     = command_i[edgemoe_pkg::CmdOpcodeLsb +: 8] == 8'd8;
    requant0  = {command_i[edgemoe_pkg::CmdRequantBiasBeforeScaleLsb],
                 command_i[edgemoe_pkg::CmdRequantBiasShiftLsb +: 5],
                 command_i[edgemoe_pkg::CmdRequantR2Lsb +: 6],
                 command_i[edgemoe_pkg::CmdRequantR1Lsb +: 6]};
    requant1  = {command_i[edgemoe_pkg::CmdRequant2BiasBeforeScaleLsb],
                 command_i[edgemoe_pkg::CmdRequant2BiasShiftLsb +: 5],
                 command_i[edgemoe_pkg::CmdRequant2R2Lsb +: 6],
                 command_i[edgemoe_pkg::CmdRequant2R1Lsb +: 6]};
    dim_words = embed ? command_i[edgemoe_pkg::CmdOutDimLsb + 4 +: WordW]
                      : command_i[edgemoe_pkg::CmdInDimLsb + 4 +: WordW];
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      token_scale_mem[ctx_i] <= command_i[edgemoe_pkg::CmdScaleSourceLsb];
      requant_mem[ctx_i]     <= requant0;
      requant2_mem[ctx_i]    <= requant1;
      gate_mem[ctx_i]        <= command_i[edgemoe_pkg::CmdGateShiftLsb +: 6];
      out_mem[ctx_i]         <= command_i[edgemoe_pkg::CmdOutMultLsb +: 16];
      dim_mem[ctx_i]         <= dim_words;
      gelu_mem[ctx_i]        <= {command_i[edgemoe_pkg::CmdZeroPointLsb +: 8],
                                 command_i[edgemoe_pkg::CmdGeluShiftLsb +: 6],
                                 command_i[edgemoe_pkg::CmdGeluMultLsb +: 16]};
      score_mem[ctx_i]       <= {command_i[edgemoe_pkg::CmdScoreShiftLsb +: 6],
                                 command_i[edgemoe_pkg::CmdScoreMultLsb +: 16]};
    end
  end

  assign token_scale_o = token_scale_mem[scale_ctx_i];
  assign {bias_before_o, bias_shift_o, r2_o, r1_o} =
      drain_matrix_i ? requant2_mem[drain_ctx_i] : requant_mem[drain_ctx_i];
  assign gate_shift_o = gate_mem[drain_ctx_i];
  assign out_mult_o = out_mem[drain_ctx_i];
  assign dim_words_o = dim_mem[target_ctx_i];
  assign {zero_point_o, gelu_shift_o, gelu_mult_o} = gelu_mem[gelu_ctx_i];
  assign {score_shift_o, score_mult_o} = score_mem[softmax_ctx_i];

  logic unused_bits;
  assign unused_bits = ^command_i;

endmodule

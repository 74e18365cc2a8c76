// SPDX-License-Identifier: Apache-2.0
// edgemoe_write_trace: what the array writes into buffers, with the command's id: for taps. Not for
// synthesis.
//
// Interface  out: edgemoe_array_datapath.sv "Trace". write_*: row of a result at stage 13, of
//            hidden rows too, whose values come 6 cycles later with hidden_wen_i.
//            *_pair_i: and the row behind.
// Latency    none.
// Verified   tests/rtl/array_datapath.
`ifndef SYNTHESIS

module edgemoe_write_trace #(
  parameter int unsigned RowW  = 9,
  parameter int unsigned WordW = 6,
  parameter int unsigned DrainRows = 1
) (
  input  logic             clk_i,

  input  logic             ctx_valid_i,
  input  logic [2:0]       ctx_i,
  input  logic [1023:0]    ctx_command_i,

  input  logic             res_wen_i,
  input  logic             qkv_wen_i,
  input  logic             attention_wen_i,
  input  logic             write_pair_i,
  input  logic [2:0]       write_ctx_i,
  input  logic [RowW-1:0]  write_row_i,
  input  logic [WordW-1:0] write_word_i,
  input  logic             write_half_i,
  input  logic [DrainRows*384-1:0] write_data_i,
  input  logic [DrainRows*128-1:0] int8_i,
  input  logic             hidden_wen_i,
  input  logic             hidden_pair_i,
  input  logic [DrainRows*128-1:0] hidden_i,
  input  logic             lgt_valid_i,
  input  logic [2:0]       lgt_ctx_i,
  input  logic [15:0]      lgt_row_i,
  input  logic [WordW-1:0] lgt_word_i,
  input  logic [511:0]     lgt_data_i,

  output logic [DrainRows-1:0] trc_wr_valid_o,
  output logic [3:0]       trc_wr_dst_o,
  output logic [15:0]      trc_wr_id_o,
  output logic [DrainRows*16-1:0] trc_wr_row_o,
  output logic [15:0]      trc_wr_word_o,
  output logic [DrainRows*384-1:0] trc_wr_data_o,
  output logic [DrainRows-1:0] trc_hid_valid_o,
  output logic [15:0]      trc_hid_id_o,
  output logic             trc_hid_experts_o,
  output logic             trc_hid_half_o,
  output logic [DrainRows*16-1:0] trc_hid_row_o,
  output logic [15:0]      trc_hid_word_o,
  output logic [DrainRows*128-1:0] trc_hid_data_o,
  output logic             trc_lgt_valid_o,
  output logic [15:0]      trc_lgt_id_o,
  output logic [15:0]      trc_lgt_row_o,
  output logic [15:0]      trc_lgt_word_o,
  output logic [511:0]     trc_lgt_data_o
);

  localparam logic [3:0] BufferResidual     = 4'd3;
  localparam logic [3:0] BufferQkv          = 4'd5;
  localparam logic [3:0] BufferAttentionOut = 4'd6;
  localparam logic [7:0] OpcodeExperts      = 8'd15;

  logic [15:0] id_mem [0:7];
  logic        experts_mem [0:7];
  always_ff @(posedge clk_i) begin
    if (ctx_valid_i) begin
      id_mem[ctx_i]      <= ctx_command_i[edgemoe_pkg::CmdIdLsb +: 16];
      experts_mem[ctx_i] <= ctx_command_i[edgemoe_pkg::CmdOpcodeLsb +: 8] == OpcodeExperts;
    end
  end

  localparam int unsigned PlaceW = 3 + 1 + RowW + WordW;
  logic             write;
  logic [2:0]       hidden_ctx;
  logic [RowW-1:0]  hidden_row;
  logic [WordW-1:0] hidden_word;
  assign write = res_wen_i || qkv_wen_i || attention_wen_i;
  assign trc_wr_dst_o   = res_wen_i ? BufferResidual : qkv_wen_i ? BufferQkv : BufferAttentionOut;
  assign trc_wr_id_o    = id_mem[write_ctx_i];
  assign trc_wr_word_o  = 16'(write_word_i);
  for (genvar r = 0; r < DrainRows; r++) begin : gen_row
    assign trc_wr_valid_o[r]            = write && (r == 0 || write_pair_i);
    assign trc_wr_row_o[r*16 +: 16]     = 16'(write_row_i) + 16'(r);
    assign trc_wr_data_o[r*384 +: 384]  = res_wen_i ? write_data_i[r*384 +: 384]
                                                    : 384'(int8_i[r*128 +: 128]);
    assign trc_hid_valid_o[r]           = hidden_wen_i && (r == 0 || hidden_pair_i);
    assign trc_hid_row_o[r*16 +: 16]    = 16'(hidden_row) + 16'(r);
    assign trc_hid_data_o[r*128 +: 128] = hidden_i[r*128 +: 128];
  end

  edgemoe_delay #(.Width(PlaceW), .Depth(6)) u_place (
    .clk_i,
    .data_i({write_ctx_i, write_half_i, write_row_i, write_word_i}),
    .data_o({hidden_ctx, trc_hid_half_o, hidden_row, hidden_word})
  );
  assign trc_hid_id_o      = id_mem[hidden_ctx];
  assign trc_hid_experts_o = experts_mem[hidden_ctx];
  assign trc_hid_word_o    = 16'(hidden_word);

  assign trc_lgt_valid_o = lgt_valid_i;
  assign trc_lgt_id_o    = id_mem[lgt_ctx_i];
  assign trc_lgt_row_o   = lgt_row_i;
  assign trc_lgt_word_o  = 16'(lgt_word_i);
  assign trc_lgt_data_o  = lgt_data_i;

  logic unused_bits;
  assign unused_bits = ^{ctx_command_i, write_pair_i, hidden_pair_i};

endmodule

`endif

// SPDX-License-Identifier: Apache-2.0
// What the array tells others when results are written: progress, ends of commands, parameters that
// are through.
//
// Why:       Unit::signal_group, Machine::complete and Array::release_parameters of sim/units:
//            everything is said in the cycle after the last write.
// Interface  with the last cycle of a block: end_i (it says something) and what; to_gelu_i: its
//            results pass GELU; single_i: its rows leave one by one, whatever DrainRows is;
//            first_matrix_i: EXPERTS' W1, whose hidden rows hidden_o announces.
//            class_*: the class row after an embedding (edgemoe_class_row_schedule.sv).
//            now_i: a command that issues nothing ends in this cycle.
//            ev_*, con_*: 0 all results but GELU's, 1 GELU's, and now_i.
// Latency    from the last cycle of a block 1 + kArrayPipeline + drain + kRequantPipeline
//            (+ kGeluPipeline).
// Reset      nothing on its way.
// Verified   tests/rtl/array_control, within the whole.
`include "edgemoe_assert.svh"

module edgemoe_array_events #(
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned DrainRows = 1,
  parameter int unsigned WordW = 6,
  parameter int unsigned RowW = 9,
  parameter int unsigned ParamSegW = 6
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,

  // a block ends
  input  logic                   end_i,
  input  logic                   to_gelu_i,
  input  logic                   single_i,
  input  logic                   first_matrix_i,
  input  logic                   signal_i,
  input  logic [7:0]             counter_i,
  input  logic [8:0]             amount_i,
  input  logic                   done_i,
  input  logic [15:0]            id_i,
  input  logic                   params_i,
  input  logic [ParamSegW-1:0]   param_seg_i,
  input  logic [15:0]            param_rows_i,

  // class row
  input  logic                   class_block_i,
  input  logic                   class_go_i,
  input  logic                   class_signal_i,
  input  logic [WordW-1:0]       class_words_i,
  input  logic [RowW-1:0]        class_row_i,
  input  logic [2:0]             ctx_i,
  output logic                   cls_start_o,
  output logic [2:0]             cls_ctx_o,
  output logic [RowW-1:0]        cls_row_o,
  output logic [WordW-1:0]       cls_words_o,

  // a command that issued nothing
  input  logic                   now_i,
  input  logic                   now_signal_i,

  // written
  output logic                   hidden_o,
  output logic [1:0]             ev_valid_o,
  output logic [1:0]             ev_signal_o,
  output logic [15:0]            ev_counter_o,
  output logic [17:0]            ev_amount_o,
  output logic [1:0]             ev_done_o,
  output logic [31:0]            ev_id_o,
  output logic [1:0]             con_valid_o,
  output logic [2*ParamSegW-1:0] con_seg_o,
  output logic [31:0]            con_rows_o
);

  // From the cycle after the block's last one: what ends is known late in that.
  localparam int unsigned DrainCycles = TokenLanes / DrainRows;
  localparam int unsigned ResultDelay = edgemoe_pkg::ArrayPipeline + DrainCycles +
                                        edgemoe_pkg::RequantPipeline;
  localparam int unsigned GeluDelay = ResultDelay + edgemoe_pkg::GeluPipeline;
  // Blocks end at least DrainCycles cycles apart.
  localparam int unsigned Depth = 2 ** $clog2(GeluDelay / DrainCycles + 2);

  localparam int unsigned ConW = ParamSegW + 16;
  localparam int unsigned EventW = 1 + 8 + 9 + 1 + 16 + 1 + ConW;

  logic plain_valid, gelu_valid, class_valid, gelu_first;
  logic [EventW-1:0] here, here_q, class_here, plain, gelu, class_row;
  logic plain_q, plain_push, gelu_q, first_q;
  logic [2*EventW-1:0] out;
  logic [1:0] valid;

  assign here = {signal_i, counter_i, amount_i, done_i, id_i, params_i, param_seg_i, param_rows_i};
  assign class_here = {class_signal_i, counter_i, 9'd1, 1'b1, id_i, param_rows_i != '0,
                       param_seg_i, param_rows_i};

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      plain_q <= 1'b0;
      gelu_q <= 1'b0;
    end else begin
      plain_q <= end_i && !to_gelu_i && (DrainRows == 1 || !single_i);
      gelu_q <= end_i && to_gelu_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (end_i) begin
      here_q <= here;
      first_q <= first_matrix_i;
    end
  end

  // Single rows take longer; until then nothing else ends, so what is said stays.
  if (DrainRows == 1) begin : gen_one
    logic unused_single;
    assign unused_single = single_i;
    assign plain_push = plain_q;
  end else begin : gen_more
    localparam int unsigned Longer = TokenLanes - DrainCycles + 1;
    logic [Longer-1:0] single_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        single_q <= '0;
      end else begin
        single_q <= {single_q[Longer-2:0], end_i && !to_gelu_i && single_i};
      end
    end
    assign plain_push = plain_q || single_q[Longer-1];
    `EDGEMOE_ASSERT(NothingEndsBetween, !end_i || single_q == '0)
  end

  edgemoe_delay_queue #(.Width(EventW), .Delay(ResultDelay), .Depth(Depth)) u_plain (
    .clk_i(clk_i), .rst_ni(rst_ni), .push_i(plain_push), .data_i(here_q),
    .valid_o(plain_valid), .data_o(plain)
  );
  edgemoe_delay_queue #(.Width(EventW + 1), .Delay(GeluDelay), .Depth(Depth)) u_gelu (
    .clk_i(clk_i), .rst_ni(rst_ni), .push_i(gelu_q), .data_i({first_q, here_q}),
    .valid_o(gelu_valid), .data_o({gelu_first, gelu})
  );
  edgemoe_class_row_schedule #(
    .TokenLanes(TokenLanes), .WordW(WordW), .InfoW(EventW + 3 + RowW)
  ) u_class (
    .clk_i(clk_i), .rst_ni(rst_ni), .block_i(class_block_i), .go_i(class_go_i),
    .words_i(class_words_i), .info_i({ctx_i, class_row_i, class_here}), .start_o(cls_start_o),
    .words_o(cls_words_o), .end_o(class_valid), .info_o({cls_ctx_o, cls_row_o, class_row})
  );

  assign valid = {gelu_valid, plain_valid || class_valid};
  assign out = {gelu, class_valid ? class_row : plain};
  assign hidden_o = gelu_valid && gelu_first;

  logic [1:0] signal, done;
  logic [15:0] counter;
  logic [17:0] amount;
  logic [31:0] id;
  for (genvar p = 0; p < 2; p++) begin : gen_port
    logic has_params;
    assign {signal[p], counter[p*8 +: 8], amount[p*9 +: 9], done[p], id[p*16 +: 16], has_params,
            con_seg_o[p*ParamSegW +: ParamSegW], con_rows_o[p*16 +: 16]} = out[p*EventW +: EventW];
    assign con_valid_o[p] = valid[p] && has_params;
  end

  assign ev_signal_o = {(valid[1] && signal[1]) || (now_i && now_signal_i), valid[0] && signal[0]};
  assign ev_done_o = {(valid[1] && done[1]) || now_i, valid[0] && done[0]};
  assign ev_valid_o = ev_signal_o | ev_done_o;
  assign ev_counter_o = {now_i ? counter_i : counter[15:8], counter[7:0]};
  assign ev_amount_o = {now_i ? amount_i : amount[17:9], amount[8:0]};
  assign ev_id_o = {now_i ? id_i : id[31:16], id[15:0]};

  // Assertions
  `EDGEMOE_ASSERT(OneResultAtATime, !(plain_valid && class_valid) && !(gelu_valid && now_i))

endmodule

// SPDX-License-Identifier: Apache-2.0
// edgemoe_softmax_run: scores of one buffer -> exponentials and reciprocals of their sums.
//
// Interface  start_i: buffer, half of the exponentials, keys, slot of the reciprocals and constants
//            of the command. Reads the score store in beats (SoftmaxTokens queries x 16 keys): all
//            keys of the first queries, then the next. out: a beat of exponentials with its place;
//            scale_*: 1 / sum (LSB 2^-24) of one query.
// Latency    start in cycle s, beat j (of n = key blocks x TokenLanes / SoftmaxTokens): score read
//            in s + 1 + j, exponentials in s + 18 + j (before s + n + kSoftmaxPipeline),
//            reciprocals of its queries from s + 31 + j on, one a cycle.
// Handshake  starts at least n cycles apart (asserted). Reciprocals of two runs may wait.
// Reset      clears valid bits.
// Numbers    hls/kernels/attention.cpp, finish_queries: scale = rhu(y, p - 4), 17 bit; the sum
//            holds the 255 of the maximum, so p >= 7.
// Parameters those of edgemoe_array_datapath.sv.
// Verified   tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_softmax_run #(
  parameter int unsigned TokenLanes    = 8,
  parameter int unsigned SoftmaxTokens = 2,
  parameter int unsigned KeyBlocks     = 9,
  parameter int unsigned BufferW       = 2,
  parameter int unsigned KeyW          = 4,
  parameter int unsigned LengthW       = 9,
  localparam int unsigned ScoreW       = 22,
  localparam int unsigned Reads        = TokenLanes / SoftmaxTokens,
  localparam int unsigned ReadW        = Reads > 1 ? $clog2(Reads) : 1,
  localparam int unsigned IndexW       = $clog2(TokenLanes)
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,

  // run
  input  logic                               start_i,
  input  logic [BufferW-1:0]                 buffer_i,
  input  logic                               half_i,
  input  logic [LengthW-1:0]                 keys_i,
  input  logic [3:0]                         slot_i,
  input  logic [15:0]                        mult_i,
  input  logic [5:0]                         shift_i,

  // score store
  output logic                               score_ren_o,
  output logic [BufferW-1:0]                 score_buffer_o,
  output logic [KeyW-1:0]                    score_block_o,
  output logic [ReadW-1:0]                   score_queries_o,
  input  logic [SoftmaxTokens*16*ScoreW-1:0] score_i,
  input  logic [SoftmaxTokens*ScoreW-1:0]    maximum_i,

  // exponentials
  output logic                               exp_valid_o,
  output logic                               exp_half_o,
  output logic [KeyW-1:0]                    exp_block_o,
  output logic [ReadW-1:0]                   exp_queries_o,
  output logic [SoftmaxTokens*128-1:0]       exp_o,

  // reciprocals
  output logic                               scale_valid_o,
  output logic [3:0]                         scale_slot_o,
  output logic [IndexW-1:0]                  scale_lane_o,
  output logic [16:0]                        scale_o
);

  localparam int unsigned SumW  = 20;
  localparam int unsigned FlagW = 2 + 16 + 16 + 6 + 1 + KeyW + ReadW + 4;
  localparam int unsigned TagW  = 1 + KeyW + ReadW + 4;
  localparam int unsigned UnitW = SoftmaxTokens > 1 ? $clog2(SoftmaxTokens) : 1;
  localparam int unsigned LevelW = $clog2(4 * Reads + 1);
  localparam int unsigned WaitW = SoftmaxTokens * SumW + 4 + ReadW;

  `EDGEMOE_PARAMETER_CHECK(SumsFit, KeyBlocks * 16 * 255 < (1 << SumW))

  // A beat a cycle.
  logic               on_d, on_q, half_q;
  logic [BufferW-1:0] buffer_q;
  logic [LengthW-1:0] keys_q, left_d, left_q;  // keys from this block on
  logic [3:0]         slot_q;
  logic [15:0]        mult_q, keep;
  logic [5:0]         shift_q;
  logic [KeyW-1:0]    block_d, block_q;
  logic [ReadW-1:0]   queries_d, queries_q;
  logic               last;
  always_comb begin
    last      = left_q <= LengthW'(16);
    on_d      = on_q;
    left_d    = left_q - LengthW'(16);
    block_d   = block_q + KeyW'(1);
    queries_d = queries_q;
    if (last) begin
      left_d    = keys_q;
      block_d   = '0;
      queries_d = queries_q + ReadW'(1);
      if (queries_q == ReadW'(Reads - 1)) on_d = 1'b0;
    end
    if (start_i) begin
      on_d      = 1'b1;
      left_d    = keys_i;
      block_d   = '0;
      queries_d = '0;
    end
    for (int k = 0; k < 16; k++) keep[k] = LengthW'(k) < left_q;
  end
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      on_q <= 1'b0;
    end else begin
      on_q <= on_d;
    end
  end
  always_ff @(posedge clk_i) begin
    if (on_d) begin
      left_q    <= left_d;
      block_q   <= block_d;
      queries_q <= queries_d;
    end
    if (start_i) begin
      half_q   <= half_i;
      buffer_q <= buffer_i;
      keys_q   <= keys_i;
      slot_q   <= slot_i;
      mult_q   <= mult_i;
      shift_q  <= shift_i;
    end
  end
  assign score_ren_o     = on_q;
  assign score_buffer_o  = buffer_q;
  assign score_block_o   = block_q;
  assign score_queries_o = queries_q;

  // What goes with the beat while its scores are read.
  logic [3:0]       valid_q;
  logic [FlagW-1:0] flags_s4;
  logic             first_s4, last_s4;
  logic [15:0]      keep_s4, mult_s4;
  logic [5:0]       shift_s4;
  logic [TagW-1:0]  tag_s4, tag;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_q <= '0;
    end else begin
      valid_q <= {valid_q[2:0], on_q};
    end
  end
  edgemoe_delay #(.Width(FlagW), .Depth(4)) u_flags (
    .clk_i,
    .data_i({block_q == '0, last, keep, mult_q, shift_q, half_q, block_q, queries_q, slot_q}),
    .data_o(flags_s4)
  );
  assign {first_s4, last_s4, keep_s4, mult_s4, shift_s4, tag_s4} = flags_s4;

  logic                          sum_last;
  logic [3:0]                    exp_slot;
  logic [SoftmaxTokens*SumW-1:0] sum;
  edgemoe_softmax_unit #(
    .Tokens(SoftmaxTokens), .Keys(16), .ScoreWidth(ScoreW), .SumWidth(SumW), .TagWidth(TagW)
  ) u_softmax (
    .clk_i, .rst_ni, .valid_i(valid_q[3]), .first_i(first_s4), .last_i(last_s4), .tag_i(tag_s4),
    .maximum_i, .score_i, .keep_i(keep_s4), .mult_i(mult_s4), .shift_i(shift_s4),
    .valid_o(exp_valid_o), .last_o(sum_last), .tag_o(tag), .e_o(exp_o), .sum_o(sum)
  );
  assign {exp_half_o, exp_block_o, exp_queries_o, exp_slot} = tag;

  // Sums wait for the one reciprocal unit.
  logic                  wait_valid, wait_ready, wait_pop;
  logic [WaitW-1:0]      waiting;
  logic [LevelW-1:0]     wait_level;
  logic [UnitW-1:0]      unit_d, unit_q;
  logic [31:0]           value;
  logic [3:0]            value_slot;
  logic [ReadW-1:0]      value_queries;
  edgemoe_fifo #(
    .Width(WaitW), .Depth(4 * Reads)
  ) u_wait (
    .clk_i, .rst_ni, .wvalid_i(exp_valid_o && sum_last), .wready_o(wait_ready),
    .wdata_i({sum, exp_slot, exp_queries_o}), .rvalid_o(wait_valid), .rready_i(wait_pop),
    .rdata_o(waiting), .level_o(wait_level)
  );
  assign {value_slot, value_queries} = waiting[3+ReadW:0];
  always_comb begin
    wait_pop = unit_q == UnitW'(SoftmaxTokens - 1);
    unit_d   = wait_valid && !wait_pop ? unit_q + UnitW'(1) : '0;
    value    = '0;
    for (int u = 0; u < SoftmaxTokens; u++) begin
      if (unit_q == UnitW'(u)) value = 32'(waiting[4+ReadW+u*SumW +: SumW]);
    end
  end

  logic [11:0]       scale_valid_q;
  logic [20:0]       y;
  logic [4:0]        log, shift;
  logic [20:0]       scale_d, scale_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      scale_valid_q <= '0;
      unit_q        <= '0;
    end else begin
      scale_valid_q <= {scale_valid_q[10:0], wait_valid};
      unit_q        <= unit_d;
    end
  end
  edgemoe_recip u_recip (.clk_i, .v_i(value), .y_o(y), .exp_o(log));
  edgemoe_delay #(.Width(4 + IndexW), .Depth(12)) u_place (
    .clk_i,
    .data_i({value_slot, (IndexW'(value_queries) << $clog2(SoftmaxTokens)) + IndexW'(unit_q)}),
    .data_o({scale_slot_o, scale_lane_o})
  );
  always_comb begin
    shift   = log - 5'd4;
    scale_d = (y + ((21'd1 << shift) >> 1)) >> shift;
  end
  always_ff @(posedge clk_i) scale_q <= scale_d;
  assign scale_valid_o = scale_valid_q[11];
  assign scale_o       = scale_q[16:0];

  `EDGEMOE_ASSERT(RunsAreApart, !start_i || !on_q || (last && queries_q == ReadW'(Reads - 1)))
  `EDGEMOE_ASSERT(SumsFindAPlace, !(exp_valid_o && sum_last) || wait_ready)
  `EDGEMOE_ASSERT(SumsHoldTheMaximum, !wait_valid || value >= 32'd255)

  logic unused_bits;
  assign unused_bits = ^{scale_q[20:17], wait_level};

endmodule

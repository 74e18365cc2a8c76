// SPDX-License-Identifier: Apache-2.0
// edgemoe_score_store: the score buffers: raw sums of QK of a query group and head each, with the
// maximum of every query.
//
// Interface  write: rows of the array's score bank, ScoreTokens queries x 16 keys a cycle, with
//            buffer, key block and what is known of it. Read: buffer and key block of ReadTokens
//            queries, number of the pair of queries; their maxima with them.
// Latency    write: in memory 1 cycle later, the maxima of a query 4 cycles after its last scores.
//            Read: 4 cycles (memory, output register, choice of queries). One each a cycle.
// Handshake  none: a buffer is read when it is complete and written when it has been read.
// Reset      none for scores and maxima.
// Numbers    22 bit signed; scores of keys beyond the last one may be anything and are not looked
//            at for the maximum.
// Parameters TokenLanes a multiple of ScoreTokens and of ReadTokens; Buffers; KeyBlocks.
// Verified   tests/rtl/array_datapath.
module edgemoe_score_store #(
  parameter int unsigned TokenLanes  = 8,
  parameter int unsigned ScoreTokens = 4,
  parameter int unsigned ReadTokens  = 2,
  parameter int unsigned Buffers     = 3,
  parameter int unsigned KeyBlocks   = 9,
  parameter int unsigned BufferW     = 2,
  parameter int unsigned KeyW        = 4,
  localparam int unsigned IndexW     = $clog2(TokenLanes),
  localparam int unsigned Reads      = TokenLanes / ReadTokens,
  localparam int unsigned ReadW      = Reads > 1 ? $clog2(Reads) : 1,
  localparam int unsigned ScoreW     = 22
) (
  input  logic                              clk_i,
  input  logic                              rst_ni,

  // scores from the array
  input  logic                              valid_i,
  input  logic [IndexW-1:0]                 token_i,
  input  logic [BufferW-1:0]                buffer_i,
  input  logic [KeyW-1:0]                   block_i,
  input  logic                              first_i,
  input  logic                              last_i,
  input  logic [15:0]                       keep_i,
  input  logic [ScoreTokens*512-1:0]        sum_i,

  // read
  input  logic                              ren_i,
  input  logic [BufferW-1:0]                rbuffer_i,
  input  logic [KeyW-1:0]                   rblock_i,
  input  logic [ReadW-1:0]                  rqueries_i,
  output logic [ReadTokens*16*ScoreW-1:0]   score_o,
  output logic [ReadTokens*ScoreW-1:0]      maximum_o
);

  localparam int unsigned LaneW = 16 * ScoreW;
  localparam int unsigned Depth = Buffers * KeyBlocks;
  localparam int unsigned AddrW = $clog2(Depth);

  function automatic logic [AddrW-1:0] address(input logic [BufferW-1:0] buffer_n,
                                               input logic [KeyW-1:0] block_n);
    address = AddrW'(block_n);
    for (int b = 1; b < Buffers; b++) begin
      if (buffer_n == BufferW'(b)) address = AddrW'(block_n) + AddrW'(b * KeyBlocks);
    end
  endfunction

  // Maxima: running ones of the group that leaves the array, kept for each buffer at its end.
  logic [ScoreTokens*LaneW-1:0]  score;
  logic [TokenLanes*ScoreW-1:0]  running;
  edgemoe_score_maximum #(
    .Tokens(TokenLanes), .PerCycle(ScoreTokens), .Keys(16), .ScoreWidth(ScoreW)
  ) u_maximum (
    .clk_i, .rst_ni, .valid_i, .first_i, .token_i, .sum_i, .keep_i,
    .score_o(score), .maximum_o(running)
  );

  logic [2:0]                           ends_q;
  logic [IndexW+BufferW-1:0]            end_s3;
  logic [IndexW-1:0]                    end_token;
  logic [BufferW-1:0]                   end_buffer;
  logic [Buffers*TokenLanes*ScoreW-1:0] kept_d, kept_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ends_q <= '0;
    end else begin
      ends_q <= {ends_q[1:0], valid_i && last_i};
    end
  end
  edgemoe_delay #(.Width(IndexW + BufferW), .Depth(3)) u_end (
    .clk_i, .data_i({token_i, buffer_i}), .data_o(end_s3)
  );
  assign {end_token, end_buffer} = end_s3;
  always_comb begin
    kept_d = kept_q;
    for (int n = 0; n < Buffers * TokenLanes; n++) begin
      if (end_buffer == BufferW'(n / TokenLanes) &&
          32'(end_token) / ScoreTokens == (n % TokenLanes) / ScoreTokens) begin
        kept_d[n*ScoreW +: ScoreW] = running[(n%TokenLanes)*ScoreW +: ScoreW];
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (ends_q[2]) kept_q <= kept_d;
  end

  // Scores: a memory for each query.
  logic [TokenLanes-1:0]       wlanes;
  logic [TokenLanes*LaneW-1:0] wdata, rdata;
  logic [AddrW-1:0]            waddr, raddr_q;
  logic [2:0]                  ren_q;
  always_comb begin
    wlanes = '0;
    for (int t = 0; t < TokenLanes; t++) begin
      if (valid_i && 32'(token_i) / ScoreTokens == t / ScoreTokens) wlanes[t] = 1'b1;
    end
  end
  for (genvar t = 0; t < TokenLanes; t++) begin : gen_data
    assign wdata[t*LaneW +: LaneW] = score[(t%ScoreTokens)*LaneW +: LaneW];
  end
  assign waddr = address(buffer_i, block_i);
  edgemoe_lane_ram #(
    .Lanes(TokenLanes), .Width(LaneW), .Depth(Depth)
  ) u_scores (
    .clk_i, .rst_ni, .wlanes_i(wlanes), .waddr_i(waddr), .wdata_i(wdata),
    .ren_i(ren_q[0]), .raddr_i(raddr_q), .rdata_o(rdata)
  );

  // Read: address, memory, output register, choice.
  logic [BufferW+ReadW-1:0] choice_s3;
  logic [BufferW-1:0]       buffer_s3;
  logic [ReadW-1:0]         queries_s3;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      ren_q <= '0;
    end else begin
      ren_q <= {ren_q[1:0], ren_i};
    end
  end
  edgemoe_delay #(.Width(BufferW + ReadW), .Depth(3)) u_choice (
    .clk_i, .data_i({rbuffer_i, rqueries_i}), .data_o(choice_s3)
  );
  assign {buffer_s3, queries_s3} = choice_s3;

  logic [ReadTokens*LaneW-1:0]  score_d;
  logic [ReadTokens*ScoreW-1:0] maximum_d;
  always_comb begin
    score_d   = '0;
    maximum_d = '0;
    for (int r = 0; r < Reads; r++) begin
      if (queries_s3 == ReadW'(r)) score_d = rdata[r*ReadTokens*LaneW +: ReadTokens*LaneW];
      for (int b = 0; b < Buffers; b++) begin
        if (queries_s3 == ReadW'(r) && buffer_s3 == BufferW'(b)) begin
          maximum_d =
              kept_q[(b*TokenLanes+r*ReadTokens)*ScoreW +: ReadTokens*ScoreW];
        end
      end
    end
  end
  always_ff @(posedge clk_i) begin
    if (ren_i) raddr_q <= address(rbuffer_i, rblock_i);
    if (ren_q[2]) begin
      score_o   <= score_d;
      maximum_o <= maximum_d;
    end
  end

endmodule

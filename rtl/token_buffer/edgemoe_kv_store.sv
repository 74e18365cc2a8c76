// SPDX-License-Identifier: Apache-2.0
// edgemoe_kv_store: K and V as tiles of packed weights, written row by row as they leave the
// requantiser.
//
// Interface  write: 16 values of one key: of K (dims of a K tile's in lanes, the key is its out
//            lane) or of V (the key is the in lane). key_i: place of the key in its block of 16.
//            WriteRows 2: key_i is even, and the key behind it comes with it when pair_i.
//            Read: the tile at raddr_i, byte i*16 + o as a row of the weight stream.
// Layout     odd out lanes hold w1 - (w2 < 0), w2 being the lane below (hls/program/
//            weight_layout.hpp). In a row of V both are there; in K the lane below is the key
//            before, whose row came in the write before it, or with it.
// Handshake  none. An odd key of K is written directly behind the even one (asserted by its
//            address).
// Latency    write: in memory for a read 2 cycles later. Read: 2 cycles to rdata_o.
// Reset      none; contents undefined until written.
// Numbers    int8 in +-127. Lanes of keys that do not exist hold anything.
// Parameters Depth tiles, K and V together (addresses are the caller's); WriteRows 1 or 2.
// Verified   tests/rtl/token_buffer; in place: tests/rtl/array_datapath.
`include "edgemoe_assert.svh"

module edgemoe_kv_store #(
  parameter int unsigned Depth = 432,
  parameter int unsigned WriteRows = 1,
  localparam int unsigned AddrW = $clog2(Depth)
) (
  input  logic             clk_i,
  input  logic             rst_ni,

  input  logic             wen_i,
  input  logic             value_i,  // V, else K
  input  logic             pair_i,
  input  logic [3:0]       key_i,
  input  logic [AddrW-1:0] waddr_i,
  input  logic [WriteRows*128-1:0] wdata_i,

  input  logic             ren_i,
  input  logic [AddrW-1:0] raddr_i,
  output logic [2047:0]    rdata_o
);

  `EDGEMOE_PARAMETER_CHECK(OneOrTwoRows, WriteRows == 1 || WriteRows == 2)

  // Packed rows, a register ahead of the memories.
  logic             wen_q, value_q, pair_q;
  logic [3:0]       key_q;
  logic [AddrW-1:0] addr_q;
  logic [WriteRows*128-1:0] row_d, row_q;
  logic [15:0]      sign_d, sign_q;  // of the key before
  always_comb begin
    row_d  = wdata_i;
    sign_d = sign_q;
    for (int i = 0; i < 16; i++) begin
      for (int r = 0; r < WriteRows; r++) begin
        if (value_i) begin
          if (i % 2 == 1) begin
            row_d[r*128+i*8 +: 8] = wdata_i[r*128+i*8 +: 8] - 8'(wdata_i[r*128+i*8-1]);
          end
        end else if (r == 1) begin
          row_d[r*128+i*8 +: 8] = wdata_i[r*128+i*8 +: 8] - 8'(wdata_i[i*8+7]);
        end else if (WriteRows == 1 && key_i[0]) begin
          row_d[i*8 +: 8] = wdata_i[i*8 +: 8] - 8'(sign_q[i]);
        end
      end
      if (!value_i) sign_d[i] = wdata_i[i*8+7];
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wen_q <= 1'b0;
    end else begin
      wen_q <= wen_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (wen_i) begin
      value_q <= value_i;
      pair_q  <= WriteRows > 1 && pair_i;
      key_q   <= key_i;
      addr_q  <= waddr_i;
      row_q   <= row_d;
      sign_q  <= sign_d;
    end
  end

  // A memory for each in lane: a key of K is a byte of all of them, a key of V the word of one.
  for (genvar i = 0; i < 16; i++) begin : gen_in_lane
    localparam int unsigned Part = i % WriteRows;  // row of a pair that is this in lane
    logic         here;
    logic [15:0]  strobe;
    logic [127:0] data;
    assign here   = wen_q && (!value_q || (key_q == 4'(i - Part) && (Part == 0 || pair_q)));
    assign strobe = value_q ? 16'hffff : (pair_q ? 16'd3 : 16'd1) << key_q;
    for (genvar o = 0; o < 16; o++) begin : gen_out_lane
      assign data[o*8 +: 8] = value_q ? row_q[Part*128+o*8 +: 8]
                                      : row_q[o%WriteRows*128+i*8 +: 8];
    end
    edgemoe_ram_sdp #(
      .Width(128),
      .Depth(Depth),
      .Lanes(16)
    ) u_ram (
      .clk_i,
      .rst_ni,
      .wen_i    (here),
      .wstrobe_i(strobe),
      .waddr_i  (addr_q),
      .wdata_i  (data),
      .ren_i,
      .raddr_i,
      .rdata_o  (rdata_o[i*128 +: 128])
    );
  end

  if (WriteRows == 1) begin : gen_single
    logic unused_pair;
    assign unused_pair = pair_i;
    `EDGEMOE_ASSERT(KeysComeInPairs,
                    !(wen_i && !value_i && key_i[0]) ||
                    (!value_q && addr_q == waddr_i && key_q == key_i - 4'd1))
  end else begin : gen_pairs
    logic unused_sign;
    assign unused_sign = ^sign_q;
    `EDGEMOE_ASSERT(KeysComeInPairs, !wen_i || !key_i[0])
  end

endmodule

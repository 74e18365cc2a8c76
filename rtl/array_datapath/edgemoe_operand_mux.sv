// SPDX-License-Identifier: Apache-2.0
// edgemoe_operand_mux: the source of a tile's operands and weights, and the registers in front of
// the array.
//
// Interface  in, 4 cycles after a tile's issue: the words of all sources; 16 values of 8 bits a
//            lane. Codes of src_i and weight_kv_i: rtl/array_datapath/README.md. out: as
//            edgemoe_compute_array.sv: operands of 9 bits, weights of a tile.
// Latency    1 cycle. Without valid_i the outputs stay.
// Reset      clears valid_o.
// Numbers    pixels, hidden and exponentials are unsigned, all others signed.
// Verified   tests/rtl/array_datapath.
module edgemoe_operand_mux #(
  parameter int unsigned TokenLanes = 8,
  localparam int unsigned W = TokenLanes * 128
) (
  input  logic                      clk_i,
  input  logic                      rst_ni,

  input  logic                      valid_i,
  input  logic [2:0]                src_i,
  input  logic                      weight_kv_i,
  input  logic [W-1:0]              pixels_i,
  input  logic [W-1:0]              z8_i,
  input  logic [W-1:0]              lo_i,
  input  logic [W-1:0]              attention_i,
  input  logic [W-1:0]              hidden_i,
  input  logic [W-1:0]              staging_i,
  input  logic [W-1:0]              query_i,
  input  logic [W-1:0]              exp_i,
  input  logic [2047:0]             ring_i,
  input  logic [2047:0]             kv_i,

  output logic                      valid_o,
  output logic [TokenLanes*144-1:0] operand_o,
  output logic [2047:0]             weight_o
);

  logic                      is_signed;
  logic [W-1:0]              source;
  logic [TokenLanes*144-1:0] operand_d;

  always_comb begin
    // Written as a tree: eight to one in two LUTs and a multiplexer a bit.
    source = src_i[2] ? (src_i[1] ? (src_i[0] ? exp_i : query_i)
                                  : (src_i[0] ? staging_i : hidden_i))
                      : (src_i[1] ? (src_i[0] ? attention_i : lo_i)
                                  : (src_i[0] ? z8_i : pixels_i));
    is_signed = src_i != 3'd0 && src_i != 3'd4 && src_i != 3'd7;
    for (int n = 0; n < TokenLanes * 16; n++) begin
      operand_d[n*9 +: 9] = {is_signed && source[n*8+7], source[n*8 +: 8]};
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
    end else begin
      valid_o <= valid_i;
    end
  end
  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      operand_o <= operand_d;
      weight_o  <= weight_kv_i ? kv_i : ring_i;
    end
  end

endmodule

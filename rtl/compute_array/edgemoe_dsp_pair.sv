// SPDX-License-Identifier: Apache-2.0
// edgemoe_dsp_pair: one DSP48E2 that makes two int8 products a cycle and adds them to a cascade.
//
// Interface  p = pc_i + packed_i * operand_i, where packed_i = w1 * 2^19 + w2 is one 27-bit number.
//            pc_i, pc_o: the cascade wires, from and to a neighbouring DSP48E2 only. p_o: the same
//            value as pc_o for the fabric, to be read at the end of a cascade.
// Latency    packed_i, operand_i to p: 4 cycles (A1/B1, A2/B2, M, P); pc_i to p: 1 cycle.
//            One pair of products a cycle, no stalls.
// Reset      none: data only.
// Numbers    w1, w2 int8 in +-127, operand 9-bit signed. A cascade of 8 keeps the sum of the low
//            products within +-8 * 256 * 127 = +-260,096, inside 19 bits signed, so both sums can
//            be
//            taken apart: low = p[18:0], high = p[37:19] + p[18]. 8 is the largest safe depth.
// Rounding   none, exact; p wraps at 48 bits, which such a cascade cannot reach.
// Parameters First: the head of a cascade; pc_i is ignored.
// Forms      SYNTHESIS instantiates the primitive (registers A1 A2 B1 B2 M P, PCIN into the adder);
//            else the behavioural twin below, register for register.
// Verified   tests/rtl/compute_array/edgemoe_dsp_pair_test.cpp: all 255 x 255 x 512 products.
module edgemoe_dsp_pair #(
  parameter bit First = 1'b0
) (
  input  logic        clk_i,
  input  logic [26:0] packed_i,
  input  logic [8:0]  operand_i,
  input  logic [47:0] pc_i,
  output logic [47:0] pc_o,
  output logic [47:0] p_o
);

`ifdef SYNTHESIS

  localparam logic [8:0] OpMode = First ? 9'b00_000_01_01 : 9'b00_001_01_01;

  DSP48E2 #(
    .ACASCREG(2), .ADREG(0), .ALUMODEREG(0), .AMULTSEL("A"), .AREG(2), .A_INPUT("DIRECT"),
    .BCASCREG(2), .BMULTSEL("B"), .BREG(2), .B_INPUT("DIRECT"), .CARRYINREG(0),
    .CARRYINSELREG(0), .CREG(1), .DREG(0), .INMODEREG(0), .MREG(1), .OPMODEREG(0), .PREG(1),
    .PREADDINSEL("A"), .USE_MULT("MULTIPLY"), .USE_SIMD("ONE48")
  ) u_dsp (
    .CLK(clk_i), .A({{3{packed_i[26]}}, packed_i}), .B({{9{operand_i[8]}}, operand_i}),
    .C(48'hFFFF_FFFF_FFFF), .D(27'h0), .PCIN(First ? 48'h0 : pc_i), .PCOUT(pc_o), .P(p_o),
    .OPMODE(OpMode), .ALUMODE(4'b0000), .INMODE(5'b00000), .CARRYIN(1'b0), .CARRYINSEL(3'b000),
    .ACIN(30'h0), .BCIN(18'h0), .CARRYCASCIN(1'b0), .MULTSIGNIN(1'b0),
    .CEA1(1'b1), .CEA2(1'b1), .CEB1(1'b1), .CEB2(1'b1), .CEM(1'b1), .CEP(1'b1),
    .CEAD(1'b0), .CEALUMODE(1'b0), .CEC(1'b0), .CECARRYIN(1'b0), .CECTRL(1'b0), .CED(1'b0),
    .CEINMODE(1'b0),
    .RSTA(1'b0), .RSTALLCARRYIN(1'b0), .RSTALUMODE(1'b0), .RSTB(1'b0), .RSTC(1'b0),
    .RSTCTRL(1'b0), .RSTD(1'b0), .RSTINMODE(1'b0), .RSTM(1'b0), .RSTP(1'b0)
  );

`else

  logic signed [26:0] a1_q, a2_q;
  logic signed [17:0] b1_q, b2_q;
  logic signed [44:0] m_d, m_q;
  logic        [47:0] cascade, p_d, p_q;

  always_comb begin
    m_d     = 45'(a2_q) * 45'(b2_q);
    cascade = First ? 48'h0 : pc_i;
    p_d     = {{3{m_q[44]}}, m_q} + cascade;
  end

  always_ff @(posedge clk_i) begin
    a1_q <= packed_i;
    a2_q <= a1_q;
    b1_q <= {{9{operand_i[8]}}, operand_i};
    b2_q <= b1_q;
    m_q  <= m_d;
    p_q  <= p_d;
  end

  assign pc_o = p_q;
  assign p_o  = p_q;

`endif

endmodule

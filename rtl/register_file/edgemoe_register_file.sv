// SPDX-License-Identifier: Apache-2.0
// The accelerator's registers behind AXI4-Lite, and the start of a run.
//
// Interface  s_axil_*: one access at a time, 32-bit words; README.md has the map. core_rst_no:
//            reset of everything else; start_o: one cycle, the doorbell (cycle 0 of a run), with
//            the image's address. done_i, error_i (causes, sticky while the core runs), commands_i
//            and sat_*: from the core, which keeps them until its reset. error_i: 0 program, 1
//            read, 2 write.
// Rules      a start while a run is on is ignored, and so is one after an error: transfers may
//            still be on their way, so only a reset of memory and accelerator together helps.
// Handshake  a write is taken when address and data are both there; answers wait for their ready.
//            Unknown addresses: SLVERR. Read-only ones ignore writes; strobes act on whole bytes.
// Latency    start_o comes ResetCycles + 1 cycles after the write; registers read 1 cycle later.
// Reset      no run; image address 0, interrupt off.
// Parameters those of the accelerator that software may want to know.
// Verified   tests/rtl/register_file.
`include "edgemoe_assert.svh"

module edgemoe_register_file #(
  parameter int unsigned Ports = 3,
  parameter int unsigned Outstanding = 8,
  parameter int unsigned TokenLanes = 8,
  parameter int unsigned TileRing = 6144,
  parameter int unsigned SegmentRows = 136,
  parameter int unsigned Segments = 2,
  parameter int unsigned MaxDim = 192,
  parameter int unsigned MaxHidden = 768,
  parameter int unsigned Experts = 16,
  localparam int unsigned AddrW = 12,
  localparam int unsigned ErrorW = 3
) (
  input  logic              clk_i,
  input  logic              rst_ni,

  // AXI4-Lite
  input  logic [AddrW-1:0]  s_axil_awaddr_i,
  input  logic              s_axil_awvalid_i,
  output logic              s_axil_awready_o,
  input  logic [31:0]       s_axil_wdata_i,
  input  logic [3:0]        s_axil_wstrb_i,
  input  logic              s_axil_wvalid_i,
  output logic              s_axil_wready_o,
  output logic [1:0]        s_axil_bresp_o,
  output logic              s_axil_bvalid_o,
  input  logic              s_axil_bready_i,
  input  logic [AddrW-1:0]  s_axil_araddr_i,
  input  logic              s_axil_arvalid_i,
  output logic              s_axil_arready_o,
  output logic [31:0]       s_axil_rdata_o,
  output logic [1:0]        s_axil_rresp_o,
  output logic              s_axil_rvalid_o,
  input  logic              s_axil_rready_i,
  output logic              irq_o,

  // core
  output logic              core_rst_no,
  output logic              start_o,
  output logic [39:0]       image_row_o,
  input  logic              done_i,
  input  logic [ErrorW-1:0] error_i,
  input  logic [15:0]       commands_i,
  input  logic [31:0]       sat_residual_i,
  input  logic [31:0]       sat_accumulator_i,
  input  logic [31:0]       sat_int8_i
);

  // Register map, see README.md; registers.hpp has the same for software.
  localparam int unsigned MapVersion = 1, ControlStart = 0;
  localparam logic [AddrW-1:0] Control = 12'h000;
  localparam logic [AddrW-1:0] Status = 12'h004;
  localparam logic [AddrW-1:0] Error = 12'h008;
  localparam logic [AddrW-1:0] InterruptEnable = 12'h00c;
  localparam logic [AddrW-1:0] ImageLow = 12'h010;
  localparam logic [AddrW-1:0] ImageHigh = 12'h014;
  localparam logic [AddrW-1:0] CyclesLow = 12'h018;
  localparam logic [AddrW-1:0] CyclesHigh = 12'h01c;
  localparam logic [AddrW-1:0] Commands = 12'h020;
  localparam logic [AddrW-1:0] SatResidual = 12'h024;
  localparam logic [AddrW-1:0] SatAccumulator = 12'h028;
  localparam logic [AddrW-1:0] SatInt8 = 12'h02c;
  localparam logic [AddrW-1:0] Identity = 12'h040;
  localparam logic [AddrW-1:0] Version = 12'h044;
  localparam logic [AddrW-1:0] Shape = 12'h048;
  localparam logic [AddrW-1:0] Rows = 12'h04c;
  localparam logic [AddrW-1:0] Dims = 12'h050;
  localparam logic [AddrW-1:0] Ring = 12'h054;

  localparam int unsigned ResetCycles = 4;
  localparam logic [1:0] Okay = 2'b00, SlaveError = 2'b10;

  logic [47:0] image_q, image_d, cycles_q, cycles_d;
  logic busy_q, busy_d, done_q, done_d, irq_enable_q, irq_enable_d;
  logic [ErrorW-1:0] error_q, error_d;
  logic [2:0] reset_q, reset_d;
  logic start_q, start_d, core_rst_q;

  // Accesses
  logic write, read, write_known, read_known, b_valid_q, r_valid_q;
  logic [1:0] b_resp_q, r_resp_q;
  logic [31:0] r_data_q, read_data, mask;
  logic [AddrW-1:0] write_at, read_at;
  assign write = s_axil_awvalid_i && s_axil_wvalid_i && !b_valid_q;
  assign read = s_axil_arvalid_i && !r_valid_q;
  assign s_axil_awready_o = write;
  assign s_axil_wready_o = write;
  assign s_axil_arready_o = read;
  assign write_at = {s_axil_awaddr_i[AddrW-1:2], 2'b00};
  assign read_at = {s_axil_araddr_i[AddrW-1:2], 2'b00};
  assign mask = {{8{s_axil_wstrb_i[3]}}, {8{s_axil_wstrb_i[2]}}, {8{s_axil_wstrb_i[1]}},
                 {8{s_axil_wstrb_i[0]}}};

  logic start_asked;
  assign start_asked = write && write_at == Control && s_axil_wstrb_i[0] &&
                       s_axil_wdata_i[ControlStart];

  always_comb begin
    image_d = image_q;
    irq_enable_d = irq_enable_q;
    write_known = 1'b1;
    case (write_at)
      ImageLow:
        if (write) image_d[31:0] = (image_q[31:0] & ~mask) | (s_axil_wdata_i & mask);
      ImageHigh:
        if (write) begin
          image_d[47:32] = (image_q[47:32] & ~mask[15:0]) | (s_axil_wdata_i[15:0] & mask[15:0]);
        end
      InterruptEnable:
        if (write && s_axil_wstrb_i[0]) irq_enable_d = s_axil_wdata_i[0];
      Control, Status,
      Error, CyclesLow,
      CyclesHigh, Commands,
      SatResidual, SatAccumulator,
      SatInt8, Identity,
      Version, Shape,
      Rows, Dims,
      Ring: ;
      default: write_known = 1'b0;
    endcase
  end

  always_comb begin
    read_known = 1'b1;
    read_data = '0;
    case (read_at)
      Control: ;
      Status: read_data = {29'd0, error_q != '0, done_q, busy_q};
      Error: read_data = 32'(error_q);
      InterruptEnable: read_data = {31'd0, irq_enable_q};
      ImageLow: read_data = image_q[31:0];
      ImageHigh: read_data = {16'd0, image_q[47:32]};
      CyclesLow: read_data = cycles_q[31:0];
      CyclesHigh: read_data = {16'd0, cycles_q[47:32]};
      Commands: read_data = {16'd0, commands_i};
      SatResidual: read_data = sat_residual_i;
      SatAccumulator: read_data = sat_accumulator_i;
      SatInt8: read_data = sat_int8_i;
      Identity: read_data = edgemoe_pkg::ImageMagic;
      Version:
        read_data = {16'(MapVersion), 16'(edgemoe_pkg::ImageVersion)};
      Shape:
        read_data = {8'(Experts), 8'(Outstanding), 8'(TokenLanes), 8'(Ports)};
      Rows: read_data = {16'(Segments), 16'(SegmentRows)};
      Dims: read_data = {16'(MaxHidden), 16'(MaxDim)};
      Ring: read_data = 32'(TileRing);
      default: read_known = 1'b0;
    endcase
  end

  // A run: the core's reset, the doorbell, cycles until it is done or has failed.
  logic failed;
  assign failed = error_q != '0;
  always_comb begin
    busy_d = busy_q;
    done_d = done_q;
    error_d = error_q;
    cycles_d = cycles_q;
    reset_d = reset_q;
    start_d = 1'b0;
    if (reset_q != '0) begin
      reset_d = reset_q - 3'd1;
      start_d = reset_q == 3'd1;
    end else if (busy_q && !start_q) begin
      cycles_d = cycles_q + 48'd1;
      error_d = error_q | error_i;
      if (done_i) done_d = 1'b1;
      if (done_i || error_i != '0) busy_d = 1'b0;
    end
    if (start_asked && !busy_q && !failed) begin
      busy_d = 1'b1;
      done_d = 1'b0;
      cycles_d = '0;
      reset_d = 3'(ResetCycles);
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      image_q <= '0;
      irq_enable_q <= 1'b0;
      busy_q <= 1'b0;
      done_q <= 1'b0;
      error_q <= '0;
      cycles_q <= '0;
      reset_q <= '0;
      start_q <= 1'b0;
      core_rst_q <= 1'b0;
      b_valid_q <= 1'b0;
      r_valid_q <= 1'b0;
    end else begin
      image_q <= image_d;
      irq_enable_q <= irq_enable_d;
      busy_q <= busy_d;
      done_q <= done_d;
      error_q <= error_d;
      cycles_q <= cycles_d;
      reset_q <= reset_d;
      start_q <= start_d;
      // The last cycle of the count is out of reset, so that the core has left it at the doorbell.
      core_rst_q <= !(reset_d > 3'd1);
      b_valid_q <= write || (b_valid_q && !s_axil_bready_i);
      r_valid_q <= read || (r_valid_q && !s_axil_rready_i);
    end
  end
  always_ff @(posedge clk_i) begin
    if (write) b_resp_q <= write_known ? Okay : SlaveError;
    if (read) r_resp_q <= read_known ? Okay : SlaveError;
    if (read) r_data_q <= read_data;
  end

  assign s_axil_bvalid_o = b_valid_q;
  assign s_axil_bresp_o = b_resp_q;
  assign s_axil_rvalid_o = r_valid_q;
  assign s_axil_rresp_o = r_resp_q;
  assign s_axil_rdata_o = r_data_q;
  assign irq_o = irq_enable_q && (done_q || failed);
  assign core_rst_no = core_rst_q;
  assign start_o = start_q;
  assign image_row_o = image_q[47:8];

  // Assertions
  `EDGEMOE_ASSERT(NoStartInReset, !start_q || core_rst_q)
  `EDGEMOE_ASSERT_HOLD(ReadAnswerHeld, s_axil_rvalid_o, s_axil_rready_i, s_axil_rdata_o)
  `EDGEMOE_ASSERT_HOLD(WriteAnswerHeld, s_axil_bvalid_o, s_axil_bready_i, s_axil_bresp_o)

  logic unused;
  assign unused = ^{s_axil_awaddr_i[1:0], s_axil_araddr_i[1:0]};

endmodule

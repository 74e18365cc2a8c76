// SPDX-License-Identifier: Apache-2.0
// The accelerator: fetches a program image from memory over AXI4 and executes it.
//
// Interface  s_axil_*: registers (rtl/register_file/README.md). m_prog_*: AXI4 read port of the
//            program. m_axi_*: Ports AXI4 ports of 128 bit, reads for the loader, writes for the
//            writer; port p of a signal of W bits is [p*W +: W]. irq_o: done or error, if enabled.
//            trc_*: simulation only, what the cycle engine's event log says (sim/units/event_log.hpp)
//            and what is written into buffers; none of it reaches into the hardware.
// Handshake  reads: bursts of 16 beats of 16 bytes, INCR, 256-B aligned, in order, one identifier;
//            rready is always 1. Writes: bursts of up to 16 beats, in order.
// Latency    cycle 0 is the cycle of trc_start_o, in which the header is asked for; from there on
//            every event is in the cycle of sim/units, if the memory answers as its model.
// Reset      idle. Each start resets everything but the registers.
// Errors     status and error registers; a program that is not understood stops.
// Parameters TokenLanes 2, 4, 8, 16; Ports 1..4; Outstanding rows in flight a port; TileRing,
//            ParamRing rows of 256 B; Segments of SegmentRows rows; MaxDim, MaxHidden; Experts;
//            ScoreGroups score buffers; NormLanes; SoftmaxTokens; Prefetch 0: lists of experts are
//            ignored; Structural 1: DSP48E2 primitives, 0: their behavioural twin; PixelRows,
//            PositionRows of 256 B.
// Verified   tests/rtl/top; whole programs by --engine rtl against sim/units and hls/kernels.
`include "edgemoe_assert.svh"

module edgemoe_accelerator #(
  parameter int unsigned Ports         = 3,
  parameter int unsigned Outstanding   = 8,
  parameter int unsigned TokenLanes    = 8,
  parameter int unsigned TileRing      = 6144,
  parameter int unsigned ParamRing     = edgemoe_pkg::ParameterRingRows,
  parameter int unsigned SegmentRows   = 136,
  parameter int unsigned Segments      = 2,
  parameter int unsigned MaxDim        = 192,
  parameter int unsigned MaxHidden     = 768,
  parameter int unsigned Experts       = 16,
  parameter int unsigned ScoreGroups   = 3,
  parameter int unsigned NormLanes     = 32,
  parameter int unsigned SoftmaxTokens = 2,
  parameter int unsigned Prefetch      = 1,
  parameter int unsigned Structural    = 0,
  parameter int unsigned PixelRows     = 384,
  parameter int unsigned PositionRows  = 388,
  localparam int unsigned Ends = Ports + 8
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  output logic                     irq_o,

  // AXI4-Lite
  input  logic [11:0]              s_axil_awaddr_i,
  input  logic                     s_axil_awvalid_i,
  output logic                     s_axil_awready_o,
  input  logic [31:0]              s_axil_wdata_i,
  input  logic [3:0]               s_axil_wstrb_i,
  input  logic                     s_axil_wvalid_i,
  output logic                     s_axil_wready_o,
  output logic [1:0]               s_axil_bresp_o,
  output logic                     s_axil_bvalid_o,
  input  logic                     s_axil_bready_i,
  input  logic [11:0]              s_axil_araddr_i,
  input  logic                     s_axil_arvalid_i,
  output logic                     s_axil_arready_o,
  output logic [31:0]              s_axil_rdata_o,
  output logic [1:0]               s_axil_rresp_o,
  output logic                     s_axil_rvalid_o,
  input  logic                     s_axil_rready_i,

  // AXI4, program: read
  output logic                     m_prog_arvalid_o,
  input  logic                     m_prog_arready_i,
  output logic [47:0]              m_prog_araddr_o,
  output logic [7:0]               m_prog_arlen_o,
  output logic [2:0]               m_prog_arsize_o,
  output logic [1:0]               m_prog_arburst_o,
  input  logic                     m_prog_rvalid_i,
  output logic                     m_prog_rready_o,
  input  logic [127:0]             m_prog_rdata_i,
  input  logic [1:0]               m_prog_rresp_i,
  input  logic                     m_prog_rlast_i,

  // AXI4, load ports: read
  output logic [Ports-1:0]         m_axi_arvalid_o,
  input  logic [Ports-1:0]         m_axi_arready_i,
  output logic [Ports*48-1:0]      m_axi_araddr_o,
  output logic [Ports*8-1:0]       m_axi_arlen_o,
  output logic [Ports*3-1:0]       m_axi_arsize_o,
  output logic [Ports*2-1:0]       m_axi_arburst_o,
  input  logic [Ports-1:0]         m_axi_rvalid_i,
  output logic [Ports-1:0]         m_axi_rready_o,
  input  logic [Ports*128-1:0]     m_axi_rdata_i,
  input  logic [Ports*2-1:0]       m_axi_rresp_i,
  input  logic [Ports-1:0]         m_axi_rlast_i,

  // AXI4, load ports: write
  output logic [Ports-1:0]         m_axi_awvalid_o,
  input  logic [Ports-1:0]         m_axi_awready_i,
  output logic [Ports*48-1:0]      m_axi_awaddr_o,
  output logic [Ports*8-1:0]       m_axi_awlen_o,
  output logic [Ports*3-1:0]       m_axi_awsize_o,
  output logic [Ports*2-1:0]       m_axi_awburst_o,
  output logic [Ports-1:0]         m_axi_wvalid_o,
  input  logic [Ports-1:0]         m_axi_wready_i,
  output logic [Ports*128-1:0]     m_axi_wdata_o,
  output logic [Ports*16-1:0]      m_axi_wstrb_o,
  output logic [Ports-1:0]         m_axi_wlast_o,
  input  logic [Ports-1:0]         m_axi_bvalid_i,
  output logic [Ports-1:0]         m_axi_bready_o,
  input  logic [Ports*2-1:0]       m_axi_bresp_i

`ifndef SYNTHESIS
  ,
  // trace: doorbell, and what the event log has
  output logic                     trc_start_o,
  output logic                     trc_dispatch_valid_o,
  output logic [15:0]              trc_dispatch_id_o,
  output logic [Ports-1:0]         trc_request_valid_o,
  output logic [15:0]              trc_request_id_o,
  output logic [Ports*32-1:0]      trc_request_index_o,
  output logic [Ports-1:0]         trc_readable_valid_o,
  output logic [Ports*16-1:0]      trc_readable_id_o,
  output logic [Ports*32-1:0]      trc_readable_index_o,
  output logic                     trc_block_valid_o,
  output logic [15:0]              trc_block_id_o,
  output logic [31:0]              trc_block_index_o,
  output logic                     trc_scores_valid_o,
  output logic [15:0]              trc_scores_id_o,
  output logic [31:0]              trc_scores_index_o,
  output logic                     trc_norm_valid_o,
  output logic [15:0]              trc_norm_id_o,
  output logic [31:0]              trc_norm_index_o,
  output logic                     trc_route_valid_o,
  output logic [15:0]              trc_route_id_o,
  output logic [31:0]              trc_route_index_o,
  output logic                     trc_write_valid_o,
  output logic [15:0]              trc_write_id_o,
  output logic [31:0]              trc_write_index_o,

  // trace: command ended, in the cycle of its end (loader: Ports + 1, sequencer, array 2, norm 2,
  // router, writer, from bit 0 on)
  output logic [Ends-1:0]          trc_end_valid_o,
  output logic [Ends*16-1:0]       trc_end_id_o,

  // trace: writes into buffers, in the cycle in which they are presented. Rows are hardware rows,
  // words have 16 values, dst are program::Buffer codes. Array: residual (16 x 24 bit), qkv and
  // attention_out (16 x 8 bit); hidden (16 x 8 bit; experts: row in the half); logits (16 x 32 bit).
  output logic                     trc_wr_valid_o,
  output logic [3:0]               trc_wr_dst_o,
  output logic [15:0]              trc_wr_id_o,
  output logic [15:0]              trc_wr_row_o,
  output logic [15:0]              trc_wr_word_o,
  output logic [383:0]             trc_wr_data_o,
  output logic                     trc_hid_valid_o,
  output logic [15:0]              trc_hid_id_o,
  output logic                     trc_hid_experts_o,
  output logic                     trc_hid_half_o,
  output logic [15:0]              trc_hid_row_o,
  output logic [15:0]              trc_hid_word_o,
  output logic [127:0]             trc_hid_data_o,
  output logic                     trc_lgt_valid_o,
  output logic [15:0]              trc_lgt_id_o,
  output logic [15:0]              trc_lgt_row_o,
  output logic [15:0]              trc_lgt_word_o,
  output logic [511:0]             trc_lgt_data_o,
  // Norm: a beat of NormLanes values. COPY: rows of the residual.
  output logic                     trc_nwr_valid_o,
  output logic                     trc_nwr_last_o,
  output logic                     trc_nwr_low_o,
  output logic [15:0]              trc_nwr_row_o,
  output logic [15:0]              trc_nwr_beat_o,
  output logic [NormLanes*8-1:0]   trc_nwr_z8_o,
  output logic [NormLanes*8-1:0]   trc_nwr_lo_o,
  output logic [16:0]              trc_nwr_scale_o,
  output logic                     trc_cwr_valid_o,
  output logic [15:0]              trc_cwr_row_o,
  output logic [15:0]              trc_cwr_beat_o,
  output logic [NormLanes*24-1:0]  trc_cwr_data_o,
  // Router: the choices of a token.
  output logic                     trc_choice_valid_o,
  output logic [15:0]              trc_choice_row_o,
  output logic [edgemoe_pkg::MaxTopK-1:0]    trc_choice_chosen_o,
  output logic [edgemoe_pkg::MaxTopK-1:0]    trc_choice_kept_o,
  output logic [edgemoe_pkg::MaxTopK*8-1:0]  trc_choice_expert_o,
  output logic [edgemoe_pkg::MaxTopK*17-1:0] trc_choice_score_o
`endif
);

  // Idle: the units come next.
  assign irq_o = '0;
  assign s_axil_awready_o = '0;
  assign s_axil_wready_o = '0;
  assign s_axil_bresp_o = '0;
  assign s_axil_bvalid_o = '0;
  assign s_axil_arready_o = '0;
  assign s_axil_rdata_o = '0;
  assign s_axil_rresp_o = '0;
  assign s_axil_rvalid_o = '0;
  assign m_prog_arvalid_o = '0;
  assign m_prog_araddr_o = '0;
  assign m_prog_arlen_o = '0;
  assign m_prog_arsize_o = '0;
  assign m_prog_arburst_o = '0;
  assign m_prog_rready_o = '0;
  assign m_axi_arvalid_o = '0;
  assign m_axi_araddr_o = '0;
  assign m_axi_arlen_o = '0;
  assign m_axi_arsize_o = '0;
  assign m_axi_arburst_o = '0;
  assign m_axi_rready_o = '0;
  assign m_axi_awvalid_o = '0;
  assign m_axi_awaddr_o = '0;
  assign m_axi_awlen_o = '0;
  assign m_axi_awsize_o = '0;
  assign m_axi_awburst_o = '0;
  assign m_axi_wvalid_o = '0;
  assign m_axi_wdata_o = '0;
  assign m_axi_wstrb_o = '0;
  assign m_axi_wlast_o = '0;
  assign m_axi_bready_o = '0;
`ifndef SYNTHESIS
  assign trc_start_o = '0;
  assign trc_dispatch_valid_o = '0;
  assign trc_dispatch_id_o = '0;
  assign trc_request_valid_o = '0;
  assign trc_request_id_o = '0;
  assign trc_request_index_o = '0;
  assign trc_readable_valid_o = '0;
  assign trc_readable_id_o = '0;
  assign trc_readable_index_o = '0;
  assign trc_block_valid_o = '0;
  assign trc_block_id_o = '0;
  assign trc_block_index_o = '0;
  assign trc_scores_valid_o = '0;
  assign trc_scores_id_o = '0;
  assign trc_scores_index_o = '0;
  assign trc_norm_valid_o = '0;
  assign trc_norm_id_o = '0;
  assign trc_norm_index_o = '0;
  assign trc_route_valid_o = '0;
  assign trc_route_id_o = '0;
  assign trc_route_index_o = '0;
  assign trc_write_valid_o = '0;
  assign trc_write_id_o = '0;
  assign trc_write_index_o = '0;
  assign trc_end_valid_o = '0;
  assign trc_end_id_o = '0;
  assign trc_wr_valid_o = '0;
  assign trc_wr_dst_o = '0;
  assign trc_wr_id_o = '0;
  assign trc_wr_row_o = '0;
  assign trc_wr_word_o = '0;
  assign trc_wr_data_o = '0;
  assign trc_hid_valid_o = '0;
  assign trc_hid_id_o = '0;
  assign trc_hid_experts_o = '0;
  assign trc_hid_half_o = '0;
  assign trc_hid_row_o = '0;
  assign trc_hid_word_o = '0;
  assign trc_hid_data_o = '0;
  assign trc_lgt_valid_o = '0;
  assign trc_lgt_id_o = '0;
  assign trc_lgt_row_o = '0;
  assign trc_lgt_word_o = '0;
  assign trc_lgt_data_o = '0;
  assign trc_nwr_valid_o = '0;
  assign trc_nwr_last_o = '0;
  assign trc_nwr_low_o = '0;
  assign trc_nwr_row_o = '0;
  assign trc_nwr_beat_o = '0;
  assign trc_nwr_z8_o = '0;
  assign trc_nwr_lo_o = '0;
  assign trc_nwr_scale_o = '0;
  assign trc_cwr_valid_o = '0;
  assign trc_cwr_row_o = '0;
  assign trc_cwr_beat_o = '0;
  assign trc_cwr_data_o = '0;
  assign trc_choice_valid_o = '0;
  assign trc_choice_row_o = '0;
  assign trc_choice_chosen_o = '0;
  assign trc_choice_kept_o = '0;
  assign trc_choice_expert_o = '0;
  assign trc_choice_score_o = '0;
`endif

  logic unused;
  assign unused = ^{clk_i, rst_ni, s_axil_awaddr_i, s_axil_awvalid_i, s_axil_wdata_i, s_axil_wstrb_i, s_axil_wvalid_i, s_axil_bready_i, s_axil_araddr_i, s_axil_arvalid_i, s_axil_rready_i, m_prog_arready_i, m_prog_rvalid_i, m_prog_rdata_i, m_prog_rresp_i, m_prog_rlast_i, m_axi_arready_i, m_axi_rvalid_i, m_axi_rdata_i, m_axi_rresp_i, m_axi_rlast_i, m_axi_awready_i, m_axi_wready_i, m_axi_bvalid_i, m_axi_bresp_i};
  logic [31:0] unused_parameters;
  assign unused_parameters = Outstanding ^ TokenLanes ^ TileRing ^ ParamRing ^ SegmentRows ^ Segments ^ MaxDim ^ MaxHidden ^ Experts ^ ScoreGroups ^ SoftmaxTokens ^ Prefetch ^ Structural ^ PixelRows ^ PositionRows;

endmodule

// SPDX-License-Identifier: Apache-2.0
#include "host/run/tap_collector.hpp"

#include <gtest/gtest.h>

namespace edgemoe::host {
namespace {

TapInfo tap_of(int command, hls::TapPoint point, const char* name, double scale, int begin,
               int columns) {
  TapInfo tap;
  tap.command_id = static_cast<std::uint16_t>(command);
  tap.point = point;
  tap.name = name;
  tap.scale = scale;
  tap.column_begin = begin;
  tap.columns = columns;
  return tap;
}

program::Command command_of(int id, int tokens) {
  program::Command command;
  command.id = static_cast<std::uint16_t>(id);
  command.opcode = program::Opcode::kLinear;
  command.tokens = static_cast<std::uint16_t>(tokens);
  return command;
}

TEST(TapCollector, ColumnsScaleOffsetAndTokenOrder) {
  LoweredProgram program;
  program.tasks = {0};
  program.taps = {tap_of(5, hls::TapPoint::kQkv, "l00.q", 0.5, 0, 2),
                  tap_of(5, hls::TapPoint::kQkv, "l00.k", 0.25, 2, 2)};
  program.taps[1].column_offset = {10.0F, 20.0F};
  TapCollector collector(program);
  const program::Command command = command_of(5, 2);
  const std::int32_t patch[] = {1, 2, 3, 4}, cls[] = {-5, 6, -7, 8};
  collector.on_row(command, hls::TapPoint::kQkv, 0, 0, patch, 4, 0);
  collector.on_row(command, hls::TapPoint::kQkv, 0, 1, cls, 4, 0);
  const auto taps = collector.finish({});
  EXPECT_EQ(taps[0].at("l00.q").data, (std::vector<float>{-2.5F, 3.0F, 0.5F, 1.0F}));
  EXPECT_EQ(taps[0].at("l00.k").data, (std::vector<float>{8.25F, 22.0F, 10.75F, 21.0F}));
  EXPECT_EQ(taps[0].at("l00.k").shape, (std::vector<std::int64_t>{2, 2}));
}

TEST(TapCollector, TokenScaleAndZeroPoint) {
  LoweredProgram program;
  program.tasks = {0};
  program.taps = {tap_of(1, hls::TapPoint::kNormZ16, "l00.norm1", 0.125, 0, 1),
                  tap_of(2, hls::TapPoint::kHidden, "l00.mlp.hidden", 2.0, 0, 1)};
  program.taps[1].zero_point = 10;
  TapCollector collector(program);
  const std::int32_t value[] = {12};
  collector.on_row(command_of(1, 1), hls::TapPoint::kNormZ16, 0, 0, value, 1, 3);
  collector.on_row(command_of(2, 1), hls::TapPoint::kHidden, 0, 0, value, 1, 0);
  const auto taps = collector.finish({});
  EXPECT_EQ(taps[0].at("l00.norm1").data, std::vector<float>{4.5F});
  EXPECT_EQ(taps[0].at("l00.mlp.hidden").data, std::vector<float>{4.0F});
}

TEST(TapCollector, EmbeddingHasOneRowMoreThanPatches) {
  LoweredProgram program;
  program.tasks = {0};
  program.taps = {tap_of(1, hls::TapPoint::kResidual, "embed", 1.0, 0, 1)};
  TapCollector collector(program);
  program::Command embed = command_of(1, 2);
  embed.opcode = program::Opcode::kEmbed;
  for (std::int32_t row = 0; row < 3; ++row)
    collector.on_row(embed, hls::TapPoint::kResidual, 0, row, &row, 1, 0);
  EXPECT_EQ(collector.finish({})[0].at("embed").data, (std::vector<float>{2.0F, 0.0F, 1.0F}));
}

TEST(TapCollector, SharedPrefixBelongsToEveryTask) {
  LoweredProgram program;
  program.tasks = {0, 1};
  program.taps = {tap_of(1, hls::TapPoint::kResidual, "l00.x", 1.0, 0, 1),
                  tap_of(2, hls::TapPoint::kResidual, "l01.x", 1.0, 0, 1)};
  TapCollector collector(program);
  const std::int32_t a[] = {3}, b[] = {4}, c[] = {5};
  collector.on_row(command_of(1, 1), hls::TapPoint::kResidual, 0, 0, a, 1, 0);
  collector.on_row(command_of(2, 1), hls::TapPoint::kResidual, 0, 0, b, 1, 0);
  collector.on_row(command_of(2, 1), hls::TapPoint::kResidual, 1, 0, c, 1, 0);
  const auto taps = collector.finish({});
  EXPECT_EQ(taps[1].at("l00.x").data[0], 3.0F);
  EXPECT_EQ(taps[1].at("l01.x").data[0], 5.0F);
  EXPECT_EQ(taps[0].at("l01.x").data[0], 4.0F);
}

TEST(TapCollector, RowsAndColumnsOutsideAreIgnored) {
  LoweredProgram program;
  program.tasks = {0};
  program.taps = {tap_of(1, hls::TapPoint::kResidual, "l00.x", 1.0, 0, 4)};
  TapCollector collector(program);
  const std::int32_t values[] = {1, 2, 3, 4};
  collector.on_row(command_of(1, 1), hls::TapPoint::kResidual, 0, 1, values, 4, 0);
  collector.on_row(command_of(1, 1), hls::TapPoint::kResidual, 0, 0, values, 3, 0);
  collector.on_row(command_of(1, 1), hls::TapPoint::kResidual, 1, 0, values, 4, 0);
  collector.on_row(command_of(9, 1), hls::TapPoint::kResidual, 0, 0, values, 4, 0);
  EXPECT_TRUE(collector.finish({})[0].empty());
}

}  // namespace
}  // namespace edgemoe::host

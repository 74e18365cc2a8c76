// SPDX-License-Identifier: Apache-2.0
#include "models/schema/design_keys.hpp"

namespace edgemoe::models {

namespace {

constexpr IntegerRange kLanes{1, 64, true};

void visit_array(ArrayConfig* array, Visitor* visitor) {
  visit_integer(visitor, required("token_lanes", "tokens computed per cycle"), kLanes,
                &array->token_lanes);
  visit_integer(visitor, required("in_lanes", "products summed per cycle and output"), kLanes,
                &array->in_lanes);
  visit_integer(visitor, required("out_lanes", "outputs per cycle and token"), kLanes,
                &array->out_lanes);
}

void visit_lanes(LaneConfig* lanes, Visitor* visitor) {
  visit_integer(visitor, optional("requant", "results requantised per cycle"), kLanes,
                &lanes->requant);
  visit_integer(visitor, optional("softmax", "exponentials per cycle"), kLanes, &lanes->softmax);
  visit_integer(visitor, optional("norm", "LayerNorm elements per cycle and pass"), kLanes,
                &lanes->norm);
  visit_integer(visitor, optional("gelu", "GELU results per cycle"), kLanes, &lanes->gelu);
}

void visit_buffers(BufferConfig* buffers, Visitor* visitor) {
  visit_integer(visitor, optional("weight_ring_rows", "rows of the weight ring", "256 B"),
                {16, 65536}, &buffers->weight_ring_rows);
  visit_integer(visitor,
                optional("max_tokens", "token rows, all tasks of a frame together, padded"),
                {1, 65536}, &buffers->max_tokens);
  visit_integer(visitor, optional("max_embed_dim", "widest token", "channels"), {1, 8192},
                &buffers->max_embed_dim);
  visit_integer(visitor, optional("max_hidden", "widest hidden layer", "channels"), {1, 65536},
                &buffers->max_hidden);
  visit_integer(visitor, optional("max_experts", "experts of one MoE block"), {1, 1024},
                &buffers->max_experts);
  visit_integer(visitor,
                optional("score_groups", "score buffers, each of one head and query group"),
                {2, 16}, &buffers->score_groups);
  visit_integer(visitor, optional("staging_tokens", "gathered tokens of experts, two halves"),
                {2, 1024}, &buffers->staging_tokens);
  visit_integer(
      visitor,
      optional("max_frame_tokens", "tokens of one task where tiles are spilled; 0: no tiling"),
      {0, 8192}, &buffers->max_frame_tokens);
  visit_integer(visitor,
                optional("max_routed_tokens", "tokens of all tasks in the queues, where tiled"),
                {0, 32768}, &buffers->max_routed_tokens);
  visitor->boolean(
      optional("ring_in_uram", "weight and parameter ring in UltraRAM instead of block RAM"),
      &buffers->ring_in_uram);
  visitor->boolean(
      optional("own_inputs", "pixels and position table in memories of their own, for streams"),
      &buffers->own_inputs);
}

void visit_loader(LoaderConfig* loader, Visitor* visitor) {
  visit_list(visitor, optional("ports", "the board's memory ports that load, by index"), {1, 16},
             &loader->ports, [&](int* port) {
               visit_integer(visitor, Key{}, {0, 15}, port);
             });
  visit_integer(visitor, optional("outstanding", "requests in flight per port"), {1, 256},
                &loader->outstanding);
  visit_choice(visitor,
               optional("prefetch", "which experts are fetched before the gate has spoken"),
               {"none", "popular", "oracle"}, &loader->prefetch);
  visit_integer(visitor, optional("prefetch_experts", "how many of them"), {0, 1024},
                &loader->prefetch_experts);
}

void visit_ablation(AblationConfig* ablation, Visitor* visitor) {
  visitor->boolean(optional("attention_reorder", "a query group shares each K and V tile"),
                   &ablation->attention_reorder);
  visitor->boolean(optional("single_pass_softmax", "maximum on the fly, one exponential a score"),
                   &ablation->single_pass_softmax);
  visitor->boolean(optional("gelu_table", "GELU from a table instead of an erf by arithmetic"),
                   &ablation->gelu_table);
  visitor->boolean(optional("unified_unit", "one array instead of one per kind of layer"),
                   &ablation->unified_unit);
  visit_choice(visitor, optional("patch_reorder", "how experts come to the tokens"),
               {"queues", "cache", "reload"}, &ablation->patch_reorder);
  visit_integer(visitor, optional("cache_experts", "experts that patch_reorder: cache keeps"),
                {1, 1024}, &ablation->cache_experts);
}

}  // namespace

void visit(DesignConfig* design, Visitor* visitor) {
  if (!visitor->open_map(Key{}, true)) return;
  visit_file_keys(visitor);
  visitor->text(required("name", "name of the design"), TextRule::kName, &design->name);
  visitor->text(required("board", "name of the board it is built for"), TextRule::kName,
                &design->board);
  visit_choice(visitor, optional("precision", "number formats of weights and activations"),
               {"w8a8", "w16a16", "w16a32"}, &design->precision);
  visitor->real(optional("clock_mhz", "clock of the accelerator, an assumption", "MHz"),
                {1.0, 1000.0}, &design->clock_mhz);
  visit_map(visitor, required("array", "the multiply-accumulate array"), true,
            [&] { visit_array(&design->array, visitor); });
  visit_map(visitor, optional("lanes", "widths of the streaming units"), true,
            [&] { visit_lanes(&design->lanes, visitor); });
  visit_map(visitor, optional("buffers", "capacities of the on-chip buffers"), true,
            [&] { visit_buffers(&design->buffers, visitor); });
  visit_map(visitor, optional("loader", "the load stream from DRAM"), true,
            [&] { visit_loader(&design->loader, visitor); });
  visit_map(visitor, optional("ablation", "published techniques that can be taken out"), true,
            [&] { visit_ablation(&design->ablation, visitor); });
  visitor->close_map();
}

}  // namespace edgemoe::models

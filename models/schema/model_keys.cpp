// SPDX-License-Identifier: Apache-2.0
#include "models/schema/model_keys.hpp"

namespace edgemoe::models {

namespace {

void visit_image(ImageConfig* image, Visitor* visitor) {
  constexpr IntegerRange kSide{1, 16384};
  visit_integer(visitor, required("height", "rows", "pixel"), kSide, &image->height);
  visit_integer(visitor, required("width", "columns", "pixel"), kSide, &image->width);
  visit_list(visitor, optional("mean", "per RGB channel: real pixel = (k / 255 - mean) / std"),
             {3, 3}, &image->mean, [&](double* value) {
               visitor->real(Key{}, {-10.0, 10.0}, value);
             });
  visit_list(visitor, optional("std", "per RGB channel, see mean"), {3, 3}, &image->std,
             [&](double* value) {
               visitor->real(Key{}, {0.0, 10.0, true}, value);
             });
}

void visit_moe(MoeConfig* moe, Visitor* visitor) {
  visit_integer(visitor, required("experts", "experts of a MoE block"), {1, 1024}, &moe->experts);
  visit_integer(visitor, required("top_k", "experts that serve a token"), {1, 64}, &moe->top_k);
  visit_integer(visitor, required("hidden", "width of an expert's hidden layer", "channels"),
                {1, 65536}, &moe->hidden);
  visit_choice(visitor, optional("gate", "a gate for every task, or one for all"),
               {"per_task", "shared"}, &moe->gate);
  visitor->boolean(
      optional("gate_bias", "gates add a bias to their logits, as task-conditioned ones do"),
      &moe->gate_bias);
  visitor->real(optional("threshold", "choices with a lower score are dropped; 0 keeps all"),
                {0.0, 1.0}, &moe->threshold);
}

void visit_classes(TaskConfig* task, Visitor* visitor) {
  visit_list(visitor, optional("classes", "class names, in the order of their numbers"), {2, 255},
             &task->classes,
             [&](std::string* name) { visitor->text(Key{}, TextRule::kLine, name); });
  visit_list(visitor, optional("colours", "RGB colour of every class"), {2, 255}, &task->colours,
             [&](std::array<std::uint8_t, 3>* colour) {
               visit_list(visitor, Key{}, {3, 3}, colour, [&](std::uint8_t* value) {
                 visit_integer(visitor, Key{}, {0, 255}, value);
               });
             });
}

void visit_head(std::optional<HeadConfig>* head, const char* what, Visitor* visitor) {
  visit_map(visitor, optional("head", what), head->has_value(), [&] {
    if (!*head) head->emplace();
    visit_list(visitor, required("channels", "outputs of its 3x3 convolutions", "channels"),
               {1, 16}, &(*head)->channels, [&](int* channels) {
                 visit_integer(visitor, Key{}, {1, 8192}, channels);
               });
  });
}

void visit_task(TaskConfig* task, Visitor* visitor) {
  visitor->text(required("name", "name of the task"), TextRule::kToken, &task->name);
  visit_choice(visitor, required("kind", "what its head predicts"),
               {"semseg", "depth", "normals", "human_parts", "saliency", "edge"}, &task->kind);
  visit_classes(task, visitor);
  visit_head(&task->head, "head on the last block; absent: that of the model", visitor);
}

void visit_weights(ModelFile* file, Visitor* visitor) {
  visit_list(visitor, optional("files", "safetensors shards"), {1, 1000}, &file->weight_files,
             [&](std::string* name) { visitor->text(Key{}, TextRule::kPath, name); });
  std::optional<std::uint64_t>& seed = file->config.synthetic_seed;
  visit_map(
      visitor, optional("synthetic", "random weights instead of files"), seed.has_value(), [&] {
        if (!seed) seed = 1;
        visit_integer(visitor, required("seed", "seed of the generator"), {0, INT64_MAX}, &*seed);
      });
}

void visit_network(ModelConfig* model, Visitor* visitor) {
  visit_map(visitor, required("image", "input"), true,
            [&] { visit_image(&model->image, visitor); });
  visit_integer(visitor, required("patch", "side of a patch", "pixel"), {1, 256}, &model->patch);
  visit_integer(visitor, required("embed_dim", "width of a token", "channels"), {1, 8192},
                &model->embed_dim);
  visit_integer(visitor, required("heads", "attention heads"), {1, 256}, &model->heads);
  visitor->real(optional("norm_eps", "epsilon of LayerNorm"), {0.0, 0.1, true}, &model->norm_eps);
  visit_list(visitor, required("blocks", "the blocks in order"), {1, 256}, &model->blocks,
             [&](BlockKind* kind) {
               visit_choice(visitor, Key{}, {"mlp", "moe"}, kind);
             });
  visit_map(visitor, optional("mlp", "the MLP of mlp blocks"), model->mlp_hidden > 0, [&] {
    visit_integer(visitor, required("hidden", "width of its hidden layer", "channels"), {1, 65536},
                  &model->mlp_hidden);
  });
  visit_map(visitor, optional("moe", "the experts of moe blocks"), model->moe.experts > 0,
            [&] { visit_moe(&model->moe, visitor); });
}

}  // namespace

void visit(ModelFile* file, Visitor* visitor) {
  if (!visitor->open_map(Key{}, true)) return;
  ModelConfig* model = &file->config;
  visit_file_keys(visitor);
  visitor->text(required("name", "name of the model"), TextRule::kName, &model->name);
  visit_network(model, visitor);
  visit_head(&file->head, "head of every task without its own; absent: features only", visitor);
  visit_list(visitor, required("tasks", "tasks in the order of their gates"), {1, 64},
             &model->tasks, [&](TaskConfig* task) {
               visit_map(visitor, Key{}, true, [&] { visit_task(task, visitor); });
             });
  visit_map(visitor, required("weights", "either files or synthetic"), true,
            [&] { visit_weights(file, visitor); });
  visitor->text(optional("popularity", "file: how often each expert is active"), TextRule::kPath,
                &file->popularity);
  visitor->text(optional("samples", "folder of NAME.png, NAME.labels.png, NAME.depth.png"),
                TextRule::kPath, &file->samples);
  visitor->close_map();
}

}  // namespace edgemoe::models

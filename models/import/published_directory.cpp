// SPDX-License-Identifier: Apache-2.0
#include "models/import/published_directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>
#include <system_error>

#include "models/io/error.hpp"
#include "models/io/file.hpp"
#include "models/io/shape.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;
using Shape = std::vector<std::int64_t>;

constexpr const char* kEnding = ".float32.bin";
constexpr int kMaxBlocks = 256;

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

/// The number in `PREFIX<number>REST`; -1 for another text.
int number_after(const std::string& text, const std::string& prefix, std::string* rest) {
  if (text.rfind(prefix, 0) != 0) return -1;
  int number = -1;
  const char* begin = text.data() + prefix.size();
  const auto [end, error] = std::from_chars(begin, text.data() + text.size(), number);
  if (error != std::errc() || number < 0) return -1;
  rest->assign(end, text.data() + text.size());
  return number;
}

std::int64_t product(const Shape& shape) {
  std::int64_t count = 1;
  for (const std::int64_t n : shape) count *= n;
  return count;
}

class FileList {
 public:
  void add(const std::string& stem, const std::string& tensor, Shape shape,
           bool transposed = false) {
    files_.push_back({stem, tensor, std::move(shape), transposed});
  }
  void add_pair(const std::string& stem, const std::string& tensor, Shape weight, Shape bias) {
    add(stem + "_weight", tensor + ".weight", std::move(weight));
    add(stem + "_bias", tensor + ".bias", std::move(bias));
  }
  std::vector<PublishedFile> take() { return std::move(files_); }

 private:
  std::vector<PublishedFile> files_;
};

void add_block(const ModelConfig& model, int i, FileList* list) {
  const std::int64_t d = model.embed_dim, f = model.mlp_hidden, e = model.moe.experts,
                     h = model.moe.hidden;
  const std::string stem = fmt::format("l{}_", i);
  const std::string block = fmt::format("backbone.blocks.{}.", i);
  list->add_pair(stem + "norm1", block + "norm1", {d}, {d});
  list->add_pair(stem + "qkv", block + "attn.qkv", {3 * d, d}, {3 * d});
  list->add_pair(stem + "attn_proj", block + "attn.proj", {d, d}, {d});
  list->add_pair(stem + "norm2", block + "norm2", {d}, {d});
  if (model.blocks[static_cast<std::size_t>(i)] == BlockKind::kMlp) {
    list->add_pair(stem + "fc1", block + "mlp.fc1", {f, d}, {f});
    list->add_pair(stem + "fc2", block + "mlp.fc2", {d, f}, {d});
    return;
  }
  list->add_pair(stem + "htoh4", block + "mlp.experts.htoh4", {e, h, d}, {e, h});
  list->add_pair(stem + "h4toh", block + "mlp.experts.h4toh", {e, d, h}, {e, d});
  for (std::size_t t = 0; t < model.tasks.size(); ++t) {
    list->add(fmt::format("{}w_gate_T_task{}", stem, t),
              fmt::format("{}mlp.gate.{}.w_gate", block, t), {e, d}, true);
  }
}

Tensor transposed(const Tensor& tensor) {
  const auto rows = static_cast<std::size_t>(tensor.shape[0]);
  const auto columns = static_cast<std::size_t>(tensor.shape[1]);
  Tensor result{{tensor.shape[1], tensor.shape[0]}, std::vector<float>(tensor.size())};
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c)
      result.data[c * rows + r] = tensor.data[r * columns + c];
  }
  return result;
}

std::string golden_stem(const ModelConfig& model) {
  return fmt::format("l{}_x_post_moe", model.depth() - 1);
}

}  // namespace

std::vector<PublishedFile> published_files(const ModelConfig& model) {
  const std::int64_t d = model.embed_dim;
  FileList list;
  list.add_pair("patch_embed", "backbone.patch_embed.proj", {d, 3, model.patch, model.patch}, {d});
  list.add("pos_embed", "backbone.pos_embed", {model.tokens(), d});
  for (int i = 0; i < model.depth(); ++i) add_block(model, i, &list);
  return list.take();
}

PublishedDirectory::PublishedDirectory(const fs::path& folder) : folder_(folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!ends_with(name, kEnding)) continue;
    std::error_code unreadable;
    const std::uintmax_t size = fs::file_size(at->path(), unreadable);
    sizes_[name.substr(0, name.size() - std::strlen(kEnding))] = unreadable ? 0 : size;
  }
  if (error)
    throw DataError(folder.string() + ": error: cannot read the folder: " + error.message());
}

fs::path PublishedDirectory::file_of(const std::string& stem) const {
  return folder_ / (stem + kEnding);
}

std::int64_t PublishedDirectory::floats(const std::string& stem) const {
  const auto found = sizes_.find(stem);
  return found == sizes_.end() ? 0 : static_cast<std::int64_t>(found->second / sizeof(float));
}

NetworkHints PublishedDirectory::hints() const {
  NetworkHints hints;
  hints.published_pixels = true;
  int depth = 0;
  std::string rest;
  for (const auto& [stem, size] : sizes_) {
    const int block = number_after(stem, "l", &rest);
    if (block >= 0 && block < kMaxBlocks && rest.rfind('_', 0) == 0)
      depth = std::max(depth, block + 1);
    if (block >= 0 && number_after(rest, "_w_gate_T_task", &rest) >= 0 && rest.empty()) {
      const std::string digits = stem.substr(stem.rfind("task") + 4);
      if (digits.size() <= 2)
        hints.gates = std::max<std::int64_t>(hints.gates, std::stoi(digits) + 1);
    }
  }
  std::vector<std::int64_t> widths{floats("patch_embed_bias")}, hidden, experts, expert_hidden;
  for (int i = 0; i < depth; ++i) widths.push_back(floats(fmt::format("l{}_norm1_bias", i)));
  const std::int64_t d = hints.embed_dim = most_common(widths);
  for (int i = 0; i < depth; ++i) {
    const auto of = [&](const char* part) { return floats(fmt::format("l{}_{}", i, part)); };
    const bool moe = of("htoh4_weight") + of("h4toh_weight") + of("w_gate_T_task0") > 0;
    const bool mlp = of("fc1_weight") + of("fc2_weight") > 0;
    hints.blocks.push_back(moe || (!mlp && i % 2 == 1) ? BlockKind::kMoe : BlockKind::kMlp);
    hidden.push_back(of("fc1_bias"));
    if (d > 0) experts.push_back(of("w_gate_T_task0") / d);
    if (!experts.empty() && experts.back() > 0)
      expert_hidden.push_back(of("htoh4_bias") / experts.back());
  }
  hints.mlp_hidden = most_common(hidden);
  hints.experts = most_common(experts);
  hints.moe_hidden = most_common(expert_hidden);
  if (d > 0) {
    hints.patch = std::llround(std::sqrt(static_cast<double>(floats("patch_embed_weight")) /
                                         (3.0 * static_cast<double>(d))));
    hints.tokens = floats("pos_embed") / d;
  }
  return hints;
}

std::optional<Tensor> PublishedDirectory::load(const std::string& stem, const Shape& shape,
                                               std::vector<std::string>* problems) const {
  const fs::path path = file_of(stem);
  const auto bytes = static_cast<std::uintmax_t>(product(shape)) * sizeof(float);
  const auto wrong = [&](const std::string& got) {
    problems->push_back(
        fmt::format("{}: error: file: expected shape {} ({} bytes of float32), got {}",
                    path.string(), shape_text(shape), bytes, got));
    return std::nullopt;
  };
  const auto found = sizes_.find(stem);
  if (found == sizes_.end()) return wrong("none");
  if (found->second != bytes) return wrong(fmt::format("{} bytes", found->second));
  const MappedFile file(path);
  if (file.size() != bytes) return wrong(fmt::format("{} bytes", file.size()));
  Tensor tensor{shape, std::vector<float>(bytes / sizeof(float))};
  std::memcpy(tensor.data.data(), file.data(), bytes);
  const auto bad = std::find_if(tensor.data.begin(), tensor.data.end(),
                                [](float value) { return !std::isfinite(value); });
  if (bad == tensor.data.end()) return tensor;
  problems->push_back(fmt::format("{}: error: file: expected finite values, got {} at element {}",
                                  path.string(), *bad, bad - tensor.data.begin()));
  return std::nullopt;
}

void PublishedDirectory::report_surplus(const ModelConfig& model,
                                        std::vector<std::string>* problems) const {
  std::set<std::string> known{"image", golden_stem(model)};
  for (const PublishedFile& file : published_files(model)) known.insert(file.stem);
  for (const auto& [stem, size] : sizes_) {
    if (known.count(stem) != 0) continue;
    std::string rest;
    const bool block = number_after(stem, "l", &rest) >= 0;
    const int task = block ? number_after(rest, "_w_gate_T_task", &rest) : -1;
    const bool gate = task >= static_cast<int>(model.tasks.size());
    problems->push_back(
        fmt::format("{}: error: file: expected {}, got {} bytes", file_of(stem).string(),
                    gate ? fmt::format("no gate of task {}, because the model has {} tasks", task,
                                       model.tasks.size())
                         : "no such file for this model",
                    size));
  }
}

void PublishedDirectory::read_samples(const ModelConfig& model, Checkpoint* checkpoint,
                                      std::vector<std::string>* problems) const {
  if (sizes_.count("image") != 0)
    checkpoint->image = load("image", {3, model.image.height, model.image.width}, problems);
  const std::string golden = golden_stem(model);
  if (sizes_.count(golden) != 0)
    checkpoint->golden = load(golden, {model.tokens(), model.embed_dim}, problems);
}

Checkpoint PublishedDirectory::read(const ModelConfig& model) const {
  if (model.moe.experts > 0 && (model.moe.gate != GateKind::kPerTask || model.moe.gate_bias)) {
    throw DataError(folder_.string() +
                    ": error: moe.gate: expected a model with per_task gates without bias, because "
                    "the published layout holds no others, got another kind");
  }
  Checkpoint checkpoint;
  std::vector<std::string> problems;
  for (const PublishedFile& file : published_files(model)) {
    std::optional<Tensor> tensor = load(file.stem, file.shape, &problems);
    if (!tensor) continue;
    if (file.transposed) *tensor = transposed(*tensor);
    checkpoint.origin[file.tensor] = file_of(file.stem).string() + ": error: file";
    checkpoint.tensors[file.tensor] = std::move(*tensor);
  }
  report_surplus(model, &problems);
  read_samples(model, &checkpoint, &problems);
  throw_problems(problems);
  // The class token is part of row 0 of the table; a token of zeros keeps the sum.
  Tensor& position = checkpoint.tensors.at("backbone.pos_embed");
  position.shape.insert(position.shape.begin(), 1);
  checkpoint.tensors["backbone.cls_token"] = {
      {1, 1, model.embed_dim}, std::vector<float>(static_cast<std::size_t>(model.embed_dim), 0.0F)};
  checkpoint.notes.emplace_back("class token: folded into row 0 of the position table");
  return checkpoint;
}

}  // namespace edgemoe::models

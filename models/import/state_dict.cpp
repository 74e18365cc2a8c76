// SPDX-License-Identifier: Apache-2.0
#include "models/import/state_dict.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <system_error>
#include <tuple>

#include "models/import/fold.hpp"
#include "models/io/error.hpp"
#include "models/io/safetensors.hpp"
#include "models/io/shape.hpp"

namespace edgemoe::models {
namespace {

namespace fs = std::filesystem;

bool begins_with(const std::string& text, const std::string& beginning) {
  return text.rfind(beginning, 0) == 0;
}

bool begins_with_any(const std::string& text, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& b) { return begins_with(text, b); });
}

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() >= ending.size() &&
         text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

/// Files of ranks sort by number, others by name.
std::tuple<std::size_t, std::string> rank_key(const fs::path& file) {
  const std::string stem = file.stem().string();
  const auto digit =
      std::find_if(stem.begin(), stem.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  std::size_t number = 0;
  for (auto at = digit; at != stem.end() && std::isdigit(static_cast<unsigned char>(*at)) != 0;
       ++at)
    number =
        std::min<std::size_t>(number * 10 + static_cast<std::size_t>(*at - '0'), 1'000'000'000);
  return {number, stem};
}

/// Joins files while they are read.
class Merger {
 public:
  explicit Merger(const std::vector<std::string>& skip) : skip_(skip) {}

  void add_file(const fs::path& file) {
    const auto keep = [&](const std::string& key) {
      const std::string name = canonical_name(key);
      if (!name.empty() && !begins_with_any(name, skip_)) return true;
      ++skipped_;
      return false;
    };
    for (auto& [key, tensor] : read_safetensors(file, NonFinite::kAllow, keep))
      add(file, key, std::move(tensor));
  }

  Checkpoint finish() {
    throw_problems(problems_);
    if (skipped_ > 0)
      result_.notes.push_back(
          fmt::format("{} tensors skipped that inference does not need", skipped_));
    if (joined_ > 0) result_.notes.push_back(fmt::format("{} slices of experts joined", joined_));
    return std::move(result_);
  }

 private:
  void add(const fs::path& file, const std::string& key, Tensor tensor) {
    const std::string name = canonical_name(key);
    const std::string origin = fmt::format("{}: error: {}", file.string(), key);
    const auto [at, fresh] = result_.tensors.try_emplace(name);
    if (fresh) {
      at->second = std::move(tensor);
      result_.origin[name] = origin;
    } else if (name.find(".mlp.experts.") == std::string::npos) {
      problems_.push_back(fmt::format("{}: expected this tensor once, got a second one (first {})",
                                      origin, result_.origin[name]));
    } else {
      join(origin, tensor, &at->second);
    }
  }

  void join(const std::string& origin, const Tensor& slice, Tensor* whole) {
    const auto tail = [](const Tensor& t) {
      return std::vector<std::int64_t>(t.shape.begin() + (t.shape.empty() ? 0 : 1), t.shape.end());
    };
    if (slice.shape.empty() || whole->shape.empty() || tail(slice) != tail(*whole)) {
      problems_.push_back(fmt::format("{}: expected a slice of experts like {}, got shape {}",
                                      origin, shape_text(whole->shape), shape_text(slice.shape)));
      return;
    }
    whole->shape[0] += slice.shape[0];
    whole->data.insert(whole->data.end(), slice.data.begin(), slice.data.end());
    ++joined_;
  }

  const std::vector<std::string>& skip_;
  Checkpoint result_;
  std::vector<std::string> problems_;
  std::size_t skipped_ = 0, joined_ = 0;
};

std::int64_t dimension(const Checkpoint& checkpoint, const std::string& name, std::size_t i) {
  const auto found = checkpoint.tensors.find(name);
  return found == checkpoint.tensors.end() || i >= found->second.shape.size()
             ? 0
             : found->second.shape[i];
}

/// The part of `NAME` between a prefix and the next dot.
std::string word_after(const std::string& name, const std::string& prefix) {
  if (!begins_with(name, prefix)) return "";
  return name.substr(prefix.size(), name.find('.', prefix.size()) - prefix.size());
}

std::int64_t small_number(const std::string& digits) {
  const bool valid = !digits.empty() && digits.size() <= 3 &&
                     std::all_of(digits.begin(), digits.end(),
                                 [](unsigned char c) { return std::isdigit(c) != 0; });
  return valid ? std::stoll(digits) : -1;
}

void block_hints(const Checkpoint& checkpoint, std::int64_t depth, NetworkHints* hints) {
  std::vector<std::int64_t> hidden, experts, expert_hidden;
  for (std::int64_t i = 0; i < depth; ++i) {
    const std::string mlp = fmt::format("backbone.blocks.{}.mlp.", i);
    const std::int64_t up = dimension(checkpoint, mlp + "fc1.weight", 0);
    const std::int64_t count = dimension(checkpoint, mlp + "experts.htoh4.weight", 0);
    hidden.push_back(up);
    experts.push_back(count);
    expert_hidden.push_back(dimension(checkpoint, mlp + "experts.htoh4.weight", 1));
    hints->blocks.push_back(count > 0 || (up == 0 && i % 2 == 1) ? BlockKind::kMoe
                                                                 : BlockKind::kMlp);
  }
  hints->mlp_hidden = most_common(hidden);
  hints->experts = most_common(experts);
  hints->moe_hidden = most_common(expert_hidden);
}

void head_hints(const Checkpoint& checkpoint, const std::string& name, NetworkHints* hints) {
  const std::string head = word_after(name, "decoders.");
  if (head.empty() || hints->heads.count(head) != 0) return;
  HeadHints& found = hints->heads[head];
  for (int i = 0;; ++i) {
    const std::string conv = fmt::format("decoders.{}.conv_{}.weight", head, i);
    const std::int64_t out = dimension(checkpoint, conv, 0);
    if (out == 0) break;
    if (dimension(checkpoint, conv, 2) == 1) {
      found.outputs = out;
    } else {
      found.channels.push_back(out);
    }
  }
}

}  // namespace

std::string canonical_name(const std::string& key) {
  std::string name = key;
  while (begins_with(name, "module.")) name.erase(0, 7);
  if (begins_with_any(name, {"tam_", "optimizer"}) || ends_with(name, ".num_batches_tracked") ||
      ends_with(name, ".w_gate_aux"))
    return "";
  const bool bare = begins_with_any(name, {"blocks.", "patch_embed.", "gate_task_represent."}) ||
                    name == "cls_token" || name == "pos_embed";
  return bare ? "backbone." + name : name;
}

std::vector<fs::path> state_dict_files(const fs::path& source) {
  std::error_code error;
  if (!fs::is_directory(source, error))
    return source.extension() == ".safetensors" ? std::vector<fs::path>{source}
                                                : std::vector<fs::path>{};
  std::vector<fs::path> files;
  for (fs::directory_iterator at(source, error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() == ".safetensors") files.push_back(at->path());
  }
  if (error)
    throw DataError(source.string() + ": error: cannot read the folder: " + error.message());
  std::sort(files.begin(), files.end(),
            [](const fs::path& a, const fs::path& b) { return rank_key(a) < rank_key(b); });
  return files;
}

Checkpoint read_state_dict(const std::vector<fs::path>& files,
                           const std::vector<std::string>& skip) {
  Merger merger(skip);
  for (const fs::path& file : files) merger.add_file(file);
  Checkpoint checkpoint = merger.finish();
  name_single_head(&checkpoint);
  fold_batch_norms(&checkpoint);
  split_conditioned_gates(&checkpoint);
  return checkpoint;
}

NetworkHints state_dict_hints(const Checkpoint& checkpoint) {
  NetworkHints hints;
  hints.embed_dim = most_common({dimension(checkpoint, "backbone.cls_token", 2),
                                 dimension(checkpoint, "backbone.pos_embed", 2),
                                 dimension(checkpoint, "backbone.patch_embed.proj.weight", 0)});
  hints.tokens = dimension(checkpoint, "backbone.pos_embed", 1);
  hints.patch = dimension(checkpoint, "backbone.patch_embed.proj.weight", 2);
  std::int64_t depth = 0;
  for (const auto& [name, tensor] : checkpoint.tensors) {
    const std::int64_t block = small_number(word_after(name, "backbone.blocks."));
    if (block >= 0 && block < 256) depth = std::max(depth, block + 1);
    const std::string gate = word_after(name, fmt::format("backbone.blocks.{}.mlp.gate.", block));
    hints.gates = std::max(hints.gates, small_number(gate) + 1);
    hints.shared_gate = hints.shared_gate || gate == "w_gate";
    hints.gate_bias = hints.gate_bias || (!gate.empty() && ends_with(name, ".bias"));
    head_hints(checkpoint, name, &hints);
  }
  block_hints(checkpoint, depth, &hints);
  return hints;
}

}  // namespace edgemoe::models

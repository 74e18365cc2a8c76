// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "host/cli/arguments.hpp"
#include "host/cli/text_table.hpp"
#include "host/cli/verbs.hpp"
#include "host/run/images.hpp"
#include "models/import/import_model.hpp"
#include "models/io/error.hpp"

namespace edgemoe::host {
namespace {

namespace po = boost::program_options;

constexpr const char* kWhat =
    "A checkpoint into a model folder. SOURCE is a folder of NAME.float32.bin files as M3ViT\n"
    "accelerators publish them, a .safetensors file with the training code's key names, or a "
    "folder\n"
    "of one per rank. Files of PyTorch (.pth) are first converted by\n"
    "`python3 -m models.training.convert_checkpoint`.";

po::options_description import_options() {
  po::options_description options("options", kHelpWidth);
  auto add = options.add_options();
  add("help,h", "this text");
  add("out", po::value<std::string>()->value_name("DIR"), "new folder for the model (required)");
  add("model", po::value<std::string>()->value_name("NAME|PATH"),
      "model whose dimensions and tasks these weights have (default: what the source tells, "
      "completed by the published configurations)");
  add("name", po::value<std::string>()->value_name("NAME"),
      "name of the new model (default: the folder's)");
  add("samples",
      po::value<std::vector<std::string>>()->composing()->multitoken()->value_name("PATH..."),
      "PNG files, or folders of them: sample images of the model, with their labels");
  add("skip", po::value<std::string>()->value_name("A,B,..."),
      "leave out tensors whose names begin so");
  add("set",
      po::value<std::vector<std::string>>()->composing()->multitoken()->value_name(
          "model.KEY=VALUE"),
      "change one value of the configuration");
  return options;
}

/// The word before all options; `words` keeps the rest.
std::string take_source(std::vector<std::string>* words) {
  if (words->empty() || words->front().empty() || words->front()[0] == '-') {
    throw UsageError("import: error: expected SOURCE before the options, got " +
                     (words->empty() ? "nothing" : "\"" + words->front() + "\"") +
                     "\n  hint: edgemoe import SOURCE --out DIR");
  }
  const std::string source = words->front();
  words->erase(words->begin());
  return source;
}

models::Overrides model_overrides(const po::variables_map& values) {
  models::Overrides overrides;
  if (values.count("set") == 0) return overrides;
  for (const std::string& text : values["set"].as<std::vector<std::string>>()) {
    const std::size_t equals = text.find('=');
    if (text.rfind("model.", 0) != 0 || equals == std::string::npos || equals < 7) {
      throw UsageError("--set: error: expected model.KEY=VALUE, got \"" + text + "\"");
    }
    overrides.push_back({text.substr(6, equals - 6), text.substr(equals + 1)});
  }
  return overrides;
}

models::ImportRequest make_request(const std::string& source, const po::variables_map& values,
                                   const Context& context) {
  models::ImportRequest request;
  request.source = source;
  if (values.count("out") == 0 || values["out"].as<std::string>().empty())
    throw UsageError("--out: error: expected a folder for the model, got nothing");
  request.out = values["out"].as<std::string>();
  if (values.count("name") != 0) request.name = values["name"].as<std::string>();
  request.overrides = model_overrides(values);
  if (values.count("model") != 0) {
    request.model = models::read_model(context.locations.model(values["model"].as<std::string>()),
                                       request.overrides);
  }
  if (values.count("skip") != 0)
    request.skip = split_list("--skip", values["skip"].as<std::string>());
  return request;
}

/// Images of the wrong kind are found before anything is written; their shape is judged by the
/// model that comes out.
void add_samples(const po::variables_map& values, models::ImportRequest* request) {
  if (values.count("samples") == 0) return;
  for (const ImageFile& file : list_images(values["samples"].as<std::vector<std::string>>()))
    request->samples.push_back(file.path);
}

std::string tasks_text(const models::ModelConfig& model) {
  std::string text;
  for (const models::TaskConfig& task : model.tasks)
    text += (text.empty() ? "" : ", ") + task.name + (task.head ? "" : " (features)");
  return text;
}

std::string summary(const std::string& source, const std::string& out,
                    const models::ImportResult& result) {
  const models::ModelConfig& m = result.model;
  std::string text = fmt::format("{}: {}\n", source, result.kind);
  TextTable table;
  table.align_left({1});
  table.add({"model", fmt::format("{} in {}", m.name, out)});
  table.add({"image", fmt::format("{} x {}, {} tokens of width {}", m.image.width, m.image.height,
                                  m.tokens(), m.embed_dim)});
  table.add({"blocks", fmt::format("{}, {} heads", m.depth(), m.heads)});
  table.add(
      {"experts", fmt::format("{} of width {}, top {}", m.moe.experts, m.moe.hidden, m.moe.top_k)});
  table.add({"tasks", tasks_text(m)});
  table.add({"weights", fmt::format("{} tensors, {} values", result.tensors, result.parameters)});
  text += table.text(2);
  for (const std::string& line : result.notes) text += "  note: " + line + "\n";
  for (const std::string& line : result.assumed) text += "  assumed: " + line + "\n";
  if (result.golden_sqnr_db) {
    text +=
        fmt::format("  the source's own result for its image: {:.1f} dB from the float reference\n",
                    *result.golden_sqnr_db);
  }
  return text + fmt::format("next: edgemoe run --model {}\n",
                            out.find('/') == std::string::npos ? "./" + out : out);
}

}  // namespace

int import_verb(const std::vector<std::string>& words, const Context& context, std::string* out) {
  const po::options_description options = import_options();
  if (asks_for_help(words)) {
    *out += verb_help("import SOURCE --out DIR", kWhat, options);
    return kOk;
  }
  std::vector<std::string> rest = words;
  const std::string source = take_source(&rest);
  const po::variables_map values = parse_words("import", rest, options);
  models::ImportRequest request = make_request(source, values, context);
  add_samples(values, &request);
  *out += summary(source, request.out.string(), models::import_model(request));
  return kOk;
}

}  // namespace edgemoe::host

// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "host/cli/arguments.hpp"
#include "host/cli/verbs.hpp"
#include "host/compiler/calibrate.hpp"
#include "host/compiler/describe.hpp"
#include "host/compiler/precision.hpp"
#include "host/report/json_writer.hpp"
#include "host/run/describe_loops.hpp"
#include "models/reference/weights.hpp"
#include "models/schema/key_doc.hpp"

namespace edgemoe::host {
namespace {

namespace po = boost::program_options;

po::options_description describe_options() {
  po::options_description options("options", kHelpWidth);
  add_setup_options(&options);
  auto add = options.add_options();
  add("json", po::bool_switch(), "the description as JSON");
  add("schema", po::bool_switch(), "print the JSON schema of report.json instead");
  add("keys", po::bool_switch(), "print the reference of all YAML keys instead");
  return options;
}

std::string keys_of(const std::string& file, const std::vector<models::KeyDoc>& keys) {
  std::string text = "\n## " + file +
                     "\n\n| key | type | range | unit | default | meaning |\n| --- | --- | --- | "
                     "--- | --- | --- |\n";
  for (const models::KeyDoc& key : keys) {
    const std::string standard = key.required                ? "required"
                                 : key.default_value.empty() ? ""
                                                             : "`" + key.default_value + "`";
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", key.path, key.type, key.range,
                        key.unit, standard, key.description);
  }
  return text;
}

std::string all_keys() {
  return "# YAML keys\n\nMade by `edgemoe describe --keys` from the readers themselves.\n" +
         keys_of("model.yaml", models::model_keys()) + keys_of("designs", models::design_keys()) +
         keys_of("boards", models::board_keys());
}

/// Models without quantisation parameters get those of ordinary activations: shapes and sizes do
/// not depend on them, and running a large network for them would take minutes.
void add_quantisation(const models::ModelConfig& model, program::Precision precision,
                      models::TensorMap* weights) {
  if (has_quantisation(*weights, precision)) return;
  const models::TensorMap derived =
      calibrate(precision, model, *weights, {nominal_taps(model)});
  weights->insert(derived.begin(), derived.end());
}

}  // namespace

int describe_verb(const std::vector<std::string>& words, const Context& context, std::string* out) {
  const po::options_description options = describe_options();
  if (asks_for_help(words)) {
    *out += verb_help("describe",
                      "Resolved model, design and program: shapes, closed-form cycles, roofline, "
                      "use of buffers and blocks.",
                      options);
    return kOk;
  }
  const po::variables_map values = parse_words("describe", words, options);
  if (values["schema"].as<bool>()) {
    *out += report_schema();
    return kOk;
  }
  if (values["keys"].as<bool>()) {
    *out += all_keys();
    return kOk;
  }
  const SessionOptions session = session_options(values);
  const Setup setup = load_setup(session, context.locations);
  const std::vector<int> tasks = resolve_tasks(setup.model, session.tasks);
  if (setup.loops) {
    const LoopDescription loops = describe_loops(setup.model, *setup.loops, setup.board);
    *out += values["json"].as<bool>() ? to_json(loops) : to_text(loops);
    return kOk;
  }
  models::TensorMap weights = models::load_weights(setup.model);
  add_quantisation(setup.model, precision_of(setup.design.precision), &weights);
  const LoweredProgram program = compile(setup.model, weights, setup.design, CompileOptions{tasks});
  const Description description = describe(setup.model, setup.design, setup.board, program);
  *out += values["json"].as<bool>() ? to_json(description) : to_text(description);
  return kOk;
}

}  // namespace edgemoe::host

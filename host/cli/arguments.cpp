// SPDX-License-Identifier: Apache-2.0
#include "host/cli/arguments.hpp"

#include <algorithm>
#include <boost/program_options/errors.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <sstream>

#include "models/schema/nearest_name.hpp"

namespace edgemoe::host {
namespace {

namespace po = boost::program_options;

constexpr const char* kDefaultModel = "m3vit-tiny-scenes";
constexpr const char* kDefaultDesign = "m3-zcu102";

/// `design.array.out_lanes=32` to the overrides of design, board or model.
void add_override(const std::string& text, SessionOptions* options) {
  const std::size_t dot = text.find('.'), equals = text.find('=');
  if (dot == std::string::npos || equals == std::string::npos || equals < dot + 2) {
    throw UsageError(
        "--set: error: expected design.KEY=VALUE, board.KEY=VALUE or model.KEY=VALUE, got \"" +
        text + "\"");
  }
  const std::string what = text.substr(0, dot);
  const models::Override change{text.substr(dot + 1, equals - dot - 1), text.substr(equals + 1)};
  if (what == "design")
    options->design_overrides.push_back(change);
  else if (what == "board")
    options->board_overrides.push_back(change);
  else if (what == "model")
    options->model_overrides.push_back(change);
  else {
    const std::string near = models::nearest_name(what, {"design", "board", "model"});
    throw UsageError("--set: error: expected a key of design, board or model, got \"" + text +
                     "\"" + (near.empty() ? "" : "\n  hint: did you mean \"" + near + "\"?"));
  }
}

void add_dataset(const po::variables_map& values, SessionOptions* options) {
  if (values.count("baseline") != 0) options->baseline = values["baseline"].as<std::string>();
  if (values.count("dataset") == 0) {
    const bool alone =
        values.count("limit") != 0 || (values.count("split") != 0 && !values["split"].defaulted());
    if (alone)
      throw UsageError("--split, --limit: error: expected --dataset DIR with them, got none");
    return;
  }
  options->dataset = values["dataset"].as<std::string>();
  options->split = values["split"].as<std::string>();
  if (options->dataset.empty()) throw UsageError("--dataset: error: expected a folder, got \"\"");
  if (!options->images.empty())
    throw UsageError("--dataset: error: expected either a data set or --image, got both");
  if (values.count("limit") == 0) return;
  options->limit = parse_number("--limit", values["limit"].as<std::string>());
  if (*options->limit == 0) throw UsageError("--limit: error: expected 1 or more images, got 0");
}

std::vector<std::string> option_names(const po::options_description& options) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  return names;
}

[[noreturn]] void fail_unknown(const std::string& verb, const std::string& option,
                               const po::options_description& options) {
  const std::string near = models::nearest_name(option, option_names(options));
  throw UsageError(verb + ": error: unknown option \"" + option + "\"" +
                   (near.empty() ? "\n  hint: `edgemoe " + verb + " --help` lists the options"
                                 : "\n  hint: did you mean \"" + near + "\"?"));
}

}  // namespace

void add_setup_options(po::options_description* options) {
  auto add = options->add_options();
  add("help,h", "this text");
  add("model", po::value<std::string>()->value_name("NAME|PATH")->default_value(kDefaultModel),
      "model by name or path");
  add("design", po::value<std::string>()->value_name("NAME|PATH")->default_value(kDefaultDesign),
      "design by name or path");
  add("board", po::value<std::string>()->value_name("NAME|PATH"),
      "board by name or path, instead of the design's");
  add("task", po::value<std::string>()->value_name("A,B,...")->default_value("all"),
      "tasks of the same frame, e.g. semseg,depth");
  add("set",
      po::value<std::vector<std::string>>()->composing()->multitoken()->value_name("X.KEY=VALUE"),
      "change one value: design.KEY=VALUE, board.KEY=VALUE or model.KEY=VALUE");
}

void add_frame_options(po::options_description* options) {
  auto add = options->add_options();
  add("image",
      po::value<std::vector<std::string>>()->composing()->multitoken()->value_name("PATH..."),
      "PNG files, or folders of them (default: a bundled image)");
  add("dataset", po::value<std::string>()->value_name("DIR"),
      "Cityscapes, NYUD-v2 or PASCAL-Context as published training code lays them out, instead of "
      "images");
  add("split", po::value<std::string>()->value_name("NAME")->default_value("val"),
      "split of the data set");
  add("limit", po::value<std::string>()->value_name("N"), "first N images of the split");
  add("baseline", po::value<std::string>()->value_name("FILE"),
      "single-task results (TASK: {METRIC: VALUE}): adds the multi-task gain delta_m");
  add("calibrate",
      po::value<std::vector<std::string>>()->composing()->multitoken()->value_name("PATH..."),
      "images that quantisation parameters are calibrated on, instead of those that the model "
      "brings (default for a model without: its samples)");
  add("force-routing", po::bool_switch(), "give the reference's choice of experts to the kernels");
  add("separate", po::bool_switch(), "one entry per task instead of all tasks of a frame together");
  add("seed", po::value<std::string>()->value_name("N"),
      "seed of everything random: synthetic weights, generated images");
}

po::variables_map parse_words(const std::string& verb, const std::vector<std::string>& words,
                              const po::options_description& options) {
  po::variables_map values;
  try {
    const int style =
        po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::positional_options_description none;
    po::store(po::command_line_parser(words).options(options).style(style).positional(none).run(),
              values);
    po::notify(values);
  } catch (const po::unknown_option& error) {
    fail_unknown(verb, error.get_option_name(), options);
  } catch (const po::too_many_positional_options_error&) {
    throw UsageError(verb +
                     ": error: expected options only, got a word that belongs to none\n  hint: "
                     "images are given with --image");
  } catch (const po::error& error) {
    throw UsageError(verb + ": error: " + error.what());
  }
  return values;
}

SessionOptions session_options(const po::variables_map& values) {
  SessionOptions options;
  options.model = values["model"].as<std::string>();
  options.design = values["design"].as<std::string>();
  if (values.count("board") != 0) options.board = values["board"].as<std::string>();
  const std::string tasks = values["task"].as<std::string>();
  if (tasks != "all") options.tasks = split_list("--task", tasks);
  if (values.count("set") != 0) {
    for (const std::string& text : values["set"].as<std::vector<std::string>>())
      add_override(text, &options);
  }
  if (values.count("image") != 0) options.images = values["image"].as<std::vector<std::string>>();
  if (values.count("calibrate") != 0)
    options.calibrate = values["calibrate"].as<std::vector<std::string>>();
  add_dataset(values, &options);
  if (values.count("force-routing") != 0)
    options.force_routing = values["force-routing"].as<bool>();
  if (values.count("separate") != 0) options.separate = values["separate"].as<bool>();
  if (values.count("seed") != 0)
    options.seed = parse_number("--seed", values["seed"].as<std::string>());
  return options;
}

std::uint64_t parse_number(const std::string& option, const std::string& text) {
  const bool digits =
      !text.empty() && text.size() <= 19 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) {
    throw UsageError(option + ": error: expected a number from 0 to 9999999999999999999, got \"" +
                     text + "\"");
  }
  return std::stoull(text);
}

std::vector<std::string> split_list(const std::string& option, const std::string& text) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, ',');) words.push_back(word);
  if (words.empty() || text.back() == ',' ||
      std::find(words.begin(), words.end(), "") != words.end()) {
    throw UsageError(option + ": error: expected names separated by commas, got \"" + text + "\"");
  }
  return words;
}

bool asks_for_help(const std::vector<std::string>& words) {
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return word == "--help" || word == "-h"; });
}

std::string verb_help(const std::string& verb, const std::string& what,
                      const po::options_description& options) {
  std::ostringstream text;
  text << "usage: edgemoe " << verb << " [options]\n" << what << "\n\n" << options;
  return text.str();
}

}  // namespace edgemoe::host

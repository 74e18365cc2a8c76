// SPDX-License-Identifier: Apache-2.0
#include "host/run/stream_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "models/io/error.hpp"
#include "models/io/file.hpp"
#include "models/schema/error.hpp"
#include "models/schema/nearest_name.hpp"

namespace edgemoe::host {
namespace {

constexpr std::size_t kMostErrors = 20;

struct Word {
  std::string text;
  std::size_t column = 0;  ///< from 1
};

/// Text for a message: cut, without control characters.
std::string in_quotes(const std::string& text) {
  std::string shown = text.substr(0, 60);
  std::replace_if(
      shown.begin(), shown.end(), [](unsigned char c) { return c < 32 || c > 126; }, '?');
  return "\"" + shown + (text.size() > 60 ? "...\"" : "\"");
}

class Reader {
 public:
  Reader(const std::filesystem::path& file, const models::ModelConfig& model)
      : file_(file), model_(model) {}

  std::vector<StreamFrame> read() {
    const std::string text = models::read_file(file_, kMostStreamBytes);
    std::size_t begin = 0;
    while (begin < text.size() && errors_ < kMostErrors) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      ++line_;
      line(text.substr(begin, end - begin));
      begin = end + 1;
    }
    if (errors_ == 0 && frames_.empty()) {
      line_ = std::max<std::size_t>(line_, 1);
      complain(1, "stream", "at least one frame, an image and its tasks on a line", "none");
    }
    if (errors_ > 0) throw models::DataError(messages_);
    return std::move(frames_);
  }

 private:
  void complain(std::size_t column, const std::string& what, const std::string& expected,
                const std::string& got, const std::string& hint = "") {
    messages_ += fmt::format("{}{}:{}:{}: error: {}: expected {}, got {}", errors_ == 0 ? "" : "\n",
                             file_.string(), line_, column, what, expected, got);
    if (!hint.empty()) messages_ += "\n  hint: " + hint;
    ++errors_;
  }

  /// Words of a line; false when a quote stays open.
  bool words_of(const std::string& text, std::vector<Word>* words) {
    std::size_t at = 0;
    while (true) {
      at = text.find_first_not_of(" \t\r", at);
      if (at == std::string::npos || text[at] == '#') return true;
      const bool quote = text[at] == '"';
      const std::size_t begin = at + (quote ? 1 : 0);
      const std::size_t end = text.find_first_of(quote ? "\"" : " \t\r", begin);
      if (quote && end == std::string::npos) {
        complain(at + 1, "image", "a closing quote", "the end of the line");
        return false;
      }
      words->push_back({text.substr(begin, std::min(end, text.size()) - begin), at + 1});
      if (end == std::string::npos) return true;
      at = end + (quote ? 1 : 0);
    }
  }

  void line(const std::string& text) {
    std::vector<Word> words;
    if (!words_of(text, &words) || words.empty()) return;
    if (words.size() == 1) {
      complain(text.size() + 1, "tasks", "the frame's tasks after its image", "the end of the line",
               "a line is IMAGE TASK[,TASK...]");
      return;
    }
    if (words.size() > 2) {
      complain(words[2].column, "stream", "an image and its tasks",
               "a third word " + in_quotes(words[2].text),
               "a path with spaces stands between double quotes");
      return;
    }
    if (frames_.size() == kMostStreamFrames) {
      complain(1, "stream", fmt::format("at most {} frames", kMostStreamFrames), "more");
      return;
    }
    StreamFrame frame;
    image(words[0], &frame);
    tasks(words[1], &frame);
    frames_.push_back(std::move(frame));
  }

  void image(const Word& word, StreamFrame* frame) {
    frame->given = word.text;
    frame->image = file_.parent_path() / word.text;
    std::error_code error;
    if (std::filesystem::is_regular_file(frame->image, error)) return;
    complain(word.column, "image", "a PNG file, relative to the folder of this one",
             in_quotes(word.text) + ", which is none");
  }

  void tasks(const Word& word, StreamFrame* frame) {
    if (word.text == "all") {
      for (int id = 0; id < static_cast<int>(model_.tasks.size()); ++id) frame->tasks.push_back(id);
      return;
    }
    std::size_t begin = 0;
    while (begin <= word.text.size()) {
      const std::size_t end = std::min(word.text.find(',', begin), word.text.size());
      task(word.text.substr(begin, end - begin), word.column + begin, frame);
      begin = end + 1;
    }
  }

  void task(const std::string& name, std::size_t column, StreamFrame* frame) {
    const int id = model_.task_id(name);
    std::vector<std::string> known{"all"};
    std::string list;
    for (const models::TaskConfig& each : model_.tasks) {
      known.push_back(each.name);
      list += each.name + ", ";
    }
    if (id < 0) {
      const std::string near = models::nearest_name(name, known);
      complain(column, "tasks", "one of " + list + "or all", in_quotes(name),
               near.empty() ? "" : "did you mean \"" + near + "\"?");
    } else if (std::find(frame->tasks.begin(), frame->tasks.end(), id) != frame->tasks.end()) {
      complain(column, "tasks", "each task once", in_quotes(name) + " again");
    } else {
      frame->tasks.push_back(id);
    }
  }

  std::filesystem::path file_;
  const models::ModelConfig& model_;
  std::vector<StreamFrame> frames_;
  std::size_t line_ = 0;
  std::size_t errors_ = 0;
  std::string messages_;
};

}  // namespace

std::vector<StreamFrame> read_stream(const std::filesystem::path& file,
                                     const models::ModelConfig& model) {
  return Reader(file, model).read();
}

std::vector<StreamFrame> frames_of_stream(const SessionOptions& options, const Setup& setup) {
  if (options.stream.empty()) return {};
  if (setup.loops) {
    throw models::ConfigError({"--stream: error: expected a design of our own, got \"" +
                               setup.loops->name + "\", a design given as loops"});
  }
  if (options.engine != Engine::kCycle && options.engine != Engine::kRtl) {
    throw UsageError(std::string("--stream: error: expected --engine cycle or rtl, got ") +
                     name_of(options.engine));
  }
  if (!setup.design.buffers.own_inputs) {
    throw models::ConfigError(
        {"--stream: error: design.buffers.own_inputs: expected true, got false in design \"" +
         setup.design.name + "\"\n  hint: --design m3-zcu102-stream has it"});
  }
  return read_stream(options.stream, setup.model);
}

std::vector<int> all_tasks(const std::vector<StreamFrame>& frames) {
  std::set<int> tasks;
  for (const StreamFrame& frame : frames) tasks.insert(frame.tasks.begin(), frame.tasks.end());
  return {tasks.begin(), tasks.end()};
}

}  // namespace edgemoe::host

// SPDX-License-Identifier: Apache-2.0
/// Model: one verilated accelerator of given parameters; built at its first use, then loaded.
///
/// Files:   FOLDER/edgemoe-rtl-HASH.so, where the hash covers the parameters and every file that
///          makes the library: a change of the RTL or of the harness builds anew. Two processes
///          that build at the same time wait for each other.
/// Errors:  ModelError: verilator or compiler missing or failing (with the log's end), a library
///          of another version.
/// Source:  rtl/harness/build_model.sh does the work.
#pragma once

#include <filesystem>
#include <functional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "rtl/harness/model_ports.hpp"

namespace edgemoe::rtl {

class ModelError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Verilog parameters of edgemoe_accelerator, in the order of its header.
using ModelParameters = std::vector<std::pair<std::string, int>>;

struct ModelBuild {
  std::filesystem::path repository;  ///< holds rtl/
  std::filesystem::path folder;      ///< of the libraries; made when it is missing
  ModelParameters parameters;
  bool waveforms = false;
  bool coverage = false;  ///< counts lines; written at the end (model_wrapper.cpp says where)
  std::function<void(const std::string&)> note;  ///< told before a build; may be empty
};

class Model {
 public:
  explicit Model(const ModelBuild& build);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const ModelShape& shape() const { return shape_; }
  /// Applies the inputs of this cycle and reads its outputs.
  void settle(const ModelInputs& inputs, ModelOutputs* outputs) {
    settle_(model_, &inputs, outputs);
  }
  /// Ends the cycle.
  void edge() { edge_(model_); }
  /// Begins a waveform (or ends it, with an empty name). ModelError: built without.
  void wave(const std::string& file);
  /// Message of the first assertion that failed since the model was made; empty: none.
  std::string failure() const;

 private:
  void load(const std::filesystem::path& file);

  void* library_ = nullptr;
  void* model_ = nullptr;
  ModelShape shape_;
  void (*close_)(void*) = nullptr;
  void (*settle_)(void*, const ModelInputs*, ModelOutputs*) = nullptr;
  void (*edge_)(void*) = nullptr;
  bool (*wave_)(void*, const char*) = nullptr;
  const char* (*failure_)(void*) = nullptr;
};

}  // namespace edgemoe::rtl

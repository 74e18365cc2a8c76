// SPDX-License-Identifier: Apache-2.0
/// A design's precision as programs name it.
#pragma once

#include "hls/program/image.hpp"
#include "models/schema/design_config.hpp"

namespace edgemoe::host {

inline program::Precision precision_of(models::Precision precision) {
  switch (precision) {
    case models::Precision::kW16A16:
      return program::Precision::kW16A16;
    case models::Precision::kW16A32:
      return program::Precision::kW16A32;
    case models::Precision::kW8A8:
      break;
  }
  return program::Precision::kW8A8;
}

}  // namespace edgemoe::host

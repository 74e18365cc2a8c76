// SPDX-License-Identifier: Apache-2.0
/// The multiply array on a processor's integer dot-product instructions: simulation only.
///
/// The widest form that this processor has is chosen when it is first used; tests hold all of them
/// equal to tile_product_plain. Forms are numbered from the plainest on.
#pragma once

#include "hls/support/tile.hpp"

namespace edgemoe {
namespace hls {

struct ProductForm {
  const char* name;
  void (*narrow)(const OperandTile&, const WeightTile&, int, AccumulatorTile&);
  void (*wide16)(const OperandTile&, const WeightTile16&, int, WideAccumulatorTile&);
  void (*wide32)(const WideOperandTile&, const WeightTile32&, int, WideAccumulatorTile&);
};

/// Forms that this processor can run; form 0 is plain C++.
int product_form_count();
const ProductForm& product_form(int index);

/// The one in use.
const ProductForm& best_product_form();

}  // namespace hls
}  // namespace edgemoe

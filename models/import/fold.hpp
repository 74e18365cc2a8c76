// SPDX-License-Identifier: Apache-2.0
/// Exact rewritings of a checkpoint into what inference needs. Not for use outside this folder.
///
/// Each throws DataError that lists what does not fit (`checkpoint.origin` names the files).
#pragma once

#include "models/import/checkpoint.hpp"

namespace edgemoe::models {

/// `decoder.*` (a checkpoint of one task) to `decoders.TASK.*`; the task is guessed from the head's
/// outputs (more than 3: semseg, 3: normals, 1: depth) and noted.
void name_single_head(Checkpoint* checkpoint);

/// Batch normalisation `decoders.TASK.syncbn_fc_I` in its inference form into `conv_I` before it:
/// w' = w g, b' = (b - mean) g + beta with g = gamma / sqrt(var + 1e-5), computed in double.
void fold_batch_norms(Checkpoint* checkpoint);

/// Task-conditioned gates: the task's one-hot vector through fc1, GELU, fc2 and LayerNorm (1e-6)
/// gives a feature f_t, which the published network appends to every gate input. Rows D.. of the
/// gate times f_t are therefore a bias per task: `gate.w_gate` [D + m, E] becomes `gate.T.w_gate`
/// [D, E] and `gate.T.bias` [E] for every task. Computed in double.
void split_conditioned_gates(Checkpoint* checkpoint);

}  // namespace edgemoe::models

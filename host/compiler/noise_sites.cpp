// SPDX-License-Identifier: Apache-2.0
#include "host/compiler/noise_sites.hpp"

namespace edgemoe::host {
namespace {

NamedSites one(const char* name, const char* what, bool NoiseSites::*site) {
  NamedSites named{name, what, NoiseSites::none()};
  named.sites.*site = true;
  return named;
}

}  // namespace

NoiseSites NoiseSites::none() {
  NoiseSites sites;
  for (bool NoiseSites::*site :
       {&NoiseSites::weights, &NoiseSites::norm, &NoiseSites::query, &NoiseSites::key,
        &NoiseSites::value, &NoiseSites::exponentials, &NoiseSites::attention, &NoiseSites::hidden,
        &NoiseSites::residual, &NoiseSites::gelu_table, &NoiseSites::range})
    sites.*site = false;
  return sites;
}

std::vector<NamedSites> approximations(program::Precision precision) {
  std::vector<NamedSites> all{
      one("weights", "rounding of weights", &NoiseSites::weights),
      one("norm", "LayerNorm outputs", &NoiseSites::norm),
      one("q", "queries", &NoiseSites::query),
      one("k", "keys", &NoiseSites::key),
      one("v", "values", &NoiseSites::value),
      one("exponentials", "rounding of exponentials, predicted", &NoiseSites::exponentials),
      one("softmax", "the integer softmax itself", &NoiseSites::integer_softmax),
      one("attention", "attention outputs", &NoiseSites::attention),
      one("gelu", "the integer GELU itself", &NoiseSites::integer_gelu),
      one("hidden", "GELU outputs", &NoiseSites::hidden),
      one("residual", "contributions to the residual", &NoiseSites::residual)};
  if (precision == program::Precision::kW16A32)  // the others' scores are exact
    all.push_back(one("range", "scores beyond a wrapping format", &NoiseSites::range));
  all.push_back({"all", "all that the prediction counts", NoiseSites{}});
  return all;
}

}  // namespace edgemoe::host

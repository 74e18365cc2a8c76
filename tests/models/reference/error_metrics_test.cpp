// SPDX-License-Identifier: Apache-2.0
#include "models/reference/error_metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <stdexcept>

namespace edgemoe::models {
namespace {

TEST(ErrorMetrics, HandComputedErrors) {
  const Tensor reference{{2, 2}, {3.0f, -4.0f, 0.0f, 5.0f}};  // power 50
  const Tensor value{{2, 2}, {3.5f, -4.0f, 0.5f, 5.0f}};      // squares 0.5
  const TensorError error = compare_tensors(reference, value);
  EXPECT_DOUBLE_EQ(error.mse, 0.125);
  EXPECT_DOUBLE_EQ(error.nmse, 0.01);
  EXPECT_NEAR(error.sqnr_db, 20.0, 1e-12);
  EXPECT_DOUBLE_EQ(error.mae, 0.25);
  EXPECT_DOUBLE_EQ(error.max_abs, 0.5);
}

TEST(ErrorMetrics, EqualTensorsHaveInfiniteSqnr) {
  const Tensor zero{{3}, {0.0f, 0.0f, 0.0f}};
  for (const Tensor& tensor : {zero, Tensor{{0}, {}}, Tensor{{1}, {2.5f}}}) {
    const TensorError error = compare_tensors(tensor, tensor);
    EXPECT_EQ(error.sqnr_db, std::numeric_limits<double>::infinity());
    EXPECT_EQ(error.nmse, 0.0);
    EXPECT_EQ(error.mse, 0.0);
    EXPECT_EQ(error.max_abs, 0.0);
  }
}

TEST(ErrorMetrics, AZeroReferenceWithAnErrorIsInfinitelyWrong) {
  const TensorError error = compare_tensors(Tensor{{1}, {0.0f}}, Tensor{{1}, {0.5f}});
  EXPECT_EQ(error.nmse, std::numeric_limits<double>::infinity());
  EXPECT_EQ(error.sqnr_db, -std::numeric_limits<double>::infinity());
  EXPECT_DOUBLE_EQ(error.mse, 0.25);
}

TEST(ErrorMetrics, NonFiniteValuesAreNeverSmallErrors) {
  const Tensor good{{2}, {1.0f, 2.0f}};
  for (const float bad : {std::nanf(""), std::numeric_limits<float>::infinity()}) {
    const Tensor broken{{2}, {1.0f, bad}};
    for (const TensorError& error :
         {compare_tensors(good, broken), compare_tensors(broken, good)}) {
      EXPECT_EQ(error.nmse, std::numeric_limits<double>::infinity());
      EXPECT_EQ(error.max_abs, std::numeric_limits<double>::infinity());
    }
  }
}

TEST(ErrorMetrics, ShapesMustBeEqual) {
  EXPECT_THROW(compare_tensors(Tensor{{2, 1}, {1, 2}}, Tensor{{1, 2}, {1, 2}}),
               std::invalid_argument);
}

}  // namespace
}  // namespace edgemoe::models

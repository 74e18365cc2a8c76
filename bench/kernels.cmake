# SPDX-License-Identifier: Apache-2.0
if(BUILD_TESTING)
  add_executable(kernels_speed kernels_speed.cpp)
  target_link_libraries(kernels_speed PRIVATE edgemoe_hls_top host_compiler_samples
    fmt::fmt edgemoe_warnings)
endif()

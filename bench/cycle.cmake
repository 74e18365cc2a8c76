# SPDX-License-Identifier: Apache-2.0
if(BUILD_TESTING)
  add_executable(cycle_latency cycle_latency.cpp)
  target_link_libraries(cycle_latency PRIVATE edgemoe_sim_units host_compiler_samples fmt::fmt edgemoe_warnings)
endif()

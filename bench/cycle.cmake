# SPDX-License-Identifier: Apache-2.0
# Questions to the cycle engine. The experiments need the tests' random weights of M3ViT-tiny.
if(BUILD_TESTING)
  add_library(cycle_experiment STATIC cycle_experiment.cpp)
  target_link_libraries(cycle_experiment PUBLIC host_compiler_streams fmt::fmt
    PRIVATE edgemoe_warnings)
  foreach(question ablation latency stream sweep)
    add_executable(cycle_${question} cycle_${question}.cpp)
    target_link_libraries(cycle_${question} PRIVATE cycle_experiment edgemoe_warnings)
  endforeach()
  target_link_libraries(cycle_ablation PRIVATE edgemoe_host_energy)
endif()

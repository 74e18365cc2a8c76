# SPDX-License-Identifier: Apache-2.0
add_executable(energy_calibration energy_calibration.cpp)
target_link_libraries(energy_calibration PRIVATE edgemoe_host_energy edgemoe_sim_published fmt::fmt
  edgemoe_warnings)

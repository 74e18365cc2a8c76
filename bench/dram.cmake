# SPDX-License-Identifier: Apache-2.0
# What the memory gives, how fast its model is, and what a wait of the engine costs.
add_executable(dram_bandwidth dram_bandwidth.cpp)
target_link_libraries(dram_bandwidth PRIVATE edgemoe_sim_dram edgemoe_warnings fmt::fmt)
add_executable(dram_engine_rate dram_engine_rate.cpp)
target_link_libraries(dram_engine_rate PRIVATE edgemoe_sim_dram_client edgemoe_warnings fmt::fmt)

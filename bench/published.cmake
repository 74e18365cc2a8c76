# SPDX-License-Identifier: Apache-2.0
add_executable(published_edge_moe published_edge_moe.cpp)
target_link_libraries(published_edge_moe PRIVATE edgemoe_sim_published fmt::fmt edgemoe_warnings)

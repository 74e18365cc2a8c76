# SPDX-License-Identifier: Apache-2.0
add_executable(reference_speed reference_speed.cpp)
target_link_libraries(reference_speed PRIVATE edgemoe_models_reference edgemoe_warnings)

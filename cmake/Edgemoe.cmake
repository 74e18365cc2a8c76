# SPDX-License-Identifier: Apache-2.0
# Helpers that keep every folder's CMakeLists.txt to a few lines.
include_guard(GLOBAL)

# edgemoe_add_library(NAME SOURCES a.cpp ... DEPS target ... [CXX14] [EXTERNAL target ...])
# One static (or, without sources, interface) library per row of the layout table. DEPS is what the
# layering table allows; EXTERNAL targets are private third-party libraries.
function(edgemoe_add_library name)
  cmake_parse_arguments(ARG "CXX14" "" "SOURCES;DEPS;EXTERNAL" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC ${ARG_DEPS} PRIVATE edgemoe_warnings ${ARG_EXTERNAL})
    target_include_directories(${name} PUBLIC ${PROJECT_SOURCE_DIR})
    if(ARG_CXX14)
      set_target_properties(${name} PROPERTIES CXX_STANDARD 14)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ARG_DEPS} ${ARG_EXTERNAL})
    target_include_directories(${name} INTERFACE ${PROJECT_SOURCE_DIR})
  endif()
endfunction()

# edgemoe_add_test(NAME claim_test SOURCES a_test.cpp ... LABELS quick ... DEPS target ... [TIMEOUT s])
# A GoogleTest program; every test case in it becomes part of one ctest entry. Labels: quick (seconds,
# part of `test quick`), full (part of `test`), slow (only by name), and any label of the README.
function(edgemoe_add_test)
  cmake_parse_arguments(ARG "NO_MAIN" "NAME;TIMEOUT" "SOURCES;LABELS;DEPS;ARGS" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_executable(${ARG_NAME} ${ARG_SOURCES})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} edgemoe_warnings GTest::gtest)
  if(NOT ARG_NO_MAIN)
    target_link_libraries(${ARG_NAME} PRIVATE GTest::gtest_main)
  endif()
  target_include_directories(${ARG_NAME} PRIVATE ${PROJECT_SOURCE_DIR})
  target_compile_definitions(${ARG_NAME} PRIVATE EDGEMOE_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
                             EDGEMOE_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME} ${ARG_ARGS})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()

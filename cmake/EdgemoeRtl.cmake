# SPDX-License-Identifier: Apache-2.0
# Helpers for the SystemVerilog of rtl/: what a module needs, how it is simulated, synthesised and
# proved. Included by rtl/CMakeLists.txt when EDGEMOE_RTL is ON; nothing here runs otherwise.
# The scripts behind the tests are tests/rtl/tools/*.sh, which can be called by hand as well.
include_guard(GLOBAL)

set(missing)
foreach(tool verilator yosys yosys-smtbmc z3)
  string(MAKE_C_IDENTIFIER EDGEMOE_${tool} variable)
  string(TOUPPER ${variable} variable)
  find_program(${variable} ${tool})
  if(NOT ${variable})
    list(APPEND missing ${tool})
  endif()
endforeach()
if(missing)
  list(JOIN missing ", " missing)
  message(FATAL_ERROR "EDGEMOE_RTL=ON needs ${missing}, which is not installed "
    "(Debian: apt-get install verilator yosys z3), or configure with -DEDGEMOE_RTL=OFF")
endif()
find_path(EDGEMOE_VERILATED_DIR verilated.cpp PATHS /usr/share/verilator/include
  /usr/local/share/verilator/include REQUIRED)
find_package(Threads REQUIRED)

# INTERNAL: the functions below are called from sibling folders as well.
set(EDGEMOE_RTL_INCLUDE ${PROJECT_SOURCE_DIR}/rtl/common CACHE INTERNAL "")
set(EDGEMOE_RTL_WAIVERS ${PROJECT_SOURCE_DIR}/rtl/common/verilator_waivers.vlt CACHE INTERNAL "")
set(EDGEMOE_RTL_TOOLS ${PROJECT_SOURCE_DIR}/tests/rtl/tools CACHE INTERNAL "")

# Verilator's run-time, once for all models.
add_library(edgemoe_verilated STATIC EXCLUDE_FROM_ALL
  ${EDGEMOE_VERILATED_DIR}/verilated.cpp ${EDGEMOE_VERILATED_DIR}/verilated_threads.cpp)
target_include_directories(edgemoe_verilated SYSTEM PUBLIC
  ${EDGEMOE_VERILATED_DIR} ${EDGEMOE_VERILATED_DIR}/vltstd)
target_compile_definitions(edgemoe_verilated PUBLIC VM_COVERAGE=0 VM_SC=0 VM_TRACE=0)
target_compile_options(edgemoe_verilated PRIVATE -w)
target_link_libraries(edgemoe_verilated PUBLIC Threads::Threads)

# edgemoe_rtl_test_labels(NAME label ...): on a test that exists.
function(edgemoe_rtl_test_labels name timeout)
  set_tests_properties(${name} PROPERTIES LABELS "${ARGN}" TIMEOUT ${timeout})
endfunction()

# edgemoe_add_rtl_module(NAME [DEPS module ...])
# Announces NAME.sv of the current folder; DEPS are the modules and packages that it uses itself.
# Announce a module after its DEPS. Adds the test lint_NAME (verilator --lint-only -Wall).
function(edgemoe_add_rtl_module name)
  cmake_parse_arguments(ARG "" "" "DEPS" ${ARGN})
  set(files)
  foreach(dep ${ARG_DEPS})
    edgemoe_rtl_files(dep_files ${dep})
    list(APPEND files ${dep_files})
  endforeach()
  list(APPEND files ${CMAKE_CURRENT_SOURCE_DIR}/${name}.sv)
  list(REMOVE_DUPLICATES files)
  set_property(GLOBAL PROPERTY EDGEMOE_RTL_FILES_${name} "${files}")
  if(BUILD_TESTING)
    add_test(NAME lint_${name} COMMAND ${EDGEMOE_VERILATOR} --lint-only -Wall --assert
      -I${EDGEMOE_RTL_INCLUDE} ${EDGEMOE_RTL_WAIVERS} --top-module ${name} ${files})
    edgemoe_rtl_test_labels(lint_${name} 60 rtl)
  endif()
endfunction()

# edgemoe_add_rtl_package(NAME): like a module, without a test of its own.
function(edgemoe_add_rtl_package name)
  set_property(GLOBAL PROPERTY EDGEMOE_RTL_FILES_${name} "${CMAKE_CURRENT_SOURCE_DIR}/${name}.sv")
endfunction()

# edgemoe_rtl_files(VARIABLE module): the module's files, in an order that every tool takes.
function(edgemoe_rtl_files variable module)
  get_property(files GLOBAL PROPERTY EDGEMOE_RTL_FILES_${module})
  if(NOT files)
    message(FATAL_ERROR "rtl: no module or package ${module} has been announced before its use")
  endif()
  set(${variable} "${files}" PARENT_SCOPE)
endfunction()

# edgemoe_add_rtl_model(LIBRARY PREFIX TOP [P=V ...])
# Verilates TOP with these parameters into the C++ class PREFIX and links LIBRARY with it.
# -Wall holds for every set of parameters that is simulated, not only for the defaults.
function(edgemoe_add_rtl_model target prefix top)
  edgemoe_rtl_files(files ${top})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${prefix}.verilated)
  set(archive ${dir}/${prefix}__ALL.a)
  list(TRANSFORM ARGN PREPEND -G OUTPUT_VARIABLE parameters)
  set(launcher)
  if(CMAKE_CXX_COMPILER_LAUNCHER)
    set(launcher -MAKEFLAGS OBJCACHE=${CMAKE_CXX_COMPILER_LAUNCHER})
  endif()
  add_custom_command(OUTPUT ${archive} BYPRODUCTS ${dir}/${prefix}.h
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${dir}
    COMMAND ${EDGEMOE_VERILATOR} --cc --build -j 1 --Mdir ${dir} --prefix ${prefix}
      --top-module ${top} --assert -Wall -O3 --threads 1 -I${EDGEMOE_RTL_INCLUDE} ${parameters}
      -MAKEFLAGS OPT_FAST=-O2 ${launcher} ${EDGEMOE_RTL_WAIVERS} ${files} > ${prefix}.log 2>&1
      || ${CMAKE_COMMAND} -E cat ${prefix}.log && test -f ${archive}
    DEPENDS ${files} ${EDGEMOE_RTL_WAIVERS} ${EDGEMOE_RTL_INCLUDE}/edgemoe_assert.svh
    WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR} COMMENT "Verilating ${top} as ${prefix}")
  add_custom_target(${target}_${prefix} DEPENDS ${archive})
  add_dependencies(${target} ${target}_${prefix})
  target_include_directories(${target} SYSTEM PRIVATE ${dir})
  target_link_libraries(${target} PRIVATE ${archive} edgemoe_verilated)
endfunction()

# edgemoe_add_rtl_test(NAME claim_test SOURCES a_test.cpp ... MODELS "Prefix top P=V ..." ...
#                      [DEPS target ...] [LABELS label ...] [TIMEOUT s])
# A GoogleTest program around verilated models; tests/support has the driver, rtl/harness/bits.hpp wide ports. Label: rtl.
function(edgemoe_add_rtl_test)
  cmake_parse_arguments(ARG "" "NAME;TIMEOUT" "SOURCES;MODELS;DEPS;LABELS" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  set(timeout)
  if(ARG_TIMEOUT)
    set(timeout TIMEOUT ${ARG_TIMEOUT})
  endif()
  edgemoe_add_test(NAME ${ARG_NAME} SOURCES ${ARG_SOURCES} DEPS ${ARG_DEPS}
    LABELS rtl ${ARG_LABELS} ${timeout})
  foreach(model ${ARG_MODELS})
    separate_arguments(words UNIX_COMMAND "${model}")
    edgemoe_add_rtl_model(${ARG_NAME} ${words})
  endforeach()
endfunction()

# edgemoe_add_rtl_synth(TOP [NAME suffix] [PARAMETERS P=V ...] [EXPECT CELL=N ...])
# Yosys, UltraScale+, flattened; each EXPECT names a cell and its exact count (CELL<=N: at most).
function(edgemoe_add_rtl_synth top)
  cmake_parse_arguments(ARG "" "NAME" "PARAMETERS;EXPECT" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  edgemoe_rtl_files(files ${top})
  set(name synth_${top})
  if(ARG_NAME)
    set(name ${name}_${ARG_NAME})
  endif()
  add_test(NAME ${name} COMMAND ${EDGEMOE_RTL_TOOLS}/synth.sh ${top} "${ARG_PARAMETERS}"
    "${ARG_EXPECT}" ${EDGEMOE_RTL_INCLUDE} ${files})
  edgemoe_rtl_test_labels(${name} 180 rtl synth)
endfunction()

# edgemoe_add_rtl_formal(NAME claim HARNESS file.sv MODULES module ... [PARAMETERS P=V ...] DEPTH n
#                        [BOUNDED] [MUTATE file.sv sed-expression])
# Bounded proof to DEPTH and, without BOUNDED, induction of the same length. With MUTATE, the named
# file is changed first, and the bounded check must find a counterexample: that the properties can
# fail at all.
function(edgemoe_add_rtl_formal)
  cmake_parse_arguments(ARG "BOUNDED" "NAME;HARNESS;DEPTH" "MODULES;PARAMETERS;MUTATE" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  set(files)
  foreach(module ${ARG_MODULES})
    edgemoe_rtl_files(module_files ${module})
    list(APPEND files ${module_files})
  endforeach()
  list(REMOVE_DUPLICATES files)
  if(ARG_BOUNDED)
    string(APPEND ARG_DEPTH ":bounded")
  endif()
  get_filename_component(top ${ARG_HARNESS} NAME_WE)
  add_test(NAME formal_${ARG_NAME} COMMAND ${EDGEMOE_RTL_TOOLS}/prove.sh ${top} ${ARG_DEPTH}
    "${ARG_PARAMETERS}" "${ARG_MUTATE}" ${EDGEMOE_RTL_INCLUDE} ${files}
    ${CMAKE_CURRENT_SOURCE_DIR}/${ARG_HARNESS})
  edgemoe_rtl_test_labels(formal_${ARG_NAME} 60 rtl formal)
endfunction()

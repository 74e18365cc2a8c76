# SPDX-License-Identifier: Apache-2.0
# Generates the ROMs into FRESH and compares them with CHECKED_IN.
file(REMOVE_RECURSE ${FRESH})
file(MAKE_DIRECTORY ${FRESH})
execute_process(COMMAND ${GENERATOR} ${FRESH} COMMAND_ERROR_IS_FATAL ANY)
foreach(file ${FILES})
  execute_process(COMMAND ${CMAKE_COMMAND} -E compare_files ${FRESH}/${file} ${CHECKED_IN}/${file}
    RESULT_VARIABLE differs)
  if(differs)
    message(FATAL_ERROR "${file} is not what generate_roms makes of hls/fixed/tables.hpp: run it again")
  endif()
endforeach()

# What every target of ours is compiled with. Warnings are errors on g++ and clang, except where somebody only wants to
# install: another compiler may know other warnings.
add_library(vitalsd_flags INTERFACE)
target_include_directories(vitalsd_flags INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(vitalsd_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wnull-dereference $<$<BOOL:${VITALSD_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(vitalsd_flags INTERFACE -Wduplicated-cond -Wlogical-op -Wuseless-cast)
  # g++ 12 and 13 report these inside their own headers when optimising std::string and std::optional.
  target_compile_options(vitalsd_flags INTERFACE -Wno-null-dereference -Wno-maybe-uninitialized -Wno-restrict
                                              -Wno-stringop-overflow)
endif()
if(VITALSD_SANITIZE)
  target_compile_options(vitalsd_flags INTERFACE -fsanitize=${VITALSD_SANITIZE} -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=all)
  target_link_options(vitalsd_flags INTERFACE -fsanitize=${VITALSD_SANITIZE})
  target_compile_definitions(vitalsd_flags INTERFACE VITALSD_SANITIZED)
  # g++ warns that the thread sanitizer does not know Asio's memory fences; the loop runs in one thread.
  if(VITALSD_SANITIZE MATCHES "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(vitalsd_flags INTERFACE -Wno-tsan)
  endif()
endif()

# The standard library's headers are half of what a small file costs to compile. Only where that is wanted: a file
# must still build with what it includes itself, and the builds without this show that.
if(VITALSD_PCH)
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/std_headers.cpp CONTENT "")
  add_library(std_headers STATIC ${PROJECT_BINARY_DIR}/generated/std_headers.cpp)
  target_link_libraries(std_headers PRIVATE vitalsd_flags)
  target_precompile_headers(std_headers PRIVATE
    <algorithm> <array> <charconv> <chrono> <cmath> <cstdint> <cstring> <deque> <functional> <map> <memory> <optional>
    <set> <span> <string> <string_view> <utility> <variant> <vector>)
endif()

# What files of a room include alike is read once when they are compiled together. Only where a quick answer is wanted:
# each file must build alone, and names of one file must not lean on another; the builds without this show that.
function(vitalsd_together name files_max)
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${files_max})
endfunction()
if(VITALSD_UNITY STREQUAL "ALL" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ looks for what it no longer needs only from half a GiB on: a sixth of the time of a large file.
  target_compile_options(vitalsd_flags INTERFACE "SHELL:--param ggc-min-heapsize=524288")
endif()
add_library(vitalsd_rooms_together INTERFACE)
# A local name may be that of another file's; g++ takes a type of the file's own, without a name outside, for a header's.
target_compile_options(vitalsd_rooms_together INTERFACE -Wno-shadow $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)

# A room of ours: a static library with the common flags. Usage: vitalsd_room(NAME SOURCES... )
function(vitalsd_room name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC vitalsd_flags)
  if(VITALSD_PCH)
    target_precompile_headers(${name} REUSE_FROM std_headers)
  endif()
  if(VITALSD_UNITY STREQUAL "ALL")
    vitalsd_together(${name} 8)
    target_link_libraries(${name} PRIVATE vitalsd_rooms_together)
  endif()
endfunction()

# What tests are compiled with besides. With sanitizers clang takes four times as long to optimise a test as to compile it,
# and the test itself runs but once; the rooms under it stay optimised.
add_library(vitalsd_test_flags INTERFACE)
target_link_libraries(vitalsd_test_flags INTERFACE vitalsd_flags)
if(VITALSD_SANITIZE)
  target_compile_options(vitalsd_test_flags INTERFACE -O0)
endif()

# A GoogleTest program: one test of ctest, since a process for each case costs more than the cases.
# Usage: vitalsd_test(NAME SOURCES... LIBS libs...)
function(vitalsd_test name)
  cmake_parse_arguments(arg "" "" "LIBS" ${ARGN})
  add_executable(${name} ${arg_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE vitalsd_test_flags ${arg_LIBS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_precompile_headers(${name} REUSE_FROM test_headers)
  if(VITALSD_UNITY)
    vitalsd_together(${name} 8)
  endif()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")  # as above, of std::string in a precompiled header
    target_compile_options(${name} PRIVATE -Wno-array-bounds -Wno-stringop-overread)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 600)
endfunction()

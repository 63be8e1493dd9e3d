# SPDX-License-Identifier: MIT
# Finds llhttp and defines the target Llhttp::Llhttp. Where it looks, in this order:
#   1. the library by pkg-config (libllhttp): Debian 13 and later, Fedora, Alpine
#   2. the library by its own CMake package: Homebrew, or built from source
#   3. its generated C sources, which Debian 12's package node-llhttp installs; they are compiled here, never copied
include(FindPackageHandleStandardArgs)
set(Llhttp_ORIGIN "")

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(Llhttp_PC QUIET IMPORTED_TARGET libllhttp)
endif()
if(Llhttp_PC_FOUND)
  set(Llhttp_ORIGIN "library (pkg-config)")
  set(Llhttp_VERSION ${Llhttp_PC_VERSION})
  set(Llhttp_TARGET PkgConfig::Llhttp_PC)
endif()

if(NOT Llhttp_ORIGIN)
  find_package(llhttp CONFIG QUIET)
  foreach(candidate llhttp::llhttp_shared llhttp::llhttp_static llhttp::llhttp)
    if(llhttp_FOUND AND TARGET ${candidate})
      set(Llhttp_ORIGIN "library (CMake package)")
      set(Llhttp_VERSION ${llhttp_VERSION})
      set(Llhttp_TARGET ${candidate})
      break()
    endif()
  endforeach()
endif()

if(NOT Llhttp_ORIGIN)
  find_path(Llhttp_INCLUDE_DIR llhttp.h PATH_SUFFIXES llhttp)
  find_path(Llhttp_SOURCE_DIR llhttp.c PATHS /usr/share /usr/local/share PATH_SUFFIXES llhttp NO_DEFAULT_PATH)
  if(NOT Llhttp_INCLUDE_DIR)
    find_path(Llhttp_SHARED_INCLUDE_DIR llhttp.h PATHS /usr/share/include /usr/local/share/include
              PATH_SUFFIXES llhttp NO_DEFAULT_PATH)
    set(Llhttp_INCLUDE_DIR ${Llhttp_SHARED_INCLUDE_DIR})
  endif()
  if(Llhttp_INCLUDE_DIR AND Llhttp_SOURCE_DIR)
    file(STRINGS ${Llhttp_INCLUDE_DIR}/llhttp.h version_lines REGEX "define LLHTTP_VERSION_(MAJOR|MINOR|PATCH)")
    string(REGEX REPLACE "[^0-9;]" "" version_lines "${version_lines}")
    string(REPLACE ";" "." Llhttp_VERSION "${version_lines}")
    if(NOT TARGET lido_llhttp)
      add_library(lido_llhttp STATIC ${Llhttp_SOURCE_DIR}/llhttp.c ${Llhttp_SOURCE_DIR}/api.c
                  ${Llhttp_SOURCE_DIR}/http.c)
      target_include_directories(lido_llhttp SYSTEM PUBLIC ${Llhttp_INCLUDE_DIR})
      set_target_properties(lido_llhttp PROPERTIES C_CLANG_TIDY "")
      target_compile_options(lido_llhttp PRIVATE -w $<$<CONFIG:Release>:-O2>)
    endif()
    set(Llhttp_ORIGIN "sources in ${Llhttp_SOURCE_DIR}")
    set(Llhttp_TARGET lido_llhttp)
  endif()
endif()

find_package_handle_standard_args(Llhttp REQUIRED_VARS Llhttp_ORIGIN VERSION_VAR Llhttp_VERSION
  REASON_FAILURE_MESSAGE
  "install libllhttp-dev (Debian 13 and later, Ubuntu 25.04 and later), node-llhttp (Debian 12, Ubuntu 24.04), llhttp-devel (Fedora), llhttp-dev (Alpine) or llhttp (Homebrew)")
if(Llhttp_FOUND AND NOT TARGET Llhttp::Llhttp)
  add_library(Llhttp::Llhttp INTERFACE IMPORTED GLOBAL)
  target_link_libraries(Llhttp::Llhttp INTERFACE ${Llhttp_TARGET})
endif()

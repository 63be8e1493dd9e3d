# SPDX-License-Identifier: MIT
# One program that needs nothing beside itself: musl, and what `libraries` has built for it in LIDO_LIBRARIES. Not glibc: its
# getaddrinfo(3) loads parts of the C library even into a static program, of the very version that it was built with.
# Debian's musl-gcc knows no -static-pie: what that begins and ends with is named here.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES LIDO_LIBRARIES)
set(CMAKE_C_COMPILER musl-gcc)
set(CMAKE_C_COMPILER_AR gcc-ar)
set(CMAKE_C_COMPILER_RANLIB gcc-ranlib)
set(CMAKE_FIND_ROOT_PATH ${LIDO_LIBRARIES})
set(ENV{PKG_CONFIG_LIBDIR} ${LIDO_LIBRARIES}/lib/pkgconfig)

function(lido_ask_gcc question result)
  execute_process(COMMAND gcc ${question} OUTPUT_VARIABLE answer OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(${result} ${answer} PARENT_SCOPE)
endfunction()
lido_ask_gcc(-print-multiarch multiarch)
lido_ask_gcc(-print-file-name=crtbeginS.o begin)
lido_ask_gcc(-print-file-name=crtendS.o end)
string(REGEX REPLACE "-gnu$" "-musl" musl /usr/lib/${multiarch})
set(CMAKE_C_FLAGS_INIT
    "-ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables -idirafter ${LIDO_LIBRARIES}/include")
set(CMAKE_EXE_LINKER_FLAGS_INIT
    "-static -nostartfiles -Wl,-pie,--no-dynamic-linker,-z,text,--gc-sections,-s ${musl}/rcrt1.o ${musl}/crti.o ${begin}")
set(CMAKE_C_STANDARD_LIBRARIES "${end} ${musl}/crtn.o")

# SPDX-FileCopyrightText: Latchkey contributors
# SPDX-License-Identifier: Apache-2.0
#
# A room is one static library, latchkey_<name>, that sees the headers of the rooms it links and of no others:
# every room's folder is reachable only through a link farm of its own (<build>/rooms/<name>/agent/<name>), so an
# include against the plan of the house does not build.

# Compiler settings of our own targets; never of code found elsewhere.
function(latchkey_options target)
    if(MSVC)
        target_compile_options(${target} PRIVATE /W4 /WX /permissive- /utf-8 /Zc:__cplusplus)
        target_compile_definitions(${target} PRIVATE NOMINMAX WIN32_LEAN_AND_MEAN _WIN32_WINNT=0x0A00)
    else()
        target_compile_options(${target} PRIVATE
            -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror
            -fstack-protector-strong)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
            # GCC 12 sees overlapping copies in `"text" + std::string` (its bug 105651, mended in 13); which lines depends
            # on what it inlined, so the same tree builds on one machine and not on another.
            target_compile_options(${target} PRIVATE -Wno-restrict)
        endif()
    endif()
    if(LATCHKEY_SANITIZE)
        target_compile_options(${target} PRIVATE -fsanitize=address,undefined -fno-omit-frame-pointer
                                                 -fno-sanitize-recover=undefined)
        target_link_options(${target} PUBLIC -fsanitize=address,undefined)
    endif()
    target_compile_definitions(${target} PRIVATE
        QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_URL_CAST_FROM_STRING QT_NO_FOREACH QT_NO_KEYWORDS
        QT_NO_CONTEXTLESS_CONNECT QT_DISABLE_DEPRECATED_BEFORE=0x060400)
endfunction()

# latchkey_room(<name> [FOLDER agent/<name>] [QT] SOURCES … [PUBLIC targets…] [PRIVATE targets…])
function(latchkey_room name)
    cmake_parse_arguments(ROOM "QT" "FOLDER" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    if(NOT ROOM_FOLDER)
        set(ROOM_FOLDER agent/${name})
    endif()
    set(target latchkey_${name})
    add_library(${target} STATIC ${ROOM_SOURCES})
    add_library(latchkey::${name} ALIAS ${target})
    if(ROOM_QT)
        set_target_properties(${target} PROPERTIES AUTOMOC ON)
    endif()

    set(farm ${CMAKE_BINARY_DIR}/rooms/${name})
    if(WIN32)
        # Links need a privilege there; the plan is enforced where it is not missing.
        set(farm ${CMAKE_SOURCE_DIR})
    else()
        cmake_path(GET ROOM_FOLDER PARENT_PATH parent)
        file(MAKE_DIRECTORY ${farm}/${parent})
        file(CREATE_LINK ${CMAKE_SOURCE_DIR}/${ROOM_FOLDER} ${farm}/${ROOM_FOLDER} SYMBOLIC)
    endif()
    target_include_directories(${target} PUBLIC ${farm})
    target_link_libraries(${target} PUBLIC ${ROOM_PUBLIC} PRIVATE ${ROOM_PRIVATE})
    latchkey_options(${target})
endfunction()

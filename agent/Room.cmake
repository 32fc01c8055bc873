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
        # GCC 12 takes the value of a std::expected that holds an error for one that is read (its bug 105651 and kin);
        # which files it hits changes with every inlining. There it warns and does not stop; newer compilers stop.
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
            target_compile_options(${target} PRIVATE -Wno-error=maybe-uninitialized)
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

# What nearly every file of a kind includes is parsed once for all targets of that kind: half of a build's time was spent
# on it. kind: plain, asio, qt, widgets or test; the target links what the kind's headers need.
function(latchkey_precompiled target kind)
    set(holder latchkey_precompiled_${kind})
    if(NOT TARGET ${holder})
        set(std <algorithm> <array> <chrono> <cstdint> <expected> <functional> <memory> <optional> <string> <string_view>
                <utility> <variant> <vector>)
        set(asio <map> <unordered_map> <coroutine> <boost/asio/basic_socket_acceptor.hpp> <boost/asio/basic_stream_socket.hpp>
                 <boost/asio/basic_waitable_timer.hpp> <boost/asio/executor_work_guard.hpp> <boost/asio/io_context.hpp>
                 <boost/asio/ip/tcp.hpp> <boost/asio/post.hpp>)
        set(qt <QByteArray> <QCoreApplication> <QDir> <QHash> <QObject> <QPointer> <QString> <QThread> <QTimer> <QVariant>)
        set(widgets <QAbstractItemModel> <QApplication> <QBoxLayout> <QDialog> <QIcon> <QLabel> <QLineEdit> <QPainter>
                    <QPushButton> <QSettings> <QStyle> <QWidget>)
        file(WRITE ${CMAKE_BINARY_DIR}/precompiled/${kind}.cpp "int main() { return 0; }\n")
        if(kind STREQUAL "test")
            add_executable(${holder} ${CMAKE_BINARY_DIR}/precompiled/${kind}.cpp)
            # Not <QTest>: a macro that it uses tells the folder, so each folder would need its own.
            target_link_libraries(${holder} PRIVATE Qt6::Core)
            target_precompile_headers(${holder} PRIVATE ${std} ${qt} <QElapsedTimer> <QMetaEnum> <QTemporaryDir> <QUrl>)
            set_target_properties(${holder} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/precompiled)
            latchkey_unoptimized(${holder})
        else()
            add_library(${holder} STATIC ${CMAKE_BINARY_DIR}/precompiled/${kind}.cpp)
            if(kind STREQUAL "plain")
                target_precompile_headers(${holder} PRIVATE ${std})
            elseif(kind STREQUAL "asio")
                target_link_libraries(${holder} PRIVATE Boost::headers Threads::Threads)
                target_compile_definitions(${holder} PRIVATE BOOST_ASIO_NO_DEPRECATED)
                target_precompile_headers(${holder} PRIVATE ${std} ${asio})
            elseif(kind STREQUAL "qt")
                target_link_libraries(${holder} PRIVATE Qt6::Core)
                target_precompile_headers(${holder} PRIVATE ${std} ${qt})
            else()
                target_link_libraries(${holder} PRIVATE Qt6::Widgets)
                target_precompile_headers(${holder} PRIVATE ${std} ${qt} ${widgets})
            endif()
        endif()
        latchkey_options(${holder})
    endif()
    target_precompile_headers(${target} REUSE_FROM ${holder})
endfunction()

# Tests need no speed of their own; what they test is built as it is shipped.
function(latchkey_unoptimized target)
    if(NOT MSVC)
        target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O0>)
    endif()
endfunction()

# latchkey_room(<name> [FOLDER agent/<name>] [QT|ASIO|WIDGETS] SOURCES … [PUBLIC targets…] [PRIVATE targets…])
function(latchkey_room name)
    cmake_parse_arguments(ROOM "QT;ASIO;WIDGETS" "FOLDER" "SOURCES;PUBLIC;PRIVATE" ${ARGN})
    if(NOT ROOM_FOLDER)
        set(ROOM_FOLDER agent/${name})
    endif()
    set(target latchkey_${name})
    add_library(${target} STATIC ${ROOM_SOURCES})
    add_library(latchkey::${name} ALIAS ${target})
    if(ROOM_QT OR ROOM_WIDGETS)
        set_target_properties(${target} PROPERTIES AUTOMOC ON)
    endif()
    if(LATCHKEY_UNITY)
        set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
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
    if(ROOM_WIDGETS)
        latchkey_precompiled(${target} widgets)
    elseif(ROOM_QT)
        latchkey_precompiled(${target} qt)
    elseif(ROOM_ASIO)
        latchkey_precompiled(${target} asio)
    else()
        latchkey_precompiled(${target} plain)
    endif()
endfunction()

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TestProgram.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

namespace latchkey::testing {

namespace {

/// Files register before main(), in no order that is told.
const Registration*& first()
{
    static const Registration* registration = nullptr;
    return registration;
}

std::string_view stemOf(std::string_view file)
{
    file = file.substr(file.find_last_of("/\\") + 1);
    return file.substr(0, file.find('.'));
}

} // namespace

Registration::Registration(const char* file, Run function)
    : name(stemOf(file))
    , run(function)
    , next(std::exchange(first(), this))
{
}

} // namespace latchkey::testing

int main(int argc, char** argv)
{
    using latchkey::testing::Registration;
    const std::string_view wanted = argc > 1 ? argv[1] : "";
    const Registration* const all = latchkey::testing::first();
    for (const Registration* test = all; test != nullptr; test = test->next) {
        if (test->name != wanted)
            continue;
        std::vector<char*> arguments{argv[0]};
        arguments.insert(arguments.end(), argv + 2, argv + argc);
        arguments.push_back(nullptr);
        return test->run(argc - 1, arguments.data());
    }
    std::fprintf(stderr, "usage: %s TEST [ARGUMENT…], where TEST is one of\n", argv[0]);
    for (const Registration* test = all; test != nullptr; test = test->next)
        std::fprintf(stderr, "  %.*s\n", static_cast<int>(test->name.size()), test->name.data());
    return EXIT_FAILURE;
}

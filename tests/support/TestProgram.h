// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTest>

#include <string_view>
#include <type_traits>

/// One program holds all tests of a room, each in a file of its own, and runs the one whose file is named:
/// `tst_base tst_base_random [what Qt Test takes]`. A program for each cost more time than anything else in a build;
/// a process for each is what ctest still gives them.
namespace latchkey::testing {

using Run = int (*)(int argc, char** argv);

/// Makes a test known to the program's main(), under the name of its file.
class Registration {
public:
    Registration(const char* file, Run run);

    const std::string_view name;
    const Run run;
    const Registration* const next;
};

template <class Test, class Application>
int runTest(int argc, char** argv)
{
    const Application application(argc, argv);
    Test test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace latchkey::testing

// At the end of a test's file, in its namespace, where QTEST_GUILESS_MAIN and QTEST_MAIN would stand. The third takes a
// function like main(), for a test that starts itself again as something else.
#define LATCHKEY_TEST(Test) LATCHKEY_TEST_RUN((&latchkey::testing::runTest<Test, QCoreApplication>))
#define LATCHKEY_WIDGET_TEST(Test) LATCHKEY_TEST_RUN((&latchkey::testing::runTest<Test, QApplication>))
#define LATCHKEY_TEST_RUN(function)                                                                                             \
    namespace {                                                                                                                 \
    const latchkey::testing::Registration registration(__FILE__, function);                                                    \
    }

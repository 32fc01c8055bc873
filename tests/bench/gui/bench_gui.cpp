// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
// The main window with many tokens: how long a keystroke in the search, a sort and a scrolled frame take, what a page of
// the list costs as it arrives, and how much memory all of it needs. Prints medians and the worst.
//   bench_gui [TOKENS]     100,000 without an argument
#include "Samples.h"
#include "ui/MainWindow.h"
#include "ui/ObjectNames.h"
#include "ui/Theme.h"
#include "ui/TokenModel.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <QTextStream>

#include <algorithm>

using namespace latchkey;
using namespace latchkey::ui;
using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t pageSize = 1000;

/// Names as a company has them: few beginnings, many ends.
std::vector<access::ServiceToken> manyTokens(int count)
{
    const std::array teams{"billing", "grafana", "ci-deploy", "status", "terraform", "partner", "synthetic", "backup"};
    std::vector<access::ServiceToken> tokens;
    tokens.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const auto n = static_cast<std::size_t>(i);
        tokens.push_back(samples::token(std::string(teams[n * 7 % teams.size()]) + '-' + std::to_string(n * 7919 % 100003),
                                        std::chrono::hours(n * 104729 % 17520) - std::chrono::hours(480), std::chrono::seconds(n * 7 % 5'000'000)));
    }
    return tokens;
}

double residentMegabytes()
{
    QFile file(u"/proc/self/status"_s);
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray& line : file.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toDouble() / 1024;
    }
    return 0;
}

/// Until everything is on the screen that this causes.
template <typename Work>
double milliseconds(Work work)
{
    QElapsedTimer timer;
    timer.start();
    work();
    QApplication::processEvents();
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

void print(const char* what, std::vector<double> times)
{
    std::ranges::sort(times);
    QTextStream(stdout) << QString::fromLatin1(what).leftJustified(28) << "median " << QString::number(times[times.size() / 2], 'f', 2)
                        << " ms, worst " << QString::number(times.back(), 'f', 2) << " ms, " << times.size() << " samples" << Qt::endl;
}

void type(QLineEdit& field, int key, const QString& text)
{
    QKeyEvent press(QEvent::KeyPress, key, Qt::NoModifier, text);
    QApplication::sendEvent(&field, &press);
}

} // namespace

int main(int argc, char** argv)
{
    QApplication application(argc, argv);
    const int count = argc > 1 ? QString::fromLocal8Bit(argv[1]).toInt() : 100'000;
    Theme theme;
    theme.applyTo(application);
    MainWindow window(theme, samples::now);
    window.show();
    QApplication::processEvents();
    const double before = residentMegabytes();
    {
        std::vector<access::ServiceToken> tokens = manyTokens(count);
        std::vector<double> pages;
        for (std::size_t from = 0; from < tokens.size(); from += pageSize) {
            std::vector<access::ServiceToken> page(tokens.begin() + static_cast<std::ptrdiff_t>(from),
                                                   tokens.begin() + static_cast<std::ptrdiff_t>(std::min(from + pageSize, tokens.size())));
            pages.push_back(milliseconds([&] { window.addTokens(std::move(page), count); }));
        }
        print("a page of 1,000 arrives", pages);
        print("the whole list, unchanged", {milliseconds([&] { window.setTokens(std::move(tokens), samples::now); })});
    }
    auto* search = window.findChild<QLineEdit*>(QString(names::searchField));
    auto* table = window.findChild<QTableView*>(QString(names::tokenTable));

    std::vector<double> keys;
    for (const QString& word : {u"grafana-12"_s, u"name:ci*"_s, u"expires:<30d"_s, u"a -b state:active"_s}) {
        for (const QChar c : word)
            keys.push_back(milliseconds([&] { type(*search, 0, QString(c)); }));
        for (qsizetype i = 0; i < word.size(); ++i)
            keys.push_back(milliseconds([&] { type(*search, Qt::Key_Backspace, {}); }));
    }
    print("a keystroke in the search", keys);

    std::vector<double> sorts;
    for (int round = 0; round < 2; ++round) {
        for (int column = 0; column < TokenModel::ColumnCount; ++column)
            sorts.push_back(milliseconds([&] { table->sortByColumn(column, round == 0 ? Qt::AscendingOrder : Qt::DescendingOrder); }));
    }
    print("sorting by a column", sorts);

    std::vector<double> frames;
    QScrollBar* bar = table->verticalScrollBar();
    for (int i = 0; i < 300; ++i) {
        frames.push_back(milliseconds([&] {
            bar->setValue((bar->value() + (i % 3 == 0 ? bar->maximum() / 7 : 120)) % bar->maximum());
            table->viewport()->repaint();
        }));
    }
    print("a frame while scrolling", frames);

    std::vector<double> changes;
    for (int i = 0; i < 50; ++i) {
        access::ServiceToken token = *window.tokenModel().shownTokens()[static_cast<std::size_t>(i * 97 % count)];
        token.lastSeenAt = samples::now;
        token.name += 'x';
        changes.push_back(milliseconds([&] { window.putToken(token); }));
    }
    print("one token changes", changes);
    QTextStream(stdout) << "memory                      " << QString::number(residentMegabytes(), 'f', 0) << " MB resident, "
                        << QString::number(before, 'f', 0) << " MB before the tokens" << Qt::endl;
    return 0;
}

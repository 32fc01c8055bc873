// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "FuzzyMatch.h"

#include <algorithm>

namespace latchkey::ui {

namespace {

constexpr int inOnePiece = 40;
constexpr int atTheBeginning = 30;
constexpr int atAWordsBeginning = 16;
constexpr int neighbours = 6;
constexpr int gap = -1;          // per letter between two, down to
constexpr int widestGap = -10;

bool beginsWord(QStringView text, qsizetype at)
{
    return at == 0 || !text[at - 1].isLetterOrNumber() || (text[at].isUpper() && text[at - 1].isLower());
}

/// Where the word stands in one piece, at a word's beginning if it does so anywhere; -1: nowhere.
qsizetype pieceOf(QStringView word, QStringView text)
{
    qsizetype found = -1;
    for (qsizetype at = text.indexOf(word, 0, Qt::CaseInsensitive); at >= 0; at = text.indexOf(word, at + 1, Qt::CaseInsensitive)) {
        if (beginsWord(text, at))
            return at;
        if (found < 0)
            found = at;
    }
    return found;
}

std::optional<int> wordScore(QStringView word, QStringView text)
{
    if (const qsizetype at = pieceOf(word, text); at >= 0)
        return inOnePiece + static_cast<int>(word.size()) * neighbours + (at == 0 ? atTheBeginning : beginsWord(text, at) ? atAWordsBeginning : 0);
    int score = 0;
    qsizetype last = -1;
    for (const QChar letter : word) {
        qsizetype at = last + 1;
        while (at < text.size() && text[at].toCaseFolded() != letter)
            ++at;
        if (at == text.size())
            return std::nullopt;
        if (beginsWord(text, at))
            score += atAWordsBeginning;
        else if (last >= 0)
            score += at == last + 1 ? neighbours : std::max(widestGap, gap * static_cast<int>(at - last));
        last = at;
    }
    return score;
}

} // namespace

std::optional<int> fuzzyScore(QStringView folded, QStringView text)
{
    int total = 0;
    for (const QStringView word : folded.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto score = wordScore(word, text);
        if (!score)
            return std::nullopt;
        total += *score;
    }
    // Of two that match alike the shorter one is meant.
    return total * 16 - static_cast<int>(std::min<qsizetype>(text.size(), 255)) / 16;
}

} // namespace latchkey::ui

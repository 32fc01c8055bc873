// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include <optional>

namespace latchkey::ui {

/// How well `text` answers what a person typed: all its words occur, each as letters in this order. Higher is better; a word
/// in one piece, at the beginning, at the beginning of a word counts most. Case does not count. nullopt: it does not match.
/// `folded` is the pattern, case-folded, without blanks at its ends; an empty one matches everything alike.
[[nodiscard]] std::optional<int> fuzzyScore(QStringView folded, QStringView text);

} // namespace latchkey::ui

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Problem.h"

#include <QWidget>

#include <optional>

class QVBoxLayout;

namespace latchkey::ui {

class StatePage;
class Theme;

/// The full page shown while there is no working agent: what is wrong, and the ways on.
class ProblemPage final : public QWidget {
    Q_OBJECT

public:
    explicit ProblemPage(const Theme& theme, QWidget* parent = nullptr);

    /// Buttons and focus stay when only the countdown moved.
    void setProblem(const Problem& problem);

Q_SIGNALS:
    void actionRequested(latchkey::ui::ProblemAction action);

private:
    void build();
    void fillWords();
    void addAction(ProblemAction action, bool primary);
    void confirmRepair();

    const Theme& m_theme;
    QVBoxLayout* m_column;
    StatePage* m_page = nullptr;
    std::optional<Problem> m_problem;
};

} // namespace latchkey::ui

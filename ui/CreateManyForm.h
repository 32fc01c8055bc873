// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/access/Duration.h"

#include <QDialog>

#include <string>
#include <vector>

class QPlainTextEdit;

namespace latchkey::ui {

class Button;
class DurationField;
class TextLabel;
class Theme;

/// A list of names, one a line, of tokens to be created: typed, pasted or read from a file. What it leads to is a
/// CreateManyDialog, which shows the plan first.
class CreateManyForm final : public QDialog {
    Q_OBJECT

public:
    /// `keychainUnusable`: why nothing can be kept; then nothing can be created here, for the secrets would be lost.
    CreateManyForm(const Theme& theme, const QString& account, const QString& keychainUnusable, std::chrono::sys_seconds now,
                   QWidget* parent = nullptr);

    static constexpr std::size_t most = 1000;
    /// The lines that are names: trimmed, without empty ones, each once.
    [[nodiscard]] static std::vector<std::string> namesIn(const QString& text);

    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] access::Duration duration() const;   ///< Valid once planRequested() was emitted.

Q_SIGNALS:
    void planRequested();

private:
    void check();
    void readFile();

    bool m_usable;
    QPlainTextEdit* m_names;
    TextLabel* m_hint;
    DurationField* m_duration;
    Button* m_next;
};

} // namespace latchkey::ui

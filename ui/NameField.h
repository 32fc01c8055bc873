// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

#include <string>

namespace latchkey::ui {

class TextField;
class TextLabel;
class Theme;

/// A token's name: 1 to 255 characters, checked as it is typed, with a counter when it gets long.
class NameField final : public QWidget {
    Q_OBJECT

public:
    explicit NameField(const Theme& theme, QWidget* parent = nullptr);

    void setName(const std::string& name);
    [[nodiscard]] std::string name() const;   ///< Trimmed; a pasted line break is a space.
    [[nodiscard]] bool isValid() const;
    /// What is wrong is said from now on; the field takes the focus when something is.
    bool validate();
    [[nodiscard]] TextField* field() const { return m_name; }

    static constexpr qsizetype longest = 255;
    [[nodiscard]] static qsizetype charactersOf(const QString& text);

Q_SIGNALS:
    void changed();
    void returnPressed();

private:
    void check();

    bool m_touched = false;
    TextField* m_name;
    TextLabel* m_hint;
};

} // namespace latchkey::ui

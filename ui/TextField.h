// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QLineEdit>

namespace latchkey::ui {

/// A line edit that can be marked as wrong; the words stand beside it and in its accessible description.
class TextField : public QLineEdit {
    Q_OBJECT

public:
    explicit TextField(QWidget* parent = nullptr);

    [[nodiscard]] bool isInvalid() const { return m_invalid; }
    void setInvalid(bool invalid);

private:
    bool m_invalid = false;
};

} // namespace latchkey::ui

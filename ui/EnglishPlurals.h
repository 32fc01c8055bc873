// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTranslator>

namespace latchkey::ui {

/// The plural forms of the source texts: "%n token(s)" becomes "1 token" or "2 tokens". Install it before any other
/// translator, which then takes precedence; without it English shows the brackets.
class EnglishPlurals final : public QTranslator {
    Q_OBJECT

public:
    using QTranslator::QTranslator;

    [[nodiscard]] bool isEmpty() const override { return false; }
    [[nodiscard]] QString translate(const char* context, const char* sourceText, const char* disambiguation,
                                    int n) const override;
};

} // namespace latchkey::ui

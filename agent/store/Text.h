// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QByteArray>
#include <QString>

#include <string>
#include <string_view>

namespace latchkey::store {

/// The one border between the house's UTF-8 and Qt's UTF-16. Never a null QString: Qt Sql would bind NULL for one.
[[nodiscard]] inline QString toQt(std::string_view text)
{
    if (text.empty())
        return QStringLiteral("");
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

[[nodiscard]] inline std::string fromQt(const QString& text)
{
    return text.toStdString();
}

/// The form in which names are searched: without case, and with composed and decomposed accents alike.
[[nodiscard]] inline QString folded(std::string_view text)
{
    return toQt(text).toCaseFolded().normalized(QString::NormalizationForm_C);
}

} // namespace latchkey::store

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "LongTexts.h"

using namespace Qt::StringLiterals;

QString LongTexts::translate(const char* context, const char* sourceText, const char* disambiguation, int n) const
{
    if (!sourceText)
        return {};
    const QString plural = m_plurals.translate(context, sourceText, disambiguation, n);
    const QString text = plural.isEmpty() ? QString::fromUtf8(sourceText) : plural;
    QString longer;
    bool inTag = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QChar letter = text[i];
        inTag = letter == u'<' || (inTag && letter != u'>');
        longer += letter;
        const bool inPlace = i > 0 && text[i - 1] == u'%';   // %n is no letter
        if (!inTag && !inPlace && u"aeiouAEIOU"_s.contains(letter))
            longer += letter.toLower();
    }
    return longer;
}

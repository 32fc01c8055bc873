// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Csv.h"

namespace latchkey::app {

using namespace Qt::StringLiterals;

QByteArray csvField(const QString& text)
{
    QString safe = text;
    if (!safe.isEmpty() && u"=+-@\t\r"_s.contains(safe.front()))
        safe.prepend(u'\'');
    safe.replace(u"\""_s, u"\"\""_s);
    return u"\"%1\""_s.arg(safe).toUtf8();
}

QByteArray csvLine(const QStringList& fields)
{
    QByteArray line;
    for (const QString& field : fields) {
        if (!line.isEmpty())
            line += ',';
        line += csvField(field);
    }
    return line + "\r\n";
}

} // namespace latchkey::app

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SecretInput.h"

#include <QSignalBlocker>

#include <algorithm>

namespace latchkey::ui {

SecretInput::SecretInput(QWidget* parent)
    : TextField(parent)
{
    setEchoMode(QLineEdit::Password);
    setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    setDragEnabled(false);
    setLayoutDirection(Qt::LeftToRight);
    setMaxLength(4096);
}

SecretInput::~SecretInput()
{
    const QSignalBlocker quiet(this);   // whoever listens may be gone already
    wipe();
}

SecretBytes SecretInput::secret() const
{
    QString all = text();
    QByteArray bytes = all.trimmed().toUtf8();
    base::wipe(all);
    // `CF-Access-Client-Secret: cfast_…`, `CF_ACCESS_CLIENT_SECRET=cfast_…`, quoted or not.
    qsizetype begin = std::max(bytes.lastIndexOf(':'), bytes.lastIndexOf('=')) + 1;
    qsizetype end = bytes.size();
    const auto isAround = [](char c) { return c == ' ' || c == '"' || c == '\'' || c == '\t'; };
    while (begin < end && isAround(bytes.at(begin)))
        ++begin;
    while (end > begin && isAround(bytes.at(end - 1)))
        --end;
    // `Authorization: Bearer …`
    if (QByteArrayView(bytes).sliced(begin).startsWith("Bearer "))
        begin += 7;
    SecretBytes found(std::string_view(bytes.constData() + begin, static_cast<std::size_t>(end - begin)));
    base::wipe(bytes);
    return found;
}

void SecretInput::wipe()
{
    // Overwriting in place makes the field's own buffer forget; clear() drops its undo history.
    setText(QString(text().size(), u'x'));
    clear();
}

} // namespace latchkey::ui

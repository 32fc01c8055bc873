// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <QWidget>

namespace latchkey::ui::samples {

/// Whether the text is anywhere in what assistive programs can read of the widget and all in it, or in any of their
/// properties that hold text.
[[nodiscard]] bool isReadable(QWidget& root, const QString& text);

/// The child of that name, or a test failure by name.
template <typename Widget>
Widget& child(const QWidget& root, const QString& name)
{
    auto* found = root.findChild<Widget*>(name);
    if (!found)
        qFatal("no widget is named %s", qPrintable(name));
    return *found;
}

} // namespace latchkey::ui::samples

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Widgets.h"

#include <QAccessible>
#include <QMetaProperty>
#include <QWidget>

namespace latchkey::ui::samples {

namespace {

bool interfaceHas(QAccessibleInterface* interface, const QString& text)
{
    if (!interface || !interface->isValid())
        return false;
    for (const QAccessible::Text kind : {QAccessible::Name, QAccessible::Description, QAccessible::Value, QAccessible::Help}) {
        if (interface->text(kind).contains(text))
            return true;
    }
    if (QAccessibleTextInterface* content = interface->textInterface()) {
        if (content->text(0, content->characterCount()).contains(text))
            return true;
    }
    for (int i = 0; i < interface->childCount(); ++i) {
        if (interfaceHas(interface->child(i), text))
            return true;
    }
    return false;
}

bool propertiesHave(const QObject& object, const QString& text)
{
    for (int i = 0; i < object.metaObject()->propertyCount(); ++i) {
        if (object.metaObject()->property(i).read(&object).toString().contains(text))
            return true;
    }
    return false;
}

} // namespace

bool isReadable(QWidget& root, const QString& text)
{
    if (interfaceHas(QAccessible::queryAccessibleInterface(&root), text) || propertiesHave(root, text))
        return true;
    for (const QObject* object : root.findChildren<QObject*>()) {
        if (propertiesHave(*object, text))
            return true;
    }
    return false;
}

} // namespace latchkey::ui::samples

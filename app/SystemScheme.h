// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ui/Theme.h"

#include <QObject>

#include <memory>

#ifdef Q_OS_LINUX
#include <QDBusVariant>
#endif

namespace latchkey::app {

/// Whether the desktop is light or dark, now and when it changes. Qt tells from 6.5 on; before, this asks the desktop
/// portal over D-Bus (Linux), the registry (Windows) or the palette (macOS). Never blocks: it says `light` until the
/// desktop has answered.
class SystemScheme final : public QObject {
    Q_OBJECT
public:
    explicit SystemScheme(QObject* parent = nullptr);
    ~SystemScheme() override;

    [[nodiscard]] ui::Scheme scheme() const { return m_scheme; }

Q_SIGNALS:
    void changed(latchkey::ui::Scheme scheme);

#ifdef Q_OS_LINUX
private Q_SLOTS:
    /// D-Bus signals reach slots by name only.
    void portalChanged(const QString& group, const QString& key, const QDBusVariant& value);
#endif

private:
    void set(ui::Scheme scheme);

    struct Platform;
    std::unique_ptr<Platform> m_platform;
    ui::Scheme m_scheme = ui::Scheme::light;
};

} // namespace latchkey::app

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ListExport.h"
#include "Session.h"

#include <QObject>
#include <QThread>

#include <memory>

namespace latchkey::app {

/// Writes what the list shows into a file the person chooses; away from the GUI thread, for a hundred thousand tokens take a
/// moment. A file there was before stays as it was until the new one is whole.
class ExportController final : public QObject {
    Q_OBJECT

public:
    explicit ExportController(Session& session, QObject* parent = nullptr);
    ~ExportController() override;   ///< Waits for what is being written.

    /// Without asking where to: what the file dialog leads to. The status line says how it ended.
    void write(ui::ExportFormat format, const QString& path);

Q_SIGNALS:
    void finished(const QString& problem);   ///< Empty: it is written.

private:
    void ask(ui::ExportFormat format);
    [[nodiscard]] ExportedList list() const;
    void done(int count, const QString& path, const QString& problem);

    Session& m_session;
    std::unique_ptr<QThread> m_writing;
};

} // namespace latchkey::app

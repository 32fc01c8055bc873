// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ExportController.h"

#include "ui/TokenModel.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>

namespace latchkey::app {

using namespace Qt::StringLiterals;

namespace {

/// Empty, or why it could not be written.
QString writeWhole(const QString& path, const QByteArray& content)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(content) == content.size() && file.commit())
        return {};
    return file.errorString();
}

} // namespace

ExportController::ExportController(Session& session, QObject* parent)
    : QObject(parent)
    , m_session(session)
{
    connect(&session.window, &ui::MainWindow::exportRequested, this, &ExportController::ask);
}

ExportController::~ExportController()
{
    if (m_writing)
        m_writing->wait();
}

void ExportController::ask(ui::ExportFormat format)
{
    struct Kind {
        QString title, file, filter, suffix;
    };
    const auto kind = [&]() -> Kind {
        switch (format) {
        case ui::ExportFormat::csv: return {tr("Export as CSV"), u"latchkey-tokens.csv"_s, tr("CSV files (*.csv)"), u"csv"_s};
        case ui::ExportFormat::json: return {tr("Export as JSON"), u"latchkey-tokens.json"_s, tr("JSON files (*.json)"), u"json"_s};
        case ui::ExportFormat::calendar: return {tr("Export the expiries as a calendar"), u"latchkey-expiries.ics"_s, tr("Calendar files (*.ics)"), u"ics"_s};
        case ui::ExportFormat::report: return {tr("Export the expiry report"), u"latchkey-expiries.pdf"_s, tr("PDF files (*.pdf)"), u"pdf"_s};
        }
        Q_UNREACHABLE();
    }();
    auto* dialog = new QFileDialog(&m_session.window, kind.title, {}, kind.filter);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(kind.suffix);
    dialog->selectFile(kind.file);
    connect(dialog, &QFileDialog::fileSelected, this, [this, format](const QString& path) { write(format, path); });
    dialog->open();
}

ExportedList ExportController::list() const
{
    const ui::TokenModel& model = m_session.window.tokenModel();
    ExportedList list{m_session.account, model.now(), {}};
    const auto notes = m_session.together ? m_session.together->notes()
                     : m_session.local ? m_session.local->notes.notes(m_session.secrets.profileId())
                                          : std::unordered_map<access::TokenId, ui::TokenNote>();
    const std::vector<QString>& names = model.index().applicationNames();
    const auto tokens = model.shownTokens();
    list.rows.reserve(tokens.size());
    for (const access::ServiceToken* token : tokens) {
        ExportedList::Row row{*token, {}, {}};
        if (const auto slot = model.index().find(token->id)) {
            for (const std::uint32_t application : model.index().applicationsOf(*slot))
                row.applications << names[application];
        }
        if (const auto note = notes.find(token->id); note != notes.end())
            row.note = note->second;
        list.rows.push_back(std::move(row));
    }
    return list;
}

void ExportController::write(ui::ExportFormat format, const QString& path)
{
    if (m_writing) {
        m_session.window.showNotice(tr("Another export is being written. Try again in a moment."));
        return;
    }
    auto rows = std::make_shared<const ExportedList>(list());
    m_session.window.showNotice(tr("Exporting…"));
    auto problem = std::make_shared<QString>();
    m_writing.reset(QThread::create([rows, format, path, problem] { *problem = writeWhole(path, exported(*rows, format)); }));
    connect(m_writing.get(), &QThread::finished, this, [this, rows, path, problem] {
        done(static_cast<int>(rows->rows.size()), path, *problem);
    });
    m_writing->start(QThread::LowPriority);
}

void ExportController::done(int count, const QString& path, const QString& problem)
{
    m_writing->wait();
    m_writing.release()->deleteLater();   // it is what calls this
    if (problem.isEmpty())
        m_session.window.showNotice(tr("%n token(s) exported to %1.", nullptr, count).arg(QFileInfo(path).fileName()));
    else
        m_session.window.showNotice(tr("%1 could not be written: %2").arg(QFileInfo(path).fileName(), problem));
    Q_EMIT finished(problem);
}

} // namespace latchkey::app

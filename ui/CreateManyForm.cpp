// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "CreateManyForm.h"

#include "Button.h"
#include "DialogSize.h"
#include "DurationField.h"
#include "NameField.h"
#include "OperationNames.h"
#include "TextLabel.h"

#include <QFile>
#include <QFileDialog>
#include <QPlainTextEdit>
#include <QVBoxLayout>

#include <algorithm>
#include <unordered_set>

namespace latchkey::ui {

namespace {

constexpr qint64 longestFile = 1024 * 1024;   // a thousand names of 255 letters

} // namespace

CreateManyForm::CreateManyForm(const Theme& theme, const QString& account, const QString& keychainUnusable, std::chrono::sys_seconds now,
                               QWidget* parent)
    : QDialog(parent)
    , m_usable(keychainUnusable.isEmpty())
    , m_names(new QPlainTextEdit)
    , m_hint(new TextLabel(theme, Role::mutedText, TextLabel::Size::caption))
    , m_duration(new DurationField(theme, now))
    , m_next(new Button(theme, Button::Kind::primary, tr("Show the &plan")))
{
    setObjectName(names::createManyForm);
    setWindowTitle(tr("Create several tokens"));
    setModal(true);
    auto* title = new TextLabel(theme, Role::text, TextLabel::Size::heading, tr("Create several service tokens"));
    auto* text = new TextLabel(theme, Role::text, TextLabel::Size::body,
                               tr("In %1. Their secrets go into this computer's keychain, from where each can be copied.").arg(account));
    text->setWordWrap(true);
    auto* namesLabel = new TextLabel(theme, Role::mutedText, TextLabel::Size::body, tr("&Names, one a line"));
    namesLabel->setBuddy(m_names);
    m_names->setObjectName(names::createManyNames);
    m_names->setAccessibleName(tr("Names, one a line"));
    m_names->setTabChangesFocus(true);
    m_names->setMinimumHeight(fontMetrics().lineSpacing() * 9);
    m_hint->setObjectName(names::createManyHint);
    m_hint->setWordWrap(true);
    m_next->setObjectName(names::createManyNext);
    m_next->setDefault(true);
    auto* file = new Button(theme, Button::Kind::standard, tr("From a &file…"));
    auto* cancel = new Button(theme, Button::Kind::standard, tr("Cancel"));
    auto* row = new QHBoxLayout;
    row->setSpacing(grid);
    row->addWidget(file);
    row->addStretch(1);
    row->addWidget(cancel);
    row->addWidget(m_next);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * grid, 3 * grid, 3 * grid, 2 * grid);
    column->setSpacing(6);
    for (QWidget* widget : std::initializer_list<QWidget*>{title, text, namesLabel, m_names, m_hint, m_duration})
        column->addWidget(widget);
    if (!m_usable) {
        auto* why = new TextLabel(theme, Role::warning, TextLabel::Size::body,
                                  tr("%1 Without it the secrets of many tokens would be lost; create them one by one.").arg(keychainUnusable));
        why->setWordWrap(true);
        column->addWidget(why);
    }
    column->addSpacing(grid);
    column->addLayout(row);
    setMinimumWidth(fontMetrics().averageCharWidth() * 70);
    connect(m_names, &QPlainTextEdit::textChanged, this, &CreateManyForm::check);
    connect(m_duration, &DurationField::changed, this, &CreateManyForm::check);
    connect(m_next, &Button::clicked, this, [this] {
        if (m_duration->validate())
            Q_EMIT planRequested();
    });
    connect(file, &Button::clicked, this, &CreateManyForm::readFile);
    connect(cancel, &Button::clicked, this, &QDialog::reject);
    check();
    m_names->setFocus();
    fitHeight(*this);
}

std::vector<std::string> CreateManyForm::namesIn(const QString& text)
{
    std::vector<std::string> found;
    std::unordered_set<std::string> seen;
    const auto lines = text.split(u'\n');
    for (const QString& line : lines) {
        const std::string name = line.trimmed().toStdString();
        if (!name.empty() && seen.insert(name).second)
            found.push_back(name);
    }
    return found;
}

std::vector<std::string> CreateManyForm::names() const
{
    return namesIn(m_names->toPlainText());
}

access::Duration CreateManyForm::duration() const
{
    return m_duration->duration().value_or(access::Duration::oneYear());
}

void CreateManyForm::check()
{
    const std::vector<std::string> all = names();
    const auto tooLong = std::ranges::find_if(all, [](const std::string& name) {
        return NameField::charactersOf(QString::fromStdString(name)) > NameField::longest;
    });
    m_hint->setRole(Role::mutedText);
    if (tooLong != all.end()) {
        m_hint->setRole(Role::danger);
        m_hint->setText(tr("“%1…” is too long: a name has at most 255 characters.").arg(QString::fromStdString(*tooLong).left(24)));
    } else if (all.size() > most) {
        m_hint->setRole(Role::danger);
        m_hint->setText(tr("%n name(s): at most 1000 at a time.", nullptr, static_cast<int>(all.size())));
    } else {
        m_hint->setText(all.empty() ? tr("A name that stands there twice counts once.") : tr("%n token(s)", nullptr, static_cast<int>(all.size())));
    }
    m_names->setAccessibleDescription(m_hint->text());
    m_next->setEnabled(m_usable && !all.empty() && all.size() <= most && tooLong == all.end() && m_duration->duration().has_value());
}

void CreateManyForm::readFile()
{
    auto* dialog = new QFileDialog(this, tr("Read names from a file"), {}, tr("Text files (*.txt *.csv);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
        QFile file(path);
        if (!file.open(QIODevice::ReadOnly) || file.size() > longestFile) {
            m_hint->setRole(Role::danger);
            m_hint->setText(file.isOpen() ? tr("The file is larger than 1 MiB.") : tr("The file could not be read: %1").arg(file.errorString()));
            return;
        }
        m_names->setPlainText(QString::fromUtf8(file.readAll()).remove(u'\r'));
    });
    dialog->open();
}

} // namespace latchkey::ui

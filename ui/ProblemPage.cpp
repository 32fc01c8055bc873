// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProblemPage.h"

#include "ConfirmDialog.h"
#include "DateText.h"
#include "ObjectNames.h"
#include "StatePage.h"
#include "TextLabel.h"

#include <QVBoxLayout>

#include <vector>

namespace latchkey::ui {

using Kind = Problem::Kind;

namespace {

struct Words {
    QString title;
    QString text;
};

QString withoutKeychain()
{
    return ProblemPage::tr("You can also work without it for this session: with a fresh, temporary set of tokens that is "
                           "gone when you quit.");
}

Words keychainWords(Kind kind)
{
    switch (kind) {
    case Kind::waitingForKeychain:
        return {ProblemPage::tr("Waiting for the keychain"),
                ProblemPage::tr("Unlock it when it asks for its password; the agent then starts by itself.") + u' '
                    + withoutKeychain()};
    case Kind::keychainLocked:
        return {ProblemPage::tr("The keychain is locked"),
                ProblemPage::tr("Latchkey keeps its keys in this computer's keychain. Unlock it to go on.") + u' '
                    + withoutKeychain()};
    case Kind::keychainAbsent:
        return {ProblemPage::tr("No keychain answers on this computer"),
                ProblemPage::tr("Latchkey keeps its keys in a keychain, such as GNOME Keyring or KWallet. Start one and try "
                                "again.")
                    + u' ' + withoutKeychain()};
    case Kind::keychainRefused:
        return {ProblemPage::tr("The keychain refused access"),
                ProblemPage::tr("Allow Latchkey to use it and try again.") + u' ' + withoutKeychain()};
    case Kind::signingKeyMissing:
        return {ProblemPage::tr("The signing key is missing from the keychain"),
                ProblemPage::tr("It was there before, so the keychain was reset or replaced. If you can restore the keychain, "
                                "do that and try again. Otherwise make a new key: tokens and applications stay, and JWTs "
                                "issued so far stop being valid.")};
    case Kind::apiTokenMissing:
        return {ProblemPage::tr("The API token is missing from the keychain"),
                ProblemPage::tr("It was there before, so the keychain was reset or replaced. If you can restore the keychain, "
                                "do that and try again. Otherwise make a new API token: tokens and applications stay, and "
                                "scripts that use the old API token need the new one.")};
    default: return {};
    }
}

Words agentWords(const Problem& problem)
{
    switch (problem.kind) {
    case Kind::starting: return {ProblemPage::tr("Starting the agent…"), {}};
    case Kind::portTaken:
        return {ProblemPage::tr("Another program listens on %1").arg(problem.where),
                ProblemPage::tr("The agent needs this address. Stop the other program, then try again.")};
    case Kind::dataDirectoryInUse:
        return {ProblemPage::tr("Another agent uses this data directory"),
                ProblemPage::tr("Only one agent can work in it. Stop the other one, then try again.")};
    case Kind::databaseDamaged:
        return {ProblemPage::tr("The agent's database is damaged"),
                ProblemPage::tr("Nothing was changed. Put back a copy of the file from a backup, or move it away to start "
                                "empty; then try again.")};
    case Kind::agentDied:
        return {ProblemPage::tr("The agent stopped unexpectedly"),
                problem.restartIn ? ProblemPage::tr("It is restarted in %1.").arg(DateText::countdown(*problem.restartIn))
                                  : ProblemPage::tr("It stopped again and again, so it is not restarted by itself any more.")};
    case Kind::agentNotFound:
        return {ProblemPage::tr("The agent's program is missing"),
                ProblemPage::tr("It belongs beside this app. Install Latchkey again, then try again.")};
    case Kind::agentFailed: return {ProblemPage::tr("The agent could not start"), problem.reason};
    default: return keychainWords(problem.kind);
    }
}

std::optional<IconName> iconOf(Kind kind)
{
    switch (kind) {
    case Kind::starting:
    case Kind::waitingForKeychain: return std::nullopt;
    case Kind::keychainLocked: return IconName::lock;
    case Kind::keychainAbsent: return IconName::unplugged;
    case Kind::signingKeyMissing:
    case Kind::apiTokenMissing: return IconName::repair;
    case Kind::dataDirectoryInUse:
    case Kind::databaseDamaged: return IconName::database;
    case Kind::keychainRefused:
    case Kind::portTaken:
    case Kind::agentDied:
    case Kind::agentNotFound:
    case Kind::agentFailed: return IconName::warning;
    }
    return IconName::warning;
}

/// The first is the one to take.
std::vector<ProblemAction> actionsOf(Kind kind)
{
    switch (kind) {
    case Kind::starting: return {};
    case Kind::waitingForKeychain: return {ProblemAction::useWithoutKeychain};
    case Kind::keychainLocked:
    case Kind::keychainAbsent:
    case Kind::keychainRefused: return {ProblemAction::unlockAndRetry, ProblemAction::useWithoutKeychain};
    case Kind::signingKeyMissing:
    case Kind::apiTokenMissing:
        return {ProblemAction::repair, ProblemAction::unlockAndRetry, ProblemAction::useWithoutKeychain};
    case Kind::databaseDamaged: return {ProblemAction::retry, ProblemAction::openDataDirectory};
    case Kind::agentDied: return {ProblemAction::restartNow};
    case Kind::portTaken:
    case Kind::dataDirectoryInUse:
    case Kind::agentNotFound:
    case Kind::agentFailed: return {ProblemAction::retry, ProblemAction::quit};
    }
    return {};
}

QString labelOf(ProblemAction action, Kind kind)
{
    switch (action) {
    case ProblemAction::unlockAndRetry:
        return kind == Kind::keychainLocked ? ProblemPage::tr("&Unlock and retry") : ProblemPage::tr("&Try again");
    case ProblemAction::useWithoutKeychain: return ProblemPage::tr("Use &without keychain for this session");
    case ProblemAction::repair:
        return kind == Kind::apiTokenMissing ? ProblemPage::tr("Make a &new API token…") : ProblemPage::tr("Make a &new signing key…");
    case ProblemAction::retry: return ProblemPage::tr("&Try again");
    case ProblemAction::restartNow: return ProblemPage::tr("&Restart now");
    case ProblemAction::openDataDirectory: return ProblemPage::tr("&Open the folder");
    case ProblemAction::quit: return ProblemPage::tr("&Quit");
    case ProblemAction::editProfile: return ProblemPage::tr("&Edit profile…");
    case ProblemAction::addProfile: return ProblemPage::tr("&Add account…");
    }
    Q_UNREACHABLE();
}

} // namespace

ProblemPage::ProblemPage(const Theme& theme, QWidget* parent)
    : QWidget(parent)
    , m_theme(theme)
    , m_column(new QVBoxLayout(this))
{
    setObjectName(names::problemPage);
    m_column->setContentsMargins(0, 0, 0, 0);
}

void ProblemPage::setProblem(const Problem& problem)
{
    const bool same = m_problem && m_problem->kind == problem.kind;
    m_problem = problem;
    if (!same)
        build();
    fillWords();
}

void ProblemPage::build()
{
    if (m_page) {
        m_page->hide();
        m_page->deleteLater();
    }
    const auto icon = iconOf(m_problem->kind);
    m_page = new StatePage(m_theme, icon, icon == IconName::lock ? Role::mutedText : Role::warning, this);
    m_page->title()->setObjectName(names::problemTitle);
    m_column->addWidget(m_page);
    bool primary = m_problem->kind != Kind::waitingForKeychain;
    for (const ProblemAction action : actionsOf(m_problem->kind)) {
        addAction(action, primary);
        primary = false;
    }
    m_page->focusFirstButton();
}

void ProblemPage::addAction(ProblemAction action, bool primary)
{
    Button* button = m_page->addButton(primary ? Button::Kind::primary : Button::Kind::standard, labelOf(action, m_problem->kind));
    button->setObjectName(names::problemAction(action));
    connect(button, &Button::clicked, this, [this, action] {
        if (action == ProblemAction::repair)
            confirmRepair();
        else
            Q_EMIT actionRequested(action);
    });
}

void ProblemPage::fillWords()
{
    const Words words = agentWords(*m_problem);
    m_page->setTitle(words.title);
    m_page->setText(words.text);
    QStringList detail;
    if (m_problem->kind != Kind::portTaken && !m_problem->where.isEmpty())
        detail << m_problem->where;
    if (m_problem->kind != Kind::agentFailed && !m_problem->reason.isEmpty())
        detail << m_problem->reason;
    m_page->setDetail(detail.join(u'\n'));
}

void ProblemPage::confirmRepair()
{
    const bool apiToken = m_problem->kind == Kind::apiTokenMissing;
    auto* question = new ConfirmDialog(
        m_theme,
        {.title = apiToken ? tr("Make a new API token?") : tr("Make a new signing key?"),
         .text = apiToken ? tr("Scripts and other programs that use the old API token are refused until they have the new one.")
                          : tr("JWTs signed with the old key stop being valid, and services fetch the new key from the certs "
                               "address. The old key cannot be brought back afterwards."),
         .yes = apiToken ? tr("Make a new API token") : tr("Make a new signing key"),
         .no = tr("Cancel"),
         .destructive = false},
        this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    connect(question, &QDialog::accepted, this, [this] { Q_EMIT actionRequested(ProblemAction::repair); });
    question->open();
}

} // namespace latchkey::ui

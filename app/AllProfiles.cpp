// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "AllProfiles.h"

#include "ui/TokenModel.h"

#include <QApplication>
#include <QDialog>
#include <QMenu>
#include <QPointer>

#include <utility>

namespace latchkey::app {

using access::TokenId;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::seconds allInterval = 30s;   // as many requests as there are profiles, each time

} // namespace

struct AllProfiles::Member {
    Member(const Parts& parts, const ConnectedProfile& profile, AllProfiles& all)
        : view(profile.view)
        , hands(parts, profile, &all)
        , listing(profile.client)
    {
    }
    ~Member() { applicationsCall.cancel(); }

    ui::ProfileView view;
    ProfileHands hands;
    TokenListing listing;
    client::CallHandle applicationsCall;
    TokenListing::Tokens tokens;
    std::vector<access::Application> applications;
    QString problem;                 ///< Why the last look failed; empty: it did not.
};

AllProfiles::AllProfiles(const Parts& parts, const std::vector<ConnectedProfile>& profiles, std::map<QString, QString> missing, QObject* parent)
    : QObject(parent)
    , m_parts(parts)
    , m_missing(std::move(missing))
{
    for (const ConnectedProfile& profile : profiles)
        m_members.push_back(std::make_unique<Member>(m_parts, profile, *this));
    std::unordered_set<TokenId> kept;
    for (const auto& member : m_members)
        kept.merge(member->hands.secrets.kept());
    m_parts.window.setKeptSecrets(std::move(kept));
    showNotes();
    showUnfinished();
    if (!m_members.empty()) {
        m_exportSession.emplace(m_members.front()->hands.session);
        m_exportSession->account = tr("All profiles");
        m_exports = std::make_unique<ExportController>(*m_exportSession);
    }
    connectWindow();
    m_poll.setSingleShot(true);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (m_parts.window.isVisible())
            look();
        else
            m_poll.start(allInterval);
    });
    reload();
}

AllProfiles::~AllProfiles()
{
    m_parts.window.setUnfinishedRotations({});
}

void AllProfiles::connectWindow()
{
    const ui::MainWindow& window = m_parts.window;
    connect(&window, &ui::MainWindow::reloadRequested, this, &AllProfiles::reload);
    connect(&window, &ui::MainWindow::stopLoadingRequested, this, [this] {
        for (const auto& member : m_members)
            member->listing.cancel();
    });
    connect(&window, &ui::MainWindow::createRequested, this, &AllProfiles::chooseWhereToCreate);
    connect(&window, &ui::MainWindow::createManyRequested, this, [this] {
        m_parts.window.showNotice(tr("Several tokens are created in one profile: switch to it first."));
    });
    connect(&window, &ui::MainWindow::refreshRequested, this, [this](const Ids& ids) { share(ids, [](Intents& intents, const Ids& own) { Q_EMIT intents.refreshRequested(own); }); });
    connect(&window, &ui::MainWindow::deleteRequested, this, [this](const Ids& ids) { share(ids, [](Intents& intents, const Ids& own) { Q_EMIT intents.deleteRequested(own); }); });
    connect(&window, &ui::MainWindow::tokensIntended, this, [this](ui::TokenIntent intent, const Ids& ids) {
        if (ids.empty() && !m_members.empty())   // the history is of every profile
            Q_EMIT m_members.front()->hands.intents.tokensIntended(intent, ids);
        share(ids, [intent](Intents& intents, const Ids& own) { Q_EMIT intents.tokensIntended(intent, own); });
    });
    connect(&window, &ui::MainWindow::selectionChanged, this, [this](const Ids& ids) {
        if (Member* owner = ids.size() == 1 ? ownerOf(ids.front()) : nullptr)
            Q_EMIT owner->hands.intents.selectionChanged(ids);
    });
    connect(&window, &ui::MainWindow::copySecretRequested, this, [this](const TokenId& id, ui::CopyKind kind) {
        if (Member* owner = ownerOf(id))
            Q_EMIT owner->hands.intents.copySecretRequested(id, kind);
    });
    connect(&window, &ui::MainWindow::copySnippetRequested, this, [this](const TokenId& id, ui::SnippetKind kind, const QString& url) {
        if (Member* owner = ownerOf(id))
            Q_EMIT owner->hands.intents.copySnippetRequested(id, kind, url);
    });
    connect(&window, &ui::MainWindow::resumeRequested, this, [this] {
        for (const auto& member : m_members) {
            if (!m_parts.local.rotations.unfinished(member->hands.secrets.profileId()).empty())
                return (void)(Q_EMIT member->hands.intents.resumeRequested());
        }
    });
}

AllProfiles::Member* AllProfiles::ownerOf(const TokenId& id) const
{
    const auto found = m_owners.find(id);
    return found != m_owners.end() ? found->second : nullptr;
}

void AllProfiles::share(const Ids& ids, std::function<void(Intents&, const Ids&)> what)
{
    m_shares.clear();
    for (const auto& member : m_members) {
        Ids own;
        for (const TokenId& id : ids) {
            if (ownerOf(id) == member.get())
                own.push_back(id);
        }
        if (!own.empty())
            m_shares.push_back([&intents = member->hands.intents, own = std::move(own), what] { what(intents, own); });
    }
    nextShare();
}

void AllProfiles::nextShare()
{
    if (m_shares.empty())
        return;
    const auto share = std::move(m_shares.front());
    m_shares.pop_front();
    share();
    if (auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget()))
        connect(dialog, &QDialog::finished, this, &AllProfiles::nextShare, Qt::QueuedConnection);
    else
        nextShare();
}

void AllProfiles::chooseWhereToCreate()
{
    auto* menu = new QMenu(&m_parts.window);
    menu->setObjectName(QStringLiteral("createInMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setAccessibleName(tr("Create a token in"));
    menu->addSection(tr("Create a token in"));
    for (const auto& member : m_members) {
        QString name = member->view.title();
        name.replace(QLatin1Char('&'), QLatin1String("&&"));
        QAction* action = menu->addAction(ui::profileIcon(member->view.stripe(), m_parts.theme.scheme()), member->view.production ? tr("%1 (production)").arg(name) : name);
        connect(action, &QAction::triggered, this, [this, id = member->view.id] { Q_EMIT createWanted(id); });
    }
    menu->popup(m_parts.window.mapToGlobal(QPoint(m_parts.window.width() / 2, m_parts.window.height() / 4)));
    menu->setActiveAction(menu->actions().value(1));
}

void AllProfiles::reload()
{
    m_parts.window.setLoading();
    for (const auto& member : m_members) {
        member->listing.forget();
        loadApplications(*member);
    }
    look();
}

void AllProfiles::look()
{
    if (m_pending > 0)
        return;
    m_poll.stop();
    m_changed = false;
    m_stopped = false;
    m_pending = static_cast<int>(m_members.size());
    for (const auto& member : m_members)
        look(*member);
    if (m_members.empty())
        answered();
}

void AllProfiles::look(Member& member)
{
    member.listing.look([this, &member, changes = member.hands.session.changes](Result<std::optional<TokenListing::Tokens>> tokens) { took(member, std::move(tokens), changes); });
}

void AllProfiles::took(Member& member, Result<std::optional<TokenListing::Tokens>> tokens, std::uint64_t changesBefore)
{
    if (tokens && changesBefore != member.hands.session.changes) {
        // Something was changed while it was on its way: showing it could bring a deleted token back.
        member.listing.forget();
        look(member);
        return;
    }
    if (!tokens && tokens.error().code == ErrorCode::cancelled)
        m_stopped = true;
    member.problem = tokens || m_stopped ? QString() : QString::fromStdString(tokens.error().message);
    if (!tokens) {
        member.listing.forget();
    } else if (*tokens) {
        member.tokens = std::move(**tokens);
        m_changed = true;
        if (m_parts.window.tokenModel().tokenCount() == 0)
            m_parts.window.addTokens(member.tokens, static_cast<int>(member.tokens.size()));   // the first of them need not wait for the last
    }
    --m_pending;
    answered();
}

void AllProfiles::answered()
{
    if (m_pending > 0)
        return;
    if (m_stopped)
        m_parts.window.setLoadStopped();
    else
        showAll(m_changed);
    m_poll.start(allInterval);
}

void AllProfiles::showAll(bool changed)
{
    const std::chrono::sys_seconds now = m_parts.clock.now();
    if (changed) {
        TokenListing::Tokens all;
        std::unordered_map<TokenId, QString> accounts;
        m_owners.clear();
        for (const auto& member : m_members) {
            // Of one that did not answer, what was deleted here meanwhile does not come back.
            if (!member->problem.isEmpty())
                std::erase_if(member->tokens, [this](const access::ServiceToken& token) { return !m_parts.window.tokenModel().find(token.id); });
            for (const access::ServiceToken& token : member->tokens) {
                // One account may be in two profiles: the first has the row.
                if (!m_owners.emplace(token.id, member.get()).second)
                    continue;
                accounts.emplace(token.id, member->view.name);
                all.push_back(token);
            }
        }
        m_parts.window.setTokens(std::move(all), now);
        m_parts.window.setTokenAccounts(accounts);
    } else {
        m_parts.window.setUnchanged(now);
    }
    QStringList problems;
    for (const auto& [name, why] : m_missing)
        problems << tr("%1: %2", "profile, why it cannot be shown").arg(name, why);
    for (const auto& member : m_members) {
        if (!member->problem.isEmpty())
            problems << tr("%1: %2", "profile, why it cannot be shown").arg(member->view.name, member->problem);
    }
    if (problems.isEmpty())
        return;
    m_parts.window.setNow(now);   // how old the rows are is told from now on
    m_parts.window.setLoadError({ErrorCode::network, problems.join(QLatin1Char(' ')).toStdString(), {}});
}

void AllProfiles::loadApplications(Member& member)
{
    member.applicationsCall.cancel();
    member.applicationsCall = member.hands.session.client.listAllApplications([self = QPointer(this), &member](Result<std::vector<access::Application>> applications) {
        if (!self || !applications)   // a profile whose token may not read them says so when it is shown alone
            return;
        member.applications = std::move(*applications);
        self->showApplications();
    });
}

void AllProfiles::showApplications()
{
    std::vector<access::Application> all;
    for (const auto& member : m_members)
        all.insert(all.end(), member->applications.begin(), member->applications.end());
    m_parts.window.setApplications(std::move(all));
}

void AllProfiles::showNotes()
{
    m_parts.window.setTokenNotes(notes());
}

std::unordered_map<TokenId, ui::TokenNote> AllProfiles::notes() const
{
    std::unordered_map<TokenId, ui::TokenNote> all;
    for (const auto& member : m_members)
        all.merge(m_parts.local.notes.notes(member->hands.secrets.profileId()));
    return all;
}

void AllProfiles::showUnfinished()
{
    QStringList names;
    for (const auto& member : m_members) {
        for (const GuidedRotation& rotation : m_parts.local.rotations.unfinished(member->hands.secrets.profileId()))
            names << rotation.state().tokenName;
    }
    m_parts.window.setUnfinishedRotations(names);
}

} // namespace latchkey::app

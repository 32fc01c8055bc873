// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ProfileMenu.h"

#include "ObjectNames.h"
#include "Theme.h"

#include <QActionGroup>

#include <algorithm>

namespace latchkey::ui {

using namespace Qt::StringLiterals;

ProfileMenu::ProfileMenu(const Theme& theme, QWidget* window)
    : QMenu(tr("&Profile"), window)
    , m_theme(theme)
    , m_group(new QActionGroup(this))
    , m_beforeRest(addSeparator())
    , m_add(addAction(tr("&Add Cloudflare account…")))
    , m_edit(addAction(tr("&Edit profile…")))
    , m_remove(addAction(tr("&Remove profile…")))
{
    setObjectName(names::profileMenu);
    m_add->setObjectName(u"actionAddProfile"_s);
    m_edit->setObjectName(u"actionEditProfile"_s);
    m_remove->setObjectName(u"actionRemoveProfile"_s);
    connect(m_add, &QAction::triggered, this, &ProfileMenu::addRequested);
    connect(m_edit, &QAction::triggered, this, [this] { Q_EMIT editRequested(m_current); });
    connect(m_remove, &QAction::triggered, this, [this] { Q_EMIT removeRequested(m_current); });
    connect(m_group, &QActionGroup::triggered, this, [this](QAction* action) {
        const QString id = action->data().toString();
        if (id != m_current)
            Q_EMIT chosen(id);
    });
    connect(&theme, &Theme::changed, this, [this] { setProfiles(std::move(m_profiles), m_current); });
}

void ProfileMenu::setProfiles(std::vector<ProfileView> profiles, const QString& current)
{
    m_profiles = std::move(profiles);
    m_current = current;
    const QList<QAction*> old = m_group->actions();
    for (QAction* action : old) {
        m_group->removeAction(action);
        removeAction(action);
        action->deleteLater();   // it may be the one that was just triggered
    }
    for (const ProfileView& profile : m_profiles) {
        QString name = profile.name;
        name.replace(u'&', u"&&"_s);
        auto* action = new QAction(profile.production ? tr("%1 (production)").arg(name) : name, this);
        action->setObjectName(names::profileAction(profile.id));
        action->setIconText(tr("Switch to %1").arg(profile.name));
        action->setData(profile.id);
        action->setCheckable(true);
        action->setChecked(profile.id == current);
        if (profile.stripe() != ProfileColour::none)
            action->setIcon(profileIcon(profile.stripe(), m_theme.scheme()));
        m_group->addAction(action);
        insertAction(m_beforeRest, action);
    }
    const ProfileView* shown = this->current();
    const bool account = shown != nullptr && shown->kind == ProfileView::Kind::account;
    m_edit->setEnabled(account);
    m_remove->setEnabled(account);
}

QList<QAction*> ProfileMenu::paletteActions() const
{
    QList<QAction*> actions;
    for (QAction* action : m_group->actions()) {
        if (!action->isChecked())
            actions << action;
    }
    actions << m_add << m_edit << m_remove;
    return actions;
}

const ProfileView* ProfileMenu::current() const
{
    const auto found = std::ranges::find(m_profiles, m_current, &ProfileView::id);
    return found != m_profiles.end() ? &*found : nullptr;
}

} // namespace latchkey::ui

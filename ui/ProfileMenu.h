// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProfileView.h"

#include <QMenu>

#include <vector>

class QActionGroup;

namespace latchkey::ui {

class Theme;

/// The profiles to switch between, and what can be done with them: the menu of the sidebar's card, a menu of the window,
/// and entries of the palette, all the same actions.
class ProfileMenu final : public QMenu {
    Q_OBJECT

public:
    ProfileMenu(const Theme& theme, QWidget* window);

    /// `current` is the id of the one that the window shows.
    void setProfiles(std::vector<ProfileView> profiles, const QString& current);
    [[nodiscard]] const std::vector<ProfileView>& profiles() const { return m_profiles; }
    [[nodiscard]] QList<QAction*> paletteActions() const;

Q_SIGNALS:
    void chosen(const QString& id);
    void addRequested();
    void editRequested(const QString& id);
    void removeRequested(const QString& id);

private:
    [[nodiscard]] const ProfileView* current() const;

    const Theme& m_theme;
    std::vector<ProfileView> m_profiles;
    QString m_current;
    QActionGroup* m_group;
    QAction* m_beforeRest;
    QAction* m_add;
    QAction* m_edit;
    QAction* m_remove;
};

} // namespace latchkey::ui

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProfileView.h"
#include "Theme.h"

#include <QAbstractButton>

namespace latchkey::ui {

class StateDot;
class TextLabel;

/// The profile that the window shows, as a button that opens the menu of all: its state, its name, and for a production
/// profile a stripe in its colour and the word.
class ProfileCard final : public QAbstractButton {
    Q_OBJECT

public:
    explicit ProfileCard(const Theme& theme, QWidget* parent = nullptr);

    void setProfile(const ProfileView& profile);
    void setState(Role dot, const QString& words);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void describe();

    const Theme& m_theme;
    ProfileView m_profile;
    TextLabel* m_name;
    TextLabel* m_state;
    TextLabel* m_production;
    StateDot* m_dot;
};

} // namespace latchkey::ui

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProfileView.h"

#include <QWidget>

namespace latchkey::ui {

class Theme;

/// A line in the profile's colour over the whole window, so that nobody mistakes production for the lab. The word stands
/// on the card and in the title.
class ProfileStripe final : public QWidget {
    Q_OBJECT

public:
    explicit ProfileStripe(const Theme& theme, QWidget* parent = nullptr);

    void setProfile(const ProfileView& profile);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    ProfileColour m_colour = ProfileColour::none;
};

} // namespace latchkey::ui

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProfileDraft.h"

#include "agent/base/SecretBytes.h"

#include <QWidget>

class QVBoxLayout;

namespace latchkey::ui {

class BusyIndicator;
class Button;
class SecretInput;
class TextLabel;
class Theme;

/// Where a profile's API token comes from, the button that tries it, and what the try found.
class ProfileTokenPanel final : public QWidget {
    Q_OBJECT

public:
    /// `kept`: there is one in the keychain, so the field may stay empty. `inEnvironment`: CLOUDFLARE_API_TOKEN is set.
    struct Facts {
        bool kept = false;
        bool inEnvironment = false;
    };
    ProfileTokenPanel(const Theme& theme, Facts facts, QWidget* parent = nullptr);

    enum class Source { none, typed, environment, kept };
    [[nodiscard]] Source source() const;
    [[nodiscard]] SecretBytes typed() const;
    void useEnvironment(bool use);

    void setBusy(bool busy);
    void showFindings(const std::vector<ProfileFinding>& findings);   ///< None: what stood there goes.
    void focusToken();

Q_SIGNALS:
    void changed();            ///< Another token: what was found holds no more.
    void testRequested();
    void pageRequested();      ///< Where API tokens are made.

private:
    void update();

    const Theme& m_theme;
    Facts m_facts;
    bool m_fromEnvironment = false;
    bool m_busy = false;
    SecretInput* m_token;
    TextLabel* m_hint;
    Button* m_environment;
    Button* m_test;
    BusyIndicator* m_busySign;
    QWidget* m_findings;
    QVBoxLayout* m_lines;
};

} // namespace latchkey::ui

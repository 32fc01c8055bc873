// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "ProfileDraft.h"

#include <QWidget>

namespace latchkey::ui {

class Button;
class TextField;
class Theme;

/// What few need of a profile, folded away until asked for: another API base, a CA file, one zone instead of the account.
class ProfileAdvanced final : public QWidget {
    Q_OBJECT

public:
    /// `usualBase` is what an empty field means.
    ProfileAdvanced(const Theme& theme, const QString& usualBase, QWidget* parent = nullptr);

    void setDraft(const ProfileDraft& draft);   ///< Opens when there is something to see.
    void fill(ProfileDraft& draft) const;
    void setCaFile(const QString& path);
    void setOpen(bool open);

Q_SIGNALS:
    void changed();            ///< Of what a try of the token depends on.
    void caFileRequested();    ///< The person wants to choose it among the files.
    void resized();

private:
    QString m_usualBase;
    Button* m_toggle;
    QWidget* m_body;
    TextField* m_apiBase;
    TextField* m_caFile;
    TextField* m_zone;
};

} // namespace latchkey::ui

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Icon.h"

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPixmap>

#include <span>

class QApplication;
class QPalette;

namespace latchkey::ui {

enum class Scheme { light, dark };

/// What a colour is for; never what it looks like.
enum class Role {
    window,           ///< Behind the header, filters, status line and dialogs.
    sidebar,
    surface,          ///< The table, cards, fields and buttons.
    codeSurface,      ///< Snippets and read-only fields.
    hover,
    selection,        ///< The selected row, the current page, a checked chip.
    hairline,
    controlBorder,
    text,
    mutedText,
    disabledText,
    accent,           ///< Fill of the primary button and of a ticked box.
    accentHover,
    onAccent,
    accentText,       ///< The accent as text: links, the current page, a checked chip.
    success,
    warning,
    warningSurface,
    danger,
    dangerSurface,
    onDanger,         ///< Text on a button that destroys, filled with `danger`.
    infoSurface,
};

/// The one place colours and font sizes come from. A table of roles for light and one for dark; switchable at run time.
/// Every widget holds a reference to it, so it outlives them all; GUI thread only.
class Theme final : public QObject {
    Q_OBJECT

public:
    explicit Theme(Scheme scheme = Scheme::light, QObject* parent = nullptr);

    [[nodiscard]] Scheme scheme() const { return m_scheme; }
    /// Repaints everything at once when it differs from the current one.
    void setScheme(Scheme scheme);

    /// What the desktop's accessibility settings ask for. In high contrast every text reads at 7:1 and hairlines are lines;
    /// with reduced motion nothing turns, slides or blinks.
    [[nodiscard]] bool isHighContrast() const { return m_highContrast; }
    void setHighContrast(bool high);
    [[nodiscard]] bool isMotionReduced() const { return m_motionReduced; }
    void setMotionReduced(bool reduced);

    /// Gives the application its style (over Fusion) and palette. Call once, before the first widget is shown.
    void applyTo(QApplication& application);

    [[nodiscard]] QColor color(Role role) const { return color(m_scheme, role, m_highContrast); }
    [[nodiscard]] static QColor color(Scheme scheme, Role role, bool highContrast = false);
    [[nodiscard]] QPalette palette() const;

    /// An icon in a role's colour, crisp at any scale; it follows later changes of the scheme.
    [[nodiscard]] QIcon icon(IconName name, Role role = Role::text) const;
    [[nodiscard]] QPixmap pixmap(IconName name, Role role, int size, qreal devicePixelRatio) const;

    /// Fonts relative to the application's. `caption` is for hints, `title` for a page's name, `code` is fixed-pitch.
    [[nodiscard]] static QFont captionFont();
    [[nodiscard]] static QFont headingFont();
    [[nodiscard]] static QFont titleFont();
    [[nodiscard]] static QFont codeFont();

    /// A text role together with a surface it is shown on, for the proof of contrast.
    struct Pair {
        Role text;
        Role surface;
    };
    [[nodiscard]] static std::span<const Pair> textPairs();

Q_SIGNALS:
    void changed();

private:
    void applyPalette();
    void change();

    Scheme m_scheme;
    bool m_highContrast = false;
    bool m_motionReduced = false;
    QApplication* m_application = nullptr;
};

/// The grid: every margin and gap is a multiple of it, in device-independent pixels.
inline constexpr int grid = 8;

} // namespace latchkey::ui

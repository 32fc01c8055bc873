// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "ClipboardGuard.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QMimeData>

#if defined(Q_OS_MACOS) && QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
#include <QUtiMimeConverter>
#endif

namespace latchkey::app {

namespace {

#if defined(Q_OS_MACOS) && QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
/// Lets the concealed mark of nspasteboard.org through under its own name.
class ConcealedType final : public QUtiMimeConverter {
public:
    QString mimeForUti(const QString& uti) const override { return uti == mark() ? mark() : QString(); }
    QString utiForMime(const QString& mime) const override { return mime == mark() ? mark() : QString(); }
    QVariant convertToMime(const QString&, const QList<QByteArray>& data, const QString&) const override { return data.value(0); }
    QList<QByteArray> convertFromMime(const QString&, const QVariant& data, const QString&) const override { return {data.toByteArray()}; }
    static QString mark() { return QStringLiteral("org.nspasteboard.ConcealedType"); }
};
#endif

void markConfidential(QMimeData& data)
{
#if defined(Q_OS_WIN)
    const QByteArray zero(4, '\0');
    data.setData(QStringLiteral("application/x-qt-windows-mime;value=\"ExcludeClipboardContentFromMonitorProcessing\""), QByteArray("1"));
    data.setData(QStringLiteral("application/x-qt-windows-mime;value=\"CanIncludeInClipboardHistory\""), zero);
    data.setData(QStringLiteral("application/x-qt-windows-mime;value=\"CanUploadToCloudClipboard\""), zero);
#elif defined(Q_OS_MACOS)
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    static const ConcealedType converter;
#endif
    data.setData(QStringLiteral("org.nspasteboard.ConcealedType"), QByteArray("1"));
#else
    data.setData(QStringLiteral("x-kde-passwordManagerHint"), QByteArray("secret"));
#endif
}

} // namespace

ClipboardGuard::ClipboardGuard(std::chrono::seconds lifetime, QObject* parent)
    : QObject(parent)
    , m_lifetime(lifetime)
{
    m_tick.setInterval(1000);
    connect(&m_tick, &QTimer::timeout, this, &ClipboardGuard::tick);
}

ClipboardGuard::~ClipboardGuard()
{
    m_tick.stop();
    if (m_digest && isOurs())
        QGuiApplication::clipboard()->clear();
}

void ClipboardGuard::putSecret(const SecretBytes& text)
{
    auto* data = new QMimeData;   // the clipboard owns it
    data->setText(QString::fromUtf8(text.reveal().data(), static_cast<qsizetype>(text.size())));
    markConfidential(*data);
    m_digest = base::sha256(text.reveal());
    m_since.start();
    QGuiApplication::clipboard()->setMimeData(data);
    m_tick.start();
    Q_EMIT countdown(left());
}

void ClipboardGuard::putPublic(const QString& text)
{
    QGuiApplication::clipboard()->setText(text);
    if (m_digest)
        forget();
}

void ClipboardGuard::clearIfOurs()
{
    if (!m_digest)
        return;
    if (isOurs())
        QGuiApplication::clipboard()->clear();
    forget();
}

std::optional<std::chrono::seconds> ClipboardGuard::left() const
{
    if (!m_digest)
        return std::nullopt;
    const auto passed = std::chrono::milliseconds(m_since.elapsed());
    // Rounded up, so that it starts at the full minute and ends at 1.
    return std::max(std::chrono::seconds(0), std::chrono::ceil<std::chrono::seconds>(m_lifetime - passed));
}

void ClipboardGuard::tick()
{
    if (!m_digest)
        return;
    if (!isOurs())
        forget();   // the person copied something else: theirs to keep
    else if (left() == std::chrono::seconds(0))
        clearIfOurs();
    else
        Q_EMIT countdown(left());
}

bool ClipboardGuard::isOurs() const
{
    // Only one who owns the selection can be asked without a wait for another program's answer.
    if (QGuiApplication::platformName() == QLatin1String("xcb") && !QGuiApplication::clipboard()->ownsClipboard())
        return false;
    QByteArray text = QGuiApplication::clipboard()->text().toUtf8();
    const bool ours = base::equalDigests(base::sha256({text.constData(), static_cast<std::size_t>(text.size())}), *m_digest);
    base::wipe(text);
    return ours;
}

void ClipboardGuard::forget()
{
    m_digest.reset();
    m_tick.stop();
    Q_EMIT countdown(std::nullopt);
}

} // namespace latchkey::app

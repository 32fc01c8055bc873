// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
// A developer's tool: renders every state of the ui room into PNG files, to be looked at.
//   ui_gallery --out DIR [--scheme dark] [--scale 2] [--lang de] [--rtl] [--long] [--font "Inter"] [--only main]
#include "Gallery.h"
#include "LongTexts.h"

#include "ui/CommandPalette.h"
#include "ui/EnglishPlurals.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QLocale>
#include <QPainter>
#include <QTextStream>
#include <QTimer>

using namespace latchkey::ui;
using namespace Qt::StringLiterals;

namespace {

/// The window, and over it what is open on top of it.
QImage grabWithDialogs(QWidget& widget)
{
    QImage image = widget.grab().toImage();
    const auto dialogs = widget.findChildren<QDialog*>();
    for (QDialog* dialog : dialogs) {
        if (!dialog->isVisible())
            continue;
        const QImage top = dialog->grab().toImage();
        QPainter painter(&image);
        const QPointF at((widget.width() - dialog->width()) / 2.0, qobject_cast<CommandPalette*>(dialog) ? 64 : (widget.height() - dialog->height()) / 2.0);
        painter.drawImage(at, top);
    }
    return image;
}

} // namespace

int main(int argc, char** argv)
{
    // The scale is read before the application exists.
    for (int i = 1; i + 1 < argc; ++i) {
        if (qstrcmp(argv[i], "--scale") == 0)
            qputenv("QT_SCALE_FACTOR", argv[i + 1]);
    }
    QApplication application(argc, argv);
    QCommandLineParser parser;
    const QCommandLineOption out(u"out"_s, u"Where the pictures go."_s, u"directory"_s, u"."_s);
    const QCommandLineOption scheme(u"scheme"_s, u"light or dark."_s, u"scheme"_s, u"light"_s);
    const QCommandLineOption scale(u"scale"_s, u"Scale factor."_s, u"factor"_s, u"1"_s);
    const QCommandLineOption lang(u"lang"_s, u"Locale of dates and numbers."_s, u"locale"_s, u"en_GB"_s);
    const QCommandLineOption font(u"font"_s, u"Font family."_s, u"family"_s);
    const QCommandLineOption rtl(u"rtl"_s, u"Right to left."_s);
    const QCommandLineOption longer(u"long"_s, u"Texts a third longer than English."_s);
    const QCommandLineOption only(u"only"_s, u"Pictures whose name has this."_s, u"text"_s);
    parser.addOptions({out, scheme, scale, lang, font, rtl, longer, only});
    parser.addHelpOption();
    parser.process(application);

    QLocale::setDefault(QLocale(parser.value(lang)));
    EnglishPlurals plurals;
    QCoreApplication::installTranslator(&plurals);
    LongTexts longTexts;
    if (parser.isSet(longer))
        QCoreApplication::installTranslator(&longTexts);
    QFont chosen = parser.isSet(font) ? QFont(parser.value(font)) : QApplication::font();
    chosen.setPointSizeF(9.75);
    QApplication::setFont(chosen);
    if (parser.isSet(rtl))
        QApplication::setLayoutDirection(Qt::RightToLeft);
    Theme theme(parser.value(scheme) == "dark"_L1 ? Scheme::dark : Scheme::light);
    theme.applyTo(application);

    QDir().mkpath(parser.value(out));
    std::vector<Picture> pictures = windowPictures();
    for (Picture& picture : dialogPictures())
        pictures.push_back(std::move(picture));
    for (Picture& picture : operationPictures())
        pictures.push_back(std::move(picture));
    int failed = 0;
    for (const Picture& picture : pictures) {
        if (parser.isSet(only) && !picture.name.contains(parser.value(only)))
            continue;
        const std::unique_ptr<QWidget> widget = picture.make(theme);
        widget->show();
        for (int i = 0; i < 5; ++i)
            QApplication::processEvents();
        const QString file = u"%1/%2-%3@%4x%5.png"_s.arg(parser.value(out), picture.name, parser.value(scheme), parser.value(scale),
                                                         parser.isSet(rtl) ? u"-rtl"_s : QString());
        if (!grabWithDialogs(*widget).save(file)) {
            QTextStream(stderr) << "cannot write " << file << Qt::endl;
            ++failed;
        }
    }
    return failed;
}

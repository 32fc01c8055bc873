// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "TokenQuery.h"

#include <QDate>
#include <QDateTime>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>

namespace latchkey::ui {

using namespace Qt::StringLiterals;
using access::TokenState;
using std::chrono::seconds;
using std::chrono::sys_seconds;

namespace {

bool hasWildcard(const QString& text)
{
    return text.contains(u'*') || text.contains(u'?');
}

/// `*` is any text, `?` one character; the whole of `text` has to fit.
bool fitsPattern(std::string_view text, std::string_view pattern)
{
    const auto charEnd = [&](std::size_t at) {
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80)   // the rest of a UTF-8 character
            ++at;
        return at;
    };
    std::size_t t = 0;
    std::size_t p = 0;
    std::optional<std::size_t> star;
    std::size_t starText = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            starText = t;
        } else if (p < pattern.size() && pattern[p] == '?') {
            t = charEnd(t);
            ++p;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++t;
            ++p;
        } else if (star) {
            p = *star + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

/// The day, month or year that `text` names.
std::optional<std::pair<QDate, QDate>> datesOf(const QString& text)
{
    static const QRegularExpression form(u"^(\\d{4})(?:-(\\d{1,2})(?:-(\\d{1,2}))?)?$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const int year = match.captured(1).toInt();
    const int month = match.captured(2).toInt();
    const int day = match.captured(3).toInt();
    const QDate first(year, match.hasCaptured(2) ? month : 1, match.hasCaptured(3) ? day : 1);
    if (!first.isValid())
        return std::nullopt;
    return std::pair(first, match.hasCaptured(3) ? first.addDays(1) : match.hasCaptured(2) ? first.addMonths(1) : first.addYears(1));
}

sys_seconds startOf(const QDate& day, const QTimeZone& zone)
{
    return sys_seconds(seconds(day.startOfDay(zone).toSecsSinceEpoch()));
}

std::optional<seconds> distanceOf(const QString& text)
{
    static const QRegularExpression form(u"^(\\d{1,5})([hdwy])$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return std::nullopt;
    const seconds::rep count = match.captured(1).toInt();
    switch (match.captured(2).at(0).unicode()) {
    case u'h': return seconds(count * 3600);
    case u'd': return seconds(count * 86400);
    case u'w': return seconds(count * 7 * 86400);
    default: return seconds(count * 365 * 86400);
    }
}

} // namespace

/// A term as it was written.
struct TokenQuery::Raw {
    qsizetype position = 0;
    qsizetype length = 0;
    bool negated = false;
    QString key;       ///< Empty: free text.
    QString value;
    bool quoted = false;
};

std::string TokenQuery::folded(const QString& text)
{
    return text.toCaseFolded().toStdString();
}

TokenQuery TokenQuery::parse(const QString& text, const QTimeZone& zone)
{
    TokenQuery query;
    qsizetype at = 0;
    while (at < text.size()) {
        if (text[at].isSpace()) {
            ++at;
            continue;
        }
        Raw raw;
        raw.position = at;
        if (text[at] == u'-') {
            raw.negated = true;
            ++at;
        }
        QString word;
        while (at < text.size() && !text[at].isSpace()) {
            if (text[at] == u'"') {
                // A quote that is not closed yet goes to the end: it is being typed.
                const qsizetype end = text.indexOf(u'"', at + 1);
                word += text.mid(at + 1, (end < 0 ? text.size() : end) - at - 1);
                at = end < 0 ? text.size() : end + 1;
                raw.quoted = true;
            } else if (text[at] == u':' && raw.key.isEmpty() && !raw.quoted && !word.isEmpty()
                       && std::ranges::all_of(word, [](QChar c) { return c.isLetter(); })) {
                raw.key = word;
                word.clear();
                ++at;
            } else {
                word += text[at++];
            }
        }
        raw.value = word;
        raw.length = at - raw.position;
        query.addTerm(raw, zone);
    }
    return query;
}

void TokenQuery::addTerm(const Raw& raw, const QTimeZone& zone)
{
    const QString key = raw.key.toLower();
    const QString value = key.isEmpty() ? raw.value : raw.value.trimmed();
    Term term;
    term.negated = raw.negated;
    QString wrong;
    const auto readText = [&](Field field, const QString& example) {
        term.field = field;
        term.text = folded(value);
        term.pattern = !raw.quoted && hasWildcard(value);
        if (value.isEmpty())
            wrong = tr("Write what to look for: %1").arg(example);
    };
    if (key.isEmpty()) {
        if (value.isEmpty())
            return;   // a lone minus or an empty quote, on its way to become a term
        term.text = folded(value);
    } else if (key == u"name"_s) {
        readText(Field::name, u"name:ci*"_s);
    } else if (key == u"app"_s) {
        readText(Field::app, u"app:grafana, app:none"_s);
        term.none = !raw.quoted && value.toLower() == u"none"_s;
    } else if (key == u"owner"_s) {
        readText(Field::owner, u"owner:ada, owner:none"_s);
        term.none = !raw.quoted && value.toLower() == u"none"_s;
    } else if (key == u"expires"_s || key == u"seen"_s) {
        term.field = key == u"seen"_s ? Field::seen : Field::expires;
        wrong = readTime(value.toLower(), term.field == Field::expires, zone, term);
    } else if (key == u"state"_s) {
        term.field = Field::state;
        wrong = readStates(value.toLower(), term);
    } else {
        wrong = tr("There is no “%1:”. Use name:, expires:, seen:, state:, app: or owner:, or quote the text to search for it as it is.").arg(raw.key);
    }
    if (wrong.isEmpty())
        m_terms.push_back(std::move(term));
    else if (!m_problem)
        m_problem = Problem{raw.position, raw.length, wrong};
}

QString TokenQuery::readTime(const QString& value, bool expires, const QTimeZone& zone, Term& term)
{
    const QString key = expires ? u"expires"_s : u"seen"_s;
    if (value == u"never"_s) {
        term.none = true;
        return {};
    }
    static const QRegularExpression form(u"^(<=|>=|<|>)?(.*)$"_s);
    const auto match = form.match(value);
    const QString sign = match.captured(1);
    const QString rest = match.captured(2);
    if (const auto distance = distanceOf(rest)) {
        if (sign.isEmpty())
            return expires ? tr("Write %1:<%2 for within that time, or %1:>%2 for later.").arg(key, rest)
                           : tr("Write %1:<%2 for within that time, or %1:>%2 for longer ago.").arg(key, rest);
        term.within = *distance;
        term.beyond = sign.startsWith(u'>');
        return {};
    }
    if (const auto dates = datesOf(rest)) {
        const sys_seconds first = startOf(dates->first, zone);
        const sys_seconds next = startOf(dates->second, zone);
        if (sign.isEmpty() || sign == u">="_s)
            term.from = first;
        else if (sign == u">"_s)
            term.from = next;
        if (sign.isEmpty() || sign == u"<="_s)
            term.to = next;
        else if (sign == u"<"_s)
            term.to = first;
        return {};
    }
    static const QRegularExpression number(u"^\\d{1,3}$"_s);
    if (number.match(rest).hasMatch())
        return tr("Say a unit: %1:%2%3d for days, or h, w, y for hours, weeks, years.").arg(key, sign.isEmpty() ? u"<"_s : sign, rest);
    return expires ? tr("Write a time or a date: expires:<30d, expires:>2027-01-01, expires:2027-03, expires:never")
                   : tr("Write a time or a date: seen:>30d, seen:<7d, seen:2027-03, seen:never");
}

QString TokenQuery::readStates(const QString& value, Term& term)
{
    const QStringList words = value.split(u',', Qt::SkipEmptyParts);
    for (const QString& word : words) {
        if (word == u"active"_s)
            term.states |= 1u << static_cast<unsigned>(TokenState::active);
        else if (word == u"expiring"_s)
            term.states |= 1u << static_cast<unsigned>(TokenState::expiresSoon);
        else if (word == u"expired"_s)
            term.states |= 1u << static_cast<unsigned>(TokenState::expired);
        else if (word == u"disabled"_s)
            term.states |= 1u << static_cast<unsigned>(TokenState::disabled);
        else
            return tr("A state is active, expiring, expired or disabled: state:expiring,expired");
    }
    return words.isEmpty() ? tr("A state is active, expiring, expired or disabled: state:expiring,expired") : QString();
}

bool TokenQuery::matches(const QuerySubject& subject, sys_seconds now) const
{
    for (const Term& term : m_terms) {
        if (holds(term, subject, now) == term.negated)
            return false;
    }
    return true;
}

bool TokenQuery::holds(const Term& term, const QuerySubject& subject, sys_seconds now)
{
    const auto fits = [&](std::string_view text) {
        return term.pattern ? fitsPattern(text, term.text) : text.find(term.text) != std::string_view::npos;
    };
    switch (term.field) {
    case Field::text: return subject.haystack.find(term.text) != std::string_view::npos;
    case Field::name: return fits(subject.name);
    case Field::owner: return term.none ? subject.owner.empty() : fits(subject.owner);
    case Field::app:
        return term.none ? subject.applications.empty()
                         : std::ranges::any_of(subject.applications, [&](const std::string* name) { return fits(*name); });
    case Field::state: return (term.states >> static_cast<unsigned>(access::stateAt(subject.token, now))) & 1u;
    case Field::expires:
    case Field::seen: break;
    }
    const bool expires = term.field == Field::expires;
    const std::optional<sys_seconds>& at = expires ? subject.token.expiresAt : subject.token.lastSeenAt;
    if (!at || term.none)
        return !at && term.none;
    if (term.within) {
        const seconds distance = expires ? *at - now : now - *at;
        if (term.beyond)
            return distance > *term.within;
        // What is over does not expire within any time; a clock that is behind may see a token in the future.
        return distance <= *term.within && (!expires || distance > seconds(0));
    }
    return (!term.from || *at >= *term.from) && (!term.to || *at < *term.to);
}

bool TokenQuery::dependsOnTime() const
{
    return std::ranges::any_of(m_terms, [](const Term& term) { return term.within || term.field == Field::state; });
}

bool TokenQuery::narrows(const TokenQuery& earlier) const
{
    return std::ranges::all_of(earlier.m_terms, [this](const Term& old) {
        return std::ranges::any_of(m_terms, [&](const Term& term) {
            if (term == old)
                return true;
            const bool grows = old.field == Field::text || (old.field == Field::name && !old.pattern);
            return grows && term.field == old.field && !term.pattern && !term.negated && !old.negated
                && term.text.find(old.text) != std::string::npos;
        });
    });
}

} // namespace latchkey::ui

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "Json.h"

#include <charconv>
#include <cmath>

namespace latchkey::base {

Json::Json(JsonArray value)
    : m_value(std::move(value))
{
}

Json::Json(JsonObject value)
    : m_value(std::move(value))
{
}

std::optional<bool> Json::asBool() const
{
    if (const bool* value = std::get_if<bool>(&m_value))
        return *value;
    return std::nullopt;
}

std::optional<std::int64_t> Json::asInteger() const
{
    const Number* number = std::get_if<Number>(&m_value);
    if (number == nullptr)
        return std::nullopt;
    std::int64_t value = 0;
    const char* end = number->text.data() + number->text.size();
    if (const auto read = std::from_chars(number->text.data(), end, value); read.ec == std::errc() && read.ptr == end)
        return value;
    // 1.0 and 1e3 are integers too, as far as a double holds them exactly.
    const auto real = asDouble();
    if (!real || std::trunc(*real) != *real || std::fabs(*real) >= 9007199254740992.0)
        return std::nullopt;
    return static_cast<std::int64_t>(*real);
}

std::optional<double> Json::asDouble() const
{
    const Number* number = std::get_if<Number>(&m_value);
    if (number == nullptr)
        return std::nullopt;
    double value = 0;
    const char* end = number->text.data() + number->text.size();
    const auto read = std::from_chars(number->text.data(), end, value);
    if (read.ec != std::errc() || read.ptr != end)
        return std::nullopt;
    return value;
}

std::string_view Json::numberText() const
{
    const Number* number = std::get_if<Number>(&m_value);
    return number != nullptr ? std::string_view(number->text) : std::string_view();
}

const Json* Json::find(std::string_view name) const
{
    if (const JsonObject* object = asObject()) {
        for (const auto& [key, value] : *object) {
            if (key == name)
                return &value;
        }
    }
    return nullptr;
}

Json& Json::set(std::string_view name, Json value)
{
    if (isNull())
        m_value = JsonObject{};
    JsonObject& object = std::get<JsonObject>(m_value);
    for (auto& [key, old] : object) {
        if (key == name) {
            old = std::move(value);
            return *this;
        }
    }
    object.emplace_back(std::string(name), std::move(value));
    return *this;
}

bool Json::remove(std::string_view name)
{
    JsonObject* object = asObject();
    return object != nullptr && std::erase_if(*object, [&](const auto& member) { return member.first == name; }) != 0;
}

void Json::push(Json value)
{
    if (isNull())
        m_value = JsonArray{};
    std::get<JsonArray>(m_value).push_back(std::move(value));
}

void appendJsonString(std::string& out, std::string_view text)
{
    static constexpr std::string_view hex = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        switch (c) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20) {
                out += "\\u00";
                out += hex[static_cast<unsigned char>(c) >> 4U];
                out += hex[static_cast<unsigned char>(c) & 15U];
            } else {
                out += c;
            }
        }
    }
    out += '"';
}

namespace {

void newLine(std::string& out, int indent, int level)
{
    if (indent > 0) {
        out += '\n';
        out.append(static_cast<std::size_t>(indent * level), ' ');
    }
}

void write(std::string& out, const Json& json, int indent, int level)
{
    if (const std::string* text = json.asString())
        return appendJsonString(out, *text);
    if (const auto value = json.asBool()) {
        out += *value ? "true" : "false";
        return;
    }
    const JsonArray* array = json.asArray();
    const JsonObject* object = json.asObject();
    if (array == nullptr && object == nullptr) {
        out += json.isNull() ? "null" : json.numberText();
        return;
    }
    const char close = array != nullptr ? ']' : '}';
    out += array != nullptr ? '[' : '{';
    bool first = true;
    const auto next = [&] {
        if (!first)
            out += ',';
        first = false;
        newLine(out, indent, level + 1);
    };
    if (array != nullptr) {
        for (const Json& item : *array) {
            next();
            write(out, item, indent, level + 1);
        }
    } else {
        for (const auto& [name, value] : *object) {
            next();
            appendJsonString(out, name);
            out += indent > 0 ? ": " : ":";
            write(out, value, indent, level + 1);
        }
    }
    if (!first)
        newLine(out, indent, level);
    out += close;
}

} // namespace

std::string Json::dump(int indent) const
{
    std::string out;
    write(out, *this, indent, 0);
    return out;
}

} // namespace latchkey::base

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Error.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace latchkey::base {

class Json;

/// Members in the order they were written. Small objects, so a list beats a map.
using JsonObject = std::vector<std::pair<std::string, Json>>;
using JsonArray = std::vector<Json>;

/// A JSON value. Numbers keep their text, so that 64-bit integers and unknown members survive a round trip unchanged.
class Json {
public:
    struct Number {
        std::string text;
        bool operator==(const Number&) const = default;
    };

    Json() = default;                                             ///< null
    Json(std::nullptr_t) { }
    Json(std::same_as<bool> auto value) : m_value(value) { }      // a pointer must not turn into true
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    Json(Integer value) : m_value(Number{std::to_string(value)}) { }
    Json(const char* value) : m_value(std::string(value)) { }
    Json(std::string value) : m_value(std::move(value)) { }
    Json(std::string_view value) : m_value(std::string(value)) { }
    Json(JsonArray value);
    Json(JsonObject value);
    static Json number(std::string text) { Json json; json.m_value = Number{std::move(text)}; return json; }
    static Json object() { return Json(JsonObject{}); }
    static Json array() { return Json(JsonArray{}); }

    [[nodiscard]] bool isNull() const { return std::holds_alternative<std::monostate>(m_value); }
    [[nodiscard]] bool isBool() const { return std::holds_alternative<bool>(m_value); }
    [[nodiscard]] bool isNumber() const { return std::holds_alternative<Number>(m_value); }
    [[nodiscard]] bool isString() const { return std::holds_alternative<std::string>(m_value); }
    [[nodiscard]] bool isArray() const { return std::holds_alternative<JsonArray>(m_value); }
    [[nodiscard]] bool isObject() const { return std::holds_alternative<JsonObject>(m_value); }

    // Each is nullopt / nullptr when the value is of another kind.
    [[nodiscard]] std::optional<bool> asBool() const;
    [[nodiscard]] std::optional<std::int64_t> asInteger() const;   ///< Only for a number that is one (1, 1.0, 1e3).
    [[nodiscard]] std::optional<double> asDouble() const;
    /// The number as it was written; empty when this is no number.
    [[nodiscard]] std::string_view numberText() const;
    [[nodiscard]] const std::string* asString() const { return std::get_if<std::string>(&m_value); }
    [[nodiscard]] const JsonArray* asArray() const { return std::get_if<JsonArray>(&m_value); }
    [[nodiscard]] const JsonObject* asObject() const { return std::get_if<JsonObject>(&m_value); }
    [[nodiscard]] std::string* asString() { return std::get_if<std::string>(&m_value); }
    [[nodiscard]] JsonArray* asArray() { return std::get_if<JsonArray>(&m_value); }
    [[nodiscard]] JsonObject* asObject() { return std::get_if<JsonObject>(&m_value); }

    /// The member of this object, or nullptr (also when this is no object).
    [[nodiscard]] const Json* find(std::string_view name) const;
    /// Sets or replaces a member; this must be an object (or null, which becomes one).
    Json& set(std::string_view name, Json value);
    /// Removes a member; false if there was none.
    bool remove(std::string_view name);
    /// Appends; this must be an array (or null, which becomes one).
    void push(Json value);

    /// Compact UTF-8 text; `indent` > 0 writes a member a line.
    [[nodiscard]] std::string dump(int indent = 0) const;

    bool operator==(const Json&) const = default;

private:
    std::variant<std::monostate, bool, Number, std::string, JsonArray, JsonObject> m_value;
};

struct JsonLimits {
    std::size_t bytes = 4U << 20U;
    int depth = 64;
};

/// RFC 8259, strictly: refuses duplicate members (after unescaping), bytes that are not UTF-8, lone surrogates,
/// control characters in strings, and anything after the value. The error names the byte's offset, never the text.
[[nodiscard]] Result<Json> parseJson(std::string_view text, JsonLimits limits = {});

/// Appends `text` as a JSON string, quotes included.
void appendJsonString(std::string& out, std::string_view text);

} // namespace latchkey::base

namespace latchkey {
using base::Json;
using base::JsonArray;
using base::JsonObject;
using base::parseJson;
} // namespace latchkey

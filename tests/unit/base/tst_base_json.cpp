// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/Json.h"

#include "TestProgram.h"

#include <QTest>

#include <cstdint>
#include <limits>
#include <optional>
#include <type_traits>

namespace tst_base_json {

using namespace latchkey;

// A pointer that turned into `true` would be a mistake that nobody sees.
static_assert(!std::is_constructible_v<Json, int*>);
static_assert(!std::is_constructible_v<Json, const void*>);
static_assert(std::is_constructible_v<Json, std::size_t>);
static_assert(std::is_constructible_v<Json, long long>);
static_assert(std::is_constructible_v<Json, unsigned long long>);

namespace {

QByteArray text(const std::string& utf8)
{
    return QByteArray::fromStdString(utf8);
}

} // namespace

class TestJson : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void kindsAreToldApart();
    void readsNumbersAsIntegers_data();
    void readsNumbersAsIntegers();
    void readsNumbersAsDoubles();
    void setsFindsAndRemovesMembers();
    void writesStrings_data();
    void writesStrings();
    void writesIndented();
    void numbersKeepTheirText();
};

void TestJson::kindsAreToldApart()
{
    QVERIFY(Json().isNull());
    QVERIFY(Json(nullptr).isNull());
    QVERIFY(Json(true).isBool());
    QVERIFY(Json(1).isNumber());
    QVERIFY(Json(std::size_t(1)).isNumber());
    QVERIFY(Json("text").isString());
    QVERIFY(Json(std::string("text")).isString());
    QVERIFY(Json(std::string_view("text")).isString());
    QVERIFY(Json::array().isArray());
    QVERIFY(Json::object().isObject());

    QCOMPARE(Json(false).asBool(), std::optional(false));
    QVERIFY(!Json(0).asBool());
    QVERIFY(!Json("1").asInteger());
    QVERIFY(!Json(true).asInteger());
    QVERIFY(Json(1).asString() == nullptr);
    QVERIFY(Json().asArray() == nullptr);
    QVERIFY(Json::array().asObject() == nullptr);
    QVERIFY(Json("x").find("x") == nullptr);
    QVERIFY(Json("x").numberText().empty());
}

void TestJson::readsNumbersAsIntegers_data()
{
    QTest::addColumn<QByteArray>("number");
    QTest::addColumn<bool>("isInteger");
    QTest::addColumn<qint64>("value");
    const auto row = [](const char* number, std::optional<qint64> value) {
        QTest::newRow(number) << QByteArray(number) << value.has_value() << value.value_or(0);
    };
    row("0", 0);
    row("-0", 0);
    row("-1", -1);
    row("9223372036854775807", std::numeric_limits<qint64>::max());
    row("-9223372036854775808", std::numeric_limits<qint64>::min());
    row("9223372036854775808", std::nullopt);
    row("-9223372036854775809", std::nullopt);
    row("1.0", 1);
    row("1e3", 1000);
    row("1E+3", 1000);
    row("10e-1", 1);
    row("1.5", std::nullopt);
    row("1e-1", std::nullopt);
    row("9007199254740991.0", 9007199254740991);
    row("9007199254740993.0", std::nullopt);   // a double would silently make ...992 of it
    row("1e18", std::nullopt);
    row("1e999", std::nullopt);
    row("1e-999", std::nullopt);
}

void TestJson::readsNumbersAsIntegers()
{
    QFETCH(const QByteArray, number);
    QFETCH(const bool, isInteger);
    QFETCH(const qint64, value);
    const auto json = parseJson(number.toStdString());
    QVERIFY(json);
    QCOMPARE(json->asInteger().has_value(), isInteger);
    QCOMPARE(json->asInteger().value_or(0), std::int64_t(value));
}

void TestJson::readsNumbersAsDoubles()
{
    QCOMPARE(parseJson("0.1")->asDouble().value_or(0), 0.1);
    QCOMPARE(parseJson("-1.5e3")->asDouble().value_or(0), -1500.0);
    QCOMPARE(parseJson("12345678901234567890")->asDouble().value_or(0), 12345678901234567890.0);
    QVERIFY(!parseJson("1e999")->asDouble());
    QVERIFY(!parseJson("\"1\"")->asDouble());
}

void TestJson::setsFindsAndRemovesMembers()
{
    Json json;
    json.set("b", 1).set("a", "x").set("b", 2);
    QCOMPARE(text(json.dump()), QByteArray(R"({"b":2,"a":"x"})"));
    QVERIFY(json.find("b") != nullptr && json.find("c") == nullptr);
    QVERIFY(json.remove("b"));
    QVERIFY(!json.remove("b"));
    QCOMPARE(text(json.dump()), QByteArray(R"({"a":"x"})"));

    Json list;
    list.push(1);
    list.push(Json());
    QCOMPARE(text(list.dump()), QByteArray("[1,null]"));
    QVERIFY(!list.remove("a"));
}

void TestJson::writesStrings_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("written");
    QTest::newRow("plain") << QByteArray("abc") << QByteArray("\"abc\"");
    QTest::newRow("quote and backslash") << QByteArray("a\"b\\c") << QByteArray(R"("a\"b\\c")");
    QTest::newRow("line ends and tab") << QByteArray("a\r\n\tb") << QByteArray(R"("a\r\n\tb")");
    QTest::newRow("zero") << QByteArray(1, '\0') << QByteArray(R"("\u0000")");
    QTest::newRow("escape character") << QByteArray("\x1b[31m") << QByteArray(R"("\u001b[31m")");
    QTest::newRow("slash stays") << QByteArray("https://a/b") << QByteArray("\"https://a/b\"");
    QTest::newRow("UTF-8 stays") << QByteArray("\xc3\xa9") << QByteArray("\"\xc3\xa9\"");
}

void TestJson::writesStrings()
{
    QFETCH(const QByteArray, value);
    QFETCH(const QByteArray, written);
    QCOMPARE(text(Json(value.toStdString()).dump()), written);
    QCOMPARE(text(*parseJson(written.toStdString())->asString()), value);
}

void TestJson::writesIndented()
{
    const auto json = parseJson(R"({"a":[1,{"b":null}],"c":[],"d":{}})").value();
    QCOMPARE(text(json.dump(2)), QByteArray("{\n"
                                            "  \"a\": [\n"
                                            "    1,\n"
                                            "    {\n"
                                            "      \"b\": null\n"
                                            "    }\n"
                                            "  ],\n"
                                            "  \"c\": [],\n"
                                            "  \"d\": {}\n"
                                            "}"));
}

void TestJson::numbersKeepTheirText()
{
    const auto json = parseJson("[1.10,1e2,-0,18446744073709551616]").value();
    QCOMPARE(text(json.dump()), QByteArray("[1.10,1e2,-0,18446744073709551616]"));
    QCOMPARE(text(Json(std::numeric_limits<std::uint64_t>::max()).dump()), QByteArray("18446744073709551615"));
    QCOMPARE(text(Json(std::numeric_limits<std::int64_t>::min()).dump()), QByteArray("-9223372036854775808"));
}

LATCHKEY_TEST(TestJson)

} // namespace tst_base_json

#include "tst_base_json.moc"

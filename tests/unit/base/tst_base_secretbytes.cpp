// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "agent/base/SecretBytes.h"

#include "TestProgram.h"

#include <QByteArray>
#include <QTest>

#include <cstdlib>
#include <cstring>
#include <new>
#include <ostream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using namespace latchkey;

namespace {

/// Watches what this program gives back to the heap: the last moment at which a block may be looked at.
struct HeapWatch {
    static constexpr char mark = '\xA7';   // secrets of this test consist of it; nothing else has such a run
    static constexpr std::size_t size = 48;

    bool armed = false;
    int released = 0;    // blocks of at least `size` bytes, while armed
    int leaked = 0;      // those that still held a run of the secret
};

HeapWatch& watch()
{
    static HeapWatch instance;
    return instance;
}

// Each block has its size in front, because a deallocation does not always say it.
constexpr std::size_t headSize = alignof(std::max_align_t);

void* take(std::size_t size)
{
    auto* block = static_cast<char*>(std::malloc(size + headSize));
    if (block == nullptr)
        throw std::bad_alloc();
    std::memcpy(block, &size, sizeof size);
    return block + headSize;
}

void giveBack(void* memory) noexcept
{
    if (memory == nullptr)
        return;
    char* const block = static_cast<char*>(memory) - headSize;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    HeapWatch& heap = watch();
    if (heap.armed && size >= HeapWatch::size) {
        ++heap.released;
        const auto* bytes = static_cast<const char*>(memory);
        std::size_t run = 0;
        for (std::size_t i = 0; i < size && run < 16; ++i)
            run = bytes[i] == HeapWatch::mark ? run + 1 : 0;
        heap.leaked += run >= 16 ? 1 : 0;
    }
    std::free(block);
}

} // namespace

// The whole program's heap, so that nothing SecretBytes does inside escapes the watch.
void* operator new(std::size_t size) { return take(size); }
void* operator new[](std::size_t size) { return take(size); }
void operator delete(void* memory) noexcept { giveBack(memory); }
void operator delete[](void* memory) noexcept { giveBack(memory); }
void operator delete(void* memory, std::size_t) noexcept { giveBack(memory); }
void operator delete[](void* memory, std::size_t) noexcept { giveBack(memory); }

namespace {

std::string_view secretText()
{
    static const auto* text = new std::string(HeapWatch::size, HeapWatch::mark);   // never given back
    return *text;
}

/// Watches the heap from here to the end of the scope.
class Watching {
public:
    Watching() { watch() = HeapWatch{.armed = true}; }
    ~Watching() { watch().armed = false; }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;
};

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };

// Mistakes that must not compile.
static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::is_copy_assignable_v<SecretBytes>);
static_assert(!std::is_convertible_v<SecretBytes, std::string>);
static_assert(!std::is_convertible_v<SecretBytes, std::string_view>);
static_assert(!std::is_convertible_v<SecretBytes, QByteArray>);
static_assert(!std::is_convertible_v<std::string, SecretBytes>);
static_assert(!Printable<SecretBytes>);
static_assert(std::is_nothrow_move_constructible_v<SecretBytes>);
static_assert(std::is_nothrow_move_assignable_v<SecretBytes>);

} // namespace

class TestSecretBytes : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void theWatchSeesALeak();
    void wipesWhatItGivesBack_data();
    void wipesWhatItGivesBack();
    void holdsWhatItWasGiven();
    void movingLeavesNothingBehind();
    void appendsItsOwnBytes();
    void compares_data();
    void compares();
    void wipeReachesEveryByte();
    void wipesContainers();
};

void TestSecretBytes::theWatchSeesALeak()
{
    // Without this the other tests could pass because nothing is watched.
    const Watching watching;
    {
        const std::string careless(secretText());
        Q_UNUSED(careless)
    }
    QCOMPARE(watch().leaked, 1);
}

void TestSecretBytes::wipesWhatItGivesBack_data()
{
    using Act = void (*)();
    QTest::addColumn<Act>("act");
    const auto row = [](const char* name, Act act) { QTest::newRow(name) << act; };
    row("going out of scope", [] { const SecretBytes secret(secretText()); });
    row("clearing", [] { SecretBytes secret(secretText()); secret.clear(); });
    row("growing", [] {
        SecretBytes secret(secretText());
        for (int i = 0; i < 20; ++i)
            secret.append(secretText());
    });
    row("growing from nothing", [] { SecretBytes secret; secret.append(secretText()); });
    row("moving", [] { SecretBytes secret(secretText()); const SecretBytes other(std::move(secret)); });
    row("moving onto another", [] {
        SecretBytes secret(secretText());
        SecretBytes other(secretText());
        other = std::move(secret);
    });
    row("moving nothing onto it", [] { SecretBytes secret(secretText()); secret = SecretBytes(); });
    row("cloning", [] {
        const SecretBytes secret(secretText());
        const SecretBytes other = secret.clone();
    });
    row("an exception passing", [] {
        try {
            const SecretBytes secret(secretText());
            throw 1;
        } catch (int) {
        }
    });
}

void TestSecretBytes::wipesWhatItGivesBack()
{
    using Act = void (*)();
    QFETCH(const Act, act);
    {
        const Watching watching;
        act();
    }
    QVERIFY2(watch().released > 0, "no block was given back, so nothing was seen");
    QCOMPARE(watch().leaked, 0);
}

void TestSecretBytes::holdsWhatItWasGiven()
{
    const std::string bytes("a\0b\xff", 4);
    const SecretBytes secret(bytes);
    QCOMPARE(secret.size(), std::size_t(4));
    QVERIFY(secret.reveal() == bytes);
    QVERIFY(SecretBytes(std::as_bytes(std::span(bytes))).equals(secret));
    const SecretBytes copy = secret.clone();
    QVERIFY(copy.equals(secret));
    QVERIFY(copy.reveal().data() != secret.reveal().data());
    QVERIFY(SecretBytes().isEmpty());
    QVERIFY(SecretBytes(std::string_view()).isEmpty());
    QVERIFY(SecretBytes().reveal().empty());
}

void TestSecretBytes::movingLeavesNothingBehind()
{
    SecretBytes secret(std::string_view("secret"));
    SecretBytes other(std::move(secret));
    QVERIFY(secret.isEmpty());   // NOLINT: this is what is tested
    QVERIFY(other.equals("secret"));
    SecretBytes third(std::string_view("older"));
    third = std::move(other);
    QVERIFY(other.isEmpty());   // NOLINT
    QVERIFY(third.equals("secret"));
    SecretBytes& same = third;
    third = std::move(same);
    QVERIFY(third.equals("secret"));
    third.clear();
    QVERIFY(third.isEmpty());
    third.append("again");
    QVERIFY(third.equals("again"));
}

void TestSecretBytes::appendsItsOwnBytes()
{
    SecretBytes secret(std::string_view("ab"));
    secret.append(secret.reveal());
    secret.append("");
    secret.append({});
    QVERIFY(secret.equals("abab"));
}

void TestSecretBytes::compares_data()
{
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("right");
    QTest::addColumn<bool>("equal");
    QTest::newRow("same") << QByteArray("secret") << QByteArray("secret") << true;
    QTest::newRow("both empty") << QByteArray() << QByteArray() << true;
    QTest::newRow("one empty") << QByteArray("secret") << QByteArray() << false;
    QTest::newRow("prefix") << QByteArray("secret") << QByteArray("secre") << false;
    QTest::newRow("longer") << QByteArray("secret") << QByteArray("secrets") << false;
    QTest::newRow("first differs") << QByteArray("secret") << QByteArray("Secret") << false;
    QTest::newRow("last differs") << QByteArray("secret") << QByteArray("secreT") << false;
    QTest::newRow("behind a zero byte") << QByteArray("a\0b", 3) << QByteArray("a\0c", 3) << false;
}

void TestSecretBytes::compares()
{
    QFETCH(const QByteArray, left);
    QFETCH(const QByteArray, right);
    QFETCH(const bool, equal);
    const SecretBytes secret(std::string_view(left.data(), std::size_t(left.size())));
    const std::string_view other(right.data(), std::size_t(right.size()));
    QCOMPARE(secret.equals(other), equal);
    QCOMPARE(secret.equals(SecretBytes(other)), equal);
}

void TestSecretBytes::wipeReachesEveryByte()
{
    char buffer[67];
    for (std::size_t size = 0; size <= sizeof buffer; ++size) {
        std::memset(buffer, HeapWatch::mark, sizeof buffer);
        base::wipe(static_cast<void*>(buffer), size);
        for (std::size_t i = 0; i < sizeof buffer; ++i)
            QCOMPARE(buffer[i] == HeapWatch::mark, i >= size);
    }
}

void TestSecretBytes::wipesContainers()
{
    {
        const Watching watching;
        std::string text(secretText());
        base::wipe(text);
        QVERIFY(text.empty());
        std::vector<char> list(secretText().begin(), secretText().end());
        base::wipe(list);
        QVERIFY(list.empty());
    }
    QVERIFY(watch().released >= 2);
    QCOMPARE(watch().leaked, 0);

    QByteArray array(40, 's');
    base::wipe(array);
    QVERIFY(array.isEmpty());
    std::string shortText = "short";
    const char* const inside = shortText.data();
    base::wipe(shortText);
    QVERIFY(shortText.empty());
    QCOMPARE(shortText.data(), inside);
}

LATCHKEY_TEST(TestSecretBytes)

#include "tst_base_secretbytes.moc"

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QIODevice>

#include <string>

namespace latchkey::client {

/// A request's body that can be sent once. Qt Network sends a request again by itself when the connection closes before
/// the answer, whatever its method; it rewinds the body for that, and a body that cannot be rewound is how to forbid it.
/// So a write that may have happened is never sent twice. Wipes its bytes when it goes.
class OneShotBody final : public QIODevice {
    Q_OBJECT
public:
    explicit OneShotBody(std::string bytes, QObject* parent = nullptr);
    ~OneShotBody() override;

    [[nodiscard]] bool isSequential() const override { return false; }   // of known size, so that Qt need not buffer it
    [[nodiscard]] qint64 size() const override { return static_cast<qint64>(m_bytes.size()); }
    bool reset() override { return false; }
    bool seek(qint64 position) override { return position == pos(); }

protected:
    qint64 readData(char* data, qint64 maximum) override;
    qint64 writeData(const char* data, qint64 length) override;

private:
    std::string m_bytes;
    std::size_t m_read = 0;
};

} // namespace latchkey::client

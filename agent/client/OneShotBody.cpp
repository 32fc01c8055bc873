// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "OneShotBody.h"

#include "agent/base/SecretBytes.h"

#include <algorithm>

namespace latchkey::client {

OneShotBody::OneShotBody(std::string bytes, QObject* parent)
    : QIODevice(parent)
    , m_bytes(std::move(bytes))
{
    open(QIODevice::ReadOnly | QIODevice::Unbuffered);
}

OneShotBody::~OneShotBody()
{
    base::wipe(m_bytes);
}

qint64 OneShotBody::readData(char* data, qint64 maximum)
{
    const auto count = std::min(static_cast<std::size_t>(std::max<qint64>(maximum, 0)), m_bytes.size() - m_read);
    m_bytes.copy(data, count, m_read);
    m_read += count;
    return static_cast<qint64>(count);
}

qint64 OneShotBody::writeData(const char*, qint64)
{
    return -1;
}

} // namespace latchkey::client

// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "Stream.h"

#include <boost/system/error_code.hpp>

namespace latchkey::http {

/// A file descriptor held in reserve: when the process has no other left, it is given up for a moment so that a waiting
/// connection can be accepted and closed. Does nothing where sockets are no file descriptors.
class SpareDescriptor {
public:
    SpareDescriptor() { acquire(); }
    ~SpareDescriptor() { release(); }
    SpareDescriptor(const SpareDescriptor&) = delete;
    SpareDescriptor& operator=(const SpareDescriptor&) = delete;

    /// Accepts the one who waits first and closes; `acceptor` does not block.
    void turnAway(Acceptor& acceptor);

private:
    void acquire();
    void release();

    int m_descriptor = -1;
};

/// Whether there was nothing left to accept a connection with.
[[nodiscard]] bool isOutOfDescriptors(const boost::system::error_code& error);

/// Lets this process have as many file descriptors as the system allows it to ask for.
void raiseDescriptorLimit();

} // namespace latchkey::http

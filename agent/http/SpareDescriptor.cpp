// SPDX-FileCopyrightText: Latchkey contributors
// SPDX-License-Identifier: Apache-2.0
#include "SpareDescriptor.h"

#include <boost/asio/error.hpp>

#ifndef _WIN32
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#endif

namespace latchkey::http {

#ifdef _WIN32

void SpareDescriptor::acquire() { }
void SpareDescriptor::release() { }
void raiseDescriptorLimit() { }

#else

void SpareDescriptor::acquire()
{
    if (m_descriptor < 0)
        m_descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void SpareDescriptor::release()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
}

void raiseDescriptorLimit()
{
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

#endif

void SpareDescriptor::turnAway(Acceptor& acceptor)
{
    release();
    boost::system::error_code ignored;
    Socket refused(acceptor.get_executor());
    acceptor.accept(refused, ignored);
    refused.close(ignored);
    acquire();
}

bool isOutOfDescriptors(const boost::system::error_code& error)
{
    namespace asio = boost::asio;
    return error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system
        || error == asio::error::no_memory || error == asio::error::no_buffer_space;
}

} // namespace latchkey::http

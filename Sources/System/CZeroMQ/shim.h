/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CZEROMQ_SHIM_H
#define JACKFIELD_CZEROMQ_SHIM_H
#include <zmq.h>
#endif

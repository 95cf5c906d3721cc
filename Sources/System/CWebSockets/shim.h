/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CWEBSOCKETS_SHIM_H
#define JACKFIELD_CWEBSOCKETS_SHIM_H
#include <libwebsockets.h>
#endif

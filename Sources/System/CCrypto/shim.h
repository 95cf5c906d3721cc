/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CCRYPTO_SHIM_H
#define JACKFIELD_CCRYPTO_SHIM_H
#include <openssl/err.h>
#include <openssl/evp.h>
#endif

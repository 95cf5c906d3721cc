/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JACKFIELD_CCRYPTO_SHIM_H
#define JACKFIELD_CCRYPTO_SHIM_H
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#endif

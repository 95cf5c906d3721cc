// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

/// Bytes that do not pack.
func randomBytes(_ count: Int) throws -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  let descriptor = open("/dev/urandom", O_RDONLY)
  defer { close(descriptor) }
  try #require(read(descriptor, &bytes, count) == count)
  return bytes
}

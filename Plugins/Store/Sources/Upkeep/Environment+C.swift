// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A variable of the process's environment, nil when it is not set or empty.
func environment(_ name: String) -> String? {
  guard let value = unsafe getenv(name), unsafe value[0] != 0 else { return nil }
  return unsafe String(cString: value)
}

// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Looks a variable of the process's environment up.
func environmentVariable(_ name: String) -> String? {
  guard let value = unsafe getenv(name) else { return nil }
  return unsafe String(cString: value)
}

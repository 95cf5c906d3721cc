// SPDX-License-Identifier: Apache-2.0

import Glibc

struct PythonFailed: Error { let status: Int32 }

/// Runs a few lines of Python and waits for their end.
func run(_ script: String, _ argument: String) throws {
  let words: [String] = ["python3", "-c", script, argument]
  var arguments = words.map { strdup($0) } + [nil]
  defer { for argument in arguments { free(argument) } }
  var child = pid_t()
  var status: Int32 = 0
  guard posix_spawnp(&child, "python3", nil, nil, &arguments, environ) == 0, waitpid(child, &status, 0) == child, status == 0 else {
    throw PythonFailed(status: status)
  }
}

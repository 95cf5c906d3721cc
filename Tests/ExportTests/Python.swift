// SPDX-License-Identifier: Apache-2.0

import Glibc
import PluginSDK

struct PythonFailed: Error { let status: Int32 }

/// Runs a few lines of Python and waits for their end, on a thread of its own.
func run(_ script: String, _ argument: String) async throws {
  let status: Int32 = await withCheckedContinuation { waiter in
    OwnedThread.start(name: "python") { waiter.resume(returning: wait(for: ["python3", "-c", script, argument])) }?.detach()
  }
  guard status == 0 else { throw PythonFailed(status: status) }
}

private func wait(for words: [String]) -> Int32 {
  var arguments = words.map { strdup($0) } + [nil]
  defer { for argument in arguments { free(argument) } }
  var child = pid_t()
  var status: Int32 = 0
  guard posix_spawnp(&child, "python3", nil, nil, &arguments, environ) == 0, waitpid(child, &status, 0) == child else { return -1 }
  return status
}

// SPDX-License-Identifier: Apache-2.0

/// Why a request is not answered with a result; the caller sees the text behind "VSCode request failed: ".
struct RequestFailure: Error, Sendable, Hashable {
  let message: String

  init(_ message: String) { self.message = message }
}

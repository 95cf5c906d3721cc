// SPDX-License-Identifier: Apache-2.0

/// The verb was understood and could not be carried out.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
  let status: Int32

  init(_ description: String, status: Int32 = SystemExit.failed) {
    self.description = description
    self.status = status
  }
}

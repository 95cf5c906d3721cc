// SPDX-License-Identifier: Apache-2.0

/// Why the control door could not be opened, in a sentence.
package struct ControlDoorError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

// SPDX-License-Identifier: Apache-2.0

/// What the operating system refused, in one sentence.
struct SystemError: Error, CustomStringConvertible {
  let description: String
}

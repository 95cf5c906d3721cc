// SPDX-License-Identifier: Apache-2.0

/// What the bytes of a payload are: the contract's `JF_CONTENT_*`, an open set.
package struct Content: RawRepresentable, Sendable, Hashable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  package static let json = Content(rawValue: 1)
  package static let bytes = Content(rawValue: 2)
  package static let cbor = Content(rawValue: 3)
}

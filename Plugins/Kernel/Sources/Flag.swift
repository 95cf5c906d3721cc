// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A yes or no that some set and any may look at.
final class Flag: Sendable {
  private let value = Atomic(false)

  var isRaised: Bool {
    get { value.load(ordering: .acquiring) }
    set { value.store(newValue, ordering: .releasing) }
  }
}

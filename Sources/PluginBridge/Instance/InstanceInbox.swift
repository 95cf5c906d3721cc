// SPDX-License-Identifier: Apache-2.0
// The inbox as other modules use it: here the generic queue is specialised, there it would not be.

package typealias InstanceInbox = BlockingQueue<InstanceWork>

extension BlockingQueue where Element == InstanceWork {
  /// Puts one thing at the end. Returns false when the inbox is closed.
  @discardableResult
  package func post(_ work: InstanceWork) -> Bool { put(work) }

  /// As `take`.
  package func next(until deadline: UInt64?) -> InstanceWork? { take(until: deadline) }
}

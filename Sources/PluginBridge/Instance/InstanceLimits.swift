// SPDX-License-Identifier: Apache-2.0

/// How much an instance may hand over at once.
package struct InstanceLimits: Sendable, Equatable {
  /// Bytes of a result and of one chunk.
  package var payloadBytes = 16 << 20
  /// Bytes of one event.
  package var eventBytes = 64 << 20

  package init() {}
}

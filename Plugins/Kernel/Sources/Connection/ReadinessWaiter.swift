// SPDX-License-Identifier: Apache-2.0

/// Somebody who waits until a kernel is ready.
struct ReadinessWaiter: Sendable {
  let id: UInt64
  let limit: Duration
  let deadline: ContinuousClock.Instant
  let continuation: CheckedContinuation<[UInt8], any Error>
}

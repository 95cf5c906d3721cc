// SPDX-License-Identifier: Apache-2.0

/// How a kernel is begun again.
enum RestartWay: Sendable, Hashable {
  /// It is ended, and another begun after the same plan.
  case anew
  /// Whoever runs it does that, under the id it has there.
  case inPlace
  /// Not at all: it is somebody else's.
  case never
}

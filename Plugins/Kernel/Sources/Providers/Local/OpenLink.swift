// SPDX-License-Identifier: Apache-2.0

/// Opens a conversation with the kernel at an address.
///
/// - Parameters:
///   - connection: Where it listens.
///   - session: Ours.
///   - isAttached: Whether it is nobody's process here, so that the connection must tell of its end.
///   - sink: Gets the events.
typealias OpenLink =
  @Sendable (
    _ connection: ConnectionInfo, _ session: String, _ isAttached: Bool, _ sink: @escaping @Sendable (LinkEvent) -> Void
  ) async throws -> any KernelLink

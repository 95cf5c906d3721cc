// SPDX-License-Identifier: Apache-2.0

extension KernelLinks {
  /// Opens conversations over these links.
  var opener: OpenLink {
    { connection, session, isAttached, sink in
      try await self.open(LinkTerms(connection: connection, session: session, isAttached: isAttached), to: sink)
    }
  }
}

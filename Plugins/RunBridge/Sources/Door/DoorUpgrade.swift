// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import WebSockets

/// Decides who gets a WebSocket: whoever shows the token and the session of a run that lives.
struct DoorUpgrade: Sendable {
  let hall: DoorHall

  /// How the fragile readers of scripts want it: nothing is said before their first message, and no goodbye.
  static let options = WebServerSocketOptions(waitsForFirstMessage: true, skipsTooLarge: true, endsWithReset: true)

  func decide(_ head: WebServerHead) -> WebUpgradeDecision {
    guard let number = hall.nextNumber() else { return .refuse(WebServerResponse(503, text: "the bridge is closing\n")) }
    let shown = DoorCredentials(head, takesQuery: true)
    guard let token = shown.token, let session = shown.session,
      let caller = hall.partners.authority.caller(token: token, session: session, connection: number)
    else {
      hall.count { $0.unauthorized += 1 }
      hall.log?.debug("connection refused: its token or session is of no run that lives", ["path": head.path])
      return .refuse(Self.unauthorized)
    }
    return .accept(options: Self.options) { [hall] socket in hall.enter(socket, caller, number) }
  }

  private static let unauthorized = WebServerResponse(
    401, headers: [WebHeader("Content-Type", "text/plain; charset=utf-8"), WebHeader("WWW-Authenticate", "Bearer")],
    body: Array("Unauthorized\n".utf8))
}

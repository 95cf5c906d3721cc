// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import Synchronization
import WebSockets

@testable import Dashboard

/// A door with the real page behind it, and a clock that tests turn.
final class OpenDoor: Sendable {
  let parts: DoorParts
  let door: PageDoor
  let clock: TurnedClock
  var port: Int {
    if case .port(let port, _) = door.place { port } else { 0 }
  }

  /// Tells what it was asked, and by whom.
  struct Echo: PageRoute {
    func answer(_ request: PageRequest, with responder: WebResponder) {
      let path: JSONValue = .array(request.path.map { .string($0) })
      responder.send(
        PageAnswer.json(["path": path, "read_only": .bool(request.session.isReadOnly), "size": .integer(Int64(request.whole.body.count))]))
    }
  }

  init(_ change: (inout DashboardSettings) -> Void = { _ in }, files: WebFiles? = nil, second: Int = 0) throws {
    var settings = DashboardSettings()
    settings.port = 0
    change(&settings)
    let clock = TurnedClock()
    self.clock = clock
    let codes = SignInCodes(lifetime: .seconds(settings.codeMinutes * 60), now: { clock.instant })
    parts = try DoorParts(settings, files: files ?? OpenDoor.page, place: "a test", codes: codes)
    door = PageDoor(settings)
    let session = SessionRoute(
      facts: ["assets": .string(parts.files.hash)], panels: { [.string($0.isReadOnly ? "few" : "many")] }, executor: PageThread.servers)
    let others = [
      PageMount("api/call", .post, .session, Echo()), PageMount("panels", .get, .frames, depth: 3, Echo()),
      PageMount("api/events", .get, .session, Echo()),
    ]
    try door.start(parts.router(session: session, others: others), second: second)
  }

  deinit {
    let door = door
    Task { await door.stop() }
  }

  func client() throws -> BareBrowser { try BareBrowser(port) }

  func code(isReadOnly: Bool = false) throws -> String { try parts.codes.make(SignInCodes.Grant(isReadOnly: isReadOnly)) }

  /// Signs in, and gives the cookie.
  func cookie(isReadOnly: Bool = false, _ client: BareBrowser? = nil) throws -> String {
    let path = parts.settings.basePath.text
    let answer = try (client ?? self.client()).ask("GET \(path)open?code=\(code(isReadOnly: isReadOnly))")
    return answer.cookie ?? "none: \(answer.status)"
  }

  /// The page as it stands in the source tree.
  static let page: WebFiles = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../../Plugins/Dashboard/Web").standardized
    do { return try WebFiles(folder: root.path()) } catch { preconditionFailure("\(error)") }
  }()
}

/// Stands still until it is turned.
final class TurnedClock: Sendable {
  private let ahead = Mutex(Duration.zero)
  private let start = ContinuousClock.now

  var instant: ContinuousClock.Instant { start + ahead.withLock { $0 } }
  var seconds: Double { ahead.withLock { $0 } / .seconds(1) }

  func turn(_ time: Duration) { ahead.withLock { $0 += time } }
}

extension PageThread {
  /// For what a door of the tests does.
  static let servers = PageThread()
}

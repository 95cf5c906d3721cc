// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import Synchronization
import Testing
import WebSockets

@testable import Dashboard

@Suite struct SessionBookTests {
  private static func book(_ clock: TurnedClock = TurnedClock(), sessions: Int = 64, changed: @escaping @Sendable () -> Void = {}) throws
    -> SessionBook
  {
    var settings = DashboardSettings()
    settings.sessions = sessions
    return SessionBook(
      settings, cookie: try SessionCookie(place: "x", base: BasePath(), days: 30), now: { 1_000_000 + clock.seconds }, changed: changed)
  }

  private static func isIn(_ shown: SessionCookie.Shown, _ book: SessionBook) throws -> Bool {
    try Self.session(shown.text, book) != nil
  }

  /// By way of a request, as it is told in life.
  private static func session(_ text: String, _ book: SessionBook) throws -> PageSession? {
    let found = Mutex<PageSession?>(nil)
    let server = try WebServer { request, responder in
      found.withLock { $0 = book.session(request.head) }
      responder.send(WebServerResponse(204))
    }
    defer { server.stop() }
    _ = try BareBrowser(server.port ?? 0).ask("GET /", cookie: "\(book.cookie.name)=\(text)")
    return found.withLock { $0 }
  }

  @Test func whoIsAwayForLongIsSignedOut() throws {
    let clock = TurnedClock()
    let book = try Self.book(clock)
    let (_, often) = try book.begin(isReadOnly: false)
    let (_, never) = try book.begin(isReadOnly: false)
    clock.turn(.seconds(29 * 86_400))
    #expect(try Self.isIn(often, book))
    clock.turn(.seconds(86_400))
    #expect(try Self.isIn(often, book))
    #expect(try !Self.isIn(never, book))
    #expect(book.entries.map(\.id) == [often.id])
  }

  @Test func whoWasAwayLongestMakesRoom() throws {
    let clock = TurnedClock()
    let book = try Self.book(clock, sessions: 2)
    let (_, first) = try book.begin(isReadOnly: false)
    clock.turn(.seconds(1))
    let (_, second) = try book.begin(isReadOnly: false)
    clock.turn(.seconds(1))
    #expect(try Self.isIn(first, book))
    let (_, third) = try book.begin(isReadOnly: false)
    #expect(try Self.isIn(first, book) && !Self.isIn(second, book) && Self.isIn(third, book))
  }

  @Test func aRestartSignsNobodyOut() throws {
    let book = try Self.book()
    let (_, looking) = try book.begin(isReadOnly: true)
    let (_, doing) = try book.begin(isReadOnly: false)
    let next = try Self.book()
    try next.restore(book.kept)
    #expect(try Self.session(looking.text, next)?.isReadOnly == true)
    #expect(try Self.session(doing.text, next)?.isReadOnly == false)
    #expect(next.endAll() == 2)
    #expect(try !Self.isIn(doing, next))
  }

  @Test func whatIsKeptTellsNoSecret() throws {
    let book = try Self.book()
    let (_, shown) = try book.begin(isReadOnly: false)
    let kept = String(decoding: book.kept, as: UTF8.self)
    #expect(kept.contains(shown.id) && !kept.contains(shown.secret))
  }

  @Test func aMereUseIsKeptOnceAnHour() throws {
    let (clock, kept) = (TurnedClock(), Counted())
    let book = try Self.book(clock) { kept.add() }
    let (_, shown) = try book.begin(isReadOnly: false)
    #expect(kept.count == 1)
    for _ in 0..<3 { #expect(try Self.isIn(shown, book)) }
    #expect(kept.count == 2)
    clock.turn(.seconds(3_600))
    for _ in 0..<3 { #expect(try Self.isIn(shown, book)) }
    #expect(kept.count == 3)
  }

  @Test func whoIsSignedOutIsTold() throws {
    let told = Mutex<[String]>([])
    var settings = DashboardSettings()
    settings.sessions = 1
    let cookie = try SessionCookie(place: "x", base: BasePath(), days: 30)
    let book = SessionBook(settings, cookie: cookie, changed: {}, left: { ids in told.withLock { $0 += ids } })
    let ids = try (0..<3).map { _ in try book.begin(isReadOnly: false).cookie.id }
    #expect(told.withLock { $0 } == Array(ids.prefix(2)), "two had to make room")
    #expect(!book.end(ids[0]) && book.end(ids[2]) && book.endAll() == 0)
    #expect(told.withLock { $0 } == ids)
  }

  private final class Counted: Sendable {
    private let value = Mutex(0)
    var count: Int { value.withLock { $0 } }
    func add() { value.withLock { $0 += 1 } }
  }

  @Test func theFileIsTheUsersAlone() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "jackfield-\(UUID().uuidString)").path()
    #expect(StateFile.makeDirectory(folder) && StateFile.makeDirectory(folder))
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let book = try Self.book()
    let (_, shown) = try book.begin(isReadOnly: false)
    let file = SessionFile(path: folder + "/sessions.json", log: nil)
    await file.save(book)
    var status = stat()
    #expect(stat(folder + "/sessions.json", &status) == 0 && status.st_mode & 0o777 == 0o600)
    let next = try Self.book()
    await file.load(into: next)
    #expect(try Self.isIn(shown, next))
  }

  @Test(arguments: ["", "{", "[]", #"{"sessions":[{"id":"a"}]}"#, #"{"sessions":7}"#])
  func whatCannotBeReadSignsEverybodyOut(text: String) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "jackfield-\(UUID().uuidString)").path()
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(StateFile.write(Array(text.utf8), to: path))
    let book = try Self.book()
    await SessionFile(path: path, log: nil).load(into: book)
    #expect(book.entries.isEmpty)
  }
}

// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import RunBridge

/// An authority with a list: the token of run "r" is "token of r", its session "session of r".
final class ListedRuns: RunAuthority {
  let notes = DoorNotes()
  private let scopes = Mutex<[String: RunScopes]>(["one": .ordinary, "two": .ordinary])

  func add(_ run: String, _ allowed: RunScopes) { scopes.withLock { $0[run] = allowed } }
  func revoke(_ run: String) { scopes.withLock { $0[run] = nil } }

  func caller(token: String, session: String?, connection: UInt?) -> Caller? {
    guard token.hasPrefix("token of ") else { return nil }
    let run = String(token.dropFirst("token of ".count))
    guard session == nil || session == "session of \(run)" else { return nil }
    return find(run, connection)
  }

  func caller(run: String, connection: UInt) -> Caller? { find(run, connection) }

  private func find(_ run: String, _ connection: UInt?) -> Caller? {
    scopes.withLock { scopes in
      scopes[run].map { Caller(run: run, name: "run \(run)", workspace: nil, scopes: $0, connection: connection) }
    }
  }

  func connected(_ caller: Caller) { notes.note("connected \(caller.run)") }
  func disconnected(_ caller: Caller) { notes.note("disconnected \(caller.run)") }
}

// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Testing

@testable import Trainer

@Suite struct SessionTableTests {
  private let table = SessionTable(mostUnconnected: 3)

  private func see(
    _ type: String, seq: Int64, session: String = "s", on connection: ConnectionID = 1, step: Int64? = nil, run: String = "r"
  ) {
    table.saw(
      EventHead(type: type, sessionID: session, sequence: seq, time: 1_000 + Double(seq), runID: run, step: step), on: connection)
  }

  private func session(_ id: String = "s") throws -> Session { try #require(table.sessions.first { $0.id == id }) }

  private func refusal(_ name: String?) -> String? {
    do {
      _ = try table.target(name)
      return nil
    } catch { return "\(error)" }
  }

  @Test func factsFollowTheOrderOfEventsNotOfArrival() throws {
    table.opened(1, peer: "p")
    see("trainStep", seq: 8, step: 3, run: "fork")
    see("trainStep", seq: 6, step: 2, run: "r")
    see("session_started", seq: 1)
    let session = try session()
    #expect(session.lastStep == 3 && session.runID == "fork" && session.lastSequence == 8 && session.lastEventTime == 1_008)
    #expect(session.state == .running)
  }

  @Test(arguments: [
    (["trainStep"], Session.State.running),
    (["trainStep", "paused"], .paused),
    (["paused", "trainStep"], .paused),  // the batch in flight
    (["paused", "trainStep", "trainStep"], .running),
    (["paused", "resumed"], .running),
    (["trainStep", "stopping"], .running),
    (["stopping", "trainingFinished", "log"], .ended),
  ])
  func stateFollowsTheEvents(types: [String], expected: Session.State) throws {
    table.opened(1, peer: "p")
    for (index, type) in types.enumerated() { see(type, seq: Int64(index + 1)) }
    #expect(try session().state == expected)
  }

  @Test func stragglerDoesNotUndoWhatCameAfterIt() throws {
    table.opened(1, peer: "p")
    see("resumed", seq: 5)
    see("paused", seq: 4)
    #expect(try session().state == .running)
  }

  @Test func stateOutlivesTheConnection() throws {
    table.opened(1, peer: "p")
    see("paused", seq: 4)
    table.closed(1)
    #expect(try session().state == .lost)
    table.opened(2, peer: "p")
    see("log", seq: 5, on: 2)
    #expect(try session().state == .paused)
    #expect(try session().connections == [2])
  }

  @Test func endOfTheLineAfterStopIsTheEnd() throws {
    table.opened(1, peer: "p")
    see("stopping", seq: 1)
    table.closed(1)
    #expect(try session().state == .ended)
  }

  @Test func newSessionOnAConnectionEndsTheOneBeforeAndStragglersDoNotReviveIt() throws {
    table.opened(1, peer: "p")
    see("trainStep", seq: 1, session: "first")
    see("trainStep", seq: 20, session: "second")
    see("log", seq: 2, session: "first")
    #expect(try session("first").state == .ended)
    #expect(try table.target(nil) == SessionTable.Target(session: "second", connection: 1))
  }

  @Test func targetIsFoundByIdPrefixOrRun() throws {
    for (connection, id) in [(1, "sess-aa1"), (2, "sess-ab2"), (3, "other")] as [(ConnectionID, String)] {
      table.opened(connection, peer: "p")
      see("log", seq: 1, session: id, on: connection, run: "run\(connection)")
    }
    #expect(try table.target("sess-aa1").connection == 1)
    #expect(try table.target("sess-ab").connection == 2)
    #expect(try table.target("run3").connection == 3)
    #expect(refusal("sess-a") == "'sess-a' fits 2 sessions: 'sess-ab2' (run2), 'sess-aa1' (run1); name one as 'session'")
    #expect(
      refusal(nil) == "3 sessions are connected: 'other' (run3), 'sess-ab2' (run2), 'sess-aa1' (run1); name one as 'session'")
    #expect(refusal("x") == "there is no session 'x'; 'trainer.list' shows all that are known")
    table.closed(3)
    #expect(
      refusal("other")
        == "session 'other' is not connected (lost): its connection ended without a word of an end; if its process lives, it connects again by itself"
    )
  }

  @Test func withoutATrainerThatIsSaid() {
    #expect(refusal(nil) == "no trainer is connected; start a training script, or see 'trainer.list'")
  }

  @Test func oldestUnconnectedSessionsAreForgotten() {
    table.opened(1, peer: "p")
    for number in 1...9 {
      table.opened(ConnectionID(number + 1), peer: "p")
      see("log", seq: 1, session: "s\(number)", on: ConnectionID(number + 1))
    }
    for number in 2...9 { table.closed(ConnectionID(number)) }
    #expect(Set(table.sessions.map(\.id)) == ["s6", "s7", "s8", "s9"])
  }

  @Test func acknowledgementsGoWhereTheyAreWantedAndOnlyForward() {
    for connection in [1, 2] as [ConnectionID] { table.opened(connection, peer: "p") }
    #expect(table.saw(ClientHello(sessionID: "s", wantsAck: true), on: 1) == nil)
    see("log", seq: 1, on: 2)
    #expect(table.committed("s", upTo: 5) == [SessionTable.Ack(connection: 1, session: "s", sequence: 5)])
    #expect(table.committed("s", upTo: 4) == [])
    #expect(table.committed("unknown", upTo: 4) == [])
    table.opened(3, peer: "p")
    #expect(table.saw(ClientHello(sessionID: "s", wantsAck: true), on: 3) == SessionTable.Ack(connection: 3, session: "s", sequence: 5))
  }
}

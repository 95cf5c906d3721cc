// SPDX-License-Identifier: Apache-2.0
// Docs/control-door.md promises exchanges; this plays them.
import FoundationEssentials
import JSON
import Testing

@testable import Host
import PluginBridge

@Suite struct ControlDocumentTests {
  /// The commands the document speaks of.
  private final class Runs: CommandProvider {
    let id = "store"
    private let board: Switchboard

    init(board: Switchboard) {
      self.board = board
      board.register(
        [
          CommandDescription(name: "runs.show", plugin: id, summary: "Shows one run.", idempotent: true),
          CommandDescription(name: "runs.series", plugin: id, stream: true), CommandDescription(name: "runs.wait", plugin: id),
        ], provider: self)
    }

    func invoke(_ call: OpenCall, payload: [UInt8], content: Content) {
      switch call.command.description.name {
      case "runs.wait": return
      case "runs.series":
        _ = board.progress(call, partsPerMillion: 500_000, note: "reading")
        _ = board.emit(call, content: .json, payload: Array("[0.5,0.25]".utf8))
        _ = board.finish(call, status: .ok, content: .json, payload: [])
      default: _ = board.finish(call, status: .ok, content: .json, payload: payload)
      }
    }

    func cancelled(_ call: OpenCall, status: CallStatus) {}
    func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool) {}
  }

  private func exchanges() throws -> [Substring] {
    let path = FixturePlugin.packageDirectory + "/Docs/control-door.md"
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    return text.split(separator: "\n").filter { $0.hasPrefix("> ") || $0.hasPrefix("< ") }
  }

  /// The clock's reading, which no document can foretell.
  private func withoutTime(_ line: String?) -> String? {
    line?.replacing(/"time":[0-9.]+/, with: "\"time\":0")
  }

  @Test func exchangesOfTheDocumentHappen() throws {
    let fixture = try ControlFixture()
    let runs = Runs(board: fixture.board)
    let client = try fixture.client()
    let lines = try exchanges()
    #expect(lines.count == 23)
    for line in lines {
      let text = String(line.dropFirst(2))
      guard line.hasPrefix("<") else {
        client.send(text)
        continue
      }
      if text.contains(#""method":"event""#) {
        let topic = try #require(fixture.board.topic("runs.changed"))
        let payload = Array(#"{"run":"r1"}"#.utf8)
        _ = fixture.board.publish(topic, content: .json, byteCount: payload.count, publisher: nil) { payload }
      }
      #expect(withoutTime(client.line()) == withoutTime(text))
    }
    #expect(runs.id == "store")
  }

  @Test func everyMethodIsDescribed() throws {
    let path = FixturePlugin.packageDirectory + "/Docs/control-door.md"
    let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
    let missing = ControlMethod.allCases.map(\.rawValue).filter { !text.contains("`\($0)") }
    #expect(missing == [])
  }
}

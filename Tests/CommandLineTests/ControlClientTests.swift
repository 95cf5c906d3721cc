// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import Testing

@testable import jackfield

@Suite struct ControlClientTests {
  @Test func answersComeBack() throws {
    let host = try FakeHost { [FakeHost.result($0, ["asked": $0["method"] ?? .null, "with": $0["params"] ?? .null])] }
    let client = try ControlClient(home: host.home)
    #expect(try client.request("one/thing", ["a": 1]) == ["asked": "one/thing", "with": ["a": 1]])
    #expect(try client.request("other/thing") == ["asked": "other/thing", "with": [:]])
    #expect(host.requests.map { $0["id"] } == [1, 2])
    #expect(host.requests.allSatisfy { $0["jsonrpc"] == "2.0" })
  }

  @Test func anAnswerWithoutResultIsNull() throws {
    let host = try FakeHost { [JSONValue.object(["id": $0["id"] ?? .null]).serialized() + "\n"] }
    #expect(try ControlClient(home: host.home).request("x") == .null)
  }

  @Test func largeAnswersComeInPieces() throws {
    let long = String(repeating: "long ", count: 200_000)
    let host = try FakeHost { [FakeHost.result($0, .string(long))] }
    let client = try ControlClient(home: host.home)
    #expect(try client.request("x").stringValue == long)
    #expect(try client.request("x").stringValue == long)
  }

  @Test func errorsAreTheHostsSentence() throws {
    let host = try FakeHost { [FakeHost.error($0, "there is no plugin 'x'", code: -32003)] }
    let failure = #expect(throws: ControlClient.Failure.self) { try ControlClient(home: host.home).request("x") }
    #expect(failure?.description == "there is no plugin 'x'")
    #expect(failure?.code == -32003)
  }

  @Test func anErrorAboutTheLineIsOurs() throws {
    let host = try FakeHost { _ in [FakeHost.error(["id": .null], "cannot read the line", code: -32700)] }
    #expect(throws: ControlClient.Failure.self) { try ControlClient(home: host.home).request("x") }
  }

  @Test func notificationsBeforeTheAnswerAreHandedOver() throws {
    let host = try FakeHost {
      [
        FakeHost.notification("call/progress", ["fraction": 0.5]) + FakeHost.notification("call/chunk", ["chunk": 1]),
        FakeHost.result(["id": 99], "another's"), FakeHost.notification("event", [:]), FakeHost.result($0, "done"),
      ]
    }
    var notified: [String] = []
    let answer = try ControlClient(home: host.home).request("x", notified: { notified.append($0 + $1.serialized()) })
    #expect(answer == "done")
    #expect(notified == [#"call/progress{"fraction":0.5}"#, #"call/chunk{"chunk":1}"#, "event{}"])
  }

  @Test(arguments: [[nil], [#"{"jsonrpc":"2.0","id":1,"resu"#, nil], [#"{"method":"event"}"# + "\n", nil]])
  func aConnectionThatEndsIsExplained(script: [String?]) throws {
    let host = try FakeHost { _ in script }
    let failure = #expect(throws: CommandFailure.self) { try ControlClient(home: host.home).request("x") }
    #expect(failure?.description == "the host closed the connection; see its log, or 'jackfield doctor'")
    #expect(failure?.status == 1)
  }

  @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n", "\n", "{]\n", "\u{0}\n"])
  func garbageIsExplained(text: String) throws {
    let host = try FakeHost { _ in [text] }
    let failure = #expect(throws: CommandFailure.self) { try ControlClient(home: host.home).request("x") }
    #expect(failure?.description.hasPrefix("the answer at '\(host.home)/run/host.sock' is not JSON: ") == true)
    #expect(failure?.description.hasSuffix("; is another program listening there? See 'jackfield doctor'") == true)
    #expect(failure?.status == 1)
  }

  @Test func aSilentHostIsGivenUpWhenPatienceEnds() throws {
    let host = try FakeHost { _ in [] }
    let failure = #expect(throws: CommandFailure.self) { try ControlClient(home: host.home, patience: 50).request("x") }
    #expect(failure?.description == "the host at '\(host.home)/run/host.sock' does not answer; see its log, or 'jackfield doctor'")
  }

  @Test func withoutASocketThereIsNoHost() throws {
    let home = temporaryDirectory()
    let failure = #expect(throws: CommandFailure.self) { try ControlClient(home: home) }
    #expect(failure?.description == "no host is running at '\(home)/run/host.sock'; start one with 'jackfield serve --home \(home)'")
    #expect(failure?.status == 3)
  }

  @Test func aSocketThatNobodyHoldsIsNoHost() throws {
    var host: FakeHost? = try FakeHost { _ in [] }
    let home = host?.home ?? ""
    try FileManager.default.removeItem(atPath: home + "/run/host.sock")
    try Data().write(to: URL(filePath: home + "/run/host.sock"))
    host = nil
    #expect(#expect(throws: CommandFailure.self) { try ControlClient(home: home) }?.status == 3)
  }

  @Test func aPathTooLongForASocketIsExplained() throws {
    let home = "/tmp/" + String(repeating: "long", count: 40)
    let failure = #expect(throws: CommandFailure.self) { try ControlClient(home: home) }
    #expect(failure?.description == "cannot talk to '\(home)/run/host.sock': File name too long; choose a --home with a shorter path")
    #expect(failure?.status == 1)
  }
}

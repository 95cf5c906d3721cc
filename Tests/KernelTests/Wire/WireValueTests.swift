// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Testing

@testable import Kernel

@Suite struct SignatureHistoryTests {
  private func signature(_ number: Int) -> [UInt8] {
    let digits = String(number, radix: 16)
    return Array((String(repeating: "0", count: 16 - digits.count) + digits + String(repeating: "a", count: 48)).utf8)
  }

  @Test func theLast65536AreKnownAndTheOldestGoes() {
    var history = SignatureHistory()
    let areNew = (0..<SignatureHistory.capacity).map { history.remember(signature($0)) }
    #expect(areNew.allSatisfy { $0 })
    let isFirstKnown = !history.remember(signature(0))
    #expect(isFirstKnown && history.count == 65_536)
    let isOneMoreNew = history.remember(signature(SignatureHistory.capacity))
    #expect(isOneMoreNew && history.count == 65_536)
    let areKnown = [1, SignatureHistory.capacity].map { !history.remember(signature($0)) }
    #expect(areKnown == [true, true])
    let isFirstForgotten = history.remember(signature(0))
    #expect(isFirstForgotten)
  }
}

@Suite struct MendedJSONTests {
  @Test(arguments: [
    (#"{"a": 1}"#, #"{"a": 1}"#), (#"{"a": NaN}"#, #"{"a": null}"#), (#"[Infinity,-Infinity, -1.5e3]"#, #"[null,null, -1.5e3]"#),
    (#"{"NaN": "NaN"}"#, #"{"NaN": "NaN"}"#), (#"["\ud800!", NaN]"#, #"["\ufffd!", null]"#), (#"["\udc00"]"#, #"["\ufffd"]"#),
    (#"["\ud83d\ude00", "\ud83dx"]"#, #"["\ud83d\ude00", "\ufffdx"]"#), ("[\"a\nb\"]", #"["a\u000ab"]"#), (#"["\x1"]"#, #"["\\x1"]"#),
    (#"[1e999]"#, "[null]"), ("", #"{"text":""}"#), ("junk", #"{"text":"junk"}"#), (#"{"a": "#, #"{"text":"{\"a\": "}"#),
    (#"["\u12"#, #"{"text":"[\"\\u12"}"#),
  ])
  func kernelsTextsBecomeJSON(_ text: String, _ expected: String) throws {
    let mended = MendedJSON.mend(Array(text.utf8))
    #expect(String(decoding: mended, as: UTF8.self) == expected)
    _ = try JSONValue(parsing: mended)
  }

  @Test func strayBytesBecomeReplacementCharacters() throws {
    let mended = MendedJSON.mend(Array(#"["a"#.utf8) + [0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80] + Array(#""]"#.utf8))
    #expect(try JSONValue(parsing: mended)[0]?.stringValue?.hasPrefix("a\u{FFFD}\u{FFFD}(") == true)
  }

  @Test func anythingAtAllBecomesJSON() throws {
    var random = SeededRandom(7)
    let letters = Array(#"{}[]",:\u0dNaIfity-1.eE+ "#.utf8) + [0, 10, 0x80, 0xFF, 0xC3, 0xED, 0xF0]
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 0..<40, using: &random)).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }
      _ = try JSONValue(parsing: MendedJSON.mend(text))
    }
  }
}

@Suite struct MessageHeaderTests {
  @Test(arguments: ["{}", "null", "", "[]", "{\"msg_id\": 1}", "junk{", "{\"msg_type\": \"x\"}"]) func whatIsNoHeaderIsNone(_ text: String)
  {
    #expect(MessageHeader(parsing: Array(text.utf8)) == nil)
  }

  @Test func whatIsWrittenIsReadAgain() {
    let header = MessageHeader(id: "a\"b", type: "execute_request", session: "s", username: "ü", date: "d", version: "5.4", subshell: "x")
    #expect(MessageHeader(parsing: header.json) == header)
  }

  @Test func datesAreThoseOfJupyter() {
    #expect(MessageDate.text(seconds: 1_700_000_000, microseconds: 42) == "2023-11-14T22:13:20.000042Z")
  }
}

@Suite struct ConnectionInfoTests {
  private func parse(_ text: String) throws -> ConnectionInfo { try ConnectionInfo(parsing: Array(text.utf8)) }

  private static let ports = #""shell_port": 1, "iopub_port": "2", "stdin_port": 3, "control_port": 4"#

  @Test func whatJupyterWritesIsRead() throws {
    let info = try parse(
      #"{\#(Self.ports), "hb_port": 5, "ip": "127.0.0.1", "key": "k", "transport": "tcp", "signature_scheme": "hmac-sha256", "kernel_name": "python3", "jupyter_session": "x"}"#
    )
    #expect(info.iopubPort == 2 && info.heartbeatPort == 5 && info.key == "k" && info.kernelName == "python3")
    #expect(info.endpoint(of: .control) == "tcp://127.0.0.1:4")
    #expect(try ConnectionInfo(parsing: info.json) == info)
  }

  @Test func pathsAndLongAddressesAreWrittenAsZeroMQWantsThem() throws {
    #expect(try parse(#"{\#(Self.ports), "transport": "ipc", "ip": "/run/k"}"#).endpoint(of: .shell) == "ipc:///run/k-1")
    #expect(try parse(#"{\#(Self.ports), "ip": "::1"}"#).endpoint(of: .shell) == "tcp://[::1]:1")
    #expect(try parse("{\(Self.ports)}").heartbeatEndpoint == nil)
  }

  @Test(arguments: [
    ("", "not JSON: the text is empty"), ("[]", "it is no JSON object"),
    (#"{"shell_port": 70000}"#, "'shell_port' is 70000, which is no port from 1 to 65535"),
    (#"{"shell_port": "12a"}"#, "'shell_port' is \"12a\", which is no port from 1 to 65535"),
    (#"{"shell_port": -1}"#, "'shell_port' is -1, which is no port from 1 to 65535"),
    (#"{\#(ports), "key": 7}"#, "'key' is no text"), (#"{\#(ports), "transport": "udp"}"#, "'transport' is 'udp', neither 'tcp' nor 'ipc'"),
    (#"{\#(ports), "ip": "1.2.3.4;eth0"}"#, "'ip' is '1.2.3.4;eth0', which is no address"),
    (#"{\#(ports), "curve_publickey": "short"}"#, "'curve_publickey' is no Z85 key of 40 characters"),
    (
      #"{\#(ports), "transport": "ipc", "ip": "/\#(String(repeating: "x", count: 120))"}"#,
      "its sockets' paths have 123 bytes, of at most 107: use a shorter folder"
    ),
  ])
  func wrongFilesAreRefusedInWords(_ text: String, _ reason: String) {
    #expect {
      try parse(text)
    } throws: {
      "\($0)" == "cannot use the connection file: \(reason)"
    }
  }

  @Test(arguments: ["{}", #"{"shell_port": 0}"#, #"{"shell_port": null}"#]) func portsThatAreStillToBeChosenAreSaidToBe(_ text: String) {
    #expect {
      try parse(text)
    } throws: {
      ($0 as? PluginFailure)?.code == "connection_incomplete" && ($0 as? PluginFailure)?.retryable == true
    }
  }
}

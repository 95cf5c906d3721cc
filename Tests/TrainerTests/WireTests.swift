// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import Trainer

@Suite struct WireTests {
  @Test(arguments: [
    (
      step(3, seq: 7),
      WireLine.event(
        EventHead(type: "trainStep", sessionID: "sess-a", sequence: 7, time: 1_700_000_007.5, runID: "baseline", step: 3))
    ),
    (
      #"{"type":"session_started","project":"demo","run_name":"first","session_id":"s","event_seq":1}"#,
      .event(EventHead(type: "session_started", sessionID: "s", sequence: 1, project: "demo", runName: "first"))
    ),
    (#"{"type":"error","text":"no envelope"}"#, .event(EventHead(type: "error"))),
    (#"{"id":"jf-1","ok":true,"data":null}"#, .reply(ReplyHead(id: "jf-1", succeeded: true))),
    (#"{"id":7,"ok":false,"error":"e"}"#, .reply(ReplyHead(id: nil, succeeded: false))),
    (#"{"ok":true}"#, .unknown),
    (#"{"type":5}"#, .unknown),
    ("[1,2,3]", .unknown),
    ("null", .unknown),
    ("this is not json", .notJSON(reason: "not JSON: an unquoted word that is none of true, false, null")),
  ])
  func linesAreKnownByAFewMembers(line: String, expected: WireLine) {
    #expect(WireReader().read(Array(line.utf8).span) == expected)
  }

  @Test func helloIsNoEvent() {
    guard case .hello(let hello) = WireReader().read(Array(hello().utf8).span) else {
      Issue.record("it was not taken for a hello")
      return
    }
    #expect(hello.wantsAck && hello.processID == 4711 && hello.workingDirectory == "/home/ada/demo")
  }

  @Test func commandsArePureASCII() {
    let line = WireCommand.line("fork", payload: ["name": "café 😀"], id: "x")
    #expect(
      String(decoding: line, as: UTF8.self) == #"{"cmd":"fork","id":"x","payload":{"name":"caf\u00e9 \ud83d\ude00"}}"# + "\n")
  }

  @Test(arguments: [
    ("trainStep", "trainer.step"), ("log", "trainer.log"), ("session_started", "trainer.session"), ("newRun", "trainer.run"),
    ("runTransition", "trainer.run"), ("finalizeRun", "trainer.run"), ("epoch_end", "trainer.epoch"), ("paused", "trainer.state"),
    ("resumed", "trainer.state"), ("stopping", "trainer.state"), ("trainingFinished", "trainer.state"),
    ("checkpoint_saved", "trainer.checkpoint"), ("checkpoint_loaded", "trainer.checkpoint"), ("testStep", "trainer.test"),
    ("test_complete", "trainer.test"), ("auto_test_complete", "trainer.test"), ("error", "trainer.error"),
    ("artifact_created", "trainer.other"), ("of tomorrow", "trainer.other"),
  ])
  func eachTypeHasItsTopic(type: String, topic: String) {
    #expect(TrainerTopic(type: type).name == topic)
  }
}

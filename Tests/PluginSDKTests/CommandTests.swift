// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import PluginTestKit
import Testing

@Suite struct CommandTests {
  @Test func helloAnswers() async throws {
    let host = try await TestHost(plugin: HelloPlugin.self)
    let answer = try await host.call("hello.greet", #"{"name":"Ada"}"#)
    #expect(answer.text == #"{"greeting":"hello, Ada"}"#)
    #expect(answer.status == .ok)
    await host.close()
    #expect(
      host.record.map(\.description) == [
        "host > create {} = ok",
        "plugin > jf.register/1 command hello.greet = ok",
        "host > start = ok",
        #"host > invoke call 1 hello.greet {"name":"Ada"} = pending"#,
        #"plugin > call_finish call 1 ok {"greeting":"hello, Ada"} = ok"#,
        "host > stop = ok",
        "host > destroy",
      ])
  }

  @Test(arguments: [
    ("{}", "cannot read the input of 'hello.greet': 'name' is missing; add it"),
    ("", "cannot read the input of 'hello.greet': 'name' is missing; add it"),
    (#"{"name":7}"#, "cannot read the input of 'hello.greet': 'name' must be a string"),
    (#"{"name":null}"#, "cannot read the input of 'hello.greet': 'name' is null; it must be a string"),
    ("[1]", "cannot read the input of 'hello.greet': the value must be an object"),
    ("{", "cannot read the input of 'hello.greet': it is not valid JSON; send one JSON value in UTF-8"),
  ])
  func inputThatDoesNotFitIsExplained(input: String, message: String) async throws {
    let host = try await TestHost(plugin: HelloPlugin.self)
    let answer = try await host.call("hello.greet", input)
    #expect(answer.status == .invalid)
    #expect(answer.failure?.message == message)
    await host.close()
  }

  @Test func pathOfWhatDoesNotFitIsWrittenAsInCode() async throws {
    let (host, _) = try await probe()
    let deep = try await host.call("probe.steps", #"{"steps":[{"loss":1},{"loss":"x"}]}"#)
    #expect(deep.failure?.message == "cannot read the input of 'probe.steps': 'steps[1].loss' must be a number")
    let flat = try await host.call("probe.steps", #"{"steps":[],"labels":{"a":1}}"#)
    #expect(flat.failure?.message == "cannot read the input of 'probe.steps': 'labels.a' must be true or false")
    await host.close()
  }

  @Test func otherContentThanJSONIsRefusedByAJSONCommand() async throws {
    let host = try await TestHost(plugin: HelloPlugin.self)
    let answer = try await host.begin("hello.greet", Payload(bytes: [0xa0], content: .cbor)).answer()
    #expect(answer.failure?.message == "cannot read the input of 'hello.greet': it is CBOR, not JSON; send JSON")
    await host.close()
  }

  @Test func failureReachesTheCallerWhole() async throws {
    let (host, _) = try await probe()
    let answer = try await host.call("probe.fail")
    #expect(answer.status == .notFound)
    #expect(
      answer.text
        == #"{"code":"run_not_found","data":{"run":"r1"},"message":"run 'r1' is not there; list the runs","retryable":true}"#)
    #expect(answer.failure?.code == "run_not_found")
    #expect(answer.failure?.retryable == true)
    await host.close()
  }

  @Test(arguments: [
    ("probe.break", "the wheel came off"),
    (
      "probe.nan", "cannot write the output of 'probe.nan': 'loss[0]' is nan, and JSON has no such number; send null or a string for it"
    ),
    ("probe.unfit", "no"),
  ])
  func otherErrorsFailWithTheirDescription(command: String, message: String) async throws {
    let (host, _) = try await probe(name: #function + command)
    let answer = try await host.call(command)
    #expect(answer.status == .failed)
    #expect(answer.failure?.message == message)
    await host.close()
  }

  @Test func unknownCommandIsNotFound() async throws {
    let host = try await TestHost(plugin: HelloPlugin.self)
    let answer = try await host.call("hello.wave")
    #expect(answer.status == .notFound)
    #expect(answer.failure?.message == "the plugin 'hello' has no command 'hello.wave'")
    await host.close()
  }

  @Test func bytesGoThroughAsTheyAre() async throws {
    let (host, _) = try await probe()
    let answer = try await host.begin("probe.reverse", Payload(bytes: [1, 2, 255], content: .bytes)).answer()
    #expect(answer.payload == Payload(bytes: [255, 2, 1], content: .bytes))
    #expect(try await host.call("probe.empty").text == "{}")
    await host.close()
  }

  @Test func inlineCommandAnswersBeforeItReturns() async throws {
    let (host, _) = try await probe()
    #expect(host.callInline("probe.inline", "[1,2]").text == "5")
    await host.close()
  }

  @Test func inlineCommandCannotWaitForTheHost() async throws {
    let (host, _) = try await probe()
    host.setRoom(0, in: "probe.out")
    let answer = host.callInline("probe.inline", "")
    #expect(
      answer.failure?.message
        == "cannot wait for room in 'probe.out' on the host's thread: nothing arrives while a handler or an inline command runs; do it in a task or a thread of the plugin"
    )
    await host.close()
  }

  @Test func promptCommandBeginsWhereTheHostComesAndGoesOnOnThreadsOfThePlugin() async throws {
    let (host, _) = try await probe()
    let answer = try await host.begin("probe.prompt", Payload(bytes: []), credit: 1).answer()
    #expect(answer.text == #""host of probe [true, false] probe""#)
    #expect(answer.chunks.map(\.bytes) == [Array("1".utf8)])
    await host.close()
  }

  @Test func answerGivenEarlyIsTheOne() async throws {
    let (host, _) = try await probe()
    #expect(try await host.call("probe.prompt", "7").text == "7")
    await host.close()
  }

  @Test func promptCommandThatWasGivenUpIsCancelled() async throws {
    let (host, bench) = try await probe()
    let call = host.begin("probe.prompt_wait")
    try await bench.noted("waiting")
    call.cancel()
    try await bench.noted("cancelled true")
    await host.close()
  }

  @Test func commandOnTheHostsThreadAnswersInTurn() async throws {
    let (host, _) = try await probe()
    let calls = (0..<50).map { host.begin("probe.here", Payload(bytes: [UInt8](repeating: 0, count: 1 + $0), content: .bytes)) }
    for (index, call) in calls.enumerated() {
      #expect(try await call.answer().payload == Payload(bytes: Array("\"host of probe \(1 + index)\"".utf8), content: .bytes))
    }
    host.setRoom(0, in: "probe.out")
    let waiting = try await host.begin("probe.here", Payload(bytes: [])).answer()
    #expect(waiting.status == .unsupported)
    await host.close()
  }

  @Test func codeRunsOnThreadsOfThePlugin() async throws {
    let (host, bench) = try await probe()
    #expect(try await host.call("probe.thread").text == #""probe""#)
    #expect(bench.events.contains("start on probe"))
    await host.close()
  }

  @Test func tenThousandCallsAreEachAnsweredOnce() async throws {
    let (host, _) = try await probe()
    let calls = (0..<10_000).map { host.begin("probe.echo", json: #"{"n":\#($0)}"#) }
    for (number, call) in calls.enumerated() {
      let answer = try await call.answer()
      #expect(answer.text == #"{"n":\#(number)}"#)
    }
    await host.close()
    #expect(host.lateFinishes == 0)
  }

  @Test func blockingCodeLeavesTheSwiftPoolFree() async throws {
    let (host, bench) = try await probe()
    let calls = (0..<4).map { _ in host.begin("probe.block") }
    try await bench.noted(count: 5)  // start, and four that block
    let sum = await withTaskGroup(of: Int.self) { group in
      for number in 0..<100 { group.addTask { number } }
      return await group.reduce(0, +)
    }
    #expect(sum == 4950)
    bench.open()
    for call in calls { #expect(try await call.answer().text == "false") }
    await host.close()
  }
}

/// Makes a host with a probe in it.
func probe(name: String = #function, manifest: String? = nil) async throws -> (TestHost, Bench) {
  let bench = Bench(name)
  return (try await TestHost(plugin: ProbePlugin.self, configuration: bench.configuration, manifest: manifest), bench)
}

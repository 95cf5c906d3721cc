// SPDX-License-Identifier: Apache-2.0

import Testing
import WebSockets

@testable import Kernel

@Suite struct ServerFramingTests {
  private static func message(buffers: [[UInt8]] = [], content: String = "{}") -> KernelMessage {
    KernelMessage(
      channel: .shell, header: Array(#"{"msg_type":"x"}"#.utf8), parentHeader: Array("{}".utf8), metadata: Array("{}".utf8),
      content: Array(content.utf8), buffers: buffers)
  }

  private static func number(_ value: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) } }

  /// As captured from jupyter_server 2.21.
  private static let captured =
    [6, 0x38, 0x3d, 0x4d, 0x4f, 0x51, 0x53].flatMap { number($0) } + Array(#"shell{"msg_type":"x"}{}{}{}"#.utf8)

  @Test func v1IsAsTheServersOwn() throws {
    #expect(V1Frame.encode(Self.message()) == Self.captured)
    let decoded = try V1Frame.decode(Self.captured)
    #expect(decoded.channel == .shell && decoded.header == Array(#"{"msg_type":"x"}"#.utf8) && decoded.buffers.isEmpty)
  }

  @Test(arguments: [ServerFraming.v1, .legacy]) func buffersAndBytesPass(framing: ServerFraming) throws {
    let message = Self.message(buffers: [[1, 2, 3], [], Array(repeating: 9, count: 100_000)], content: #"{"a":"é"}"#)
    let decoded = try framing.decode(framing.encode(message))
    #expect(decoded.buffers == message.buffers && decoded.content == message.content && decoded.channel == .shell)
  }

  @Test func v1KeepsWhatIsNoJSON() throws {
    let message = Self.message(content: "{\"a\": NaN,  \"b\":\"\\ud800\"}")
    #expect(try V1Frame.decode(V1Frame.encode(message)).content == message.content)
  }

  private static let hostile: [[UInt8]] = {
    let good = captured
    func with(_ index: Int, _ value: UInt64) -> [UInt8] {
      var frame = good
      frame.replaceSubrange(8 * index..<8 * index + 8, with: number(value))
      return frame
    }
    return [
      [], [6], Array(good.prefix(8)), Array(good.prefix(40)), Array(good.dropLast()), good + [0],
      with(0, 0), with(0, 5), with(0, 7), with(0, 1 << 20), with(0, .max), with(1, 0), with(1, 0x39), with(2, 0x37), with(3, 0x50),
      with(4, .max), with(5, 1 << 40), with(6, 0x52), with(6, 0x54), with(6, UInt64(Int.max)),
      number(6) + [0x38, 0x38, 0x38, 0x38, 0x38, 0x38].flatMap { number($0) },
    ]
  }()

  @Test(arguments: hostile) func v1RefusesWhatIsNotSound(frame: [UInt8]) {
    #expect(throws: ServerFrameFault.self) { try V1Frame.decode(frame) }
  }

  @Test(arguments: [
    "", "{", "[]", "1", "{}", #"{"channel":"moon","header":{}}"#, #"{"channel":7}"#,
  ]) func legacyRefusesWhatIsNotSound(text: String) {
    #expect(throws: ServerFrameFault.self) { try LegacyFrame.decode(text: Array(text.utf8)) }
  }

  @Test(
    arguments: [
      [], [0, 0, 0], [0, 0, 0, 0], [255, 255, 255, 255], [0, 0, 0, 1], [0, 0, 0, 1, 0, 0, 0, 7], [0, 0, 0, 1, 0, 0, 0, 9],
      [0, 0, 0, 2, 0, 0, 0, 12, 0, 0, 0, 11, 123, 125], [0, 0, 0, 1, 0, 0, 0, 8, 123],
    ] as [[UInt8]]) func legacyBinaryRefusesWhatIsNotSound(frame: [UInt8])
  {
    #expect(throws: ServerFrameFault.self) { try LegacyFrame.decode(binary: frame) }
  }

  @Test func aKernelThatPrintsTheServersWordsIsNotMistaken() {
    let content = Array(#"{"name":"stderr","text":"IOPub data rate exceeded.\n"}"#.utf8)
    func notice(session: String) -> ServerNotice? {
      let header = MessageHeader(id: "1", type: "stream", session: session)
      return ServerNotice(KernelMessage(header, on: .iopub, content: content), session: "ours")
    }
    #expect(notice(session: "kernel") == nil)
    #expect(notice(session: "ours") != nil)
  }
}

// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Testing

@testable import Kernel

@Suite struct WireCodecTests {
  private let recorded = RecordedMessages.all

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  @Test func whatARealKernelSentIsTakenAndGivenBackByteByByte() throws {
    let codec = try WireCodec(key: recorded.key)
    #expect(recorded.messages.count > 15)
    for message in recorded.messages {
      let decoded = try codec.decode(message.frames, on: message.channel)
      let identities = WireCodec.identities(in: message.frames)
      #expect(try codec.encode(decoded, to: identities) == message.frames)
      #expect(decoded.messageHeader?.type.isEmpty == false)
      #expect(decoded.contentJSON == decoded.content)
    }
  }

  @Test func aRealReplySaysWhoseItIs() throws {
    let codec = try WireCodec(key: recorded.key)
    let decoded = try recorded.messages.map { ($0, try codec.decode($0.frames, on: $0.channel)) }
    let request = try #require(decoded.first { $0.0.isSent }?.1)
    let reply = try #require(decoded.first { !$0.0.isSent && $0.0.channel == .shell }?.1)
    #expect(request.messageHeader?.type == "kernel_info_request" && request.messageHeader?.session == "client-session")
    #expect(request.parent == nil)
    #expect(reply.messageHeader?.type == "kernel_info_reply" && reply.parent == request.messageHeader)
  }

  /// The vectors were made by jupyter_client's Session.sign.
  @Test func signaturesAreThoseOfJupyterClient() throws {
    #expect(recorded.signatures.count == 3)
    for vector in recorded.signatures {
      let codec = try WireCodec(key: vector.key)
      let message = KernelMessage(
        channel: .shell, header: vector.texts[0], parentHeader: vector.texts[1], metadata: vector.texts[2], content: vector.texts[3])
      #expect(try codec.encode(message)[1] == bytes(vector.signature))
    }
  }

  /// As jupyter_client's test_session.py: any number of identities, also none, also empty ones.
  @Test(arguments: [[], ["a"], ["a", "", "<IDS|MSG"], ["kernel.x.stream"]]) func theDelimiterIsFoundAndNotCounted(_ names: [String]) throws
  {
    let codec = try WireCodec(key: "k")
    let identities = names.map(bytes)
    let message = KernelMessage(
      channel: .iopub, header: bytes(#"{"msg_id": "1"}"#), parentHeader: bytes("{}"), metadata: bytes("{}"), content: bytes("{}"),
      buffers: [[1, 2], [], WireCodec.delimiter])
    let frames = try codec.encode(message, to: identities)
    let decoded = try codec.decode(frames, on: .iopub)
    #expect(WireCodec.identities(in: frames) == identities)
    #expect(decoded.buffers == message.buffers && decoded.header == message.header)
  }

  @Test func aMessageIsTakenOnce() throws {
    let codec = try WireCodec(key: recorded.key)
    let message = recorded.messages[1]
    _ = try codec.decode(message.frames, on: .iopub)
    #expect {
      try codec.decode(message.frames, on: .iopub)
    } throws: {
      "\($0)" == "refused a message on iopub: it has a signature that was used before: the message was sent again"
    }
  }

  @Test func noByteUnderTheSignatureMayChange() throws {
    let codec = try WireCodec(key: recorded.key)
    let frames = recorded.messages[2].frames
    let first = try #require(frames.firstIndex(of: WireCodec.delimiter)) + 1
    for frame in first..<(first + 5) {
      for index in frames[frame].indices {
        var changed = frames
        changed[frame][index] ^= 1
        #expect(throws: PluginFailure.self) { try codec.decode(changed, on: .iopub) }
      }
    }
    _ = try codec.decode(frames, on: .iopub)
  }

  @Test(arguments: [
    ([""], "1 frames without the delimiter '<IDS|MSG>'"), ([String](), "0 frames without the delimiter '<IDS|MSG>'"),
    (["<IDS|MSG>", "s", "h", "p", "m"], "4 frames behind the delimiter, where at least 5 must be"),
    (["<IDS|MSG>", "", "{}", "{}", "{}", "{}"], "no signature"),
    (["<IDS|MSG>", "00", "{}", "{}", "{}", "{}"], "a wrong signature"),
  ])
  func junkIsRefusedInWords(_ frames: [String], _ reason: String) throws {
    let codec = try WireCodec(key: "k")
    #expect {
      try codec.decode(frames.map(bytes), on: .shell)
    } throws: {
      "\($0)" == "refused a message on shell: it has \(reason)"
    }
  }

  @Test func withoutAKeyNothingIsSignedOrChecked() throws {
    let codec = try WireCodec(key: "", scheme: "")
    let message = KernelMessage(MessageHeader(id: "1", type: "x"), on: .shell, content: bytes("{}"))
    let frames = try codec.encode(message)
    #expect(frames[1].isEmpty)
    _ = try codec.decode(frames, on: .shell)
    _ = try codec.decode(frames, on: .shell)
  }

  @Test(arguments: ["hmac-md5", "hmac-sha512", "none"]) func otherSchemesAreRefused(_ scheme: String) {
    #expect {
      try WireCodec(key: "k", scheme: scheme)
    } throws: {
      "\($0)"
        == "cannot talk to a kernel that signs by '\(scheme)': only 'hmac-sha256' is spoken here; start the kernel with that scheme"
    }
  }

  /// Thousands of damaged messages: each is refused, or is one whose signature still holds.
  @Test func damagedMessagesAreRefusedOrRight() throws {
    var random = SeededRandom(20_261_121)
    let codec = try WireCodec(key: recorded.key)
    var taken = 0
    for _ in 0..<5_000 {
      let original = recorded.messages[Int.random(in: 0..<recorded.messages.count, using: &random)]
      let damaged = FrameDamage.damage(original.frames, using: &random)
      guard let message = try? codec.decode(damaged, on: original.channel) else { continue }
      taken += 1
      #expect(original.frames.contains(message.header) && original.frames.contains(message.content))
      _ = message.messageHeader
      #expect(throws: Never.self) { try JSONValue(parsing: message.contentJSON) }
    }
    #expect(taken > 0)
  }
}

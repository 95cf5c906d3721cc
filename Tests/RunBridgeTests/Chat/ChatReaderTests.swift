// SPDX-License-Identifier: Apache-2.0

import JSON
import Testing

@testable import RunBridge

/// Whatever an endpoint sends ends in an answer or in a sentence.
@Suite(.timeLimit(.minutes(1))) struct ChatReaderTests {
  private static let stream = Array(
    (TalkEndpoint.chunk(["role": "assistant", "content": ""]) + ": comment\r\n\r\n" + TalkEndpoint.chunk(["content": "grüße \u{1F6B2}"])
      + TalkEndpoint.chunk(["content": [["text": "!"]]]) + TalkEndpoint.chunk([:], finish: "stop") + "data: [DONE]\n\n").utf8)

  private static func read(_ pieces: [[UInt8]]) throws -> (text: String, answer: ChatAnswer) {
    var reader = ChatReader(limit: 10_000)
    var text = ""
    for piece in pieces { text += try reader.take(piece) }
    text += try reader.finish()
    return (text, try reader.answer())
  }

  @Test func readsHoweverItIsCut() throws {
    for cut in Self.stream.indices {
      let (text, answer) = try Self.read([Array(Self.stream[..<cut]), Array(Self.stream[cut...])])
      #expect(text == "grüße \u{1F6B2}!")
      #expect(answer == .text(text, model: "tiny-1"))
    }
  }

  /// The seed stands in a failure's text.
  @Test(arguments: 0..<20 as Range<UInt64>) func nothingThatIsSentStopsIt(seed: UInt64) {
    var dice = Dice(seed: seed)
    for _ in 0..<200 {
      var bytes = Self.stream
      for _ in 0..<Int.random(in: 1...8, using: &dice) {
        let place = Int.random(in: bytes.indices, using: &dice)
        switch Int.random(in: 0..<3, using: &dice) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &dice)
        case 1: bytes.removeSubrange(place..<min(bytes.count - 1, place + Int.random(in: 1...40, using: &dice)))
        default: bytes.insert(contentsOf: bytes.prefix(Int.random(in: 0...60, using: &dice)), at: place)
        }
      }
      do {
        let (text, answer) = try Self.read([bytes])
        if case .text(let whole, _) = answer { #expect(whole == text, "seed \(seed)") }
      } catch {
        #expect(error is ChatReader.Trouble, "seed \(seed)")
      }
    }
  }

  /// As SplitMix64.
  private struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = state
      value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
      return value ^ value >> 31
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import JSON
import Testing

@testable import jackfield

@Suite struct ImageTests {
  /// One red pixel, made with zlib by the chunks of the PNG specification.
  static let pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"

  @Test(
    arguments: [
      (["image/png": .string(pixel)], .png), (["image/png": .string(pixel + "\n"), "image/svg+xml": "<svg/>"], .png),
      (["image/jpeg": "/9j/"], .jpeg), (["image/svg+xml": "<svg/>"], .svg), (["image/svg+xml": ["<svg>", "</svg>"]], .svg),
      (["image/png": "!!!"], nil), (["image/png": ""], nil), (["image/png": 7], nil), (["text/plain": "x"], nil), (.null, nil), ([], nil),
    ] as [(JSONValue, RunImage.Format?)])
  func bestImageIsTaken(data: JSONValue, format: RunImage.Format?) {
    #expect(RunImage(data)?.format == format)
  }

  @Test func kittyGetsOurOwnEncodingInPieces() {
    let bytes = [UInt8](repeating: 7, count: 4_000)
    let text = Data(bytes).base64EncodedString()
    #expect(
      ImagePainter.kitty(bytes) == "\u{1B}_Ga=T,f=100,q=2,m=1;\(text.prefix(4_096))\u{1B}\\\u{1B}_Gm=0;\(text.dropFirst(4_096))\u{1B}\\\n")
    #expect(ImagePainter.kitty([1, 2, 3]) == "\u{1B}_Ga=T,f=100,q=2,m=0;AQID\u{1B}\\\n")
  }

  /// As kitty's and xterm's documents give them; tmux 3.3a says "1;2".
  @Test(arguments: [
    ("\u{1B}_Gi=31;OK\u{1B}\\\u{1B}[?62;c", true, [62]), ("\u{1B}[?63;1;2;4;6;9;15;22c", false, [63, 1, 2, 4, 6, 9, 15, 22]),
    ("\u{1B}[?1;2c", false, [1, 2]), ("\u{1B}_Gi=31;ENOTSUP\u{1B}\\\u{1B}[?1;2c", false, [1, 2]),
    ("keys before\u{1B}[?1;2c", false, [1, 2]),
    ("", false, []), ("\u{1B}[?", false, []), ("c", false, []),
  ])
  func terminalSaysWhatItCan(said: String, isKitty: Bool, attributes: [Int]) {
    let answer = TerminalQuestion.Answer(text: said)
    #expect(answer.attributes == attributes)
    #expect((ImagePainter.way(answer) == .kitty) == isKitty)
    if !isKitty, !attributes.contains(4) { #expect(ImagePainter.way(answer) == .path) }
  }

  @Test(arguments: [
    ("\u{1B}Pq#0;2;0;0;0~-\u{1B}\\", true), ("\u{1B}Pq~\n~\u{1B}\\\n", true), ("\u{1B}Pq\u{1B}[2J\u{1B}\\", false), ("\u{1B}Pq", false),
    ("", false),
    ("\u{1B}\\", false), ("text\u{1B}Pq\u{1B}\\", false),
  ])
  func sixelIsOneControlString(text: String, isSixel: Bool) {
    #expect(ImagePainter.isSixel(Array(text.utf8)) == isSixel)
  }

  @Test(.enabled(if: SixelTool.path != nil)) func sixelToolDrawsAPixel() throws {
    let image = try #require(RunImage(["image/png": .string(Self.pixel)]))
    let drawn = try #require(SixelTool.convert(image.bytes))
    #expect(ImagePainter.isSixel(drawn))
    #expect(SixelTool.convert(Array("no image".utf8)) == nil)
  }

  @Test func filesAreForTheirOwnerAlone() throws {
    let image = try #require(RunImage(["image/png": .string(Self.pixel)]))
    let painter = ImagePainter(.path)
    guard case .file(let first) = painter.show(image), case .file(let second) = painter.show(image) else {
      Issue.record("no file was written")
      return
    }
    defer { try? FileManager.default.removeItem(atPath: String(first.dropLast("/1.png".count))) }
    #expect(first.hasSuffix("/1.png") && second.hasSuffix("/2.png"))
    #expect(try Data(contentsOf: URL(filePath: first)) == Data(image.bytes))
    var status = stat()
    #expect(stat(first, &status) == 0 && status.st_mode & 0o777 == 0o600)
    #expect(stat(String(first.dropLast("/1.png".count)), &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  /// What says it is a PNG and is none goes to no terminal.
  @Test func onlyAPNGIsDrawn() {
    let painter = ImagePainter(.kitty)
    guard case .file(let path) = painter.show(RunImage(format: .png, bytes: Array("no image".utf8))) else {
      Issue.record("it was drawn")
      return
    }
    try? FileManager.default.removeItem(atPath: String(path.dropLast("/1.png".count)))
  }
}

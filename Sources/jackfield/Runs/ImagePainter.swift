// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Shows images: drawn by the terminal where it can, else written to files.
final class ImagePainter {
  private let asked: ImageWay
  /// Found out when the first image comes: the terminal has to be asked.
  private lazy var way = asked == .auto ? Self.detect() : asked
  private let files = ImageFiles()

  init(_ way: ImageWay) { asked = way }

  func show(_ image: RunImage) -> ShownImage {
    if image.isPNG {
      switch way {
      case .kitty: return .drawn(Self.kitty(image.bytes))
      case .sixel: if let drawn = Self.sixel(image.bytes) { return .drawn(drawn) }
      case .auto, .path: break
      }
    }
    return files.write(image)
  }

  private static func detect() -> ImageWay {
    guard Terminal.outputIsTerminal, let said = TerminalQuestion.ask(TerminalQuestion.images, milliseconds: 400) else { return .path }
    return way(said)
  }

  /// What the terminal's answer means.
  static func way(_ said: TerminalQuestion.Answer) -> ImageWay {
    if said.text.contains("\u{1B}_Gi=31;OK") { return .kitty }
    return said.attributes.contains(4) && SixelTool.path != nil ? .sixel : .path
  }

  /// The protocol's escapes: base64 in pieces of 4096 characters. Our own encoding of the bytes, so that nothing else gets in.
  static func kitty(_ bytes: [UInt8]) -> String {
    let text = Array(Data(bytes).base64EncodedString().utf8)
    var escapes = ""
    for start in stride(from: 0, to: text.count, by: 4_096) {
      let end = min(start + 4_096, text.count)
      let first = start == 0 ? "a=T,f=100,q=2," : ""
      escapes += "\u{1B}_G\(first)m=\(end < text.count ? 1 : 0);\(String(decoding: text[start..<end], as: UTF8.self))\u{1B}\\"
    }
    return escapes + "\n"
  }

  /// nil when the tool is not there or gives something else than one image.
  private static func sixel(_ bytes: [UInt8]) -> String? {
    guard let output = SixelTool.convert(bytes), isSixel(output) else { return nil }
    return String(decoding: output, as: UTF8.self) + "\n"
  }

  /// Whether it is one control string, ESC P … ESC \, without another escape in it.
  static func isSixel(_ bytes: [UInt8]) -> Bool {
    var bytes = bytes[...]
    while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    guard bytes.starts(with: [0x1B, 0x50]), bytes.suffix(2) == [0x1B, 0x5C] else { return false }
    return bytes.dropFirst().dropLast(2).allSatisfy { (0x20..<0x7F).contains($0) || $0 == 0x0A || $0 == 0x0D }
  }
}

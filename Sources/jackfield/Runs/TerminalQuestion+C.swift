// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Asks a terminal what it can, and waits a moment for its answer.
enum TerminalQuestion {
  struct Answer: Equatable {
    var text: String

    /// The numbers of its primary device attributes, ESC [ ? … c; 4 stands for sixel.
    var attributes: [Int] {
      for rest in text.split(separator: "\u{1B}") where rest.hasPrefix("[?") && rest.hasSuffix("c") {
        return rest.dropFirst(2).dropLast().split(separator: ";").compactMap { Int($0) }
      }
      return []
    }

    /// Whether it is there to its end: the attributes are asked for last, and every terminal has them.
    var isWhole: Bool { !attributes.isEmpty }
  }

  /// Kitty's question about an image of one pixel, then for the attributes.
  static let images = "\u{1B}_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\u{1B}\\\u{1B}[c"

  /// - Returns: nil when there is no terminal, or it says nothing in time.
  static func ask(_ question: String, milliseconds: Int) -> Answer? {
    let terminal = unsafe open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    // Who is in the background must not touch the terminal, and would be stopped.
    guard tcgetpgrp(terminal) == getpgrp() else { return nil }
    var before = termios()
    guard unsafe tcgetattr(terminal, &before) == 0 else { return nil }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO)
    unsafe tcsetattr(terminal, TCSADRAIN, &raw)
    defer { unsafe tcsetattr(terminal, TCSADRAIN, &before) }
    guard Output.tryWrite(question, to: terminal) else { return nil }
    return answer(terminal, milliseconds)
  }

  private static func answer(_ terminal: Int32, _ milliseconds: Int) -> Answer? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    var wanted = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
    let limit = now() + milliseconds
    while bytes.count < 4_096 {
      let left = limit - now()
      guard left > 0, unsafe poll(&wanted, 1, Int32(clamping: left)) == 1, unsafe read(terminal, &byte, 1) == 1 else { break }
      bytes.append(byte)
      let answer = Answer(text: String(decoding: bytes, as: UTF8.self))
      if byte == UInt8(ascii: "c"), answer.isWhole { return answer }
    }
    return nil
  }

  private static func now() -> Int {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Int(time.tv_sec) * 1_000 + Int(time.tv_nsec) / 1_000_000
  }
}

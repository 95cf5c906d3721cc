// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Kernel

@Suite struct IntakeTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "intake-\(UUID().uuidString)").path

  private func frames(_ number: Int) -> WireFrames {
    let size = number % 500 == 0 ? WireFrames.largeFrame + number : 100
    return WireFrames([Array("topic".utf8), Array("\(number)".utf8), [UInt8](repeating: UInt8(number % 256), count: size)])
  }

  private func isRight(_ message: (KernelChannel, WireFrames)?, _ number: Int) -> Bool {
    guard let (channel, found) = message else { return false }
    let expected = frames(number)
    return channel == (number % 3 == 0 ? .shell : .iopub) && found.count == 3 && (0..<3).allSatisfy { found[$0] == expected[$0] }
  }

  /// Put in and taken out by turns, so that places in the file are used again; and then to the end.
  @Test(arguments: ["", "/is/not/there"]) func whatComesTooFastWaitsInOrderAndWhole(_ place: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var intake = Intake(path: folder + place + "/link.events")
    var (written, read, isWhole) = (0, 0, true)
    for _ in 0..<12 {
      for _ in 0..<4_000 {
        intake.append(frames(written), on: written % 3 == 0 ? .shell : .iopub)
        written += 1
      }
      for _ in 0..<3_000 {
        isWhole = isRight(intake.next(), read) && isWhole
        read += 1
      }
    }
    #expect(!intake.isEmpty && isWhole)
    while read < written {
      isWhole = isRight(intake.next(), read) && isWhole
      read += 1
    }
    let end = intake.next()
    #expect(isWhole && end == nil && intake.isEmpty)
    // The file has no name: nothing is left when the host is killed.
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }
}

// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

@testable import Host

@Suite struct RotatingFileTests {
  private func inDirectory(_ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "jf-log-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try body(directory)
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func startsAnewWhenFullAndKeepsSoManyOlderOnes() throws {
    try inDirectory { directory in
      let file = try RotatingFile(path: directory + "/host.log", maximumBytes: 10, keep: 2)
      for number in 1...5 { file.write(Array("line \(number)\n".utf8)) }
      #expect(try text(directory + "/host.log") == "line 5\n")
      #expect(try text(directory + "/host.log.1") == "line 4\n")
      #expect(try text(directory + "/host.log.2") == "line 3\n")
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 3)
    }
  }

  @Test func keepingNoneLeavesOneFile() throws {
    try inDirectory { directory in
      let file = try RotatingFile(path: directory + "/host.log", maximumBytes: 10, keep: 0)
      for number in 1...3 { file.write(Array("line \(number)\n".utf8)) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["host.log"])
      #expect(try text(directory + "/host.log") == "line 3\n")
    }
  }

  @Test func appendsToWhatIsThere() throws {
    try inDirectory { directory in
      try RotatingFile(path: directory + "/host.log", maximumBytes: 100, keep: 1).write(Array("one\n".utf8))
      try RotatingFile(path: directory + "/host.log", maximumBytes: 100, keep: 1).write(Array("two\n".utf8))
      #expect(try text(directory + "/host.log") == "one\ntwo\n")
    }
  }

  @Test func reopensAfterSomebodyMovedTheFile() throws {
    try inDirectory { directory in
      let path = directory + "/host.log"
      let file = try RotatingFile(path: path, maximumBytes: 100, keep: 1)
      file.write(Array("one\n".utf8))
      try FileManager.default.moveItem(atPath: path, toPath: directory + "/aside")
      file.reopen()
      file.write(Array("two\n".utf8))
      #expect(try text(path) == "two\n")
      #expect(try text(directory + "/aside") == "one\n")
    }
  }

  /// /dev/full answers every write as a full disk does.
  @Test func aFullDiskCostsLinesOnly() throws {
    let file = try RotatingFile(path: "/dev/full", maximumBytes: 4, keep: 1)
    for _ in 0..<3 { file.write(Array("lost\n".utf8)) }
    #expect(file.lostLines == 3)
  }

  @Test func saysWhyAFileCannotBeOpened() {
    #expect {
      try RotatingFile(path: "/nowhere/host.log", maximumBytes: 1, keep: 1)
    } throws: { error in
      "\(error)"
        == "cannot open the log file '/nowhere/host.log': No such file or directory; make its directory writable, or set log.file to false"
    }
  }
}

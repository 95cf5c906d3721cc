// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Testing

@testable import Archive

@Suite final class ArchiveTests {
  private let directory = "/tmp/jackfield-archive-\(UInt64.random(in: 0 ... .max))"

  init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false) }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func read(_ path: String) throws -> [(ArchiveEntry, [UInt8])] {
    let reader = try ArchiveReader(path: path)
    var found: [(ArchiveEntry, [UInt8])] = []
    var buffer = [UInt8](repeating: 0, count: 1_000)
    while let entry = try reader.next() {
      var content: [UInt8] = []
      while case let count = try reader.read(into: &buffer), count > 0 { content += buffer[..<count] }
      found.append((entry, content))
    }
    return found
  }

  @Test(arguments: ["a.zip", "a.tar.zst", "A.TZST"])
  func whatIsWrittenIsRead(_ name: String) throws {
    let path = "\(directory)/\(name)"
    let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    let writer = try ArchiveWriter(path: path, format: try #require(ArchiveFormat(path: path)))
    try writer.beginFile("small.txt", size: 5, modified: 1_700_000_000)
    try writer.write(Array("hello, but only five".utf8), count: 5)
    try writer.beginFile("sub/large.bin", size: Int64(large.count), modified: 0)
    try writer.write(large, count: large.count)
    try writer.beginFile("empty", size: 0, modified: 0)
    try writer.close()
    let found = try read(path)
    #expect(found.map(\.0.name) == ["small.txt", "sub/large.bin", "empty"])
    #expect(found.allSatisfy { $0.0.kind == .file })
    #expect(found.map(\.1) == [Array("hello".utf8), large, []])
  }

  @Test func onlyKnownEndingsAreArchives() {
    #expect(ArchiveFormat(path: "/x/bundle") == nil)
    #expect(ArchiveFormat(path: "/x/bundle.tar") == nil)
    #expect(ArchiveFormat(path: "/x/bundle.ZIP") == .zip)
  }

  @Test func namesThatAreNotAsciiAreNotWritten() throws {
    let writer = try ArchiveWriter(path: directory + "/a.zip", format: .zip)
    let error = #expect(throws: ArchiveError.self) { try writer.beginFile("läuft", size: 1, modified: 0) }
    #expect(error?.description == "cannot add 'läuft' to '\(directory)/a.zip': the name is not of printable ASCII")
  }

  @Test func aMissingDirectoryIsAnError() {
    #expect(throws: ArchiveError.self) { try ArchiveWriter(path: directory + "/none/a.zip", format: .zip) }
    #expect(throws: ArchiveError.self) { try ArchiveReader(path: directory + "/none.zip") }
  }

  @Test(arguments: ["", "this is no archive at all, only text", "PK\u{3}\u{4}"])
  func otherFilesAreRefused(_ text: String) throws {
    let path = directory + "/odd.zip"
    try Data(text.utf8).write(to: URL(filePath: path))
    let found = try? read(path)
    #expect(found?.isEmpty ?? true)
  }

  @Test(arguments: ["a.zip", "a.tar.zst"])
  func aTruncatedArchiveIsNotReadToItsEnd(_ name: String) throws {
    let path = "\(directory)/\(name)"
    let noise = (0..<500_000).map { _ in UInt8.random(in: 0...255) }
    let writer = try ArchiveWriter(path: path, format: try #require(ArchiveFormat(path: path)))
    try writer.beginFile("noise", size: Int64(noise.count), modified: 0)
    try writer.write(noise, count: noise.count)
    try writer.close()
    let whole = try Data(contentsOf: URL(filePath: path))
    try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
    #expect(throws: ArchiveError.self) { try read(path) }
  }

  @Test func archivesOfPythonAreRead() throws {
    let script = """
      import sys, zipfile, tarfile, io
      with zipfile.ZipFile(sys.argv[1] + "/p.zip", "w", zipfile.ZIP_DEFLATED) as z:
          z.writestr("läuft/🧪.txt", "zip" * 1000)
          z.writestr("dir/", "")
      with tarfile.open(sys.argv[1] + "/p.tar.gz", "w:gz") as t:
          for name, kind in (("plain", tarfile.REGTYPE), ("soft", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("fifo", tarfile.FIFOTYPE)):
              info = tarfile.TarInfo(name)
              info.type = kind
              info.linkname = "plain" if kind in (tarfile.SYMTYPE, tarfile.LNKTYPE) else ""
              info.size = 3 if kind == tarfile.REGTYPE else 0
              t.addfile(info, io.BytesIO(b"tar") if info.size else None)
      """
    try run(script, directory)
    let zip = try read(directory + "/p.zip")
    #expect(zip.map(\.0.name) == ["läuft/🧪.txt", "dir/"])
    #expect(zip[0].1.count == 3_000)
    #expect(zip[1].0.kind == .directory)
    let tar = try read(directory + "/p.tar.gz")
    #expect(tar.map(\.0.kind) == [.file, .symbolicLink, .hardLink, .special])
    #expect(tar[0].1 == Array("tar".utf8))
  }

  @Test func pythonReadsOurs() throws {
    let writer = try ArchiveWriter(path: directory + "/o.zip", format: .zip)
    try writer.beginFile("a/b.txt", size: 3, modified: 1_700_000_000)
    try writer.write(Array("abc".utf8), count: 3)
    try writer.close()
    try run("import sys, zipfile; assert zipfile.ZipFile(sys.argv[1] + '/o.zip').read('a/b.txt') == b'abc'", directory)
  }
}

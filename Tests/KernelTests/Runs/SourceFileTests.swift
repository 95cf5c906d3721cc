// SPDX-License-Identifier: Apache-2.0

import Foundation
import PluginSDK
import Testing

@testable import Kernel

@Suite struct SourceFileTests {
  private func read(_ bytes: [UInt8]) throws -> String {
    let path = FileManager.default.temporaryDirectory.appending(path: "source-\(UUID().uuidString).py").path()
    try Data(bytes).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try SourceFile.read(path)
  }

  /// The first line, and bytes behind it; what Python 3.12 makes of them by `tokenize.open`.
  @Test(arguments: [
    ("# -*- coding: latin-1 -*-", [0xE9, 0xA4, 0x80] as [UInt8], "é¤\u{80}"),
    ("# vim: set fileencoding=iso-8859-15 :", [0xE9, 0xA4], "é€"),
    ("#!/usr/bin/python\n# coding=cp1252", [0x80, 0x93, 0xE9], "€“é"),
    ("\n# coding: ISO_8859_1", [0xFF], "ÿ"),
    ("# coding: utf-8", [0xC3, 0xA9], "é"),
    ("x = 1\n# coding: latin-1", [0xC3, 0xA9], "é"),
    ("# decoding nothing", [0xC3, 0xA9], "é"),
  ]) func aDocumentIsReadAsItsFirstLinesSay(head: String, bytes: [UInt8], text: String) throws {
    #expect(try read(Array("\(head)\ns = '".utf8) + bytes + Array("'\n".utf8)) == "\(head)\ns = '\(text)'\n")
  }

  @Test(arguments: [
    ("x = 'x'", [0xE9] as [UInt8], "it is no UTF-8, and no line like '# -*- coding: latin-1 -*-' at its begin says what it is"),
    ("# coding: shift_jis", [0x41], "its coding is 'shift_jis'; utf-8, latin-1, iso-8859-15 and cp1252 are read"),
    ("\u{FEFF}# coding: latin-1", [0x41], "its coding is 'latin-1', and it begins as UTF-8"),
    ("# coding: cp1252", [0x81], "its coding is cp1252, which has no character 0x81"),
  ]) func whatCannotBeReadIsSaidAndNotMended(head: String, bytes: [UInt8], reason: String) throws {
    let failure = #expect(throws: PluginFailure.self) { try read(Array("\(head)\n".utf8) + bytes) }
    #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
    #expect(failure?.code == "bad_coding")
  }

  @Test(arguments: ["relative.py", "", "/dev/zero", "/tmp", "/dev/null", "/etc/passwd\u{0}.py"])
  func whatIsNoDocumentIsRefused(path: String) {
    #expect(throws: PluginFailure.self) { try SourceFile.read(path) }
  }

  @Test func aPipeIsNotWaitedFor() {
    let path = FileManager.default.temporaryDirectory.appending(path: "pipe-\(UUID().uuidString)").path()
    #expect(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    #expect(throws: PluginFailure.self) { try SourceFile.read(path) }
  }
}

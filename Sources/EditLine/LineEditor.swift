// SPDX-License-Identifier: Apache-2.0
internal import CEditLine
import Glibc

/// A line at a terminal that a person edits: with history, and completion by Tab. Used by one thread.
@safe public final class LineEditor {
  /// Asked at Tab: the line as it stands, and the cursor in code points from its beginning. nil: a tabulator is meant.
  public var complete: (_ line: String, _ cursor: Int) -> Replacement? = { _, _ in nil }

  private let editor: OpaquePointer
  private let past: OpaquePointer
  /// The prompt, lent to the library while a line is edited.
  private var prompt: UnsafeMutablePointer<CChar>?
  private let watched: () -> Int32
  private var wasInterrupted = false
  /// Where a reader of bytes keeps what belongs to no character yet.
  private var pending: [UInt8] = []

  /// Takes the terminal of standard input and output; the terminal is in its usual state but for while a line is edited.
  ///
  /// - Parameters:
  ///   - name: Of the program, in lower case: what a person's `.editrc` may mean.
  ///   - size: How many entries the history holds.
  ///   - watched: A descriptor that ends the editing when it becomes readable; -1 for none.
  /// - Throws: `EditLineError` when the terminal cannot be used, or there is no memory.
  public init(name: String, historySize: Int = 10_000, watched: @escaping () -> Int32 = { -1 }) throws(EditLineError) {
    // The library counts columns by the locale; without one it takes every letter beyond ASCII for a control character.
    unsafe setlocale(LC_CTYPE, "")
    let charset = unsafe nl_langinfo(nl_item(CODESET)).map { unsafe String(cString: $0) }
    if charset != "UTF-8" { unsafe setlocale(LC_CTYPE, "C.UTF-8") }
    guard let editor = unsafe jf_editline_open(name), let past = unsafe history_init() else {
      throw EditLineError("cannot edit lines at this terminal: the library refused it; set TERM to what the terminal is, such as xterm")
    }
    unsafe self.editor = unsafe editor
    unsafe self.past = unsafe past
    self.watched = watched
    unsafe jf_history_set_size(past, Int32(clamping: historySize))
    unsafe jf_history_set_unique(past, 1)
    unsafe jf_editline_set_owner(editor, Unmanaged.passUnretained(self).toOpaque())
    unsafe jf_editline_set_prompt(editor, promptOf)
    unsafe jf_editline_set_reader(editor, readCharacter)
    unsafe jf_editline_set_history(editor, past)
    unsafe jf_editline_set_keys(editor, "emacs")
    unsafe jf_editline_add(editor, "jackfield-complete", "completes the word before the cursor", completeWord)
    unsafe jf_editline_bind(editor, "^I", "jackfield-complete")
    unsafe jf_editline_bind(editor, "^R", "em-inc-search-prev")
    unsafe el_source(editor, nil)
  }

  deinit {
    unsafe el_end(editor)
    unsafe history_end(past)
    unsafe free(prompt)
  }

  /// Lets a person edit one line.
  ///
  /// - Parameters:
  ///   - prompt: What stands before it, without control characters.
  ///   - text: What stands in it already.
  public func read(prompt: String, text: String = "") -> EditedLine {
    unsafe free(self.prompt)
    unsafe self.prompt = unsafe strdup(prompt)
    wasInterrupted = false
    if !text.isEmpty { unsafe el_push(editor, text) }
    var count: Int32 = 0
    guard let line = unsafe el_gets(editor, &count), count > 0 else {
      return wasInterrupted ? .interrupted : .end
    }
    let bytes = unsafe UnsafeBufferPointer(start: line, count: strlen(line))
    var edited = unsafe String(decoding: bytes.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    if edited.hasSuffix("\n") { edited.removeLast() }
    return .text(edited)
  }

  /// Puts an entry into the history; the same one twice in a row is one.
  public func remember(_ text: String) {
    if !text.isEmpty { unsafe jf_history_enter(past, text) }
  }

  /// Reads a history that was saved; nothing when there is none.
  public func loadHistory(_ path: String) { unsafe jf_history_load(past, path) }

  /// Saves the history for its owner alone.
  ///
  /// - Throws: `EditLineError` when it cannot be written.
  public func saveHistory(_ path: String) throws(EditLineError) {
    guard unsafe jf_history_save(past, path) >= 0 else {
      throw EditLineError("cannot save the history to '\(path)'; make its directory writable")
    }
  }

  // MARK: - What the library asks for

  fileprivate func lentPrompt() -> UnsafeMutablePointer<CChar>? { unsafe prompt }

  /// Waits for a character of the terminal.
  ///
  /// - Returns: nil at the end of input, or when the watched descriptor became readable.
  fileprivate func nextCharacter() -> Unicode.Scalar? {
    while true {
      guard let byte = nextByte() else { return nil }
      pending.append(byte)
      if let scalar = completeCharacter() { return scalar }
    }
  }

  /// What the pending bytes mean, once they are a whole character; what can be none is shown as one.
  private func completeCharacter() -> Unicode.Scalar? {
    let wanted = Self.length(pending[0])
    guard pending.count >= wanted else { return nil }
    defer { pending = [] }
    return String(decoding: pending, as: UTF8.self).unicodeScalars.first
  }

  private static func length(_ first: UInt8) -> Int {
    switch first {
    case 0xC2...0xDF: 2
    case 0xE0...0xEF: 3
    case 0xF0...0xF4: 4
    default: 1
    }
  }

  private func nextByte() -> UInt8? {
    while true {
      var wanted = [
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0), pollfd(fd: watched(), events: Int16(POLLIN), revents: 0),
      ]
      let count = unsafe poll(&wanted, 2, -1)
      if wanted[1].revents != 0 {
        wasInterrupted = true
        return nil
      }
      guard count > 0 else { continue }
      var byte: UInt8 = 0
      let got = unsafe Glibc.read(STDIN_FILENO, &byte, 1)
      if got == 1 { return byte }
      if got == 0 || (errno != EINTR && errno != EAGAIN) { return nil }
    }
  }

  /// Does what Tab means.
  fileprivate func completeHere() -> Int32 {
    guard let line = unsafe el_line(editor) else { return CC_ERROR }
    let before = unsafe Self.text(from: line.pointee.buffer, to: line.pointee.cursor)
    let after = unsafe Self.text(from: line.pointee.cursor, to: line.pointee.lastchar)
    guard let found = complete(before + after, before.unicodeScalars.count) else { return insert("    ") }
    guard !found.texts.isEmpty else { return CC_ERROR }
    let typed = String(String.UnicodeScalarView(before.unicodeScalars.suffix(found.length)))
    if found.texts.count == 1 || found.common.unicodeScalars.count > typed.unicodeScalars.count {
      unsafe el_deletestr(editor, Int32(clamping: min(found.length, before.unicodeScalars.count)))
      return insert(found.common)
    }
    show(found.texts)
    return CC_REDISPLAY
  }

  private func insert(_ text: String) -> Int32 {
    guard !text.isEmpty else { return CC_REFRESH }
    return unsafe el_insertstr(editor, text) == 0 ? CC_REFRESH : CC_ERROR
  }

  private static func text(from begin: UnsafePointer<CChar>, to end: UnsafePointer<CChar>) -> String {
    unsafe String(decoding: UnsafeBufferPointer(start: begin, count: end - begin).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Lists texts below the line, in columns.
  private func show(_ texts: [String]) {
    var size = winsize()
    let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    let lines = Columns.lines(texts, width: isKnown ? Int(size.ws_col) : 80)
    unsafe jf_editline_print("\n" + lines.joined(separator: "\n") + "\n")
  }
}

private func owner(_ editor: OpaquePointer?) -> LineEditor? {
  guard let editor = unsafe editor, let owner = unsafe jf_editline_owner(editor) else { return nil }
  return unsafe Unmanaged<LineEditor>.fromOpaque(owner).takeUnretainedValue()
}

private func promptOf(_ editor: OpaquePointer?) -> UnsafeMutablePointer<CChar>? { unsafe owner(editor)?.lentPrompt() }

/// 1 with a character, 0 at the end, as the library wants it.
private func readCharacter(_ editor: OpaquePointer?, _ character: UnsafeMutablePointer<wchar_t>?) -> Int32 {
  guard let scalar = unsafe owner(editor)?.nextCharacter() else { return 0 }
  unsafe character?.pointee = wchar_t(bitPattern: scalar.value)
  return 1
}

private func completeWord(_ editor: OpaquePointer?, _ key: Int32) -> UInt8 {
  UInt8(clamping: unsafe owner(editor)?.completeHere() ?? CC_ERROR)
}

// SPDX-License-Identifier: Apache-2.0

/// Reads one line of text at a time: what it is, and what is open when it ends.
///
/// Formatted strings are read as Python 3.12 does (any quote inside a field); text that is right for 3.11 comes out the same.
struct LineTokenizer: Sendable {
  /// Python's own limit.
  static let mostOpenBrackets = 200

  private(set) var states = StateTable()
  /// Bytes read since the beginning, for those who prove that reading is linear.
  private(set) var bytesRead = 0
  /// How many frames of the state at the line's beginning are still open after the line.
  private(set) var kept = 0

  /// The part of the stack that was there when the line began, and what the line put on it.
  var base = StateTable.empty
  var pushed: [Frame] = []

  var record = LineRecord()
  /// Where reading stands, and where the line ends.
  var position = 0
  var end = 0
  /// The last token's byte, when it is a mark that matters: `:`, `=`, or 0.
  var lastMark: UInt8 = 0
  /// Whether the line's end does not end the logical line.
  var goesOn = false

  private let classes = CharacterClass.table

  /// Forgets all states; numbers given out before mean nothing then.
  mutating func reset() { states = StateTable() }

  /// Reads the line at some bytes, without its newline.
  ///
  /// - Returns: What the line is, and the state at the next line's beginning.
  mutating func read(_ text: Span<UInt8>, _ bytes: Range<Int>, state: Int32) -> (record: LineRecord, next: Int32) {
    bytesRead += bytes.count + 1
    position = bytes.lowerBound
    end = bytes.upperBound
    base = state
    pushed.removeAll(keepingCapacity: true)
    record = LineRecord(state: state)
    lastMark = 0
    goesOn = false
    kept = states.depth(of: state)
    if state == StateTable.empty { beginLogicalLine(text) } else { goOn(text) }
    let next = finish()
    return (record, next)
  }

  /// The stack as one number, and what the line's end means.
  private mutating func finish() -> Int32 {
    if record.fault != .none, record.fault != .tooDeep {
      record.isEnd = true
      kept = 0
      return StateTable.empty
    }
    let isOpen = goesOn || base != StateTable.empty || !pushed.isEmpty
    if record.role == .start || record.role == .inner {
      record.isEnd = !isOpen
      record.endsInColon = !isOpen && lastMark == UInt8(ascii: ":")
    }
    kept = min(kept, states.depth(of: base))
    var state = base
    for frame in pushed { state = states.push(frame, on: state) }
    return state
  }

  // MARK: - The stack

  var top: Frame { pushed.last ?? states.frame(of: base) }
  private var isEmpty: Bool { pushed.isEmpty && base == StateTable.empty }

  mutating func push(_ frame: Frame) {
    pushed.append(frame)
    if pushed.count + states.depth(of: base) > Self.mostOpenBrackets, record.fault == .none { record.fault = .tooDeep }
  }

  mutating func pop() {
    if pushed.popLast() == nil { base = states.parent(of: base) }
  }

  /// Nothing else on this line is read.
  mutating func fail(_ fault: Fault) {
    record.fault = fault
    position = end
  }

  // MARK: - Beginnings

  /// A line that continues what an earlier one has open.
  private mutating func goOn(_ text: Span<UInt8>) {
    record.role = .inner
    switch states.frame(of: base) {
    case .cellMagic:
      guard CellMarker.isMarker(text, position..<end) else { return }
      base = StateTable.empty
      record.role = .comment
    case .magic:
      pop()
      readMagic(text)
    case .continued:
      pop()
      readTokens(text)
    case .continuedAfterColon:
      pop()
      lastMark = UInt8(ascii: ":")
      readTokens(text)
    case let frame where frame.isBare:
      pop()
      beginLogicalLine(text, behind: frame.bareColumn)
    case let frame where frame.isBracket && !states.isInsideText(base):
      if beginsStatement(text) { interrupt(text) } else { readTokens(text) }
    default: readTokens(text)
    }
  }

  /// Whether the line begins with a word that cannot stand in brackets.
  private func beginsStatement(_ text: Span<UInt8>) -> Bool {
    var at = position
    while at < end, classes[Int(text[at])] == .space { at += 1 }
    guard at < end, text[at] >= UInt8(ascii: "a"), text[at] <= UInt8(ascii: "w") else { return false }
    return lead(text, at).neverInsideBrackets
  }

  /// A bracket was forgotten above: the line is read as if it had been closed.
  private mutating func interrupt(_ text: Span<UInt8>) {
    base = StateTable.empty
    beginLogicalLine(text)
  }

  /// - Parameter column: The indentation a lone backslash above has fixed; 0 when there is none.
  private mutating func beginLogicalLine(_ text: Span<UInt8>, behind column: Int32 = 0) {
    let start = position
    record.role = .blank
    indent(text)
    if column > 0 { (record.column, record.narrowColumn) = (column, column) }
    guard position < end else { return }
    switch classes[Int(text[position])] {
    case .hash: record.role = .comment
    case .percent where position == start && position + 1 < end && text[position + 1] == UInt8(ascii: "%"):
      record.role = .start
      record.lead = .cellMagic
      pushed.append(.cellMagic)
    case .backslash where position + 1 == end:
      // Nothing but the indentation is said here; Python counts the line as none of a statement's.
      pushed.append(.bare(column: record.column))
    case .percent, .bang, .question:
      record.role = .start
      record.lead = .magic
      readMagic(text)
    default:
      record.role = .start
      readLead(text)
      readTokens(text)
    }
  }

  private mutating func indent(_ text: Span<UInt8>) {
    if position == 0, end >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF { position = 3 }
    var (wide, narrow): (Int32, Int32) = (0, 0)
    while position < end {
      switch text[position] {
      case UInt8(ascii: " "): (wide, narrow) = (wide + 1, narrow + 1)
      case UInt8(ascii: "\t"): (wide, narrow) = ((wide / 8 + 1) * 8, narrow + 1)
      case 0x0C: (wide, narrow) = (0, 0)
      default:
        (record.column, record.narrowColumn) = (wide, narrow)
        return
      }
      position += 1
    }
  }

  private mutating func readLead(_ text: Span<UInt8>) {
    record.lead = text[position] == UInt8(ascii: "@") ? .decorator : lead(text, position)
  }

  private func lead(_ text: Span<UInt8>, _ start: Int) -> LeadWord {
    var at = start
    while at < end, at - start <= LeadWord.longest, classes[Int(text[at])] == .name || classes[Int(text[at])] == .digit { at += 1 }
    let length = at - start
    guard length >= 2, length <= LeadWord.longest, text[start] < 0x80 else { return .other }
    if at < end, classes[Int(text[at])] == .quote { return .other }
    var word = ""
    for index in start..<at { word.unicodeScalars.append(Unicode.Scalar(text[index])) }
    return LeadWord(word)
  }

  /// The rest of the line is no Python; a backslash at its end takes the next line in.
  mutating func readMagic(_ text: Span<UInt8>) {
    if end > position, text[end - 1] == UInt8(ascii: "\\") { pushed.append(.magic) }
    position = end
  }

  // MARK: - Tokens

  mutating func readTokens(_ text: Span<UInt8>) {
    while position < end || top.isText {
      let frame = top
      if frame.isPlainString {
        guard readString(text, frame) else { return }
      } else if frame.isText {
        guard readFormatted(text, frame) else { return }
      } else {
        readCode(text)
      }
    }
  }

  /// Reads code until something opens or closes that changes how text is read, or to the end.
  private mutating func readCode(_ text: Span<UInt8>) {
    while position < end {
      let byte = text[position]
      switch classes[Int(byte)] {
      case .space: position += 1
      case .name:
        if readWord(text) { return }
      case .digit:
        skipWord(text)
        lastMark = 0
      case .quote:
        open(text, isFormatted: false, isRaw: false)
        return
      case .opener:
        position += 1
        lastMark = 0
        push(byte == UInt8(ascii: "(") ? .parenthesis : byte == UInt8(ascii: "[") ? .bracket : .brace)
      case .closer:
        position += 1
        lastMark = 0
        if close(byte) { return }
      case .colon:
        position += 1
        lastMark = byte
        if top == .field {
          push(specification())
          return
        }
      case .equals: readEquals(text)
      case .hash: position = end
      case .mark:
        position += 1
        lastMark = 0
      case .bang: readBang(text)
      case .percent: readPercent(text)
      case .question: readQuestion(text)
      case .backslash: readBackslash(text)
      case .bad: fail(.badCharacter)
      case .nul: fail(.nulByte)
      }
    }
  }

  private mutating func skipWord(_ text: Span<UInt8>) {
    while position < end, classes[Int(text[position])] == .name || classes[Int(text[position])] == .digit { position += 1 }
  }

  /// Reads a name, or opens the string whose prefix it is.
  ///
  /// - Returns: Whether a string begins.
  private mutating func readWord(_ text: Span<UInt8>) -> Bool {
    let start = position
    if text[start] == 0xEF, start + 2 < end, text[start + 1] == 0xBB, text[start + 2] == 0xBF {
      // A byte order mark means something at the beginning of a file only.
      fail(.badCharacter)
      return true
    }
    skipWord(text)
    lastMark = 0
    guard position < end, position - start <= 2, classes[Int(text[position])] == .quote else { return false }
    var (isFormatted, isRaw, isPrefix) = (false, false, true)
    for index in start..<position {
      switch text[index] | 0x20 {
      case UInt8(ascii: "f"), UInt8(ascii: "t"): isFormatted = true
      case UInt8(ascii: "r"): isRaw = true
      case UInt8(ascii: "b"), UInt8(ascii: "u"): break
      default: isPrefix = false
      }
    }
    open(text, isFormatted: isPrefix && isFormatted, isRaw: isPrefix && isRaw)
    return true
  }

  private mutating func open(_ text: Span<UInt8>, isFormatted: Bool, isRaw: Bool) {
    let quote = text[position]
    let isTriple = position + 2 < end && text[position + 1] == quote && text[position + 2] == quote
    position += isTriple ? 3 : 1
    lastMark = 0
    push(.string(isDouble: quote == UInt8(ascii: "\""), isTriple: isTriple, isFormatted: isFormatted, isRaw: isRaw))
  }

  /// - Returns: Whether the text of a formatted string goes on.
  private mutating func close(_ byte: UInt8) -> Bool {
    guard !isEmpty else {
      fail(.unmatchedCloser)
      return false
    }
    switch (top, byte) {
    case (.parenthesis, UInt8(ascii: ")")), (.bracket, UInt8(ascii: "]")), (.brace, UInt8(ascii: "}")):
      pop()
      return false
    case (.field, UInt8(ascii: "}")):
      pop()
      return true
    default:
      fail(.wrongCloser)
      return false
    }
  }

  /// The frame for the specification of the innermost field: the string below it tells which quote ends it.
  private func specification() -> Frame {
    if pushed.count >= 2 { return pushed[pushed.count - 2].specification }
    let below = pushed.isEmpty ? states.parent(of: base) : base
    return states.frame(of: below).specification
  }

  private mutating func readEquals(_ text: Span<UInt8>) {
    let isAlone = position == 0 || classes[Int(text[position - 1])] != .mark && text[position - 1] != UInt8(ascii: "=")
    position += 1
    lastMark = isAlone && isEmpty ? UInt8(ascii: "=") : 0
  }

  /// `!=`, a conversion in a field, or `files = !ls`.
  private mutating func readBang(_ text: Span<UInt8>) {
    if position + 1 < end, text[position + 1] == UInt8(ascii: "=") {
      position += 2
      lastMark = 0
    } else if top == .field {
      position += 1
      lastMark = 0
    } else if lastMark == UInt8(ascii: "="), isEmpty {
      beginAssignedMagic(text)
    } else {
      fail(.badCharacter)
    }
  }

  /// The operator, or `times = %timeit f()`.
  private mutating func readPercent(_ text: Span<UInt8>) {
    if lastMark == UInt8(ascii: "="), isEmpty {
      beginAssignedMagic(text)
    } else {
      position += 1
      lastMark = 0
    }
  }

  private mutating func beginAssignedMagic(_ text: Span<UInt8>) {
    if record.role == .start { record.lead = .magic }
    lastMark = 0
    readMagic(text)
  }

  /// `name?` and `name??` ask IPython for help; nowhere else does the character mean anything.
  private mutating func readQuestion(_ text: Span<UInt8>) {
    var at = position
    while at < end, text[at] == UInt8(ascii: "?") { at += 1 }
    let count = at - position
    while at < end, classes[Int(text[at])] == .space { at += 1 }
    guard at == end, count <= 2, isEmpty, record.role == .start else { return fail(.badCharacter) }
    record.lead = .magic
    lastMark = 0
    position = end
  }

  private mutating func readBackslash(_ text: Span<UInt8>) {
    guard position + 1 == end else { return fail(.strayBackslash) }
    position = end
    guard isEmpty else { return }
    pushed.append(lastMark == UInt8(ascii: ":") ? .continuedAfterColon : .continued)
  }
}

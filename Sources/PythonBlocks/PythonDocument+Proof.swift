// SPDX-License-Identifier: Apache-2.0
// For those who attack the library; users have no need of it.

extension PythonDocument {
  /// Where another document differs that should have come out the same; nil when it nowhere does.
  package func difference(from other: PythonDocument) -> String? {
    guard bytes == other.bytes, starts == other.starts else { return "the texts differ" }
    guard frames(finalState) == other.frames(other.finalState) else { return "the states at the end differ" }
    for line in records.indices {
      var (own, theirs) = (records[line], other.records[line])
      guard frames(own.state) == other.frames(theirs.state) else { return "line \(line): the states differ" }
      (own.state, theirs.state) = (0, 0)
      guard own == theirs else { return "line \(line): \(own) is not \(theirs)" }
    }
    return nil
  }

  /// How many lines were looked at to answer for a line.
  package func visits(atLine line: Int, isTop: Bool) -> Int {
    var finder = BlockFinder(self)
    _ = isTop ? finder.topStatement(at: line) : finder.statement(at: line)
    return finder.visits
  }

  /// How many lines were looked at to split the whole.
  package var visitsOfSplit: Int {
    var finder = BlockFinder(self)
    var line = -1
    while let next = finder.nextStart(after: line) { line = finder.whole(from: next).lines.upperBound }
    return finder.visits
  }

  private func frames(_ state: Int32) -> [UInt8] {
    var (state, found) = (state, [UInt8]())
    while state != StateTable.empty {
      found.append(tokenizer.states.frame(of: state).raw)
      state = tokenizer.states.parent(of: state)
    }
    return found
  }
}

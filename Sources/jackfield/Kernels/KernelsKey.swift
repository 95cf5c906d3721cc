// SPDX-License-Identifier: Apache-2.0

/// What a key means in `jackfield kernels`; an arrow is three characters.
struct KernelsKey {
  enum Meaning: Equatable {
    case nothing
    case end
    case up
    case down
    case interrupt
    /// These two take what was computed with them, so a "y" has to follow.
    case restart
    case shutdown
    case yes
  }

  private var escape = ""

  mutating func take(_ key: Character) -> Meaning {
    if key == "\u{1B}" {
      escape = "\u{1B}"
      return .nothing
    }
    if escape == "\u{1B}", key == "[" || key == "O" {
      escape.append(key)
      return .nothing
    }
    defer { escape = "" }
    if escape.count == 2 { return key == "A" ? .up : key == "B" ? .down : .nothing }
    return switch key {
    case "q", "Q": .end
    case "k": .up
    case "j": .down
    case "i": .interrupt
    case "r": .restart
    case "s": .shutdown
    case "y", "Y": .yes
    default: .nothing
    }
  }
}

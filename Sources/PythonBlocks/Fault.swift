// SPDX-License-Identifier: Apache-2.0

/// What a line's text itself has wrong.
enum Fault: UInt8, Sendable {
  case none
  case unfinishedString
  case unmatchedCloser
  case wrongCloser
  case strayBackslash
  case badCharacter
  case nulByte
  case tooDeep

  var reason: String {
    switch self {
    case .none: ""
    case .unfinishedString: "a string has no closing quote"
    case .unmatchedCloser: "a bracket is closed that was never opened"
    case .wrongCloser: "a bracket is closed by one of another kind"
    case .strayBackslash: "something follows the backslash that continues the line"
    case .badCharacter: "a character stands here that Python does not know"
    case .nulByte: "a NUL byte stands here, which Python refuses"
    case .tooDeep: "more than 200 brackets are open, which Python refuses"
    }
  }
}

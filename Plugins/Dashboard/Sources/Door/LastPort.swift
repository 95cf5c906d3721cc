// SPDX-License-Identifier: Apache-2.0

/// The port that was taken last, so that pages which are open find the next host there when the configured one is taken.
struct LastPort: Sendable {
  let path: String

  /// 0: none.
  func read() -> Int {
    StateFile.read(path).flatMap { Int(String(decoding: $0, as: UTF8.self)) }.flatMap { (1...65_535).contains($0) ? $0 : nil } ?? 0
  }

  /// What cannot be kept is not missed: then it is another port.
  func write(_ port: Int) { _ = StateFile.write(Array(String(port).utf8), to: path) }
}

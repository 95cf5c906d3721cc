// SPDX-License-Identifier: Apache-2.0

/// What may happen to frames on their way.
enum FrameDamage {
  static func damage(_ frames: [[UInt8]], using random: inout SeededRandom) -> [[UInt8]] {
    var frames = frames
    for _ in 0...Int.random(in: 0..<3, using: &random) where !frames.isEmpty { once(&frames, &random) }
    return frames
  }

  private static func once(_ frames: inout [[UInt8]], _ random: inout SeededRandom) {
    let index = Int.random(in: 0..<frames.count, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0: frames.remove(at: index)
    case 1: frames.insert(frames[index], at: index)
    case 2: frames.swapAt(index, Int.random(in: 0..<frames.count, using: &random))
    case 3: frames[index] = Array(frames[index].prefix(Int.random(in: 0...frames[index].count, using: &random)))
    case 4: frames[index] += [UInt8.random(in: 0...255, using: &random)]
    case 5: frames.insert(Array("<IDS|MSG>".utf8), at: index)
    default:
      guard !frames[index].isEmpty else { return }
      frames[index][Int.random(in: 0..<frames[index].count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
    }
  }
}

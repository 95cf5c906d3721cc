// SPDX-License-Identifier: Apache-2.0

extension DoorEstate {
  /// The listening socket's, then the connections', in order.
  var descriptors: [Int32] { [listener] + connections.map(\.descriptor) }

  /// Puts in what they are called in this process, in the same order.
  ///
  /// - Returns: False when there are more or fewer.
  mutating func take(_ descriptors: [Int32]) -> Bool {
    guard descriptors.count == connections.count + 1 else { return false }
    listener = descriptors[0]
    for (index, descriptor) in descriptors.dropFirst().enumerated() { connections[index].descriptor = descriptor }
    return true
  }
}

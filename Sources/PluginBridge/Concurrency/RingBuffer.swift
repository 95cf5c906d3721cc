// SPDX-License-Identifier: Apache-2.0

/// A double-ended queue in one array that grows by doubling; both ends in constant time. Inlinable, because the host's event queues live in
/// another module, and generic code that is not specialised costs them a third of their speed.
@frozen package struct RingBuffer<Element> {
  @usableFromInline var slots: [Element?] = []
  @usableFromInline var head = 0
  @usableFromInline var filled = 0

  @inlinable package init() {}

  @inlinable package var count: Int { filled }

  @inlinable package var isEmpty: Bool { count == 0 }

  @inlinable package mutating func append(_ element: Element) {
    growIfFull()
    slots[(head + count) & (slots.count - 1)] = element
    filled += 1
  }

  @inlinable package mutating func prepend(_ element: Element) {
    growIfFull()
    head = (head - 1) & (slots.count - 1)
    slots[head] = element
    filled += 1
  }

  @inlinable package mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    let element = slots[head].take()
    head = (head + 1) & (slots.count - 1)
    filled -= 1
    return element
  }

  /// The element at a distance from the first one.
  @inlinable package subscript(index: Int) -> Element {
    get {
      precondition(index >= 0 && index < count, "ring buffer index \(index) is outside 0..<\(count)")
      // A slot inside the count is never nil: append and prepend fill it, only popFirst empties it.
      return slots[(head + index) & (slots.count - 1)]!
    }
    set {
      precondition(index >= 0 && index < count, "ring buffer index \(index) is outside 0..<\(count)")
      slots[(head + index) & (slots.count - 1)] = newValue
    }
  }

  @inlinable mutating func growIfFull() {
    guard count == slots.count else { return }
    let capacity = max(8, slots.count * 2)
    var larger: [Element?] = []
    larger.reserveCapacity(capacity)
    for index in 0..<count { larger.append(slots[(head + index) & (slots.count - 1)]) }
    larger.append(contentsOf: repeatElement(nil, count: capacity - count))
    slots = larger
    head = 0
  }
}

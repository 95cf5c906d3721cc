// SPDX-License-Identifier: Apache-2.0

/// Does something while an object is certain to live, also one its caller holds no reference to, as an executor that a task is handed to.
package func keeping(_ object: some AnyObject, _ body: () -> Void) {
  let kept = unsafe Unmanaged.passRetained(object)
  body()
  unsafe kept.release()
}

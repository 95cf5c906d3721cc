// SPDX-License-Identifier: Apache-2.0

/// Whom the door lets in by, and whom it gives what comes in.
struct DoorPartners: Sendable {
  let authority: any RunAuthority
  let answering: any RequestAnswering
  let operations: any OperationKeeping
  let submits: any SubmitTaking
}

// SPDX-License-Identifier: Apache-2.0

/// Why a checkpoint was written, as the `kind` column has it.
enum CheckpointKind: String {
  case pause, save, test, fork, export
}

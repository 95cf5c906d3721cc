// SPDX-License-Identifier: Apache-2.0

internal import CLinux

/// Gives freed memory back to the system; the allocator keeps it otherwise, however much it was. Takes about a millisecond.
func releaseFreedMemory() { linux_release_freed_memory() }

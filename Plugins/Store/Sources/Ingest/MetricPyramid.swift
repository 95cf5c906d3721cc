// SPDX-License-Identifier: Apache-2.0

/// The open buckets of one metric of one run: what was taken in and is not in the table yet.
///
/// They are additions to whatever the table holds, so nothing has to be read before, and a rollback only has to forget them.
struct MetricPyramid {
  /// 64 steps.
  var fine = PyramidBucket()
  /// 4 096 steps.
  var middle = PyramidBucket()
  /// 262 144 steps.
  var coarse = PyramidBucket()
}

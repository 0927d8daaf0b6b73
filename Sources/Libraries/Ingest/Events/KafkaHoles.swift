import Core

/// Offsets of topics that did not come: by partition how many, the first and the last.
package struct KafkaHoles: Equatable {
  /// The offsets of one partition.
  package struct Hole: Equatable {
    package var count: Int64
    package var first: Int64
    package var last: Int64
  }

  /// The partitions that have any.
  package private(set) var byPartition: [KafkaOffsets.Partition: Hole] = [:]

  package init() {}

  /// Adds offsets behind those that are there.
  package mutating func add(_ missing: Range<Int64>, of partition: KafkaOffsets.Partition) {
    guard !missing.isEmpty else { return }
    add(
      Hole(
        count: missing.upperBound.saturatingSubtract(missing.lowerBound),
        first: missing.lowerBound,
        last: missing.upperBound - 1),
      of: partition)
  }

  /// Adds what a later part of the stream lacked.
  package mutating func add(_ later: KafkaHoles) {
    for (partition, hole) in later.byPartition { add(hole, of: partition) }
  }

  private mutating func add(_ hole: Hole, of partition: KafkaOffsets.Partition) {
    let known = byPartition[partition]
    byPartition[partition] = Hole(
      count: (known?.count ?? 0).saturatingAdd(hole.count), first: known?.first ?? hole.first,
      last: hole.last)
  }
}

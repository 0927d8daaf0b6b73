import Core
package import Ingest
package import UnixTool

extension Console {
  /// Says that a pipe was not read to its end, and what of it was not taken.
  package func tellCutOff(_ pipe: PipeInput, _ lines: WholeLines) {
    guard pipe.isCutOff else { return }
    let rest = lines.droppedByteCount
    let torn = rest > 0 ? ", but for \(counted(rest, "byte")) of a line that had not ended" : ""
    warn(
      Fault(
        .temporary, at: Place(pipe.name),
        "a signal came before its end: what had come was seen to\(torn)",
        remedy: "send what follows once more"))
  }

  /// Says which offsets of a topic's partition did not come.
  package func tell(_ hole: KafkaHoles.Hole, of partition: KafkaOffsets.Partition) {
    let missing =
      hole.count == 1
      ? "offset \(hole.first)" : "\(hole.count) offsets from \(hole.first) to \(hole.last)"
    warn(
      Fault(
        .data, "\(partition): \(missing) did not come",
        remedy: "they may be markers of transactions, or records that were compacted away, have "
          + "expired or are lost: see the topic's settings"))
  }
}

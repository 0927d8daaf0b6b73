import Core
package import JSON

/// How far a consumer has read the partitions of topics: for each the offset of the next event.
///
/// Stands in the state of the bronze commit that took the events before it, so that both are there
/// or neither:
///
///     {"kafka": {"<consumer>": {"<topic>": {"<partition>": next offset}}}}
package struct KafkaOffsets: Equatable {
  /// A partition of a topic; ordered by topic, then number.
  package struct Partition: Hashable, Comparable, CustomStringConvertible {
    package var topic: String
    package var number: Int64

    package init(topic: String, number: Int64) {
      self.topic = topic
      self.number = number
    }

    /// Reads `topic/partition`; nil when it is not that.
    package init?(_ text: String) {
      guard let slash = text.lastIndex(of: "/"), slash > text.startIndex,
        let number = Int64(text[text.index(after: slash)...]), number >= 0
      else { return nil }
      self.init(topic: String(text[..<slash]), number: number)
    }

    package var description: String { "\(topic)/\(number)" }

    package static func < (left: Partition, right: Partition) -> Bool {
      (left.topic, left.number) < (right.topic, right.number)
    }
  }

  /// The next offset of each partition that was ever read.
  package private(set) var next: [Partition: Int64] = [:]

  /// Nothing read yet.
  package init() {}

  /// The position of `consumer` in a commit's state.
  package init(_ state: JSONValue?, consumer: String) {
    let topics = state?[Self.member]?[consumer]?.object
    for topic in topics?.members ?? [] {
      for partition in topic.value.object?.members ?? [] {
        guard let number = Int64(partition.key), let offset = partition.value.int64 else {
          continue
        }
        next[Partition(topic: topic.key, number: number)] = offset
      }
    }
  }

  private static let member = "kafka"

  /// Moves on to the event after `offset`.
  mutating func pass(_ offset: Int64, of partition: Partition) { next[partition] = offset + 1 }

  /// `state` with this as the position of `consumer`; all else in it stays.
  func state(in state: JSONValue?, consumer: String) -> JSONValue {
    var topics = JSONObject()
    for (partition, offset) in next.sorted(by: { $0.key < $1.key }) {
      var partitions = topics[partition.topic]?.object ?? JSONObject()
      partitions["\(partition.number)"] = JSONValue(offset)
      topics[partition.topic] = .object(partitions)
    }
    var all = state?.object ?? JSONObject()
    var consumers = all[Self.member]?.object ?? JSONObject()
    consumers[consumer] = .object(topics)
    all[Self.member] = .object(consumers)
    return .object(all)
  }

  /// Where to go on, as arguments of kcat: `-t topic -p 0 -o 17`, or from the beginning.
  package func arguments(for partition: Partition) -> String {
    let start = next[partition].map { "\($0)" } ?? "beginning"
    return "-t \(partition.topic) -p \(partition.number) -o \(start)"
  }
}

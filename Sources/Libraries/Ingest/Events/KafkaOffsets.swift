package import Core
package import JSON

/// How far a consumer has read the partitions of topics: for each the offset of the next event.
///
/// Stands in the state of the bronze commit that took the events before it, so that both are there
/// or neither:
///
///     {"kafka": {"<consumer>": {"<topic>": {"<partition>": next offset}}},
///      "kafka_times": {"<consumer>": {"<topic>": {"<partition>": milliseconds}}}}
///
/// The times are the latest of the records that were read. A record of a later time whose offset
/// was read before is of another topic of that name, which was made anew and counts from 0.
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
        let number = Int64(text[text.index(after: slash)...]), number >= 0,
        Self.isTopic(String(text[..<slash]))
      else { return nil }
      self.init(topic: String(text[..<slash]), number: number)
    }

    /// Whether Kafka lets a topic be called `name`. It becomes words of a command (`arguments`), so
    /// that what an envelope calls so must be one.
    package static func isTopic(_ name: String) -> Bool {
      let isPlain = name.utf8.allSatisfy { byte in
        "._-".utf8.contains(byte) || digitValue(byte) <= 9
          || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
      }
      return isPlain && (1...249).contains(name.utf8.count) && name != "." && name != ".."
    }

    package var description: String { "\(topic)/\(number)" }

    package static func < (left: Partition, right: Partition) -> Bool {
      (left.topic, left.number) < (right.topic, right.number)
    }
  }

  /// The next offset of each partition that was ever read.
  package private(set) var next: [Partition: Int64] = [:]
  /// The latest time of the records of each partition, in milliseconds, where they tell one.
  private(set) var latest: [Partition: Int64] = [:]

  /// Nothing read yet.
  package init() {}

  /// The position of `consumer` in a commit's state.
  package init(_ state: JSONValue?, consumer: String) {
    next = Self.numbers(in: state?[Self.offsetMember]?[consumer])
    latest = Self.numbers(in: state?[Self.timeMember]?[consumer])
  }

  private static let offsetMember = "kafka"
  private static let timeMember = "kafka_times"

  private static func numbers(in topics: JSONValue?) -> [Partition: Int64] {
    var numbers: [Partition: Int64] = [:]
    for topic in topics?.object?.members ?? [] {
      for partition in topic.value.object?.members ?? [] {
        guard let number = Int64(partition.key), let value = partition.value.int64 else {
          continue
        }
        numbers[Partition(topic: topic.key, number: number)] = value
      }
    }
    return numbers
  }

  /// Whether a record may stand there: both count from 0, and behind each offset there is a next.
  package static func mayBe(partition: Int64, offset: Int64) -> Bool {
    partition >= 0 && offset >= 0 && offset < .max
  }

  /// Moves on to the event after `offset`, of a record that tells its time or not.
  package mutating func pass(_ offset: Int64, of partition: Partition, milliseconds: Int64?) {
    next[partition] = offset + 1
    guard let milliseconds else { return }
    latest[partition] = max(latest[partition] ?? milliseconds, milliseconds)
  }

  /// `state` with this as the position of `consumer`; all else in it stays.
  package func state(in state: JSONValue?, consumer: String) -> JSONValue {
    var all = state?.object ?? JSONObject()
    for (member, numbers) in [(Self.offsetMember, next), (Self.timeMember, latest)] {
      var topics = JSONObject()
      for (partition, number) in numbers.sorted(by: { $0.key < $1.key }) {
        var partitions = topics[partition.topic]?.object ?? JSONObject()
        partitions["\(partition.number)"] = JSONValue(number)
        topics[partition.topic] = .object(partitions)
      }
      guard !numbers.isEmpty || member == Self.offsetMember else { continue }
      var consumers = all[member]?.object ?? JSONObject()
      consumers[consumer] = .object(topics)
      all[member] = .object(consumers)
    }
    return .object(all)
  }

  /// Whether the record at `offset` was read before; `.configuration` when it is another than the
  /// one that was: of a later time than all that were read.
  package func isPassed(
    _ offset: Int64, of partition: Partition, milliseconds: Int64?
  ) throws(Fault) -> Bool {
    guard let next = next[partition], offset < next else { return false }
    if let milliseconds, let latest = latest[partition], milliseconds > latest {
      throw Fault(
        .configuration, at: Place("kafka:\(partition)"),
        "the topic was made anew: offset \(offset) was read before, and is of a later time now",
        remedy: "read it from its beginning with another --consumer")
    }
    return true
  }

  /// Goes back to where `other` goes on, in partitions where it is not as far.
  package mutating func merge(earliest other: KafkaOffsets) {
    next.merge(other.next) { min($0, $1) }
  }

  /// Where to go on, as arguments of kcat: `-t topic -p 0 -o 17`, or from the beginning.
  package func arguments(for partition: Partition) -> String {
    let start = next[partition].map { "\($0)" } ?? "beginning"
    return "-t \(partition.topic) -p \(partition.number) -o \(start)"
  }
}

import Columnar

/// AUTO CDC as one would write it down: of all events that ever came, in whatever order, the rows
/// that stand. It looks at nothing but the events.
struct PlainFold {
  private let shape: ChangeLake.Shape
  private var said: Set<Change> = []
  private static let columns = ["part", "value"]

  init(_ shape: ChangeLake.Shape = .init()) { self.shape = shape }

  mutating func take(_ pull: [Change]) {
    for change in pull { said.insert(plain(change)) }
  }

  /// A change as it counts: a delete says only its key, and what is absent has no value.
  private func plain(_ change: Change) -> Change {
    var plain = change
    if change.isDelete {
      plain.part = nil
      plain.value = nil
      plain.absent = []
      return plain
    }
    if shape.format == .silentNulls {
      plain.absent = Set(Self.columns.filter { change.scalar($0).isNull })
    }
    if plain.absent.contains("part") { plain.part = nil }
    if plain.absent.contains("value") { plain.value = nil }
    return plain
  }

  /// Of several changes of one key and sequence the one that stands comes last.
  private static func stands(_ left: Change, before right: Change) -> Bool {
    if left.isDelete != right.isDelete { return right.isDelete }
    for (a, b) in [(left.part, right.part), (left.value, right.value)] where a != b {
      guard let a else { return true }
      guard let b else { return false }
      return a < b
    }
    // NULLs are the least; then the columns that are absent, in the order of the table.
    return left.absent.sorted().joined() < right.absent.sorted().joined()
  }

  /// The events of each key in their order, one a sequence.
  private var events: [[Change]] {
    Dictionary(grouping: said, by: \.id).values.map { changes in
      Dictionary(grouping: changes, by: \.seq).values
        .compactMap { settled($0).event }.sorted { $0.seq < $1.seq }
    }
  }

  /// What was said of a key and sequence and neither stands nor was overtaken in order.
  var lostCount: Int {
    Dictionary(grouping: said) { [$0.id, "\($0.seq)"] }.values.reduce(0) { $0 + settled($1).lost }
  }

  /// What the changes of one key and sequence come to: those that bear numbers by these, before any
  /// that bears none.
  private func settled(_ changes: [Change]) -> (event: Change?, lost: Int) {
    let steps = Dictionary(grouping: changes.filter { $0.number != nil }, by: \.number).values
      .compactMap { $0.max(by: Self.stands) }.sorted { ($0.number ?? 0) < ($1.number ?? 0) }
    var lost = changes.count { $0.number != nil } - steps.count
    let loose = Set(changes.filter { $0.number == nil })
    guard var event = steps.first else {
      return (loose.max(by: Self.stands), loose.count - 1)
    }
    var isBornAgain = event.isDelete
    for step in steps.dropFirst() {
      let last = event
      event = step
      isBornAgain = isBornAgain || step.isDelete
      if step.isDelete { continue }
      if step.absent.contains("part") { event.part = last.part }
      if step.absent.contains("value") { event.value = last.value }
      event.absent = isBornAgain ? [] : step.absent.intersection(last.absent)
    }
    event.number = nil
    lost += loose.count - (loose.contains(event) ? 1 : 0)
    return (event, lost)
  }

  var texts: [String] {
    events.flatMap { shape.scd == 1 ? current($0) : versions($0) }.sorted()
  }

  private func current(_ events: [Change]) -> [String] {
    var row: [String: Scalar]?
    for event in events {
      row = event.isDelete ? nil : filled(event, from: row ?? [:])
    }
    guard let row, let last = events.last else { return [] }
    return [text(last, row, [])]
  }

  private func versions(_ events: [Change]) -> [String] {
    var texts: [String] = []
    var open: (start: Int, row: [String: Scalar], last: Change)?
    func close(at end: Scalar) {
      guard let open else { return }
      texts.append(text(open.last, open.row, [.integer(Int64(open.start)), end]))
    }
    for event in events {
      if event.isDelete {
        close(at: .integer(Int64(event.seq)))
        open = nil
        continue
      }
      let row = filled(event, from: open?.row ?? [:])
      let tracked = shape.tracked ?? Self.columns + ["seq"]
      // What was never given until now changes nothing.
      let isSame = tracked.allSatisfy { column in
        open.map { $0.row[column] == nil || $0.row[column] == row[column] } ?? false
      }
      if isSame, let version = open {
        open = (version.start, row, event)
      } else {
        close(at: .integer(Int64(event.seq)))
        open = (event.seq, row, event)
      }
    }
    close(at: .null)
    return texts
  }

  private func filled(_ event: Change, from row: [String: Scalar]) -> [String: Scalar] {
    var row = row
    row["seq"] = event.scalar("seq")
    for column in Self.columns where !event.absent.contains(column) {
      row[column] = event.scalar(column)
    }
    return row
  }

  private func text(_ event: Change, _ row: [String: Scalar], _ more: [Scalar]) -> String {
    ([event.scalar("id")] + ["part", "seq", "value"].map { row[$0] ?? .null } + more)
      .map { "\($0)" }.joined(separator: " ")
  }
}

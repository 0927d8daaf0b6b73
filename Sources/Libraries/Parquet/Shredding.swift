import Columnar
import Core

/// Takes nested columns apart into levels and values of their leaves: the inverse of `Assembly`.
struct Shredding {
  /// Entries on the way down: their levels so far, and the row of the column at hand that each
  /// stands for, or -1 where a NULL or an empty list above ended it.
  private struct Entries {
    var definitions: [UInt8]
    var repetitions: [UInt8]
    var rows: [Int32]
  }

  /// What each leaf of `shape` gets, in leaf order.
  static func leaves(of column: Column, _ shape: ColumnShape) throws(Fault) -> [LeafRows] {
    let entries = Entries(
      definitions: [UInt8](repeating: 0, count: column.count),
      repetitions: [UInt8](repeating: 0, count: column.count),
      rows: Array(0..<Int32(column.count)))
    var leaves: [LeafRows] = []
    try shred(column, shape, entries, slot: 0, repetition: 0, path: [], &leaves)
    return leaves
  }

  private static func shred(
    _ column: Column, _ shape: ColumnShape, _ entries: Entries, slot: Int, repetition: Int,
    path: [String], _ leaves: inout [LeafRows]
  ) throws(Fault) {
    switch (shape, column.values) {
    case (.structure(let type, let definition, let members), .structure(let columns)):
      let present = try defined(column, entries, slot: slot, definition: definition, shape)
      for (index, member) in members.enumerated() {
        try shred(
          columns[index], member, present, slot: definition, repetition: repetition,
          path: path + [type.fields[index].name], &leaves)
      }
    case (.list(_, let definition, let elements), .list(let offsets, let inner)):
      let present = try defined(column, entries, slot: slot, definition: definition, shape)
      let expanded = expand(present, offsets, repetition: repetition)
      try shred(
        inner, elements, expanded, slot: definition + 1, repetition: repetition + 1, path: path,
        &leaves)
    case (.leaf(let leaf), _):
      let present = try defined(column, entries, slot: slot, definition: leaf.definition, shape)
      let rows = present.rows.filter { $0 >= 0 }
      leaves.append(
        LeafRows(
          definitions: leaf.definition > 0 ? present.definitions : [],
          repetitions: leaf.repetition > 0 ? present.repetitions : [],
          count: present.rows.count,
          values: rows.count == column.count && !column.hasNulls
            ? column : withoutNulls(column.taking(rows))))
    default: preconditionFailure("a \(column.type.sql) column does not lie as its type says")
    }
  }

  private static func withoutNulls(_ column: Column) -> Column {
    Column(column.type, count: column.count, column.values)
  }

  /// Ends the entries where the column is NULL; the others gain a level if the node may be NULL.
  private static func defined(
    _ column: Column, _ entries: Entries, slot: Int, definition: Int, _ shape: ColumnShape
  ) throws(Fault) -> Entries {
    var result = entries
    let isNullable = definition > slot
    guard isNullable || column.hasNulls else { return result }
    for entry in result.rows.indices where result.rows[entry] >= 0 {
      if !column.isNull(Int(result.rows[entry])) {
        if isNullable { result.definitions[entry] += 1 }
      } else if isNullable {
        result.rows[entry] = -1
      } else {
        throw nullFault(shape.leaves[0])
      }
    }
    return result
  }

  /// One entry an element; an empty list keeps its own, which ends here.
  private static func expand(_ entries: Entries, _ offsets: [Int32], repetition: Int) -> Entries {
    var result = Entries(definitions: [], repetitions: [], rows: [])
    for entry in entries.rows.indices {
      let row = Int(entries.rows[entry])
      let elements = row < 0 ? 0..<0 : offsets[row]..<offsets[row + 1]
      if elements.isEmpty {
        result.definitions.append(entries.definitions[entry])
        result.repetitions.append(entries.repetitions[entry])
        result.rows.append(-1)
        continue
      }
      for element in elements {
        result.definitions.append(entries.definitions[entry] + 1)
        result.repetitions.append(
          element == elements.lowerBound
            ? entries.repetitions[entry] : UInt8(repetition + 1))
        result.rows.append(element)
      }
    }
    return result
  }

  /// What a column without NULLs is told when it holds one.
  static func nullFault(_ leaf: LeafColumn) -> Fault {
    Fault(
      .data, "column '\(leaf.path.joined(separator: "."))' is NOT NULL but holds a NULL",
      remedy: "fill the value, or declare the column nullable")
  }
}

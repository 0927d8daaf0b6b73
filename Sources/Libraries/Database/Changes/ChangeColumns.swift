package import Columnar

/// The columns of change rows: the source's as STRING, then three of our own.
package enum ChangeColumns {
  /// `__op` (`r` snapshot read, `c` created, `u` updated, `d` deleted), `__sequence`, which orders
  /// the changes of one table, and `__committed_at`, the source's commit time.
  package static let own = ["__op", "__sequence", "__committed_at"]

  /// The schema of change rows that give `columns`.
  package static func schema(behind columns: [String]) -> Schema {
    Schema(
      columns.map { Field($0, .string) } + [
        Field("__op", .string, isNullable: false), Field("__sequence", .bigint, isNullable: false),
        Field("__committed_at", .timestamp, isNullable: false),
      ])
  }

  /// What bronze calls the source's columns `names`: the same, but `source_` stands before a name
  /// of our own or of `reserved`, as often as it takes to be another than those of all `names`.
  package static func bronzeNames(of names: [String], reserved: [String]) -> [String] {
    let reserved = Set((own + reserved).map { $0.lowercased() })
    let lowered = Set(names.map { $0.lowercased() })
    return names.map { name in
      guard reserved.contains(name.lowercased()) else { return name }
      var other = name
      repeat {
        other = "source_" + other
      } while reserved.contains(other.lowercased()) || lowered.contains(other.lowercased())
      return other
    }
  }
}

package import Columnar
import Core

/// What an upsert did, in rows.
package struct MergeResult: Hashable, Sendable {
  package var inserted = 0
  package var updated = 0
  package var deleted = 0
  /// Rows given that stood in the table just so.
  package var unchanged = 0

  /// Nothing done yet.
  package init() {}
}

extension Transaction {
  /// Puts rows into the table by key: a row of `upserts` replaces the row with its key or comes
  /// new; a key of `deletions` takes its row away.
  ///
  /// `keys` are columns of the table; `deletions` needs only these. Only files that hold a row that
  /// changes are rewritten; where the table has rows marked, few of a large file are marked
  /// instead. Equal rows given twice count once; different ones with one key, or a row and a
  /// deletion, are a `.verdict` that names the key. A NULL in a key matches nothing: such a row
  /// always comes new.
  ///
  /// `inserts` are rows whose keys the table surely lacks: nothing is looked through for them.
  /// `files` are those of the provisional snapshot that may hold the keys, if that is known; the
  /// others are not looked through.
  package mutating func merge(
    on keys: [String], upserts: any BatchSource, deletions: (any BatchSource)? = nil,
    inserts: (any BatchSource)? = nil, among files: [AddedFile]? = nil
  ) throws -> MergeResult {
    guard let metadata else {
      throw Fault(
        .missing, at: Place(table.path), "there is no table to write to",
        remedy: "create it first")
    }
    scope = .everything
    rowKeys = keys
    try refuseNumbers(in: upserts)
    if let inserts { try refuseNumbers(in: inserts) }
    var target = try WriteTarget(table, metadata, schema, context: context)
    target.rules = try rowRules()
    var merge = try Merge(target, keys: keys)
    while let batch = try upserts.next() { try merge.addUpserts(batch) }
    while let batch = try deletions?.next() { try merge.addDeletions(batch) }
    var rewrites: [AddedFile] = []
    let base = merge.isEmpty ? nil : try provisionalSnapshot()
    if let base { rewrites = try merge.findRewrites(in: base, among: files) }
    if let base { rewrites = try markRows(of: rewrites, by: merge, in: base) }
    for file in rewrites { remove(file) }
    let inserted = merge.newRows
    var insertedCount = 0
    let first = try inserts?.next()
    if !rewrites.isEmpty || !inserted.isEmpty || first != nil {
      let plan = merge
      let wanted = schema
      _ = try write { writer in
        for file in rewrites {
          guard let base else { break }
          try plan.rewrite(file, of: base, as: wanted) { try writer.append($0) }
        }
        for batch in inserted { try writer.append(batch) }
        var next = first
        while let batch = next {
          try writer.append(batch)
          insertedCount += batch.rowCount
          next = try inserts?.next()
        }
      }
    }
    var result = merge.result
    result.inserted += insertedCount
    return result
  }
}

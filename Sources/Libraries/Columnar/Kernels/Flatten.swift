/// Dictionary columns as plain ones.
extension Column {
  /// The same values without dictionaries, in members and elements too. What would then be more
  /// text than a column holds keeps its dictionary.
  package func flattened() -> Column {
    switch values {
    case .boolean, .int32, .int64, .int128, .double, .bytes: return self
    case .dictionary(let codes, let dictionary):
      // Codes under a NULL may be anything; point them at an entry that exists.
      guard dictionary.values.count > 0 else {
        return Column(
          type, count: count, validity: validity,
          .bytes(ByteRuns(offsets: [Int32](repeating: 0, count: count + 1))))
      }
      let rows = validity.map { bits in codes.indices.map { bits[$0] ? codes[$0] : 0 } } ?? codes
      let flat = Column(type, count: dictionary.values.count, .bytes(dictionary.values))
      return Column(type, count: count, validity: validity, flat.taking(rows).values)
    case .list(let offsets, let elements):
      return Column(
        type, count: count, validity: validity,
        .list(offsets: offsets, elements: elements.flattened()))
    case .structure(let members):
      return Column(
        type, count: count, validity: validity, .structure(members.map { $0.flattened() }))
    }
  }

  /// The same values without dictionaries that have many more entries than there are rows.
  package func compacted() -> Column {
    switch values {
    case .boolean, .int32, .int64, .int128, .double, .bytes: return self
    case .dictionary(_, let dictionary):
      return dictionary.values.count > Column.entriesPerRowLimit * count ? flattened() : self
    case .list(let offsets, let elements):
      return Column(
        type, count: count, validity: validity,
        .list(offsets: offsets, elements: elements.compacted()))
    case .structure(let members):
      return Column(
        type, count: count, validity: validity, .structure(members.map { $0.compacted() }))
    }
  }

  /// A dictionary with more entries a row is not worth holding on to.
  private static let entriesPerRowLimit = 8
}

extension Batch {
  /// The same rows, of which each can be kept for long: none holds on to much text around it.
  package func compacted() -> Batch {
    Batch(schema, columns.map { $0.compacted() }, rowCount: rowCount)
  }
}

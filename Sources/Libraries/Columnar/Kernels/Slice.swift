/// A run of neighbouring values or rows.
extension Column {
  /// The values of `rows`, which must stand in the column.
  package func slice(_ rows: Range<Int>) -> Column {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "a slice stands in the column")
    if rows.count == count { return self }
    return Column(
      type, count: rows.count, validity: validity.map { $0.slice(rows) }, sliced(rows))
  }

  private func sliced(_ rows: Range<Int>) -> Values {
    switch values {
    case .boolean(let values): .boolean(Array(values[rows]))
    case .int32(let values): .int32(Array(values[rows]))
    case .int64(let values): .int64(Array(values[rows]))
    case .int128(let values): .int128(Array(values[rows]))
    case .double(let values): .double(Array(values[rows]))
    case .bytes(let runs):
      .bytes(
        ByteRuns(
          offsets: rebased(runs.offsets, rows),
          bytes: Array(
            runs.bytes[Int(runs.offsets[rows.lowerBound])..<Int(runs.offsets[rows.upperBound])])))
    case .dictionary(let codes, let dictionary):
      .dictionary(codes: Array(codes[rows]), dictionary: dictionary)
    case .list(let offsets, let elements):
      .list(
        offsets: rebased(offsets, rows),
        elements: elements.slice(Int(offsets[rows.lowerBound])..<Int(offsets[rows.upperBound])))
    case .structure(let members): .structure(members.map { $0.slice(rows) })
    }
  }
}

extension Batch {
  /// The rows of `rows`, which must stand in the batch.
  package func slice(_ rows: Range<Int>) -> Batch {
    if rows.count == rowCount { return self }
    return Batch(schema, columns.map { $0.slice(rows) }, rowCount: rows.count)
  }

  /// The batch cut into neighbouring pieces of at most `rowCount` rows.
  package func pieces(ofAtMost rowCount: Int = Batch.standardRowCount) -> [Batch] {
    precondition(rowCount > 0, "a piece has a row")
    if self.rowCount <= rowCount { return self.rowCount == 0 ? [] : [self] }
    return stride(from: 0, to: self.rowCount, by: rowCount).map {
      slice($0..<min($0 + rowCount, self.rowCount))
    }
  }
}

extension Bitmap {
  /// The bits of `rows`, which must stand in the bitmap.
  package func slice(_ rows: Range<Int>) -> Bitmap {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "a slice stands in the bitmap")
    let first = rows.lowerBound >> 6
    let shift = UInt64(rows.lowerBound & 63)
    let cut = (0..<(rows.count + 63) / 64).map { index -> UInt64 in
      let low = words[first + index] >> shift
      let next = first + index + 1
      return shift == 0 || next >= words.count ? low : low | words[next] << (64 - shift)
    }
    return Bitmap(words: cut, count: rows.count)
  }
}

private func rebased(_ offsets: [Int32], _ rows: Range<Int>) -> [Int32] {
  let first = offsets[rows.lowerBound]
  return offsets[rows.lowerBound...rows.upperBound].map { $0 - first }
}

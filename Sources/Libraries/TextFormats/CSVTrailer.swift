import Core

/// The record that ends a file and sums it up, as `TRAILER,1204,98213.50`.
package struct CSVTrailer: Sendable, Equatable {
  /// The number of its line, from 1.
  package let line: Int64
  /// Its fields, the mark first.
  package let fields: [String]
}

extension CSVTrailer {
  /// The trailer when `record` is one: a record of which `mark` is the first field.
  init?(_ record: CSVRecord, mark: String, in splitter: CSVSplitter) {
    let fields = splitter.fields[record.firstField..<(record.firstField + record.fieldCount)]
    guard let first = fields.first,
      splitter.buffer[Int(first.start)..<Int(first.end)].elementsEqual(mark.utf8)
    else { return nil }
    self.init(
      line: record.line,
      fields: fields.map {
        String(decoding: splitter.buffer[Int($0.start)..<Int($0.end)], as: UTF8.self)
      })
  }

  /// That a record follows the trailer, at `line`.
  func fault(recordAt line: Int64, in file: String) -> Fault {
    Fault(
      .data, at: Place(file, line: Int(line)), "a record follows the trailer of line \(self.line)",
      remedy: "let the trailer be the last record, or see which file was added to which")
  }
}

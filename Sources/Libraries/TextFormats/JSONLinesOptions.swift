/// How JSON lines are read.
package struct JSONLinesOptions: Sendable {
  /// What to do about a line longer than allowed.
  package enum OverlongLines: Sendable {
    /// Stop with a `.data` fault.
    case refuse
    /// Take it as malformed; its text is cut.
    case cut
  }

  /// The name of a STRING column to add that holds the text of each row's line.
  package var rawColumn: String?
  /// The name of a BIGINT column to add that holds the number of each row's line, from 1.
  package var lineNumberColumn: String?
  /// The declared STRING column, if there is one, that gets a line's text when the line is
  /// malformed or has a bad field, and else NULL.
  package var corruptRecordColumn: String
  /// Whether a line that is an array of objects is a row for each; else it is malformed.
  package var spreadsArrays: Bool
  /// The most bytes a line may have.
  package var maximumLineLength: Int
  package var overlongLines: OverlongLines
  /// Lines that hold no string with this text, whatever it stands for, may be left out; it has no
  /// characters that JSON escapes.
  package var requiredText: String?
  /// About how many rows a batch has.
  package var batchRowCount: Int

  package init(
    rawColumn: String? = nil, lineNumberColumn: String? = nil,
    corruptRecordColumn: String = "_corrupt_record", spreadsArrays: Bool = true,
    maximumLineLength: Int = 16 << 20, overlongLines: OverlongLines = .refuse,
    requiredText: String? = nil, batchRowCount: Int = 8_192
  ) {
    self.rawColumn = rawColumn
    self.lineNumberColumn = lineNumberColumn
    self.corruptRecordColumn = corruptRecordColumn
    self.spreadsArrays = spreadsArrays
    self.maximumLineLength = maximumLineLength
    self.overlongLines = overlongLines
    self.requiredText = requiredText
    self.batchRowCount = batchRowCount
  }
}

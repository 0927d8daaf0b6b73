package import Core

/// How CSV is written down, in the words of Spark's options.
package struct CSVOptions: Sendable {
  /// Whether the first record names the fields.
  package var header: Bool
  package var separator: UInt8
  /// What stands around a field with separators or line breaks in it; 0 for nothing.
  package var quote: UInt8
  /// What stands before a quote inside a quoted field; the quote itself by RFC 4180.
  package var escape: UInt8
  /// The text that means NULL. A field without any text is NULL too, unless it is quoted.
  package var nullValue: String
  /// What a quoted field without any text means; nil for NULL, as Spark has it by default.
  package var emptyValue: String?
  /// What a line that is no record begins with, if such lines are to be passed over.
  package var comment: UInt8?
  /// Whether spaces before and behind a field that is not quoted are dropped.
  package var trimsSpaces: Bool
  /// How the file's characters are written; rows and texts are UTF-8.
  package var encoding: TextEncoding
  /// How the numbers of DECIMAL columns are written.
  package var numerals: CSVNumerals
  /// Whether a number with more digits behind the point than its DECIMAL column has does not suit
  /// it; else it is rounded, as Spark has it.
  package var exactNumbers: Bool
  /// Whether the columns that are asked for are the texts of their fields, whatever their types;
  /// flaws are told of by the types all the same.
  package var givesTexts: Bool
  /// The first field of the record that ends the file and sums it up; nil when there is none.
  package var trailerMark: String?
  /// The name of a STRING column to add that holds each record's text.
  package var rawColumn: String?
  /// The name of a BIGINT column to add that holds the number of each record's first line, from 1.
  package var lineNumberColumn: String?
  /// The name of a BIGINT column to add that tells how many bytes of UTF-8 come before each record.
  package var offsetColumn: String?
  /// The name of a STRING column to add that says what is wrong with a record; NULL if nothing is.
  package var problemColumn: String?
  /// The declared STRING column, if there is one, that gets a record's text when something is wrong
  /// with it, and else NULL.
  package var corruptRecordColumn: String
  /// The most bytes a record may have.
  package var maximumRecordLength: Int
  /// About how many rows a batch has.
  package var batchRowCount: Int

  package init(
    header: Bool = false, separator: UInt8 = UInt8(ascii: ","), quote: UInt8 = UInt8(ascii: "\""),
    escape: UInt8? = nil, nullValue: String = "", rawColumn: String? = nil,
    lineNumberColumn: String? = nil, problemColumn: String? = nil
  ) {
    self.header = header
    self.separator = separator
    self.quote = quote
    self.escape = escape ?? quote
    self.nullValue = nullValue
    self.rawColumn = rawColumn
    self.lineNumberColumn = lineNumberColumn
    self.problemColumn = problemColumn
    emptyValue = ""
    encoding = .utf8
    numerals = .english
    exactNumbers = false
    givesTexts = false
    comment = nil
    trimsSpaces = false
    corruptRecordColumn = "_corrupt_record"
    maximumRecordLength = 16 << 20
    batchRowCount = 8_192
  }

  /// The options of a table that is declared `USING csv OPTIONS (…)`; keys in any letter case,
  /// those that mean nothing here are passed over. What cannot be honoured is a `.configuration`
  /// fault.
  package init(spark options: [String: String]) throws(Fault) {
    self.init()
    var hasEscape = false
    for (name, value) in options {
      switch name.lowercased() {
      case "header": header = try CSVOptions.truth(name, value)
      case "sep", "delimiter": separator = try CSVOptions.character(name, value)
      case "quote": quote = value.isEmpty ? 0 : try CSVOptions.character(name, value)
      case "escape":
        escape = try CSVOptions.character(name, value)
        hasEscape = true
      case "comment": comment = value.isEmpty ? nil : try CSVOptions.character(name, value)
      case "nullvalue": nullValue = value
      case "emptyvalue": emptyValue = value
      case "ignoreleadingwhitespace", "ignoretrailingwhitespace":
        if try CSVOptions.truth(name, value) { trimsSpaces = true }
      case "columnnameofcorruptrecord": corruptRecordColumn = value
      case "encoding", "charset":
        let known = TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")
        guard let found = TextEncoding(named: value) else {
          throw CSVOptions.fault(name, value, "use one of \(known)")
        }
        encoding = found
      case "locale":
        guard let found = CSVNumerals(languageTag: value) else {
          throw CSVOptions.fault(name, value, "give a language tag, such as de-DE or fr-FR")
        }
        numerals = found
      case "mode":
        guard value.lowercased() == "permissive" else {
          throw CSVOptions.fault(name, value, "leave it PERMISSIVE, and state expectations")
        }
      case "linesep":
        guard ["\n", "\r\n", "\\n", "\\r\\n"].contains(value) else {
          throw CSVOptions.fault(name, value, "end records with line breaks")
        }
      default: break
      }
    }
    if !hasEscape { escape = quote }
    if emptyValue == nullValue { emptyValue = nil }
  }

  private static func truth(_ name: String, _ value: String) throws(Fault) -> Bool {
    guard let truth = Bool(parsing: value) else { throw fault(name, value, "say true or false") }
    return truth
  }

  /// One byte; `\t` and `\\` may be spelled out.
  private static func character(_ name: String, _ value: String) throws(Fault) -> UInt8 {
    if value == "\\t" { return UInt8(ascii: "\t") }
    if value == "\\\\" { return UInt8(ascii: "\\") }
    guard value.utf8.count == 1, let byte = value.utf8.first, byte != 0x0A, byte != 0x0D else {
      throw fault(name, value, "give one ASCII character")
    }
    return byte
  }

  private static func fault(_ name: String, _ value: String, _ remedy: String) -> Fault {
    Fault(
      .configuration, "option '\(name)' of CSV files cannot be '\(value)' here", remedy: remedy)
  }
}

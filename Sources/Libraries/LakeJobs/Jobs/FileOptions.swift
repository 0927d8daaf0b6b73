import Core
import Engine

/// The OPTIONS of bronze tables by the format of their files, in Spark's words and any letter case:
/// those that are obeyed, and those that change nothing where the columns are declared. All others
/// of Spark's would have its readers and ours see different rows.
enum FileOptions {
  private static let known: [String: KnownNames] = [
    "csv": KnownNames(
      "an option of CSV files here",
      [
        "header", "sep", "delimiter", "quote", "escape", "comment", "nullValue", "emptyValue",
        "ignoreLeadingWhiteSpace", "ignoreTrailingWhiteSpace", "columnNameOfCorruptRecord",
        "encoding", "charset", "locale", "mode", "lineSep", "multiLine", "enforceSchema",
        "inferSchema", "samplingRatio", "maxColumns", "maxCharsPerColumn", "compression",
      ], isOpen: true, ignoresCase: true),
    "json": KnownNames(
      "an option of JSON files here",
      [
        "encoding", "charset", "multiLine", "mode", "samplingRatio", "compression",
      ], isOpen: true, ignoresCase: true),
    "parquet": KnownNames(
      "an option of Parquet files here", ["mergeSchema", "compression"], isOpen: true,
      ignoresCase: true),
  ]

  static func check(_ options: [PropertySyntax], of format: String) throws(Fault) {
    guard let known = known[format] else { return }
    for option in options {
      try known.check(option.key, at: option.place)
      if option.key.lowercased() == "mode", option.value.lowercased() != "permissive" {
        throw Fault(
          .configuration, at: option.valuePlace, "files are not read in mode '\(option.value)'",
          remedy: "leave it PERMISSIVE, and state expectations")
      }
    }
  }
}

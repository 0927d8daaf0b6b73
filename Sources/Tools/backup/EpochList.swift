import Core
import JSON
import Recovery
import UnixTool

/// The epochs of a backup as a report.
struct EpochList {
  private let epochs: [Epoch]

  init(_ epochs: [Epoch]) { self.epochs = epochs }

  func text(_ report: ReportOptions) throws -> String {
    let names = ["epoch", "time", "number", "files", "bytes", "new", "newest"]
    let rows = epochs.map { epoch in
      [
        epoch.name, "\(epoch.time)", "\(epoch.number)", "\(epoch.fileCount)",
        "\(epoch.byteCount)", "\(epoch.newByteCount)", epoch.cut.newest.map { "\($0)" } ?? "",
      ]
    }
    switch report.format {
    case .json:
      return rows.map { row in
        JSONWriter.text(
          .object(JSONObject(zip(names, row).map { ($0, JSONValue.string($1)) }))) + "\n"
      }.joined()
    case .csv:
      return ([names] + rows).map { $0.joined(separator: ",") + "\n" }.joined()
    case .text:
      let widths = names.indices.map { column in
        ([names] + rows).map { $0[column].count }.max() ?? 0
      }
      return ([names] + rows).map { row in
        zip(row, widths).map { text, width in
          text + String(repeating: " ", count: width - text.count)
        }.joined(separator: "  ").trimmingEnd + "\n"
      }.joined()
    }
  }
}

extension String {
  /// Without blanks at its end.
  fileprivate var trimmingEnd: String {
    var text = self
    while text.hasSuffix(" ") { text.removeLast() }
    return text
  }
}

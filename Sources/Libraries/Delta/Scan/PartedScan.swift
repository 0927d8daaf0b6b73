package import Columnar
package import Core

extension Snapshot {
  /// Whether each data file holds one value of `column`, and texts tell its values apart.
  package func isParted(by column: String) -> Bool {
    guard let index = schema.index(of: column),
      partitionColumns.contains(where: { schema.index(of: $0) == index })
    else { return false }
    return switch schema.fields[index].type {
    case .date, .string, .boolean, .tinyint, .smallint, .int, .bigint: true
    default: false
    }
  }
}

extension TableScan {
  /// Smaller partitions are read together with the next ones.
  private static let leastByteCount = 1 << 20

  /// Sources that together give each row once, no two of them with a value of `column` in common;
  /// nil when the table is not partitioned by it, or one source would have most of the rows.
  package func sources(partedBy column: String) throws(Fault) -> [any BatchSource]? {
    guard snapshot.isParted(by: column), let index = snapshot.schema.index(of: column) else {
      return nil
    }
    let field = snapshot.columnNames.physical.fields[index]
    var parts: [[AddedFile]] = []
    var partOfValue: [Scalar: Int] = [:]
    for file in files {
      let value = try filePlan.partitionValue(field, of: file)
      if let part = partOfValue[value] {
        parts[part].append(file)
      } else {
        partOfValue[value] = parts.count
        parts.append([file])
      }
    }
    let groups = TableScan.joined(parts)
    let sizes = groups.map { $0.reduce(0) { $0 + Double($1.byteCount) } }
    guard let largest = sizes.max(), largest * 2 <= sizes.reduce(0, +) else { return nil }
    return groups.map { files in
      FileSource(filePlan, files.map { FilePiece(file: $0, rowGroups: nil) })
    }
  }

  /// Parts in the same order, small ones together.
  private static func joined(_ parts: [[AddedFile]]) -> [[AddedFile]] {
    var groups: [[AddedFile]] = []
    var byteCount = leastByteCount
    for part in parts {
      if byteCount >= leastByteCount {
        groups.append(part)
        byteCount = 0
      } else {
        groups[groups.count - 1] += part
      }
      byteCount = part.reduce(byteCount) { $0.saturatingAdd($1.byteCount) }
    }
    return groups
  }
}

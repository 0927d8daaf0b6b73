import CSimdjson
import Core

/// Why a text is not JSON, and at which byte that showed.
struct JSONFailure: Error {
  let status: medallion_json_status
  let offset: Int

  init(_ status: medallion_json_status, _ offset: Int) {
    self.status = status
    self.offset = offset
  }

  /// The failure in words, at the line and column its offset has in `bytes`.
  func fault(in bytes: TextBytes, at place: Place?, maximumDepth: Int) -> Fault {
    guard status != MEDALLION_JSON_OUT_OF_MEMORY else {
      return .outOfMemory("a JSON text of \(bytes.count) bytes", at: place)
    }
    let before = bytes.prefix(offset)
    let lineBreaks = before.count { $0 == UInt8(ascii: "\n") }
    let lineStart = (before.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
    let line = (place?.line ?? 1) + lineBreaks
    let column = offset - lineStart + 1
    let problem = problem(in: bytes, maximumDepth: maximumDepth)
    guard let file = place?.file else {
      return Fault(
        .data, "\(problem), at line \(line), column \(column)", remedy: "mend the JSON text")
    }
    return Fault(
      .data, at: Place(file, line: line, column: column), problem, remedy: "mend the JSON text")
  }

  private func problem(in bytes: TextBytes, maximumDepth: Int) -> String {
    switch status {
    case MEDALLION_JSON_EMPTY: return "no JSON value"
    case MEDALLION_JSON_BAD_TEXT: return "not UTF-8"
    case MEDALLION_JSON_TOO_DEEP:
      return "JSON nested deeper than \(maximumDepth) arrays and objects"
    default:
      guard offset < bytes.count else { return "JSON text ends too early" }
      let byte = bytes[offset]
      guard byte > 0x20, byte < 0x7F else { return "not JSON" }
      return "not JSON: misplaced '\(Character(UnicodeScalar(byte)))'"
    }
  }
}

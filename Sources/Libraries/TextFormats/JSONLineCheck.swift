import CSimdjson
package import Core

/// Keeps the lines that are JSON objects with all required fields, as they are, and sets the others
/// aside. A required field has a value that is neither null nor an empty string; of two with one
/// name the last counts. Blank lines are passed over. Not for two threads.
package final class JSONLineCheck {
  /// Why a line is set aside.
  package enum Reason: Equatable, Sendable {
    /// It is not JSON, or not an object.
    case noObject
    /// It has no value for this required field.
    case lacks(String)
  }

  /// A line that was set aside.
  package struct Rejected: Sendable {
    /// How many lines of the block came before it.
    package let line: Int
    /// How many bytes of the block came before it.
    package let offset: Int
    /// Its bytes, without the line break.
    package let bytes: [UInt8]
    package let reason: Reason
  }

  /// What became of the lines of a block.
  package struct Outcome: Sendable {
    package var keptCount: Int
    /// All lines, blank ones counted.
    package var lineCount: Int
    package var rejected: [Rejected]

    package init(keptCount: Int = 0, lineCount: Int = 0, rejected: [Rejected] = []) {
      self.keptCount = keptCount
      self.lineCount = lineCount
      self.rejected = rejected
    }
  }

  private let check: OpaquePointer
  private let requiredFields: [String]

  package init(requiredFields: [String]) throws(Fault) {
    guard let check = medallion_json_check_create(1_000) else { throw outOfMemory() }
    self.check = check
    self.requiredFields = requiredFields
    for field in requiredFields {
      let name = [UInt8](field.utf8)
      guard medallion_json_check_require(check, name, name.count) else { throw outOfMemory() }
    }
  }

  deinit { medallion_json_check_destroy(check) }

  /// Sorts the lines of `block`, the last of which may lack its end: those that are kept remain,
  /// each with one line break behind it.
  package func sort(_ block: ByteBlock) throws(Fault) -> Outcome {
    let count = block.count
    block.reserve(count + 1)
    var result = medallion_json_check_result()
    var status = MEDALLION_JSON_OK
    block.rewrite { memory in
      let bytes = memory.bindMemory(to: UInt8.self).baseAddress
      status = medallion_json_check_run(check, bytes, count, &result)
      return status == MEDALLION_JSON_OK ? result.kept_byte_count : 0
    }
    guard status == MEDALLION_JSON_OK else { throw outOfMemory() }
    return Outcome(
      keptCount: result.kept_lines, lineCount: result.lines, rejected: rejected(result))
  }

  private func rejected(_ result: medallion_json_check_result) -> [Rejected] {
    UnsafeBufferPointer(start: result.rejected, count: result.rejected_lines).map { line in
      let bytes = UnsafeBufferPointer(start: result.rejected_bytes + line.start, count: line.count)
      let reason: Reason =
        line.reason == noObject ? .noObject : .lacks(requiredFields[Int(line.reason)])
      return Rejected(
        line: line.line, offset: line.position, bytes: Array(bytes), reason: reason)
    }
  }
}

private let noObject = Int32(MEDALLION_JSON_NO_OBJECT)

private func outOfMemory() -> Fault {
  Fault(.io, "no memory to check lines of JSON", remedy: "free some memory, and run again")
}

import Audit
import Core
import TestSupport

/// A record in a folder of its own.
struct TestRecord {
  let work = Workdir()
  var files: any FileSystem = LocalFileSystem()
  var fileLimit = AuditLog.fileLimit

  var folder: AuditFolder { AuditFolder(lake: work.path, files: LocalFileSystem()) }

  func log(warn: @escaping (Fault) -> Void = { _ in }) -> AuditLog {
    AuditLog(
      lake: work.path, files: files,
      by: AuditActor(userID: 1000, user: "ada", host: "till", tool: "sample", runID: "r1"),
      fileLimit: fileLimit, warn: warn
    ) {
      .ofTests
    }
  }

  /// Adds so many entries.
  func fill(_ count: Int) throws {
    for number in 0..<count {
      try log().append(
        AuditEntry(kind: "drop", subject: "t\(number)", details: [("why", "no. \(number)")]))
    }
  }

  func check(
    _ heads: [AuditHead] = [], digests: Set<String> = [], behind earlier: [String] = []
  ) throws -> AuditCheck.Standing {
    var check = try AuditCheck(
      of: folder, behind: earlier, reaching: heads.map { ($0, Place("kept")) }, digests: digests)
    return try check.run()
  }

  /// The first broken link, as a person is told of it; nil where there is none.
  func flaw(_ heads: [AuditHead] = []) -> String? {
    do {
      _ = try check(heads)
      return nil
    } catch {
      guard let fault = error as? Fault, fault.kind == .verdict else { return "\(error)" }
      let place = fault.place.map { "\(lastComponent(of: $0.file)):\($0.line ?? 0): " } ?? ""
      return "\(place)\(fault.problem)"
    }
  }

  /// A file's lines, each with its end.
  func lines(_ number: Int = 1) throws -> [String] {
    try work.read("_audit/\(padded(number, 6)).ndjson").split(separator: "\n").map { "\($0)\n" }
  }

  func write(_ lines: [String], _ number: Int = 1) throws {
    try work.write("_audit/\(padded(number, 6)).ndjson", lines.joined())
  }
}

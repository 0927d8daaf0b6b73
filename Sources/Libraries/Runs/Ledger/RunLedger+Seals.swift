import Columnar
package import Core
import Database

/// Intervals that are closed: books were made up by them, and nothing is done for them again.
extension RunLedger {
  /// Closes an interval of a job; nothing when it is closed.
  package func seal(
    _ job: String, _ interval: RunInterval, at time: Timestamp, by person: String, why: String
  ) throws {
    try connection.run(
      "INSERT OR IGNORE INTO seals VALUES (?, ?, ?, ?, ?, ?)",
      [
        .string(job), .string(interval.start.ledgerText), .string(interval.end.ledgerText),
        .string(time.ledgerText), .string(person), .string(why),
      ])
  }

  /// The intervals of `job` that are closed.
  package func seals(of job: String) throws -> [RunInterval] {
    try connection.rows(
      "SELECT interval_start, interval_end FROM seals WHERE job = ?1 ORDER BY 1, 2",
      [.string(job)]
    ).compactMap { row in
      guard case .string(let start) = row[0], case .string(let end) = row[1] else { return nil }
      return RunInterval("\(start)/\(end)")
    }
  }
}

import Core
import Glibc
import TestSupport
import Testing
import Warehouse

/// How long dimensions take, and that it is in proportion to their rows; runs where
/// `MEDALLION_SPEED_ROWS` says how many.
@Suite struct DimensionSpeedTests {
  private static let rowCount = getenv("MEDALLION_SPEED_ROWS").flatMap { Int(String(cString: $0)) }

  /// Many changes of one member.
  private func one(_ count: Int, late: Bool) -> [PlainVersion] {
    (0..<Int64(count)).map { number in
      Members.version(
        "k", number * 2 + (late && number % 7 == 3 ? 1 : 0),
        number == count - 1 ? nil : number * 2 + 2 + (late && (number + 1) % 7 == 3 ? 1 : 0),
        city: "c\(number)")
    }
  }

  /// One change of each of many members.
  private func many(_ count: Int, changed: Bool) -> [PlainVersion] {
    (0..<count).flatMap { number in
      let id = "m\(number)"
      return changed
        ? [
          Members.version(id, 1, 5, city: "a"), Members.version(id, 5, city: "b", tier: "x"),
        ] : [Members.version(id, 1, city: "a")]
    }
  }

  @Test(.enabled(if: rowCount != nil, "set MEDALLION_SPEED_ROWS to measure"), arguments: [1, 2])
  func `time goes with the rows`(factor: Int) throws {
    let count = try #require(Self.rowCount) * factor
    for (title, before, after) in [
      ("one member", one(count, late: false), one(count, late: true)),
      ("many members", many(count, changed: false), many(count, changed: true)),
    ] {
      let members = try Members()
      for (word, versions) in [("filled", before), ("changed", after), ("the same", after)] {
        let duration = try ContinuousClock().measure { _ = try members.load(versions) }
        print("\(title), \(count) changes, \(word): \(duration)")
      }
    }
  }
}

import Core
import Database
import PostgreSQL
import TestSupport
import Testing
import Warehouse

/// A server is asked by sets: as often for many rows as for few.
@Suite(.enabled(if: PostgreSQLServer.programs != nil, "no PostgreSQL server to start here"))
struct StatementCountTests {
  /// How many statements the two nights of so many customers take.
  private func counts(_ count: Int) throws -> [Int] {
    let star = try Star(.postgresql)
    let session = WatchedSession(try star.another())
    let nights = Nights(star: star, count: count)
    try nights.first(in: session)
    let first = session.count
    try nights.second(in: session)
    return [first, session.count - first]
  }

  @Test func `statements do not grow with rows`() throws {
    let few = try counts(100)
    let many = try counts(1_000)
    #expect(zip(many, few).allSatisfy { $0 <= $1 }, "\(many) for a thousand, \(few) for a hundred")
  }
}

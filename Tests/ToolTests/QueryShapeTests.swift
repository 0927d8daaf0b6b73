import Core
import Glibc
import TestSupport
import Testing

/// Queries that are long, wide or deep, up to ten thousand parts, or as many as QUERY_SHAPES says:
/// each has an answer or an error that tells what to write instead.
@Suite struct QueryShapeTests {
  private static let most = getenv("QUERY_SHAPES").flatMap { Int(String(cString: $0)) } ?? 10_000
  /// What is over sooner than this says nothing of how it grows.
  private static let least = 0.3
  private static let refusals = [64, 65, 78]

  private let folder = Workdir()

  @Test(arguments: QueryShape.all)
  func `ten times the parts take no stack and no square of the time`(_ shape: QueryShape) throws {
    var earlier: Double?
    for count in [100, 1_000, 10_000, 100_000] where count <= Self.most {
      let (status, seconds, talk) = try run(shape.text(count))
      guard status == 0 else {
        // What is too much for one size is too much for a greater one, and is found as soon.
        #expect(Self.refusals.contains(status), "\(count) parts: \(status): \(talk)")
        #expect(talk.contains("; "), "\(count) parts: \(talk)")
        #expect(seconds < 40 * max(Self.least, earlier ?? 0), "\(count) parts: \(seconds) s")
        continue
      }
      if let earlier {
        #expect(seconds < 40 * max(Self.least, earlier), "\(count) parts: \(earlier), \(seconds) s")
      }
      earlier = seconds
    }
  }

  /// How a query ends, and the processor's seconds that it takes; with 6 GB of memory at most.
  private func run(_ query: String) throws -> (status: Int, seconds: Double, talk: String) {
    let file = try folder.write("query.sql", query)
    let script = "ulimit -v 6000000; TIMEFORMAT=%3U; time \"$0\" --quiet --file \"$1\" >/dev/null"
    let run = try ToolRun(
      program: "/bin/bash", ["-c", script, try ToolRun.path(of: "lake-sql"), file],
      in: folder.path)
    let lines = run.talk.split(separator: "\n")
    return (
      run.status, Double(lines.last ?? "") ?? .infinity, lines.dropLast().joined(separator: "\n")
    )
  }
}

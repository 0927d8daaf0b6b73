import Core
import Engine
import Glibc
import Testing

/// Each rewrite by itself: `Rewrites/<rewrite>.sql` holds queries over the shop's tables, and below
/// each, as comments, its plan before and after the rewrite.
///
/// What comes before is the plan as the rewrites ahead of it leave it. With RECORD_CASES=1 in the
/// environment the plans are written instead of compared.
@Suite struct RewriteFileTests {
  @Test(arguments: Optimizer.Rewrite.allCases)
  func `a rewrite makes of each plan what its file says`(_ rewrite: Optimizer.Rewrite) throws {
    let file = try RewriteFile(rewrite)
    let plans = try file.queries.map(plans(rewrite))
    #expect(plans.contains { $0.before != $0.after }, "no query shows what the rewrite does")
    let text = file.text(
      with: plans.map { "\(comment("before", $0.before))\(comment("after", $0.after))" })
    if getenv("RECORD_CASES") != nil {
      try file.record(text)
    } else {
      #expect(text == file.text, "see \(file.path)")
    }
  }

  private func plans(
    _ rewrite: Optimizer.Rewrite
  ) -> (String) throws -> (before: String, after: String) {
    { query in
      let optimizer = Optimizer(clock: Planning.clock)
      let before = Optimizer.rewrites.prefix { $0 != rewrite }
        .reduce(try Planning.bind(query)) { optimizer.apply($1, to: $0) }
      return (before.text, optimizer.apply(rewrite, to: before).text)
    }
  }

  private func comment(_ title: String, _ plan: String) -> String {
    let lines = plan.split(separator: "\n").map { "--   \($0)\n" }
    return "-- \(title):\n\(lines.joined())"
  }
}

/// A file of queries, each a paragraph that ends with a semicolon and then the plans.
private struct RewriteFile {
  let path: String
  let text: String
  /// What stands before the plans of each query: remarks and the query.
  let queries: [String]

  init(_ rewrite: Optimizer.Rewrite) throws {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    path = "/\(folder)/Rewrites/\(rewrite.rawValue).sql"
    text = String(decoding: try LocalFileSystem().read(path), as: UTF8.self)
    queries = text.split(separator: "\n\n").map { paragraph in
      let lines = paragraph.split(separator: "\n")
      return lines.prefix { $0 != "-- before:" }.joined(separator: "\n") + "\n"
    }
  }

  /// The file with these plans below its queries.
  func text(with plans: [String]) -> String {
    zip(queries, plans).map { $0 + $1 }.joined(separator: "\n")
  }

  func record(_ text: String) throws { try LocalFileSystem().replace(path, [UInt8](text.utf8)) }
}

import Core
import Glibc

// A release build with a static standard library has no Testing; it has no tests either.
#if canImport(Testing)
  package import Testing
#endif

/// Data shared by several projects that stands beside the checkout, if it is there.
package enum Shared {
  /// The folder beside the checkout that holds `data/` and `conformance/`.
  package static let root = "../shared"

  /// The path of something in it: `Shared.path("conformance/openlineage")`. The public suites can
  /// stand elsewhere: `MEDALLION_CONFORMANCE` names their folder.
  package static func path(_ relative: String) -> String {
    guard relative.hasPrefix("conformance/"), let folder = getenv("MEDALLION_CONFORMANCE") else {
      return "\(root)/\(relative)"
    }
    return String(cString: folder) + relative.dropFirst("conformance".count)
  }

  /// Whether it is there.
  package static func has(_ relative: String) -> Bool {
    (try? LocalFileSystem().status(of: path(relative))) != nil
  }

  /// The files below `relative` whose names end in `suffix`, as sorted paths; none if it is absent.
  package static func files(under relative: String, suffix: String = "") -> [String] {
    tree(path(relative)).filter { $0.hasSuffix(suffix) }
  }

  private static func tree(_ path: String) -> [String] {
    let files = LocalFileSystem()
    guard let status = try? files.status(of: path) else { return [] }
    guard status.isDirectory else { return [path] }
    return ((try? files.list(path)) ?? []).flatMap { tree("\(path)/\($0)") }
  }
}

#if canImport(Testing)
  extension Trait where Self == ConditionTrait {
    /// Runs the test only where `relative` stands in the shared folder, and says so elsewhere.
    package static func shared(_ relative: String) -> Self {
      .enabled(if: Shared.has(relative), "needs \(Shared.path(relative)), which is not here")
    }
  }
#endif

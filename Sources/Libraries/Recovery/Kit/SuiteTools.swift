package import Core

/// Where the suite's tools are.
package enum SuiteTools {
  /// The folder `given`, or that of the program that runs.
  package static func folder(_ given: String?, _ files: any FileSystem) throws(Fault) -> String {
    if let given { return try files.realPath(of: given) }
    return parent(of: try files.realPath(of: "/proc/self/exe"))
  }
}

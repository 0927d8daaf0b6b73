import Core
import UnixTool

/// Where the tools beside this one are.
enum ToolFolder {
  /// What MEDALLION_BIN names, else the folder of this program.
  static var path: String? {
    if let given = environment("MEDALLION_BIN") { return given }
    return try? parent(of: LocalFileSystem().realPath(of: "/proc/self/exe"))
  }
}

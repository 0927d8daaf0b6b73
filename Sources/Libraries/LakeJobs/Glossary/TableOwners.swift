package import Core

/// Whose each table is: as the table says, or else the glossary.
package struct TableOwners: Sendable {
  private let jobs: JobFolder
  private let glossary: Glossary

  package init(_ jobs: JobFolder, _ glossary: Glossary) {
    self.jobs = jobs
    self.glossary = glossary
  }

  /// Those of `workspace`; a glossary that cannot be read names none, which `warn` is told.
  package init(_ workspace: Workspace, warn: (Fault) -> Void) {
    do throws(Fault) {
      self.init(workspace.jobs, try workspace.glossary())
    } catch {
      warn(error)
      self.init(workspace.jobs, Glossary())
    }
  }

  /// Whose a table is; nil when nobody says.
  package func owner(of table: LakeTableName) -> String? {
    jobs.datasets[table]?.property("owner") ?? jobs.contracts[table]?.properties["owner"]
      ?? glossary.owner(of: "\(table)")
  }
}

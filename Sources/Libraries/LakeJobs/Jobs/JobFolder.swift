import Columnar
package import Core
package import Engine

/// A folder of job files, read and checked: the bronze contracts, the datasets and their order.
package struct JobFolder: Sendable {
  package let path: String
  /// Bronze tables by name.
  package let contracts: [LakeTableName: BronzeContract]
  /// Datasets by name.
  package let datasets: [LakeTableName: Dataset]
  /// Temporary views by lower-case name.
  package let views: [String: JobView]
  /// Temporary views as queries that name them have them in reach.
  package var viewSyntax: [ViewSyntax] { views.values.map(\.syntax) }
  /// All datasets, each after those it reads.
  package let ordered: [Dataset]
  /// Which columns hold what of people; nil where the folder does not say, or the run publishes
  /// nothing.
  package let labels: LabelsFile?
  /// Names the texts of the job files that were read, and this version of the suite: equal texts,
  /// equal digest. Nil where one of them was wrong, or some were not needed.
  package let digest: String?
  /// What is wrong with job files that the run can do without.
  package let faults: [Fault]
  private let inputs: [LakeTableName: [LakeTableName]]

  /// Reads `setup.sql`, `spark-pipeline.yml` and the files it names, as far as `scope` needs them.
  package init(_ path: String, lake: Lake, needing scope: JobScope = .whole) throws {
    let fileSystem = lake.fileSystem
    guard try fileSystem.status(of: path)?.isDirectory == true else {
      throw Fault(
        .configuration, at: Place(path), "there is no such folder of job files",
        remedy: "give --jobs DIR, or run where 'jobs' stands")
    }
    self.path = path
    var faults: [Fault] = []
    func isSpared(_ fault: Fault) -> Bool {
      let isSpared = fault.place.map { scope.spares($0.file, of: path) } ?? false
      if isSpared { faults.append(fault) }
      return isSpared
    }
    // Before they are read: a file that changes meanwhile is never taken for what was read.
    let settings = Self.settingDigests(in: path, fileSystem)
    let pipelinePath = "\(path)/\(PipelineFile.fileName)"
    var pipeline: PipelineFile?
    do throws(Fault) {
      if scope.readsJobs { pipeline = try PipelineFile(pipelinePath, fileSystem: fileSystem) }
    } catch {
      guard isSpared(error.placed(at: Place(pipelinePath))) else { throw error }
    }
    var reader = JobReader(lake: lake, defaultSchema: pipeline?.defaultSchema ?? "silver")
    let setup = "\(path)/setup.sql"
    if try fileSystem.exists(setup) { try reader.readSetup(setup) }
    for file in try pipeline?.jobFiles(in: path, fileSystem: fileSystem) ?? [] {
      var further = reader
      do {
        try further.readJobs(file)
        reader = further
      } catch let fault as Fault {
        guard isSpared(fault.placed(at: Place(file))) else { throw fault }
      }
    }
    contracts = reader.contracts
    let views = reader.views
    let datasets = try reader.finishedDatasets(sparing: isSpared)
    let inputs = datasets.mapValues { dataset in
      Self.tables(readBy: dataset.readTables, through: views)
    }
    ordered = try Self.order(datasets, reading: inputs, sparing: isSpared)
    var labels: LabelsFile?
    do throws(Fault) {
      if scope.readsLabels { labels = try Self.labels(path, reader, datasets, lake, faults) }
    } catch {
      guard isSpared(error) else { throw error }
    }
    self.labels = labels
    self.views = views
    self.datasets = datasets
    self.inputs = inputs
    self.faults = faults
    let isWhole = faults.isEmpty && scope.readsJobs && scope.readsLabels
    digest = isWhole ? settings.map { Self.digest($0 + reader.digests) } : nil
  }

  private static func digest(_ digests: [String]) -> String {
    SHA256.hex(of: ([Medallion.version] + digests).joined(separator: "\n"))
  }

  /// Those of the files that are no scripts; nil where one cannot be read.
  private static func settingDigests(
    in folder: String, _ fileSystem: any FileSystem
  ) -> [String]? {
    try? [PipelineFile.fileName, LabelsFile.fileName].map { name throws(Fault) in
      try digest(of: "\(folder)/\(name)", fileSystem)
    }
  }

  private static func digest(
    of file: String, _ fileSystem: any FileSystem
  ) throws(Fault) -> String {
    guard try fileSystem.exists(file) else { return "" }
    return hexText(SHA256.digest(of: try fileSystem.readHandwritten(file)))
  }

  /// `labels.yml`, held against the tables; those that could not be read may be what it speaks of.
  /// Tables can be labelled by their own properties too.
  private static func labels(
    _ folder: String, _ reader: JobReader, _ datasets: [LakeTableName: Dataset], _ lake: Lake,
    _ faults: [Fault]
  ) throws(Fault) -> LabelsFile? {
    let file = "\(folder)/\(LabelsFile.fileName)"
    guard try lake.fileSystem.exists(file) else {
      let keys =
        reader.contracts.values.flatMap(\.properties.keys)
        + datasets.values.flatMap { $0.properties.map(\.key) }
      return LabelProperties.areAmong(keys) ? LabelsFile(absentFrom: folder) : nil
    }
    let labels = try LabelsFile(file, fileSystem: lake.fileSystem)
    if faults.isEmpty {
      try labels.checkTables(among: Array(reader.contracts.keys) + datasets.keys)
    }
    for (name, contract) in reader.contracts {
      try labels.checkColumns(of: name, among: contract.schema.names)
    }
    return labels
  }

  /// Throws what is wrong with the settings that decide what queries mean: who asks one must not
  /// pass it over, for its answer would be another.
  package func checkSettings() throws(Fault) {
    let file = "\(path)/\(PipelineFile.fileName)"
    let wrong = faults.first { $0.kind == .configuration && $0.place?.file == file }
    if let wrong { throw wrong }
  }

  /// The dataset or contract names, for suggestions.
  package var tableNames: [LakeTableName] { (Array(contracts.keys) + datasets.keys).sorted() }

  /// The tables that a dataset reads, through its views; those of other folders as written.
  package func inputs(of dataset: Dataset) -> [LakeTableName] { inputs[dataset.name] ?? [] }

  /// The datasets of `schema`, each after those it reads.
  package func ordered(schema: String) -> [Dataset] {
    ordered.filter { $0.name.schema == schema }
  }

  /// The tables behind references, views followed; in the order first met, each once.
  package func tables(readBy references: [TableName]) -> [LakeTableName] {
    Self.tables(readBy: references, through: views)
  }

  /// The bronze tables that a flow reads: its streams.
  package func streams(of flow: Flow) -> [BronzeContract] {
    tables(readBy: flow.readTables).compactMap { contracts[$0] }
  }

  private static func tables(
    readBy references: [TableName], through views: [String: JobView]
  ) -> [LakeTableName] {
    var found: [LakeTableName] = []
    var seenViews: Set<String> = []
    func visit(_ reference: TableName) {
      if reference.parts.count == 1, let view = views[reference.parts[0].lowercased()] {
        guard seenViews.insert(reference.parts[0].lowercased()).inserted else { return }
        view.syntax.query.readTables.forEach(visit)
      } else if let name = LakeTableName(reference.description), !found.contains(name) {
        found.append(name)
      }
    }
    references.forEach(visit)
    return found
  }

  /// `datasets`, each after those it reads; `.configuration` when they form a circle, unless the
  /// run can go on without them.
  private static func order(
    _ datasets: [LakeTableName: Dataset], reading inputs: [LakeTableName: [LakeTableName]],
    sparing isSpared: (Fault) -> Bool
  ) throws(Fault) -> [Dataset] {
    var order: [Dataset] = []
    var done: Set<LakeTableName> = []
    var trail: [LakeTableName] = []
    func visit(_ name: LakeTableName) throws(Fault) {
      guard let dataset = datasets[name], !done.contains(name) else { return }
      if let start = trail.firstIndex(of: name) {
        let circle = (trail[start...] + [name]).map(\.description).joined(separator: " -> ")
        throw Fault(
          .configuration, at: dataset.place, "the tables read each other in a circle: \(circle)",
          remedy: "break the circle")
      }
      trail.append(name)
      for input in inputs[name] ?? [] { try visit(input) }
      trail.removeLast()
      done.insert(name)
      order.append(dataset)
    }
    for name in datasets.keys.sorted() {
      do {
        try visit(name)
      } catch {
        guard isSpared(error) else { throw error }
        trail = []
      }
    }
    return order
  }
}

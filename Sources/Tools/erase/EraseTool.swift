import ArgumentParser
import Audit
import Core
import JSON
import LakeJobs
import LakeTool
import Stewardship
import UnixTool
import WarehouseTool

/// Has a person leave, once two people want it.
@main struct EraseTool: MedallionTool {
  static let manual = ToolManual(
    "erase", "has a person leave the lake and the warehouse",
    verdict: "the person still stands somewhere",
    examples: [
      ("erase --subject customer=C1 --plan C1.json", "says what stands where, and changes nothing"),
      ("erase --apply C1.json --signature C1.sig", "does it, once an approver has signed the plan"),
      ("erase --again", "erases once more whom a restore brought back"),
    ])

  @OptionGroup(title: "Lake") var lake: LakeOptions
  @OptionGroup var place: WarehouseOption
  @OptionGroup(title: "Run") var options: RunOptions
  @OptionGroup(title: "Run") var reason: ReasonOption

  @Option(help: ArgumentHelp("the person: a kind and a key, as in subjects.yml", valueName: "KEY"))
  var subject: String?

  @Option(help: ArgumentHelp("write what would be done, to be signed", valueName: "FILE"))
  var plan: String?

  @Option(help: ArgumentHelp("do what a plan says", valueName: "PLAN"))
  var apply: String?

  @Option(
    help: ArgumentHelp("an approver's signature of the plan's fingerprint", valueName: "FILE"))
  var signature: String?

  @Flag(help: "erase once more whom the lake's record of erasures tells of")
  var again = false

  /// Throws `.usage` unless it is said what to do, and with what.
  func checkCall() throws(Fault) {
    let ways = [plan != nil, apply != nil, again].count { $0 }
    guard ways == 1, (plan == nil) == (subject == nil), (apply == nil) == (signature == nil) else {
      throw Fault(
        .usage, "nothing says what to do, or it is not said whole",
        remedy: "say '--subject KEY --plan FILE', '--apply PLAN --signature FILE' or '--again'")
    }
  }

  func run(_ console: Console) throws {
    try checkCall()
    let workspace = try lake.workspace(console)
    let subjects = try SubjectsFile(jobsFolder: lake.jobs, workspace.lake.fileSystem)
    let erasure = Erasure(
      workspace, try place.warehousePlace(inLake: lake.lake), lake.queryContext(console), subjects,
      secret: try Secret.made(ErasureFolder.secretName, in: "\(lake.lake)/_secrets"))
    if let subject, let plan {
      try makePlan(of: subject, erasure, subjects, to: plan, console)
    } else if let apply, let signature {
      try self.apply(apply, signature, erasure, subjects, console)
    } else {
      try eraseAgain(erasure, console)
    }
  }

  private func makePlan(
    of subject: String, _ erasure: Erasure, _ subjects: SubjectsFile, to path: String,
    _ console: Console
  ) throws {
    let (kind, key) = try subjects.subject(subject)
    let plan = try erasure.plan(kind, key, madeBy: userName())
    try LocalFileSystem().replace(path, JSONWriter.bytes(plan.json) + [UInt8(ascii: "\n")])
    for place in plan.places { try console.write(line(place)) }
    try console.write("fingerprint \(plan.fingerprint)")
  }

  private func apply(
    _ path: String, _ signature: String, _ erasure: Erasure, _ subjects: SubjectsFile,
    _ console: Console
  ) throws {
    let files = LocalFileSystem()
    let plan = try ErasurePlan(files.read(path), at: Place(path))
    let approval = try ErasureApproval(
      of: plan, signature: files.read(signature, limit: 1 << 16), subjects, at: Place(signature))
    // The record of acts stays for ever: it tells the plan, and not the person.
    let entry = lake.entry(
      "erase", plan.kind, [("plan", plan.fingerprint), ("approved_by", approval.approver)],
      why: reason.why)
    let certificate = try lake.audit(console).recording(entry) {
      try erasure.apply(plan, approval) { console.note("\($0.kind.rawValue) \($0.name)") }
    }
    try console.write(JSONWriter.text(certificate.json))
  }

  private func eraseAgain(_ erasure: Erasure, _ console: Console) throws {
    let entry = lake.entry(
      "erase.again", "\(lake.lake)/\(ErasureFolder.record)", why: reason.why)
    let certificates = try lake.audit(console).recording(entry) {
      try erasure.eraseAgain { console.note("\($0.kind.rawValue) \($0.name)") }
    }
    if certificates.isEmpty { console.say("nobody who was erased is there again") }
    for certificate in certificates { try console.write(JSONWriter.text(certificate.json)) }
  }

  private func line(_ place: ErasedPlace) -> String {
    "\(place.kind.rawValue) \(place.name) \(place.count)"
  }
}

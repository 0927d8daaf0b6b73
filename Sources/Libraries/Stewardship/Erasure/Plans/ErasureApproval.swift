package import Core
package import LakeJobs
import Sealing

/// That somebody else than who made a plan has signed its fingerprint.
package struct ErasureApproval: Sendable {
  package let approver: String

  /// `.denied` unless `signature` is that of one of the approvers of `subjects`, and not of who
  /// made the plan.
  package init(
    of plan: ErasurePlan, signature: [UInt8], _ subjects: SubjectsFile, at place: Place
  ) throws(Fault) {
    guard let bytes = SignatureCheck.signature(in: signature) else {
      throw Fault(
        .denied, at: place, "this is no signature of 64 bytes",
        remedy: "have the fingerprint signed: openssl pkeyutl -sign -rawin -inkey KEY -in FILE")
    }
    let text = Array(plan.fingerprint.utf8)
    let signer = subjects.approvers.first { SignatureCheck.isSigned(text, bytes, by: $0.value) }
    guard let signer else {
      throw Fault(
        .denied, at: place, "it is no approver's signature of this plan's fingerprint",
        remedy: "have one of \(subjects.approvers.keys.sorted().joined(separator: ", ")) sign "
          + plan.fingerprint)
    }
    guard signer.key != plan.madeBy else {
      throw Fault(
        .denied, at: place, "'\(signer.key)' has made the plan, and cannot approve it",
        remedy: "have another sign it")
    }
    approver = signer.key
  }
}

import Access
import Core
import LakeJobs
import LakeSupport
import Testing

/// How a policy file is read, and what is told of one that says nothing clear.
@Suite struct AccessFileTests {
  @Test func `a folder without one has no policy, and labels of its own are known`() throws {
    let lake = try TestLake(
      setup: """
        CREATE SCHEMA bronze;
        CREATE TABLE bronze.till (id STRING, day DATE) USING json
          PARTITIONED BY (day) LOCATION 'pos/till';
        """)
    #expect(try AccessPolicy.read(lake.workspace()) == nil)
    try lake.write("labels.yml", "labels: {loyalty: {sensitivity: internal}}\n")
    try lake.write(
      "access.yml",
      """
      roles: {reader: {members: [anna, ben]}, chief: {inherits: reader}}
      grants: [{to: reader, on: bronze.till, mask: 'label:loyalty'}]
      folders: {bronze: {group: stewards, mode: 0750}}
      """)
    let policy = try #require(try AccessPolicy.read(lake.workspace()))
    #expect(policy.roles(of: "chief") == ["chief", "reader"])
    #expect(policy.roles(of: "ben") == ["reader"] && policy.users == ["anna", "ben"])
    #expect(policy.folders.first?.mode == 0o750 && policy.folders.first?.group == "stewards")
  }

  private static let faults = [
    ("roles: {a: {inherits: b}}", "access.yml:1: 'b' is not a role; use one of a"),
    (
      "roles: {a: {inherits: b}, b: {inherits: a}}",
      "access.yml:1: the roles inherit from each other in a circle: a -> b -> a; break the circle"
    ),
    (
      "roles: {a: {members: b}, b: {}}",
      "access.yml:1: the member 'b' is a role; let 'b' inherit from 'a', or give one another name"
    ),
    (
      "roles: {public: {}}",
      "access.yml:1: 'public' cannot be a role's name; use at most 50 small letters, and no word "
        + "that servers have for their own"
    ),
    (
      "roles: {a: {}}\ngrants: [{to: b, on: '*'}]",
      "access.yml:2: 'b' is not a role; did you mean 'a'?"
    ),
    (
      "roles: {a: {}}\ngrants: [{on: '*'}]", "access.yml:2: 'to' is missing; add 'to:' here"
    ),
    (
      "roles: {a: {}}\ngrants: [{to: a, on: gold}]",
      "access.yml:2: 'gold' names no table; write schema.name, or gold.* for all of a layer"
    ),
    (
      "roles: {a: {}}\ngrants: [{to: a, on: gold.member}]",
      "access.yml:2: there is no table 'gold.member'; did you mean 'gold.members'?"
    ),
    (
      "roles: {a: {}}\ngrants: [{to: a, on: '*', mask: 'label:emial'}]",
      "access.yml:2: 'emial' is not a label; did you mean 'email'?"
    ),
    (
      "roles: {a: {}}\ngrants: [{to: a, on: '*', show: 'label:email'}]",
      "access.yml:2: what people's data are shown for is not said; add 'purpose:' to this grant"
    ),
    (
      "roles: {a: {}}\ngrants: [{to: a, on: '*', until: tomorrow}]",
      "access.yml:2: this is not a day, as 2027-12-31; write a day, as 2027-12-31 here"
    ),
    (
      "masks: {email: hsah}", "access.yml:1: 'hsah' is not a mask; did you mean 'hash'?"
    ),
    (
      "masks: {email: {sql: 'substr(value'}}",
      "access.yml:1: the mask 'substr(value': unexpected end of text; expected )"
    ),
    (
      "roles: {a: {}}\ngrants: [{to: a, on: '*', rows: store = }]",
      "access.yml:2: 'store =': unexpected end of text; expected an expression"
    ),
    (
      "folders: {bronze: {mode: 0777}}",
      "access.yml:1: '0777' cannot be a layer's mode; write 0700, 0750 or 0755: only its owner writes"
    ),
    ("grant: []", "access.yml:1: 'grant' is not a key here; did you mean 'grants'?"),
  ]

  @Test(arguments: faults) func `a mistake is told with its place and remedy`(
    _ text: String, _ told: String
  ) throws {
    let fault = #expect(throws: Fault.self) {
      try Policies.read(text, tables: [Policies.members])
    }
    #expect(fault?.kind == .configuration)
    #expect(fault.map { "\($0)" } == told)
  }
}

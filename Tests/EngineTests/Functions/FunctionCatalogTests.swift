import Engine
import Testing

/// What holds of the tables of functions as a whole.
@Suite struct FunctionCatalogTests {
  @Test func `no two functions have one name`() {
    var seen: Set<String> = []
    #expect(FunctionCatalog.names.filter { !seen.insert($0).inserted } == [])
  }
}

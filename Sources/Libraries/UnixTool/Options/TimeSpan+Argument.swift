import ArgumentParser
package import Core

extension TimeSpan: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

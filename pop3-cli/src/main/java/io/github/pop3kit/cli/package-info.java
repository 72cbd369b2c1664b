/** The command {@code pop3}: a subcommand is one class that parses, calls the library and prints. */
@org.jspecify.annotations.NullMarked
package io.github.pop3kit.cli;

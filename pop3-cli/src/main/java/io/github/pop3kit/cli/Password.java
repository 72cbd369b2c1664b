package io.github.pop3kit.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where passwords come from: never from the command line, which others can see. */
final class Password {

    private Password() {}

    /** The first line of a file. */
    static String ofFile(Path file) throws Failure {
        try {
            return Files.readString(file, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElseThrow(() -> Failure.of("The password file " + file + " is empty."));
        } catch (IOException e) {
            throw Failure.of("The password file cannot be read: " + Failure.why(e) + ".");
        }
    }
}

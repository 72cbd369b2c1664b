package io.github.pop3kit.testkit;

import io.github.pop3kit.protocol.transcript.Transcript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A session as a {@link Recorder} has heard it, as the text of a {@link Transcript}: messages octet by octet, and {@code ****} in the
 * place of each secret. The text can be edited: {@code …} stands for what may differ. Immutable.
 */
public final class Recording {

    private static final String SECRET = "****";

    private final String text;

    private Recording(String text) {
        this.text = text;
    }

    /**
     * A recording by its text.
     *
     * @throws IllegalArgumentException naming the first line that is none of a transcript
     */
    public static Recording parse(String text) {
        Transcript.parse(text);
        return new Recording(text);
    }

    /** Reads a recording from a file, by convention {@code *.pop3}. */
    public static Recording read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the recording to a file; one that is there is replaced. */
    public void write(Path file) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The conversation, its secrets starred. */
    public String transcript() {
        return text;
    }

    /**
     * For playing the server: whatever the client gives for a secret is right. What the server has asked in a SASL challenge is a
     * secret as well and cannot be played, but for the empty one of PLAIN.
     */
    public Transcript asServer() {
        return Transcript.parse(text.lines()
                .map(line -> line.startsWith("C: ") ? line.replace(SECRET, "…") : line)
                .reduce("", (before, line) -> before + line + "\n"));
    }

    /**
     * For playing the client, and expecting of a server what the one before has said.
     *
     * @param secrets by the command's keyword: {@code Map.of("PASS", "a secret")}; {@code AUTH} stands for what is behind a
     *     mechanism and for the response to a challenge
     * @throws IllegalArgumentException naming the keyword whose secret is missing
     */
    public Transcript asClient(Map<String, String> secrets) {
        List<String> lines = new ArrayList<>();
        String before = "";
        for (String line : text.lines().toList()) {
            if (line.startsWith("C: ") && line.contains(SECRET)) {
                lines.add(line.replace(SECRET, Transcript.escape(secret(line, before, secrets))));
            } else {
                lines.add(line.equals("S: + " + SECRET) ? "S: + …" : line);
            }
            before = line;
        }
        return Transcript.parse(String.join("\n", lines));
    }

    private static String secret(String line, String before, Map<String, String> secrets) {
        String keyword = before.startsWith("S: +\\x20") || before.startsWith("S: + ")
                ? "AUTH"
                : Faults.keyword(Faults.normalized(line.substring(3)));
        String secret = secrets.get(keyword);
        if (secret == null) throw new IllegalArgumentException("there is no secret for " + keyword);
        return secret;
    }

    /** The conversation. */
    @Override
    public String toString() {
        return text;
    }
}

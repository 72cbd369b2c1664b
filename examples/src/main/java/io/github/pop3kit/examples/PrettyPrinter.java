package io.github.pop3kit.examples;

import io.github.pop3kit.protocol.*;
import io.github.pop3kit.protocol.transcript.Transcript;
import io.github.pop3kit.protocol.transcript.Transcript.Side;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prints a captured session as RFCs print one: secrets starred, nothing unescaped, of messages the octets alone. */
public final class PrettyPrinter {

    private PrettyPrinter() {}

    /** Arguments: two files, what the client sent and what the server sent, as tcpflow writes them. */
    public static void main(String[] args) throws IOException {
        print(Files.readAllBytes(Path.of(args[0])), Files.readAllBytes(Path.of(args[1])), System.out);
    }

    static void print(byte[] client, byte[] server, PrintStream out) {
        ByteBuffer said = ByteBuffer.wrap(client);
        ByteBuffer answered = ByteBuffer.wrap(server);
        LineDecoder commands = LineDecoder.forCommands();
        LineDecoder replies = new LineDecoder(LineDecoder.SASL_LIMIT);
        if (line(replies, answered)) out.println(Transcript.entry(Side.SERVER, replies.line()));
        while (line(commands, said)) {
            out.println(Transcript.entry(Side.CLIENT, commands.line()));
            Command command = Command.parse(commands.line());
            Reply reply = null;
            while (line(replies, answered)) {
                reply = Reply.parse(replies.line()).orElse(null);
                out.println(Transcript.entry(Side.SERVER, replies.line()));
                if (!(reply instanceof Reply.Challenge)) break;
                commands.expectResponse();
                if (line(commands, said)) out.println("C: ****");
            }
            if (reply instanceof Reply.Ok && isMultiLine(command)) printBody(command, answered, out);
        }
    }

    private static boolean line(LineDecoder decoder, ByteBuffer octets) {
        return decoder.decode(octets) == LineDecoder.Result.LINE;
    }

    private static boolean isMultiLine(Command command) {
        return command.line().matches("(?i)CAPA|LIST|UIDL|LANG|AUTH|RETR .*|TOP .*");
    }

    private static void printBody(Command command, ByteBuffer octets, PrintStream out) {
        ByteBuffer body = ByteBuffer.allocate(octets.remaining());
        new DotDecoder(LineEnd.CRLF).decode(octets, body);
        String text = StandardCharsets.ISO_8859_1.decode(body.flip()).toString();
        if (command.line().contains(" ")) out.println("S: (" + text.length() + " octets)");
        else text.lines().forEach(line -> out.println("S: " + Transcript.escape(line)));
        out.println("S: .");
    }
}

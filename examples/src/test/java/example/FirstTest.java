package example;

import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.pop3kit.testkit.Pop3ServerExtension;
import io.github.pop3kit.testkit.Pop3TestServer;
import java.io.*;
import java.net.Socket;
import java.util.*;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class FirstTest {

    @RegisterExtension
    static final Pop3ServerExtension pop3 = new Pop3ServerExtension().user("bob", "secret", "Subject: hi\n\nHello\n");

    @Test
    void subjects_are_read(Pop3TestServer server) throws IOException {
        assertEquals(List.of("hi"), subjects(server.host(), server.port(), "bob", "secret"));
        assertThat(server).receivedInOrder("PASS ****", "TOP 1 0", "QUIT");
    }

    @Test
    void half_a_header_is_no_subject(Pop3TestServer server) {
        server.faults().on("TOP").cutAfter(10);
        assertThrows(EOFException.class, () -> subjects(server.host(), server.port(), "bob", "secret"));
    }

    /** The code under test. */
    static List<String> subjects(String host, int port, String user, String password) throws IOException {
        List<String> subjects = new ArrayList<>();
        try (Socket socket = new Socket(host, port)) {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            PrintStream out = new PrintStream(socket.getOutputStream(), true, US_ASCII);
            in.readLine();
            for (String command : List.of("USER " + user, "PASS " + password, "TOP 1 0")) {
                out.print(command + "\r\n");
                in.readLine();
            }
            for (String line = in.readLine(); !".".equals(line); line = in.readLine()) {
                if (line == null) throw new EOFException("cut");
                if (line.startsWith("Subject: ")) subjects.add(line.substring(9));
            }
            out.print("QUIT\r\n");
            in.readLine();
        }
        return subjects;
    }
}

package io.github.pop3kit.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.pop3kit.testkit.Pop3TestServer;
import io.github.pop3kit.testkit.TestUser;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StdoutTest {

    @Test
    void what_came_before_a_failure_is_written_and_the_failure_is_told_behind_it() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StringWriter err = new StringWriter();
        try (Pop3TestServer server = Pop3TestServer.start()) {
            TestUser bob = server.user("bob", "secret");
            bob.deliver("Subject: one\r\n\r\n");
            bob.deliver("Subject: two\r\n\r\n");
            server.faults().on("RETR 2").cutAfter(0);
            String url = "pop3://bob@" + server.host() + ":" + server.port() + "?tls=none";
            Map<String, String> environment = Map.of("POP3_PASSWORD", "secret");
            Pop3 pop3 = new Pop3(new BufferedOutputStream(out), new PrintWriter(err), environment);
            assertEquals(75, pop3.run("get", url, "--all"), err.toString());
        }
        assertEquals("Subject: one\r\n\r\n", out.toString(US_ASCII));
    }
}

package io.github.pop3kit.testkit.conformance;

import io.github.pop3kit.protocol.sasl.Md5;
import io.github.pop3kit.server.ServerCertificate;
import io.github.pop3kit.server.ServerTls;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A small server of one user, bob, that keeps the rules but for the defects that it is given. On loopback; a
 * thread for each connection.
 */
final class WrongServer implements AutoCloseable {

    static final String USER = "bob";

    private static final ServerTls TLS = ServerTls.of(ServerCertificate.selfSigned("localhost", "127.0.0.1"));

    /** A message as RETR sends it, its lines ended by CRLF. */
    private static final class Message {
        private final String uniqueId;
        private final String octets;
        private boolean marked;

        Message(String uniqueId, String octets) {
            this.uniqueId = uniqueId;
            this.octets = octets;
        }
    }

    private final Set<Defect> defects;
    private final ServerSocket plain;
    private final ServerSocket tls;
    private final List<Message> maildrop = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final Set<Socket> open = new HashSet<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final AtomicInteger sessions = new AtomicInteger();
    private boolean locked;
    private Runnable later = () -> {};
    private volatile boolean stlsUsed;

    /** What a server can be like besides; checks find many things of it, or nothing. */
    enum Oddity {
        NO_TOP,
        NO_UIDL,
        UIDL_ALWAYS_THE_SAME,
        DELE_HITS_THE_FIRST_MESSAGE
    }

    private final Set<Oddity> oddities;

    WrongServer(Set<Defect> some) throws IOException {
        this(some, Set.of());
    }

    WrongServer(Set<Defect> some, Set<Oddity> others) throws IOException {
        this.oddities = others;
        this.defects = some.isEmpty() ? EnumSet.noneOf(Defect.class) : EnumSet.copyOf(some);
        this.plain = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.tls = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(() -> accept(plain, false));
        daemon(() -> accept(tls, true));
    }

    String password() {
        return has(Defect.PASSWORD_WITH_BLANK_REFUSED) ? "tan staaf" : "tanstaaf";
    }

    int port() {
        return plain.getLocalPort();
    }

    int tlsPort() {
        return tls.getLocalPort();
    }

    synchronized void deliver(byte[] message) {
        String text = new String(message, StandardCharsets.ISO_8859_1).replaceAll("(?<!\r)\n", "\r\n");
        maildrop.add(new Message("id-" + ids.incrementAndGet(), text.endsWith("\n") ? text : text + "\r\n"));
    }

    synchronized int count() {
        return maildrop.size();
    }

    /** How many messages have this in them. */
    synchronized long count(String octets) {
        return maildrop.stream()
                .filter(message -> message.octets.contains(octets))
                .count();
    }

    /** Removes the first message, as another session does that this server does not know of. */
    synchronized void removeFirst() {
        maildrop.remove(0);
    }

    /** How often messages with this in them were sent, or their headers. */
    synchronized int sent(String octets) {
        return (int) sent.stream().filter(some -> some.contains(octets)).count();
    }

    private boolean has(Defect defect) {
        return defects.contains(defect);
    }

    private void accept(ServerSocket listening, boolean secure) {
        while (true) {
            try {
                Socket client = listening.accept();
                synchronized (open) {
                    open.add(client);
                }
                daemon(() -> serve(client, secure));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket client, boolean secure) {
        Session session = new Session();
        try (client) {
            client.setTcpNoDelay(true);
            session.serve(client, secure);
        } catch (IOException gone) {
            // As clients do.
        } finally {
            session.end();
            synchronized (open) {
                open.remove(client);
            }
        }
    }

    private static void daemon(Runnable what) {
        Thread thread = new Thread(what, "wrong-server");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        plain.close();
        tls.close();
        synchronized (open) {
            for (Socket client : open) client.close();
        }
    }

    /** Tells how much of what it has read was not taken. */
    private static final class Buffered extends BufferedInputStream {
        Buffered(InputStream in) {
            super(in, 65536);
        }

        synchronized int pending() {
            return count - pos;
        }
    }

    /** One connection. */
    private final class Session {

        private Socket socket = new Socket();
        private Buffered buffered = new Buffered(InputStream.nullInputStream());
        private InputStream in = buffered;
        private OutputStream out = OutputStream.nullOutputStream();
        private boolean secure;
        private boolean utf8;
        private boolean loggedIn;
        private boolean holdsLock;
        private boolean over;
        private String user = "";
        private String stamp = "";
        private List<Message> snapshot = new ArrayList<>();
        private final BitSet deleted = new BitSet();
        private final int number = sessions.incrementAndGet();

        void serve(Socket client, boolean fromTheBeginning) throws IOException {
            carry(client);
            if (fromTheBeginning) secure();
            stamp = has(Defect.APOP_SAME_STAMP) ? "<1896.697170952@dbc.mtview.ca.us>" : Md5.challenge();
            ok("ready " + stamp);
            while (!over) {
                String line = line();
                if (line == null) return;
                if (has(Defect.PIPELINING_BREAKS) && loggedIn && in.available() > 0) return;
                command(line);
            }
        }

        private void carry(Socket some) throws IOException {
            socket = some;
            buffered = new Buffered(some.getInputStream());
            in = buffered;
            out = some.getOutputStream();
        }

        private void secure() throws IOException {
            // What the buffer has read of the handshake belongs to it.
            InputStream read = new ByteArrayInputStream(in.readNBytes(buffered.pending()));
            SSLSocket secured = (SSLSocket) TLS.context().getSocketFactory().createSocket(socket, read, true);
            secured.startHandshake();
            carry(secured);
            secure = true;
        }

        /** A line without its end; null at the end, and at what is no line. */
        private @Nullable String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int octet = in.read(); octet >= 0; octet = in.read()) {
                if (octet == '\n') {
                    int end = line.length() - 1;
                    return end >= 0 && line.charAt(end) == '\r' ? line.substring(0, end) : line.toString();
                }
                line.append((char) octet);
                if (line.length() > 4000) {
                    while (in.available() > 0) in.skipNBytes(in.available());
                    err("too long");
                    return null;
                }
            }
            if (has(Defect.HALF_QUIT_IS_QUIT) && line.toString().equals("QUIT")) quit();
            return null;
        }

        // ---- replies

        private void ok(String text) throws IOException {
            status(has(Defect.LOWER_CASE_OK) ? "+ok" : "+OK", text);
        }

        private void err(String text) throws IOException {
            status(has(Defect.PLUS_ERR) ? "+ERR" : "-ERR", text);
        }

        private void status(String word, String text) throws IOException {
            write(word + (text.isEmpty() ? "" : " " + text) + (has(Defect.BARE_LF_STATUS) ? "\n" : "\r\n"));
        }

        private void lines(List<String> lines) throws IOException {
            StringBuilder all = new StringBuilder();
            for (String line : lines) all.append(line).append("\r\n");
            write(all + ".\r\n");
        }

        private void write(String octets) throws IOException {
            out.write(octets.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        // ---- commands

        private void command(String line) throws IOException {
            int blank = line.indexOf(' ');
            String word = blank < 0 ? line : line.substring(0, blank);
            String keyword = has(Defect.CASE_MATTERS) && loggedIn ? word : word.toUpperCase(Locale.ROOT);
            String argument = blank < 0 ? "" : line.substring(blank + 1);
            boolean bare = blank < 0;
            if (line.isEmpty() && has(Defect.EMPTY_LINE_ENDS)) {
                over = true;
            } else if (line.indexOf('\0') >= 0 || line.indexOf('\r') >= 0) {
                err("no such command");
            } else if (keyword.equals("QUIT") && bare) {
                quit();
            } else if (keyword.equals("CAPA") && bare) {
                ok("");
                lines(capabilities());
            } else if (keyword.equals("LANG")) {
                lang(bare, argument);
            } else if (loggedIn) {
                transaction(keyword, bare, argument);
            } else {
                authorization(keyword, bare, argument, line);
            }
        }

        private List<String> capabilities() {
            List<String> all = new ArrayList<>(List.of("UIDL", "RESP-CODES", "AUTH-RESP-CODE", "LANG", "UTF8 USER"));
            if (!has(Defect.USER_UNLISTED)) all.add("USER");
            if (!has(Defect.TOP_UNLISTED)) all.add("TOP");
            if (oddities.contains(Oddity.NO_TOP)) all.remove("TOP");
            if (oddities.contains(Oddity.NO_UIDL)) all.remove("UIDL");
            if (loggedIn || !has(Defect.PIPELINING_AFTER_LOGIN)) all.add("PIPELINING");
            if (has(Defect.LOGIN_DELAY_NOT_KEPT)) all.add("LOGIN-DELAY 10");
            all.add((has(Defect.CAPA_TWO_BLANKS) ? "SASL PLAIN  LOGIN" : "SASL PLAIN LOGIN")
                    + (has(Defect.MECHANISM_FOR_NOTHING) ? " DIGEST-MD5" : ""));
            if (offersStls() || (secure && has(Defect.STLS_UNDER_TLS) && socket.getLocalPort() == port()))
                all.add("STLS");
            return all;
        }

        private boolean offersStls() {
            return !secure && !loggedIn && !(stlsUsed && has(Defect.STLS_ONCE));
        }

        private void lang(boolean bare, String argument) throws IOException {
            if (bare) {
                ok("");
                lines(List.of("en English"));
            } else if (argument.equals("*") || argument.equalsIgnoreCase("en")) {
                ok("en English");
            } else if (has(Defect.LANG_UNKNOWN) && !loggedIn) {
                ok("en English");
            } else {
                err("no such language");
            }
        }

        private void authorization(String keyword, boolean bare, String argument, String line) throws IOException {
            switch (keyword) {
                case "USER" -> {
                    user = argument;
                    if (bare) {
                        err("a name");
                    } else if (has(Defect.USER_REVEALED) && !user.equals(USER)) {
                        err("no such user");
                    } else {
                        ok("password");
                    }
                }
                case "PASS" -> pass(argument);
                case "APOP" -> apop(argument);
                case "AUTH" -> auth(argument);
                case "STLS" -> stls(bare);
                case "UTF8" -> {
                    if (!bare || has(Defect.UTF8_AFTER_LOGIN)) {
                        err("not now");
                    } else {
                        utf8 = true;
                        ok("");
                    }
                }
                case "STAT" -> {
                    if (has(Defect.STAT_BEFORE_LOGIN)) {
                        ok("0 0");
                    } else {
                        err("log in first");
                    }
                }
                default ->
                    err(has(Defect.LONG_REPLY) && line.length() > 200 ? "unknown: " + line + line + line : "unknown");
            }
        }

        private void pass(String given) throws IOException {
            String name = user;
            user = "";
            String password = has(Defect.PASSWORD_CUT) ? given.split(" ", -1)[0] : given;
            if (has(Defect.PASSWORD_TRIMMED)) password = password.strip();
            boolean right = name.equals(USER) && (password.equals(password()) || has(Defect.PASSWORD_UNCHECKED));
            if (name.isEmpty()) {
                err("USER first");
            } else if (has(Defect.PASSWORD_WITH_BLANK_REFUSED) && given.contains(" ")) {
                err("one argument");
            } else {
                enter(right);
            }
        }

        private void apop(String argument) throws IOException {
            String[] words = argument.split(" ", -1);
            boolean right = words.length == 2
                    && words[0].equals(USER)
                    && (has(Defect.APOP_ANY_DIGEST) || words[1].equals(Md5.apop(stamp, password())));
            if (has(Defect.APOP_STAMP_FOR_NOTHING)) {
                err("unknown");
            } else {
                enter(right);
            }
        }

        private void auth(String argument) throws IOException {
            String[] words = argument.split(" ", -1);
            String mechanism = words[0].toUpperCase(Locale.ROOT);
            boolean isPlain = mechanism.equals("PLAIN");
            if (!isPlain && !mechanism.equals("LOGIN")) {
                err("no such mechanism");
                return;
            }
            if (words.length > 1 && has(Defect.INITIAL_RESPONSE_REFUSED)) {
                err("in two lines, please");
                return;
            }
            String first = words.length > 1 ? words[1] : ask("");
            if (isPlain) {
                check(first, "\0" + USER + "\0" + password());
            } else {
                String password = ask("Password:");
                check(first + " " + password, "");
            }
        }

        private String ask(String challenge) throws IOException {
            String base64 = Base64.getEncoder().encodeToString(challenge.getBytes(StandardCharsets.US_ASCII));
            if (has(Defect.CHALLENGE_IS_OK)) {
                write("+OK " + base64 + "\r\n");
            } else if (has(Defect.CHALLENGE_WITH_TEXT) && base64.isEmpty()) {
                write("+ go ahead\r\n");
            } else {
                write("+ " + base64 + "\r\n");
            }
            String response = line();
            return response == null ? "*" : response;
        }

        private void check(String response, String expected) throws IOException {
            if (has(Defect.LONG_RESPONSE_CUT) && response.length() > 1024) {
                err("[AUTH] no");
                command(response.substring(1024));
                return;
            }
            boolean isLogin = expected.isEmpty();
            StringBuilder said = new StringBuilder();
            try {
                for (String part : response.split(" ", -1)) {
                    byte[] octets = Base64.getDecoder().decode(part);
                    if (!said.isEmpty()) said.append(' ');
                    said.append(new String(octets, StandardCharsets.ISO_8859_1));
                }
            } catch (IllegalArgumentException notBase64) {
                err("not base64");
                return;
            }
            enter(said.toString().equals(isLogin ? USER + " " + password() : expected));
        }

        private void enter(boolean right) throws IOException {
            if (!right) {
                err(has(Defect.AUTH_CODE_UNSAID) ? "no" : "[AUTH] no");
                return;
            }
            synchronized (WrongServer.this) {
                if (locked && !has(Defect.NO_LOCK)) {
                    err(has(Defect.IN_USE_UNSAID) ? "locked" : "[IN-USE] locked");
                    return;
                }
                locked = true;
                holdsLock = true;
                snapshot = has(Defect.LIVE_FOLDER) ? maildrop : new ArrayList<>(maildrop);
                later.run();
                later = () -> {};
            }
            loggedIn = true;
            ok("welcome");
        }

        private void stls(boolean bare) throws IOException {
            if (!bare || !offersStls()) {
                err("no");
                return;
            }
            String injected = null;
            if (in.available() > 0) {
                if (!has(Defect.STLS_INJECTION)) {
                    over = true;
                    return;
                }
                injected = line();
            }
            stlsUsed = true;
            ok("go");
            if (!has(Defect.STLS_REMEMBERS)) user = "";
            if (has(Defect.BROKEN_TLS_GOES_ON) && !isHandshake()) return;
            secure();
            if (injected != null) command(injected);
        }

        /** Whether what comes begins like a handshake of TLS; the socket's own buffer is left as it is. */
        private boolean isHandshake() throws IOException {
            in.mark(1);
            int first = in.read();
            in.reset();
            return first == 22;
        }

        // ---- TRANSACTION

        private void transaction(String keyword, boolean bare, String argument) throws IOException {
            if (oddities.contains(keyword.equals("TOP") ? Oddity.NO_TOP : Oddity.NO_UIDL)
                    && (keyword.equals("TOP") || keyword.equals("UIDL"))) {
                err("unknown");
                return;
            }
            switch (keyword) {
                case "STAT" -> stat(bare);
                case "NOOP" -> okIf(bare, "");
                case "RSET" -> rset(bare);
                case "LIST" -> list(bare, argument);
                case "UIDL" -> uidl(bare, argument);
                case "RETR" -> retr(argument);
                case "TOP" -> top(argument);
                case "DELE" -> dele(argument);
                case "UTF8" -> okIf(bare && has(Defect.UTF8_AFTER_LOGIN), "");
                default -> err("unknown");
            }
        }

        private void okIf(boolean right, String text) throws IOException {
            if (right) {
                ok(text);
            } else {
                err("no");
            }
        }

        private void stat(boolean bare) throws IOException {
            if (!bare) {
                err("no");
                return;
            }
            long octets = 0;
            int count = 0;
            for (int i = 0; i < snapshot.size(); i++) {
                if (deleted.get(i) && !has(Defect.STAT_COUNTS_DELETED)) continue;
                octets += size(snapshot.get(i));
                count++;
            }
            ok(count + " " + (has(Defect.STAT_NEGATIVE) ? -1 : octets) + (has(Defect.STAT_SAYS_MORE) ? " octets" : ""));
        }

        private long size(Message message) {
            String octets = message.octets;
            if (has(Defect.SIZE_OF_BODY)) return (long) octets.length() - octets.indexOf("\r\n\r\n");
            if (has(Defect.SIZE_BY_LF)) return octets.replace("\r\n", "\n").length();
            if (has(Defect.SIZE_WITH_STUFFING)) return stuffed(octets).length();
            return octets.length();
        }

        private void rset(boolean bare) throws IOException {
            if (!bare) {
                err("no");
                return;
            }
            if (!has(Defect.RSET_FORGETS_NOTHING)) deleted.clear();
            for (Message message : snapshot) message.marked = false;
            ok("");
            if (has(Defect.RSET_TWICE)) ok("");
        }

        private void list(boolean bare, String argument) throws IOException {
            if (!bare) {
                int number = number(argument, Defect.LIST_0_IS_1, null);
                if (number > 0) ok(number + " " + size(snapshot.get(number - 1)));
                return;
            }
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < snapshot.size(); i++) {
                if (deleted.get(i) && !has(Defect.LIST_SHOWS_DELETED)) continue;
                int number = has(Defect.LIST_RENUMBERS) ? lines.size() + 1 : i + 1;
                lines.add(number + " " + size(snapshot.get(i)));
            }
            ok("");
            lines(has(Defect.LIST_CAPPED) && lines.size() > 20 ? lines.subList(0, 20) : lines);
        }

        private void uidl(boolean bare, String argument) throws IOException {
            if (!bare) {
                int number = number(argument, Defect.UIDL_0_IS_1, null);
                if (number < 1) return;
                ok((has(Defect.UIDL_ONE_WITHOUT_NUMBER) ? "" : number + blanks()) + uniqueId(number));
                return;
            }
            List<String> lines = new ArrayList<>();
            for (int i = 0; i < snapshot.size(); i++) {
                if (deleted.get(i) && !has(Defect.UIDL_SHOWS_DELETED)) continue;
                int number = has(Defect.UIDL_RENUMBERS) ? lines.size() + 1 : i + 1;
                lines.add(number + blanks() + uniqueId(i + 1));
            }
            ok("");
            lines(has(Defect.UIDL_ONE_FEWER) ? lines.subList(0, Math.max(0, lines.size() - 1)) : lines);
        }

        private String blanks() {
            return has(Defect.UIDL_TWO_BLANKS) ? "  " : " ";
        }

        private String uniqueId(int number) {
            if (oddities.contains(Oddity.UIDL_ALWAYS_THE_SAME)) return "the-same";
            if (has(Defect.UIDL_BY_NUMBER)) return "n" + number;
            String id = snapshot.get(number - 1).uniqueId;
            if (has(Defect.UIDL_TOO_LONG)) return "x".repeat(71) + id;
            if (has(Defect.UIDL_BEYOND_ASCII)) return "\u00E9" + id;
            if (has(Defect.UIDL_OF_THE_SESSION)) return number + "-" + this.number + id;
            return has(Defect.UIDL_DOUBLE) && id.equals("id-5") ? "id-4" : id;
        }

        private void retr(String argument) throws IOException {
            int number = number(argument, Defect.RETR_0_IS_1, Defect.RETR_OF_DELETED);
            if (number < 1) return;
            String octets = octetsToSend(number);
            String header = octets.substring(0, Math.max(0, octets.indexOf("\r\n\r\n")));
            if (!utf8 && !has(Defect.UTF8_UNASKED) && header.chars().anyMatch(c -> c > 0x7F)) {
                err("[UTF8] no");
                return;
            }
            ok("");
            if (has(Defect.LONG_LINE_BREAKS)
                    && Pattern.compile("[^\n]{65536}").matcher(octets).find()) {
                write(octets.substring(0, 65536));
                over = true;
                return;
            }
            if (has(Defect.TRIMMED)) octets = octets.strip() + "\r\n";
            if (has(Defect.HEADER_WRITTEN_ANEW)) octets = octets.replace("received:no", "Received: no");
            if (has(Defect.FROM_QUOTED)) octets = octets.replace("\nFrom ", "\n>From ");
            if (has(Defect.EIGHT_BIT_STRIPPED) && !octets.contains("Comments:")) {
                octets = octets.chars()
                        .map(c -> c & 0x7F)
                        .collect(StringBuilder::new, (text, c) -> text.append((char) c), StringBuilder::append)
                        .toString();
            }
            String sent = octets;
            if (!has(Defect.NOTHING_STUFFED)) sent = stuffed(octets);
            if (has(Defect.FIRST_DOT_NOT_STUFFED) && octets.startsWith(".")) sent = sent.substring(1);
            if (has(Defect.DOT_LINE_NOT_STUFFED)) sent = sent.replace("\n..\r\n", "\n.\r\n");
            if (has(Defect.MESSAGE_BY_LF)) sent = sent.replace("\r\n", "\n");
            write(sent + (has(Defect.END_BY_LF) ? ".\n" : ".\r\n"));
        }

        private String octetsToSend(int number) {
            String octets = snapshot.get(number - 1).octets;
            synchronized (WrongServer.this) {
                sent.add(octets);
            }
            return octets;
        }

        private String stuffed(String octets) {
            String stuffed = octets.replace("\n.", "\n..");
            return stuffed.startsWith(".") ? "." + stuffed : stuffed;
        }

        private void top(String argument) throws IOException {
            int blank = argument.indexOf(' ');
            String lines = argument.substring(blank + 1);
            if (blank < 0 || !lines.matches("\\d{1,9}")) {
                err("how many");
                return;
            }
            int number = number(argument.substring(0, blank), Defect.TOP_0_IS_1, Defect.TOP_OF_DELETED);
            if (number < 1) return;
            String octets = octetsToSend(number);
            if (!utf8 && octets.contains("\u00C3")) {
                err("[UTF8] no");
                return;
            }
            ok("");
            int header = octets.indexOf("\r\n\r\n");
            int end = header < 0 ? octets.length() : header + 4;
            int wanted = Integer.parseInt(lines);
            if (has(Defect.TOP_WHOLE_BODY) && wanted > 0) wanted = Integer.MAX_VALUE;
            if (has(Defect.TOP_0_SENDS_ALL) && wanted == 0) wanted = Integer.MAX_VALUE;
            if (has(Defect.TOP_COUNTS_HEADER) && wanted > 0) end = 0;
            for (int i = 0; i < wanted && end < octets.length(); i++) end = octets.indexOf('\n', end) + 1;
            String sent = octets.substring(0, end);
            if (has(Defect.TOP_OTHER_HEADER)) sent = "X-Other: header\r\n" + sent;
            if (has(Defect.TOP_CUT) && sent.length() > 65536) sent = sent.substring(0, sent.indexOf('\n', 65536) + 1);
            write((has(Defect.TOP_NOT_STUFFED) ? sent : stuffed(sent)) + ".\r\n");
        }

        private void dele(String argument) throws IOException {
            int number = number(argument, Defect.DELE_0_IS_1, Defect.DELE_OF_DELETED);
            if (number < 1) return;
            deleted.set(oddities.contains(Oddity.DELE_HITS_THE_FIRST_MESSAGE) ? 0 : number - 1);
            if (has(Defect.MARKS_ARE_SHARED)) snapshot.get(number - 1).marked = true;
            ok("");
        }

        /** The number of a message that is there; 0 if it was refused. */
        private int number(String argument, Defect zeroIsOne, @Nullable Defect evenIfDeleted) throws IOException {
            int number = argument.matches("\\d{1,9}") ? Integer.parseInt(argument) : 0;
            if (has(Defect.RETR_WRAPS) && zeroIsOne == Defect.RETR_0_IS_1 && argument.matches("\\d{10,18}")) {
                number = (int) Long.parseLong(argument);
            }
            if (argument.equals("0") && has(zeroIsOne)) number = 1;
            boolean there = number >= 1 && number <= snapshot.size();
            boolean hidden = there && deleted.get(number - 1) && !(evenIfDeleted != null && has(evenIfDeleted));
            boolean gone = there && has(Defect.NO_LOCK) && !isLeft(snapshot.get(number - 1));
            if (there && !hidden && !gone) return number;
            err("no such message");
            return 0;
        }

        private boolean isLeft(Message message) {
            synchronized (WrongServer.this) {
                return maildrop.contains(message);
            }
        }

        // ---- the end

        private void quit() throws IOException {
            over = true;
            if (!loggedIn) {
                ok("bye");
                return;
            }
            if (has(Defect.QUIT_ANSWERED_FIRST)) {
                synchronized (WrongServer.this) {
                    later = this::update;
                }
            } else if (!has(Defect.QUIT_REMOVES_NOTHING)) {
                update();
            }
            unlock();
            if (!has(Defect.NO_ANSWER_TO_QUIT)) ok("bye");
        }

        private void update() {
            synchronized (WrongServer.this) {
                List<Message> gone = new ArrayList<>();
                for (int i = 0; i < snapshot.size(); i++) {
                    boolean next = has(Defect.QUIT_REMOVES_THE_NEXT) && i > 0 && deleted.get(i - 1);
                    if (deleted.get(i) || next || snapshot.get(i).marked) gone.add(snapshot.get(i));
                }
                maildrop.removeAll(gone);
            }
        }

        private void unlock() {
            synchronized (WrongServer.this) {
                if (holdsLock) locked = false;
                holdsLock = false;
            }
        }

        void end() {
            if (loggedIn && !over && has(Defect.CUT_REMOVES)) update();
            unlock();
        }
    }
}

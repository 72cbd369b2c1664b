package io.github.pop3kit.server;

import io.github.pop3kit.protocol.Capability;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.DotEncoder;
import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.ResponseCode;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import io.github.pop3kit.protocol.wire.Wire;
import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The TRANSACTION state (RFC 1939 section 5): a locked maildrop, and the marks made on it. */
final class Transaction implements SessionState {

    private static final Logger log = LoggerFactory.getLogger(Transaction.class);

    private final Service service;
    private final Account account;
    private final Maildrop maildrop;
    private final Wire wire;
    private final Peer peer;

    /** The ways to log in that this connection has. */
    private final List<String> mechanisms;

    private final boolean utf8;

    /** Gives the user's place back. */
    private final Runnable leave;

    /** By message-number; 0 is not used. */
    private final long[] octets;

    private final BitSet deleted = new BitSet();
    private DropListing present;
    private int last;
    private final Tally topped = new Tally();
    private final Tally retrieved = new Tally();

    /** Messages and their octets, for the log. */
    private static final class Tally {
        private int messages;
        private long octets;

        void add(long more) {
            messages++;
            octets += more;
        }

        @Override
        public String toString() {
            return messages + "/" + octets;
        }
    }

    private Transaction(
            Service service,
            Account account,
            Maildrop maildrop,
            long[] octets,
            Wire wire,
            Peer peer,
            List<String> mechanisms,
            boolean utf8,
            Runnable leave) {
        this.service = service;
        this.account = account;
        this.maildrop = maildrop;
        this.octets = octets;
        this.wire = wire;
        this.peer = peer;
        this.mechanisms = mechanisms;
        this.utf8 = utf8;
        this.leave = leave;
        this.present = all();
    }

    /**
     * Opens the account's maildrop and answers the login.
     *
     * @param mechanisms the ways to log in that the connection has
     * @param utf8 whether the client has said UTF8 (RFC 6856 section 2)
     * @param leave is run when the maildrop is closed, before QUIT is answered: the client may be back at once
     */
    static Transaction open(
            Service service,
            Account account,
            Wire wire,
            Peer peer,
            List<String> mechanisms,
            boolean utf8,
            Runnable leave)
            throws IOException {
        Maildrop maildrop = service.store().open(account);
        try {
            long[] octets = new long[maildrop.count() + 1];
            for (int number = 1; number < octets.length; number++) octets[number] = maildrop.octets(number);
            Transaction transaction =
                    new Transaction(service, account, maildrop, octets, wire, peer, mechanisms, utf8, leave);
            wire.idleAfter(service.limits().idle());
            wire.ok("maildrop has " + transaction.summary());
            return transaction;
        } catch (IOException | RuntimeException | Error e) {
            maildrop.close(); // Whatever happens: nobody else would give the lock back.
            throw e;
        }
    }

    // ---- what is there

    @Override
    public SessionState stat(Command.Stat command) {
        wire.ok(present.toString());
        return this;
    }

    @Override
    public SessionState list(Command.List command) throws IOException {
        if (command.number().isPresent()) {
            int number = command.number().getAsInt();
            if (isPresent(number)) wire.ok(scanListing(number).toString());
            return this;
        }
        wire.ok(summary());
        for (int number = 1; number < octets.length; number++) {
            if (!deleted.get(number)) wire.listing(scanListing(number));
        }
        wire.endListing();
        return this;
    }

    private ScanListing scanListing(int number) {
        return new ScanListing(number, octets[number]);
    }

    @Override
    public SessionState uidl(Command.Uidl command) throws IOException {
        OptionalInt one = command.number();
        if (one.isPresent() && !isPresent(one.getAsInt())) return this;
        String[] uniqueIds = new String[octets.length];
        try {
            for (int number = one.orElse(1); number <= one.orElse(octets.length - 1); number++) {
                if (!deleted.get(number)) uniqueIds[number] = uniqueId(number);
            }
        } catch (IOException | RuntimeException e) {
            return refuse(e);
        }
        if (one.isPresent()) {
            int number = one.getAsInt();
            wire.ok(new UniqueIdListing(number, uniqueIds[number]).toString());
            return this;
        }
        wire.ok("unique-id listing follows");
        for (int number = 1; number < uniqueIds.length; number++) {
            if (!deleted.get(number)) wire.listing(new UniqueIdListing(number, uniqueIds[number]));
        }
        wire.endListing();
        return this;
    }

    /** A store's unique-id goes into a line of ours, so it is not taken on trust. */
    private String uniqueId(int number) throws IOException {
        String uniqueId = maildrop.uniqueId(number);
        if (!Maildrop.isUniqueId(uniqueId))
            throw new StoreException(StoreException.Reason.PERMANENT, "message " + number + " has no valid unique-id");
        return uniqueId;
    }

    /** RFC 1460's: the highest number asked for; off unless the server was told to serve it. */
    @Override
    public SessionState last(Command.Last command) {
        if (!service.last()) return otherwise(command);
        wire.ok(Integer.toString(last));
        return this;
    }

    // ---- messages

    @Override
    public SessionState retr(Command.Retr command) throws IOException {
        int number = command.number();
        if (!isPresent(number)) return this;
        long sent = send(number, content -> content.verbatim() ? DotEncoder.verbatim() : DotEncoder.whole());
        if (sent < 0) return this;
        retrieved.add(sent);
        last = Math.max(last, number);
        if (sent != octets[number]) correct(number, sent);
        try {
            maildrop.retrieved(number);
        } catch (IOException | RuntimeException e) {
            // The client has the message: no reason to end its session.
            log.warn("{}: message {} cannot be noted as retrieved", name(), number, e);
        }
        return this;
    }

    @Override
    public SessionState top(Command.Top command) throws IOException {
        if (!isPresent(command.number())) return this;
        long sent = send(command.number(), content -> DotEncoder.top(command.lines()));
        if (sent >= 0) topped.add(sent);
        return this;
    }

    /**
     * Asks the store first and speaks second: after +OK the only way to fail is to hang up.
     *
     * @return the octets that went out before dot-stuffing; -1 if the store refused
     */
    private long send(int number, Function<MessageContent, DotEncoder> encoding) throws IOException {
        MessageContent content;
        try {
            if (service.utf8() && !utf8 && needsUtf8(number)) {
                wire.err(ResponseCode.UTF8, "the message has more than ASCII in its header; UTF8 comes first");
                return -1;
            }
            content = maildrop.open(number);
        } catch (IOException | RuntimeException e) {
            refuse(e);
            return -1;
        }
        try {
            DotEncoder encoder = encoding.apply(content);
            wire.ok(octets[number] + " octets");
            wire.body(content.channel(), encoder);
            return encoder.octets();
        } finally {
            close(content);
        }
    }

    /** RFC 6856 section 2.1: a client that knows nothing of it must not get more than ASCII in a header. */
    private boolean needsUtf8(int number) throws IOException {
        try (MessageContent content = maildrop.open(number)) {
            return HeaderScan.findsEightBits(content.channel());
        }
    }

    private void close(MessageContent content) {
        try {
            content.close();
        } catch (IOException e) {
            log.warn("{}: a message cannot be closed", name(), e); // It was read; the client need not hear of it.
        }
    }

    private void correct(int number, long sent) {
        log.warn(
                "{}: message {} was listed with {} octets and has {}; is somebody changing the file?",
                name(),
                number,
                octets[number],
                sent);
        octets[number] = sent;
        present = withoutDeleted();
    }

    // ---- marks

    @Override
    public SessionState dele(Command.Dele command) {
        int number = command.number();
        if (!isPresent(number)) return this;
        deleted.set(number);
        present = new DropListing(present.count() - 1, present.octets() - octets[number]);
        last = Math.max(last, number);
        wire.ok("message " + number + " deleted");
        return this;
    }

    @Override
    public SessionState rset(Command.Rset command) {
        deleted.clear();
        present = all();
        last = 0;
        wire.ok("maildrop has " + summary());
        return this;
    }

    @Override
    public SessionState noop(Command.Noop command) {
        wire.ok("");
        return this;
    }

    @Override
    public SessionState capa(Command.Capa command) throws IOException {
        wire.ok("capability list follows");
        for (Capability capability : service.capabilities(mechanisms, false)) wire.listing(capability.toString());
        wire.endListing();
        return this;
    }

    @Override
    public SessionState lang(Command.Lang command) throws IOException {
        return service.utf8() ? Language.answer(command, wire, this) : otherwise(command);
    }

    // ---- UPDATE

    /** The UPDATE state (RFC 1939 section 6): remove, give the lock back, and only then let the client hear of it. */
    @Override
    public SessionState quit(Command.Quit command) throws IOException {
        int[] numbers = deleted.stream().toArray();
        // In a pipelined batch the messages may still be in our buffer: a client that is gone must not lose them.
        if (numbers.length > 0) wire.flush();
        boolean removed = remove(numbers);
        close();
        if (removed) wire.ok(numbers.length == 0 ? "pop3kit signing off" : "pop3kit signing off, messages deleted");
        logEnd("Logged out", removed ? numbers : new int[0]);
        return Ended.ENDED;
    }

    private boolean remove(int[] numbers) {
        if (numbers.length == 0) return true;
        try {
            maildrop.remove(numbers);
            return true;
        } catch (IOException | RuntimeException e) {
            log.error("{}: messages cannot be removed", name(), e);
            wire.err(Refusal.code(e), "some deleted messages were not removed");
            return false;
        }
    }

    @Override
    public void abandon() {
        close();
        boolean idle = wire.late(service.bench().nanoTime());
        logEnd(idle ? "Disconnected for inactivity" : "Connection closed", new int[0]);
    }

    private void close() {
        try {
            maildrop.close();
        } finally {
            leave.run();
        }
    }

    // ---- and the rest

    @Override
    public SessionState otherwise(Command command) {
        wire.err(service.serves(command) ? "not available after login" : "not supported");
        return this;
    }

    @Override
    public int badCommands() {
        return service.limits().badCommands();
    }

    /** Whether there is such a message and it is not marked; says so if not. */
    private boolean isPresent(int number) {
        if (number < 1 || number >= octets.length) {
            wire.err("no such message");
        } else if (deleted.get(number)) {
            wire.err("no such message, it is marked as deleted");
        } else {
            return true;
        }
        return false;
    }

    private SessionState refuse(Exception cause) {
        log.warn("{}: {}", name(), cause.toString(), cause);
        Refusal.send(wire, cause);
        return this;
    }

    private DropListing all() {
        long sum = 0;
        for (long size : octets) sum += size;
        return new DropListing(octets.length - 1, sum);
    }

    private DropListing withoutDeleted() {
        long sum = all().octets();
        for (int number = deleted.nextSetBit(0); number >= 0; number = deleted.nextSetBit(number + 1))
            sum -= octets[number];
        return new DropListing(octets.length - 1 - deleted.cardinality(), sum);
    }

    private String summary() {
        return present.count() + (present.count() == 1 ? " message (" : " messages (") + present.octets() + " octets)";
    }

    /** How a line of the log begins, as Dovecot writes it. */
    private String name() {
        return "pop3(" + LogText.of(account.name()) + ")<" + peer.name() + ">";
    }

    private void logEnd(String reason, int[] removed) {
        long removedOctets = 0;
        for (int number : removed) removedOctets += octets[number];
        log.info(
                "{}: Disconnected: {} top={}, retr={}, del={}/{}, size={}",
                name(),
                reason,
                topped,
                retrieved,
                removed.length,
                removedOctets,
                all().octets());
    }
}

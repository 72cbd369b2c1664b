package io.github.pop3kit.client;

import io.github.pop3kit.protocol.Capabilities;
import io.github.pop3kit.protocol.Command;
import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.Reply;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.ToIntFunction;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A maildrop of a server in the TRANSACTION state (RFC 1939 section 5), locked until this object is closed.
 *
 * <p>Message-numbers are the server's: from 1, valid for this session alone. {@link #delete} only marks; what is marked is deleted by
 * {@link #quit}, and by nothing else: {@link #close} without it deletes nothing.
 *
 * <p>All I/O is in the caller's thread, and one thread at a time uses a maildrop; {@link #cancel} and {@link #close} are for any. A
 * message that was begun has to be closed before anything else is asked.
 *
 * <p>A {@link CommandRejectedException} leaves the session as it was, see {@link Pop3Exception#isSessionUsable}.
 */
public final class RemoteMaildrop implements Closeable {

    /** CompuServe's servers took no more digits. */
    private static final int MOST_LINES = 99_999_999;

    private final Pop3Client client;
    private final Login login;
    private final Dialogue dialogue;
    private final Listings listings;
    private final BitSet deleted = new BitSet();
    private List<ScanListing> sizes = List.of();
    private List<UniqueIdListing> ids = List.of();
    private final Map<Integer, String> singleIds = new HashMap<>();
    private @Nullable Consumer<Progress> progress;

    RemoteMaildrop(Pop3Client client, Login login, Dialogue dialogue) {
        this.client = client;
        this.login = login;
        this.dialogue = dialogue;
        this.listings = new Listings(dialogue);
    }

    // ---- listings

    /**
     * How many messages there are and their octets altogether, both without those marked as deleted. Where the server's size is no
     * number the sizes of LIST are added up.
     */
    public DropListing stat() throws Pop3Exception {
        begin();
        dialogue.ask(new Command.Stat());
        Optional<DropListing> listing = listings.drop(dialogue.statusText());
        if (listing.isPresent()) return listing.get();
        List<ScanListing> all = listAll();
        long octets = all.stream()
                .mapToLong(ScanListing::octets)
                .filter(size -> size > 0)
                .sum();
        return new DropListing(all.size(), octets);
    }

    /** All messages and their octets, in order, without those marked as deleted. An octet count that is no number is -1. */
    public List<ScanListing> list() throws Pop3Exception {
        begin();
        return listAll();
    }

    private List<ScanListing> listAll() throws Pop3Exception {
        dialogue.ask(new Command.List(OptionalInt.empty()));
        List<ScanListing> all = new ArrayList<>();
        listings.read(line -> all.add(listings.scan(line)));
        listings.checkNumbers(all.stream().mapToInt(ScanListing::number));
        all.sort(Comparator.comparingInt(ScanListing::number));
        sizes = List.copyOf(all);
        return sizes;
    }

    /** One message and its octets. */
    public ScanListing list(int number) throws Pop3Exception {
        begin();
        dialogue.ask(new Command.List(OptionalInt.of(checked(number))));
        return listings.scan(number, dialogue.statusText());
    }

    /**
     * All messages and their unique-ids, in order, without those marked as deleted and those for which the server has none. Unique-ids
     * are the server's own business: any characters but CR and LF, one for each octet, by some servers far more than the 70 of RFC 1939;
     * never use them as file names.
     *
     * @throws NotOfferedException if the server has no UIDL
     */
    public List<UniqueIdListing> uniqueIds() throws Pop3Exception {
        begin();
        try {
            dialogue.ask(new Command.Uidl(OptionalInt.empty()));
        } catch (CommandRejectedException e) {
            throw dialogue.capabilities().has("UIDL") || e.code().isPresent() ? e : noUniqueIds(e);
        }
        noteUidl();
        List<UniqueIdListing> all = new ArrayList<>();
        listings.read(line -> listings.uniqueId(line).ifPresent(all::add));
        listings.checkNumbers(all.stream().mapToInt(UniqueIdListing::number));
        all.sort(Comparator.comparingInt(UniqueIdListing::number));
        listings.checkTwice(all);
        ids = List.copyOf(all);
        return ids;
    }

    /**
     * One message and its unique-id.
     *
     * @throws NotOfferedException if the server has no UIDL, or no unique-id for this message
     */
    public UniqueIdListing uniqueId(int number) throws Pop3Exception {
        begin();
        dialogue.ask(new Command.Uidl(OptionalInt.of(checked(number))));
        noteUidl();
        return heard(listings.uniqueId(number, dialogue.statusText()));
    }

    private NotOfferedException noUniqueIds(@Nullable CommandRejectedException cause) {
        return new NotOfferedException(server(), "has no unique-ids (UIDL)", cause);
    }

    private void noteUidl() {
        Capabilities offered = capabilities();
        if (!offered.all().isEmpty() && !offered.has("UIDL")) dialogue.deviates(Deviation.Kind.UIDL_NOT_OFFERED, "");
    }

    private UniqueIdListing heard(UniqueIdListing listing) {
        singleIds.put(listing.number(), listing.uniqueId());
        return listing;
    }

    // ---- messages

    /**
     * A message, as it comes: lines end in CRLF if the server sends them so. Close it before anything else is asked. An end before the
     * message's own is an exception, never an ordinary end.
     *
     * @throws LimitExceededException if LIST has shown it to be larger than the limit; while it is read, if it proves to be
     */
    public MessageStream retrieve(int number) throws Pop3Exception {
        begin();
        checkSize(number);
        dialogue.ask(new Command.Retr(checked(number)));
        return message(number, 1, 1, octets(number));
    }

    /**
     * Writes a message to a stream.
     *
     * @return how many octets it has
     * @throws IOException also what {@code out} throws; the rest of the message is then treated as by {@link MessageStream#close}
     */
    public long retrieveTo(int number, OutputStream out) throws IOException {
        try (MessageStream message = retrieve(number)) {
            return message.transferTo(out);
        }
    }

    /** Like {@link #retrieveTo(int, OutputStream)}, to a channel in blocking mode. */
    public long retrieveTo(int number, WritableByteChannel out) throws IOException {
        try (MessageStream message = retrieve(number)) {
            byte[] octets = dialogue.block();
            for (int read; (read = message.read(octets, 0, octets.length)) >= 0; ) {
                ByteBuffer buffer = ByteBuffer.wrap(octets, 0, read);
                while (buffer.hasRemaining()) out.write(buffer);
            }
            return message.octets();
        }
    }

    /** The header of a message, the empty line, and the first so many lines of its body (RFC 1939 section 7). */
    public MessageStream top(int number, int lines) throws Pop3Exception {
        begin();
        dialogue.ask(topCommand(checked(number), lines));
        return message(number, 1, 1, -1);
    }

    private static Command topCommand(int number, int lines) {
        if (lines < 0) throw new IllegalArgumentException("a number of lines is not negative");
        return new Command.Top(number, Math.min(lines, MOST_LINES));
    }

    /**
     * The header of a message, by TOP; where the server has no TOP, by retrieving the whole message, which some servers take for read.
     */
    public MessageHeaders headers(int number) throws IOException {
        begin();
        checked(number);
        if (!dialogue.memory().withoutTop) {
            Reply reply = dialogue.reply(topCommand(number, 0));
            if (reply instanceof Reply.Ok) return listings.top(message(number, 1, 1, -1));
            if (isTopOffered()) throw dialogue.rejected(topCommand(number, 0), (Reply.Err) reply);
        }
        checkSize(number);
        dialogue.ask(new Command.Retr(number));
        topIsMissing();
        return listings.header(message(number, 1, 1, octets(number)));
    }

    private boolean isTopOffered() {
        return capabilities().has("TOP");
    }

    /** Where RETR works and TOP does not, TOP is missing. */
    private void topIsMissing() {
        dialogue.memory().withoutTop = true;
        dialogue.deviates(Deviation.Kind.TOP_MISSING, "");
    }

    private MessageStream message(int number, int nth, int messages, long announced) {
        return dialogue.message(new Progress(number, nth, messages, 0, announced), idOf(number), progress);
    }

    private @Nullable String idOf(int number) {
        int index = indexOf(ids, number, UniqueIdListing::number);
        return index < 0 ? singleIds.get(number) : ids.get(index).uniqueId();
    }

    private void checkSize(int number) throws LimitExceededException {
        long octets = octets(number);
        if (octets > dialogue.limits().messageOctets()) {
            throw new LimitExceededException(
                    server(), "has a message " + number + " of " + octets + " octets, which is over the limit", true);
        }
    }

    /** As LIST has shown it; -1 if it was not asked. */
    private long octets(int number) {
        int index = indexOf(sizes, number, ScanListing::number);
        return index < 0 ? -1 : sizes.get(index).octets();
    }

    /** Where a listing has a message, or -1. */
    private static <T> int indexOf(List<T> listing, int number, ToIntFunction<T> numberOf) {
        // Messages that are missing only move an entry to the front.
        for (int i = Math.min(number, listing.size()) - 1; i >= 0; i--) {
            int there = numberOf.applyAsInt(listing.get(i));
            if (there == number) return i;
            if (there < number) return -1;
        }
        return -1;
    }

    // ---- marks

    /** Marks a message as deleted. It is deleted by {@link #quit}. */
    public void delete(int number) throws Pop3Exception {
        begin();
        dialogue.ask(new Command.Dele(checked(number)));
        deleted.set(number);
    }

    /** Takes all marks away. */
    public void reset() throws Pop3Exception {
        begin();
        dialogue.ask(new Command.Rset());
        deleted.clear();
    }

    /** Keeps the session alive: servers end one that is idle, most after ten minutes. */
    public void noop() throws Pop3Exception {
        begin();
        dialogue.ask(new Command.Noop());
    }

    // ---- many at once

    /**
     * Retrieves messages in this order. Where the server offers PIPELINING, several RETR are under way, at first 128, then up to
     * {@link ClientLimits#window}; memory does not grow with it. LIST is asked before each of them, whose answer tells that what
     * comes is this message and no other. A message that the server refuses, or that is over the size limit, is a failure in the
     * result, and the batch goes on. What the sink throws ends the batch and is passed on; the session can then be used if the
     * messages under way were small enough to be thrown away.
     *
     * <p>A server that offers PIPELINING and breaks under it costs the session. The client remembers it and does without, so that
     * another session can go on with what is missing in {@link BatchInterruptedException#result()}.
     *
     * @throws BatchInterruptedException if the session ends
     */
    public BatchResult retrieveAll(Collection<Integer> numbers, MessageSink sink) throws IOException {
        begin();
        checkAll(numbers);
        if (sizes.isEmpty() && numbers.size() > 1) listAll();
        Batch batch = new Batch(dialogue, listings, numbers).announced(this::octets);
        return batch.run(Command.Retr::new, (number, nth) -> {
            accept(message(number, nth, numbers.size(), octets(number)), sink);
        });
    }

    /** The first lines of messages, like {@link #retrieveAll}. */
    public BatchResult topAll(Collection<Integer> numbers, int lines, MessageSink sink) throws IOException {
        begin();
        checkAll(numbers);
        IntFunction<Command> top = number -> topCommand(number, lines);
        return new Batch(dialogue, listings, numbers).multiLine().run(top, (number, nth) -> {
            accept(message(number, nth, numbers.size(), -1), sink);
        });
    }

    private static void accept(MessageStream message, MessageSink sink) throws IOException {
        try (message) {
            sink.accept(message.number(), message);
        }
    }

    /** The headers of messages, like {@link #retrieveAll}; where there is no TOP, like {@link #headers(int)} one by one. */
    public BatchResult headers(Collection<Integer> numbers, HeadersSink sink) throws IOException {
        begin();
        checkAll(numbers);
        if (dialogue.memory().withoutTop || !isTopOffered()) return headersOneByOne(numbers, sink);
        return new Batch(dialogue, listings, numbers)
                .multiLine()
                .run(number -> topCommand(number, 0), (number, nth) -> {
                    sink.accept(number, listings.top(message(number, nth, numbers.size(), -1)));
                });
    }

    private BatchResult headersOneByOne(Collection<Integer> numbers, HeadersSink sink) throws IOException {
        List<Integer> done = new ArrayList<>();
        Map<Integer, Pop3Exception> failures = new HashMap<>();
        for (int number : numbers) {
            MessageHeaders headers;
            try {
                headers = headers(number);
            } catch (Pop3Exception e) {
                if (!e.isSessionUsable()) {
                    throw new BatchInterruptedException(e, new BatchResult(done, failures), false);
                }
                failures.put(number, e);
                continue;
            }
            sink.accept(number, headers);
            done.add(number);
        }
        return new BatchResult(done, failures);
    }

    /**
     * Marks messages as deleted, pipelined like {@link #retrieveAll}. Where the session ends in the middle nothing is deleted.
     *
     * @throws BatchInterruptedException if the session ends
     */
    public BatchResult deleteAll(Collection<Integer> numbers) throws IOException {
        begin();
        checkAll(numbers);
        return new Batch(dialogue, listings, numbers).run(Command.Dele::new, (number, nth) -> deleted.set(number));
    }

    /**
     * The unique-ids of some messages, pipelined like {@link #retrieveAll}. For most of a maildrop {@link #uniqueIds()} is quicker.
     *
     * @param found gets each message with its unique-id
     */
    public BatchResult uniqueIds(Collection<Integer> numbers, Consumer<UniqueIdListing> found) throws IOException {
        begin();
        checkAll(numbers);
        return new Batch(dialogue, listings, numbers)
                .run(number -> new Command.Uidl(OptionalInt.of(number)), (number, nth) -> {
                    found.accept(heard(listings.uniqueId(number, dialogue.statusText())));
                });
    }

    private static void checkAll(Collection<Integer> numbers) {
        for (int number : numbers) checked(number);
    }

    // ---- the end

    /**
     * Enters the UPDATE state: the server deletes what is marked, and ends the session.
     *
     * @return always {@link Commit.Outcome#COMMITTED}
     * @throws CommitException if something was marked and the server refused, or did not say whether it did it
     * @throws Pop3Exception if the session had ended before; nothing is deleted then
     */
    public Commit quit() throws Pop3Exception {
        begin();
        Commit committed = new Commit(Commit.Outcome.COMMITTED, deleted.cardinality(), marked());
        try {
            Reply reply = dialogue.quit(!deleted.isEmpty());
            return reply instanceof Reply.Err refusal ? refused(committed, refusal) : committed;
        } catch (CommitException e) {
            throw e;
        } catch (Pop3Exception e) {
            return unknown(committed, e);
        } finally {
            dialogue.close();
        }
    }

    private Commit refused(Commit asked, Reply.Err refusal) throws CommitException {
        if (asked.deletions() == 0) {
            dialogue.deviates(Deviation.Kind.QUIT_UNANSWERED, "");
            return asked;
        }
        Commit refused = new Commit(Commit.Outcome.REFUSED, asked.deletions(), asked.uniqueIds());
        String message =
                "has not deleted all of " + asked.deletions() + " messages" + CommandRejectedException.said(refusal);
        throw new CommitException(server(), message, refusal.code().orElse(null), refused, null);
    }

    private Commit unknown(Commit asked, Pop3Exception cause) throws CommitException {
        if (asked.deletions() == 0) {
            dialogue.deviates(Deviation.Kind.QUIT_UNANSWERED, "");
            return asked;
        }
        Commit unknown = new Commit(Commit.Outcome.UNKNOWN, asked.deletions(), asked.uniqueIds());
        String message = "may or may not have deleted " + asked.deletions() + " messages: " + cause.getMessage();
        throw new CommitException(server(), message, null, unknown, cause);
    }

    private List<String> marked() {
        List<String> marked = new ArrayList<>();
        BitSet missing = (BitSet) deleted.clone();
        for (UniqueIdListing listing : ids) {
            if (!missing.get(listing.number())) continue;
            marked.add(listing.uniqueId());
            missing.clear(listing.number());
        }
        missing.stream().mapToObj(singleIds::get).filter(id -> id != null).forEach(marked::add);
        return marked;
    }

    /**
     * Quits and logs in again, so that what is marked is deleted now, and not at the end of a long session. Message-numbers are others
     * in the new one. This object is closed, whatever happens.
     *
     * @throws CommitException like {@link #quit}; there is no new session then
     */
    public RemoteMaildrop commitAndReopen() throws Pop3Exception {
        quit();
        return client.open(login);
    }

    /** Ends the connection at once; a call that waits in another thread ends with {@link CancelledException}. For any thread. */
    public void cancel() {
        dialogue.cancel();
    }

    /**
     * Ends the session without QUIT: what was marked is not deleted (RFC 1939 section 6). Waits for nothing. For any thread: a call that
     * waits in another ends with {@link CancelledException}.
     */
    @Override
    public void close() {
        dialogue.close();
    }

    // ---- about it

    /** Who is told how far messages have come, from now on: at the beginning and end of each, and every 64 KiB. */
    public void onProgress(Consumer<Progress> listener) {
        progress = listener;
    }

    /** What the server says it can do, now that somebody has logged in; empty if it does not answer CAPA. */
    public Capabilities capabilities() {
        return dialogue.capabilities();
    }

    /** What was agreed upon about TLS; empty where there is none. */
    public Optional<SSLSession> tlsSession() {
        return dialogue.tlsSession();
    }

    /** In what the server departed from the RFCs until now, each kind once. */
    public List<Deviation> deviations() {
        return dialogue.deviations();
    }

    /** The server, as {@code host:port}. */
    public String server() {
        return dialogue.server();
    }

    private void begin() throws Pop3Exception {
        dialogue.begin(dialogue.newOperation());
    }

    private static int checked(int number) {
        if (number < 1) throw new IllegalArgumentException("message-numbers begin with 1");
        return number;
    }
}

package io.github.pop3kit.jakarta;

import io.github.pop3kit.client.BatchResult;
import io.github.pop3kit.client.CommandRejectedException;
import io.github.pop3kit.client.CommitException;
import io.github.pop3kit.client.MessageStream;
import io.github.pop3kit.client.NotOfferedException;
import io.github.pop3kit.client.Pop3Exception;
import io.github.pop3kit.client.RemoteMaildrop;
import io.github.pop3kit.protocol.DropListing;
import io.github.pop3kit.protocol.ScanListing;
import io.github.pop3kit.protocol.UniqueIdListing;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.FolderClosedException;
import jakarta.mail.FolderNotFoundException;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import jakarta.mail.MethodNotSupportedException;
import jakarta.mail.UIDFolder;
import jakarta.mail.event.ConnectionEvent;
import jakarta.mail.search.AndTerm;
import jakarta.mail.search.FlagTerm;
import jakarta.mail.search.NotTerm;
import jakarta.mail.search.OrTerm;
import jakarta.mail.search.SearchTerm;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * INBOX: the maildrop as it was when it was opened. Open, it holds a session of the server, which locks the maildrop. For any thread;
 * the threads wait for each other.
 *
 * <p>Messages are deleted by the flag DELETED and {@code close(true)}, which throws {@link MessagesNotDeletedException} unless the server
 * has said that they are gone.
 */
public class Pop3Folder extends Folder {

    /** What else {@link #fetch} can be asked for. */
    public static final class FetchProfileItem extends FetchProfile.Item {

        /**
         * That these messages will be read, in this order: when the first is, the next ones come with it, as far as 4 MiB go, where the
         * server offers PIPELINING. Servers may take for read what came like that.
         */
        public static final FetchProfileItem MESSAGE = new FetchProfileItem("MESSAGE");

        private FetchProfileItem(String name) {
            super(name);
        }
    }

    private final Pop3Store owner;
    private final String name;
    private volatile @Nullable Conversation conversation;
    private @Nullable Abandoned watch;
    private @Nullable Pop3Exception lost;
    private volatile @Nullable Settings settings;
    private @Nullable Pop3Message[] messages = new Pop3Message[0];
    private long total;
    private long @Nullable [] sizes;
    private @Nullable String @Nullable [] uniqueIds;
    private volatile boolean topIsMissing;
    private final Ahead headersAhead = new Ahead(128);
    private final Ahead contentAhead = new Ahead(512);
    private final Map<Integer, Octets> held = new ConcurrentHashMap<>();

    /** How often it was opened: message-numbers are those of one session. */
    private volatile int opening;

    Pop3Folder(Pop3Store store, String name) {
        super(store);
        this.owner = store;
        this.name = name.equalsIgnoreCase("INBOX") ? "INBOX" : name;
    }

    /** What the properties say about messages, while the folder is open. */
    record Settings(
            boolean disableTop,
            boolean forgetTopHeaders,
            boolean cacheWriteTo,
            boolean keepContent,
            boolean rsetBeforeQuit,
            boolean readAhead,
            boolean assumePipelining,
            Octets.Keep keep,
            @Nullable Constructor<? extends Pop3Message> messageClass) {

        static Settings of(MailProperties properties) throws MessagingException {
            Path directory =
                    properties.text(Property.FILE_CACHE_DIR).map(Path::of).orElse(null);
            return new Settings(
                    properties.is(Property.DISABLE_TOP),
                    properties.is(Property.FORGET_TOP_HEADERS),
                    properties.is(Property.CACHE_WRITE_TO),
                    properties.is(Property.KEEP_CONTENT),
                    properties.is(Property.RSET_BEFORE_QUIT),
                    properties.is(Property.READ_AHEAD),
                    properties.is(Property.PIPELINING),
                    new Octets.Keep(properties.is(Property.FILE_CACHE), directory),
                    messageClass(properties));
        }

        private static @Nullable Constructor<? extends Pop3Message> messageClass(MailProperties properties)
                throws MessagingException {
            String wanted = properties.text(Property.MESSAGE_CLASS).orElse(null);
            if (wanted == null) return null;
            try {
                return properties
                        .load(Property.MESSAGE_CLASS, wanted)
                        .asSubclass(Pop3Message.class)
                        .getConstructor(Folder.class, int.class);
            } catch (ClassCastException | NoSuchMethodException e) {
                throw properties.refused(
                        Property.MESSAGE_CLASS,
                        "names no subclass of " + Pop3Message.class.getName()
                                + " with a public constructor (Folder, int)");
            }
        }
    }

    // ---- what it is

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getFullName() {
        return name;
    }

    @Override
    public Folder getParent() {
        return new Pop3DefaultFolder(owner);
    }

    @Override
    public boolean exists() {
        return name.equals("INBOX");
    }

    @Override
    public Folder[] list(String pattern) throws MessagingException {
        throw new MessagingException(name + " holds no folders");
    }

    @Override
    public char getSeparator() {
        return '\0';
    }

    @Override
    public int getType() {
        return HOLDS_MESSAGES;
    }

    @Override
    public boolean create(int type) {
        return false;
    }

    @Override
    public boolean hasNewMessages() {
        return false;
    }

    @Override
    public Folder getFolder(String child) throws MessagingException {
        throw new MessagingException(name + " holds no folders");
    }

    @Override
    public boolean delete(boolean recurse) throws MessagingException {
        throw new MethodNotSupportedException("POP3 cannot delete a folder");
    }

    @Override
    public boolean renameTo(Folder folder) throws MessagingException {
        throw new MethodNotSupportedException("POP3 cannot rename a folder");
    }

    /** None. */
    @Override
    public Flags getPermanentFlags() {
        return new Flags();
    }

    @Override
    public void appendMessages(Message[] some) throws MessagingException {
        throw new MethodNotSupportedException("POP3 cannot append messages");
    }

    /** Never: POP3 deletes at the end of a session, see {@link #close}. */
    @Override
    public Message[] expunge() throws MessagingException {
        throw new MethodNotSupportedException("POP3 deletes when the folder is closed: close(true)");
    }

    // ---- open and closed

    /**
     * Takes the session of the store, or logs in a second time if another folder has it.
     *
     * @throws FolderNotFoundException if it is not INBOX
     */
    @Override
    public void open(int how) throws MessagingException {
        if (how != READ_ONLY && how != READ_WRITE) throw new IllegalArgumentException("no such mode");
        if (conversation != null) throw new IllegalStateException("the folder is open");
        if (!exists()) throw new FolderNotFoundException(this, "a maildrop has no other folder than INBOX");
        Settings read = Settings.of(owner.properties());
        boolean mayBeOld = owner.hasIdle();
        Conversation taken = owner.take(this);
        boolean done = false;
        try {
            Optional<DropListing> listing = stat(taken, mayBeOld);
            if (listing.isEmpty()) {
                taken = owner.take(this);
                listing = stat(taken, false);
            }
            begin(how, taken, read, listing.orElseThrow());
            done = true;
        } finally {
            if (!done) {
                taken.abandon();
                owner.released(this);
            }
        }
        notifyConnectionListeners(ConnectionEvent.OPENED);
    }

    private synchronized void begin(int how, Conversation taken, Settings read, DropListing listing)
            throws MessagingException {
        if (conversation != null) throw new IllegalStateException("the folder is open");
        watch = Abandoned.watch(this, taken, owner.properties().is(Property.FINALIZE_CLEAN_CLOSE));
        settings = read;
        opening++;
        messages = new Pop3Message[listing.count()];
        total = listing.octets();
        sizes = null;
        uniqueIds = null;
        lost = null;
        mode = how;
        conversation = taken;
    }

    /** Empty if the session had ended while nobody used it. */
    private Optional<DropListing> stat(Conversation asked, boolean mayBeOld) throws MessagingException {
        try {
            return Optional.of(asked.ask(RemoteMaildrop::stat));
        } catch (Pop3Exception e) {
            if (!mayBeOld || e.isSessionUsable()) throw new MessagingException(e.getMessage(), e);
            asked.abandon();
            owner.released(this);
            return Optional.empty();
        } catch (IOException e) {
            throw new MessagingException(e.getMessage(), e);
        }
    }

    /** Whether it is open and the server still answers; if it does not, the folder is closed. */
    @Override
    public boolean isOpen() {
        Conversation asked = held();
        if (asked == null) return false;
        Optional<Pop3Exception> end = asked.end();
        end.ifPresent(why -> lose(asked, why)); // Then close(true) still says what was not deleted.
        return end.isEmpty();
    }

    boolean isAlive() {
        Conversation asked = held();
        return asked != null && asked.isAlive();
    }

    @Nullable
    Conversation held() {
        return conversation;
    }

    /**
     * Ends the session.
     *
     * @param expunge whether to delete the messages with the flag DELETED before, if the folder is open for writing
     * @throws MessagesNotDeletedException if not all of them were deleted, or the server did not say so. The folder is closed all the same
     */
    @Override
    public void close(boolean expunge) throws MessagingException {
        Conversation ended;
        List<Message> marked;
        Pop3Exception why;
        synchronized (this) {
            ended = conversation;
            why = lost;
            if (ended == null && why == null) throw new IllegalStateException("the folder is not open");
            marked = expunge && mode == READ_WRITE ? marked() : List.of();
            lost = null;
        }
        if (ended == null) {
            forget();
            if (why != null && !marked.isEmpty()) throw notDeleted(marked, "the session had ended before", why);
            return;
        }
        try {
            end(ended, marked);
        } finally {
            left(ended);
        }
    }

    /** Of the store that is closed. */
    void closeQuietly() {
        try {
            close(false);
        } catch (MessagingException | IllegalStateException e) {
            // Nothing was to be deleted.
        }
    }

    private List<Message> marked() throws MessagingException {
        List<Message> marked = new ArrayList<>();
        for (Pop3Message message : messages) {
            if (message != null && message.isSet(Flags.Flag.DELETED)) marked.add(message);
        }
        return marked;
    }

    private void end(Conversation ended, List<Message> marked) throws MessagingException {
        try {
            BatchResult deleted = ended.ask(maildrop -> {
                if (settings().rsetBeforeQuit()) maildrop.reset();
                List<Integer> numbers =
                        marked.stream().map(Message::getMessageNumber).toList();
                BatchResult marks = maildrop.deleteAll(numbers);
                maildrop.quit();
                return marks;
            });
            if (!deleted.isComplete()) throw refused(marked, deleted);
        } catch (CommitException e) {
            throw notDeleted(marked, "the server did not confirm it at QUIT", e);
        } catch (Pop3Exception e) {
            if (!marked.isEmpty()) throw notDeleted(marked, "the session ended before QUIT", e);
            // After a refused RSET there was no QUIT, so that nothing was deleted that should not be.
            if (e instanceof CommandRejectedException) throw new MessagingException(e.getMessage(), e);
        } catch (IOException e) {
            throw new MessagingException(e.getMessage(), e);
        }
    }

    private static MessagesNotDeletedException refused(List<Message> marked, BatchResult deleted) {
        List<Message> left = marked.stream()
                .filter(each -> deleted.failures().containsKey(each.getMessageNumber()))
                .toList();
        return notDeleted(
                left,
                "the server refused",
                deleted.failures().values().iterator().next());
    }

    private static MessagesNotDeletedException notDeleted(List<Message> left, String why, Pop3Exception cause) {
        int[] numbers = left.stream().mapToInt(Message::getMessageNumber).toArray();
        String some = numbers.length > 20
                ? Arrays.toString(Arrays.copyOf(numbers, 20)) + " and others"
                : Arrays.toString(numbers);
        return new MessagesNotDeletedException(
                left.size() + " messages were not deleted, " + some + ": " + why + ": " + cause.getMessage(),
                left,
                cause);
    }

    private void left(Conversation ended) {
        synchronized (this) {
            if (conversation != ended) return;
            conversation = null;
        }
        ended.abandon();
        forget();
        owner.released(this);
        notifyConnectionListeners(ConnectionEvent.CLOSED);
    }

    /** The session has ended under way. */
    private void lose(Conversation ended, Pop3Exception why) {
        synchronized (this) {
            if (conversation != ended) return;
            conversation = null;
            lost = why;
        }
        ended.abandon();
        owner.released(this);
        notifyConnectionListeners(ConnectionEvent.CLOSED);
    }

    private void forget() {
        Abandoned watched = watch;
        if (watched != null) watched.forget();
        for (Octets each : held.values()) closeQuietly(each);
        held.clear();
        for (Pop3Message message : messages) {
            if (message != null) message.invalidate(false);
        }
    }

    static void closeQuietly(Octets octets) {
        try {
            octets.close();
        } catch (IOException e) {
            // It was only read.
        }
    }

    // ---- asking

    Settings settings() {
        Settings current = settings;
        if (current == null) throw new IllegalStateException("the folder was never open");
        return current;
    }

    private synchronized void checkOpen() throws FolderClosedException {
        if (conversation != null) return;
        Pop3Exception why = lost;
        if (why != null) throw new FolderClosedException(this, String.valueOf(why.getMessage()), why);
        throw new IllegalStateException("the folder is not open");
    }

    int opening() {
        return opening;
    }

    /** Its number may be that of another message by now. */
    private void checkCurrent(Pop3Message message) throws FolderClosedException {
        if (message.opening() == opening) return;
        throw new FolderClosedException(this, "the folder was closed since the message was got from it");
    }

    /**
     * Asks the server.
     *
     * @param about the message that it is about, if it is about one
     * @throws FolderClosedException if the session is over
     * @throws MessageRemovedException if the server has no such message any more
     * @throws IOException only what others than the server throw within
     */
    <T> T ask(@Nullable Message about, Conversation.Question<T> question) throws MessagingException, IOException {
        Conversation asked;
        synchronized (this) {
            asked = conversation;
            if (asked == null) {
                Pop3Exception why = lost;
                throw why == null
                        ? new FolderClosedException(this, "the folder is closed")
                        : new FolderClosedException(this, String.valueOf(why.getMessage()), why);
            }
        }
        try {
            return asked.ask(question);
        } catch (Pop3Exception e) {
            String message = String.valueOf(e.getMessage());
            if (!e.isSessionUsable()) {
                lose(asked, e);
                throw new FolderClosedException(this, message, e);
            }
            // Those with a meaning of their own are subclasses.
            if (about != null && e.getClass() == CommandRejectedException.class) {
                throw new MessageRemovedException(message, e);
            }
            throw new MessagingException(message, e);
        } catch (IllegalStateException e) {
            throw new MessagingException("within a message that is written nothing else can be asked", e);
        }
    }

    private <T> T askOnly(@Nullable Message about, Conversation.Question<T> question) throws MessagingException {
        try {
            return ask(about, question);
        } catch (IOException e) {
            throw new MessagingException(e.getMessage(), e);
        }
    }

    // ---- messages

    /** As of the time when it was opened; -1 if it is not open. */
    @Override
    public synchronized int getMessageCount() throws MessagingException {
        return conversation == null ? -1 : messages.length;
    }

    @Override
    public synchronized Message getMessage(int number) throws MessagingException {
        checkOpen();
        if (number < 1 || number > messages.length) {
            throw new IndexOutOfBoundsException("there are messages 1 to " + messages.length);
        }
        Pop3Message message = messages[number - 1];
        if (message == null) {
            message = newMessage(number);
            messages[number - 1] = message;
        }
        return message;
    }

    private Pop3Message newMessage(int number) throws MessagingException {
        Constructor<? extends Pop3Message> constructor = settings().messageClass();
        if (constructor == null) return new Pop3Message(this, number);
        try {
            return constructor.newInstance(this, number);
        } catch (ReflectiveOperationException e) {
            throw new MessagingException(constructor.getDeclaringClass().getName() + " cannot be made", e);
        }
    }

    /**
     * Gets in advance, in few round trips: UID by one UIDL; ENVELOPE, CONTENT_INFO, SIZE and single headers by pipelined TOP and one
     * LIST; {@link FetchProfileItem#MESSAGE}. What the server refuses is left out, and is known when it is asked for.
     */
    @Override
    public void fetch(Message[] some, FetchProfile profile) throws MessagingException {
        checkOpen();
        if (some.length == 0) return;
        if (profile.contains(UIDFolder.FetchProfileItem.UID)) uniqueIds();
        if (profile.contains(FetchProfileItem.MESSAGE)) contentAhead.announce(some);
        boolean size = profile.contains(FetchProfile.Item.SIZE)
                || profile.contains(FetchProfile.Item.ENVELOPE)
                || profile.contains(FetchProfile.Item.CONTENT_INFO);
        if (size) sizes();
        if (size || profile.getHeaderNames().length > 0) fetchHeaders(some);
    }

    private void fetchHeaders(Message[] some) throws MessagingException {
        Map<Integer, Pop3Message> wanted = new HashMap<>();
        List<Integer> numbers = new ArrayList<>();
        for (Message each : some) {
            if (each instanceof Pop3Message message
                    && message.getFolder() == this
                    && message.opening() == opening
                    && message.lacksHeaders()) {
                if (wanted.put(message.getMessageNumber(), message) == null) numbers.add(message.getMessageNumber());
            }
        }
        if (!usesTop()) return;
        if (numbers.size() > 1 && !offers("TOP")) {
            // Not for each of them to be refused.
            Pop3Message first = wanted.get(numbers.remove(0));
            try {
                if (first != null) loadHeader(first);
            } catch (MessageRemovedException e) {
                // It says so when it is asked.
            }
        }
        if (numbers.isEmpty() || !usesTop()) return;
        askOnly(
                null,
                maildrop -> maildrop.topAll(numbers, 0, (number, stream) -> {
                    Pop3Message message = wanted.get(number);
                    if (message != null) message.readHeaders(stream);
                }));
    }

    private boolean offers(String capability) {
        Conversation asked = conversation;
        return asked != null && asked.maildrop().capabilities().has(capability);
    }

    private boolean pipelines() {
        return settings().assumePipelining() || offers("PIPELINING");
    }

    private boolean usesTop() {
        return !settings().disableTop() && !topIsMissing;
    }

    /** Fills in the headers of a message, and of those behind it when they are read one after the other. */
    void loadHeaders(Pop3Message message) throws MessagingException {
        checkCurrent(message);
        List<Message> run = new ArrayList<>(List.of(message));
        int number = message.getMessageNumber();
        int more = headersAhead.more(number);
        if (usesTop() && pipelines()) {
            while (more-- > 0 && ++number <= messages.length) run.add(getMessage(number));
        }
        if (run.size() > 1) fetchHeaders(run.toArray(Message[]::new));
        if (message.lacksHeaders()) loadHeader(message);
    }

    private void loadHeader(Pop3Message message) throws MessagingException {
        if (!usesTop()) {
            message.octets();
            return;
        }
        try {
            askOnly(message, maildrop -> {
                try (MessageStream top = maildrop.top(message.getMessageNumber(), 0)) {
                    message.readHeaders(top);
                }
                return true;
            });
        } catch (MessageRemovedException e) {
            message.octets(); // Refuses that, too, if the message is gone; otherwise it has no TOP.
            topIsMissing = true;
        }
    }

    /** Some lines of the body behind the header, by TOP. */
    InputStream top(Pop3Message message, int lines) throws MessagingException {
        checkCurrent(message);
        return askOnly(message, maildrop -> {
            try (MessageStream top = maildrop.top(message.getMessageNumber(), lines)) {
                return new ByteArrayInputStream(top.readAllBytes());
            }
        });
    }

    /** The whole of a message. */
    Octets octets(Pop3Message message) throws MessagingException {
        Octets ahead = ahead(message);
        if (ahead != null) return ahead;
        return askOnly(message, maildrop -> {
            try (MessageStream whole = maildrop.retrieve(message.getMessageNumber())) {
                return Octets.read(whole, settings().keep());
            }
        });
    }

    /** Writes a message that is kept nowhere. */
    void writeTo(Pop3Message message, OutputStream out) throws MessagingException, IOException {
        Octets ahead = ahead(message);
        if (ahead != null) {
            try (ahead) {
                ahead.whole().transferTo(out);
            }
            return;
        }
        ask(message, maildrop -> maildrop.retrieveTo(message.getMessageNumber(), out));
    }

    /** What has come already, or comes now together with the next ones; null if it is to be asked for alone. */
    private @Nullable Octets ahead(Pop3Message message) throws MessagingException {
        checkCurrent(message);
        int number = message.getMessageNumber();
        Octets kept = held.remove(number);
        int more = contentAhead.more(number);
        if (kept != null) return kept;
        List<Integer> run = contentAhead.run(number, settings().readAhead() ? more : 0, messages.length);
        if (run.size() < 2 || !pipelines()) return null;
        long[] known = sizes();
        long octets = 0;
        int fits = 0;
        while (fits < run.size()) {
            octets += Math.max(0, known[run.get(fits) - 1]);
            if (octets > Ahead.MOST_OCTETS) break;
            fits++;
        }
        if (fits < 2) return null;
        List<Integer> numbers = run.subList(0, fits);
        for (Octets old : held.values()) closeQuietly(old);
        held.clear();
        askOnly(
                null,
                maildrop -> maildrop.retrieveAll(
                        numbers,
                        (each, stream) ->
                                held.put(each, Octets.read(stream, settings().keep()))));
        return held.remove(number);
    }

    // ---- listings

    /**
     * The unique-id of a message (UIDL), one request for all messages of the folder; null if the server has none for it.
     *
     * @throws NoSuchElementException if it is not a message of this folder
     */
    public @Nullable String getUID(Message message) throws MessagingException {
        checkOpen();
        if (!(message instanceof Pop3Message own) || message.getFolder() != this) {
            throw new NoSuchElementException("the message is not one of this folder");
        }
        checkCurrent(own);
        return uniqueIds()[message.getMessageNumber() - 1];
    }

    private @Nullable String[] uniqueIds() throws MessagingException {
        @Nullable String[] known = uniqueIds;
        if (known != null) return known;
        @Nullable String[] found = new String[messages.length];
        askOnly(null, maildrop -> {
            try {
                for (UniqueIdListing each : maildrop.uniqueIds()) {
                    if (each.number() <= found.length) found[each.number() - 1] = each.uniqueId();
                }
            } catch (NotOfferedException e) {
                // None for any, then.
            }
            return true;
        });
        uniqueIds = found;
        return found;
    }

    /** The octets of all messages when the folder was opened (STAT). */
    public long getSize() throws MessagingException {
        checkOpen();
        return total;
    }

    /** The octets of each message (LIST), headers included; -1 for one of which the server does not tell it. */
    public long[] getSizes() throws MessagingException {
        checkOpen();
        return sizes().clone();
    }

    /** The octets of a message, as LIST has them. */
    long size(Pop3Message message) throws MessagingException {
        checkCurrent(message);
        return sizes()[message.getMessageNumber() - 1];
    }

    private long[] sizes() throws MessagingException {
        long[] known = sizes;
        if (known != null) return known;
        long[] found = new long[messages.length];
        Arrays.fill(found, -1);
        for (ScanListing each : askOnly(null, RemoteMaildrop::list)) {
            if (each.number() <= found.length) found[each.number() - 1] = each.octets();
        }
        sizes = found;
        return found;
    }

    /** The answer to LIST, without its first and its last line. */
    public InputStream listCommand() throws MessagingException {
        checkOpen();
        StringBuilder lines = new StringBuilder();
        for (ScanListing each : askOnly(null, RemoteMaildrop::list)) {
            lines.append(each.number()).append(' ').append(each.octets()).append("\r\n");
        }
        return new ByteArrayInputStream(lines.toString().getBytes(StandardCharsets.US_ASCII));
    }

    /** Headers that may be needed are fetched for all messages at once. */
    @Override
    public Message[] search(SearchTerm term, Message[] some) throws MessagingException {
        checkOpen();
        if (!looksAtFlagsAlone(term)) fetchHeaders(some);
        return super.search(term, some);
    }

    @Override
    public Message[] search(SearchTerm term) throws MessagingException {
        return search(term, getMessages());
    }

    private static boolean looksAtFlagsAlone(SearchTerm term) {
        if (term instanceof NotTerm not) return looksAtFlagsAlone(not.getTerm());
        if (term instanceof AndTerm and) return Arrays.stream(and.getTerms()).allMatch(Pop3Folder::looksAtFlagsAlone);
        if (term instanceof OrTerm or) return Arrays.stream(or.getTerms()).allMatch(Pop3Folder::looksAtFlagsAlone);
        return term instanceof FlagTerm;
    }

    boolean isOpenForReadingOnly() {
        return conversation != null && mode == READ_ONLY;
    }

    void changed(int type, Message message) {
        notifyMessageChangedListeners(type, message);
    }
}

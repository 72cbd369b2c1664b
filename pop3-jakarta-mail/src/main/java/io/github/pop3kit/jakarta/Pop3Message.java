package io.github.pop3kit.jakarta;

import jakarta.activation.DataHandler;
import jakarta.mail.Address;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Header;
import jakarta.mail.IllegalWriteException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.ReadOnlyFolderException;
import jakarta.mail.event.MessageChangedEvent;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ref.Reference;
import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Date;
import java.util.Enumeration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A message of a {@link Pop3Folder}: read-only but for its flags. Headers come by TOP when the first is asked for, the rest by RETR, and
 * is kept as the properties say. A subclass may be named by {@code mail.pop3.message.class}.
 *
 * <p>What needs the server throws {@link jakarta.mail.FolderClosedException} when the session is over, also if the folder was opened
 * again, where the number may be another message's; and
 * {@link jakarta.mail.MessageRemovedException} when the server does not have the message any more.
 */
public class Pop3Message extends MimeMessage {

    /** Of a header that is longer the rest is ignored. */
    private static final int LONGEST_HEADER = 1024 * 1024;

    private final Pop3Folder owner;
    private final int opening;
    private long headerSize = -1;
    private @Nullable Octets kept;
    private @Nullable SoftReference<Octets> softlyKept;

    /** For the folder. */
    public Pop3Message(Folder folder, int number) throws MessagingException {
        super(folder, number);
        this.owner = (Pop3Folder) folder;
        this.opening = owner.opening();
    }

    /** In which of the folder's sessions it was got. */
    int opening() {
        return opening;
    }

    // ---- flags

    /**
     * Sets flags, which live as long as the folder is open.
     *
     * @throws ReadOnlyFolderException for DELETED, if the folder is not open for writing: it would not be deleted
     */
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // Not while listeners are told.
    public void setFlags(Flags changed, boolean set) throws MessagingException {
        if (set && changed.contains(Flags.Flag.DELETED) && owner.isOpenForReadingOnly()) {
            throw new ReadOnlyFolderException(owner, "the folder is open for reading only");
        }
        boolean news;
        synchronized (this) {
            Flags before = (Flags) flags.clone();
            super.setFlags(changed, set);
            news = !flags.equals(before);
        }
        if (news) owner.changed(MessageChangedEvent.FLAGS_CHANGED, this);
    }

    // ---- sizes

    /** {@link #getSizeLong}, or {@code Integer.MAX_VALUE} for what is larger. */
    @Override
    public int getSize() throws MessagingException {
        return (int) Math.min(Integer.MAX_VALUE, getSizeLong());
    }

    /** The octets of the body: those of LIST without those of the header; -1 if LIST does not tell. */
    public long getSizeLong() throws MessagingException {
        long whole = owner.size(this);
        if (whole < 0) return -1;
        loadHeaders();
        return Math.max(0, whole - headerSize);
    }

    /** Unknown to POP3. */
    @Override
    public int getLineCount() {
        return -1;
    }

    /** Null: POP3 does not tell. */
    @Override
    @SuppressWarnings("NullAway") // As the API says.
    public @Nullable Date getReceivedDate() {
        return null;
    }

    // ---- the header

    synchronized boolean lacksHeaders() {
        return headers == null;
    }

    /** The monitor is not held while the server is asked: who holds the session fills in headers under it. */
    private void loadHeaders() throws MessagingException {
        if (lacksHeaders()) owner.loadHeaders(this);
    }

    /** Reads the header, and passes over whatever is behind it. */
    void readHeaders(InputStream top) throws IOException {
        byte[] octets = top.readNBytes(LONGEST_HEADER);
        top.transferTo(OutputStream.nullOutputStream());
        int size = Octets.bodyOf(octets);
        accept(new ByteArrayInputStream(octets, 0, size), size);
    }

    private synchronized void accept(InputStream header, long size) throws IOException {
        try {
            headers = createInternetHeaders(header);
            headerSize = size;
        } catch (MessagingException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public String[] getHeader(String name) throws MessagingException {
        loadHeaders();
        return super.getHeader(name);
    }

    @Override
    public String getHeader(String name, String delimiter) throws MessagingException {
        loadHeaders();
        return super.getHeader(name, delimiter);
    }

    @Override
    public Enumeration<Header> getAllHeaders() throws MessagingException {
        loadHeaders();
        return super.getAllHeaders();
    }

    @Override
    public Enumeration<Header> getMatchingHeaders(String[] names) throws MessagingException {
        loadHeaders();
        return super.getMatchingHeaders(names);
    }

    @Override
    public Enumeration<Header> getNonMatchingHeaders(String[] names) throws MessagingException {
        loadHeaders();
        return super.getNonMatchingHeaders(names);
    }

    @Override
    public Enumeration<String> getAllHeaderLines() throws MessagingException {
        loadHeaders();
        return super.getAllHeaderLines();
    }

    @Override
    public Enumeration<String> getMatchingHeaderLines(String[] names) throws MessagingException {
        loadHeaders();
        return super.getMatchingHeaderLines(names);
    }

    @Override
    public Enumeration<String> getNonMatchingHeaderLines(String[] names) throws MessagingException {
        loadHeaders();
        return super.getNonMatchingHeaderLines(names);
    }

    /** The header and the first so many lines of the body (TOP), in memory. */
    public InputStream top(int lines) throws MessagingException {
        return owner.top(this, lines);
    }

    // ---- the content

    /** The octets are got first: a data handler would turn what goes wrong into an IOException. */
    @Override
    public Object getContent() throws IOException, MessagingException {
        if (cachedContent != null) return cachedContent;
        Octets held = octets();
        try {
            return super.getContent();
        } finally {
            Reference.reachabilityFence(held);
        }
    }

    @Override
    public InputStream getInputStream() throws IOException, MessagingException {
        Octets held = octets();
        try {
            return super.getInputStream();
        } finally {
            Reference.reachabilityFence(held);
        }
    }

    @Override
    protected InputStream getContentStream() throws MessagingException {
        return octets().body();
    }

    /** The message as the server sends it, header and all. */
    public InputStream getMimeStream() throws MessagingException {
        return octets().whole();
    }

    /** The whole message, from where it is kept, or from the server. */
    Octets octets() throws MessagingException {
        Octets known = kept();
        return known != null ? known : keep(owner.octets(this));
    }

    private synchronized Octets keep(Octets read) throws MessagingException {
        if (kept != null) { // Another thread was quicker.
            Pop3Folder.closeQuietly(read);
            return kept;
        }
        if (owner.settings().keepContent() || read.isInFile()) {
            kept = read;
        } else {
            softlyKept = new SoftReference<>(read);
        }
        if (headers == null || owner.settings().forgetTopHeaders()) {
            try {
                accept(read.header(), read.headerSize());
            } catch (IOException e) {
                throw new MessagingException(e.getMessage(), e);
            }
        }
        return read;
    }

    private synchronized @Nullable Octets kept() {
        if (kept != null) return kept;
        return softlyKept == null ? null : softlyKept.get();
    }

    /**
     * Forgets the content that is kept.
     *
     * @param invalidateHeaders whether to forget the header, too
     */
    public synchronized void invalidate(boolean invalidateHeaders) {
        if (kept != null) Pop3Folder.closeQuietly(kept);
        kept = null;
        softlyKept = null;
        cachedContent = null;
        dh = null;
        if (invalidateHeaders) {
            headers = null;
            headerSize = -1;
        }
    }

    // ---- writing

    /**
     * Writes the message as the server sends it. Unless it is kept already it comes straight from the server, in constant memory; other
     * threads that use the folder wait meanwhile.
     *
     * @throws IOException what {@code out} throws
     */
    @Override
    public void writeTo(OutputStream out) throws IOException, MessagingException {
        writeTo(out, null);
    }

    /** Like {@link #writeTo(OutputStream)}, without these headers. */
    @Override
    public void writeTo(OutputStream out, String @Nullable [] ignored) throws IOException, MessagingException {
        Octets known = ignored == null && owner.settings().cacheWriteTo() ? octets() : kept();
        OutputStream through = ignored == null || ignored.length == 0 ? out : new WithoutHeaders(out, ignored);
        if (known != null) {
            known.whole().transferTo(through);
        } else {
            owner.writeTo(this, through);
        }
        through.flush();
    }

    /** Leaves headers out of a message that is written through it. Does not close. */
    private static final class WithoutHeaders extends OutputStream {

        private final OutputStream out;
        private final String[] ignored;
        private byte[] line = new byte[256];
        private int length;
        private boolean leftOut;
        private boolean inBody;

        WithoutHeaders(OutputStream out, String[] ignored) {
            this.out = out;
            this.ignored = Arrays.stream(ignored)
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .toArray(String[]::new);
        }

        @Override
        public void write(int octet) throws IOException {
            if (inBody) {
                out.write(octet);
                return;
            }
            if (length == line.length) line = Arrays.copyOf(line, 2 * length);
            line[length++] = (byte) octet;
            if (octet == '\n') endLine();
        }

        @Override
        public void write(byte[] octets, int offset, int count) throws IOException {
            int i = offset;
            while (i < offset + count && !inBody) write(octets[i++]);
            if (i < offset + count) out.write(octets, i, offset + count - i);
        }

        private void endLine() throws IOException {
            boolean folded = line[0] == ' ' || line[0] == '\t';
            String text = new String(line, 0, length, StandardCharsets.ISO_8859_1);
            inBody = text.isBlank() && !folded;
            if (!folded) leftOut = !inBody && isIgnored(text);
            if (!leftOut) out.write(line, 0, length);
            length = 0;
        }

        private boolean isIgnored(String text) {
            int colon = text.indexOf(':');
            if (colon < 0) return false;
            String name = text.substring(0, colon).strip().toLowerCase(Locale.ROOT);
            return Arrays.asList(ignored).contains(name);
        }

        @Override
        public void flush() throws IOException {
            if (length > 0 && !leftOut) out.write(line, 0, length);
            length = 0;
            out.flush();
        }
    }

    // ---- what cannot be changed

    private static IllegalWriteException readOnly() {
        return new IllegalWriteException("messages of a maildrop cannot be changed");
    }

    @Override
    public void setHeader(String name, String value) throws MessagingException {
        throw readOnly();
    }

    @Override
    public void addHeader(String name, String value) throws MessagingException {
        throw readOnly();
    }

    @Override
    public void removeHeader(String name) throws MessagingException {
        throw readOnly();
    }

    @Override
    public void addHeaderLine(String line) throws MessagingException {
        throw readOnly();
    }

    @Override
    public void setFrom(@Nullable Address address) throws MessagingException {
        throw readOnly();
    }

    @Override
    public void addRecipients(Message.RecipientType type, Address @Nullable [] addresses) throws MessagingException {
        throw readOnly();
    }

    @Override
    public synchronized void setDataHandler(DataHandler handler) throws MessagingException {
        throw readOnly();
    }

    @Override
    public void setContent(Multipart content) throws MessagingException {
        throw readOnly();
    }

    @Override
    public void setContent(Object content, String type) throws MessagingException {
        throw readOnly();
    }

    @Override
    public void saveChanges() throws MessagingException {
        throw readOnly();
    }
}

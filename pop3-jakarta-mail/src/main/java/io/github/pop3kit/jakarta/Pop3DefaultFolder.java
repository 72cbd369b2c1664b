package io.github.pop3kit.jakarta;

import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.MethodNotSupportedException;
import org.jspecify.annotations.Nullable;

/** The root: holds INBOX and nothing else. */
final class Pop3DefaultFolder extends Folder {

    private final Pop3Store owner;

    Pop3DefaultFolder(Pop3Store owner) {
        super(owner);
        this.owner = owner;
    }

    @Override
    public String getName() {
        return "";
    }

    @Override
    public String getFullName() {
        return "";
    }

    @Override
    @SuppressWarnings("NullAway") // As the API says of a root.
    public @Nullable Folder getParent() {
        return null;
    }

    @Override
    public boolean exists() {
        return true;
    }

    /** INBOX, if the pattern means it. */
    @Override
    public Folder[] list(String pattern) throws MessagingException {
        String expression = "\\Q" + pattern.replace("*", "\\E.*\\Q").replace("%", "\\E[^/]*\\Q") + "\\E";
        boolean meant = "INBOX".matches("(?i)" + expression);
        return meant ? new Folder[] {inbox()} : new Folder[0];
    }

    private Folder inbox() throws MessagingException {
        return owner.getFolder("INBOX");
    }

    @Override
    public char getSeparator() {
        return '/';
    }

    @Override
    public int getType() {
        return HOLDS_FOLDERS;
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
    public Folder getFolder(String name) throws MessagingException {
        if (!name.equalsIgnoreCase("INBOX")) throw new MessagingException("a maildrop has no other folder than INBOX");
        return inbox();
    }

    @Override
    public boolean delete(boolean recurse) throws MessagingException {
        throw new MethodNotSupportedException("the root cannot be deleted");
    }

    @Override
    public boolean renameTo(Folder folder) throws MessagingException {
        throw new MethodNotSupportedException("the root cannot be renamed");
    }

    @Override
    public void open(int mode) throws MessagingException {
        throw new MethodNotSupportedException("the root cannot be opened");
    }

    @Override
    public void close(boolean expunge) throws MessagingException {
        throw new MethodNotSupportedException("the root cannot be closed");
    }

    @Override
    public boolean isOpen() {
        return false;
    }

    @Override
    public Flags getPermanentFlags() {
        return new Flags();
    }

    @Override
    public int getMessageCount() {
        return 0;
    }

    @Override
    public Message getMessage(int number) throws MessagingException {
        throw new MethodNotSupportedException("the root has no messages");
    }

    @Override
    public void appendMessages(Message[] messages) throws MessagingException {
        throw new MethodNotSupportedException("POP3 cannot append messages");
    }

    @Override
    public Message[] expunge() throws MessagingException {
        throw new MethodNotSupportedException("the root has no messages");
    }
}

package io.github.pop3kit.jakarta;

import static io.github.pop3kit.testkit.Pop3Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.client.Commit;
import io.github.pop3kit.client.CommitException;
import io.github.pop3kit.testkit.Pop3TestServer;
import io.github.pop3kit.testkit.ScriptedServer;
import io.github.pop3kit.testkit.TestUser;
import jakarta.mail.FetchProfile;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.FolderClosedException;
import jakarta.mail.IllegalWriteException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.MethodNotSupportedException;
import jakarta.mail.ReadOnlyFolderException;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import jakarta.mail.event.ConnectionAdapter;
import jakarta.mail.event.ConnectionEvent;
import jakarta.mail.event.MessageChangedEvent;
import jakarta.mail.search.FlagTerm;
import jakarta.mail.search.SubjectTerm;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class Pop3FolderTest {

    private static final int COUNT = 20;

    private final Pop3TestServer server = Pop3TestServer.start();
    private final Mail mail = new Mail(server);
    private TestUser bob;
    private Pop3Folder folder;

    @BeforeEach
    void aMaildrop() {
        bob = server.user("bob", "secret");
        for (int i = 1; i <= COUNT; i++) bob.deliver("Subject: number " + i + "\n\nHello " + i + "\n");
    }

    @AfterEach
    void end() throws MessagingException {
        mail.close();
        server.close();
    }

    @Test
    void what_a_folder_is() throws Exception {
        folder = mail.open();
        assertEquals("INBOX", folder.getName());
        assertEquals("", folder.getParent().getName());
        assertEquals(Folder.HOLDS_MESSAGES, folder.getType());
        assertEquals('\0', folder.getSeparator());
        assertEquals(COUNT, folder.getMessageCount());
        assertEquals(COUNT, folder.getUnreadMessageCount());
        assertEquals(0, folder.getNewMessageCount());
        assertEquals(new Flags(), folder.getPermanentFlags());
        assertFalse(folder.hasNewMessages());
        assertFalse(folder.create(Folder.HOLDS_MESSAGES));
        assertSame(folder.getMessage(3), folder.getMessages()[2]);
        assertThrows(IndexOutOfBoundsException.class, () -> folder.getMessage(COUNT + 1));
        assertThrows(IndexOutOfBoundsException.class, () -> folder.getMessage(0));
        assertThrows(MethodNotSupportedException.class, () -> folder.expunge());
        assertThrows(MethodNotSupportedException.class, () -> folder.delete(false));
        assertThrows(MethodNotSupportedException.class, () -> folder.renameTo(folder));
        assertThrows(MethodNotSupportedException.class, () -> folder.appendMessages(new Message[0]));
        assertThrows(MessagingException.class, () -> folder.list());
        assertThrows(MessagingException.class, () -> folder.getFolder("child"));
        assertThrows(IllegalStateException.class, () -> folder.open(Folder.READ_ONLY));
    }

    @Test
    void a_closed_folder_answers_nothing() throws Exception {
        folder = mail.open();
        Message first = folder.getMessage(1);
        Message second = folder.getMessage(2);
        assertEquals("number 1", first.getSubject());
        folder.close(false);
        assertFalse(folder.isOpen());
        assertEquals(-1, folder.getMessageCount());
        assertThrows(IllegalStateException.class, () -> folder.getMessage(1));
        assertThrows(IllegalStateException.class, () -> folder.close(false));
        assertThrows(FolderClosedException.class, second::getSubject);
        assertThrows(FolderClosedException.class, first::getContent);
        assertEquals("number 1", first.getSubject());
    }

    @Test
    void a_message_of_an_earlier_session_never_passes_for_the_one_that_has_its_number_now() throws Exception {
        folder = mail.open();
        Message first = folder.getMessage(1);
        Message read = folder.getMessage(2);
        assertEquals("number 2", read.getSubject());
        Message last = folder.getMessage(COUNT);
        first.setFlag(Flags.Flag.DELETED, true);
        folder.close(true);
        folder.open(Folder.READ_WRITE);
        assertEquals("number 2", read.getSubject());
        assertThrows(FolderClosedException.class, first::getSubject);
        assertThrows(FolderClosedException.class, read::getContent);
        assertThrows(FolderClosedException.class, () -> read.writeTo(OutputStream.nullOutputStream()));
        assertThrows(FolderClosedException.class, () -> ((Pop3Message) read).top(1));
        assertThrows(FolderClosedException.class, () -> folder.getUID(read));
        assertThrows(FolderClosedException.class, last::getSize);
        assertEquals("number 3", folder.getMessage(2).getSubject());
    }

    @Test
    void closing_with_expunge_deletes_what_is_marked() throws Exception {
        folder = mail.open();
        List<String> ids = bob.uniqueIds();
        folder.getMessage(2).setFlag(Flags.Flag.DELETED, true);
        folder.setFlags(new int[] {4, 5}, new Flags(Flags.Flag.DELETED), true);
        assertEquals(3, folder.getDeletedMessageCount());
        folder.close(true);
        assertThat(server).receivedInOrder("DELE 2", "DELE 4", "DELE 5", "QUIT");
        assertEquals(COUNT - 3, bob.uniqueIds().size());
        assertFalse(bob.uniqueIds().contains(ids.get(1)));
    }

    @Test
    void closing_without_expunge_deletes_nothing() throws Exception {
        folder = mail.open();
        folder.getMessage(2).setFlag(Flags.Flag.DELETED, true);
        folder.close(false);
        assertThat(server).neverReceived("DELE …").received("QUIT");
    }

    @Test
    void a_refused_DELE_is_reported_and_the_others_are_deleted() throws Exception {
        server.faults().on("DELE 2").answer("-ERR not that one");
        folder = mail.open();
        Message refused = folder.getMessage(2);
        folder.setFlags(new int[] {1, 2, 3}, new Flags(Flags.Flag.DELETED), true);
        MessagesNotDeletedException e = assertThrows(MessagesNotDeletedException.class, () -> folder.close(true));
        assertEquals(List.of(refused), e.messages());
        assertTrue(e.getMessage().contains("[2]"), e.getMessage());
        assertTrue(e.getMessage().contains("not that one"), e.getMessage());
        assertFalse(folder.isOpen());
        assertEquals(COUNT - 2, bob.uniqueIds().size());
    }

    @Test
    void a_refused_QUIT_is_reported() throws Exception {
        server.faults().on("QUIT").answer("-ERR some deleted messages not removed");
        folder = mail.open();
        folder.getMessage(1).setFlag(Flags.Flag.DELETED, true);
        MessagesNotDeletedException e = assertThrows(MessagesNotDeletedException.class, () -> folder.close(true));
        CommitException cause = assertInstanceOf(CommitException.class, e.getCause());
        assertEquals(Commit.Outcome.REFUSED, cause.commit().outcome());
        assertEquals(1, e.messages().size());
    }

    @Test
    void a_QUIT_without_an_answer_is_reported() throws Exception {
        server.faults().on("QUIT").hangUp();
        folder = mail.open();
        folder.getMessage(1).setFlag(Flags.Flag.DELETED, true);
        MessagesNotDeletedException e = assertThrows(MessagesNotDeletedException.class, () -> folder.close(true));
        assertEquals(
                Commit.Outcome.UNKNOWN,
                assertInstanceOf(CommitException.class, e.getCause()).commit().outcome());
    }

    @Test
    void a_QUIT_without_an_answer_is_nothing_where_nothing_was_to_be_deleted() throws Exception {
        server.faults().on("QUIT").hangUp();
        folder = mail.open();
        folder.close(true);
        assertFalse(folder.isOpen());
    }

    @Test
    void a_session_that_breaks_before_QUIT_is_reported() throws Exception {
        server.faults().on("DELE").hangUp();
        folder = mail.open();
        folder.getMessage(1).setFlag(Flags.Flag.DELETED, true);
        MessagesNotDeletedException e = assertThrows(MessagesNotDeletedException.class, () -> folder.close(true));
        assertTrue(e.getMessage().contains("before QUIT"), e.getMessage());
        server.awaitSessionEnd();
        assertEquals(COUNT, bob.uniqueIds().size());
    }

    @Test
    void a_session_that_broke_earlier_is_reported_too() throws Exception {
        server.faults().on("RETR").cutAfter(10);
        folder = mail.open();
        folder.getMessage(1).setFlag(Flags.Flag.DELETED, true);
        assertThrows(FolderClosedException.class, () -> folder.getMessage(2).getContent());
        assertFalse(folder.isOpen());
        assertThrows(FolderClosedException.class, () -> folder.getMessage(3));
        assertThrows(MessagesNotDeletedException.class, () -> folder.close(true));
        assertThrows(IllegalStateException.class, () -> folder.close(true));
    }

    @Test
    void a_session_that_isOpen_finds_ended_is_reported_too() throws Exception {
        folder = mail.open();
        folder.getMessage(1).setFlag(Flags.Flag.DELETED, true);
        server.faults().on("NOOP").hangUp();
        assertFalse(folder.isOpen());
        assertThrows(MessagesNotDeletedException.class, () -> folder.close(true));
    }

    @Test
    void a_folder_for_reading_deletes_nothing() throws Exception {
        folder = mail.open(Folder.READ_ONLY);
        Message message = folder.getMessage(1);
        assertThrows(ReadOnlyFolderException.class, () -> message.setFlag(Flags.Flag.DELETED, true));
        message.setFlag(Flags.Flag.SEEN, true);
        assertTrue(message.isSet(Flags.Flag.SEEN));
        folder.close(true);
        assertThat(server).neverReceived("DELE …");
    }

    @Test
    void RSET_before_QUIT() throws Exception {
        mail.with("rsetbeforequit", "true");
        folder = mail.open();
        folder.getMessage(1).setFlag(Flags.Flag.DELETED, true);
        folder.close(true);
        assertThat(server).receivedInOrder("RSET", "DELE 1", "QUIT");
    }

    @Test
    void a_refused_RSET_ends_the_session_without_QUIT() throws Exception {
        server.faults().on("RSET").answer("-ERR no");
        mail.with("rsetbeforequit", "true");
        folder = mail.open();
        assertThrows(MessagingException.class, () -> folder.close(false));
        assertThat(server).neverReceived("QUIT");
    }

    @Test
    void fetch_gets_unique_ids_by_one_UIDL() throws Exception {
        folder = mail.open();
        FetchProfile profile = new FetchProfile();
        profile.add(UIDFolder.FetchProfileItem.UID);
        folder.fetch(folder.getMessages(), profile);
        for (int i = 1; i <= COUNT; i++) assertEquals(bob.uniqueIds().get(i - 1), folder.getUID(folder.getMessage(i)));
        assertEquals(1, count("C: UIDL"));
    }

    @Test
    void a_server_without_UIDL_has_no_unique_ids() throws Exception {
        server.withoutCapability("UIDL");
        folder = mail.open();
        assertNull(folder.getUID(folder.getMessage(1)));
    }

    @Test
    void fetch_gets_headers_and_sizes_by_pipelined_TOP_and_one_LIST() throws Exception {
        folder = mail.open();
        Message[] all = folder.getMessages();
        FetchProfile profile = new FetchProfile();
        profile.add(FetchProfile.Item.ENVELOPE);
        profile.add(FetchProfile.Item.CONTENT_INFO);
        profile.add(FetchProfile.Item.SIZE);
        folder.fetch(all, profile);
        for (int i = 0; i < COUNT; i++) {
            assertEquals("number " + (i + 1), all[i].getSubject());
            assertEquals(("Hello " + (i + 1) + "\r\n").length(), all[i].getSize());
        }
        assertEquals(COUNT, count("C: TOP"));
        List<String> lists = server.transcript()
                .lines()
                .filter(line -> line.contains("C: LIST"))
                .filter(line -> !line.matches("C: LIST [0-9]+")) // These are the client's, and say which message comes.
                .toList();
        assertEquals(List.of("C: LIST"), lists);
        assertThat(server).neverReceived("RETR …");
    }

    @Test
    void fetch_goes_on_when_one_message_is_gone() throws Exception {
        server.faults().on("TOP 3 0").answer("-ERR gone");
        server.faults().on("RETR 3").answer("-ERR gone");
        folder = mail.open();
        FetchProfile profile = new FetchProfile();
        profile.add("Subject");
        folder.fetch(folder.getMessages(), profile);
        assertEquals("number 4", folder.getMessage(4).getSubject());
        assertThrows(
                jakarta.mail.MessageRemovedException.class,
                () -> folder.getMessage(3).getSubject());
    }

    @Test
    void headers_one_by_one_come_in_batches() throws Exception {
        folder = mail.open();
        for (int i = 1; i <= COUNT; i++)
            assertEquals("number " + i, folder.getMessage(i).getSubject());
        assertEquals(COUNT, count("C: TOP"));
    }

    @Test
    void sizes() throws Exception {
        folder = mail.open();
        long[] sizes = folder.getSizes();
        long sum = 0;
        for (int i = 0; i < COUNT; i++) {
            assertEquals(bob.octets(bob.uniqueIds().get(i)), sizes[i]);
            sum += sizes[i];
        }
        assertEquals(sum, folder.getSize());
        String listing = new String(folder.listCommand().readAllBytes(), StandardCharsets.US_ASCII);
        assertTrue(listing.startsWith("1 " + sizes[0] + "\r\n2 "), listing);
        assertEquals(COUNT, listing.lines().count());
    }

    @Test
    void sizes_over_2_GiB() throws Exception {
        try (ScriptedServer big = ScriptedServer.plays("""
                S: +OK ready
                C: CAPA
                S: -ERR no
                C: USER bob
                S: +OK
                C: PASS secret
                S: +OK
                C: CAPA
                S: -ERR no
                C: STAT
                S: +OK 2 6000000000
                C: LIST
                S: +OK
                S: 1 5000000000
                S: 2 1000000000
                S: .
                C: TOP 1 0
                S: +OK
                S: Subject: big
                S:
                S: .
                C: QUIT
                S: +OK
                """)) {
            Store store = jakarta.mail.Session.getInstance(new Properties()).getStore("pop3");
            store.connect(big.host(), big.port(), "bob", "secret");
            Pop3Folder inbox = (Pop3Folder) store.getFolder("INBOX");
            inbox.open(Folder.READ_ONLY);
            assertEquals(6_000_000_000L, inbox.getSize());
            assertArrayEquals(new long[] {5_000_000_000L, 1_000_000_000L}, inbox.getSizes());
            Pop3Message message = (Pop3Message) inbox.getMessage(1);
            assertEquals(Integer.MAX_VALUE, message.getSize());
            assertEquals(5_000_000_000L - "Subject: big\r\n\r\n".length(), message.getSizeLong());
            store.close();
            big.await();
        }
    }

    @Test
    void search_fetches_headers_at_once() throws Exception {
        folder = mail.open();
        Message[] found = folder.search(new SubjectTerm("number 7"));
        assertEquals(1, found.length);
        assertEquals(7, found[0].getMessageNumber());
        assertEquals(COUNT, count("C: TOP"));
    }

    @Test
    void search_for_flags_asks_the_server_nothing() throws Exception {
        folder = mail.open();
        folder.getMessage(2).setFlag(Flags.Flag.SEEN, true);
        assertEquals(COUNT - 1, folder.search(new FlagTerm(new Flags(Flags.Flag.SEEN), false)).length);
        assertEquals(0, count("C: TOP"));
    }

    @Test
    void announced_messages_come_together() throws Exception {
        folder = mail.open();
        FetchProfile profile = new FetchProfile();
        profile.add(Pop3Folder.FetchProfileItem.MESSAGE);
        Message[] some = {folder.getMessage(2), folder.getMessage(4), folder.getMessage(9)};
        folder.fetch(some, profile);
        assertEquals(0, count("C: RETR"));
        assertTrue(Mail.written(some[0]).endsWith("Hello 2\r\n"));
        assertEquals(3, count("C: RETR"));
        assertTrue(Mail.written(some[1]).endsWith("Hello 4\r\n"));
        assertTrue(Mail.written(some[2]).endsWith("Hello 9\r\n"));
        assertEquals(3, count("C: RETR"));
        assertThat(server).neverReceived("RETR 3");
    }

    @Test
    void without_a_word_no_message_is_retrieved_that_was_not_asked_for() throws Exception {
        folder = mail.open();
        for (int i = 1; i <= 5; i++) Mail.written(folder.getMessage(i));
        assertEquals(5, count("C: RETR"));
    }

    @Test
    void read_ahead_as_a_property() throws Exception {
        mail.with("readahead", "true");
        folder = mail.open();
        for (int i = 1; i <= COUNT; i++) {
            assertEquals("Subject: number " + i + "\r\n\r\nHello " + i + "\r\n", Mail.written(folder.getMessage(i)));
        }
        assertEquals(COUNT, count("C: RETR"));
    }

    @Test
    void listeners_hear_of_flags_and_of_the_end() throws Exception {
        folder = mail.open();
        LinkedBlockingQueue<Object> heard = new LinkedBlockingQueue<>();
        folder.addMessageChangedListener(e -> heard.add(e.getMessageChangeType()));
        folder.addConnectionListener(new ConnectionAdapter() {
            @Override
            public void closed(ConnectionEvent e) {
                heard.add("closed");
            }
        });
        folder.getMessage(1).setFlag(Flags.Flag.SEEN, true);
        assertEquals(MessageChangedEvent.FLAGS_CHANGED, heard.poll(30, TimeUnit.SECONDS));
        folder.getMessage(1).setFlag(Flags.Flag.SEEN, true);
        server.faults().on("RETR").hangUp();
        assertThrows(FolderClosedException.class, () -> folder.getMessage(1).getContent());
        assertEquals("closed", heard.poll(30, TimeUnit.SECONDS));
    }

    @Test
    void messages_cannot_be_changed() throws Exception {
        folder = mail.open();
        Message message = folder.getMessage(1);
        assertThrows(IllegalWriteException.class, () -> message.setSubject("other"));
        assertThrows(IllegalWriteException.class, () -> message.setText("other"));
        assertThrows(IllegalWriteException.class, () -> message.addHeader("X", "y"));
        assertThrows(IllegalWriteException.class, () -> message.removeHeader("Subject"));
        assertThrows(IllegalWriteException.class, message::saveChanges);
    }

    @Test
    void many_threads_share_a_folder() throws Exception {
        folder = mail.open();
        List<Integer> numbers =
                java.util.stream.IntStream.rangeClosed(1, COUNT).boxed().toList();
        List<String> written = numbers.parallelStream()
                .map(number -> {
                    try {
                        Message message = folder.getMessage(number);
                        message.setFlag(Flags.Flag.SEEN, true);
                        return message.getSubject() + "|" + message.getContent();
                    } catch (Exception e) {
                        return e.toString();
                    }
                })
                .toList();
        for (int i = 1; i <= COUNT; i++) assertEquals("number " + i + "|Hello " + i + "\r\n", written.get(i - 1));
    }

    private long count(String command) {
        return server.transcript()
                .lines()
                .filter(line -> line.contains(command))
                .count();
    }
}

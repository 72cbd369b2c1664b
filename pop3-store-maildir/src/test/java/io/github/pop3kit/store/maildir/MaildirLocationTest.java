package io.github.pop3kit.store.maildir;

import static io.github.pop3kit.store.maildir.Maildir.assertRefused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStores;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaildirLocationTest {

    @TempDir
    Path directory;

    private Path root;

    @BeforeEach
    void root() throws IOException {
        root = directory.toRealPath();
    }

    @ParameterizedTest
    @CsvSource({
        "/{user}/Maildir, mrose@example.org/Maildir",
        "/{domain}/{local}, example.org/mrose",
        "/{domain}/{local}/{user}, example.org/mrose/mrose@example.org",
        "/mail-{local}.d/x, mail-mrose.d/x",
        "/{user}, mrose@example.org",
        "/{user}/, mrose@example.org",
        "'', mrose@example.org",
        "/, mrose@example.org",
        "/box, box/mrose@example.org"
    })
    void templates_are_filled_from_the_account(String templates, String expected) throws Exception {
        assertEquals(root.resolve(expected), located(root + templates, Account.of("mrose@example.org")));
    }

    @Test
    void a_relative_location_starts_at_the_working_directory() throws Exception {
        Path here = Path.of("").toRealPath();
        assertEquals(here.resolve("mail/mrose"), located("mail", Account.of("mrose")));
        assertEquals(here.resolve("mail/mrose/Maildir"), located("mail/{user}/Maildir", Account.of("mrose")));
        assertEquals(here.resolve("mrose"), located("{user}", Account.of("mrose")));
    }

    @Test
    void the_home_of_the_account_may_be_the_place() throws Exception {
        Account account = at(root + "/home/mrose");
        assertEquals(root.resolve("home/mrose"), located("{home}", account));
        assertEquals(root.resolve("home/mrose/Maildir"), located("{home}/Maildir", account));
        assertEquals(root.resolve("home/mrose/mail/mrose"), located("{home}/mail/{user}", account));
        assertEquals(
                Path.of(root + "/jail" + root + "/home/mrose/Maildir"),
                located(root + "/jail/{home}/Maildir", account));
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {"", "home/mrose", "/home/../root", "/home/mrose/..", "..", "/home/mr\nose", "/home/mr\0ose", "~"
            })
    void a_home_that_is_no_plain_absolute_path_is_refused(String home) {
        assertRefused(Reason.PERMANENT, () -> located("{home}/Maildir", at(home)));
        assertRefused(Reason.PERMANENT, () -> located(root + "/x{home}", at(home)));
    }

    @Test
    void an_account_without_a_home_is_refused_where_it_is_needed() {
        assertRefused(Reason.PERMANENT, () -> located("{home}/Maildir", Account.of("mrose")));
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "../jmyers",
                "a/../../b",
                "/etc",
                "a/b",
                "a\\b",
                ".hidden",
                "a..b",
                "mrose\0",
                "mr\nose",
                "mr\u0085ose",
                "mr ose",
                "~mrose",
                "$HOME",
                "{home}",
                "%2e%2e",
                "mrose:2,S",
                "\u2024\u2024",
                "mr\u202Eose",
                "mr\u2028ose",
                "\uD800"
            })
    void a_name_that_could_lead_elsewhere_is_refused(String name) {
        assertRefused(Reason.PERMANENT, () -> located(root + "/{user}", Account.of(name)));
    }

    @ParameterizedTest(name = "[{index}]")
    @ValueSource(strings = {"mrose", "@example.org", "mrose@", "mrose@.ssh", ".a@example.org"})
    void a_part_of_a_name_is_checked_like_a_name(String name) {
        assertRefused(Reason.PERMANENT, () -> located(root + "/{domain}/{local}", Account.of(name)));
    }

    @Test
    void a_prefix_that_is_not_there_is_no_empty_maildrop_but_a_disk_that_is_not_mounted() {
        MaildirStore store = new MaildirStore(root.resolve("unmounted"));
        assertRefused(Reason.TEMPORARY, () -> store.open(Account.of("mrose")));
        assertRefused(Reason.TEMPORARY, () -> {
            store.delivery().orElseThrow().deliver(Envelope.to("mrose"), InputStream.nullInputStream());
            return null;
        });
        assertThrows(IOException.class, () -> MailStores.create("maildir:" + root + "/unmounted/{user}", Map.of()));
    }

    @Test
    void letters_of_all_scripts_are_good_in_names_where_the_file_system_can_express_them() throws Exception {
        for (String name : new String[] {"jürgen", "мария", "花子", "a.b_c+d-e@f.g", "42", "_", "-"}) {
            try {
                assertEquals(
                        name,
                        String.valueOf(
                                located(root + "/{user}", Account.of(name)).getFileName()));
            } catch (StoreException e) {
                assertEquals(Reason.PERMANENT, e.reason());
                assertTrue(e.getMessage().startsWith("the file system cannot express the name"), e.getMessage());
            }
        }
    }

    @Test
    void a_name_has_255_octets_at_most() throws Exception {
        assertEquals(root.resolve("x".repeat(255)), located(root + "/{user}", Account.of("x".repeat(255))));
        assertRefused(Reason.PERMANENT, () -> located(root + "/{user}", Account.of("x".repeat(256))));
        assertRefused(Reason.PERMANENT, () -> located(root + "/{user}", Account.of("花".repeat(86))));
    }

    @Test
    void a_link_may_not_lead_out_of_the_prefix() throws Exception {
        Path mail = Files.createDirectory(root.resolve("mail"));
        Files.createDirectories(root.resolve("elsewhere/Maildir"));
        Files.createSymbolicLink(mail.resolve("mallory"), root.resolve("elsewhere"));
        assertRefused(Reason.PERMANENT, () -> located(mail + "/{user}", Account.of("mallory")));
        assertRefused(Reason.PERMANENT, () -> located(mail + "/{user}/Maildir", Account.of("mallory")));
        assertRefused(Reason.PERMANENT, () -> located(mail + "/{user}/not/there/yet", Account.of("mallory")));
    }

    @Test
    void a_link_within_the_prefix_gives_two_names_to_one_maildrop() throws Exception {
        Files.createDirectory(root.resolve("mrose"));
        Files.createSymbolicLink(root.resolve("marshall"), Path.of("mrose"));
        assertEquals(root.resolve("mrose"), located(root + "/{user}", Account.of("marshall")));
    }

    @Test
    void a_link_that_leads_nowhere_is_not_an_empty_maildrop() throws Exception {
        Files.createSymbolicLink(root.resolve("mrose"), Path.of("not-mounted"));
        assertThrows(IOException.class, () -> located(root + "/{user}", Account.of("mrose")));
    }

    @Test
    void the_prefix_itself_may_be_a_link() throws Exception {
        Path mail = Files.createDirectory(root.resolve("mail"));
        Path link = Files.createSymbolicLink(root.resolve("link"), mail);
        assertEquals(mail.resolve("mrose"), located(link + "/{user}", Account.of("mrose")));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'maildir: needs a place, such as maildir:/srv/mail/{user}/Maildir'",
        "/m/{name}, 'Unknown template {name} in \"maildir:/m/{name}\"; there are {user} {local} {domain} {home}'",
        "/m/{}, 'Unknown template {} in \"maildir:/m/{}\"; there are {user} {local} {domain} {home}'",
        "/m/{user}/{User}, 'Unknown template {User} in \"maildir:/m/{user}/{User}\"; there are {user} {local} {domain} {home}'",
        "/m/{user, 'A brace without its partner in \"maildir:/m/{user\"'",
        "/m/user}, 'A brace without its partner in \"maildir:/m/user}\"'",
        "/m/{user}/{home, 'A brace without its partner in \"maildir:/m/{user}/{home\"'",
        "/m/{user}/../x, '\"..\" after a template in \"maildir:/m/{user}/../x\"'"
    })
    void a_location_that_makes_no_sense_is_answered_with_a_sentence(String location, String sentence) {
        assertEquals(
                sentence,
                assertThrows(IllegalArgumentException.class, () -> MailStores.create("maildir:" + location, Map.of()))
                        .getMessage());
    }

    @Test
    void an_unknown_option_is_answered_with_a_sentence() {
        assertEquals(
                "A maildir: store has no option \"fast\"; there are uidl-format, reuse-xuidl, lock,"
                        + " dovecot-session-lock, control and index",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> MailStores.create("maildir:/m", Map.of("fast", "yes")))
                        .getMessage());
    }

    @Test
    void a_refusal_does_not_bring_control_characters_into_a_log() {
        StoreException refused = assertRefused(Reason.PERMANENT, () -> located("/m", Account.of("a\r\nforged line")));
        assertFalse(refused.getMessage().contains("\n"));
    }

    private static Path located(String location, Account account) throws IOException {
        return MaildirLocation.parse(location).of(account);
    }

    private static Account at(String home) {
        return new Account("mrose", Map.of("home", home), Optional.empty());
    }
}

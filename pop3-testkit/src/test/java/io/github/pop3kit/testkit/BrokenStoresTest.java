package io.github.pop3kit.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.Envelope;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.MessageContent;
import io.github.pop3kit.store.StoreException;
import io.github.pop3kit.store.StoreException.Reason;
import io.github.pop3kit.store.memory.MemoryMailStore;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/**
 * Each store below breaks one promise, in a way in which real ones do, and the test that is named for the promise finds it. What is
 * run here is the contract itself, on the test class of a store that a careless author might have written.
 */
class BrokenStoresTest {

    static Stream<Class<?>> brokenStores() {
        return Arrays.stream(BrokenStoresTest.class.getDeclaredClasses())
                .filter(type -> type.isAnnotationPresent(CaughtBy.class))
                .sorted(Comparator.comparing(Class::getSimpleName));
    }

    @ParameterizedTest
    @MethodSource("brokenStores")
    void is_caught_by_the_test_that_is_named_for_it(Class<?> broken) {
        for (String test : broken.getAnnotation(CaughtBy.class).value()) {
            TestExecutionSummary summary = run(selectMethod(broken, test));
            assertTrue(
                    summary.getTestsFailedCount() > 0,
                    () -> test + " does not find that " + broken.getSimpleName() + ", of "
                            + summary.getTestsFoundCount() + " tests");
        }
    }

    @Test
    void each_test_of_the_contract_catches_one_of_them() {
        Set<String> tests = Arrays.stream(MailStoreContract.class.getDeclaredMethods())
                .filter(method ->
                        method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(TestFactory.class))
                .map(Method::getName)
                .collect(Collectors.toSet());
        Set<String> catching = brokenStores()
                .flatMap(
                        type -> Arrays.stream(type.getAnnotation(CaughtBy.class).value()))
                .collect(Collectors.toSet());
        assertEquals(tests, catching);
    }

    @Test
    void a_healthy_store_is_not_blamed() {
        TestExecutionSummary summary = run(selectClass(Healthy.class));
        assertEquals("", failures(summary));
        assertTrue(summary.getTestsSucceededCount() > 100, () -> summary.getTestsSucceededCount() + " tests");
        // Of the tests that need a second store over the same place.
        assertEquals(1, summary.getTestsAbortedCount());
    }

    @Test
    void a_store_that_takes_no_deliveries_is_proved_by_mail_put_there_otherwise() {
        TestExecutionSummary summary = run(selectClass(WithoutDelivery.class));
        assertEquals("", failures(summary));
        assertTrue(summary.getTestsSucceededCount() > 100, () -> summary.getTestsSucceededCount() + " tests");
    }

    private static TestExecutionSummary run(DiscoverySelector selector) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selector)
                                .build(),
                        listener);
        return listener.getSummary();
    }

    private static String failures(TestExecutionSummary summary) {
        return summary.getFailures().stream()
                .map(failure -> failure.getTestIdentifier().getDisplayName() + ": " + failure.getException())
                .collect(Collectors.joining("\n"));
    }

    /** The methods of the contract that have to fail, each of them. */
    @Retention(RetentionPolicy.RUNTIME)
    @interface CaughtBy {
        String[] value();
    }

    /** The test class of a store in memory, to be broken. */
    static class Healthy implements MailStoreContract {

        @Override
        public final MailStore newStore() {
            return broken(new MemoryMailStore());
        }

        MailStore broken(MailStore store) {
            return store;
        }

        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(new SteppingStore(store, step));
        }

        @Override
        public int manyMessages() {
            return 100;
        }
    }

    static final class WithoutDelivery extends Healthy {

        private final MemoryMailStore memory = new MemoryMailStore();

        @Override
        MailStore broken(MailStore store) {
            return new StoreAround(memory) {
                @Override
                public Optional<Delivery> delivery() {
                    return Optional.empty();
                }
            };
        }

        @Override
        public void deliver(MailStore store, String name, byte[] message) {
            memory.deliver(name, message);
        }

        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.empty();
        }
    }

    /** A maildrop to be broken. */
    @FunctionalInterface
    interface Breaking {
        Maildrop with(Account account, Maildrop healthy) throws IOException;
    }

    private static MailStore breaking(MailStore store, Breaking breaking) {
        return new StoreAround(store) {
            @Override
            Maildrop around(Account account, Maildrop opened) throws IOException {
                return breaking.with(account, opened);
            }
        };
    }

    /** What a broken maildrop does to what it reads. */
    @FunctionalInterface
    interface Octets {
        String of(String stored);
    }

    private static MailStore changing(MailStore store, Octets change) {
        return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
            @Override
            public MessageContent open(int number) throws IOException {
                return MessageContent.of(change.of(stored(healthy, number)).getBytes(ISO_8859_1));
            }
        });
    }

    private static String stored(Maildrop maildrop, int number) throws IOException {
        try (MessageContent content = maildrop.open(number)) {
            return new String(Channels.newInputStream(content.channel()).readAllBytes(), ISO_8859_1);
        }
    }

    // Content.

    @CaughtBy("an_account_without_mail_has_an_empty_maildrop")
    static final class KnowsOnlyAccountsThatHaveMail extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> {
                if (healthy.count() > 0) return healthy;
                healthy.close();
                throw new StoreException(Reason.NO_SUCH_MAILDROP, "no mail");
            });
        }
    }

    @CaughtBy({"a_message_comes_out_as_it_went_in", "a_message_that_was_read_in_part_is_whole_when_it_is_read_again"})
    static final class TruncatesContent extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return changing(store, stored -> stored.substring(0, Math.min(stored.length(), 65_536)));
        }
    }

    @CaughtBy("a_message_comes_out_as_it_went_in")
    static final class Mangles8BitOctets extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return changing(store, stored -> stored.replaceAll("[\\x80-\\xFF]", "?"));
        }
    }

    @CaughtBy("a_message_comes_out_as_it_went_in")
    static final class TakesALoneCrForTheEndOfALine extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return changing(store, stored -> stored.replaceAll("\r\n?", "\n"));
        }
    }

    @CaughtBy("a_message_comes_out_as_it_went_in")
    static final class StuffsDotsThatTheServerStuffsAgain extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return changing(store, stored -> stored.replaceAll("(?m)^\\.", ".."));
        }
    }

    @CaughtBy("a_message_can_be_read_again")
    static final class HasOneChannelForEachMessage extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                private final Map<Integer, MessageContent> opened = new HashMap<>();

                @Override
                public MessageContent open(int number) throws IOException {
                    if (!opened.containsKey(number)) opened.put(number, super.open(number));
                    return opened.get(number);
                }
            });
        }
    }

    @CaughtBy("a_message_can_be_read_in_pieces_of_any_size")
    static final class DropsWhatDoesNotFitIntoTheBuffer extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public MessageContent open(int number) throws IOException {
                    return MessageContent.of(dropping(super.open(number).channel()));
                }
            });
        }

        private static ReadableByteChannel dropping(ReadableByteChannel channel) {
            InputStream lines = Channels.newInputStream(channel);
            return new Adapter(channel) {
                @Override
                public int read(ByteBuffer buffer) throws IOException {
                    byte[] next = lines.readNBytes(1_024);
                    if (next.length == 0) return -1;
                    int fitting = Math.min(next.length, buffer.remaining());
                    buffer.put(next, 0, fitting);
                    return fitting;
                }
            };
        }
    }

    @CaughtBy("content_may_be_closed_twice_and_closes_its_channel")
    static final class LeavesTheChannelOpen extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public MessageContent open(int number) throws IOException {
                    return MessageContent.of(new Adapter(super.open(number).channel()) {
                        @Override
                        public void close() {}
                    });
                }
            });
        }
    }

    @CaughtBy("content_may_be_closed_twice_and_closes_its_channel")
    static final class ComplainsOfASecondClose extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public MessageContent open(int number) throws IOException {
                    return MessageContent.of(new Adapter(super.open(number).channel()) {
                        @Override
                        public void close() throws IOException {
                            if (!isOpen()) throw new IOException("closed already");
                            super.close();
                        }
                    });
                }
            });
        }
    }

    /** A channel to be broken. */
    private static class Adapter implements ReadableByteChannel {
        private final ReadableByteChannel inner;

        Adapter(ReadableByteChannel inner) {
            this.inner = inner;
        }

        @Override
        public int read(ByteBuffer buffer) throws IOException {
            return inner.read(buffer);
        }

        @Override
        public boolean isOpen() {
            return inner.isOpen();
        }

        @Override
        public void close() throws IOException {
            inner.close();
        }
    }

    @CaughtBy({"each_account_has_a_maildrop_of_its_own", "the_maildrop_of_another_account_is_not_locked"})
    static final class HasOneMaildropForAll extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return renaming(store, name -> "everybody");
        }
    }

    @CaughtBy("an_account_whose_name_is_odd_has_a_maildrop_of_its_own_or_none")
    static final class MixesUpperAndLowerCase extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return renaming(store, name -> name.toLowerCase(Locale.ROOT));
        }
    }

    @CaughtBy("an_account_whose_name_is_odd_has_a_maildrop_of_its_own_or_none")
    static final class FollowsDotsInNames extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return renaming(
                    store,
                    name -> Path.of("/" + name.replace('\0', ' ')).normalize().toString());
        }
    }

    /** Chooses the maildrop by something else than the name. */
    private static MailStore renaming(MailStore store, Octets change) {
        return new StoreAround(store) {
            @Override
            Maildrop opened(Account account) throws IOException {
                return super.opened(Account.of(change.of(account.name())));
            }

            @Override
            public Optional<Delivery> delivery() {
                return super.delivery()
                        .map(delivery -> (envelope, message) -> delivery.deliver(
                                new Envelope(
                                        Account.of(change.of(envelope.to().name())),
                                        envelope.received(),
                                        envelope.uniqueId(),
                                        envelope.idempotencyKey()),
                                message));
            }
        };
    }

    @CaughtBy("accounts_that_have_mail_are_listed_if_the_store_can_tell")
    static final class ListsOnlyOneAccount extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return new StoreAround(store) {
                @Override
                public Optional<Stream<String>> maildrops() throws IOException {
                    return super.maildrops().map(names -> names.limit(1));
                }
            };
        }
    }

    // Octets and verbatim.

    @CaughtBy({
        "octets_are_those_of_the_message_with_every_line_ended_by_crlf",
        "a_large_maildrop_is_served_and_every_second_message_removed"
    })
    static final class CountsTheOctetsOfTheFile extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return counting(store, stored -> stored);
        }
    }

    @CaughtBy("octets_are_those_of_the_message_with_every_line_ended_by_crlf")
    static final class CountsEveryLfAsTwo extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return counting(store, stored -> Samples.crlf(stored).replace("\n", "\r\n"));
        }
    }

    @CaughtBy("octets_are_those_of_the_message_with_every_line_ended_by_crlf")
    static final class ForgetsTheEndOfTheLastLine extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return counting(store, stored -> stored.replaceAll("(?<!\r)\n", "\r\n"));
        }
    }

    @CaughtBy("octets_are_those_of_the_message_with_every_line_ended_by_crlf")
    static final class CountsOneTooMany extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return counting(store, stored -> Samples.crlf(stored) + ".");
        }
    }

    private static MailStore counting(MailStore store, Octets counted) {
        return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
            @Override
            public long octets(int number) throws IOException {
                return counted.of(stored(healthy, number)).length();
            }
        });
    }

    @CaughtBy("what_is_called_verbatim_is_verbatim")
    static final class CallsBareLfsVerbatim extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return promising(store, stored -> stored.endsWith("\n") && !("\n" + stored).contains("\n."));
        }
    }

    @CaughtBy("what_is_called_verbatim_is_verbatim")
    static final class CallsALineThatBeginsWithADotVerbatim extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return promising(store, stored -> Samples.crlf(stored).equals(stored));
        }
    }

    @CaughtBy("what_is_called_verbatim_is_verbatim")
    static final class CallsALastLineWithoutItsEndVerbatim extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return promising(
                    store, stored -> Samples.crlf(stored).startsWith(stored) && !("\n" + stored).contains("\n."));
        }
    }

    @CaughtBy("what_is_called_verbatim_is_verbatim")
    static final class LooksOnlyAtTheFirstBlockForVerbatim extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return promising(store, stored -> {
                String block = stored.substring(0, Math.min(stored.length(), 40_000));
                return Samples.crlf(block).equals(block) && !("\n" + block).contains("\n.");
            });
        }
    }

    /** When a broken store calls a message verbatim. */
    @FunctionalInterface
    interface Promise {
        boolean of(String stored);
    }

    private static MailStore promising(MailStore store, Promise verbatim) {
        return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
            @Override
            public MessageContent open(int number) throws IOException {
                return new MessageContent(super.open(number).channel(), verbatim.of(stored(healthy, number)));
            }
        });
    }

    // Snapshot.

    @CaughtBy("messages_are_numbered_from_1_to_the_count")
    static final class NumbersFrom0 extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public MessageContent open(int number) throws IOException {
                    return super.open(number + 1);
                }
            });
        }
    }

    @CaughtBy("messages_are_numbered_from_1_to_the_count")
    static final class HidesTheLastMessage extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public int count() {
                    return Math.max(0, super.count() - 1);
                }
            });
        }
    }

    @CaughtBy({
        "mail_that_arrives_while_a_maildrop_is_open_belongs_to_the_next_session",
        "the_first_mail_of_an_account_may_arrive_while_its_maildrop_is_open",
        "numbers_unique_ids_and_octets_stay_while_a_maildrop_is_open"
    })
    static final class ShowsNewMailAtOnce extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                private Maildrop live = healthy;

                @Override
                public int count() {
                    try {
                        live.close();
                        live = store.open(account);
                        return live.count();
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }

                @Override
                public String uniqueId(int number) throws IOException {
                    return live.uniqueId(number);
                }

                @Override
                public long octets(int number) throws IOException {
                    return live.octets(number);
                }

                @Override
                public MessageContent open(int number) throws IOException {
                    return live.open(number);
                }

                @Override
                public void close() {
                    live.close();
                }
            });
        }
    }

    @CaughtBy("numbers_unique_ids_and_octets_stay_while_a_maildrop_is_open")
    static final class MovesWhatWasRetrievedToTheEnd extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                private int moved = Integer.MAX_VALUE;

                @Override
                public void retrieved(int number) {
                    moved = number;
                }

                @Override
                public String uniqueId(int number) throws IOException {
                    if (number < moved) return super.uniqueId(number);
                    return super.uniqueId(number == count() ? moved : number + 1);
                }
            });
        }
    }

    // Lock.

    @CaughtBy({
        "a_second_session_is_refused_while_the_first_holds_the_lock",
        "a_maildrop_without_mail_is_locked_too",
        "closing_again_does_not_free_the_lock_of_the_next_session"
    })
    static final class HasNoLock extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> {
                healthy.close();
                return new StoreAround.Drop(healthy) {
                    @Override
                    public void remove(int[] numbers) {}
                };
            });
        }
    }

    @CaughtBy("a_second_session_is_refused_while_the_first_holds_the_lock")
    static final class LetsTheSameThreadInAgain extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return locking(store, new Locks() {
                private final Map<String, Thread> holders = new HashMap<>();

                @Override
                public synchronized boolean take(String name) {
                    return holders.putIfAbsent(name, Thread.currentThread()) == null
                            || holders.get(name) == Thread.currentThread();
                }

                @Override
                public synchronized void giveBack(String name) {
                    holders.remove(name);
                }
            });
        }
    }

    @CaughtBy("another_thread_may_close_a_maildrop")
    static final class GivesTheLockBackOnlyToItsThread extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return locking(store, new Locks() {
                private final Map<String, Thread> holders = new HashMap<>();

                @Override
                public synchronized boolean take(String name) {
                    return holders.putIfAbsent(name, Thread.currentThread()) == null;
                }

                @Override
                public synchronized void giveBack(String name) {
                    holders.remove(name, Thread.currentThread());
                }
            });
        }
    }

    @CaughtBy("of_many_threads_one_at_a_time_has_the_maildrop")
    static final class LetsTwoInWhoAskAtOnce extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            AtomicInteger sessions = new AtomicInteger();
            CountDownLatch asked = new CountDownLatch(2);
            CountDownLatch inside = new CountDownLatch(2);
            return breaking(store, (account, healthy) -> {
                healthy.close();
                if (sessions.incrementAndGet() > 2) throw new StoreException(Reason.IN_USE, "another session holds it");
                meet(asked);
                return new StoreAround.Drop(healthy) {
                    @Override
                    public MessageContent open(int number) throws IOException {
                        meet(inside);
                        return super.open(number);
                    }
                };
            });
        }

        private static void meet(CountDownLatch both) {
            both.countDown();
            try {
                both.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public Duration patience() {
            return Duration.ofMillis(300);
        }
    }

    /** Locks to be broken; {@code locking} has no others. */
    interface Locks {
        boolean take(String name);

        void giveBack(String name);
    }

    private static MailStore locking(MailStore store, Locks locks) {
        return breaking(store, (account, healthy) -> {
            healthy.close();
            if (!locks.take(account.name())) throw new StoreException(Reason.IN_USE, "another session holds it");
            return new StoreAround.Drop(healthy) {
                @Override
                public void close() {
                    locks.giveBack(account.name());
                }
            };
        });
    }

    @CaughtBy("closing_gives_the_lock_back")
    static final class NeverGivesTheLockBack extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public void close() {}
            });
        }
    }

    @CaughtBy("closing_again_does_not_free_the_lock_of_the_next_session")
    static final class FreesTheLockOfTheNextSession extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            Set<String> held = ConcurrentHashMap.newKeySet();
            return locking(store, new Locks() {
                @Override
                public boolean take(String name) {
                    return held.add(name);
                }

                @Override
                public void giveBack(String name) {
                    held.remove(name);
                }
            });
        }
    }

    @CaughtBy("a_maildrop_is_locked_until_it_is_closed_and_not_only_until_its_update")
    static final class GivesTheLockBackAtTheUpdate extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public void remove(int[] numbers) throws IOException {
                    super.remove(numbers);
                    super.close();
                }
            });
        }
    }

    @CaughtBy("a_second_session_is_refused_while_the_first_holds_the_lock")
    static final class DoesNotSayThatAMaildropIsInUse extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return new StoreAround(store) {
                @Override
                Maildrop opened(Account account) throws IOException {
                    try {
                        return super.opened(account);
                    } catch (StoreException e) {
                        throw new StoreException(Reason.TEMPORARY, "come again");
                    }
                }
            };
        }
    }

    @CaughtBy("a_maildrop_without_mail_is_locked_too")
    static final class LocksOnlyWhereThereIsMail extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> {
                if (healthy.count() == 0) healthy.close();
                return healthy;
            });
        }
    }

    @CaughtBy("a_maildrop_in_use_is_refused_without_waiting_for_it")
    static final class WaitsForTheLock extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return new StoreAround(store) {
                @Override
                Maildrop opened(Account account) throws IOException {
                    while (true) {
                        try {
                            return super.opened(account);
                        } catch (StoreException e) {
                            if (Thread.interrupted()) throw e;
                            Thread.onSpinWait();
                        }
                    }
                }
            };
        }

        @Override
        public Duration patience() {
            return Duration.ofMillis(300);
        }
    }

    @CaughtBy("a_session_of_a_second_store_over_the_same_place_is_refused_too")
    static final class KeepsItsLocksToItself extends Healthy {

        private final MemoryMailStore place = new MemoryMailStore();

        @Override
        MailStore broken(MailStore store) {
            Set<String> held = ConcurrentHashMap.newKeySet();
            return breaking(place, (account, healthy) -> {
                healthy.close();
                if (!held.add(account.name())) throw new StoreException(Reason.IN_USE, "another session holds it");
                return new StoreAround.Drop(healthy) {
                    @Override
                    public void close() {
                        held.remove(account.name());
                    }
                };
            });
        }

        @Override
        public MailStore reopened(MailStore store) {
            return broken(place);
        }
    }

    @CaughtBy("a_closed_maildrop_removes_nothing_even_if_it_is_asked_to")
    static final class RemovesWithoutTheLock extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                private boolean closed;

                @Override
                public void remove(int[] numbers) throws IOException {
                    if (!closed) {
                        super.remove(numbers);
                        return;
                    }
                    try (Maildrop anew = store.open(account)) {
                        anew.remove(numbers);
                    }
                }

                @Override
                public void close() {
                    closed = true;
                    super.close();
                }
            });
        }
    }

    @CaughtBy("a_closed_maildrop_answers_as_before_or_not_at_all")
    static final class ForgetsItsMessagesWhenClosed extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                private boolean closed;

                @Override
                public int count() {
                    return closed ? 0 : super.count();
                }

                @Override
                public void close() {
                    closed = true;
                    super.close();
                }
            });
        }
    }

    // Unique-ids.

    @CaughtBy("unique_ids_are_1_to_70_characters_from_0x21_to_0x7E")
    static final class HasUniqueIdsOf71Characters extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return naming(store, (maildrop, number) -> String.format("%071d", number));
        }
    }

    @CaughtBy("unique_ids_are_1_to_70_characters_from_0x21_to_0x7E")
    static final class HasBlanksInUniqueIds extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return naming(store, (maildrop, number) -> "message " + maildrop.uniqueId(number));
        }
    }

    @CaughtBy("unique_ids_are_1_to_70_characters_from_0x21_to_0x7E")
    static final class HasUniqueIdsBeyondAscii extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return naming(store, (maildrop, number) -> "\u2116" + maildrop.uniqueId(number));
        }
    }

    @CaughtBy({"unique_ids_differ_even_for_identical_messages", "unique_ids_are_not_given_again_after_a_removal"})
    static final class MakesUniqueIdsOfTheContent extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return naming(
                    store,
                    (maildrop, number) ->
                            Integer.toHexString(stored(maildrop, number).hashCode()));
        }
    }

    @CaughtBy({
        "unique_ids_stay_when_other_messages_are_removed",
        "unique_ids_are_not_given_again_after_a_removal",
        "a_large_maildrop_is_served_and_every_second_message_removed"
    })
    static final class TakesTheNumberForTheUniqueId extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return naming(store, (maildrop, number) -> "no." + number);
        }
    }

    @CaughtBy("unique_ids_are_the_same_in_every_session")
    static final class ChangesUniqueIdsWithEachSession extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            AtomicInteger sessions = new AtomicInteger();
            return breaking(store, (account, healthy) -> {
                int session = sessions.incrementAndGet();
                return new StoreAround.Drop(healthy) {
                    @Override
                    public String uniqueId(int number) throws IOException {
                        return session + "." + super.uniqueId(number);
                    }
                };
            });
        }
    }

    @CaughtBy("unique_ids_outlive_the_store")
    static final class ChangesUniqueIdsWhenReopened extends Healthy {
        @Override
        public MailStore reopened(MailStore store) {
            return naming(store, (maildrop, number) -> "anew." + maildrop.uniqueId(number));
        }
    }

    @CaughtBy("unique_ids_are_not_given_again_after_a_removal")
    static final class CountsFromTheBeginningWhenReopened extends Healthy {
        @Override
        public MailStore reopened(MailStore store) {
            return new MemoryMailStore();
        }
    }

    /** How a broken maildrop names its messages. */
    @FunctionalInterface
    interface Names {
        String uniqueId(Maildrop healthy, int number) throws IOException;
    }

    private static MailStore naming(MailStore store, Names names) {
        return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
            @Override
            public String uniqueId(int number) throws IOException {
                return names.uniqueId(healthy, number);
            }
        });
    }

    // UPDATE.

    @CaughtBy("closing_without_update_removes_nothing")
    static final class RemovesWhatWasRetrieved extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public void retrieved(int number) throws IOException {
                    remove(new int[] {number});
                }
            });
        }
    }

    @CaughtBy("update_without_marks_removes_nothing")
    static final class TakesNoMarksForAll extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return removing(store, (healthy, numbers) -> healthy.remove(numbers.length == 0 ? new int[] {1} : numbers));
        }
    }

    @CaughtBy("update_removes_exactly_those_that_were_marked")
    static final class RemovesOneTooMany extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return removing(store, (healthy, numbers) -> {
                int[] more = Arrays.copyOf(numbers, numbers.length + 1);
                for (int number = 1; number <= healthy.count(); number++) {
                    if (Arrays.binarySearch(numbers, number) < 0) more[numbers.length] = number;
                }
                healthy.remove(more);
            });
        }
    }

    @CaughtBy({"update_removes_exactly_those_that_were_marked", "update_may_remove_all"})
    static final class RemovesOneTooFew extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return removing(
                    store,
                    (healthy, numbers) -> healthy.remove(Arrays.copyOf(numbers, Math.max(0, numbers.length - 1))));
        }
    }

    @CaughtBy({"update_removes_exactly_those_that_were_marked", "update_may_remove_all"})
    static final class RemovesNothing extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return removing(store, (healthy, numbers) -> {});
        }
    }

    @CaughtBy("update_removes_exactly_those_that_were_marked")
    static final class CountsAnewWhileItRemoves extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return removing(store, (healthy, numbers) -> {
                int[] shifted = new int[numbers.length];
                for (int i = 0; i < numbers.length; i++) shifted[i] = Math.max(1, numbers[i] - i);
                healthy.remove(shifted);
            });
        }
    }

    @CaughtBy("what_was_removed_stays_removed_when_the_store_is_opened_anew")
    static final class RemovesOnlyFromItsCache extends Healthy {

        private final MemoryMailStore disk = new MemoryMailStore();
        private final Set<String> removed = new HashSet<>();

        @Override
        MailStore broken(MailStore store) {
            return breaking(disk, (account, healthy) -> {
                int[] left = IntStream.rangeClosed(1, healthy.count())
                        .filter(number -> !removed.contains(uniqueId(healthy, number)))
                        .toArray();
                return new StoreAround.Drop(healthy) {
                    @Override
                    public int count() {
                        return left.length;
                    }

                    @Override
                    public String uniqueId(int number) throws IOException {
                        return super.uniqueId(left[number - 1]);
                    }

                    @Override
                    public MessageContent open(int number) throws IOException {
                        return super.open(left[number - 1]);
                    }

                    @Override
                    public void remove(int[] numbers) throws IOException {
                        for (int number : numbers) removed.add(uniqueId(number));
                    }
                };
            });
        }

        private static String uniqueId(Maildrop maildrop, int number) {
            try {
                return maildrop.uniqueId(number);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public MailStore reopened(MailStore store) {
            return disk;
        }
    }

    /** How a broken maildrop removes. */
    @FunctionalInterface
    interface Removal {
        void of(Maildrop healthy, int[] numbers) throws IOException;
    }

    private static MailStore removing(MailStore store, Removal removal) {
        return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
            @Override
            public void remove(int[] numbers) throws IOException {
                removal.of(healthy, numbers);
            }
        });
    }

    // Delivery.

    @CaughtBy("a_message_whose_source_fails_is_not_delivered")
    static final class KeepsHalfAMessageWhenItsSourceFails extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return delivering(store, (delivery, envelope, message) -> {
                ByteArrayOutputStream read = new ByteArrayOutputStream();
                try {
                    message.transferTo(read);
                } finally {
                    delivery.deliver(envelope, new ByteArrayInputStream(read.toByteArray()));
                }
            });
        }
    }

    @CaughtBy("a_message_whose_source_fails_is_not_delivered")
    static final class TakesAFailingSourceForItsEnd extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return delivering(store, (delivery, envelope, message) -> {
                byte[] read = new byte[0];
                try {
                    read = message.readAllBytes();
                } catch (IOException ignored) {
                    return;
                }
                delivery.deliver(envelope, new ByteArrayInputStream(read));
            });
        }
    }

    @CaughtBy("a_session_sees_whole_messages_only")
    static final class ShowsAMessageBeforeItIsWhole extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return delivering(store, (delivery, envelope, message) -> {
                delivery.deliver(envelope, new ByteArrayInputStream(message.readNBytes(8_192)));
                delivery.deliver(envelope, message);
            });
        }
    }

    @CaughtBy("many_threads_deliver_to_one_account")
    static final class LosesADeliveryNowAndThen extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            AtomicInteger deliveries = new AtomicInteger();
            return delivering(store, (delivery, envelope, message) -> {
                if (deliveries.incrementAndGet() % 7 != 0) delivery.deliver(envelope, message);
            });
        }
    }

    @CaughtBy("many_threads_have_maildrops_of_different_accounts")
    static final class ConfusesTheAccountsOfThreads extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            AtomicInteger deliveries = new AtomicInteger();
            return delivering(store, (delivery, envelope, message) -> {
                Envelope to = deliveries.incrementAndGet() == 20 ? Envelope.to("somebody") : envelope;
                delivery.deliver(to, message);
            });
        }
    }

    @CaughtBy("a_store_that_knows_when_a_message_arrived_knows_it_from_the_envelope")
    static final class TakesTheTimeOfDeliveryForThatOfArrival extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public Optional<Instant> received(int number) {
                    return Optional.of(Instant.now());
                }
            });
        }
    }

    @CaughtBy("a_wanted_unique_id_is_kept_and_a_second_use_is_refused")
    static final class ChoosesItsOwnUniqueId extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return delivering(
                    store,
                    (delivery, envelope, message) ->
                            delivery.deliver(Envelope.to(envelope.to().name()), message));
        }
    }

    @CaughtBy("a_wanted_unique_id_that_is_none_is_refused")
    static final class MakesAUniqueIdOfAnything extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            return delivering(store, (delivery, envelope, message) -> {
                Optional<String> mended =
                        envelope.uniqueId().map(wanted -> "id" + wanted.replaceAll("[^\\x21-\\x7E]", "_"));
                delivery.deliver(
                        new Envelope(envelope.to(), envelope.received(), mended, envelope.idempotencyKey()), message);
            });
        }
    }

    @CaughtBy("only_deliveries_with_the_same_idempotency_key_may_be_one_message")
    static final class TakesEqualMessagesForOne extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            Set<String> known = ConcurrentHashMap.newKeySet();
            return delivering(store, (delivery, envelope, message) -> {
                byte[] octets = message.readAllBytes();
                if (known.add(new String(octets, ISO_8859_1))) {
                    delivery.deliver(envelope, new ByteArrayInputStream(octets));
                }
            });
        }
    }

    @CaughtBy("only_deliveries_with_the_same_idempotency_key_may_be_one_message")
    static final class ForgetsKeysWhenReopened extends Healthy {

        private final MemoryMailStore place = new MemoryMailStore();

        @Override
        MailStore broken(MailStore store) {
            Set<String> known = ConcurrentHashMap.newKeySet();
            return delivering(place, (delivery, envelope, message) -> {
                if (envelope.idempotencyKey().map(known::add).orElse(true)) delivery.deliver(envelope, message);
            });
        }

        @Override
        public MailStore reopened(MailStore store) {
            return broken(place);
        }
    }

    @CaughtBy("a_delivery_that_failed_can_be_tried_again_with_the_same_idempotency_key")
    static final class RemembersTheKeyOfAFailure extends Healthy {
        @Override
        MailStore broken(MailStore store) {
            Set<String> known = ConcurrentHashMap.newKeySet();
            return delivering(store, (delivery, envelope, message) -> {
                if (envelope.idempotencyKey().map(known::add).orElse(true)) delivery.deliver(envelope, message);
            });
        }
    }

    /** How a broken store takes mail. */
    @FunctionalInterface
    interface Taking {
        void mail(Delivery healthy, Envelope envelope, InputStream message) throws IOException;
    }

    private static MailStore delivering(MailStore store, Taking taking) {
        return new StoreAround(store) {
            @Override
            public Optional<Delivery> delivery() {
                return super.delivery().map(healthy -> (envelope, message) -> taking.mail(healthy, envelope, message));
            }
        };
    }

    // Failures.

    @CaughtBy({
        "a_removal_that_fails_removes_all_or_nothing",
        "a_removal_in_a_store_that_stays_broken_removes_all_or_nothing"
    })
    static final class RemovesOneByOne extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(removing(store, (healthy, numbers) -> {
                for (int number : numbers) {
                    step.take();
                    healthy.remove(new int[] {number});
                }
            }));
        }
    }

    @CaughtBy("a_removal_in_a_store_that_stays_broken_removes_all_or_nothing")
    static final class CannotTakeBackWhatItRemoved extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(removing(store, (healthy, numbers) -> {
                for (int i = 0; i < numbers.length; i++) {
                    try {
                        step.take();
                    } catch (IOException e) {
                        // Undone, if it can be: here by not having done it.
                        step.take();
                        if (i == 0) throw e;
                    }
                    healthy.remove(new int[] {numbers[i]});
                }
            }));
        }
    }

    @CaughtBy("a_removal_that_fails_removes_all_or_nothing")
    static final class AnswersWellThoughARemovalFailed extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(removing(store, (healthy, numbers) -> {
                try {
                    step.take();
                    healthy.remove(numbers);
                } catch (IOException ignored) {
                    // Nobody hears of it.
                }
            }));
        }
    }

    @CaughtBy("a_removal_that_fails_removes_all_or_nothing")
    static final class KeepsTheLockAfterAFailure extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                private boolean failed = true;

                @Override
                public void remove(int[] numbers) throws IOException {
                    step.take();
                    super.remove(numbers);
                    failed = false;
                }

                @Override
                public void close() {
                    if (!failed) super.close();
                }
            }));
        }
    }

    @CaughtBy("a_removal_that_fails_removes_all_or_nothing")
    static final class ClaimsToFailAndTakesNoStep extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(new StoreAround(store));
        }
    }

    @CaughtBy("a_delivery_that_fails_leaves_nothing")
    static final class LeavesAMessageThoughItsDeliveryFailed extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(delivering(store, (delivery, envelope, message) -> {
                delivery.deliver(envelope, message);
                step.take();
            }));
        }
    }

    @CaughtBy("a_maildrop_that_cannot_be_read_now_is_refused_and_not_shown_with_less")
    static final class TakesAFailureForAnEmptyMaildrop extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(new StoreAround(store) {
                @Override
                Maildrop opened(Account account) throws IOException {
                    try {
                        step.take();
                        return super.opened(account);
                    } catch (IOException e) {
                        return super.opened(Account.of("nobody"));
                    }
                }
            });
        }
    }

    @CaughtBy("a_maildrop_that_cannot_be_read_now_is_refused_and_not_shown_with_less")
    static final class KeepsTheLockOfAMaildropThatCouldNotBeRead extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(breaking(store, (account, healthy) -> {
                step.take();
                return healthy;
            }));
        }
    }

    @CaughtBy("a_maildrop_that_cannot_be_read_now_is_refused_and_not_shown_with_less")
    static final class TakesAFailureForTheEndOfAMessage extends Healthy {
        @Override
        public Optional<MailStore> failing(MailStore store, Step step) {
            return Optional.of(breaking(store, (account, healthy) -> new StoreAround.Drop(healthy) {
                @Override
                public MessageContent open(int number) throws IOException {
                    try {
                        step.take();
                        return super.open(number);
                    } catch (IOException e) {
                        return MessageContent.of("");
                    }
                }
            }));
        }
    }
}

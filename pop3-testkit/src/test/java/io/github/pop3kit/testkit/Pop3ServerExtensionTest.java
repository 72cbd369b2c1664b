package io.github.pop3kit.testkit;

import static io.github.pop3kit.testkit.Conversation.playsAs;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Each class here that is no test of its own is run by the launcher, and looked at from outside. */
@Timeout(120)
class Pop3ServerExtensionTest {

    /** What the classes below have seen, while they run. */
    private static final List<Pop3TestServer> SERVERS = new ArrayList<>();

    private static final String HELLO = "Subject: hi\n\nHello\n";

    @BeforeEach
    void forget() {
        SERVERS.clear();
        failed = new CountDownLatch(1);
    }

    // ---- a static field

    static class Shared {
        @RegisterExtension
        static final Pop3ServerExtension pop3 = new Pop3ServerExtension().user("bob", "secret", HELLO);

        @BeforeAll
        static void the_server_is_there_before_all_tests() {
            SERVERS.add(pop3.server());
        }

        @Test
        void one() {
            changesWhatThereIs(pop3.server());
        }

        @Test
        void another() {
            changesWhatThereIs(pop3.server());
        }

        @Nested
        class Inner {
            @Test
            void one_more() {
                changesWhatThereIs(pop3.server());
            }
        }

        @AfterAll
        static void the_server_is_there_after_all_tests() {
            SERVERS.add(pop3.server());
        }
    }

    @Test
    void a_static_field_is_one_server_reset_before_each_test_of_the_class_and_its_nested_classes() {
        assertEquals(List.of(), failures(Shared.class));
        assertEquals(5, SERVERS.size());
        assertEquals(1, new HashSet<>(SERVERS).size());
        assertEquals(1, SERVERS.get(0).sessions().size(), "the transcript is of the last test alone");
        assertThrows(IllegalStateException.class, Shared.pop3::server);
    }

    static class Kept {
        @RegisterExtension
        static final Pop3ServerExtension pop3 =
                new Pop3ServerExtension().user("bob", "secret", HELLO).withoutReset();

        @Test
        void one() {
            pop3.server().user("bob").deliver(HELLO);
            SERVERS.add(pop3.server());
        }

        @Test
        void another() {
            one();
        }

        @AfterAll
        static void both_have_left_their_message() {
            assertEquals(3, pop3.server().user("bob").uniqueIds().size());
        }
    }

    @Test
    void without_reset_a_server_keeps_what_it_has() {
        assertEquals(List.of(), failures(Kept.class));
        assertEquals(1, new HashSet<>(SERVERS).size());
    }

    // ---- an instance field

    static class Separate {
        @RegisterExtension
        final Pop3ServerExtension pop3 = new Pop3ServerExtension()
                .configured(Pop3TestServer.Builder::withoutPasswordCheck)
                .user("bob", "secret", HELLO)
                .prepared(server -> server.greeting(Pop3TestServer.QPOPPER_2_4));

        Pop3TestServer before;

        @BeforeEach
        void the_server_is_there_before_a_test() {
            before = pop3.server();
        }

        @Test
        void one() {
            assertSame(before, pop3.server());
            changesWhatThereIs(before);
        }

        @Test
        void another() {
            one();
            playsAs(pop3.server(), "anybody", "at all", "");
        }

        @Nested
        class Inner {
            @Test
            void one_more(Pop3TestServer server) {
                assertSame(before, server);
                one();
            }
        }

        @AfterEach
        void and_after_it() {
            assertSame(before, pop3.server());
        }
    }

    @Test
    void an_instance_field_is_a_server_for_each_test_and_nested_classes_share_it_with_their_outer_instance() {
        assertEquals(List.of(), failures(Separate.class));
        assertEquals(3, new HashSet<>(SERVERS).size());
    }

    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class PerClass extends Separate {}

    @Test
    void the_instance_field_of_an_instance_for_all_tests_is_one_server_that_is_reset() {
        assertEquals(List.of(), failures(PerClass.class));
        assertEquals(1, new HashSet<>(SERVERS).size());
    }

    // ---- parameters

    @ExtendWith(Pop3ServerExtension.class)
    static class Parameters {
        private final Pop3TestServer server;

        @BeforeAll
        static void before_all(Pop3TestServer server) {
            SERVERS.add(server);
        }

        Parameters(Pop3TestServer server) {
            this.server = server;
            assertEquals("1", server.user("bob", "secret").deliver(HELLO));
        }

        @BeforeEach
        void before_each(TestClock clock, Faults faults) {
            assertSame(server.clock(), clock);
            assertSame(server.faults(), faults);
        }

        @Test
        void one(Pop3TestServer same) {
            assertSame(server, same);
            assertEquals(1, server.user("bob").uniqueIds().size(), "what a constructor did is not undone");
            changesWhatThereIs(server);
        }

        @Test
        void another(Pop3TestServer same) {
            one(same);
        }

        @Nested
        class Inner {
            @Test
            void one_more(Pop3TestServer same) {
                one(same);
            }
        }
    }

    @Test
    void the_server_its_clock_and_its_faults_are_parameters_of_everything() {
        assertEquals(List.of(), failures(Parameters.class));
        assertEquals(1, new HashSet<>(SERVERS).size());
    }

    static class Method {
        @Test
        @ExtendWith(Pop3ServerExtension.class)
        void one(Pop3TestServer server) {
            SERVERS.add(server);
        }

        @Test
        @ExtendWith(Pop3ServerExtension.class)
        void another(Pop3TestServer server) {
            SERVERS.add(server);
        }
    }

    @Test
    void a_method_may_have_a_server_of_its_own() {
        assertEquals(List.of(), failures(Method.class));
        assertNotSame(SERVERS.get(0), SERVERS.get(1));
    }

    // ---- at the same time

    private static final CyclicBarrier BOTH = new CyclicBarrier(2);

    @Execution(ExecutionMode.CONCURRENT)
    static class EachAlone {
        @RegisterExtension
        final Pop3ServerExtension pop3 = new Pop3ServerExtension().user("bob", "secret", HELLO);

        @Test
        void one() throws Exception {
            BOTH.await(30, TimeUnit.SECONDS);
            playsAs(pop3.server(), "bob", "secret", "C: DELE 1\nS: +OK …\n");
            BOTH.await(30, TimeUnit.SECONDS);
            assertEquals(1, pop3.server().sessions().size());
        }

        @Test
        void another() throws Exception {
            one();
        }
    }

    @Test
    void servers_of_tests_that_run_at_the_same_time_do_not_meet() {
        assertEquals(List.of(), failures(EachAlone.class));
    }

    private static volatile CountDownLatch failed = new CountDownLatch(1);

    @Execution(ExecutionMode.CONCURRENT)
    static class TogetherOnOne {
        @RegisterExtension
        static final Pop3ServerExtension pop3 = new Pop3ServerExtension();

        /** Goes on until the other has failed to begin. */
        @Test
        void one() throws Exception {
            assertTrue(failed.await(30, TimeUnit.SECONDS), "nothing has failed");
        }

        @Test
        void another() throws Exception {
            one();
        }
    }

    @Test
    void tests_that_run_at_the_same_time_on_a_shared_server_are_told() {
        List<Throwable> failures = failures(TogetherOnOne.class);
        assertEquals(1, failures.size());
        assertTrue(failures.get(0).getMessage().contains("a field that is not static"), failures.toString());
    }

    // ---- failures

    static class Failing {
        @RegisterExtension
        final Pop3ServerExtension pop3 = new Pop3ServerExtension().user("bob", "secret", HELLO);

        @Test
        void fails() {
            playsAs(pop3.server(), "bob", "secret", "");
            pop3.server().faults().seed(4711);
            fail("as it should");
        }

        @Test
        void fails_with_a_checked_exception() throws Exception {
            throw new Exception("as it should");
        }
    }

    @Test
    void what_the_server_saw_is_added_to_a_failure() {
        List<Throwable> failures = failures(Failing.class);
        assertEquals(2, failures.size());
        for (Throwable failure : failures) {
            assertEquals("as it should", failure.getMessage());
            assertEquals(1, failure.getSuppressed().length);
            String saw = failure.getSuppressed()[0].getMessage();
            if (failure instanceof AssertionError) {
                assertTrue(saw.contains("C: PASS ****\n") && saw.contains("seed 4711"), saw);
            } else {
                assertTrue(saw.startsWith("nothing\n") && saw.contains("seed "), saw);
            }
        }
    }

    static class TooEarly {
        @RegisterExtension
        final Pop3ServerExtension pop3 = new Pop3ServerExtension();

        TooEarly() {
            assertThrows(IllegalStateException.class, () -> new Pop3ServerExtension().server());
        }

        @BeforeAll
        static void before_all(Set<String> nothingOfOurs) {}

        @Test
        void never_runs() {}
    }

    @Test
    void parameters_of_other_types_are_not_ours() {
        List<Throwable> failures = failures(TooEarly.class);
        assertEquals(1, failures.size());
        assertInstanceOf(ParameterResolutionException.class, failures.get(0));
    }

    // ----

    /** Checks that the test begins as it was declared, and leaves a mess. */
    private static void changesWhatThereIs(Pop3TestServer server) {
        SERVERS.add(server);
        assertEquals(List.of("1"), server.user("bob").uniqueIds());
        assertEquals(List.of(), server.sessions());
        assertThrows(IllegalArgumentException.class, () -> server.user("eve"));
        playsAs(server, "bob", "secret", "C: DELE 1\nS: +OK …\n");
        server.awaitDeleted("1");
        server.user("bob").deliver("more");
        server.user("eve", "secret").deliver("more");
        server.withoutCapa();
    }

    private static List<Throwable> failures(Class<?> tests) {
        List<Throwable> failures = new ArrayList<>();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(tests))
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "2")
                .build();
        List<TestIdentifier> ran = new ArrayList<>();
        LauncherFactory.create().execute(request, new TestExecutionListener() {
            @Override
            public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
                if (test.isTest()) ran.add(test);
                result.getThrowable().ifPresent(failures::add);
                if (result.getThrowable().isPresent()) failed.countDown();
            }
        });
        assertTrue(!ran.isEmpty() || !failures.isEmpty(), "nothing ran");
        return failures;
    }
}

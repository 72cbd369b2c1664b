package io.github.pop3kit.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestInstanceFactoryContext;
import org.junit.jupiter.api.extension.TestInstancePreConstructCallback;

/**
 * A {@link Pop3TestServer} for the tests of a class.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final Pop3ServerExtension pop3 = new Pop3ServerExtension().user("bob", "secret", "Subject: hi\n\nHello\n");
 * }</pre>
 *
 * <p>A <em>static</em> field, or {@code @ExtendWith} on a class, is one server for all tests of the class and its nested classes,
 * {@linkplain Pop3TestServer#reset reset} before each of them unless {@link #withoutReset} is said. An <em>instance</em> field, or
 * {@code @ExtendWith} on a method, is one server for each test, as tests need that run at the same time. Before each test the server
 * has the users and the mail that are declared here, and no others.
 *
 * <p>Tests may also take a {@link Pop3TestServer}, its {@link TestClock} or its {@link Faults} as a parameter. When a test fails,
 * what the server saw is added to the failure.
 */
public final class Pop3ServerExtension
        implements BeforeAllCallback,
                TestInstancePreConstructCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                ParameterResolver {

    private static final Map<Class<?>, Function<Pop3TestServer, Object>> PARAMETERS = Map.of(
            Pop3TestServer.class, server -> server,
            TestClock.class, Pop3TestServer::clock,
            Faults.class, Pop3TestServer::faults);

    private final List<Consumer<Pop3TestServer>> preparations = new ArrayList<>();
    private UnaryOperator<Pop3TestServer.Builder> configuration = builder -> builder;
    private boolean resets = true;

    private @Nullable Pop3TestServer server;

    /** How many classes, and tests outside of them, have the server at present. */
    private int holders;

    /** The one that runs. */
    private @Nullable String test;

    private boolean fresh;

    /** A server with nobody in it. */
    public Pop3ServerExtension() {}

    /** Starts the server as configured here. */
    public Pop3ServerExtension configured(UnaryOperator<Pop3TestServer.Builder> change) {
        configuration = change;
        return this;
    }

    /** Each test begins with this user, and these messages in the user's maildrop. */
    public Pop3ServerExtension user(String name, String password, String... messages) {
        return prepared(fresh -> {
            TestUser user = fresh.user(name, password);
            for (String message : messages) user.deliver(message);
        });
    }

    /** Each test begins with this done to the server, in the order in which it is said here. */
    public Pop3ServerExtension prepared(Consumer<Pop3TestServer> preparation) {
        preparations.add(preparation);
        return this;
    }

    /** A shared server keeps its mail, its users and all else from one test to the next. */
    public Pop3ServerExtension withoutReset() {
        resets = false;
        return this;
    }

    /**
     * The server.
     *
     * @throws IllegalStateException if no test is under way
     */
    public synchronized Pop3TestServer server() {
        if (server == null) throw new IllegalStateException("the server is there while a test of its class runs");
        return server;
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        hold();
    }

    /** A constructor may have the server, too, and what it does there is not for {@link #beforeEach} to undo. */
    @Override
    public synchronized void preConstructTestInstance(TestInstanceFactoryContext instance, ExtensionContext context) {
        if (holders == 0 || instance.getOuterInstance().isPresent()) return;
        makeFresh();
        fresh = true;
    }

    @Override
    public synchronized void beforeEach(ExtensionContext context) {
        if (holders > 0 && !fresh) makeFresh();
        fresh = false;
        hold();
        test = context.getUniqueId();
    }

    private void makeFresh() {
        if (!resets) return;
        if (test != null) {
            throw new IllegalStateException("two tests run at the same time with one server, the other is " + test
                    + "; a server for each test is had by a field that is not static");
        }
        Pop3TestServer used = server();
        used.resetWithUsers();
        preparations.forEach(preparation -> preparation.accept(used));
    }

    @Override
    public synchronized void afterEach(ExtensionContext context) {
        if (!context.getUniqueId().equals(test)) return; // Its beginning had failed.
        test = null;
        Pop3TestServer used = server();
        context.getExecutionException().ifPresent(failure -> failure.addSuppressed(new WhatTheServerSaw(used)));
        letGo();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        letGo();
    }

    /** The first starts the server. */
    private synchronized void hold() {
        if (holders == 0) {
            Pop3TestServer fresh = configuration.apply(Pop3TestServer.builder()).start();
            preparations.forEach(preparation -> preparation.accept(fresh));
            server = fresh;
        }
        holders++;
    }

    /** The last stops the server. */
    private synchronized void letGo() {
        if (--holders > 0) return;
        server().close();
        server = null;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return PARAMETERS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public synchronized Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        if (server == null) {
            throw new ParameterResolutionException(
                    "a server for each test is not there when the test's instance is made;"
                            + " take it as a parameter of a method, or make the field static");
        }
        Class<?> type = parameter.getParameter().getType();
        return Objects.requireNonNull(PARAMETERS.get(type), "asked for what is supported")
                .apply(server);
    }

    /** Added to a test's failure, for whoever reads that. */
    private static final class WhatTheServerSaw extends Exception {

        private static final long serialVersionUID = 1L;

        WhatTheServerSaw(Pop3TestServer server) {
            super(text(server), null, false, false);
        }

        private static String text(Pop3TestServer server) {
            String said = server.transcript();
            return (said.isEmpty() ? "nothing\n" : "\n" + said) + server.faults();
        }
    }
}

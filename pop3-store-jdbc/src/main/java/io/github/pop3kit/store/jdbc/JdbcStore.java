package io.github.pop3kit.store.jdbc;

import io.github.pop3kit.store.Account;
import io.github.pop3kit.store.Delivery;
import io.github.pop3kit.store.MailStore;
import io.github.pop3kit.store.Maildrop;
import io.github.pop3kit.store.StoreException;
import java.io.IOException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mail in a database: PostgreSQL, MariaDB or MySQL, H2, SQLite. Safe for use by many threads, and beside other servers that use the
 * same database. An account without mail has an empty maildrop; names are told apart octet by octet.
 *
 * <p>The first use brings the schema up to date, unless that is left to the operator ({@link JdbcSchema}).
 */
public final class JdbcStore implements MailStore {

    private static final Logger log = LoggerFactory.getLogger(JdbcStore.class);

    /** Where a pool has none to give within 1.5 seconds, QUIT, which asks twice, is answered within 5. */
    static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Database database;
    private final JdbcSchema schema;
    private final JdbcOptions options;
    private final Leases leases;
    private final Keeper keeper;
    private final Runnable owned;
    private final ReentrantLock checking = new ReentrantLock();
    private volatile boolean ready;

    /**
     * A store over this data source, which should be a pool: two connections serve hundreds of sessions, for none is held between
     * statements. The data source stays the caller's, and so do its time-outs: to wait for a connection should fail after 1.5
     * seconds, and a connection to a database that is gone should fail some day.
     */
    public JdbcStore(DataSource source) {
        this(source, JdbcOptions.of(Map.of()));
    }

    /**
     * The same with options: {@code lease}, {@code compress} and {@code schema}, as {@link JdbcStoreProvider} describes them.
     *
     * @throws IllegalArgumentException if there is no such option, or it has no such value
     */
    public JdbcStore(DataSource source, Map<String, String> options) {
        this(source, JdbcOptions.of(options));
    }

    private JdbcStore(DataSource source, JdbcOptions options) {
        this(source, options, () -> {}, PATIENCE);
    }

    /**
     * @param owned closes what belongs to the store, with it
     * @param patience for how long a unit of work that fails is begun again
     */
    JdbcStore(DataSource source, JdbcOptions options, Runnable owned, Duration patience) {
        this.database = new Database(source, patience);
        this.schema = new JdbcSchema(source);
        this.options = options;
        this.leases = new Leases(database, options.lease());
        this.keeper = new Keeper(database, leases, options.lease());
        this.owned = owned;
    }

    @Override
    public Maildrop open(Account account) throws IOException {
        Maildrops.check(account.name());
        prepare();
        keeper.start();
        return JdbcMaildrop.open(database, leases, account.name());
    }

    @Override
    public Optional<Delivery> delivery() {
        JdbcDelivery delivery = new JdbcDelivery(database, options.compress());
        return Optional.of((envelope, message) -> {
            prepare();
            delivery.deliver(envelope, message);
        });
    }

    /** The accounts that ever logged in or had mail. */
    @Override
    public Optional<Stream<String>> maildrops() throws IOException {
        prepare();
        List<String> names = database.statements("the maildrops cannot be listed", (connection, dialect, run) -> {
            List<String> found = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement("SELECT name FROM pop3_maildrop");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) found.add(rows.getString(1));
            }
            return found;
        });
        return Optional.of(names.stream());
    }

    /** Sees once to the schema, and to settings of the database without which promises would not hold. */
    void prepare() throws IOException {
        if (ready) return;
        checking.lock();
        try {
            if (ready) return;
            if (options.migrate()) schema.migrate();
            else schema.check();
            warnOfGalera();
            ready = true;
        } finally {
            checking.unlock();
        }
    }

    private void warnOfGalera() throws StoreException, IOException {
        boolean lags = database.statements("the database's settings cannot be read", (connection, dialect, run) -> {
            if (dialect != Dialect.MARIADB) return false;
            Map<String, String> found = new HashMap<>();
            try (PreparedStatement select = connection.prepareStatement(
                            "SHOW VARIABLES WHERE variable_name IN ('wsrep_on', 'wsrep_sync_wait')");
                    ResultSet rows = select.executeQuery()) {
                while (rows.next()) found.put(rows.getString(1), rows.getString(2));
            }
            return "ON".equals(found.get("wsrep_on")) && "0".equals(found.get("wsrep_sync_wait"));
        });
        if (lags) {
            log.warn(
                    "This is a Galera cluster, and wsrep_sync_wait is 0: a session may not see mail that was delivered through"
                            + " another node just before. sessionVariables=wsrep_sync_wait=1 in the location sets it.");
        }
    }

    /** What the keeper does from time to time, at once. */
    void keep() {
        keeper.keep();
    }

    @Override
    public void close() throws IOException {
        try {
            keeper.close();
        } finally {
            owned.run();
        }
    }
}
